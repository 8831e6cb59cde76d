-- report.lua: what a restructure does, as sections of the plan. SPDX-License-Identifier: Apache-2.0

local counted = require 'ifx.text'.counted
local diff = require 'ifx.term.diff'

local M = {}

local function place(item)
  return table.concat({ item.file, item.line, item.line and item.column }, ':')
end

local function trees(outcome)
  local before, after = {}, {}
  for old, new in pairs(outcome.moves) do
    before[#before + 1], after[#after + 1] = old, new
  end
  for file in pairs(outcome.created) do after[#after + 1] = file end
  for file in pairs(outcome.removed) do before[#before + 1] = file end
  for file in pairs(outcome.gone) do before[#before + 1] = file end
  table.sort(before)
  table.sort(after)
  return before, after
end

local function moves(outcome)
  local rows = {}
  for old, new in pairs(outcome.moves) do rows[#rows + 1] = { old, new } end
  table.sort(rows, function(a, b) return a[1] < b[1] end)
  return rows
end

local function rewritten(outcome)
  return list.map(outcome.edits, function(edit)
    return { place { file = edit.old_file, line = edit.line, column = edit.column }, edit.reference.kind, edit.old, edit.new }
  end)
end

local function for_a_person(outcome)
  return list.map(outcome.listed, function(item)
    local now = item.proposal or item.target or ''
    return { place(item.reference), item.reference.kind, item.reference.text, now, item.why }
  end)
end

local function old_names(found)
  return list.map(found, function(item)
    return { place(item), item.text, item.new or 'its files went to different places' }
  end)
end

-- Files that no row names, folders that are left whole as one line.
local function unassigned(assignment, tree, removed)
  local counts, totals = {}, {}
  local staying = list.filter(assignment.unassigned, function(file) return not removed[file] end)
  local function count(map, file)
    local folder = path.dirname(file)
    while folder ~= '' do
      map[folder] = (map[folder] or 0) + 1
      folder = path.dirname(folder)
    end
  end
  for _, file in ipairs(staying) do count(counts, file) end
  for _, entry in ipairs(tree:files()) do count(totals, entry.path) end
  local items, seen = {}, {}
  for _, file in ipairs(staying) do
    local whole, folder = nil, path.dirname(file)
    while folder ~= '' do
      if counts[folder] == totals[folder] then whole = folder end
      folder = path.dirname(folder)
    end
    local item = whole and ('%s/ (%d files)'):format(whole, counts[whole]) or file
    if not seen[item] then
      seen[item] = true
      items[#items + 1] = item
    end
  end
  return items
end

local function diffs(outcome, tree)
  local out = {}
  for file, texts in pairs(outcome.changed) do out[#out + 1] = { file = file, old = texts.old, new = texts.new } end
  for file, text in pairs(outcome.created) do out[#out + 1] = { file = file, new = text } end
  local origins = {}
  for old, new in pairs(outcome.moves) do origins[new] = old end
  for file in pairs(outcome.removed) do out[#out + 1] = { file = file, old = tree:read(origins[file] or file) } end
  table.sort(out, function(a, b) return a.file < b.file end)
  local texts = list.map(out, function(change) return diff.unified(change.old, change.new, { file = change.file }) end)
  return #out, table.concat(texts)
end

local function add(ctx, title, kind, field, value, header)
  if #value > 0 then
    ctx:section { title = ('%s (%d)'):format(title, #value), kind = kind, [field] = value, header = header }
  end
end

-- What is said of every repository; `of` begins the titles of those that are made.
local function add_work(ctx, of, outcome)
  add(ctx, of .. 'References rewritten', 'table', 'rows', rewritten(outcome), { 'where', 'kind', 'old', 'new' })
  add(ctx, of .. 'Notes', 'list', 'items', outcome.notes)
  add(ctx, of .. 'References left for a person', 'table', 'rows', for_a_person(outcome),
    { 'where', 'kind', 'text', 'now at', 'why' })
  add(ctx, of .. 'Old names that still stand somewhere', 'table', 'rows', old_names(outcome.left), { 'where', 'text', 'now at' })
  add(ctx, of .. 'Paths that are not there today, in folders whose files move', 'table', 'rows', old_names(outcome.nowhere),
    { 'where', 'text', 'the folder is now' })
end

local function add_changes(ctx, of, outcome, tree)
  local changes, text = diffs(outcome, tree)
  if changes > 0 then ctx:section { title = ('%sChanges of content (%d)'):format(of, changes), kind = 'diff', text = text } end
end

-- The third column is for files that another repository gets a copy of.
local function leaving(outcome)
  local rows, header = {}, { 'from', 'to' }
  for _, other in ipairs(outcome.repositories) do
    for _, old in ipairs(list.keys(other.moves)) do
      local stays = not outcome.gone[old] and (outcome.moves[old] or old) or nil
      rows[#rows + 1] = { old, other.repository.name .. '/' .. other.moves[old], stays }
      if stays then header[3] = 'stays here as' end
    end
  end
  if header[3] then
    for _, row in ipairs(rows) do row[3] = row[3] or '' end
  end
  return rows, header
end

-- Files whose content is not in git at all.
local function pointers(other)
  return list.filter(list.keys(other.moves), function(old)
    local new = other.moves[old]
    local small = other.tree:entry(new) and other.tree:exists(new) == 'file' and other.tree:size(new) < 1024
    return small and other.tree:read(new):find('^version https://git%-lfs%.github%.com/spec/') ~= nil
  end)
end

-- How much history comes along, and what of it does not.
local function history(ctx, other, head)
  local found = ctx:history(head, other.moves)
  local items = { ('%d of %d commits, with the files at their new paths'):format(found.commits, found.total) }
  for _, new in ipairs(list.keys(found.names)) do
    items[#items + 1] = ('%s was called %s'):format(new, table.concat(found.names[new], ', '))
  end
  if found.signatures > 0 then
    items[#items + 1] = ('%d of these commits are signed: they are written anew, and their signatures are left out')
      :format(found.signatures)
  end
  local lfs = pointers(other)
  if #lfs > 0 then
    items[#items + 1] = ('%d files are Git LFS pointers (%s …): give it their .gitattributes, and bring the content to its '
      .. 'server: git lfs fetch --all, git lfs push --all'):format(#lfs, lfs[1])
  end
  if found.unsearched > 0 then
    items[#items + 1] = ('in %d commits new files were not compared with all others: a copy may begin there')
      :format(found.unsearched)
  end
  return items
end

---The sections of every repository that is made.
---@param ctx ifx.recipe.Context
---@param outcome ifx.layout.Outcome
---@param tree ifx.repo.Tree
---@param head string
function M.add_others(ctx, outcome, tree, head)
  local rows, header = leaving(outcome)
  add(ctx, 'In other repositories', 'table', 'rows', rows, header)
  for _, other in ipairs(outcome.repositories) do
    local of = other.repository.name .. ': '
    ctx:section { title = of .. 'History', kind = 'list', items = history(ctx, other, head) }
    ctx:section { title = of .. 'After', kind = 'tree',
      items = list.map(other.tree:files(), function(entry) return entry.path end) }
    add_work(ctx, of, other)
    add_changes(ctx, of, other, tree)
  end
end

-- Files with the names of values that are no chart's own, and that nothing names: what they say is not what runs.
local function orphan_values(tree, graph)
  local read = {}
  for _, ref in ipairs(graph.references) do
    if ref.exact and ref.target then read[ref.target] = true end
  end
  local out = {}
  for _, entry in ipairs(tree:files()) do
    local file = entry.path
    local name = path.basename(file)
    local named = name:find '^values.*%.ya?ml$' or name:find '[-.]values%.ya?ml$'
    if named and not read[file] and not tree:entry(path.join(path.dirname(file), 'Chart.yaml')) then out[#out + 1] = file end
  end
  return out
end

local function row_lines(rows)
  return list.map(rows, function(row)
    return ('%s:%d: %s: %s%s'):format(row.place.file, row.place.line, row.text, row.why, row.hint and '; ' .. row.hint or '')
  end)
end

local function mistaken(unused)
  return list.filter(unused, function(row) return not row.harmless end)
end

---That nothing is to be done; but a row that names nothing is most likely written wrong.
---@param ctx ifx.recipe.Context
---@param unused ifx.layout.Unused[]
function M.nothing(ctx, unused)
  local wrong = mistaken(unused)
  if #wrong == 0 then
    ctx:section { title = 'Nothing to do', kind = 'text', text = 'Every file that the layout names is where it wants it.' }
  else
    ctx:section { kind = 'list', items = row_lines(wrong),
      title = ('Nothing to do, but %s'):format(#wrong == 1 and 'a row of the layout matches no file'
        or #wrong .. ' rows of the layout match no file') }
  end
  M.add_unused(ctx, list.filter(unused, function(row) return row.harmless end))
end

---@param ctx ifx.recipe.Context
---@param unused ifx.layout.Unused[]
function M.add_unused(ctx, unused)
  add(ctx, 'Rows of the layout that no file matches', 'list', 'items', row_lines(unused))
end

local MOST_PLACES = 3

-- One line for each reason, with its first places.
local function not_understood(unknown)
  local whys, places = {}, {}
  for _, item in ipairs(unknown) do
    if not places[item.why] then
      whys[#whys + 1], places[item.why] = item.why, {}
    end
    table.insert(places[item.why], place(item))
  end
  return list.map(whys, function(why)
    local all = places[why]
    local more = #all > MOST_PLACES and (' and %d more'):format(#all - MOST_PLACES) or ''
    return ('%s: %s%s'):format(why, table.concat(all, ', ', 1, math.min(#all, MOST_PLACES)), more)
  end)
end

---What was not looked at, or not understood: no reference of it is known.
function M.gaps(ctx, graph)
  local items = list.map(graph.errors, function(item) return ('%s  %s'):format(place(item), item.message) end)
  add(ctx, 'Files whose references could not be read', 'list', 'items', items)
  if #graph.unknown > 0 then
    ctx:section { title = ('Not understood (%d): ifx check --all shows every place'):format(#graph.unknown), kind = 'list',
      items = not_understood(graph.unknown) }
  end
end

-- What is said of this repository, and of every one that is made.
local function totals(outcome)
  local out = { edits = 0, listed = 0, names = 0, hazards = 0, created = 0 }
  for _, one in ipairs { outcome, table.unpack(outcome.repositories) } do
    out.edits, out.listed = out.edits + #one.edits, out.listed + #one.listed
    out.names = out.names + #one.left + #one.nowhere
    out.hazards, out.created = out.hazards + #one.hazards, out.created + #list.keys(one.created)
  end
  return out
end

---What the long sections come to, in three lines. Comes when all that blocks has been said.
---@param ctx ifx.recipe.Context
---@param outcome ifx.layout.Outcome
---@param unused ifx.layout.Unused[]
function M.summary(ctx, outcome, unused)
  local sums, gone, blockers = totals(outcome), #list.keys(outcome.gone), ctx:blockers()
  local leave = gone > 0 and (', %s for another repository'):format(counted(gone, 'leaves', 'leave')) or ''
  ctx:section { title = 'In short', kind = 'text', text = table.concat({
    ('%s%s; %s, %s'):format(counted(#list.keys(outcome.moves), 'file moves', 'files move'), leave,
      counted(sums.edits, 'reference is rewritten', 'references are rewritten'),
      counted(sums.created, 'file is new', 'files are new')),
    ('Left for a person: %s, %s that still stand somewhere'):format(counted(sums.listed, 'reference', 'references'),
      counted(sums.names, 'old name', 'old names')),
    ('%s; %s'):format(counted(sums.hazards, 'hazard', 'hazards'),
      #blockers > 0 and 'blocked until it is accepted by name: ' .. table.concat(blockers, ', ') or 'nothing blocks'),
  }, '\n') }
  add(ctx, 'Rows of the layout that match no file: most likely a slip of the pen', 'list', 'items', row_lines(mistaken(unused)))
end

---Add the sections in the order in which a person wants to know.
function M.add(ctx, outcome, assignment, unused, tree, graph)
  local before, after = trees(outcome)
  ctx:section { title = 'Before', kind = 'tree', items = before }
  ctx:section { title = 'After', kind = 'tree', items = after }
  add(ctx, 'Moves', 'table', 'rows', moves(outcome), { 'from', 'to' })
  add_work(ctx, '', outcome)
  add(ctx, 'Values files that nobody reads: do not start to use one in the same change', 'list', 'items',
    orphan_values(tree, graph))
  M.gaps(ctx, graph)
  add(ctx, 'Files too large to be searched for old names', 'list', 'items', outcome.unsearched)
  add(ctx, 'Not named by the layout: stay where they are', 'list', 'items', unassigned(assignment, tree, outcome.removed))
  M.add_unused(ctx, list.filter(unused, function(row) return row.harmless end))
  add_changes(ctx, '', outcome, tree)
end

return M
