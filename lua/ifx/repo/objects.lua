-- objects.lua: commits built in git's object database, without touching work tree or index. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local git = require 'ifx.repo.git'
local tree = require 'ifx.repo.tree'

local objects = {}

---@class ifx.repo.Replacement
---@field start integer  first byte, from 1
---@field stop integer   last byte (start - 1: nothing is replaced, `new` is inserted)
---@field old string     the bytes that must stand there
---@field new string

---@class ifx.repo.Commit
---@field parent string    full commit id
---@field renames string[][]?  { from, to }: the same blob and mode under another name
---@field remove string[]?
---@field edits { path: string, blob: string, replacements: ifx.repo.Replacement[] }[]?  path: after the renames
---@field create { path: string, content: string, mode: string? }[]?
---@field message string
---@field author { name: string, email: string }
---@field date string     git's own form: '1763719419 +0000'

-- The settings that would make the same plan write other bytes for another user, or write more than objects.
local configuration = {
  'core.autocrlf=false', 'core.safecrlf=false', 'core.eol=lf', 'core.splitIndex=false', 'core.sparseCheckout=false',
  'index.sparse=false', 'core.untrackedCache=false', 'core.fsync=committed,reference', 'core.fsyncMethod=batch',
}

local function refuse(kind, file, message, hint)
  err.raise { kind = kind, op = 'build the commit', message = message, file = file, hint = hint }
end

-- ---------------------------------------------------------------- a bench: index and work tree of its own

-- All commands run in an empty work tree with an index of their own: nothing can reach the real ones.
local Bench = {}
Bench.__index = Bench

