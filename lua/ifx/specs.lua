-- specs.lua: busted specs run inside the host, in the calling task. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local host = require 'host'

local specs = {}

---@class ifx.specs.Note
---@field file string  the spec file
---@field name string  the names of the describe blocks and of the spec
---@field message string|nil
---@field trace string|nil

---@class ifx.specs.Result
---@field passed integer
---@field failures ifx.specs.Note[]
---@field skipped ifx.specs.Note[]

---@class ifx.specs.Options
---@field filter string|nil                        Lua pattern: only specs whose full name matches run
---@field on_file nil|fun(file: string, seconds: number)  called after each file

-- What specs require: the modules of the host, then those of the Lua installation.
local function joined_require(full, host_require)
  local foreign, path = {}, full.package.path .. ';' .. full.package.cpath
  return function(name)
    if not foreign[name] then
      local ok, value = pcall(host_require, name)
      if ok then return value end
      local missing = err.is(value, 'not_found') and value.message:find(("module '%s'"):format(name), 1, true)
      local elsewhere = full.package.loaded[name] or full.package.searchpath(name, path)
      if not missing or not elsewhere then error(value, 0) end
      foreign[name] = true
    end
    return full.require(name)
  end
end

local function need_busted(full)
  if not full.package.searchpath('busted.core', full.package.path) then
    err.raise { kind = 'not_found', op = 'run specs', message = 'busted, which runs the specs, is not installed',
      hint = 'apt-get install lua-busted' }
  end
end

-- Specs see what a plain Lua program sees, and busted needs debug, io, os and package. Host and installation both have
-- a `term`: busted is loaded with the language's own `require`, everything after it with both.
local function load_busted(filter)
  local full, host_require = host.full(), require
  need_busted(full)
  for name, value in pairs(full) do rawset(_G, name, value) end
  local ok, busted, execute = pcall(function()
    local core = full.require 'busted.core'()
    full.require 'busted'(core)
    if filter then
      full.require 'busted.modules.filter_loader'()(core, { tags = {}, excludeTags = {}, filter = { filter }, filterOut = {} })
    end
    return core, full.require 'busted.execute'(core)
  end)
  rawset(_G, 'require', joined_require(full, host_require))
  if not ok then error(busted, 0) end
  return busted, execute, full.load
end

local function full_name(busted, element)
  local names = {}
  while element and element.descriptor ~= 'file' do
    if element.name then table.insert(names, 1, element.name) end
    element = busted.context.parent(element)
  end
  return #names > 0 and table.concat(names, ' ') or nil
end

local function file_of(busted, element)
  while element do
    if element.descriptor == 'file' then return element.name end
    element = busted.context.parent(element)
  end
end

-- What stays open after a file is a failure of that file: { tasks = 2 } against { tasks = 1 } before it.
local function left_open(before, after)
  local left = {}
  for what, count in pairs(after) do
    if count > (before[what] or 0) then left[#left + 1] = ('%d %s'):format(count - (before[what] or 0), what) end
  end
  table.sort(left)
  return #left > 0 and table.concat(left, ', ') or nil
end

local function watch_results(busted, result)
  local function note(list, element, message, trace)
    list[#list + 1] = {
      file = file_of(busted, element) or '?', name = full_name(busted, element) or element.descriptor,
      message = message, trace = trace and trace.traceback,
    }
    return nil, true
  end
  local why = {}
  busted.subscribe({ 'pending' }, function(element, _, message)
    why[element] = message
    return nil, true
  end)
  local function failed(element, _, message, trace) return note(result.failures, element, message, trace) end
  busted.subscribe({ 'failure' }, failed)
  busted.subscribe({ 'error' }, failed)
  busted.subscribe({ 'test', 'end' }, function(element, _, status)
    if status == 'success' then result.passed = result.passed + 1 end
    if status == 'pending' then return note(result.skipped, element, why[element]) end
    return nil, true
  end)
  return note
end

local function watch_files(busted, result, note, on_file)
  local before, started
  busted.subscribe({ 'file', 'start' }, function(element)
    specs.current = element.name
    before, started = host.open(), host.clock()
    return nil, true
  end)
  busted.subscribe({ 'file', 'end' }, function(element)
    specs.current = nil
    local left = left_open(before, host.open())
    if left then note(result.failures, element, 'left open after the file: ' .. left) end
    if on_file then on_file(element.name, host.clock() - started) end
    return nil, true
  end)
end

-- An error of this program ends with its place. busted looks for one at the front, and else writes where it was raised last.
local function place_first(_, text)
  local message, place = text:match '^(.*) %(([^()\n]+:%d+)%)$'
  return place and ('%s: %s'):format(place, message) or text
end

local function add_file(busted, load, path)
  local chunk, why = load(fs.read(path), '@' .. path, 't')
  if not chunk then
    busted.publish({ 'error', 'file' }, { descriptor = 'file', name = path }, nil, why)
    return
  end
  -- busted gives the function behind __call its environment, so the chunk itself must stand there.
  local run = { getTrace = function(_, info) return info end, rewriteMessage = place_first }
  busted.executors.file(path, setmetatable(run, { __call = chunk }))
end

---Runs the spec files one after the other in the calling task, so that a spec may wait.
---The globals of the process are those of a plain Lua program afterwards.
---@param files string[]
---@param options ifx.specs.Options|nil
---@return ifx.specs.Result
---Raises kind 'not_found' when busted or a file is missing.
function specs.run(files, options)
  options = options or {}
  local busted, execute, load = load_busted(options.filter)
  local result = { passed = 0, failures = {}, skipped = {} }
  local note = watch_results(busted, result)
  watch_files(busted, result, note, options.on_file)
  for _, path in ipairs(files) do add_file(busted, load, path) end
  execute(1, {})
  return result
end

---The spec files (`*_spec.lua`) among `paths`: files as they are, folders searched at any depth.
---@param paths string[]
---@return string[] sorted within each folder
function specs.find(paths)
  local files = {}
  for _, path in ipairs(paths) do
    local stat = fs.stat(path)
    if not stat then
      err.raise { kind = 'not_found', op = 'run specs', message = 'no such file or folder: ' .. path }
    elseif stat.type == 'dir' then
      for _, entry in ipairs(fs.walk(path)) do
        if entry.type == 'file' and entry.path:find('_spec%.lua$') then
          files[#files + 1] = path == '.' and entry.path or fs.join(path, entry.path)
        end
      end
    else
      files[#files + 1] = path
    end
  end
  return files
end

return specs
