-- operations.lua: the operation types of plugins, as plans and runs ask for them. SPDX-License-Identifier: Apache-2.0
local err = require 'err'

local operations = {}

---@class ifx.run.Operations
---@field registry ifx.Registry
local Operations = {}
Operations.__index = Operations

--- The operation types that a registry knows.
---@param registry ifx.Registry
---@return ifx.run.Operations
function operations.open(registry)
  return setmetatable({ registry = registry }, Operations)
end

--- The plugin that brings a type; nil when there is none.
---@param type_name string
---@return string?
function Operations:find_owner(type_name)
  for _, entry in ipairs(self.registry:list()) do
    for _, name in ipairs(entry.state == 'ready' and entry.manifest.contributes.operations or {}) do
      if name == type_name then
        return entry.name
      end
    end
  end
end

--- Version and hash of a plugin here; nil when it is not here, or not usable.
---@param name string
---@return string?
function Operations:find_identity(name)
  for _, entry in ipairs(self.registry:list()) do
    if entry.name == name and entry.state == 'ready' then
      return self.registry:identity(name)
    end
  end
end

--- The operation type of that name.
---@param type_name string
---@return table
--- Raises `not_found`, naming the plugin that would bring it.
function Operations:get(type_name)
  return self.registry:operation(type_name)
end

--- Does an operation type have an optional function?
---@param type_name string
---@param verb 'undoable'
---@return boolean
function Operations:has(type_name, verb)
  return self:get(type_name)[verb] ~= nil
end

--- Call a function of an operation type.
---@param type_name string
---@param verb 'describe'|'fresh'|'apply'|'check'|'undo'|'undoable'
---@return any …
--- Raises `plugin` when the type has no such function, and what the function raises.
function Operations:call(type_name, verb, ...)
  local f = self:get(type_name)[verb]
  if not f then
    err.raise { kind = 'plugin', op = type_name, message = ("the operation type has no '%s'"):format(verb) }
  end
  return f(...)
end

return operations
