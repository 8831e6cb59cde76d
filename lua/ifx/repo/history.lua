-- history.lua: the history of some files alone, under new names, as a stream for git. SPDX-License-Identifier: Apache-2.0
local ancestry = require 'ifx.repo.ancestry'
local bench = require 'ifx.repo.bench'
local blobs = require 'ifx.repo.blobs'
local git = require 'ifx.repo.git'
local list = require 'ifx.list'
local worker = require 'ifx.worker'

local history = {}

---@class ifx.repo.History
---@field commits table[]         those that are kept, oldest first: { id =, parents = integer[], changes = {} }
---@field tip integer             place of the last in `commits`
---@field total integer           commits that the revision stands on
---@field names table<string, string[]>  new name to the names that the file had before, when it had others
---@field unsearched integer      see `ifx.repo.ancestry`

-- ---------------------------------------------------------------- changes

-- All entries of a tree: only asked for when two lines of history call a file differently.
local function entries_of(job, tree)
  if job.entries[tree] then return job.entries[tree] end
  local entries = {}
  for _, record in ipairs(git.records(job.dir, { 'ls-tree', '-r', '-z', '--full-tree', tree })) do
    local mode, oid, path = record:match('^(%d+) %a+ (%x+)\t(.*)$')
    entries[path] = { mode = mode, oid = oid }
  end
  job.entries = { [tree] = entries, [job.last_tree or tree] = job.entries[job.last_tree] }
  job.last_tree = tree
  return entries
end

local function equal(a, b)
  return (a and a.oid) == (b and b.oid) and (a and a.mode) == (b and b.mode)
end

-- Files whose name differs between commit and parent though no rename between them says so.
local function add_disagreements(job, commit, parent, changes)
  local here, there, found = commit.names, parent.names, false
  -- All others have the same name in both where one is the layer over the other.
  for new in pairs(there.below == here and there.old_of or ancestry.whole(here.old_of)) do
    local old, before = here.old_of[new], there.old_of[new] or nil
    if old and before ~= old and not changes[new] then
      local was, is = before and entries_of(job, parent.tree)[before], entries_of(job, commit.tree)[old]
      if not equal(was, is) then changes[new], found = is or false, true end
    end
  end
  return found
end

-- What a commit does to the files, by their new names, compared with one parent: an entry, or false for a removal.
-- The second result: does any of it change bytes?
local function changes_of(job, commit, k)
  local step, parent = commit.steps[k], job.all[commit.parents[k]]
  local changes, real = {}, false
  for path, entry in pairs(step.set) do
    local new = commit.names.new_of[path]
    changes[new] = entry
    local kept = entry.same and parent and parent.names.old_of[new] == entry.from
    real = real or not kept
  end
  for _, path in ipairs(parent and step.removed or {}) do
    local new = parent.names.new_of[path]
    if new and changes[new] == nil then changes[new], real = false, true end
  end
  if parent and parent.names ~= commit.names then
    real = add_disagreements(job, commit, parent, changes) or real
  end
  return changes, real
end

-- ---------------------------------------------------------------- what is kept

