-- dispatch.lua: which finders look at which file, decided once for all patterns. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local path = require 'ifx.path'
local view = require 'ifx.repo.view'

---@class ifx.repo.Dispatch
local Dispatch = {}
Dispatch.__index = Dispatch

local dispatch = {}

local function add(map, key, i)
  map[key] = map[key] or {}
  table.insert(map[key], i)
end

-- Most patterns say a name or an extension anywhere: those are looked up; the others are tried one after the other.
local function sort_in(self, pattern, i)
  local tail = pattern:match('^%*%*/([^/]+)$')
  local extension = tail and tail:match('^%*%.([^.*?%[%]{}\\]+)$')
  if extension then
    add(self.extensions, extension, i)
  elseif tail and not tail:find('[*?%[%]{}\\]') then
    add(self.names, tail, i)
  elseif not pattern:find('[*?%[%]{}\\]') then
    add(self.paths, pattern, i)
  else
    self.globs[#self.globs + 1] = { fs.glob(pattern), i }
  end
end

---@param finders table[] each with `files` (globs) or `match`
---@return ifx.repo.Dispatch
function dispatch.new(finders)
  local self = setmetatable({ names = {}, extensions = {}, paths = {}, globs = {}, matches = {}, finders = finders }, Dispatch)
  for i, finder in ipairs(finders) do
    for _, pattern in ipairs(finder.files or {}) do sort_in(self, pattern, i) end
    if finder.match then self.matches[#self.matches + 1] = i end
  end
  return self
end

local function mark(wanted, list)
  for _, i in ipairs(list or {}) do wanted[i] = true end
end

---The finders that want to see a file, in their order. Globs mean regular files; `match(path, entry)` is asked about
---everything, links and submodules too. What `match` raises is handed to `failed(finder, error)`.
---@param entry ifx.repo.Entry
---@param failed fun(finder: table, e: any)
---@return table[]
function Dispatch:of(entry, failed)
  local p, wanted, out = entry.path, {}, {}
  if entry.mode == '100644' or entry.mode == '100755' then
    mark(wanted, self.names[path.basename(p)])
    mark(wanted, self.extensions[p:match('%.([^./]+)$') or ''])
    mark(wanted, self.paths[p])
    for _, glob in ipairs(self.globs) do
      if not wanted[glob[2]] and glob[1]:match(p) then wanted[glob[2]] = true end
    end
  end
  for _, i in ipairs(self.matches) do
    local ok, yes = pcall(self.finders[i].match, p, self.finders[i].foreign and view.entry(entry) or entry)
    if not ok then failed(self.finders[i], yes) end
    if ok and yes then wanted[i] = true end
  end
  for i, finder in ipairs(self.finders) do
    if wanted[i] then out[#out + 1] = finder end
  end
  return out
end

return dispatch
