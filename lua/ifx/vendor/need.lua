-- need.lua: what folders name elsewhere, and what they need of their own tree. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fetch = require 'ifx.vendor.fetch'
local list = require 'ifx.list'
local lock = require 'ifx.vendor.lock'
local path = require 'ifx.path'
local tree_files = require 'ifx.render.tree'

local need = {}

---@class ifx.vendor.Needed
---@field remotes ifx.vendor.Source[]
---@field files table<string, true>  paths as they are named

local MAX_FILES = 20000

local function look(finders, files, folder, needed, warnings)
  local known = false
  for _, item in ipairs(finders) do
    local ok, found = pcall(item.value, files, folder)
    if not ok then
      if not (err.is(found, 'parse') or err.is(found, 'config') or err.is(found, 'limit')) then error(found, 0) end
      warnings[#warnings + 1] = found
    elseif found then
      known = true
      list.append(needed.remotes, found.remotes)
      for _, file in ipairs(found.files) do needed.files[file] = true end
      list.append(needed.folders, found.folders)
    end
  end
  return known
end

local function follow(registry, files, folders, warnings)
  local finders = registry:contributions 'remotes'
  local needed = { remotes = {}, files = {}, folders = folders }
  local seen, i = {}, 1
  while needed.folders[i] do
    local folder = needed.folders[i]
    local real = files:real(folder)
    if real and not seen[real] then
      seen[real] = true
      if look(finders, files, folder, needed, warnings) then needed.known = true end
    end
    i = i + 1
  end
  return needed
end

---What a folder needs, with the folders of the same tree that it names.
---@param registry ifx.Registry
---@param files ifx.render.Files
---@param folder string
---@param warnings ifx.Error[]  what cannot be read is added
---@return ifx.vendor.Needed
function need.of(registry, files, folder, warnings) return follow(registry, files, { folder }, warnings) end

---The remote references below a folder of a tree, in the order of their folders.
---@param registry ifx.Registry
---@param files ifx.render.Files
---@param tree ifx.repo.Tree
---@param part string
---@param warnings ifx.Error[]
---@return ifx.vendor.Source[]
function need.all(registry, files, tree, part, warnings)
  local folders = {}
  for _, dir in ipairs(list.keys(tree:dirs())) do
    if path.within(dir, part) and not path.within(dir, lock.FOLDER) then folders[#folders + 1] = dir end
  end
  return follow(registry, files, folders, warnings).remotes
end

local function refuse(source, kind, message, hint)
  err.raise { kind = kind, file = source.file, line = source.line, column = source.column,
    message = ('%s: %s'):format(source.reference, message), hint = hint }
end

-- A path with the links on the way to it, so that who follows them later finds what is found now.
local function add(tree, p, out)
  local done, rest, left = '', path.split(p), 40
  while #rest > 0 do
    local here = path.join(done, table.remove(rest, 1))
    local kind = tree:exists(here)
    if kind ~= 'link' then
      done = here
      if kind == 'file' then out[here] = true end
    else
      out[here], left = true, left - 1
      local target = left > 0 and path.normalize(path.join(done, tree:read(here)))
      if not target or target:sub(1, 1) == '/' then return end
      done, rest = '', list.append(path.split(target), rest)
    end
  end
end

local function copied(tree, paths, source)
  local files, bytes = {}, 0
  for _, p in ipairs(list.keys(paths)) do
    local entry = tree:entry(p)
    bytes = bytes + tree:size(p)
    if bytes > fetch.MAX_BYTES or #files == MAX_FILES then
      refuse(source, 'limit', ('it needs more than %d files or %d MiB'):format(MAX_FILES, fetch.MAX_BYTES >> 20))
    end
    files[#files + 1] = { path = p, mode = entry.mode, bytes = tree:read(p) }
  end
  return files
end

---The files of a fetched repository that the folder which is meant needs, and the links on the way to them.
---@param registry ifx.Registry
---@param tree ifx.repo.Tree
---@param source ifx.vendor.Source
---@param warnings ifx.Error[]
---@return ifx.vendor.File[]
---Raises with the place of the reference: 'not_found' for a folder that is not there or is of no use, 'limit'.
function need.files(registry, tree, source, warnings)
  local files = tree_files.open(tree, source.reference)
  if files:kind(source.path) ~= 'dir' then
    refuse(source, 'not_found', ("the repository has no folder '%s'"):format(source.path),
      'a path that lies in a submodule is copied with &submodules=true')
  end
  local needed = follow(registry, files, { source.path }, warnings)
  if not needed.known then
    refuse(source, 'not_found', ("its folder '%s' holds nothing that can be built"):format(source.path))
  end
  local paths = {}
  add(tree, source.path, paths)
  for p in pairs(needed.files) do add(tree, p, paths) end
  return copied(tree, paths, source)
end

return need