-- Is commit `a` reachable from `b`? Parents stand before their children in `commits`.
local function is_ancestor(commits, a, b)
  local todo, seen = { b }, {}
  while #todo > 0 do
    local one = table.remove(todo)
    if one == a then return true end
    for _, parent in ipairs(commits[one].parents) do
      if parent >= a and not seen[parent] then
        seen[parent] = true
        todo[#todo + 1] = parent
      end
    end
  end
  return false
end

-- The parents that are left: { image =, k = }. Those that became equal to another, or an ancestor of it, by what was
-- dropped between go; a merge that was made so stays so.
local function parents_left(job, commit)
  local out, seen = {}, {}
  for k, parent in ipairs(commit.parents) do
    local image = job.image[parent]
    local moved = not job.kept[parent]
    if image and not (seen[image] and moved) then
      out[#out + 1], seen[image] = { image = image, k = k, moved = moved, original = job.order[parent] }, true
    end
  end
  if #out < 2 then return out end
  local last = out[1]
  for i = #out, 1, -1 do
    local one = out[i]
    local redundant = one.moved and list.find(out, function(other)
      return other ~= one and is_ancestor(job.commits, one.image, other.image)
        and not is_ancestor(job.originals, one.original, other.original)
    end)
    if redundant then table.remove(out, i) end
  end
  return #out > 0 and out or { last }
end

local function keep(job, index, commit, parents, changes)
  local images = {}
  for i, parent in ipairs(parents) do images[i] = parent.image end
  job.commits[#job.commits + 1] = { id = commit.id, parents = images, changes = changes }
  job.image[index], job.kept[index] = #job.commits, true
end

-- Dropped: commits that change none of the files (a rename alone is no change any more), and merges that no longer merge.
-- What was empty from the start is no result of the selection, and stays.
local function decide(job, index)
  local commit = job.all[index]
  local parents = parents_left(job, commit)
  local k = parents[1] and parents[1].k or 1
  local changes, real = changes_of(job, commit, k)
  if #parents > 1 then return keep(job, index, commit, parents, changes) end
  local complete = #parents == #commit.parents and (#parents == 0 or job.kept[commit.parents[1]])
  if real or (commit.empty and complete) then return keep(job, index, commit, parents, changes) end
  job.image[index] = parents[1] and parents[1].image or nil
end

local function earlier_names(all)
  local sets = {}
  local at_tip = all[1].names.old_of
  local seen = {}
  for _, commit in ipairs(all) do
    local names = commit.names
    while names and not seen[names] do -- what lies below are the names in a later commit
      seen[names] = true
      for new, old in pairs(names.old_of) do
        if old and old ~= at_tip[new] then
          sets[new] = sets[new] or {}
          sets[new][old] = true
        end
      end
      names = names.below
    end
  end
  for new, set in pairs(sets) do sets[new] = list.keys(set) end
  return sets
end

---The commits that touch some files under any name that they had, oldest first, with the files at their new names.
---Nothing is written. Which commits stay, and with which parents, follows the rules of git filter-repo.
---@param repo ifx.git.Repository
---@param revision string full commit id
---@param files table<string, string>
---@return ifx.repo.History
function history.read(repo, revision, files)
  local all, unsearched = ancestry.read(repo, revision, files)
  local job = {
    dir = repo.root or repo.git_dir, all = all, commits = {}, image = {}, kept = {}, entries = {}, originals = {}, order = {},
  }
  for index = #all, 1, -1 do
    local parents = {}
    for i, parent in ipairs(all[index].parents) do parents[i] = job.order[parent] end
    job.originals[#job.originals + 1] = { parents = parents }
    job.order[index] = #job.originals
    decide(job, index)
  end
  return {
    commits = job.commits, tip = job.image[1], total = #all, names = earlier_names(all), unsearched = unsearched,
  }
end

-- ---------------------------------------------------------------- as a stream

local REF = 'refs/ifx/import' -- it exists while the stream is read, and is taken back before its end

-- Author, committer, encoding and message as they are; signatures say something of other bytes and go.
local function head(raw, stats)
  local headers, message = raw:match('^(.-)\n\n(.*)$')
  headers, message = headers or raw, message or ''
  local out = {}
  for _, name in ipairs { 'author', 'committer', 'encoding' } do
    out[#out + 1] = ('\n' .. headers .. '\n'):match('\n(' .. name .. ' [^\n]*)\n')
  end
  if ('\n' .. headers):find('\ngpgsig', 1, true) then stats.signatures = stats.signatures + 1 end
  return table.concat(out, '\n'), message
end

local function add_commit(out, i, commit, raw, stats)
  local lines, message = head(raw, stats)
  if #commit.parents == 0 then out[#out + 1] = ('reset %s\n'):format(REF) end
  out[#out + 1] = ('commit %s\nmark :%d\n%s\ndata %d\n'):format(REF, i, lines, #message)
  out[#out + 1] = message
  out[#out + 1] = '\n'
  for k, parent in ipairs(commit.parents) do out[#out + 1] = ('%s :%d\n'):format(k == 1 and 'from' or 'merge', parent) end
  local removed, set = {}, {}
  for _, path in ipairs(list.keys(commit.changes)) do
    local entry = commit.changes[path]
    if entry then
      set[#set + 1] = ('M %s %s %s\n'):format(entry.mode, entry.oid, bench.quoted(path))
    else
      removed[#removed + 1] = ('D %s\n'):format(bench.quoted(path))
    end
  end
  out[#out + 1] = table.concat(removed) .. table.concat(set) .. '\n'
end

---The stream for `git fast-import`: blobs are named, not sent, so the importing repository must see the objects of this
---one. It prints the id of the last commit, which no ref names.
---@param repo ifx.git.Repository
---@param found ifx.repo.History
---@return string stream
---@return { signatures: integer } stats  how many commits lose their signature
function history.stream(repo, found)
  local out, stats, ids = {}, { signatures = 0 }, {}
  for i, commit in ipairs(found.commits) do ids[i] = commit.id end
  blobs.open(repo.root or repo.git_dir):each(ids, function(i, raw)
    add_commit(out, i, found.commits[i], raw, stats)
  end)
  out[#out + 1] = ('get-mark :%d\nreset %s\n\ndone\n'):format(found.tip, REF)
  return table.concat(out), stats
end

-- ---------------------------------------------------------------- what is taken along

---@class ifx.repo.Taken : ifx.repo.History  without the commits themselves
---@field commits integer
---@field signatures integer  how many commits lose theirs
---@field stream string       see `history.stream`

-- What was asked for: a plan that is applied at once asks the same twice, and the answer takes long.
local asked = {}

local function same_map(a, b)
  for key, value in pairs(a) do
    if b[key] ~= value then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

local function copy_of(map)
  local copy = {}
  for key, value in pairs(map) do copy[key] = value end
  return copy
end

local function find(repo, revision, files)
  return list.find(asked, function(one)
    return one.git_dir == repo.git_dir and one.revision == revision and same_map(one.files, files)
  end)
end

local function keep_answer(repo, revision, files, taken)
  asked[#asked + 1] = { git_dir = repo.git_dir, revision = revision, files = copy_of(files), taken = taken }
end

---How much history comes along with some files, and the stream that brings it.
---@param repo ifx.git.Repository
---@param revision string full commit id
---@param files table<string, string>
---@return ifx.repo.Taken
function history.take(repo, revision, files)
  local known = find(repo, revision, files)
  if known then return known.taken end
  local found = history.read(repo, revision, files)
  local stream, stats = history.stream(repo, found)
  local taken = {
    commits = #found.commits, total = found.total, names = found.names, unsearched = found.unsearched,
    signatures = stats.signatures, stream = stream,
  }
  keep_answer(repo, revision, files, taken)
  return taken
end

---Work out what `take` will be asked for, in threads of their own: other tasks of the caller go on meanwhile.
---@param repo ifx.git.Repository
---@param revision string full commit id
---@param many table<string, string>[]
function history.prepare(repo, revision, many)
  local answers = worker.map('ifx.repo.historian', { repository = repo, revision = revision }, many)
  for i, files in ipairs(many) do keep_answer(repo, revision, files, answers[i]) end
end

return history
