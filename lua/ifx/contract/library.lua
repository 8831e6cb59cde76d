-- library.lua: the shape of functions for other plugins. SPDX-License-Identifier: Apache-2.0
local names = require 'ifx.contract.names'

local M = {}

---Is this what the manifest promises?
---@param value any
---@param listed string[]
---@param broken fun(message: string, hint: string|nil)  raises
function M.check(value, listed, broken)
  local given = names.keys('library', value, broken)
  for _, name in ipairs(given) do
    if type(value[name]) ~= 'function' then broken(('library.%s must be a function'):format(name)) end
  end
  names.same('library', listed, given, broken)
end

---@param value table
---@return { name: string, value: function }[]
function M.items(value) return names.items('library', value) end

return M
