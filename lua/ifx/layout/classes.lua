-- classes.lua: what files and folders hold, told by name and by content. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local objects = require 'ifx.k8s.objects'
local yaml = require 'yaml'

local M = {}

-- Beyond this a file is data, not something people wrote.
local MAX_BYTES = 4 * 1024 * 1024

local SOURCE = 'source' -- a folder with program source holds nothing else

---@class ifx.layout.Class
---@field name string
---@field files? string[]    globs
---@field objects? string[]  kinds of Kubernetes objects, '*' for any
---@field among? string[]    globs of files that `text` is asked about
---@field text? fun(text: string): boolean?  does a text hold it?

---@class ifx.layout.Classes
local Classes = {}
Classes.__index = Classes

local function globs(list)
  local out = {}
  for i, glob in ipairs(list or {}) do out[i] = fs.glob(glob) end
  return out
end

local function compile(class)
  local kinds, any = {}, false
  for _, kind in ipairs(class.objects or {}) do
    kinds[kind] = true
    any = any or kind == '*'
  end
  return {
    matchers = globs(class.files), kinds = kinds, any = any, objects = next(kinds) ~= nil,
    among = globs(class.among), text = class.text,
  }
end

local function any_matches(matchers, path)
  for _, matcher in ipairs(matchers) do
    if matcher:match(path) then return true end
  end
  return false
end

---@param classes ifx.layout.Class[]
---@param tree ifx.repo.Tree
---@return ifx.layout.Classes
function M.open(classes, tree)
  local compiled, names = {}, {}
  for i, class in ipairs(classes) do
    compiled[class.name] = compile(class)
    names[i] = class.name
  end
  return setmetatable({ tree = tree, classes = compiled, names = names, kinds = {}, holding = {} }, Classes)
end

-- What people wrote in a file; nil for a link, a submodule, and data.
local function text_of(self, path)
  local entry = self.tree:entry(path)
  if not entry or entry.mode == '120000' or entry.mode == '160000' or (entry.size or 0) > MAX_BYTES then return nil end
  return self.tree:read(path)
end

-- The kinds of the Kubernetes objects in a file; an empty set for whatever holds none, or does not parse.
local function kinds_of(self, path)
  local known = self.kinds[path]
  if known then return known end
  local kinds = {}
  self.kinds[path] = kinds
  local text = path:find '%.ya?ml$' and text_of(self, path)
  if not text or not (text:find('apiVersion', 1, true) and text:find('kind', 1, true)) then return kinds end
  local ok, document = pcall(yaml.document, text)
  if not ok then return kinds end
  for _, object in ipairs(objects.read(document)) do kinds[object.kind] = true end
  return kinds
end

---Does the file hold this class? Unknown classes hold nothing.
---@param path string
---@param name string
---@return boolean
function Classes:file_is(path, name)
  local class = self.classes[name]
  if not class then return false end
  if any_matches(class.matchers, path) then return true end
  if class.text and any_matches(class.among, path) then
    local text = text_of(self, path)
    return text ~= nil and class.text(text) == true
  end
  if not class.objects then return false end
  for kind in pairs(kinds_of(self, path)) do
    if class.any or class.kinds[kind] then return true end
  end
  return false
end

---Does a folder hold this class: one of its files does, and none is program source?
---@param folder string
---@param name string
---@return boolean
function Classes:folder_holds(folder, name)
  local key = name .. '\0' .. folder
  if self.holding[key] ~= nil then return self.holding[key] end
  local holds = false
  for _, entry in ipairs(self.tree:list(folder)) do
    if name ~= SOURCE and self:file_is(entry.path, SOURCE) then
      holds = false
      break
    end
    holds = holds or self:file_is(entry.path, name)
  end
  self.holding[key] = holds
  return holds
end

---The first class, in the order of the file, that a file holds; nil when none does.
---@param path string
---@return string?
function Classes:of(path)
  for _, name in ipairs(self.names) do
    if self:file_is(path, name) then return name end
  end
end

---@param name string
---@return boolean
function Classes:known(name)
  return self.classes[name] ~= nil
end

return M
