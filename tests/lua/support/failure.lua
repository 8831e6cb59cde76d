-- failure.lua: the error that a function must raise, for specs, which get it by dofile. SPDX-License-Identifier: Apache-2.0
local assert = require 'luassert'
local err = require 'err'

---Call a function that must raise one of the program's own errors.
---@param f function
---@param ... any
---@return table e
local function failure(f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok, 'nothing was raised')
  assert.is_true(err.is(e), tostring(e))
  return e
end

return failure
