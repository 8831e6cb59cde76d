-- past.lua: what files and folders were that are not there any more. SPDX-License-Identifier: Apache-2.0
local git = require 'ifx.repo.git'

local past = {}

---What stood under a path when it was last there.
---@class ifx.repo.Past
---@field commit string               the commit that took it away
---@field parent string?              the last state that had it; nil when that is not known
---@field oid string?                 of a file: its last content
---@field mode string?
---@field files table<string, string>? of a folder: path to content, of all files below it

-- What a merge took away shows only against the parent that had it, and on ways that Git leaves out by itself.
local MERGES = { '--full-history', '-m', '--min-parents=2' }

-- Calls f(commit, path, change) for every change of these paths, the newest commit first.
local function each_change(dir, revs, paths, f)
  local args = { 'log', '--raw', '-z', '--no-abbrev', '--no-renames', '--format=commit %H %P' }
  table.move(revs, 1, #revs, #args + 1, args)
  args[#args + 1] = '--'
  table.move(paths, 1, #paths, #args + 1, args)
  local commit, change
  for _, record in ipairs(git.records(dir, args)) do
    record = record:gsub('^\n+', '')
    local hash, parents = record:match '^commit (%x+) ?(.*)'
    if change then
      f(commit, record, change)
      change = nil
    elseif hash then
      commit = { id = hash, parent = parents:match '^%x+', parents = parents }
    elseif record:sub(1, 1) == ':' then
      local old_mode, _, old, new, status = record:match '^:(%d+) (%d+) (%x+) (%x+) (%a)'
      change = { mode = old_mode, before = old, after = new, status = status }
    end
  end
end

-- The path of `wanted` that a changed file is, or is below.
local function wanted_path(wanted, file)
  while file do
    if wanted[file] then return file end
    file = file:match '^(.*)/[^/]*$'
  end
end

-- The parent that had this content there: of a merge any of them.
local function parent_with(dir, commit, file, oid)
  for parent in commit.parents:gmatch '%x+' do
    if parent == commit.parents then return parent end
    local record = git.records(dir, { 'ls-tree', '-z', parent, '--', file })[1]
    if record and record:find(oid, 1, true) then return parent end
  end
end

local function files_below(dir, rev, folder)
  local out = {}
  for _, record in ipairs(git.records(dir, { 'ls-tree', '-r', '-z', rev, '--', folder .. '/' })) do
    local oid, file = record:match '^%d+ blob (%x+)\t(.*)$'
    if oid then out[file] = oid end
  end
  return out
end

local function search(dir, revs, paths, found)
  local wanted, left = {}, {}
  for _, path in ipairs(paths) do
    if not found[path] then wanted[path], left[#left + 1] = true, path end
  end
  if #left == 0 then return end
  each_change(dir, revs, left, function(commit, file, change)
    local path = wanted_path(wanted, file)
    if not path or change.status ~= 'D' then return end
    wanted[path] = nil
    found[path] = { commit = commit.id, parent = parent_with(dir, commit, file, change.before) }
    if path == file then
      found[path].oid, found[path].mode = change.before, change.mode
    else
      found[path].folder = true
    end
  end)
end

---What paths that are not there were when they were last there, in the history of `rev` and then of all refs; in merges only
---when no other commit took them away.
---@param dir string
---@param rev string
---@param paths string[]
---@return table<string, ifx.repo.Past>  without the paths that never were
function past.last(dir, rev, paths)
  local found = {}
  search(dir, { rev }, paths, found)
  search(dir, { '--all' }, paths, found)
  search(dir, table.move({ rev, '--all' }, 1, 2, #MERGES + 1, table.move(MERGES, 1, #MERGES, 1, {})), paths, found)
  for path, one in pairs(found) do
    if one.folder then one.files = one.parent and files_below(dir, one.parent, path) or {} end
  end
  return found
end

---Where git thinks that a file went in the commit that took it away: renamed, and changed at the same time.
---@param dir string
---@param one ifx.repo.Past  of that file
---@param path string
---@return string? new, integer? similarity in percent
function past.renamed(dir, one, path)
  if not one.parent then return nil end
  local args = { 'diff-tree', '-r', '-z', '-M50%', '--diff-filter=R', '--name-status', one.parent, one.commit }
  local records = git.records(dir, args)
  for i = 1, #records, 3 do
    if records[i + 1] == path then return records[i + 2], math.tointeger(tonumber(records[i]:match '%d+')) end
  end
end

---The newest state in the history of `rev` that has all of these paths: the one before the first of them went.
---@param dir string
---@param rev string
---@param paths string[]
---@return string? commit
function past.complete(dir, rev, paths)
  local seen, result = {}, nil
  each_change(dir, { rev }, paths, function(commit)
    if result or seen[commit.id] or not commit.parent then return end
    seen[commit.id] = true
    local args = { 'ls-tree', '-z', '--name-only', commit.parent, '--' }
    if #git.records(dir, table.move(paths, 1, #paths, #args + 1, args)) == #paths then result = commit.parent end
  end)
  return result
end

return past
