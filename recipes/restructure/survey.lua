-- survey.lua: which layouts fit a repository, and the next command to type. SPDX-License-Identifier: Apache-2.0
local assign = require 'ifx.layout.assign'
local fixed = require './restructure/fixed'
local layouts = require 'ifx.layout'

local M = {}

local MOST_PROPOSED = 12
local MOST_TRIED = 48
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

-- What a layout says must be there, and is not, as people call it.
local WITHOUT = {
  ['argocd.path'] = 'no Argo CD Application has a path here', ['flux.path'] = 'no Flux Kustomization has a path here',
}

local function lacking(layout, tree, kinds)
  local what, name = assign.misses(layout, tree, kinds)
  if what == 'file' then return ('no file here matches %s'):format(name) end
  return what and (WITHOUT[name] or ('no file here has a reference of the kind %s'):format(name))
end

-- Rows carried over the files; nil when two folders would become one.
local function try(layout, values, classes, tree)
  local ok, result = pcall(assign.assign, tree, layouts.rows(layout, values), classes)
  if not ok and result.kind ~= 'conflict' then error(result, 0) end
  return ok and result or nil, result
end

-- Those of a parameter's values for which a row moves something.
local function matched(layout, name, values, result)
  local hit = {}
  for file, row in pairs(result.by) do
    local moves = result.moves[file] or result.gone[file]
    for variable, value in pairs(moves and row.each or {}) do
      hit[value] = hit[value] or layout.moves[row.row].each[variable] == name
    end
  end
  return list.filter(values, function(value) return hit[value] end)
end

-- Those of the folders that the layout's own rows can move, together.
local function movable(layout, given, name, folders, classes, tree)
  local function those(of)
    local result = try(layout, setmetatable({ [name] = of }, { __index = given }), classes, tree)
    return result and matched(layout, name, of, result)
  end
  local out = those(folders)
  if out then return table.move(out, 1, math.min(#out, MOST_PROPOSED), 1, {}) end
  out = {}
  for _, folder in ipairs(folders) do
    local more = list.append({ table.unpack(out) }, { folder })
    if #out < MOST_PROPOSED and #(those(more) or {}) == #more then out = more end
  end
  return out
end

-- Values to try rows with: a text stands for every parameter that only a person knows.
local function values_to_try(layout, values, missing)
  local out = setmetatable({}, { __index = values })
  for _, name in ipairs(missing) do out[name] = layout.params[name].type:find '%[%]$' and {} or name:upper() end
  return out
end

---Folders that are proposed for a layout's parameters that have no value: by name where that says which is meant, else by
---path. Two with one name are left out: they would come to lie in one folder; so is what no row of the layout would move.
---@param layout ifx.Layout
---@param values table  those that there are
---@param missing string[]
---@param classes ifx.layout.Classes
---@param tree ifx.repo.Tree
---@param graph ifx.repo.Graph
---@return table<string, string[]>
function M.propose(layout, values, missing, classes, tree, graph)
  local proposals, names, given = {}, names_of(tree), values_to_try(layout, values, missing)
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
      if same[base] == 1 and #found < MOST_TRIED then found[#found + 1] = names[base] == 1 and base or folder end
    end
    found = #found > 0 and movable(layout, given, name, found, classes, tree) or found
    if #found > 0 then proposals[name] = found end
  end
  return proposals
end

-- The command to type; in capitals what a person must say.
local function command(layout, missing, proposals)
  local words = { 'ifx run restructure --layout ' .. layout.name }
  for _, name in ipairs(missing) do
    local value = proposals[name] and table.concat(proposals[name], ',')
      or layout.params[name].type:find '%[%]$' and 'A,B' or 'VALUE'
    words[#words + 1] = ('--%s %s'):format(name, value)
  end
  return table.concat(words, ' ')
end

-- What one layout would do with everything that could be proposed for it; `needs`: what only a person can say.
local function measure(layout, classes, tree, graph)
  local values, missing = layouts.values(layout, {})
  local proposals = M.propose(layout, values, missing, classes, tree, graph)
  local out = { command = command(layout, missing, proposals), needs = {} }
  for _, name in ipairs(missing) do
    values[name] = proposals[name]
    if not proposals[name] then
      local doc = layout.params[name].doc
      out.needs[#out.needs + 1] = '--' .. name .. (doc and (' (%s)'):format(doc) or '')
    end
  end
  if #out.needs > 0 then return out end
  local result, e = try(layout, values, classes, tree)
  if not result then return nil, tostring(e) end
  out.moved, out.kept, out.unknown = assign.count(result)
  return out
end

-- Layouts by what is to be said of them.
local function sorted(tree, graph, classes, known)
  local kinds, out = {}, { fitting = {}, asking = {}, others = {}, commands = {} }
  for _, ref in ipairs(graph.references) do kinds[ref.kind] = true end
  for _, layout in ipairs(known) do
    local why, found = lacking(layout, tree, kinds), nil
    if not why then found, why = measure(layout, classes, tree, graph) end
    if not found then
      table.insert(out.others, ('%s: %s'):format(layout.name, why))
    else
      table.insert(out.commands, found.command)
      if found.moved then
        table.insert(out.fitting, { layout.name, found.moved, found.kept, found.unknown, layout.summary })
      else
        table.insert(out.asking, ('%s: give it %s. %s'):format(layout.name, table.concat(found.needs, ', '), layout.summary))
      end
    end
  end
  return out
end

---The report of a call without a layout. Changes nothing.
function M.report(ctx, tree, graph, classes, known)
  local found = sorted(tree, graph, classes, known)
  if #found.fitting > 0 then
    ctx:section { title = 'Layouts that fit', kind = 'table', rows = found.fitting,
      header = { 'layout', 'would move', 'keep', 'has no row for', 'what it does' } }
  end
  if #found.asking > 0 then
    ctx:section { title = 'Layouts that fit when you say what only you know', kind = 'list', items = found.asking }
  end
  if #found.commands > 0 then
    ctx:section { title = 'Next: choose what moves, and look at the plan', kind = 'list',
      items = list.append(found.commands, { DRAFT .. '   (begins a layout of your own, from what the files hold)' }) }
  else
    ctx:section { title = 'No layout fits', kind = 'text',
      text = 'Let ifx look at what the files hold and begin a layout for you:\n  ' .. DRAFT }
  end
  if #found.others > 0 then ctx:section { title = 'Layouts that do not fit', kind = 'list', items = found.others } end
end

return M
