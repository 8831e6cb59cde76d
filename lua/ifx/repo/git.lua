-- git.lua: git as a program: one safe way to run it, and what a repository is and is doing. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local proc = require 'proc'
local task = require 'task'

local git = {}

-- What the caller's environment may say. Everything else that begins with GIT_ (GIT_DIR inside a hook,
-- GIT_INDEX_FILE, pathspec modes, traces …) would point git at another repository or change its answers.
local inherited = {
  GIT_CONFIG_GLOBAL = true, GIT_CONFIG_SYSTEM = true, GIT_CONFIG_NOSYSTEM = true, GIT_ATTR_NOSYSTEM = true,
  GIT_CEILING_DIRECTORIES = true, GIT_DISCOVERY_ACROSS_FILESYSTEM = true, GIT_EXEC_PATH = true,
  GIT_AUTHOR_NAME = true, GIT_AUTHOR_EMAIL = true, GIT_COMMITTER_NAME = true, GIT_COMMITTER_EMAIL = true,
}

local fixed = {
  LC_ALL = 'C',                -- messages are matched
  GIT_OPTIONAL_LOCKS = '0',    -- asking never writes the index
  GIT_TERMINAL_PROMPT = '0',
  GIT_PAGER = 'cat',
  GIT_NO_REPLACE_OBJECTS = '1', -- replacements are local: others would see another history
  GIT_NO_LAZY_FETCH = '1',     -- a partial clone never reaches for the network …
  GIT_ALLOW_PROTOCOL = 'none', -- … nor with a git older than 2.45
}

local configuration = {
  'core.hooksPath=/dev/null', 'core.fsmonitor=false', 'core.quotePath=false', 'core.commentChar=#', 'gc.auto=0',
  'submodule.recurse=false', 'color.ui=false', 'advice.detachedHead=false',
  'i18n.commitEncoding=UTF-8', 'i18n.logOutputEncoding=UTF-8',
}

---@class ifx.git.Options
---@field stdin string?             bytes for standard input
---@field env table<string,string>? added to the safe environment
---@field config string[]?          further `key=value` settings
---@field index string?             another index file (absolute path)
---@field work_tree string?         another work tree (absolute path)
---@field place string?             directory that errors name instead of `dir`
---@field check boolean?            raise when the status is not 0 (default true)
---@field timeout number?           seconds (default 600)
---@field max_output integer?       bytes
---@field on_stdout fun(chunk: string)?

local base_environment -- the variables to remove, and the fixed ones: the process's environment does not change

local function environment(opts)
  if not base_environment then
    base_environment = {}
    for name in pairs(fs.environ()) do
      if name:find('^GIT_') and not inherited[name] then
        base_environment[name] = false
      end
    end
    for name, value in pairs(fixed) do
      base_environment[name] = value
    end
  end
  local env = {}
  for name, value in pairs(base_environment) do
    env[name] = value
  end
  env.GIT_INDEX_FILE = opts.index
  env.GIT_WORK_TREE = opts.work_tree
  for name, value in pairs(opts.env or {}) do
    env[name] = value
  end
  return env
end

