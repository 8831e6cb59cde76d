-- share.lua: what other code gets of a plugin. SPDX-License-Identifier: Apache-2.0
local copy = require 'ifx.plugin.copy'

---A copy, which its user may change, without operation types: only a run may apply one. Called by a recipe, a plan would
---change things; called by a plugin, it would lend grants that nobody was shown.
---@param contributions table
---@return table
return function(contributions)
  local out = copy(contributions)
  out.operations = nil
  return out
end
