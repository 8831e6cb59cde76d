-- dispatch.lua: which finders look at which file, decided once for all patterns. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local path = require 'ifx.path'

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

---@param finders table[] each with `files` (globs) or `choose`
---@param choose fun(finder: table): string[]  asks a finder that has `choose`
---@return ifx.repo.Dispatch
function dispatch.new(finders, choose)
  local self = setmetatable({ names = {}, extensions = {}, paths = {}, globs = {}, chosen = {}, finders = finders }, Dispatch)
  for i, finder in ipairs(finders) do
    for _, pattern in ipairs(finder.files or {}) do sort_in(self, pattern, i) end
    for _, p in ipairs(finder.choose and choose(finder) or {}) do
      if type(p) == 'string' then add(self.chosen, p, i) end
    end
  end
  return self
end

local function mark(wanted, list)
  for _, i in ipairs(list or {}) do wanted[i] = true end
end

---The finders that want to see a file, in their order. Globs mean regular files; what was chosen may be anything.
---@param entry ifx.repo.Entry
---@return table[]
function Dispatch:of(entry)
  local p, wanted, out = entry.path, {}, {}
  mark(wanted, self.chosen[p])
  if entry.mode == '100644' or entry.mode == '100755' then
    mark(wanted, self.names[path.basename(p)])
    mark(wanted, self.extensions[p:match('%.([^./]+)$') or ''])
    mark(wanted, self.paths[p])
    for _, glob in ipairs(self.globs) do
      if not wanted[glob[2]] and glob[1]:match(p) then wanted[glob[2]] = true end
    end
  end
  for i, finder in ipairs(self.finders) do
    if wanted[i] then out[#out + 1] = finder end
  end
  return out
end

return dispatch
