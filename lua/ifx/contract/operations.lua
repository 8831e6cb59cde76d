-- operations.lua: the shape of operation types. SPDX-License-Identifier: Apache-2.0
local names = require 'ifx.contract.names'

local M = {}

local FUNCTIONS = {
  describe = 'required', apply = 'required', check = 'required', undo = 'optional', undoable = 'optional', fresh = 'optional',
}

local function check_functions(optype, wrong)
  for field in pairs(optype) do
    if not FUNCTIONS[field] and field ~= 'irreversible' then wrong(('it has no field %s'):format(tostring(field))) end
  end
  for _, field in ipairs { 'describe', 'apply', 'check', 'undo', 'undoable', 'fresh' } do
    local given = optype[field]
    local good = type(given) == 'function' or given == nil and FUNCTIONS[field] == 'optional'
    if not good then wrong(field .. ' must be a function') end
  end
end

local function check_type(name, optype, broken)
  local function wrong(message) broken(('operations[%s]: %s'):format(name, message)) end
  if type(optype) ~= 'table' then wrong('an operation type is a table { describe, apply, check, undo or irreversible }') end
  check_functions(optype, wrong)
  if not optype.undo and type(optype.irreversible) ~= 'string' then
    wrong('without undo, irreversible must say why it cannot be undone')
  end
  if optype.undo and optype.irreversible then wrong('it has undo, and says that it is irreversible') end
end

---Is this what the manifest promises?
---@param value any
---@param listed string[]
---@param broken fun(message: string, hint: string|nil)  raises
function M.check(value, listed, broken)
  local given = names.keys('operations', value, broken)
  for _, name in ipairs(given) do check_type(name, value[name], broken) end
  names.same('operations', listed, given, broken)
end

---@param value table
---@return { name: string, value: table }[]
function M.items(value) return names.items('operations', value) end

return M
