-- dispatch.lua: which finders look at which file, decided once for all patterns. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'

---@class ifx.repo.Dispatch
local Dispatch = {}
Dispatch.__index = Dispatch

local dispatch = {}

local WILD = '[*?%[%]{}\\]'

local function add(map, key, item)
  map[key] = map[key] or {}
  table.insert(map[key], item)
end

-- What a pattern asks of a path: its name or extension in any folder, all of it, or to be tried on all below a folder.
local function sort_in(self, pattern, i)
  local tail = pattern:match('^%*%*/([^/]+)$')
  local extension = tail and tail:match('^%*%.([^.*?%[%]{}\\]+)$')
  if extension then
    add(self.extensions, extension, i)
  elseif tail and not tail:find(WILD) then
    add(self.names, tail, i)
  elseif tail then
    table.insert(self.name_globs, { fs.glob(pattern), i })
  elseif not pattern:find(WILD) then
    add(self.paths, pattern, i)
  else
    local folder = pattern:match('^([^/]*)/') or ''
    if folder:find(WILD) then table.insert(self.globs, { fs.glob(pattern), i })
    else add(self.below, folder, { fs.glob(pattern), i }) end
  end
end

---@param finders table[] each with `files` (globs) or `choose`
---@param choose fun(finder: table): string[]  asks a finder that has `choose`
---@return ifx.repo.Dispatch
function dispatch.new(finders, choose)
  local self = setmetatable({
    names = {}, extensions = {}, name_globs = {}, paths = {}, below = {}, globs = {}, chosen = {}, by_name = {}, finders = finders,
  }, Dispatch)
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

local function try(wanted, globs, p)
  for _, glob in ipairs(globs or {}) do
    if not wanted[glob[2]] and glob[1]:match(p) then wanted[glob[2]] = true end
  end
end

local function in_order(self, wanted)
  local out = {}
  for i, finder in ipairs(self.finders) do
    if wanted[i] then out[#out + 1] = finder end
  end
  return out
end

-- Large trees have few names: those that any folder may have are decided once.
local function of_name(self, name)
  local known = self.by_name[name]
  if not known then
    local wanted = {}
    mark(wanted, self.names[name])
    mark(wanted, self.extensions[name:match('%.([^.]+)$')])
    try(wanted, self.name_globs, name)
    known = { wanted = wanted, finders = in_order(self, wanted) }
    self.by_name[name] = known
  end
  return known
end

---The finders that want to see a file, in their order. Globs mean regular files; what was chosen may be anything.
---@param entry ifx.repo.Entry
---@return table[] finders not to be changed
function Dispatch:of(entry)
  local p, chosen, wanted = entry.path, self.chosen[entry.path], {}
  if entry.mode == '100644' or entry.mode == '100755' then
    local named, below = of_name(self, p:match('[^/]*$')), self.below[p:match('^([^/]*)/') or '']
    if not (chosen or below or self.paths[p] or self.globs[1]) then return named.finders end
    for i in pairs(named.wanted) do wanted[i] = true end
    mark(wanted, self.paths[p])
    try(wanted, below, p)
    try(wanted, self.globs, p)
  end
  mark(wanted, chosen)
  return in_order(self, wanted)
end

return dispatch
