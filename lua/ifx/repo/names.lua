-- names.lua: what a text that reads like a path can mean in a tree. SPDX-License-Identifier: Apache-2.0
local path = require 'ifx.path'

---@class ifx.repo.Names
---@field tree ifx.repo.Tree
---@field by_name table<string, string[]>  last segment -> paths of files and directories, sorted
---@field by_parent table<string, table<string, string[]>>  end of paths -> the segment before it -> those paths
---@field all scan.Set       all last segments
---@field of_files scan.Set  those of files
local Names = {}
Names.__index = Names

local names = {}

local DOT, SLASH = 46, 47

local built = setmetatable({}, { __mode = 'k' })

---The names of a tree, collected once.
---@param tree ifx.repo.Tree
---@return ifx.repo.Names
function names.of(tree)
  local self = built[tree]
  if self then return self end
  local by_name = {}
  local function add(p)
    local name = path.basename(p)
    by_name[name] = by_name[name] or {}
    table.insert(by_name[name], p)
  end
  for _, entry in ipairs(tree:files()) do add(entry.path) end -- in their order; directories come in any
  local unsorted = {}
  for dir in pairs(tree:dirs()) do
    if dir ~= '' then
      add(dir)
      unsorted[by_name[path.basename(dir)]] = true
    end
  end
  local all, of_files = {}, {}
  for name, paths in pairs(by_name) do
    all[#all + 1] = name
    for _, p in ipairs(paths) do
      if tree:entry(p) then
        of_files[#of_files + 1] = name
        break
      end
    end
  end
  local scan = require 'scan'
  for paths in pairs(unsorted) do table.sort(paths) end
  self = setmetatable({
    tree = tree, by_name = by_name, by_parent = {}, all = scan.set(all), of_files = scan.set(of_files), above_of = {}, globs = {},
  }, Names)
  built[tree] = self
  return self
end

-- 'file' or 'dir' of what stands at a path or is reached from it over links.
local function kind_at(tree, p)
  local kind = p == '' and 'dir' or tree:exists(p)
  if kind == 'link' or (not kind and tree._links) then
    local real = tree:follow(p)
    kind = real and (tree:exists(real) or 'dir')
  end
  if kind == 'submodule' then return 'dir' end
  return kind ~= 'link' and kind or nil
end

-- Is the text a path as `normalize` would write it?
local function is_plain(text)
  local last = text:byte(-1)
  return last ~= DOT and last ~= SLASH and not text:find('./', 1, true) and not text:find('//', 1, true)
end

local function at(tree, base, text, plain)
  local joined = base == '' and text or base .. '/' .. text
  if not plain then
    joined = path.normalize(joined)
    if not joined then return nil end
    if joined == '.' then joined = '' end
  end
  local kind = kind_at(tree, joined)
  if kind then return joined, kind end
end

-- A directory and all above it, the root last.
local function chain(self, dir)
  local list = self.above_of[dir]
  if not list then
    list = { dir }
    while list[#list] ~= '' do list[#list + 1] = path.dirname(list[#list]) end
    self.above_of[dir] = list
  end
  return list
end

---@class ifx.repo.Meaning
---@field target string
---@field kind 'file'|'dir'
---@field base string             the directory that the text is relative to
---@field via 'file'|'above'|'root'|'tail'  the file's directory, one above it, the root, or the only path that ends so

---What does the text mean, read in a file of directory `dir`? The directory of the file is asked first, then those
---above it up to the root (not for a text that begins with '..').
---@param dir string
---@param text string
---@return ifx.repo.Meaning?
function Names:near(dir, text)
  local plain, climbs = is_plain(text), text:sub(1, 2) == '..'
  for i, base in ipairs(chain(self, dir)) do
    local target, kind = at(self.tree, base, text, plain)
    if target then
      return { target = target, kind = kind, base = base, via = base == '' and 'root' or i == 1 and 'file' or 'above' }
    end
    if climbs then return nil end
  end
end

-- Nothing behind a slash.
local function last_segment(text) return text:byte(-1) == SLASH and '' or path.basename(text) end

local function by_parent(self, tail, paths)
  local map = self.by_parent[tail]
  if not map then
    map = {}
    for _, p in ipairs(paths) do
      local parent = path.basename(p:sub(1, -#tail - 2))
      if #tail < #p then
        map[parent] = map[parent] or {}
        table.insert(map[parent], p)
      end
    end
    self.by_parent[tail] = map
  end
  return map
end

-- The paths that end with these segments, sorted. In a large tree thousands have the same name: each list is split by
-- the segment before it once, not searched for every word.
local function ending(self, text)
  local begins = #text - #last_segment(text) + 1
  local paths = self.by_name[text:sub(begins)] or {}
  while begins > 1 and #paths > 0 do
    local before = last_segment(text:sub(1, begins - 2))
    paths = by_parent(self, text:sub(begins), paths)[before] or {}
    begins = begins - #before - 1
  end
  return paths
end

---The shortest end of a path of the tree, in whole segments and at least so many, that no other path has; else the path.
---@param p string
---@param least integer
---@return string
function Names:shortest_end(p, least)
  local name, segments = path.basename(p), 1
  local begins, paths = #p - #name + 1, self.by_name[name] or {}
  while segments < least or paths[2] or not kind_at(self.tree, p) do
    if begins == 1 then return p end
    local before = path.basename(p:sub(1, begins - 2))
    if paths[2] then paths = by_parent(self, p:sub(begins), paths)[before] or {} end
    begins, segments = begins - #before - 1, segments + 1
  end
  return p:sub(begins)
end

-- The first and the second of the sorted paths that are below `dir`.
local function first_below(paths, dir)
  if dir == '' then return paths[1], paths[2] end
  local prefix, low, high = dir .. '/', 1, #paths + 1
  while low < high do
    local middle = (low + high) // 2
    if paths[middle] < prefix then low = middle + 1 else high = middle end
  end
  local function below(p) return p and p:sub(1, #prefix) == prefix and p or nil end
  return below(paths[low]), below(paths[low + 1])
end

-- The only one of the paths that is below `dir`, or below the nearest directory above that has one; nil: several.
local function nearest(paths, dir)
  while true do
    local found, other = first_below(paths, dir)
    if other then return nil end
    if found or dir == '' then return found, dir end
    dir = path.dirname(dir)
  end
end

---The same for a text that climbs ('../x') and is read from a directory above that of its file, as a script is that runs
---there: the nearest directory from which it names a file.
---@param dir string
---@param text string
---@return ifx.repo.Meaning?
function Names:above(dir, text)
  while dir ~= '' do
    dir = path.dirname(dir)
    local target, kind = at(self.tree, dir, text)
    if kind == 'file' then return { target = target, kind = kind, base = dir, via = 'above' } end
  end
end

---The only path that ends with these segments: below `dir`, else below the directories above it, else in the whole tree
---(which is all that is asked without `dir`). Nil when there is none, or more than one. `below` says where it was the only one.
---@param text string without leading './' or '/'
---@param dir? string
---@return ifx.repo.Meaning?, string? below
function Names:tail(text, dir)
  if text:byte(-1) == SLASH then text = text:gsub('/+$', '') end
  local found, below = nearest(ending(self, text), dir or '')
  local kind = found and kind_at(self.tree, found)
  if not kind then return nil end
  return { target = found, kind = kind, base = found:sub(1, math.max(#found - #text - 1, 0)), via = 'tail' }, below
end

return names
