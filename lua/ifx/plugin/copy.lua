-- copy.lua: a table of one's own, so that what a plugin changes is seen by itself alone. SPDX-License-Identifier: Apache-2.0

---Copies tables to any depth, also those that hold themselves; everything else is shared.
---@generic T
---@param value T
---@param seen table|nil
---@return T
local function copy(value, seen)
  if type(value) ~= 'table' then return value end
  seen = seen or {}
  if seen[value] then return seen[value] end
  local out = {}
  seen[value] = out
  for k, v in pairs(value) do out[copy(k, seen)] = copy(v, seen) end
  return out
end

return copy
