-- init.lua: the operations git.commit, git.branch and git.export. SPDX-License-Identifier: Apache-2.0
local export = require 'ifx.repo.export'
local git = require 'ifx.repo.git'
local objects = require 'ifx.repo.objects'

local function short(id)
  return type(id) == 'string' and id:sub(1, 12) or 'the commit before'
end

local function directory(args, ctx)
  return args.repo or ctx.dir
end

local function repository(args, ctx)
  local dir = directory(args, ctx)
  local repo = git.find(dir)
  if not repo or not repo.root then
    err.raise { kind = 'not_found', op = 'open the repository', message = 'not a git work tree any more', file = dir }
  end
  return repo
end

local function count(parts, list, what)
  if list and #list > 0 then
    parts[#parts + 1] = ('%d %s'):format(#list, what)
  end
end

-- ---------------------------------------------------------------- git.commit
-- args: an ifx.repo.Commit (see ifx.repo.objects) and
--   repo   a directory inside the repository (default: the plan's)
--   base   the revision that `parent` was read from (default HEAD); while it is another commit, the plan is stale
--   clean  true: tracked files must not differ from `parent`

local commit = {}

function commit.describe(args)
  local parts = {}
  count(parts, args.renames, 'renamed')
  count(parts, args.edits, 'edited')
  count(parts, args.create, 'created')
  count(parts, args.remove, 'removed')
  return ("commit '%s' on %s: files %s"):format(args.message:match('[^\n]*'), short(args.parent), table.concat(parts, ', '))
end

function commit.fresh(args, ctx)
  if type(args.parent) ~= 'string' then
    return true -- it stands on an operation of the same plan
  end
  local base = args.base or 'HEAD'
  local _, now = git.ready(directory(args, ctx), base)
  if now ~= args.parent then
    return nil, ('%s was %s when the plan was made and is %s now'):format(base, short(args.parent), short(now))
  end
  local dirty = args.clean and git.dirty(directory(args, ctx)) or {}
  if #dirty > 0 then
    return nil, ('%d tracked files have changes that are not committed: %s%s'):format(#dirty,
      table.concat(dirty, ', ', 1, math.min(5, #dirty)), #dirty > 5 and ', …' or ''),
      'git stash, then apply again; or commit them, and make the plan again'
  end
  return true
end

function commit.apply(args, ctx)
  return objects.commit(repository(args, ctx), args)
end

-- Objects are named by their content: building them again gives the same ones, so "not yet" is always a safe answer.
function commit.check()
  return 'absent'
end

-- A commit that no ref reaches is no change: git gc collects it.
function commit.undo() end

-- ---------------------------------------------------------------- git.branch
-- args: name, commit, and repo as above. The branch must not exist.

local branch = {}

local function ref(args)
  return 'refs/heads/' .. args.name
end

function branch.describe(args)
  return ("branch '%s' at %s"):format(args.name, short(args.commit))
end

local function below(name, above)
  return name:sub(1, #above + 1) == above .. '/'
end

-- The branch that exists under this name, or that leaves no room for it: a/b cannot stand beside a.
local function in_the_way(dir, name)
  local args = { 'for-each-ref', '--format=%(refname)', 'refs/heads/' .. name }
  for slash in name:gmatch('()/') do
    args[#args + 1] = 'refs/heads/' .. name:sub(1, slash - 1)
  end
  for found in git.run(dir, args).stdout:gmatch('refs/heads/([^\n]+)') do
    if found == name or below(found, name) or below(name, found) then
      return found
    end
  end
end

function branch.fresh(args, ctx)
  local dir = directory(args, ctx)
  if not git.try_line(dir, { 'check-ref-format', '--branch', args.name }) then
    return nil, ("'%s' cannot be the name of a branch"):format(args.name)
  end
  local found = in_the_way(dir, args.name)
  if found == args.name then
    return nil, ("the branch '%s' exists: delete it (git branch -D %s), or plan with another name"):format(found, found)
  elseif found then
    return nil, ("the branch '%s' exists, so there can be no '%s'"):format(found, args.name)
  end
  local place = git.checked_out(dir, args.name)
  if place then
    return nil, ("the branch '%s' is checked out, without a commit, in %s"):format(args.name, place)
  end
  return true
end

local function value(args, ctx)
  return git.try_line(directory(args, ctx), { 'rev-parse', '--verify', '--quiet', ref(args) })
end

function branch.apply(args, ctx)
  -- The empty old value makes git refuse a branch that came into being meanwhile.
  git.run(directory(args, ctx), { 'update-ref', '-m', 'ifx: run ' .. ctx.run, ref(args), args.commit, '' })
  return { name = args.name, commit = args.commit }
end

function branch.check(args, ctx)
  git.unlock_ref(repository(args, ctx), ref(args), args.commit)
  local now = value(args, ctx)
  if not now then
    return 'absent'
  elseif now == args.commit then
    return 'done', { name = args.name, commit = now }
  end
  err.raise {
    kind = 'conflict', op = 'check ' .. ref(args), message = ('it is at %s, not at %s'):format(short(now), short(args.commit)),
    hint = 'somebody else made or moved it: look at it, and delete or rename it',
  }
end

function branch.undoable(args, result, ctx)
  local dir, now = directory(args, ctx), value(args, ctx)
  local place = now and git.checked_out(dir, args.name)
  local leave = place and ('git -C %s switch another branch; '):format(place) or ''
  if now and now ~= result.commit then
    return nil, ('%s has moved from %s to %s'):format(ref(args), short(result.commit), short(now)),
      ('%sgit branch -D %s when nobody wants what is there, or git branch -f %s %s; then roll back again'):format(
        leave, args.name, args.name, short(result.commit))
  elseif place then
    return nil, ('%s is checked out in %s'):format(ref(args), place), leave .. 'then roll back again'
  end
  return true
end

function branch.undo(args, result, ctx)
  if ctx.again then
    git.unlock_ref(repository(args, ctx), ref(args), result.commit)
  end
  local fine, why, hint = branch.undoable(args, result, ctx)
  if not fine then
    err.raise { kind = 'conflict', op = 'delete the branch', message = why, hint = hint }
  elseif value(args, ctx) then
    git.run(directory(args, ctx), { 'update-ref', '-d', ref(args), result.commit })
  end
end

-- ---------------------------------------------------------------- git.export
-- args: an ifx.repo.Export (see ifx.repo.export), and repo as above. While HEAD is another commit than the revision, the
-- plan is stale.

local exported = {}

function exported.describe(args)
  local parts = {}
  count(parts, args.files, 'with history')
  count(parts, args.edits, 'edited')
  count(parts, args.create, 'created')
  return ("repository %s, branch '%s', from %s: files %s"):format(args.dir, args.branch, short(args.revision),
    table.concat(parts, ', '))
end

function exported.fresh(args, ctx)
  local _, now = git.ready(directory(args, ctx))
  if now ~= args.revision then
    return nil, ('HEAD was %s when the plan was made and is %s now'):format(short(args.revision), short(now))
  end
  local why = export.obstacle(args.dir)
  if why then
    return nil, why
  end
  return true
end

function exported.apply(args, ctx)
  return export.create(repository(args, ctx), args, ctx.run)
end

function exported.check(args, ctx)
  local state, made = export.state(args, ctx.run)
  if state == 'other' then
    err.raise {
      kind = 'conflict', op = 'check ' .. args.dir, message = 'there are files in it that this run did not make', file = args.dir,
      hint = 'look at them, and move them away',
    }
  end
  return state, made
end

function exported.undoable(args, result)
  local why = export.changed(args, result)
  if why then
    return nil, ('%s: %s'):format(args.dir, why), 'somebody has worked there; remove it yourself when that is not wanted, '
      .. 'then roll back again'
  end
  return true
end

function exported.undo(args, result, ctx)
  export.remove(args, result, ctx.run)
end

return { operations = { ['git.commit'] = commit, ['git.branch'] = branch, ['git.export'] = exported } }
