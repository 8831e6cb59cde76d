-- repair.lua: where what broken references name has gone, and writing them anew. SPDX-License-Identifier: Apache-2.0
local facts = require 'ifx.layout.facts'
local globs = require 'ifx.repo.globs'
local graphs = require 'ifx.repo.graph'
local list = require 'ifx.list'
local overlay = require 'ifx.repo.overlay'
local path = require 'ifx.path'
local rewrite = require 'ifx.repo.rewrite'

local M = {}

-- The file or folder that must be there for a reference to resolve; nil when that is no path.
local function needed(ref)
  local kind = ref.target_kind
  if not ref.target or kind == 'object' or kind == 'regex' or kind == 'remote' then return nil end
  return kind == 'glob' and globs.folder(ref.target) or ref.target
end

---Broken exact references by the path that they miss. What misses no path (a folder without what it must hold) is among
---the others.
---@param tree ifx.repo.Tree
---@param graph ifx.repo.Graph
---@return table<string, ifx.repo.Reference[]> missing
---@return ifx.repo.Reference[] others
function M.missing(tree, graph)
  local missing, others = {}, {}
  for _, ref in ipairs(graph.references) do
    if ref.exact and ref.resolved == false then
      local target = needed(ref)
      if target and target ~= '' and not tree:exists(target) then
        missing[target] = missing[target] or {}
        table.insert(missing[target], ref)
      else
        others[#others + 1] = ref
      end
    end
  end
  return missing, others
end

-- ---------------------------------------------------------------- where it went

local function steps_in_common(a, b)
  local count = 0
  while a ~= '' and b ~= '' and path.basename(a) == path.basename(b) do
    a, b, count = path.dirname(a), path.dirname(b), count + 1
  end
  return count
end

-- Of files with the content of `old`, the one whose path ends most alike; nil when two do.
local function most_alike(old, files)
  local best, most, twice = nil, -1, false
  for _, file in ipairs(files) do
    local count = steps_in_common(old, file)
    if count > most then
      best, most, twice = file, count, false
    elseif count == most then
      twice = true
    end
  end
  return not twice and best or nil
end

local function by_content(tree)
  local map = {}
  for _, entry in ipairs(tree:files()) do
    if entry.oid and entry.size ~= 0 then
      map[entry.oid] = map[entry.oid] or {}
      table.insert(map[entry.oid], entry.path)
    end
  end
  return map
end

-- The folder below which most files of a folder lie now, each at its old place in it; and these files.
local function locate_folder(folder, files, known)
  local votes, total = {}, 0
  for old, oid in pairs(files) do
    local rest, seen = old:sub(#folder + 1), {}
    total = total + 1
    for _, new in ipairs(known[oid] or {}) do
      local above = new:sub(-#rest) == rest and new:sub(1, -#rest - 1)
      if above and not seen[above] then
        seen[above] = true
        votes[above] = votes[above] or { folder = above, moves = {}, count = 0 }
        votes[above].moves[old], votes[above].count = new, votes[above].count + 1
      end
    end
  end
  local best
  for _, above in ipairs(list.keys(votes)) do
    if not best or votes[above].count > best.count then best = votes[above] end
  end
  if best and best.count * 2 > total then return best, total end
end

---Where what is missing is now. `moves` are files; `how` says for each missing path how sure that is.
---@class ifx.layout.Located
---@field moves table<string, string>      file before to file now
---@field how table<string, { new: string, why: string }>
---@field several table<string, string[]>  files with its last content, none more likely than another
---@field gone table<string, ifx.repo.Past>  files and folders that are nowhere in the tree, with their last content
---@field never string[]                   paths that the history does not know

---@param tree ifx.repo.Tree
---@param paths string[]
---@param past table<string, ifx.repo.Past>
---@param renamed fun(path: string): string?, integer?  what git says about the commit that took it away
---@return ifx.layout.Located
function M.locate(tree, paths, past, renamed)
  local known, out = by_content(tree), { moves = {}, how = {}, several = {}, gone = {}, never = {} }
  local taken = {}
  local function take(old, new)
    if taken[new] then return false end
    out.moves[old], taken[new] = new, true
    return true
  end
  local function locate_file(old, one)
    local same = known[one.oid] or {}
    local new = #same == 1 and same[1] or most_alike(old, same)
    if new and take(old, new) then
      out.how[old] = { new = new, why = 'the same content' }
    elseif #same > 0 then
      out.several[old] = same
    else
      local other, percent = renamed(old)
      if other and tree:entry(other) and take(old, other) then
        out.how[old] = { new = other, why = ('renamed and changed: %d%% alike'):format(percent) }
      else
        out.gone[old] = one
      end
    end
  end
  for _, old in ipairs(paths) do
    local one = past[old]
    local found, total = nil, nil
    if one and one.files then found, total = locate_folder(old, one.files, known) end
    if found then
      for file, new in pairs(found.moves) do take(file, new) end
      out.how[old] = { new = found.folder, why = ('%d of its %d files have the same content'):format(found.count, total) }
    elseif one and one.oid then
      locate_file(old, one)
    elseif one and next(one.files or {}) then
      out.gone[old] = one
    else
      out.never[#out.never + 1] = old
    end
  end
  return out
end

-- ---------------------------------------------------------------- writing anew

local function key_of(ref)
  return ('%s\0%d\0%s'):format(ref.file, ref.start, ref.kind)
end

-- The references that are to be written anew, found where everything that they miss still stands in its old place.
local function references_in(virtual, job)
  local wanted, found = {}, {}
  for _, refs in pairs(job.missing) do
    for _, ref in ipairs(refs) do wanted[key_of(ref)] = true end
  end
  local graph = graphs.build(virtual, job.search)
  for _, ref in ipairs(graph.references) do
    if wanted[key_of(ref)] then found[#found + 1] = ref end
  end
  return setmetatable({ references = found }, { __index = graph })
end

---@class ifx.layout.RepairJob
---@field tree ifx.repo.Tree
---@field missing table<string, ifx.repo.Reference[]>
---@field moves table<string, string>      from locate
---@field restore table<string, { bytes: string, mode: string }>  files that are written again in their old place
---@field search table

---What a repair makes of a tree, in the form that restructure.operations takes. Nothing is written.
---@param job ifx.layout.RepairJob
---@return ifx.layout.Outcome outcome
---@return ifx.repo.Reference[] left  what is still broken
function M.plan(job)
  local back = {}
  for old, new in pairs(job.moves) do back[new] = old end
  local virtual = overlay.open(job.tree, { moves = back })
  local options = setmetatable({ text = false }, { __index = job.search })
  local plan = rewrite.plan(virtual, job.moves, references_in(virtual, job), options)
  rewrite.refuse(plan)
  local outcome = { moves = {}, edits = plan.edits, changed = {}, created = {}, modes = {}, removed = {} }
  local write = {}
  for file, text in pairs(plan.files) do
    outcome.changed[file], write[file] = { old = job.tree:read(file), new = text }, text
  end
  for file, content in pairs(job.restore) do
    outcome.created[file], outcome.modes[file], write[file] = content.bytes, content.mode, content
  end
  outcome.tree = overlay.open(job.tree, { write = write })
  outcome.graph = graphs.build(outcome.tree, job.search)
  local _, others = M.missing(outcome.tree, outcome.graph)
  local left = {}
  for _, refs in pairs((M.missing(outcome.tree, outcome.graph))) do table.move(refs, 1, #refs, #left + 1, left) end
  table.move(others, 1, #others, #left + 1, left)
  table.sort(left, function(a, b)
    if a.file ~= b.file then return a.file < b.file end
    return a.start < b.start
  end)
  return outcome, left
end

-- ---------------------------------------------------------------- what differs

-- Entry points that apply something else are no concern of a repair.
local function only(references, folders)
  return list.filter(references, function(ref) return not ref.entry or folders[ref.target] == true end)
end

---Facts for watchers that compare what was built last with what will be built: the trees of then and of afterwards. Files
---whose content differs count as taken out and put back, so that objects are compared, not files.
---@param good ifx.repo.Tree
---@param good_graph ifx.repo.Graph
---@param outcome ifx.layout.Outcome
---@param moves table<string, string>   of what was missing
---@param folders table<string, true>   the folders that can be built again
---@return ifx.layout.Facts
function M.facts(good, good_graph, outcome, moves, folders)
  local there = {}
  for old, new in pairs(moves) do
    if good:entry(old) then there[old] = new end
  end
  local known = facts.new(good, outcome.tree, there, only(good_graph.references, folders), function(old) return there[old] end)
  known.references_after = only(outcome.graph.references, folders)
  for _, entry in ipairs(good:files()) do
    local new = there[entry.path] or entry.path
    local now = outcome.tree:entry(new)
    if now and now.oid ~= entry.oid then known.note_cut { file = new, parts = { { file = new } } } end
  end
  return known
end

return M
