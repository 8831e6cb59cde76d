-- survey.lua: which layouts fit a repository, and the next command to type. SPDX-License-Identifier: Apache-2.0
local assign = require 'ifx.layout.assign'
local fixed = require './restructure/fixed'
local layouts = require 'ifx.layout'

local M = {}

local MOST_PROPOSED = 12
local DRAFT = 'ifx run restructure --draft'

local function is_inside(folder, others)
  while folder ~= '' do
    if others[folder] then return true end
    folder = path.dirname(folder)
  end
  return false
end

-- Outermost folders with a file of this class directly in them.
local function folders_of(class, classes, tree, graph)
  local out, chosen, pinned = {}, {}, fixed.open(tree, graph)
  for _, entry in ipairs(tree:files()) do
    local folder = path.dirname(entry.path)
    if folder ~= '' and not is_inside(folder, chosen) and not pinned.inside(folder) and classes:file_is(entry.path, class)
      and classes:folder_holds(folder, class) then
      chosen[folder] = true
      out[#out + 1] = folder
    end
  end
  return out
end

-- How many folders of the tree have this name.
local function names_of(tree)
  local seen, names = {}, {}
  for _, entry in ipairs(tree:files()) do
    local folder = path.dirname(entry.path)
    while folder ~= '' and not seen[folder] do
      seen[folder] = true
      local name = path.basename(folder)
      names[name] = (names[name] or 0) + 1
      folder = path.dirname(folder)
    end
  end
  return names
end

---Folders that are proposed for a layout's parameters that have no value: by name where that says which is meant, else by
---path. Two with one name are left out: they would come to lie in one folder.
---@param layout ifx.Layout
---@param missing string[]
---@param classes ifx.layout.Classes
---@param tree ifx.repo.Tree
---@param graph ifx.repo.Graph
---@return table<string, string[]>
function M.propose(layout, missing, classes, tree, graph)
  local proposals, names = {}, names_of(tree)
  for _, name in ipairs(missing) do
    local class = layout.candidates[name]
    local folders, same = class and folders_of(class, classes, tree, graph) or {}, {}
    for _, folder in ipairs(folders) do
      local base = path.basename(folder)
      same[base] = (same[base] or 0) + 1
    end
    local found = {}
    for _, folder in ipairs(folders) do
      local base = path.basename(folder)
      if same[base] == 1 and #found < MOST_PROPOSED then found[#found + 1] = names[base] == 1 and base or folder end
    end
    if #found > 0 then proposals[name] = found end
  end
  return proposals
end

local function command(layout, proposals)
  local words = { 'ifx run restructure --layout ' .. layout.name }
  for _, name in ipairs(list.keys(proposals)) do
    words[#words + 1] = ('--%s %s'):format(name, table.concat(proposals[name], ','))
  end
  return table.concat(words, ' ')
end

-- What one layout would do with everything that could be proposed for it.
local function measure(layout, classes, tree, graph)
  local values, missing = layouts.values(layout, {})
  local proposals = M.propose(layout, missing, classes, tree, graph)
  for name, names in pairs(proposals) do values[name] = names end
  for _, name in ipairs(missing) do
    if not proposals[name] then return nil, ('it needs --%s'):format(name) end
  end
  local ok, result = pcall(assign.assign, tree, layouts.rows(layout, values), classes)
  if not ok then return nil, tostring(result) end
  local moved, kept, unknown = assign.count(result)
  return { moved = moved, kept = kept, unknown = unknown, proposals = proposals }
end

---The report of a call without a layout. Changes nothing.
function M.report(ctx, tree, graph, classes, known)
  local kinds = {}
  for _, ref in ipairs(graph.references) do kinds[ref.kind] = true end
  local rows, commands, others = {}, {}, {}
  for _, layout in ipairs(known) do
    local why = assign.misses(layout, tree, kinds)
    local found
    if not why then found, why = measure(layout, classes, tree, graph) end
    if found then
      rows[#rows + 1] = { layout.name, found.moved, found.kept, found.unknown, layout.summary }
      commands[#commands + 1] = command(layout, found.proposals)
    else
      others[#others + 1] = ('%s: %s'):format(layout.name, why)
    end
  end
  commands[#commands + 1] = DRAFT .. '   (begins a layout of your own, from what the files hold)'
  if #rows > 0 then
    ctx:section { title = 'Layouts that fit', kind = 'table', rows = rows,
      header = { 'layout', 'would move', 'keep', 'has no row for', 'what it does' } }
    ctx:section { title = 'Next: choose what moves, and look at the plan', kind = 'list', items = commands }
  else
    ctx:section { title = 'No layout fits', kind = 'text',
      text = 'Let ifx look at what the files hold and begin a layout for you:\n  ' .. DRAFT }
  end
  if #others > 0 then ctx:section { title = 'Layouts that do not fit', kind = 'list', items = others } end
end

return M
