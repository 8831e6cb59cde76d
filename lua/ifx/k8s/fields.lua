-- fields.lua: the fields of a map that its API does not know. SPDX-License-Identifier: Apache-2.0
local list = require 'ifx.list'
local suggest = require 'ifx.suggest'

---A warning for each field that is not among the known ones, with the one that was most likely meant.
---@param value table
---@param known string[]
---@param steps string[]  where the map stands, { 'spec', 'source' }
---@param line fun(...: string): integer|nil  of a field
---@param file string|nil
---@return ifx.gitops.Problem[]
return function(value, known, steps, line, file)
  local is_known = list.set(known)
  local unknown = list.filter(list.keys(value), function(name) return type(name) == 'string' and not is_known[name] end)
  return list.map(unknown, function(name)
    local at, near = list.append(list.append({}, steps), { name }), suggest(name, known)
    return { kind = 'unknown-field', severity = 'warning', file = file, line = line(table.unpack(at)),
      message = ('unknown field %s%s'):format(table.concat(at, '.'), near and (': did you mean %s?'):format(near) or '') }
  end)
end
