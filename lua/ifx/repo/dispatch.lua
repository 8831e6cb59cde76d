-- dispatch.lua: which finders look at which file, decided once for all patterns. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'

---@class ifx.repo.Dispatch
local Dispatch = {}
Dispatch.__index = Dispatch

local dispatch = {}

local WILD = '[*?%[%]{}\\]'
local NONE = {}

local function add(map, key, item)
  map[key] = map[key] or {}
  table.insert(map[key], item)
end

-- A glob for the last segment of what a pattern matches; nil when that cannot be told.
local function tail_of(pattern)
  local tail = pattern:match('[^/]+$')
  if not tail or tail == '**' or pattern:find('[%[\\]') or tail:gsub('%b{}', ''):find('[{}]') then return nil end
  return fs.glob(tail)
end

-- A segment that every path holds which a pattern matches; '' when it says none.
local function literal_of(pattern)
  local out = ''
  for segment in pattern:gmatch('[^/]+') do
    if pattern:find('{[^}]*/') or segment:find(WILD) then segment = '' end
    if #segment > #out then out = segment end
  end
  return out
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
    if folder:find(WILD) then
      table.insert(self.globs, { fs.glob(pattern), i, tail = tail_of(pattern), literal = literal_of(pattern) })
    else add(self.below, folder, { fs.glob(pattern), i }) end
  end
end

---@param finders table[] each with `files` (globs) or `choose`
---@param choose fun(finder: table): string[]  asks a finder that has `choose`
---@return ifx.repo.Dispatch
function dispatch.new(finders, choose)
  local self = setmetatable({
    finders = finders, names = {}, extensions = {}, name_globs = {}, paths = {}, below = {}, globs = {}, chosen = {},
    by_name = {},
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
  if not list then return wanted end
  wanted = wanted or {}
  for _, i in ipairs(list) do wanted[i] = true end
  return wanted
end

local function try(wanted, globs, p, known)
  for _, glob in ipairs(globs or NONE) do
    local i = glob[2]
    if not known[i] and (not glob.literal or p:find(glob.literal, 1, true)) and glob[1]:match(p) then
      wanted = wanted or {}
      wanted[i] = true
    end
  end
  return wanted
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
    local wanted = mark({}, self.names[name])
    mark(wanted, self.extensions[name:match('%.([^.]+)$')])
    try(wanted, self.name_globs, name, wanted)
    known = { wanted = wanted, finders = in_order(self, wanted), globs = {} }
    for _, glob in ipairs(self.globs) do
      if not glob.tail or glob.tail:match(name) then table.insert(known.globs, glob) end
    end
    self.by_name[name] = known
  end
  return known
end

local NOTHING = { wanted = {}, finders = {} }

---The finders that want to see a file, in their order. Globs mean regular files; what was chosen may be anything.
---@param entry ifx.repo.Entry
---@return table[] finders not to be changed
function Dispatch:of(entry)
  local p, known = entry.path, NOTHING
  local wanted = mark(nil, self.chosen[p])
  if entry.mode == '100644' or entry.mode == '100755' then
    known = of_name(self, fs.basename(p))
    wanted = mark(wanted, self.paths[p])
    wanted = try(wanted, self.below[p:match('^([^/]*)/') or ''], p, known.wanted)
    wanted = try(wanted, known.globs, p, known.wanted)
  end
  if not wanted then return known.finders end
  for i in pairs(known.wanted) do wanted[i] = true end
  return in_order(self, wanted)
end

return dispatch