local function bench(repo, more)
  local dir = fs.tempdir('ifx-git-')
  fs.mkdir(dir .. '/tree')
  local config = table.move(configuration, 1, #configuration, 1, {})
  table.move(more or {}, 1, #(more or {}), #config + 1, config)
  return setmetatable({ dir = dir, tree = dir .. '/tree', repo = repo, config = config }, Bench)
end

function Bench:__close()
  fs.remove_tree(self.dir)
end

function Bench:options(more)
  local opts = {
    env = { GIT_DIR = self.repo.git_dir }, work_tree = self.tree, index = self.dir .. '/index', config = self.config,
    place = self.repo.root,
  }
  for key, value in pairs(more or {}) do
    if key == 'env' then
      for name, text in pairs(value) do
        opts.env[name] = text
      end
    else
      opts[key] = value
    end
  end
  return opts
end

function Bench:git(args, more)
  return git.run(self.tree, args, self:options(more)).stdout
end

function Bench:id(args, more)
  return (self:git(args, more):gsub('%s+$', ''))
end

local attribute_names = { 'filter', 'text', 'eol', 'working-tree-encoding', 'ident' }

-- path -> { filter =, text =, … } as the index of the bench says; unspecified and unset ones are absent.
function Bench:attributes(paths)
  local of = {}
  if #paths == 0 then
    return of
  end
  local args = table.move(attribute_names, 1, #attribute_names, 5, { 'check-attr', '--cached', '-z', '--stdin' })
  local stdin = table.concat(paths, '\0') .. '\0'
  local answer = git.records(self.tree, args, self:options { stdin = stdin })
  for i = 1, #answer, 3 do
    local path, name, value = answer[i], answer[i + 1], answer[i + 2]
    of[path] = of[path] or {}
    if value ~= 'unspecified' and value ~= 'unset' then
      of[path][name] = value
    end
  end
  return of
end

-- Put entries (false: none) into the index: removals first, so that a file may become a folder.
function Bench:stage(entries)
  local out, add = {}, {}
  for path, entry in pairs(entries) do
    if entry then
      add[#add + 1] = ('%s %s\t%s\0'):format(entry.mode, entry.oid, path)
    else
      out[#out + 1] = ('0 %s\t%s\0'):format(('0'):rep(self.repo.format == 'sha256' and 64 or 40), path)
    end
  end
  table.sort(out)
  table.sort(add)
  self:git({ 'update-index', '-z', '--index-info' }, { stdin = table.concat(out) .. table.concat(add) })
end

-- Write blobs as they are, all in one process; fills in `oid`.
function Bench:write_blobs(entries)
  if #entries == 0 then
    return
  end
  local stream = {}
  for i, entry in ipairs(entries) do
    stream[#stream + 1] = ('blob\nmark :%d\ndata %d\n'):format(i, #entry.content)
    stream[#stream + 1] = entry.content
    stream[#stream + 1] = ('\nget-mark :%d\n'):format(i)
  end
  local answer = self:git({ 'fast-import', '--quiet' }, { stdin = table.concat(stream) })
  local i = 0
  for oid in answer:gmatch('%x+') do
    i = i + 1
    entries[i].oid = oid
  end
  if i ~= #entries then
    refuse('internal', nil, ('git fast-import wrote %d of %d blobs'):format(i, #entries))
  end
end

-- Git reads the attributes of `hash-object --path` from files: those of the new tree, once.
function Bench:write_attribute_files(paths)
  if not self.attribute_files and #paths > 0 then
    self:git({ 'checkout-index', '-z', '--stdin' }, { stdin = table.concat(paths, '\0') .. '\0' })
  end
  self.attribute_files = true
end

-- ---------------------------------------------------------------- the new tree

local Change = {}
Change.__index = Change

function Change:entry(path)
  local new = self.entries[path]
  if new ~= nil then
    return new or nil
  end
  return self.base:entry(path)
end

function Change:take(path, verb)
  local entry = self:entry(path)
  if not entry then
    refuse('stale', path, ('%s: no such file in %s'):format(verb, self.parent:sub(1, 12)))
  elseif entry.mode == '160000' then
    refuse('unsupported', path, ('%s: a submodule: its place also stands in .gitmodules and in .git/modules'):format(verb),
      'git mv or git rm it in a commit of its own, then plan again')
  end
  return entry
end

function Change:put(path, entry)
  if not require('ifx.path').can_be_tracked(path) then
    refuse('argument', path, 'not a path that can stand in a repository')
  elseif self:entry(path) then
    refuse('exists', path, 'a file stands there already')
  end
  self.entries[path] = entry
  self.added[#self.added + 1] = path
end

-- A name is a file or a folder, never both.
function Change:check_folders()
  for _, path in ipairs(self.added) do
    local above = fs.dirname(path)
    while above ~= '' and above ~= '.' do
      if self:entry(above) then
        refuse('exists', path, ("'%s' is a file, so nothing can stand below it"):format(above))
      end
      above = fs.dirname(above)
    end
    for _, below in ipairs(self.base:is_dir(path) and self.base:list(path) or {}) do
      if self:entry(below.path) then
        refuse('exists', path, ("a folder of that name holds '%s'"):format(below.path))
      end
    end
  end
end

function Change:rename(pairs_)
  local taken = {}
  for i, pair in ipairs(pairs_) do
    taken[i] = self:take(pair[1], 'move')
    self.entries[pair[1]] = false
  end
  for i, pair in ipairs(pairs_) do
    self:put(pair[2], { mode = taken[i].mode, oid = taken[i].oid })
  end
end

function Change:remove(paths)
  for _, path in ipairs(paths) do
    self:take(path, 'remove')
    self.entries[path] = false
  end
end

local function create_mode(file)
  local mode = file.mode or '100644'
  if mode ~= '100644' and mode ~= '100755' and mode ~= '120000' then
    refuse('argument', file.path, ("mode '%s' is none of 100644, 100755, 120000"):format(tostring(mode)))
  end
  return mode
end

function Change:create(files)
  for _, file in ipairs(files) do
    local entry = { mode = create_mode(file), content = file.content, path = file.path, created = true }
    self:put(file.path, entry)
    self.pending[#self.pending + 1] = entry
  end
end

-- ---------------------------------------------------------------- edits

local sealed = { -- content that stands for other content; its bytes mean nothing to an editor
  { 'version https://git-lfs.github.com/spec/', 'a Git LFS pointer' },
  { '\0GITCRYPT\0', 'encrypted by git-crypt' },
}

--- `text` with replacements by byte span, each checked against what must stand there.
---@param text string
---@param replacements ifx.repo.Replacement[]
---@param path string for messages
---@return string
--- Raises `stale` when a span does not hold its `old` bytes, `argument` when spans overlap.
function objects.replace(text, replacements, path)
  local list = table.move(replacements, 1, #replacements, 1, {})
  table.sort(list, function(a, b) return a.start < b.start end)
  local out, from = {}, 1
  for _, r in ipairs(list) do
    if r.start < from or r.stop < r.start - 1 or r.stop > #text then
      refuse('argument', path, ('the span %d-%d overlaps another one or lies outside the file'):format(r.start, r.stop))
    elseif text:sub(r.start, r.stop) ~= r.old then
      refuse('stale', path, ("at byte %d stands '%s', not '%s'"):format(r.start, text:sub(r.start, r.stop), r.old))
    end
    out[#out + 1] = text:sub(from, r.start - 1)
    out[#out + 1] = r.new
    from = r.stop + 1
  end
  out[#out + 1] = text:sub(from)
  return table.concat(out)
end

function Change:edit(edits, read)
  for _, edit in ipairs(edits) do
    local entry = self:take(edit.path, 'edit')
    if entry.oid ~= edit.blob then
      refuse('stale', edit.path, ('changed since the plan was made (blob %s, now %s)'):format(edit.blob:sub(1, 12),
        (entry.oid or 'new'):sub(1, 12)))
    end
    local before = read(entry.oid)
    for _, seal in ipairs(sealed) do
      if before:sub(1, #seal[1]) == seal[1] then
        refuse('unsupported', edit.path, seal[2] .. ': cannot be edited')
      end
    end
    local edited = {
      mode = entry.mode, path = edit.path, before = before, old = entry.oid,
      content = objects.replace(before, edit.replacements, edit.path),
    }
    self.entries[edit.path] = edited
    self.pending[#self.pending + 1] = edited
  end
end

-- ---------------------------------------------------------------- filters

-- Which of git's conversions a path's content has to pass on its way in.
--   An edit replaces bytes of the stored form, which line-ending, encoding and ident conversions have already made;
-- only a filter driver may have a say in it. What is created is text as people write it, so all of them count.
local function conversion(entry, attributes)
  if entry.mode == '120000' then
    return nil
  elseif attributes.filter then
    return 'driver'
  elseif not entry.created then
    return nil
  elseif entry.content:find('\r', 1, true) and (attributes.text or attributes.eol) then
    return 'builtin'
  elseif attributes.ident and entry.content:find('$Id', 1, true) then
    return 'builtin'
  end
end

function Bench:check_driver(name, path)
  local pattern = ('^filter\\.%s\\.(clean|process)$'):format(name:lower():gsub('[^%w]', '\\%0'))
  if not git.try_line(self.tree, { 'config', '--get-regexp', pattern }, self:options()) then
    refuse('unsupported', path, ("the attribute filter=%s is set, and git knows no such filter here"):format(name),
      ('install what provides it, or git config filter.%s.clean …'):format(name))
  end
end

function Bench:hash(path, content, write)
  local args = { 'hash-object', '--path=' .. path, '--stdin' }
  if write then
    table.insert(args, 2, '-w')
  end
  return self:id(args, { stdin = content })
end

function Bench:write_converted(entry, attributes)
  if attributes['working-tree-encoding'] then
    refuse('unsupported', entry.path, 'written through a filter, and working-tree-encoding is set too')
  elseif attributes.filter then
    self:check_driver(attributes.filter, entry.path)
    if entry.before and self:hash(entry.path, entry.before) ~= entry.old then
      refuse('unsupported', entry.path,
        ("the filter '%s' would change more of the file than the edit does"):format(attributes.filter))
    end
  end
  entry.oid = self:hash(entry.path, entry.content, true)
end

-- A moved file must be read and written through the same filter at its new place, or a checkout of it breaks.
local function check_moved(renames, old, new)
  for _, pair in ipairs(renames) do
    for _, name in ipairs { 'filter', 'working-tree-encoding' } do
      local was, is = old[pair[1]][name], new[pair[2]][name]
      if was ~= is then
        refuse('unsupported', pair[1], ('the move to %s changes its attribute %s from %s to %s'):format(pair[2], name,
          was or 'none', is or 'none'), 'first give the new path the same attribute in .gitattributes, and commit that')
      end
    end
  end
end

local function is_attribute_file(path)
  return fs.basename(path) == '.gitattributes'
end

-- ---------------------------------------------------------------- the commit

local function split(pending, test)
  local yes, no = {}, {}
  for _, entry in ipairs(pending) do
    table.insert(test(entry) and yes or no, entry)
  end
  return yes, no
end

function Change:attribute_paths()
  local paths = {}
  for _, entry in ipairs(self.base:files()) do
    if is_attribute_file(entry.path) and self:entry(entry.path) then
      paths[#paths + 1] = entry.path
    end
  end
  for path, entry in pairs(self.entries) do
    if entry and is_attribute_file(path) and not self.base:entry(path) then
      paths[#paths + 1] = path
    end
  end
  return paths
end

-- Write the content that is new, and stage everything. The attribute files come first: they decide about the rest.
function Change:write(on, renames)
  local before, after = {}, {}
  for i, pair in ipairs(renames) do
    before[i], after[i] = pair[1], pair[2]
  end
  local old = on:attributes(before)
  local first, rest = split(self.pending, function(entry) return is_attribute_file(entry.path) end)
  on:write_blobs(first)
  local ready = {}
  for path, entry in pairs(self.entries) do
    if not entry or entry.oid then
      ready[path] = entry
    end
  end
  on:stage(ready)
  for _, entry in ipairs(rest) do
    after[#after + 1] = entry.path
  end
  local new = on:attributes(after)
  check_moved(renames, old, new)
  local converted, plain = split(rest, function(entry) return conversion(entry, new[entry.path]) end)
  on:write_blobs(plain)
  for _, entry in ipairs(converted) do
    on:write_attribute_files(self:attribute_paths())
    on:write_converted(entry, new[entry.path])
  end
  local written = {}
  for _, entry in ipairs(rest) do
    written[entry.path] = entry
  end
  on:stage(written)
end

local function check_identity(spec)
  local author = spec.author
  if type(author) ~= 'table' or type(author.name) ~= 'string' or type(author.email) ~= 'string'
    or (author.name .. author.email):find('[<>%c]') or author.name == '' then
    refuse('argument', nil, 'author must be { name = …, email = … }, without <, > and line breaks')
  elseif type(spec.date) ~= 'string' or not spec.date:find('^%d+ [+-]%d%d%d%d$') then
    refuse('argument', nil, "date must be '<seconds since 1970> <+hhmm>'")
  elseif type(spec.message) ~= 'string' or not spec.message:find('%S') then
    refuse('argument', nil, 'the message is empty')
  end
end

local function identity(spec)
  local date = '@' .. spec.date
  return {
    GIT_AUTHOR_NAME = spec.author.name, GIT_AUTHOR_EMAIL = spec.author.email, GIT_AUTHOR_DATE = date,
    GIT_COMMITTER_NAME = spec.author.name, GIT_COMMITTER_EMAIL = spec.author.email, GIT_COMMITTER_DATE = date,
  }
end

-- All of them are asked for at once: one answer after the other takes far longer.
local function blob_reader(base, edits)
  local path_of, wanted = {}, {}
  for _, entry in ipairs(base:files()) do
    path_of[entry.oid] = entry.path
  end
  for _, edit in ipairs(edits) do
    wanted[#wanted + 1] = path_of[edit.blob]
  end
  base:prefetch(wanted)
  return function(oid)
    return base:read(path_of[oid])
  end
end

--- Build a commit out of its parent and changes: blobs, trees and the commit go into the object database, and no
--- ref, index or file of the work tree is touched. The same description always gives the same ids.
---@param repo ifx.git.Repository
---@param spec ifx.repo.Commit
---@param config? string[] further settings of git, key=value
---@return { commit: string, tree: string }
--- Raises `stale` when the parent does not hold what the description expects, `exists` when a target is taken,
--- `unsupported` for submodules, sealed content and filters that cannot keep their promise.
function objects.commit(repo, spec, config)
  check_identity(spec)
  local base <close> = tree.revision(repo.root, spec.parent)
  local on <close> = bench(repo, config)
  local change = setmetatable({ base = base, parent = spec.parent, entries = {}, added = {}, pending = {} }, Change)
  change:remove(spec.remove or {})
  change:rename(spec.renames or {})
  change:create(spec.create or {})
  change:edit(spec.edits or {}, blob_reader(base, spec.edits or {}))
  change:check_folders()
  if not next(change.entries) then
    refuse('argument', nil, 'the commit would change nothing')
  end
  on:git { 'read-tree', spec.parent }
  change:write(on, spec.renames or {})
  local id = on:id { 'write-tree' }
  local commit = on:id({ 'commit-tree', id, '-p', spec.parent, '-F', '-' }, { stdin = spec.message, env = identity(spec) })
  return { commit = commit, tree = id }
end

return objects
