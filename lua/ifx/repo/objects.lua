-- objects.lua: commits built in git's object database, without touching work tree or index. SPDX-License-Identifier: Apache-2.0
local bench = require 'ifx.repo.bench'
local err = require 'err'
local fs = require 'fs'
local list = require 'ifx.list'
local tree = require 'ifx.repo.tree'

local objects = {}

---@class ifx.repo.Replacement
---@field start integer  first byte, from 1
---@field stop integer   last byte (start - 1: nothing is replaced, `new` is inserted)
---@field old string     the bytes that must stand there
---@field new string

---@class ifx.repo.Commit
---@field parent string    full commit id
---@field merges string[]?  full ids of further parents
---@field renames string[][]?  { from, to }: the same blob and mode under another name
---@field remove string[]?
---@field edits { path: string, blob: string, replacements: ifx.repo.Replacement[] }[]?  path: after the renames
---@field create { path: string, content: string, mode: string? }[]?
---@field message string
---@field author { name: string, email: string }
---@field date string     git's own form: '1763719419 +0000'

local function refuse(kind, file, message, hint)
  err.raise { kind = kind, op = 'build the commit', message = message, file = file, hint = hint }
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
    self:put(pair[2], { mode = taken[i].mode, oid = taken[i].oid, size = taken[i].size })
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
  local ordered = table.move(replacements, 1, #replacements, 1, {})
  table.sort(ordered, function(a, b) return a.start < b.start end)
  local out, from = {}, 1
  for _, r in ipairs(ordered) do
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

local function write_converted(on, entry, attributes)
  if attributes['working-tree-encoding'] then
    refuse('unsupported', entry.path, 'written through a filter, and working-tree-encoding is set too')
  elseif attributes.filter then
    on:check_driver(attributes.filter, entry.path)
    if entry.before and on:hash(entry.path, entry.before) ~= entry.old then
      refuse('unsupported', entry.path,
        ("the filter '%s' would change more of the file than the edit does"):format(attributes.filter))
    end
  end
  entry.oid = on:hash(entry.path, entry.content, true)
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

-- ---------------------------------------------------------------- attributes

local ATTRIBUTES = '.gitattributes'

local function is_attribute_file(path)
  return path:find(ATTRIBUTES, 1, true) ~= nil and fs.basename(path) == ATTRIBUTES
end

-- The attribute files of the parent, and those of the new tree by which they differ (false: one that is gone).
function Change:attribute_files()
  local old, changed = {}, {}
  for _, entry in ipairs(self.base:files()) do
    if is_attribute_file(entry.path) then
      old[entry.path] = entry
    end
  end
  for path, entry in pairs(self.entries) do
    if is_attribute_file(path) and (entry or old[path]) then
      changed[path] = entry
    end
  end
  return old, changed
end

-- Give an id to every content that git converts on its way in; what is plain gets one with the commit.
function Change:convert(on, renames)
  local before, after, first, rest = {}, {}, {}, {}
  for i, pair in ipairs(renames) do
    before[i], after[i] = pair[1], pair[2]
  end
  for _, entry in ipairs(self.pending) do
    table.insert(is_attribute_file(entry.path) and first or rest, entry)
  end
  for _, entry in ipairs(rest) do
    after[#after + 1] = entry.path
  end
  local files, changed = self:attribute_files()
  on:stage(files)
  local old = on:attributes(before)
  on:write_blobs(first)
  on:stage(changed)
  local new = on:attributes(after)
  check_moved(renames, old, new)
  for _, entry in ipairs(rest) do
    local attributes = new[entry.path]
    if conversion(entry, attributes) then
      write_converted(on, entry, attributes)
    end
  end
end

-- ---------------------------------------------------------------- the commit

local function is_padded(text) return text:find('^%s') or text:find('%s$') end

local function check_identity(spec)
  local author = spec.author
  if type(author) ~= 'table' or type(author.name) ~= 'string' or type(author.email) ~= 'string'
    or (author.name .. author.email):find('[<>%c]') or author.name == '' or is_padded(author.name) or is_padded(author.email) then
    refuse('argument', nil, 'author must be { name = …, email = … }, without <, >, line breaks and spaces at their ends')
  elseif type(spec.date) ~= 'string' or not spec.date:find('^%d+ [+-]%d%d%d%d$') then
    refuse('argument', nil, "date must be '<seconds since 1970> <+hhmm>'")
  elseif type(spec.message) ~= 'string' or not spec.message:find('%S') or spec.message:find('\0', 1, true) then
    refuse('argument', nil, 'the message is empty, or holds a NUL')
  end
end

-- All of them are asked for at once: one answer after the other takes far longer.
local function blob_reader(base, edits)
  local path_of, wanted = {}, {}
  for _, entry in ipairs(#edits > 0 and base:files() or {}) do
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

-- What a repository's last tree holds: operations of one plan stand on each other, and what one has made need not be listed
-- for the next. By the directory with its objects: { commit =, entries = }.
local latest = {}

--- The tree of a commit.
---@param repo ifx.git.Repository
---@param commit string full id
---@return ifx.repo.Tree
function objects.tree(repo, commit)
  local known = latest[repo.common_dir]
  if not known or known.commit ~= commit then
    local opened = tree.revision(repo.root, commit, repo)
    latest[repo.common_dir] = { commit = commit, entries = opened:files() }
    return opened
  end
  return require('ifx.repo.revision').reopen { repository = repo, id = commit, dir = repo.root, entries = known.entries }
end

-- The entries of the new tree: those of the base with what changed among them, both in the order of their paths.
local function entries_after(base, changes, paths)
  local out, i = {}, 1
  local function take_until(stop)
    while paths[i] and (not stop or paths[i] <= stop) do
      local path, entry = paths[i], changes[paths[i]]
      if entry then
        out[#out + 1] = { path = path, mode = entry.mode, oid = entry.oid, size = entry.size or entry.content and #entry.content }
      end
      i = i + 1
    end
  end
  for _, entry in ipairs(base:files()) do
    take_until(entry.path)
    if changes[entry.path] == nil then
      out[#out + 1] = entry
    end
  end
  take_until()
  return out
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
  local base <close> = objects.tree(repo, spec.parent)
  local on <close> = bench.open(repo, config)
  local change = setmetatable({ base = base, parent = spec.parent, entries = {}, added = {}, pending = {} }, Change)
  change:remove(spec.remove or {})
  change:rename(spec.renames or {})
  change:create(spec.create or {})
  change:edit(spec.edits or {}, blob_reader(base, spec.edits or {}))
  change:check_folders()
  if not next(change.entries) and not spec.merges then
    refuse('argument', nil, 'the commit would change nothing')
  end
  change:convert(on, spec.renames or {})
  local paths = list.keys(change.entries)
  local made = on:commit(spec, change.entries, paths)
  latest[repo.common_dir] = { commit = made.commit, entries = entries_after(base, change.entries, paths) }
  return made
end

return objects
