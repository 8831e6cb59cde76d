-- fixed.lua: folders that tools look for by name or path: nothing proposes to move them. SPDX-License-Identifier: Apache-2.0

local M = {}

local function has_name(folder)
  for name in folder:gmatch '[^/]+' do
    if name:sub(1, 1) == '.' or name == 'clusters' or name == 'flux-system' then return true end
  end
  return false
end

---Tells whether a folder is one of them, lies in one, or holds one. Folders with the files that tell a controller what to
---apply are among them.
---@param tree ifx.repo.Tree
---@param graph ifx.repo.Graph
---@return { inside: fun(folder: string): boolean, holds: fun(folder: string): boolean }
function M.open(tree, graph)
  local entries, above = {}, {}
  for _, ref in ipairs(graph.references) do
    if ref.entry then entries[path.dirname(ref.file)] = true end
  end
  local function inside(folder)
    if has_name(folder) then return true end
    while folder ~= '' do
      if entries[folder] then return true end
      folder = path.dirname(folder)
    end
    return false
  end
  for _, entry in ipairs(tree:files()) do
    local folder = path.dirname(entry.path)
    while inside(folder) and folder ~= '' do folder = path.dirname(folder) end
    if inside(path.dirname(entry.path)) then
      while folder ~= '' do
        above[folder], folder = true, path.dirname(folder)
      end
    end
  end
  return { inside = inside, holds = function(folder) return above[folder] or inside(folder) end }
end

return M
