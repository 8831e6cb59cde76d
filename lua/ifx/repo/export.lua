-- export.lua: a new repository out of some files of another and their history. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local git = require 'ifx.repo.git'
local history = require 'ifx.repo.history'
local objects = require 'ifx.repo.objects'
local task = require 'task'

local export = {}

---@class ifx.repo.Export
---@field dir string         absolute: a folder that is not there, or is empty
---@field branch string      name of its branch
---@field revision string    full commit id in the repository that the files come from
---@field files string[][]   { path at the revision, path in the new repository }
---@field edits table[]?     as of ifx.repo.Commit, on top of the history
---@field create table[]?
---@field remove string[]?
---@field message string     of the commit with these
---@field author { name: string, email: string }
---@field date string

---@class ifx.repo.Exported
---@field dir string
---@field commit string
---@field mode integer?  permission bits of the folder that was there, empty

-- Nothing of the user's settings decides about what is written; a filter that fetches (Git LFS) does not run.
local SETTINGS = { 'core.logAllRefUpdates=true', 'core.fsync=committed,reference', 'core.fsyncMethod=batch' }
local QUIET = { GIT_LFS_SKIP_SMUDGE = '1' }

local function refuse(kind, dir, message, hint)
  err.raise { kind = kind, op = 'make the repository', message = message, file = dir, hint = hint }
end

---Why no repository can be made in a folder; nil when one can.
---@param dir string
---@return string? why
function export.obstacle(dir)
  local stat = fs.lstat(dir)
  if not stat then
    local above = fs.stat(fs.dirname(dir))
    return not (above and above.type == 'dir') and ('there is no folder %s to make it in'):format(fs.dirname(dir)) or nil
  elseif stat.type ~= 'dir' then
    return ('%s is there, and is no folder'):format(dir)
  elseif #fs.list(dir) > 0 then
    return ('the folder %s is not empty'):format(dir)
  end
end

-- It is built beside its place and comes there by one rename: whole, or not at all.
local function staging(dir, run)
  return fs.join(fs.dirname(dir), ('.%s.ifx-%s'):format(fs.basename(dir), run))
end

local Stage = {}
Stage.__index = Stage

function Stage:__close()
  if self.dir and fs.lstat(self.dir) then fs.remove_tree(self.dir) end
end

function Stage:git(args, stdin)
  return git.run(self.dir, args, { env = QUIET, config = SETTINGS, place = self.place, stdin = stdin }).stdout
end

-- Until it has all objects of its own it borrows those of the repository that the files come from.
function Stage:open(repo, spec)
  if fs.lstat(self.dir) then fs.remove_tree(self.dir) end -- of the same run, which was killed
  fs.mkdir(self.dir)
  self:git { 'init', '--quiet', '--template=', '--initial-branch=' .. spec.branch, '--object-format=' .. repo.format }
  self.borrowed = fs.join(self.dir, '.git/objects/info/alternates')
  local borrowed = fs.join(repo.common_dir, 'objects'):gsub('[\\"]', '\\%0'):gsub('\n', '\\n')
  fs.mkdir(fs.dirname(self.borrowed))
  fs.write(self.borrowed, ('"%s"\n'):format(borrowed))
end

-- What the last commit of the history must hold: the files as they are now, and nothing else.
local function check_files(repo, spec, found, files)
  local wanted <close> = objects.tree(repo, spec.revision)
  local count, same = 0, true
  for old, new in pairs(files) do
    local was, is = wanted:entry(old), found:entry(new)
    count, same = count + 1, same and was and is and was.oid == is.oid and was.mode == is.mode
  end
  if not same or count ~= #found:files() then
    refuse('internal', spec.dir, 'the last commit of its history does not hold the files as they are')
  end
end

-- The history, and the id of its last commit. No ref names it yet: the branch comes once, with its note.
local function import(repo, stage, spec, files)
  local stream = history.take(repo, spec.revision, files).stream
  return stage:git({ 'fast-import', '--quiet', '--done', '--date-format=raw-permissive' }, stream):match('%x+')
end

local function add_commit(made, spec, tip)
  if #(spec.edits or {}) + #(spec.create or {}) + #(spec.remove or {}) == 0 then return tip end
  return objects.commit(made, {
    parent = tip, edits = spec.edits, create = spec.create, remove = spec.remove,
    message = spec.message, author = spec.author, date = spec.date,
  }, { 'core.fsync=none' }).commit -- the pack that all objects come to is written to the disk at the end
end

-- The reflog says who made it, and in which folder: what is needed to take it away again.
local function note_of(run, mode)
  return ('ifx: run %s%s'):format(run, mode and (', folder %o'):format(mode) or '')
end

local function read_note(note, run)
  local id, rest = (note or ''):match('^ifx: run ([^ ,]+)(.*)$')
  if id == run then return { mode = tonumber(rest:match('^, folder (%d+)$') or '', 8) } end
end

-- The files on the disk; meanwhile all objects in one pack of its own, looked through, and `check()`.
local function complete(stage, spec, commit, note, check)
  stage:git { 'update-ref', '--create-reflog', '-m', note, 'refs/heads/' .. spec.branch, commit }
  task.scope(function(scope)
    scope:go(function() stage:git { 'reset', '--hard', '--quiet', commit } end)
    check()
    stage:git { 'repack', '-a', '-d', '-q', '--window=0' } -- what is a delta stays one; looking for more takes long
    fs.remove(stage.borrowed)
    stage:git { 'fsck', '--connectivity-only', '--no-dangling', '--no-progress' }
  end)