local function command(dir, args, opts)
  local argv = { 'git', '-C', dir, '--no-pager', '--literal-pathspecs' }
  for _, list in ipairs { configuration, opts.config or {} } do
    for _, setting in ipairs(list) do
      argv[#argv + 1] = '-c'
      argv[#argv + 1] = setting
    end
  end
  table.move(args, 1, #args, #argv + 1, argv)
  return argv
end

local function last_words(stderr)
  local words = stderr:gsub('%s+$', ''):gsub('^fatal: ', ''):gsub('\nfatal: ', '\n')
    :gsub('\nfast%-import: dumping crash report to [^\n]*', '') -- that goes with the folder it is in
  return words ~= '' and words or 'it said nothing'
end

-- What to do about what git says.
local function remedy(text)
  if text:find('dubious ownership', 1, true) then
    return 'the repository belongs to another user; git names the safe.directory setting'
  elseif text:find '[Uu]nable to read %l*%s*%x%x%x%x' or text:find '[Cc]ould not read %x%x%x%x'
    or text:find('missing blob', 1, true) or text:find('promisor remote', 1, true) then
    return 'an object is not in this clone: `git fetch --refetch` brings what a partial one left out, `git fsck` names damage'
  end
end

local function failure(place, args, result)
  local text = last_words(result.stderr or '')
  local dubious = text:find('dubious ownership', 1, true)
  return err.new {
    kind = dubious and 'permission' or 'process', op = 'git ' .. args[1], status = result.status,
    message = result.signal and result.signal ~= 0 and ('ended by signal %d: %s'):format(result.signal, text) or text,
    file = place, hint = remedy(text),
  }
end

--- Run git in `dir` and wait: no hooks, no pager, no file system monitor, no network, messages in English,
--- none of the caller's GIT_DIR and the like. Paths after `--` are literal, never patterns.
---@param dir string absolute directory, inside the repository
---@param args string[] the subcommand and its arguments
---@param opts ifx.git.Options?
---@return { status: integer, signal: integer?, stdout: string, stderr: string }
--- Raises `process` (status set) with git's own words when git fails and `check` is not false.
function git.run(dir, args, opts)
  opts = opts or {}
  local result = proc.run(command(dir, args, opts), {
    env = environment(opts), stdin = opts.stdin or '', timeout = opts.timeout, max_output = opts.max_output,
    on_stdout = opts.on_stdout, check = false,
  })
  local ended = result.status == 0 and (not result.signal or result.signal == 0)
  if not ended and opts.check ~= false then
    error(failure(opts.place or dir, args, result), 0)
  end
  return result
end

--- Start git in `dir` under the same rules, for a conversation (`cat-file --batch`).
---@param dir string
---@param args string[]
---@param opts ifx.git.Options? env, config, index, work_tree, timeout
---@return proc.Process
function git.spawn(dir, args, opts)
  opts = opts or {}
  return proc.spawn(command(dir, args, opts), { env = environment(opts), timeout = opts.timeout })
end

--- The output of a git command without its last newline; nil when the command fails.
---@param dir string
---@param args string[]
---@param opts ifx.git.Options?
---@return string?
function git.try_line(dir, args, opts)
  local quiet = { check = false }
  for key, value in pairs(opts or {}) do
    quiet[key] = value
  end
  local result = git.run(dir, args, quiet)
  if result.status ~= 0 then
    return nil
  end
  return (result.stdout:gsub('\n$', ''))
end

--- The NUL-terminated records of a git command's output (for commands called with `-z`).
---@param dir string
---@param args string[]
---@param opts ifx.git.Options?
---@return string[]
function git.records(dir, args, opts)
  local list, output, first = {}, git.run(dir, args, opts).stdout, 1
  local stop = output:find('\0', 1, true)
  while stop do
    list[#list + 1] = output:sub(first, stop - 1)
    first = stop + 1
    stop = output:find('\0', first, true)
  end
  return list
end

---@class ifx.git.Repository
---@field root string?      work tree (absolute); nil when bare
---@field git_dir string    this work tree's git directory (absolute)
---@field common_dir string the directory with refs and objects (absolute)
---@field bare boolean
---@field shallow boolean
---@field partial boolean   a clone with a filter: objects may be missing
---@field sparse boolean    only a part of the files is checked out
---@field format 'sha1'|'sha256'

-- A path may hold line breaks; `git rev-parse` prints what is no option of its own as it stands.
local asked = {
  'rev-parse', '--is-bare-repository', '--is-shallow-repository', '--show-object-format',
  '--path-format=absolute', '--git-dir', '--ifx', '--git-common-dir', '--ifx', '--show-toplevel', '--ifx',
}
local answered = '^(%a+)\n(%a+)\n(%w+)\n(.-)\n%-%-ifx\n(.-)\n%-%-ifx\n(.*)$'

-- As git reads a boolean; nil: the setting has no value, which means yes.
local function is_true(value)
  local word = (value or 'true'):lower()
  return word == 'true' or word == 'yes' or word == 'on' or (math.tointeger(tonumber(word)) or 0) ~= 0
end

-- Is it a clone with a filter, and is only a part of it checked out?
local function clone_settings(dir)
  local partial, sparse = false, false
  local pattern = [[^(extensions\.partialclone|remote\..*\.promisor|core\.sparsecheckout)$]]
  for _, record in ipairs(git.records(dir, { 'config', '-z', '--get-regexp', pattern }, { check = false })) do
    if record:find('^core') then
      sparse = is_true(record:match('\n(.*)$'))
    else
      partial = true
    end
  end
  return partial, sparse
end

--- What repository `dir` lies in; nil when it lies in none.
---@param dir string
---@return ifx.git.Repository?
function git.find(dir)
  local result = git.run(dir, asked, { check = false })
  local bare, shallow, format, own, common, rest = result.stdout:match(answered)
  local no_work_tree = result.stderr:find('must be run in a work tree', 1, true) -- says the last question
  if not bare or not (result.status == 0 or no_work_tree) then
    if result.stderr:find('not a git repository', 1, true) then
      return nil
    end
    error(failure(dir, asked, result), 0)
  end
  local root = rest:match('^(.*)\n%-%-ifx\n$')
  local partial, sparse = clone_settings(dir)
  return {
    root = root and (fs.realpath(root) or root), git_dir = fs.realpath(own) or own, common_dir = fs.realpath(common) or common,
    bare = bare == 'true', shallow = shallow == 'true', format = format, partial = partial, sparse = sparse,
  }
end

--- How git names content.
---@param repo ifx.git.Repository|nil  nil: as a repository of today would
---@param bytes string
---@return string id in hex
function git.blob_id(repo, bytes)
  local hash = require 'hash'
  local make = repo and repo.format == 'sha256' and hash.sha256 or hash.sha1
  return make(('blob %d\0'):format(#bytes) .. bytes)
end

--- The commit that `rev` names, as its full id; nil when it names none.
---@param dir string
---@param rev string
---@return string?
function git.commit_id(dir, rev)
  return git.try_line(dir, { 'rev-parse', '--verify', '--quiet', '--end-of-options', rev .. '^{commit}' })
end

--- The short name of the branch that HEAD is on; nil when HEAD is detached.
---@param dir string
---@return string?
function git.branch(dir)
  local ref = git.try_line(dir, { 'symbolic-ref', '--quiet', 'HEAD' })
  return ref and ref:match('^refs/heads/(.*)$') or nil
end

--- Tracked files that differ from HEAD, in the index or in the work tree (sorted). Asks with the user's own
--- settings for line endings, and writes nothing.
---@param dir string
---@return string[]
function git.dirty(dir)
  local paths = {}
  for _, record in ipairs(git.records(dir, { 'status', '--porcelain=v1', '-z', '--untracked-files=no', '--no-renames' })) do
    paths[#paths + 1] = record:sub(4) -- two letters of state, a space, the path
  end
  table.sort(paths)
  return paths
end

local unfinished = {
  { 'MERGE_HEAD', 'a merge' }, { 'rebase-merge', 'a rebase' }, { 'rebase-apply', 'a rebase or `git am`' },
  { 'CHERRY_PICK_HEAD', 'a cherry-pick' }, { 'REVERT_HEAD', 'a revert' }, { 'BISECT_LOG', 'a bisect' },
}

--- What the repository is in the middle of ("a merge"); nil when nothing.
---@param repo ifx.git.Repository
---@return string?
function git.busy(repo)
  for _, one in ipairs(unfinished) do
    if fs.lstat(fs.join(repo.git_dir, one[1])) then
      return one[2]
    end
  end
end

--- How many objects of the files of commit `id` are missing here (a partial clone).
---@param dir string
---@param id string
---@return integer
function git.missing(dir, id)
  local text = git.run(dir, { 'rev-list', '--objects', '--no-walk', '--missing=print', id }).stdout
  local _, count = ('\n' .. text):gsub('\n%?', '')
  return count
end

--- Where branch `name` is checked out; nil when nowhere.
---@param dir string
---@param name string
---@return string?
function git.checked_out(dir, name)
  local place
  for _, record in ipairs(git.records(dir, { 'worktree', 'list', '--porcelain', '-z' })) do
    place = record:match('^worktree (.*)$') or place
    if record == 'branch refs/heads/' .. name then
      return place
    end
  end
end

-- A lock that stands longer than this belongs to nobody who is still alive, or to somebody who should be waited for.
local LOCK_SECONDS = 1

local function refuse_lock(path, message)
  err.raise {
    kind = 'conflict', op = 'lock a ref', file = path, message = message,
    hint = 'when no git is running in this repository, remove that file and try again',
  }
end

-- The text of a lock file that is still there after a while; nil: it is gone.
local function lasting_lock(path)
  local text = fs.try_read(path)
  for _ = 1, text and LOCK_SECONDS * 10 or 0 do
    task.sleep(0.1)
    text = fs.try_read(path)
    if not text then
      break
    end
  end
  return text
end

--- Clear the way after a git that was killed while it made or deleted `ref`: its lock is removed when it holds nothing but
--- what that git was writing. Only to be called when that git is known to have been killed.
---@param repo ifx.git.Repository
---@param ref string full name
---@param id string the commit that the ref was to get, or had
--- Raises `conflict`, naming the file, when a lock stands that is somebody else's or cannot be told apart.
function git.unlock_ref(repo, ref, id)
  local path = fs.join(repo.common_dir, ref .. '.lock')
  local text = lasting_lock(path)
  if text and (id .. '\n'):sub(1, #text) ~= text then
    refuse_lock(path, 'another git has locked ' .. ref)
  elseif text then
    fs.remove(path)
  end
  local packed = fs.join(repo.common_dir, 'packed-refs.lock')
  if lasting_lock(packed) then
    refuse_lock(packed, 'a git that is running, or was killed, has locked all packed refs')
  end
end

--- Name and address under which the user's git would commit.
---@param dir string
---@return { name: string, email: string }
--- Raises `config` when git knows neither.
function git.identity(dir)
  local result = git.run(dir, { 'var', 'GIT_AUTHOR_IDENT' }, { check = false })
  local name, email = result.stdout:match('^(.-) <(.-)>')
  if result.status ~= 0 or not name then
    err.raise {
      kind = 'config', op = 'git var GIT_AUTHOR_IDENT', file = dir,
      message = 'git does not know who commits', hint = 'git config user.name "…" and git config user.email "…"',
    }
  end
  return { name = name, email = email }
end

local function refuse(kind, dir, message, hint)
  err.raise { kind = kind, op = 'read the repository', message = message, file = dir, hint = hint }
end

--- The repository of `dir`, ready for a new commit on top of `rev` (default HEAD): present, with a work tree, with
--- all its objects, and in the middle of nothing. A sparse checkout and a detached HEAD are fine: new commits are
--- built from objects, not from the files on disk.
---@param dir string
---@param rev string?
---@return ifx.git.Repository repo
---@return string commit the full id of `rev`
--- Raises `not_found`, `unsupported` or `conflict`, each with what to do about it.
function git.ready(dir, rev)
  rev = rev or 'HEAD'
  local repo = git.find(dir)
  if not repo then
    refuse('not_found', dir, 'not a git repository', 'go into one, or name it: -C DIR')
  elseif repo.bare then
    refuse('unsupported', dir, 'a bare repository has no files to plan from', 'work in a clone: git clone ' .. dir)
  elseif not repo.root then
    refuse('unsupported', dir, 'inside the .git directory', 'go to the work tree, or name it: -C DIR')
  elseif repo.shallow then
    refuse('unsupported', dir, 'a shallow clone: the history of a moved file could not be followed', 'git fetch --unshallow')
  end
  local doing = git.busy(repo)
  if doing then
    refuse('conflict', dir, doing .. ' is in progress', 'finish or abort it (git status says how), then run this again')
  end
  local commit = git.commit_id(dir, rev)
  if not commit then
    local new = rev == 'HEAD'
    refuse('not_found', dir, ("'%s' names no commit%s"):format(rev, new and ': nothing was committed yet' or ''),
      new and 'commit the files first: git add, git commit' or 'git branch -a and git tag list what could be meant')
  end
  local missing = repo.partial and git.missing(dir, commit) or 0
  if missing > 0 then
    refuse('unsupported', dir, ('a partial clone: %d objects of %s are missing here'):format(missing, rev),
      'git fetch --refetch --no-filter brings them')
  end
  return repo, commit
end

return git
