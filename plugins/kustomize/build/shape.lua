-- shape.lua: values held against types; names of fields in any case. SPDX-License-Identifier: Apache-2.0
local M = {}

---@class kustomize.Checking
---@field what string                       begins the messages: 'invalid Kustomization'
---@field lenient boolean|nil               unknown fields are left out, not refused
---@field converts boolean|nil              numbers and booleans stand for texts where a text is wanted
---@field at fun(...: string|integer): string|nil, integer|nil, integer|nil  file, line and column of a field

local function refuse(how, steps, message, hint)
  local file, line, column = how.at(table.unpack(steps))
  err.raise { kind = 'config', message = how.what .. ': ' .. message, file = file, line = line, column = column, hint = hint }
end

local function below(steps, step)
  local out = table.move(steps, 1, #steps, 1, {})
  out[#out + 1] = step
  return out
end

-- What the value is called in the messages of the real tool.
local function go_kind(value)
  local is = type(value)
  if is == 'table' then return ifx.is_list(value) and 'array' or 'object' end
  return is == 'boolean' and 'bool' or is
end

local function go_type(wanted)
  if type(wanted) == 'string' then return wanted end
  if wanted.list then return '[]' .. go_type(wanted.list) end
  if wanted.map then return 'map[string]' .. go_type(wanted.map) end
  return 'types.' .. wanted.name
end

local SCALARS = {
  string = function(value) return type(value) == 'string' end,
  bool = function(value) return type(value) == 'boolean' end,
  int = function(value) return math.type(value) == 'integer' end,
  any = function() return true end,
}

local ZERO = { string = '', bool = false, int = 0 }

local function fits(value, wanted)
  if type(wanted) == 'string' then return SCALARS[wanted](value) end
  return type(value) == 'table' and ifx.is_list(value) == (wanted.list ~= nil) or false
end

-- Exact names first, then without regard to case.
local function field_named(fields, name)
  if fields[name] then return name end
  local lower = name:lower()
  for known in pairs(fields) do
    if known:lower() == lower then return known end
  end
end

local checked

local function checked_struct(value, wanted, how, steps)
  local out = {}
  for _, name in ipairs(list.keys(value)) do
    local known = field_named(wanted.fields, name)
    if not known and not how.lenient then
      local close = require 'ifx.suggest'(name, list.keys(wanted.fields))
      refuse(how, below(steps, name), ('json: unknown field "%s"'):format(name), close and ('did you mean %s?'):format(close))
    end
    if known and value[name] ~= ifx.null then
      steps[#steps + 1] = name
      out[known] = checked(value[name], wanted.fields[known], how, steps)
      steps[#steps] = nil
    end
  end
  return out
end

local function zero(wanted)
  return type(wanted) == 'string' and ZERO[wanted] or wanted.list and ifx.list {} or {}
end

local function checked_items(value, of, how, steps)
  local out = ifx.is_list(value) and ifx.list {} or {}
  for key, item in pairs(value) do
    steps[#steps + 1] = key
    out[key] = item == ifx.null and of ~= 'any' and zero(of) or checked(item, of, how, steps)
    steps[#steps] = nil
  end
  return out
end

local function field_name(top, steps)
  local names = {}
  for _, step in ipairs(steps) do
    if type(step) == 'string' then names[#names + 1] = step end
  end
  return top .. '.' .. table.concat(names, '.')
end

---@param value any
---@param wanted kustomize.Type
function checked(value, wanted, how, steps)
  if how.converts and wanted == 'string' and (type(value) == 'number' or type(value) == 'boolean') then
    value = tostring(value)
  end
  if not fits(value, wanted) then
    refuse(how, steps, ('json: cannot unmarshal %s into Go %s %s of type %s'):format(go_kind(value),
      #steps > 0 and 'struct field' or 'value', field_name(how.top, steps), go_type(wanted)))
  end
  if wanted == 'any' or type(wanted) == 'string' then return value end
  if wanted.fields then return checked_struct(value, wanted, how, steps) end
  return checked_items(value, wanted.list or wanted.map, how, steps)
end

---The value as its type has it: fields under their names, nothing that is null. Raises 'config' with the place.
---@param value any
---@param wanted kustomize.Type
---@param how kustomize.Checking
---@return any
function M.check(value, wanted, how)
  return checked(value, wanted, {
    what = how.what, lenient = how.lenient, converts = how.converts, at = how.at, top = wanted.name or 'value' }, {})
end

---Whether a text of a kustomization says something: for kustomize an empty one is as good as none.
---@param text string|nil
---@return boolean
function M.is_set(text) return text ~= nil and text ~= '' end

return M
