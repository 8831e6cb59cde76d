-- view.lua: a tree as renderers see files. SPDX-License-Identifier: Apache-2.0
local path = require 'ifx.path'

---@class ifx.render.TreeFiles: ifx.render.Files
---@field taken table<string, true>  what was read, and the folders that were handed to programs
local Files = {}
Files.__index = Files

local view = {}

view.methods = Files

---@param tree ifx.repo.Tree  stays open as long as the files are used
---@param name? string        put before paths in messages, for a tree that is not the one that a person works on
---@return ifx.render.Files
function view.open(tree, name)
  return setmetatable({ tree = tree, name = name, taken = {} }, Files)
end

---Links resolved; nil where nothing is, or a link leads out of the tree.
---@param p string
---@return string?
function Files:real(p)
  local at = path.from_root(p)
  return at and self.tree:follow(at)
end

---@param p string
---@return 'file'|'dir'|nil  links followed; of a submodule nothing is known
function Files:kind(p)
  local at = self:real(p)
  local kind = at and self.tree:exists(at)
  return (kind == 'file' or kind == 'dir') and kind or nil
end

---@param p string
---@return string?
function Files:read(p)
  local at = self:real(p)
  if at then self.taken[at] = true end
  return at and self.tree:try_read(at)
end

---@param p string
---@return string[] names
function Files:list(p)
  local names, at = {}, self:real(p)
  for i, child in ipairs(at and self.tree:children(at) or {}) do names[i] = child.name end
  return names
end

---Where a program of this machine finds it; nil for what is not on the disk.
---@param p string
---@return string?
function Files:absolute(p)
  local at = self.tree.kind ~= 'overlay' and self.tree.root and self:real(p)
  if at then self.taken[at] = true end
  return at and path.join(self.tree.root, at)
end

---The paths of all files and links below a folder.
---@param p string
---@return string[]
function Files:below(p)
  local at, out = self:real(p), {}
  for _, file in ipairs(at and self.tree:paths() or out) do
    if path.within(file, at) then out[#out + 1] = file end
  end
  return out
end

---Nothing of a tree is named by an absolute path.
---@return nil
function Files:from_absolute() end -- luacheck: ignore 212/self

---As a person would name it.
---@param p string
---@return string
function Files:show(p)
  local at = p == '' and '.' or p
  return self.name and self.name .. ':' .. at or at
end

return view
