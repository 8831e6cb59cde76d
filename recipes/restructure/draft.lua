-- draft.lua: a layout to edit, begun from what the files of a repository hold. SPDX-License-Identifier: Apache-2.0

local fixed = require './restructure/fixed'

local M = {}

local CHART = 'a Helm chart' -- no class of content: what lies together here belongs together

-- Where a folder of a class usually lies; a folder that lies there already stays.
local HOMES = {
  workload = 'apps', kubernetes = 'infrastructure', terraform = 'terraform', compose = 'compose', ansible = 'ansible',
  docs = 'docs', scripts = 'scripts',
}

local TOOLS = { 'compose', 'ansible', 'terraform' }

-- A folder with a file of these directly in it is where their tool is called: one thing, whatever else lies beside. Where
-- there are several tools, the one with most of these files has it. But program source is no part of a Terraform root.
local function unit_of(own, counts)
  local best, most = nil, 0
  for _, tool in ipairs(own and TOOLS or {}) do
    local n = not (tool == 'terraform' and counts.source) and own[tool] or 0
    if n > most then best, most = tool, n end
  end
  return best
end

-- Classes of the files in each folder, at any depth, and of those directly in it: folder to class to count.
local function survey(tree, classes)
  local folders, own = {}, {}
  for _, entry in ipairs(tree:files()) do
    local class = classes:of(entry.path) or 'other'
    local folder = path.dirname(entry.path)
    own[folder] = own[folder] or {}
    own[folder][class] = (own[folder][class] or 0) + 1
    while folder ~= '' do
      local counts = folders[folder] or {}
      folders[folder] = counts
      counts[class] = (counts[class] or 0) + 1
      folder = path.dirname(folder)
    end
  end
  return folders, own
end

-- The one class that a folder is about: beside it only documentation and files of no class. Objects that run
-- something outweigh those that only configure it.
local function class_of(counts)
  local found, total = {}, 0
  for class, n in pairs(counts) do
    total = total + n
    if class ~= 'docs' and class ~= 'other' then found[#found + 1] = class end
  end
  table.sort(found)
  if #found == 0 then return counts.docs and counts.docs == total and 'docs' or nil, total end
  if #found == 2 and found[1] == 'kubernetes' and found[2] == 'workload' then return 'workload', total end
  return #found == 1 and found[1] or nil, total
end

local function home_of(folder, class, pinned)
  local home = HOMES[class]
  if not home or pinned.inside(folder) or folder == home or folder:sub(1, #home + 1) == home .. '/' then return nil end
  return path.join(home, path.basename(folder))
end

-- Is the folder above one that has a row, or one of the parts of a chart? Neither may be torn apart. A folder comes after the
-- one above it.
local function is_part(tree, folder, whole)
  local above = path.dirname(folder)
  return above ~= '' and (whole[above] or tree:exists(path.join(above, 'Chart.yaml')) == 'file')
end

-- Outermost folders that are about one thing, sorted.
local function single_minded(tree, folders, own, pinned)
  local names, whole, out = list.keys(folders), {}, {}
  table.sort(names)
  for _, folder in ipairs(names) do
    if is_part(tree, folder, whole) then
      whole[folder] = true
    else
      local class, total = class_of(folders[folder])
      class = class or tree:exists(path.join(folder, 'Chart.yaml')) == 'file' and CHART or unit_of(own[folder], folders[folder])
      if class and (pinned.inside(folder) or not pinned.holds(folder)) then
        out[#out + 1] = { folder = folder, class = class, total = total }
        whole[folder] = true
      end
    end
  end
  return out
end

local function quoted(text)
  return yaml.scalar(text, 'plain', false)
end

local function row(found, target)
  local files = found.total == 1 and 'file' or 'files'
  local lines = { ('  # %d %s: %s'):format(found.total, files, found.class), '  - folder: ' .. quoted(found.folder) }
  lines[3] = '    action: Keep'
  if target then lines[4] = '    # to move it, instead of the line above: to: ' .. quoted(target) end
  return table.concat(lines, '\n') .. '\n'
end

---The text of a layout for a tree.
function M.text(tree, graph, classes, name)
  local taken, out, pinned = {}, {}, fixed.open(tree, graph)
  out[1] = ('# Begun by ifx from what the files hold. Read every row: the first that matches a file decides; files\n'
    .. '# that no row matches are listed and stay. As it stands, nothing moves. Then: ifx run restructure --layout %s.yaml\n'
    .. 'layout: 1\nname: %s\nsummary: A draft for this repository\nmoves:\n'):format(name, name)
  local folders, own = survey(tree, classes)
  for _, found in ipairs(single_minded(tree, folders, own, pinned)) do
    local target = home_of(found.folder, found.class, pinned)
    if target and (taken[target] or tree:exists(target)) then target = nil end
    if target then taken[target] = true end
    out[#out + 1] = row(found, target)
  end
  out[#out + 1] = "  # files at the top\n  - from: '*'\n    action: Keep\n"
  return table.concat(out)
end

return M
