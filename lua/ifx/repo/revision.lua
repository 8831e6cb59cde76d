-- revision.lua: the tree of a commit, read from the object database without a checkout. SPDX-License-Identifier: Apache-2.0
local base = require 'ifx.repo.base'
local blobs = require 'ifx.repo.blobs'
local err = require 'err'
local git = require 'ifx.repo.git'
local host = require 'host'

local revision = {}

-- What is asked for at once; a file above WINDOW_FILE is asked for alone, when it is read.
local WINDOW_COUNT, WINDOW_BYTES, WINDOW_FILE = 2000, 8 * 1024 * 1024, 1024 * 1024
-- Objects never change: one thread reads them for all, up to so many bytes.
local SHELF_BYTES = 48 * 1024 * 1024

---The id of the commit (or tree) that `rev` names; nil when it names none.
---@param dir string
---@param rev string
---@return string?
function revision.find_id(dir, rev)
  return git.commit_id(dir, rev)
    or git.try_line(dir, { 'rev-parse', '--verify', '--quiet', '--end-of-options', rev .. '^{tree}' })
end

local function resolve(dir, rev)
  local id = revision.find_id(dir, rev)
  if id then return id end
  err.raise {
    kind = 'not_found', op = 'open revision ' .. rev, file = dir,
    message = ("'%s' names no commit of this repository"):format(rev),
    hint = rev == 'HEAD' and 'the repository has no commit yet' or 'git branch -a and git tag list what could be meant',
  }
end

-- In a partial clone the size of an object that is not here would be fetched: ask for the sizes of those that are.
local function partial_sizes(dir, id, entries)
  local absent, present = {}, {}
  local text = git.run(dir, { 'rev-list', '--objects', '--no-object-names', '--missing=print', id .. '^{tree}' }).stdout
  for oid in ('\n' .. text):gmatch('\n%?(%x+)') do absent[oid] = true end
  for _, entry in ipairs(entries) do
    entry.missing = absent[entry.oid] or nil
    if not absent[entry.oid] and entry.mode ~= '160000' then present[#present + 1] = entry end
  end
  local asked = {}
  for i, entry in ipairs(present) do asked[i] = entry.oid .. '\n' end
  local sizes = git.run(dir, { 'cat-file', '--batch-check=%(objectsize)' }, { stdin = table.concat(asked) }).stdout
  local i = 0
  for size in sizes:gmatch('[^\n]+') do
    i = i + 1
    present[i].size = tonumber(size)
  end
end

local function list(repo, dir, id)
  local args = { 'ls-tree', '-r', '-z', '--full-tree', id }
  if not repo.partial then table.insert(args, 4, '--long') end
  local entries = {}
  for mode, oid, size, path in git.run(dir, args).stdout:gmatch('(%d+) %a+ (%x+) *(%S*)\t([^%z]*)%z') do
    entries[#entries + 1] = { path = path, mode = mode == '100664' and '100644' or mode, oid = oid, size = tonumber(size) }
  end
  if repo.partial then partial_sizes(dir, id, entries) end
  return entries
end

local function read(tree, entry)
  if entry.missing then
    err.raise {
      kind = 'not_found', op = 'read ' .. entry.path, file = entry.path,
      message = 'its content is not in this partial clone', hint = 'git fetch --refetch --no-filter brings it',
    }
  end
  local bytes = host.shelved(entry.oid)
  if bytes then return bytes, true end
  bytes = tree._blobs:read(entry.oid)
  return bytes, host.shelve(entry.oid, bytes, SHELF_BYTES)
end

local function fetch_window(tree, window)
  local oids = {}
  for i, entry in ipairs(window) do oids[i] = entry.oid end
  tree._blobs:each(oids, function(i, bytes)
    if not host.shelve(oids[i], bytes, SHELF_BYTES) then tree:keep(window[i].path, bytes) end
  end)
end

local function prefetch(tree, paths)
  local window, bytes = {}, 0
  for _, path in ipairs(paths) do
    local entry = tree:entry(path)
    local wanted = entry and entry.size and entry.size <= WINDOW_FILE and not tree._cache[path]
      and not host.is_shelved(entry.oid)
    if wanted then
      window[#window + 1], bytes = entry, bytes + entry.size
    end
    if #window == WINDOW_COUNT or bytes > WINDOW_BYTES then
      fetch_window(tree, window)
      window, bytes = {}, 0
    end
  end
  fetch_window(tree, window)
end

---@param description { repository: ifx.git.Repository, id: string, dir: string, entries: ifx.repo.Entry[] }
---@return ifx.repo.Tree
function revision.reopen(description)
  local repository, id, dir = base.copy(description.repository), description.id, description.dir
  return base.new({
    kind = 'revision', repository = description.repository, id = id, _dir = dir,
    _blobs = blobs.open(dir), _prefetch = prefetch,
    object_id = function(tree, p)
      local entry = tree:entry(p)
      return entry and entry.oid
    end,
    _close = function(tree)
      tree._blobs:close()
      host.clear_shelf()
    end,
  }, description.entries, read, function(entries)
    return { repository = base.copy(repository), id = id, dir = dir, entries = entries }
  end)
end

---The tree of `rev` in the repository that `dir` lies in. Raises 'not_found' for no repository or no such revision.
---@param dir string
---@param rev string
---@param repo? ifx.git.Repository  what `git.find` said of `dir`
---@return ifx.repo.Tree
function revision.open(dir, rev, repo)
  repo = repo or git.find(dir)
  if not repo then
    err.raise {
      kind = 'not_found', op = 'open revision ' .. rev, message = 'not a git repository', file = dir,
      hint = 'name one: -C DIR',
    }
  end
  local id = resolve(dir, rev)
  return revision.reopen { repository = repo, id = id, dir = dir, entries = list(repo, dir, id) }
end

return revision
