-- builds.lua: folders that cannot be built because what they need is missing. SPDX-License-Identifier: Apache-2.0
local list = require 'ifx.list'

local M = {}

---A folder that cannot be built. Finders mark a reference that a build needs with `builds`, the folder that is built.
---@class ifx.repo.Unbuildable
---@field folder string
---@field missing ifx.repo.Reference[]  what it names and does not find
---@field through string?               the folder that it needs, and that cannot be built itself
---@field entries ifx.repo.Reference[]  the entry points that apply it

-- Folders that need a broken one are broken: until none is added.
local function spread(needed_by, broken)
  local queue = list.keys(broken)
  for _, folder in ipairs(queue) do
    for _, above in ipairs(needed_by[folder] or {}) do
      if not broken[above] then
        broken[above] = { folder = above, missing = {}, through = folder, entries = {} }
        queue[#queue + 1] = above
      end
    end
  end
end

---@param references ifx.repo.Reference[]
---@return ifx.repo.Unbuildable[]  sorted by folder
function M.broken(references)
  local broken, needed_by = {}, {}
  for _, ref in ipairs(references) do
    if ref.builds and ref.exact and ref.resolved == false then
      broken[ref.builds] = broken[ref.builds] or { folder = ref.builds, missing = {}, entries = {} }
      table.insert(broken[ref.builds].missing, ref)
    elseif ref.builds and ref.resolved and ref.target then
      needed_by[ref.target] = needed_by[ref.target] or {}
      table.insert(needed_by[ref.target], ref.builds)
    end
  end
  spread(needed_by, broken)
  for _, ref in ipairs(references) do
    if ref.entry and ref.target and broken[ref.target] then table.insert(broken[ref.target].entries, ref) end
  end
  return list.map(list.keys(broken), function(folder) return broken[folder] end)
end

return M