end

---Make the repository: the history of the files, a commit with edits and new files on top of it, and the files in the
---folder. What is not complete is never at its place; the same description always gives the same ids.
---@param repo ifx.git.Repository  where the files come from; nothing is written to it
---@param spec ifx.repo.Export
---@param run string  id of the run: what it left behind when it was killed is removed
---@return ifx.repo.Exported
---Raises 'exists' when something is in the way, and what git says when it fails; nothing is left behind then.
function export.create(repo, spec, run)
  local why = export.obstacle(spec.dir)
  if why then refuse('exists', spec.dir, why, 'name a folder that is not there') end
  if #spec.files == 0 then refuse('argument', spec.dir, 'no file comes to it') end
  local empty = fs.stat(spec.dir)
  local stage <close> = setmetatable({ dir = staging(spec.dir, run), place = spec.dir }, Stage)
  stage:open(repo, spec)
  local files = {}
  for _, pair in ipairs(spec.files) do files[pair[1]] = pair[2] end
  local tip, made = import(repo, stage, spec, files), git.find(stage.dir)
  local found <close> = objects.tree(made, tip)
  local commit = add_commit(made, spec, tip)
  complete(stage, spec, commit, note_of(run, empty and empty.mode), function() check_files(repo, spec, found, files) end)
  if empty then fs.chmod(stage.dir, empty.mode) end
  fs.rename(stage.dir, spec.dir)
  stage.dir = nil
  return { dir = spec.dir, commit = commit, mode = empty and empty.mode or nil }
end

-- ---------------------------------------------------------------- afterwards

---What a run made in a folder: 'absent' (what it left of an attempt is removed), 'done' with the commit, or 'other' when
---somebody else's files are there.
---@param spec ifx.repo.Export
---@param run string
---@return 'absent'|'done'|'other', ifx.repo.Exported?
function export.state(spec, run)
  local left = staging(spec.dir, run)
  if fs.lstat(left) then fs.remove_tree(left) end
  local stat = fs.lstat(spec.dir)
  if not stat or (stat.type == 'dir' and #fs.list(spec.dir) == 0) then return 'absent' end
  if not fs.lstat(fs.join(spec.dir, '.git')) then return 'other' end
  local ref = 'refs/heads/' .. spec.branch
  local made = read_note(git.try_line(spec.dir, { 'log', '-g', '-1', '--format=%gs', ref, '--' }), run)
  if not made then return 'other' end
  return 'done', { dir = spec.dir, commit = git.commit_id(spec.dir, ref), mode = made.mode }
end

-- What somebody did in the new repository since; nil when nothing.
local function changed_since(dir, branch, commit)
  local refs = git.run(dir, { 'for-each-ref', '--format=%(refname) %(objectname)' }).stdout
  if refs ~= ('refs/heads/%s %s\n'):format(branch, commit) then return 'its branches and tags are not as they were made' end
  if git.branch(dir) ~= branch then return 'another branch is checked out' end
  local found = git.records(dir, { 'status', '--porcelain=v1', '-z', '--untracked-files=all', '--ignored', '--no-renames' })
  if #found > 0 then return ('%d files are changed or new: %s …'):format(#found, found[1]:sub(4)) end
  -- Both keep what is theirs in this folder: branches of a submodule, the index of a work tree.
  for inner, what in pairs { worktrees = 'it has linked work trees', modules = 'it has submodules of its own' } do
    local stat = fs.stat(fs.join(dir, '.git', inner))
    if stat and #fs.list(fs.join(dir, '.git', inner)) > 0 then return what end
  end
  local busy = git.busy(git.find(dir))
  return busy and busy .. ' is in progress' or nil
end

---Why the repository is not as it was made; nil when it is, or is gone.
---@param spec ifx.repo.Export
---@param made table  from `create`
---@return string? why
function export.changed(spec, made)
  if not fs.lstat(spec.dir) or #fs.list(spec.dir) == 0 then return nil end
  return not fs.lstat(fs.join(spec.dir, '.git')) and 'it is no repository any more'
    or changed_since(spec.dir, spec.branch, made.commit)
end

---Remove the repository again, when it is as it was made. Bears being repeated.
---@param spec ifx.repo.Export
---@param made table  from `create`
---@param run string
---Raises 'conflict' when somebody has worked in it.
function export.remove(spec, made, run)
  local left = staging(spec.dir, run)
  local stat = fs.lstat(spec.dir)
  if stat and #fs.list(spec.dir) > 0 then
    local why = export.changed(spec, made)
    if why then
      err.raise {
        kind = 'conflict', op = 'remove ' .. spec.dir, message = why, file = spec.dir,
        hint = 'somebody has worked there; remove it yourself when that is not wanted',
      }
    end
    if fs.lstat(left) then fs.remove_tree(left) end
    fs.rename(spec.dir, left)
    stat = nil
  end
  if made.mode and not stat then
    fs.mkdir(spec.dir)
    fs.chmod(spec.dir, made.mode)
  end
  if fs.lstat(left) then fs.remove_tree(left) end
end

return export
