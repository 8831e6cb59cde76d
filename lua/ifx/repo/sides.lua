-- sides.lua: the repositories that one tree becomes, and where in them its files and folders are afterwards.
-- SPDX-License-Identifier: Apache-2.0
local directories = require 'ifx.repo.directories'
local globs = require 'ifx.repo.globs'
local path = require 'ifx.path'
local url = require 'ifx.repo.url'

---@class ifx.repo.Side
---@field name string                    how prose calls it
---@field url? string                    its address; nil: it has none that is known
---@field branch? string                 the branch that links name
---@field moves table<string, string>    old path to new path; of files that came from another repository all of them
---@field gone table<string, true>       files of the tree that are not in it
---@field directories ifx.repo.Directories
---@field names string[]                 by which words may name it: its own, and that in its address

---@class ifx.repo.Sides
---@field [integer] ifx.repo.Side  the first is the repository itself
---@field redirects table<string, { side: ifx.repo.Side, path: string }>
local Sides = {}
Sides.__index = Sides

local sides = {}

---@param tree ifx.repo.Tree
---@param list { name: string, url: string?, branch: string?, moves: table, gone: table }[]
---@param redirects? table<string, { side: integer, path: string }>
---@return ifx.repo.Sides
function sides.open(tree, list, redirects)
  local self = setmetatable({ redirects = {} }, Sides)
  for i, one in ipairs(list) do
    local address = one.url and url.identity(one.url)
    self[i] = setmetatable({
      directories = directories.new(tree, one.moves, one.gone), names = { one.name, address and path.basename(address) },
    }, { __index = one })
  end
  for from, to in pairs(redirects or {}) do self.redirects[from] = { side = self[to.side], path = to.path } end
  return self
end

-- A glob follows the directory before its first wildcard, when that follows its files; one that begins with a wildcard
-- names no directory, and stays.
local function follow_glob(side, pattern)
  local dir = globs.folder(pattern)
  if dir == '' then return pattern, false end
  local to, split = side.directories:place(dir)
  if to == nil then return nil, false end
  return to == dir and pattern or path.join(to, pattern:sub(#dir + 2)), split
end

local function follow(side, target, is_glob)
  if is_glob then return follow_glob(side, target) end
  return side.directories:follow(target)
end

---Where what a reference names is afterwards. Asked first: the repository that it was resolved in, which an address
---decides, or else the place of its file.
---@param here ifx.repo.Side   where the file of the reference is
---@param ref ifx.repo.Reference
---@return ifx.repo.Side? side, string? new, boolean? split  nil: its files went to different places
function Sides:locate(here, ref)
  local redirect = self.redirects[ref.target]
  if redirect then return redirect.side, redirect.path, false end
  local first, is_glob = ref.address and self[1] or here, ref.target_kind == 'glob'
  local new, split = follow(first, ref.target, is_glob)
  if new then return first, new, split end
  for _, side in ipairs(self) do
    new, split = follow(side, ref.target, is_glob)
    if new and not split then return side, new, false end
  end
end

---Name and path, as prose says it: 'platform-gitops/argocd/apps'.
---@param side ifx.repo.Side
---@param p string
---@return string
function sides.words(side, p) return p == '' and side.name or side.name .. '/' .. p end

-- Beyond these a person looks at the tree.
local MAX_PLACES = 8

---Where the files of a directory went, as words for a person; `here` is the repository that is spoken of.
---@param here ifx.repo.Side
---@param dir string
---@return string
function Sides:destinations(here, dir)
  local out = {}
  for _, side in ipairs(self) do
    for _, place in ipairs(side.directories:destinations(dir)) do
      out[#out + 1] = side == here and place or sides.words(side, place)
    end
  end
  if #out <= MAX_PLACES then return table.concat(out, ', ') end
  return ('%s and %d more'):format(table.concat(out, ', ', 1, MAX_PLACES), #out - MAX_PLACES)
end

-- The paths of a repository afterwards, folders too.
local function present(side)
  if not side.paths then
    side.paths = {}
    for _, new in pairs(side.moves) do
      while new ~= '' do
        side.paths[new], new = true, path.dirname(new)
      end
    end
  end
  return side.paths
end

-- Is the part of a word after a name of the repository, or some end of it, a path there? A word that ends with the name
-- means the repository in an address, and where no folder stands before it: folders have names like these, too.
local function leads_to(side, word, name)
  local first, from = ('/' .. word):find('/' .. name .. '/', 1, true)
  if from and from > #word then
    local before = word:sub(1, first - 1)
    return before:find('^[./]*$') ~= nil or before:find('[:@]') ~= nil
  end
  while from and from <= #word do
    if present(side)[word:sub(from, -2)] then return true end
    from = word:match('/()', from)
  end
  return false
end

---Does a word name something in another repository than this one, by the name of that: 'platform-gitops/argocd/apps/',
---or in an address with it?
---@param here ifx.repo.Side
---@param word string
---@return boolean
function Sides:names_other(here, word)
  word = word:gsub('[./*_]+$', '') .. '/'
  for _, side in ipairs(self) do
    for _, name in ipairs(side ~= here and side.names or {}) do
      if leads_to(side, word, name) then return true end
    end
  end
  return false
end

---What a repository lacks, or has elsewhere, with the words for its new place: files and folders.
---@param tree ifx.repo.Tree
---@param here ifx.repo.Side
---@return table<string, string> files, table<string, string> folders
function Sides:elsewhere(tree, here)
  local files, folders = {}, {}
  local function look(p, found)
    local side, new = self:locate(here, { target = p })
    if side and side ~= here then
      found[p] = sides.words(side, new)
    elseif side and new ~= p then
      found[p] = new
    end
  end
  for _, entry in ipairs(tree:files()) do look(entry.path, files) end
  for dir in pairs(tree:dirs()) do
    if dir ~= '' then look(dir, folders) end
  end
  return files, folders
end

return sides
