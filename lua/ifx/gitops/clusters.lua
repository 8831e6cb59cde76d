-- clusters.lua: in which cluster an entry point is that nobody renders. SPDX-License-Identifier: Apache-2.0
local path = require 'ifx.path'

local clusters = {}

---The one where nothing tells several apart.
clusters.DEFAULT = 'in-cluster'

-- The shortest beginning of a folder that is none of another.
local function own_part(folder, others)
  local segments = path.split(folder)
  for n = 1, #segments do
    local part = table.concat(segments, '/', 1, n)
    local shared = false
    for _, other in ipairs(others) do shared = shared or other ~= folder and path.within(other, part) end
    if not shared then return part end
  end
  return folder
end

-- Two of one name cannot be in one cluster: the folders in which they stand are clusters.
local function folders_of(roots, name_of)
  local by_name, out = {}, {}
  for _, root in ipairs(roots) do
    local name = name_of(root)
    by_name[name] = by_name[name] or {}
    table.insert(by_name[name], path.dirname(root.file))
  end
  for _, folders in pairs(by_name) do
    for _, folder in ipairs(#folders > 1 and folders or {}) do out[own_part(folder, folders)] = true end
  end
  return out
end

---The cluster of each root, by the root.
---@param roots ifx.gitops.Object[]
---@param name_of fun(object: ifx.gitops.Object): string
---@return table<ifx.gitops.Object, string>
function clusters.of(roots, name_of)
  local folders, out = folders_of(roots, name_of), {}
  for _, root in ipairs(roots) do
    local best
    for folder in pairs(folders) do
      if path.within(root.file, folder) and (not best or #folder > #best) then best = folder end
    end
    out[root] = best and best ~= '' and best or clusters.DEFAULT
  end
  return out
end

return clusters
