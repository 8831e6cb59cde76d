-- names.lua: what a text that reads like a path can mean in a tree. SPDX-License-Identifier: Apache-2.0
local path = require 'ifx.path'

---@class ifx.repo.Names
---@field tree ifx.repo.Tree
---@field by_name table<string, string[]>  last segment -> paths of files and directories
local Names = {}
Names.__index = Names

local names = {}

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
  for _, entry in ipairs(tree:files()) do add(entry.path) end
  for dir in pairs(tree:dirs()) do
    if dir ~= '' then add(dir) end
  end
  local list = {}
  for name in pairs(by_name) do list[#list + 1] = name end
  self = setmetatable({ tree = tree, by_name = by_name, set = require('scan').set(list) }, Names)
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

local function at(tree, base, text)
  local joined = base == '' and text or base .. '/' .. text
  if joined:find('//', 1, true) or joined:find('%.%.?/') or joined:find('%.%.?$') or joined:sub(-1) == '/' then
    joined = path.normalize(joined)
    if not joined then return nil end
    if joined == '.' then joined = '' end
  end
  local kind = kind_at(tree, joined)
  if kind then return joined, kind end
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
  local target, kind = at(self.tree, dir, text)
  if target then return { target = target, kind = kind, base = dir, via = dir == '' and 'root' or 'file' } end
  if text:sub(1, 2) == '..' then return nil end
  local base = dir
  while base ~= '' do
    base = path.dirname(base)
    target, kind = at(self.tree, base, text)
    if target then return { target = target, kind = kind, base = base, via = base == '' and 'root' or 'above' } end
  end
end

---The only path of the tree that ends with these segments; nil when there is none, or more than one.
---@param text string without leading './' or '/'
---@return ifx.repo.Meaning?
function Names:tail(text)
  text = text:gsub('/+$', '')
  local found
  for _, p in ipairs(self.by_name[path.basename(text)] or {}) do
    if p == text or p:sub(-#text - 1) == '/' .. text then
      if found then return nil end
      found = p
    end
  end
  local kind = found and kind_at(self.tree, found)
  if not kind then return nil end
  return { target = found, kind = kind, base = found:sub(1, math.max(#found - #text - 1, 0)), via = 'tail' }
end

---Is there a file or directory of this name anywhere?
---@param name string
---@return boolean
function Names:known(name) return self.by_name[name] ~= nil end

return names
