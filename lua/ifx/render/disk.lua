-- disk.lua: the files of this machine for a renderer; their root is '/'. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'

---Files as renderers see them: paths are relative to a root, '/' between the segments.
---@class ifx.render.Files
---@field cwd string
local Disk = {}
Disk.__index = Disk

local disk = {}

---@return ifx.render.Files
function disk.open()
  return disk.reopen { cwd = fs.realpath(fs.cwd()) or '/' }
end

---@param description table  of `describe`
---@return ifx.render.Files
function disk.reopen(description)
  return setmetatable({ cwd = description.cwd, kinds = {}, reals = {} }, Disk)
end

-- Who names the file is told of it as a person would name it.
local function ask(self, path, question, hint)
  local ok, answer = pcall(question, '/' .. path)
  if ok then return answer end
  if err.is(answer) then
    answer.file = self:show(path)
    answer.hint = answer.hint or hint
  end
  error(answer, 0)
end

---@param path string
---@return string?
function Disk:read(path) return ask(self, path, fs.try_read, 'a renderer reads files of text, of 64 MiB at most') end

---@param path string
---@return 'file'|'dir'|nil links followed
function Disk:kind(path)
  local known = self.kinds[path]
  if known == nil then
    local stat = ask(self, path, fs.stat, 'look at the folders and links that lead there')
    known = stat and (stat.type == 'dir' and 'dir' or 'file') or false
    self.kinds[path] = known
  end
  return known or nil
end

---@param path string
---@return string? path without links; nil where nothing is
function Disk:real(path)
  local known = self.reals[path]
  if known == nil then
    local found = ask(self, path, fs.realpath, 'look at the folders and links that lead there')
    known = found and found:sub(2) or false
    self.reals[path] = known
  end
  return known or nil
end

---@param path string
---@return string[] names
function Disk:list(path) -- luacheck: ignore 212/self
  local names = {}
  for i, entry in ipairs(fs.list('/' .. path)) do names[i] = entry.name end
  return names
end

---The paths of all files and links below a folder, without those of .git.
---@param path string
---@return string[]
function Disk:below(path) -- luacheck: ignore 212/self
  local paths = {}
  for _, found in ipairs(fs.walk('/' .. path)) do
    if found.type == 'file' or found.type == 'link' then paths[#paths + 1] = fs.join(path, found.path) end
  end
  return paths
end

---What opens the same files in another thread.
---@return table
function Disk:describe() return { cwd = self.cwd } end

---An absolute path from the root of these files; nil for one that is not among them.
---@param path string
---@return string?
function Disk:from_absolute(path) -- luacheck: ignore 212/self
  return fs.normalize(path):sub(2)
end

---The path for programs of this machine; files that are not on it have none.
---@param path string
---@return string
function Disk:absolute(path) -- luacheck: ignore 212/self
  return '/' .. path
end

---As a person would name it: below the working folder without its path.
---@param path string
---@return string
function Disk:show(path)
  local at = '/' .. path
  if at == self.cwd then return '.' end
  return at:sub(1, #self.cwd + 1) == self.cwd .. '/' and at:sub(#self.cwd + 2) or at
end

return disk
