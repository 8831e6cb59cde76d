-- transformer.lua: the laws that every transform must keep. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

---Calls a transform as a recipe does, and checks: it returns data; the same arguments give the same result; it changes
---none of its arguments.
---@param plugin ifx.contract.Plugin
---@param name string
---@param arguments fun(): any  makes the arguments anew for each call
---@return any result
---Raises kind 'plugin' with what is broken.
return function(plugin, name, arguments)
  local f = (plugin.value.transform or {})[name]
  if not f then contract.fail('%s has no transform %s', plugin.name, name) end
  local function call()
    local given = table.pack(arguments())
    local data = {}
    for i = 1, given.n do
      local ok, text = pcall(contract.show, given[i])
      data[i] = ok and text or nil -- a context with functions is not data, and not the transform's to change
    end
    local result = f(table.unpack(given, 1, given.n))
    for i = 1, given.n do
      if data[i] and contract.show(given[i]) ~= data[i] then contract.fail('%s changed its argument %d', name, i) end
    end
    return result
  end
  local first = call()
  local ok, shown = pcall(contract.show, first)
  if not ok then contract.fail('%s returns something that is not data: %s', name, tostring(shown)) end
  if contract.show(call()) ~= shown then contract.fail('%s gives another result for the same arguments', name) end
  return first
end
