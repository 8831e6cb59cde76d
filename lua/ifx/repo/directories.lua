-- directories.lua: what becomes of directories when their files move. SPDX-License-Identifier: Apache-2.0
local path = require 'ifx.path'

---@class ifx.repo.Directories
local Directories = {}
Directories.__index = Directories

local directories = {}

-- A directory and all above it, the root last.
local function each_above(dir, f)
  f(dir)
  while dir ~= '' do
    dir = path.dirname(dir)
    f(dir)
  end
end

local function add(counts, key, n) counts[key] = (counts[key] or 0) + n end

-- Where `dir` would be if `new` kept its place below it; nil when it did not keep it.
local function moved_parent(dir, old, new)
  local rest = dir == '' and old or old:sub(#dir + 2)
  if new == rest then return '' end
  return new:sub(-#rest - 1) == '/' .. rest and new:sub(1, -#rest - 2) or nil
end

-- Of the files that go from one directory to one other under their own names, one stands for all: how many, by its path.
local function alike(moves)
  local standing, counts = {}, {}
  for old, new in pairs(moves) do
    local key = path.basename(old) == path.basename(new) and path.dirname(old) .. '\0' .. path.dirname(new) or old
    standing[key] = standing[key] or old
    add(counts, standing[key], 1)
  end
  return counts
end

---A directory follows its files when all tracked files below it moved to the same places below one other directory.
---@param tree ifx.repo.Tree
---@param moves table<string, string> old path -> new path
---@param gone? table<string, true>   files that are no longer there
---@return ifx.repo.Directories
function directories.new(tree, moves, gone)
  local own, total, left, seen = {}, {}, {}, {}
  for _, entry in ipairs(tree:files()) do add(own, path.dirname(entry.path), 1) end
  for dir, files in pairs(own) do
    each_above(dir, function(above) add(total, above, files) end)
  end
  local function count(dir, to, files)
    local record = seen[dir] or { moved = 0, to = {}, total = total[dir] or 0 }
    seen[dir] = record
    record.moved, record.to[to] = record.moved + files, true
  end
  for old, files in pairs(alike(moves)) do
    each_above(path.dirname(old), function(dir) count(dir, moved_parent(dir, old, moves[old]) or false, files) end)
  end
  for old in pairs(gone or {}) do add(left, path.dirname(old), 1) end
  for from, files in pairs(left) do
    each_above(from, function(dir) count(dir, false, files) end)
  end
  return setmetatable({ tree = tree, moves = moves, gone = gone or {}, seen = seen }, Directories)
end

---Where a directory is afterwards: its new path; or its old one, with true when some of its files left it; or nil when
---nothing is left of it and its files went to different places.
---@param dir string
---@return string? new, boolean? split
function Directories:place(dir)
  local record = self.seen[dir]
  if not record then return dir end
  local to = next(record.to)
  if record.moved == record.total then
    if to and next(record.to, to) == nil then return to end
    return nil
  end
  return dir, true
end

---The directories that the files of `dir` moved to (of each file the new one), sorted.
---@param dir string
---@return string[]
function Directories:destinations(dir)
  local set, list = {}, {}
  for _, entry in ipairs(self.tree:list(dir)) do
    local new = self.moves[entry.path]
    if new and not set[path.dirname(new)] then
      set[path.dirname(new)] = true
      list[#list + 1] = path.dirname(new)
    end
  end
  table.sort(list)
  return list
end

---All directories that follow their files to another place: old path -> new path.
---@return table<string, string>
function Directories:moved()
  local map = {}
  for dir in pairs(self.seen) do
    local to, split = self:place(dir)
    if to and not split and to ~= dir then map[dir] = to end
  end
  return map
end

-- A link above `p`, and what follows it.
local function through_link(tree, p)
  local dir = path.dirname(p)
  while dir ~= '' do
    if tree:exists(dir) == 'link' then return dir, p:sub(#dir + 2) end
    dir = path.dirname(dir)
  end
end

---Where a path (of a file, a directory, or something behind a link) is afterwards; see `place`.
---@param p string
---@return string? new, boolean? split
function Directories:follow(p)
  if self.gone[p] then return nil end
  if self.tree:entry(p) then return self.moves[p] or p end
  if self.tree:is_dir(p) then return self:place(p) end
  local link, rest = through_link(self.tree, p)
  if link and self.gone[link] then return nil end
  if link then return (self.moves[link] or link) .. '/' .. rest end
  return p
end

return directories
