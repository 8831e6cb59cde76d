-- bench.lua: where a commit is built: git with an index and a work tree of its own. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local git = require 'ifx.repo.git'
local list = require 'ifx.list'

---Commands run in an empty work tree with an index of their own, and what writes objects in a git directory of its own as
---a linked work tree has one: nothing but objects can reach the real repository. The index holds attribute files only:
---they are all that git asks it for.
---@class ifx.repo.Bench
local Bench = {}
Bench.__index = Bench

local bench = {}

-- The settings that would make the same plan write other bytes for another user, or write more than objects.
local configuration = {
  'core.autocrlf=false', 'core.safecrlf=false', 'core.eol=lf', 'core.splitIndex=false', 'core.sparseCheckout=false',
  'index.sparse=false', 'core.untrackedCache=false', 'core.fsync=committed,reference', 'core.fsyncMethod=batch',
  'core.warnAmbiguousRefs=false', -- an id is an id: no ref is looked up
  'pack.compression=1', -- as git compresses the loose objects of a commit: half of the time went there
}

-- It exists while the stream is read, and is taken back before its end: git writes the commit and no ref.
local REF = 'refs/ifx/commit'

---@param repo ifx.git.Repository
---@param config string[]?  further settings of git, key=value
---@return ifx.repo.Bench
function bench.open(repo, config)
  local dir = fs.tempdir('ifx-git-')
  fs.mkdir(dir .. '/tree')
  fs.mkdir(dir .. '/git')
  fs.write(dir .. '/git/HEAD', 'ref: ' .. REF .. '\n', { sync = false })
  local all = table.move(configuration, 1, #configuration, 1, {})
  table.move(config or {}, 1, #(config or {}), #all + 1, all)
  return setmetatable({ dir = dir, tree = dir .. '/tree', repo = repo, config = all }, Bench)
end

function Bench:__close()
  fs.remove_tree(self.dir)
end

local function options(self, stdin)
  return {
    env = { GIT_DIR = self.repo.git_dir }, work_tree = self.tree, index = self.dir .. '/index', config = self.config,
    place = self.repo.root, stdin = stdin,
  }
end

local function run(self, args, stdin)
  return git.run(self.tree, args, options(self, stdin)).stdout
end

local function refuse(kind, file, message, hint)
  err.raise { kind = kind, op = 'build the commit', message = message, file = file, hint = hint }
end

-- ---------------------------------------------------------------- attributes and filters

---Put entries (false: none) into the index.
---@param entries table<string, ifx.repo.Entry|false>
function Bench:stage(entries)
  local lines = {}
  for _, path in ipairs(list.keys(entries)) do
    local entry = entries[path]
    lines[#lines + 1] = entry and ('%s %s\t%s\0'):format(entry.mode, entry.oid, path)
      or ('0 %s\t%s\0'):format(('0'):rep(self.repo.format == 'sha256' and 64 or 40), path)
  end
  if #lines > 0 then
    run(self, { 'update-index', '-z', '--index-info' }, table.concat(lines))
  end
end

---The attributes of paths by the attribute files in the index: path to attributes that are neither unspecified nor unset.
---@param paths string[]
---@return table<string, table<string, string>>
function Bench:attributes(paths)
  local of = {}
  for _, path in ipairs(paths) do
    of[path] = {}
  end
  if #paths == 0 then
    return of
  end
  local stdin = table.concat(paths, '\0') .. '\0'
  local answer = git.records(self.tree, { 'check-attr', '--cached', '--all', '-z', '--stdin' }, options(self, stdin))
  for i = 1, #answer, 3 do
    local path, name, value = answer[i], answer[i + 1], answer[i + 2]
    of[path][name] = value ~= 'unset' and value or nil
  end
  return of
end

---Refuse a filter that is not installed.
---@param name string
---@param path string for messages
function Bench:check_driver(name, path)
  local pattern = ('^filter\\.%s\\.(clean|process)$'):format(name:lower():gsub('[^%w]', '\\%0'))
  if not git.try_line(self.tree, { 'config', '--get-regexp', pattern }, options(self)) then
    refuse('unsupported', path, ("the attribute filter=%s is set, and git knows no such filter here"):format(name),
      ('install what provides it, or git config filter.%s.clean …'):format(name))
  end
end

---The id of content after git's conversions for a path.
---@param path string
---@param content string
---@param write boolean  into the object database
---@return string oid
function Bench:hash(path, content, write)
  if not self.attribute_files then -- `hash-object --path` reads them from the work tree
    run(self, { 'checkout-index', '--all' })
    self.attribute_files = true
  end
  local args = { 'hash-object', '--path=' .. path, '--stdin' }
  if write then
    table.insert(args, 2, '-w')
  end
  return (run(self, args, content):gsub('%s+$', ''))
end

-- ---------------------------------------------------------------- objects

-- Ask for blobs to be written, and for their ids.
local function add_blobs(out, entries)
  for i, entry in ipairs(entries) do
    entry.mark = ':' .. i
    out[#out + 1] = ('blob\nmark :%d\ndata %d\n'):format(i, #entry.content)
    out[#out + 1] = entry.content
    out[#out + 1] = ('\nget-mark :%d\n'):format(i)
  end
end

-- The ids stand at the beginning of an answer, a line for each; the second result is the rest of it.
local function take_ids(answer, entries)
  local at = 1
  for _, entry in ipairs(entries) do
    entry.oid, at = answer:match('^(%x+)\n()', at)
    if not at then
      refuse('internal', entry.path, 'git fast-import did not say under which id it wrote the file')
    end
  end
  return answer:sub(at)
end

-- Git compresses every blob in fresh memory, which glibc would hand back to the kernel each time: that took half of the time.
local KEPT_MEMORY = tostring(32 * 1024 * 1024)

-- One process writes all objects, to one pack when they are many. Looking for deltas is left to `git gc`.
local function import(self, out)
  out[#out + 1] = 'done\n'
  local opts = options(self, table.concat(out))
  opts.env = { GIT_DIR = self.dir .. '/git', GIT_COMMON_DIR = self.repo.common_dir, MALLOC_TRIM_THRESHOLD_ = KEPT_MEMORY }
  return git.run(self.tree, { 'fast-import', '--quiet', '--done', '--date-format=raw-permissive', '--depth=0' }, opts).stdout
end

---Write blobs as they are, all in one process; fills in `oid`.
---@param entries { content: string, path: string, oid: string? }[]
function Bench:write_blobs(entries)
  if #entries > 0 then
    local out = {}
    add_blobs(out, entries)
    take_ids(import(self, out), entries)
  end
end

---A path as the streams of `git fast-import` write it.
---@param path string
---@return string
function bench.quoted(path)
  if not path:find('^"') and not path:find('\n', 1, true) then return path end
  return '"' .. path:gsub('[\\"]', '\\%0'):gsub('\n', '\\n') .. '"'
end

local function is_new(entry) return entry and not entry.oid end

---Write a commit on top of `spec.parent`, and the blobs that have no id yet: `oid` is filled in. No ref names it.
---@param spec ifx.repo.Commit
---@param entries table<string, { mode: string, oid: string?, content: string? }|false>  what changes; false: it goes
---@param paths string[]  of `entries`, sorted
---@return { commit: string, tree: string }
function Bench:commit(spec, entries, paths)
  local out, removed, set, new = {}, {}, {}, {}
  for _, path in ipairs(paths) do
    if is_new(entries[path]) then
      new[#new + 1] = entries[path]
    end
  end
  add_blobs(out, new)
  for _, path in ipairs(paths) do
    local entry = entries[path]
    if entry then
      set[#set + 1] = ('M %s %s %s\n'):format(entry.mode, entry.oid or entry.mark, bench.quoted(path))
    else
      removed[#removed + 1] = ('D %s\n'):format(bench.quoted(path)) -- first: a file may become a folder
    end
  end
  local who, mark = ('%s <%s> %s'):format(spec.author.name, spec.author.email, spec.date), #new + 1
  out[#out + 1] = ('commit %s\nmark :%d\nauthor %s\ncommitter %s\ndata %d\n'):format(REF, mark, who, who, #spec.message)
  out[#out + 1] = spec.message
  out[#out + 1] = ('\nfrom %s\n'):format(spec.parent)
  for _, parent in ipairs(spec.merges or {}) do out[#out + 1] = ('merge %s\n'):format(parent) end
  out[#out + 1] = table.concat(removed) .. table.concat(set) .. '\n'
  out[#out + 1] = ('get-mark :%d\nls :%d ""\nreset %s\n\n'):format(mark, mark, REF)
  local commit, tree = take_ids(import(self, out), new):match('^(%x+)\n%d+ tree (%x+)\t')
  if not tree then
    refuse('internal', nil, 'git fast-import did not say which commit it wrote')
  end
  return { commit = commit, tree = tree }
end

return bench
