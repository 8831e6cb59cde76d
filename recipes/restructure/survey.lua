-- survey.lua: which layouts fit a repository, and the next command to type. SPDX-License-Identifier: Apache-2.0
local assign = require 'ifx.layout.assign'
local layouts = require 'ifx.layout'

local M = {}

local MOST_PROPOSED = 12

-- Folders with a file of this class directly in them, by name; by path where two have the same name.
local function folders_of(class, classes, tree)
  local seen, folders, names = {}, {}, {}
  for _, entry in ipairs(tree:files()) do
    local folder = path.dirname(entry.path)
    if folder ~= '' and not seen[folder] and classes:file_is(entry.path, class) and classes:folder_holds(folder, class) then
      seen[folder] = true
      folders[#folders + 1] = folder
      local name = path.basename(folder)
      names[name] = (names[name] or 0) + 1
    end
  end
  return list.map(folders, function(folder)
    local name = path.basename(folder)
    return names[name] == 1 and name or folder
  end)
end

---Names that are proposed for a layout's parameters that have none.
function M.propose(layout, missing, classes, tree)
  local proposals = {}
  for _, name in ipairs(missing) do
    local class = layout.candidates[name]
    local found = class and folders_of(class, classes, tree) or {}
    if #found > 0 then proposals[name] = found end
  end
  return proposals
end

local function command(layout, proposals)
  local words = { 'ifx run restructure --layout ' .. layout.name }
  for _, name in ipairs(list.keys(proposals)) do
    words[#words + 1] = ('--%s %s'):format(name, table.concat(proposals[name], ',', 1, math.min(#proposals[name], MOST_PROPOSED)))
  end
  return table.concat(words, ' ')
end

-- What one layout would do with everything that could be proposed for it.
local function measure(layout, classes, tree)
  local values, missing = layouts.values(layout, {})
  local proposals = M.propose(layout, missing, classes, tree)
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
    if not why then found, why = measure(layout, classes, tree) end
    if found then
      rows[#rows + 1] = { layout.name, found.moved, found.kept, found.unknown, layout.summary }
      commands[#commands + 1] = command(layout, found.proposals)
    else
      others[#others + 1] = ('%s: %s'):format(layout.name, why)
    end
  end
  if #rows > 0 then
    ctx:section { title = 'Layouts that fit', kind = 'table', rows = rows,
      header = { 'layout', 'would move', 'leave', 'not know', 'what it does' } }
    ctx:section { title = 'Next: choose what moves, and look at the plan', kind = 'list', items = commands }
  else
    ctx:section { title = 'No layout fits', kind = 'text',
      text = 'Let ifx look at what the files hold and begin a layout for you:\n  ifx run restructure --draft' }
  end
  if #others > 0 then ctx:section { title = 'Layouts that do not fit', kind = 'list', items = others } end
end

return M
