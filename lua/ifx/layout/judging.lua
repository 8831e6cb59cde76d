-- judging.lua: what is to be said of finished trees: what tools make of them, and which old names still stand.
-- SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local facts = require 'ifx.layout.facts'
local left = require 'ifx.repo.left'
local list = require 'ifx.list'
local path = require 'ifx.path'
local sides = require 'ifx.repo.sides'
local task = require 'ifx.task'

local M = {}

-- ---------------------------------------------------------------- what tools make of it

local SAID_OF_ALL = { activate = true, restrict = true }

local function is_said_of_all(item) return SAID_OF_ALL[item.id] == true end

-- Of another repository what it would newly apply, and what cannot be built, counts: who loses something is said of the one
-- that it leaves.
local function of_interest(job, result)
  if not job.repository then return result end
  return {
    hazards = list.filter(result.hazards or {}, is_said_of_all), blocked = list.filter(result.blocked or {}, is_said_of_all),
    needs = result.needs,
  }
end

-- Ask what live controllers would do when they see the finished tree instead of the old one.
local function watch(job, final, graph, out)
  local known = facts.new(job.tree, final, job.moves, job.graph.references, job.follow)
  known.references_after, known.gains_only, known.repository = graph.references, job.repository ~= nil, job.repository
  known.made = list.map(job.repositories or {}, function(other) return other.repository end)
  for _, change in ipairs(out.changes) do known.note_cut(change) end
  for _, watcher in ipairs(job.watchers or {}) do
    local result = job.call(watcher.use, watcher.with, known)
    if #(result.changes or {}) > 0 then
      err.raise { kind = 'plugin', op = watcher.use, message = 'it watches: it cannot change files' }
    end
    result = of_interest(job, result)
    for _, key in ipairs { 'notes', 'hazards', 'blocked', 'needs' } do list.append(out[key], result[key] or {}) end
  end
end

-- ---------------------------------------------------------------- old names

-- Old names to look for: of what moved or is in another repository, and of what is gone because something else takes its place.
local function old_names(job, final, removed, folders, options)
  local gone = {}
  for old, new in pairs(job.moves) do
    if old ~= new then gone[old] = new end
  end
  if #job.sides > 1 then gone, folders = job.sides:elsewhere(job.tree, job.side) end
  for file, by in pairs(removed) do gone[job.origins[file] or file] = by end
  return left.ask(job.tree, final, gone, folders, options)
end

-- Folders that files leave.
local function touched_folders(job)
  local out = {}
  local function touch(file)
    local dir = path.dirname(file)
    while dir ~= '' and not out[dir] do
      out[dir], dir = true, path.dirname(dir)
    end
  end
  for old, new in pairs(job.sides[1].moves) do
    if old ~= new then touch(old) end
  end
  for old in pairs(job.sides[1].gone) do touch(old) end
  return out
end

-- What explains words that only look like old names, and what is said of words that were wrong before.
local function left_options(job, rewritten, graph)
  local names, address = {}, job.url and require('ifx.repo.url').identity(job.url)
  for _, side in ipairs(job.sides) do
    local identity = side.url and require('ifx.repo.url').identity(side.url)
    list.append(names, { side.name, identity and path.basename(identity) })
  end
  return {
    edits = rewritten.edits, references = graph.references, names = job.sides[1].url and names or nil,
    elsewhere = function(word) return job.sides:names_other(job.side, word) end,
    touched = touched_folders(job), repository = address and path.basename(address) or nil,
  }
end

-- So many places are said of a folder whose files went to more.
local MOST_PLACES = 3

local function first_places(words)
  local at, count = 0, 0
  while count < MOST_PLACES do
    at, count = words:find(', ', at + 1, true), count + 1
    if not at then return words end
  end
  return words:sub(1, at) .. ' …'
end

-- Where the files of a folder are now, in words.
local function place_of(job, dir)
  local side, new = job.sides:locate(job.side, { target = dir })
  local other = side and (side == job.side and new or sides.words(side, new))
  return other and other ~= dir and other or first_places(job.sides:destinations(job.side, dir))
end

-- Words that were wrong before, where old names are not said already.
local function unsaid(job, found, said)
  local known, places = {}, {}
  for _, item in ipairs(said) do known[('%s:%d:%d'):format(item.file, item.line, item.column)] = true end
  found = list.filter(found, function(item) return not known[('%s:%d:%d'):format(item.file, item.line, item.column)] end)
  for _, item in ipairs(found) do
    places[item.old] = places[item.old] or place_of(job, item.old)
    item.new = places[item.old]
  end
  return found
end

-- Prose and commands that name a folder whose own files have left it: it is still there, and no longer what it was.
local function named_folders(job, splits)
  local out = {}
  for _, item in ipairs(splits) do
    local lost = false
    for _, entry in ipairs(job.tree:list(item.directory)) do
      local moved = job.moves[entry.path] or entry.path
      lost = lost or path.dirname(entry.path) == item.directory and (job.gone[entry.path] or moved ~= entry.path)
    end
    for _, ref in ipairs(lost and item.references or {}) do
      if not ref.exact then
        local why = 'it stays, but some of its files went to ' .. first_places(item.destinations)
        out[#out + 1] = { reference = ref, why = why, target = ref.target }
      end
    end
  end
  return out
end

-- ---------------------------------------------------------------- both

---One side of a restructure when its files are written and proved.
---@class ifx.layout.Written
---@field job ifx.layout.Job  of this side, with `side`, `sides`, `origins` and `follow`
---@field done table          what its transforms said; what watchers say is added
---@field rewritten table     see `ifx.repo.rewrite`
---@field removed table<string, string>
---@field tree ifx.repo.Tree
---@field graph ifx.repo.Graph

---Ask the watchers what they make of the finished trees, while other threads look for old names in them.
---@param all ifx.layout.Written[]
---@return ifx.repo.Asked[] asked  for `outcome`
function M.look(all)
  local asked = list.map(all, function(one)
    local options = left_options(one.job, one.rewritten, one.graph)
    return old_names(one.job, one.tree, one.removed, one.rewritten.directories, options)
  end)
  left.look(list.filter(asked, function(one) return not left.is_shared(one) end))
  task.scope(function(scope)
    scope:go(left.look, list.filter(asked, left.is_shared))
    task.yield() -- its threads start
    for _, one in ipairs(all) do watch(one.job, one.tree, one.graph, one.done) end
  end)
  return asked
end

---What is to be said of one side.
---@param written ifx.layout.Written
---@param asked ifx.repo.Asked
---@return ifx.layout.Outcome  without the texts of its files
function M.outcome(written, asked)
  local job, done, rewritten = written.job, written.done, written.rewritten
  local found, unsearched, lost = left.answer(asked)
  list.append(rewritten.listed, named_folders(job, rewritten.splits))
  return {
    moves = job.moves, directories = rewritten.directories, edits = rewritten.edits,
    removed = written.removed, listed = rewritten.listed, cut = rewritten.cut, gone = job.gone, left = found,
    nowhere = unsaid(job, lost, found), unsearched = unsearched, notes = done.notes, hazards = done.hazards,
    blocked = done.blocked, needs = done.needs, tree = written.tree, repository = job.repository,
  }
end

return M
