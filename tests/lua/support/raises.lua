-- raises.lua: what a function must say when it raises, for specs, which get it by dofile. SPDX-License-Identifier: Apache-2.0
local assert = require 'luassert'
local failure = dofile 'tests/lua/support/failure.lua'

---Call a function that must raise an error of a kind, in whose words a text stands.
---@param kind string
---@param text string
---@param f function
---@param ... any
---@return table e
return function(kind, text, f, ...)
  local e = failure(f, ...)
  assert.are.equal(kind, e.kind, tostring(e))
  assert.is_truthy(tostring(e):find(text, 1, true), ("'%s' does not say '%s'"):format(tostring(e), text))
  return e
end
