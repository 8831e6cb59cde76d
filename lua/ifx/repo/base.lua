-- base.lua: what all trees share: entries, directories, links, reading. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local path = require 'ifx.path'

---@class ifx.repo.Entry
---@field path string           from the root of the tree, '/' between segments; any bytes but NUL
---@field mode '100644'|'100755'|'120000'|'160000' file, program, symbolic link, submodule
---@field oid? string           id of the blob (or of the submodule's commit), when known
---@field size? integer         bytes, when known without reading
---@field unmerged? boolean     in conflict in the index; the content is that of the disk
---@field assumed? boolean      marked assume-unchanged
---@field sparse? boolean       not checked out (sparse checkout); the content is that of the index
---@field on_disk? string       what a work tree has in its place: 'file', 'link', 'dir', 'other', 'nothing'
---@field missing? boolean      the object is not in this partial clone: it can be named, not read

---@class ifx.repo.Tree
---@field kind 'worktree'|'revision'|'folder'|'overlay'
---@field root? string          absolute directory, when there is one
---@field repository? ifx.git.Repository
---@field id? string            commit (or tree) id of a revision
---@field deleted? string[]     tracked files that are not on the disk (work tree)
local Tree = {}
Tree.__index = Tree

local base = {}

-- Links are followed at most so often on the way to one path, as the kernel does.
local MAX_LINKS = 40
-- Texts that were read stay in memory up to this many bytes in all, files up to an eighth of it.
local CACHE_BYTES = 48 * 1024 * 1024
-- Those that can be had again for little: only as long as they are worked on.
local RECENT_BYTES = 2 * 1024 * 1024

local types = { ['120000'] = 'link', ['160000'] = 'submodule' }

-- How another thread opens a tree of this program again. Beside the trees, not in them: a recipe may write into those.
local described = setmetatable({}, { __mode = 'k' })

---Make a tree of `fields` (kind, root …), sorted or unsorted entries and a function that reads one entry's bytes.
---@param fields table
---@param entries ifx.repo.Entry[]
---@param read fun(tree: ifx.repo.Tree, entry: ifx.repo.Entry): string, boolean?  and: can it be had again for little?
---@param describe? fun(entries: ifx.repo.Entry[]): table?  what `reopen` of the module of this kind takes
---@return ifx.repo.Tree
function base.new(fields, entries, read, describe)
  local index, links, last, sorted = {}, false, '', true
  for _, entry in ipairs(entries) do
    index[entry.path] = entry
    links = links or entry.mode == '120000'
    sorted, last = sorted and last <= entry.path, entry.path
  end
  if not sorted then table.sort(entries, function(a, b) return a.path < b.path end) end
  fields._entries, fields._index, fields._links, fields._read = entries, index, links, read
  fields._cache, fields._cached, fields._recent, fields._recently = {}, 0, {}, 0
  described[fields] = describe and { kind = fields.kind, describe = describe }
  return setmetatable(fields, Tree)
end

---A table with the same fields.
---@param t table
---@return table
function base.copy(t)
  local out = {}
  for key, value in pairs(t) do out[key] = value end
  return out
end

---What another thread needs to open a tree again; nil for one that it cannot open, or that was not made here.
---@param tree ifx.repo.Tree
---@param entries ifx.repo.Entry[]
---@return table?
function base.describe(tree, entries)
  local known = described[tree]
  local description = known and known.describe(entries)
  if description then description.kind = known.kind end
  return description
end

---All entries, sorted by path (bytes). The list belongs to the tree: do not change it.
---@return ifx.repo.Entry[]
function Tree:files() return self._entries end

---The paths of all entries, sorted. The list belongs to the tree: do not change it.
---@return string[]
function Tree:paths()
  if not self._paths then
    self._paths = {}
    for i, entry in ipairs(self._entries) do self._paths[i] = entry.path end
  end
  return self._paths
end

---The id of the object that holds the bytes of a file, where that is known: who has its id knows its bytes.
---@param p string
---@return string?
function Tree.object_id() return nil end

---@param p string
---@return ifx.repo.Entry?
function Tree:entry(p) return self._index[p] end

local function directories(tree)
  local dirs = { [''] = true }
  for _, entry in ipairs(tree._entries) do
    local dir = path.dirname(entry.path)
    while not dirs[dir] do
      dirs[dir] = true
      dir = path.dirname(dir)
    end
  end
  tree._dirs = dirs
  return dirs
end

---The set of all directories, '' (the root) among them. It belongs to the tree: do not change it.
---@return table<string, true>
function Tree:dirs() return self._dirs or directories(self) end

---@param p string
---@return boolean
function Tree:is_dir(p) return self:dirs()[p] == true end

---What stands at `p`, following no link.
---@param p string
---@return 'file'|'dir'|'link'|'submodule'|nil
function Tree:exists(p)
  local entry = self._index[p]
  if entry then return types[entry.mode] or 'file' end
  return self:dirs()[p] and 'dir' or nil
end

local function link_target(tree, p)
  local target = tree:read(p)
  if target:sub(1, 1) == '/' then return nil end
  return path.normalize(path.join(path.dirname(p), target))
end

-- Resolve one link after the other, from the left, as the file system would.
local function follow(tree, p)
  local left = MAX_LINKS
  local done, rest = '', path.split(p)
  while #rest > 0 do
    local here = path.join(done, table.remove(rest, 1))
    if tree:exists(here) == 'link' then
      left = left - 1
      local target = left > 0 and link_target(tree, here)
      if not target then return nil end
      done, rest = '', table.move(rest, 1, #rest, #path.split(target) + 1, path.split(target))
    else
      done = here
    end
  end
  return tree:exists(done) and done or nil
end

---The path that `p` leads to inside the tree, links followed; nil when it leads nowhere: a dangling link, a loop,
---an absolute link or one that leaves the tree.
---@param p string
---@return string?
function Tree:follow(p)
  local kind = self:exists(p)
  if kind and kind ~= 'link' then return p end
  if not self._links then return nil end
  return follow(self, p)
end

---Keep the bytes of a file for the next `read`: for trees that get them on another occasion.
---@param p string
---@param bytes string
function Tree:keep(p, bytes)
  if #bytes * 8 > CACHE_BYTES then return end
  if self._cached + #bytes > CACHE_BYTES then
    self._cache, self._cached = {}, 0
  end
  self._cache[p], self._cached = bytes, self._cached + #bytes
end

local function keep_recent(tree, p, bytes)
  if tree._recently + #bytes > RECENT_BYTES then
    tree._recent, tree._recently = {}, 0
  end
  tree._recent[p], tree._recently = bytes, tree._recently + #bytes
end

---The bytes of a file (of a link: where it points). Raises 'not_found', and 'unsupported' for a submodule.
---@param p string
---@return string
function Tree:read(p)
  local bytes = self._cache[p] or self._recent[p]
  if bytes then return bytes end
  local entry = self._index[p]
  if not entry then
    local message = self:is_dir(p) and 'it is a directory' or 'no such file in the tree'
    err.raise { kind = 'not_found', op = 'read ' .. p, message = message, file = p }
  end
  if entry.mode == '160000' then
    local message = 'it is a submodule: its files are not part of this tree'
    err.raise { kind = 'unsupported', op = 'read ' .. p, message = message, file = p }
  end
  local cheap
  bytes, cheap = self._read(self, entry)
  if cheap then keep_recent(self, p, bytes) else self:keep(p, bytes) end
  return bytes
end

---The same, or nil when there is no such file.
---@param p string
---@return string?
function Tree:try_read(p)
  local entry = self._index[p]
  return entry and entry.mode ~= '160000' and self:read(p) or nil
end

---The size of a file in bytes, without reading it where that is possible.
---@param p string
---@return integer
function Tree:size(p)
  local entry = self._index[p]
  return entry and entry.size or #self:read(p)
end

---Make the next reads of these files cheap (a revision asks for all of them at once). Files that are not there, too
---large to keep, or unreadable are left out: `read` says why.
---@param paths string[]
function Tree:prefetch(paths)
  if self._prefetch then self._prefetch(self, paths) end
end

-- First position in the sorted entries whose path is not below `prefix`.
local function lower_bound(entries, prefix)
  local low, high = 1, #entries + 1
  while low < high do
    local middle = (low + high) // 2
    if entries[middle].path < prefix then low = middle + 1 else high = middle end
  end
  return low
end

---The entries below a directory, at any depth, sorted. ('' is the root.)
---@param dir string
---@return ifx.repo.Entry[]
function Tree:list(dir)
  if dir == '' then return self._entries end
  local out, prefix = {}, dir .. '/'
  for i = lower_bound(self._entries, prefix), #self._entries do
    local entry = self._entries[i]
    if entry.path:sub(1, #prefix) ~= prefix then break end
    out[#out + 1] = entry
  end
  return out
end

---What stands directly in a directory, sorted by name.
---@param dir string
---@return { name: string, path: string, type: 'file'|'dir'|'link'|'submodule' }[]
function Tree:children(dir)
  local out, seen, skip = {}, {}, dir == '' and 0 or #dir + 1
  for _, entry in ipairs(self:list(dir)) do
    local name = entry.path:sub(skip + 1):match('^[^/]+')
    if not seen[name] then
      seen[name] = true
      local p = entry.path:sub(1, skip + #name)
      out[#out + 1] = { name = name, path = p, type = self:exists(p) }
    end
  end
  return out
end

---End what the tree keeps open (a git process). Harmless when repeated; the names stay readable.
function Tree:close()
  if self._close then self._close(self) end
end

Tree.__close = Tree.close

return base
