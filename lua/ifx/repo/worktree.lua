-- worktree.lua: the tracked files of a work tree, as they are on the disk. SPDX-License-Identifier: Apache-2.0
local base = require 'ifx.repo.base'
local blobs = require 'ifx.repo.blobs'
local err = require 'err'
local fs = require 'fs'
local git = require 'ifx.repo.git'
local task = require 'task'

local worktree = {}

-- `git ls-files -v` marks each line: H tracked, M unmerged, S skipped by a sparse checkout, small letters assume-unchanged.
-- "H 100644 OID STAGE<tab>PATH": cut, not matched, for there is one for each file.
local function entry_of(record)
  local tag, after = record:sub(1, 1), record:find(' ', 10, true)
  return {
    path = record:sub(after + 3), mode = record:sub(3, 8), oid = record:sub(10, after - 1),
    unmerged = record:sub(after + 1, after + 1) ~= '0' or nil,
    sparse = tag:upper() == 'S' or nil, assumed = tag == tag:lower() or nil,
  }
end

local function list(root)
  local asked = { { 'ls-files', '--deleted', '-z' }, { 'ls-files', '--stage', '-v', '-z' } }
  local deleted, tracked = table.unpack(task.map(asked, function(args) return git.records(root, args) end))
  local gone = {}
  for _, path in ipairs(deleted) do gone[path] = true end
  local entries, last = {}, nil
  for _, record in ipairs(tracked) do
    local entry = entry_of(record)
    if entry.path ~= last and not gone[entry.path] then
      entries[#entries + 1] = entry
    end
    last = entry.path
  end
  return entries, deleted
end

local function refuse(entry, kind, message)
  err.raise { kind = kind, op = 'read ' .. entry.path, message = message, file = entry.path }
end

-- What stands on the disk, asked once for each file.
local function look(tree, entry)
  if entry.size then return entry.on_disk end
  local stat = fs.lstat(fs.join(tree.root, entry.path))
  entry.size, entry.on_disk = stat and stat.size or 0, stat and stat.type or 'nothing'
  return entry.on_disk
end

local function read(tree, entry)
  if entry.sparse then
    tree._blobs = tree._blobs or blobs.open(tree.root)
    return tree._blobs:read(entry.oid)
  end
  local place, is = fs.join(tree.root, entry.path), look(tree, entry)
  if is == 'nothing' then refuse(entry, 'not_found', 'it is tracked, but no longer on the disk') end
  if entry.mode == '120000' and is == 'link' then return fs.readlink(place) end
  if is ~= 'file' then
    refuse(entry, 'conflict', 'it is tracked as a file, but on the disk it is a ' .. (is == 'dir' and 'directory' or is))
  end
  return fs.read(place)
end

-- Who asks for the size reads the file next: opening a small one once answers both. What is wrong with it is said when
-- it is read.
local SMALL = { max = 1024 * 1024, follow = false }

local function size(tree, path)
  local entry = tree:entry(path)
  if entry and not entry.size and not entry.sparse and entry.mode ~= '160000' then
    local ok, bytes = false, nil
    if entry.mode ~= '120000' then ok, bytes = pcall(fs.read, fs.join(tree.root, path), SMALL) end
    if ok then
      entry.size, entry.on_disk = #bytes, 'file'
      tree:keep(path, bytes)
    else
      look(tree, entry)
    end
  end
  return entry and entry.size or #tree:read(path)
end

---@param description { repository: ifx.git.Repository, deleted: string[], entries: ifx.repo.Entry[] }
---@return ifx.repo.Tree
function worktree.reopen(description)
  local repository = base.copy(description.repository)
  return base.new({
    kind = 'worktree', root = repository.root, repository = description.repository,
    deleted = description.deleted, size = size,
    _close = function(tree)
      if tree._blobs then tree._blobs:close() end
    end,
  }, description.entries, read, function(entries) return { repository = base.copy(repository), entries = entries } end)
end

---The tracked files of the work tree that `dir` lies in. Raises 'not_found' when `dir` is in no repository, and
---'unsupported' for a bare one.
---@param dir string
---@param repo? ifx.git.Repository  what `git.find` said of `dir`
---@return ifx.repo.Tree
function worktree.open(dir, repo)
  repo = repo or git.find(dir)
  if not repo then
    err.raise {
      kind = 'not_found', op = 'open the work tree', message = 'not a git repository', file = dir,
      hint = 'name one: -C DIR',
    }
  elseif not repo.root then
    err.raise {
      kind = 'unsupported', op = 'open the work tree', file = dir,
      message = repo.bare and 'a bare repository has no work tree' or 'this is inside a .git directory',
      hint = 'name a revision instead, such as HEAD',
    }
  end
  local entries, deleted = list(repo.root)
  return worktree.reopen { repository = repo, deleted = deleted, entries = entries }
end

return worktree
