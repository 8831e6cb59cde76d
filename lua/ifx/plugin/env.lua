-- env.lua: everything that the code of a plugin can name. SPDX-License-Identifier: Apache-2.0
local copy = require 'ifx.plugin.copy'
local err = require 'err'
local host = require 'host'

local env = {}

---Library modules that plugins may require. `true`: it reaches no file, no process and no host; text: it runs that
---program, so the plugin needs the grant for it.
env.modules = {
  ['ifx.list'] = true, ['ifx.path'] = true, ['ifx.text'] = true, ['ifx.suggest'] = true,
  ['ifx.repo.finder'] = true, ['ifx.repo.url'] = true, ['ifx.repo.globs'] = true, ['ifx.repo.spans'] = true,
  ['ifx.repo.names'] = true, ['ifx.repo.links'] = true, ['ifx.repo.excerpt'] = true, ['ifx.repo.written'] = true,
  ['ifx.repo.expressions'] = true, ['ifx.repo.patterns'] = true, ['ifx.settings'] = true, ['ifx.repo.shape'] = true,
  ['ifx.repo.gotemplate'] = true,
  ['ifx.k8s.objects'] = true, ['ifx.layout.handover'] = true,
  ['ifx.repo.git'] = 'git', ['ifx.repo.objects'] = 'git', ['ifx.repo.export'] = 'git',
}

---What recipes may require beside: work on trees that they were given, in memory.
env.planning = {
  ['ifx.layout'] = true, ['ifx.layout.assign'] = true, ['ifx.layout.classes'] = true, ['ifx.layout.repair'] = true,
  ['ifx.layout.restructure'] = true,
  ['ifx.term.diff'] = true,
}

local function pick(from, names)
  local out = {}
  for name in names:gmatch('%S+') do out[name] = from[name] end
  return out
end

-- Metatables that a plugin may look at are those it made: changing one of the host's would change it for all.
-- `made` remembers the tables whose metamethods are the plugin's code.
local function metatables(made)
  local own = setmetatable({}, { __mode = 'k' })
  local function set(t, meta)
    if type(meta) == 'table' then
      if rawget(meta, '__gc') ~= nil then
        err.raise { kind = 'plugin', message = '__gc is not available to plugins: close what you open with <close>' }
      end
      setmetatable(t, meta)
      own[meta], made[t] = true, true
      return t
    end
    return setmetatable(t, meta)
  end
  local function get(value)
    local meta = getmetatable(value)
    if type(meta) == 'table' and not own[meta] then return false end
    return meta
  end
  return set, get
end

-- Calls in calls in pcall: the language unwinds them in a time that grows with the square of their number, in which
-- no budget can end it. No honest code nests them this deep.
local MAX_NESTED = 2000

local function bounded_pcall()
  local nested = setmetatable({}, { __mode = 'k' })
  local function leave(co, ...)
    nested[co] = nested[co] - 1
    return ...
  end
  return function(f, ...)
    local co = coroutine.running()
    local depth = nested[co] or 0
    if depth >= MAX_NESTED then
      return false, err.new { kind = 'limit', message = ('more than %d pcalls inside each other'):format(MAX_NESTED) }
    end
    nested[co] = depth + 1
    return leave(co, pcall(f, ...))
  end
end

-- The language calls a message handler where no budget can reach it; this one runs after the call has ended, which
-- without `debug` makes no other difference.
local function safe_xpcall(call)
  local function handle(handler, ok, ...)
    if ok then return true, ... end
    return false, (select(2, call(handler, ...)))
  end
  return function(f, handler, ...)
    return handle(handler, call(f, ...))
  end
end

local function base(log, made)
  local set, get = metatables(made)
  local call = bounded_pcall()
  local strings = copy(string)
  strings.dump = nil
  return {
    assert = assert, error = error, ipairs = ipairs, next = next, pairs = pairs, pcall = call, xpcall = safe_xpcall(call),
    select = select, tonumber = tonumber, tostring = tostring, type = type,
    rawequal = rawequal, rawlen = rawlen, rawget = rawget, rawset = rawset,
    setmetatable = set, getmetatable = get,
    string = strings, table = copy(table), math = copy(math), utf8 = copy(utf8),
    coroutine = pick(coroutine, 'create wrap resume yield status isyieldable'),
    log = log,
    print = function(...)
      local words = table.pack(...)
      for i = 1, words.n do words[i] = tostring(words[i]) end
      log.info(table.concat(words, '\t'))
    end,
  }
end

local function check_module(spec, name)
  local need = env.modules[name] or (spec.modules and spec.modules[name])
  if need == true then return end
  local hint = "plugins require files of their own folder ('./file') and the library modules that docs/plugins.md lists"
  if need then
    for _, program in ipairs(spec.reach.exec) do
      if program == need then return end
    end
    hint = ('it runs %s: grants: { exec: [%s] } in plugin.yaml would allow it'):format(need, need)
  end
  err.raise { kind = 'grant', op = 'require ' .. name, message = ('plugin %s may not require %s'):format(spec.plugin, name),
    hint = hint }
end

-- `require` of a plugin: library modules of the list above, and files of its own folder.
local function requirer(spec, sandbox)
  local loaded = {}
  local function own_file(name)
    local path = require 'fs'.normalize(name:gsub('^%./', '') .. '.lua')
    local chunk = path and path:sub(1, 1) ~= '/' and spec.chunk(path, sandbox)
    if not chunk then
      err.raise { kind = 'not_found', op = 'require ' .. name,
        message = ('plugin %s has no file %s.lua'):format(spec.plugin, name) }
    end
    return chunk(name)
  end
  return function(name)
    if type(name) ~= 'string' then err.raise { kind = 'argument', op = 'require', message = 'the name must be text' } end
    if loaded[name] ~= nil then return loaded[name] end
    local value
    if name:find('^%./') then
      value = own_file(name)
    else
      check_module(spec, name)
      value = copy(require(name))
    end
    loaded[name] = value == nil and true or value
    return loaded[name]
  end
end

---What an environment is built from.
---@class ifx.plugin.EnvSpec
---@field plugin string
---@field modules table<string, true>|nil  library modules beyond those of every plugin
---@field chunk fun(path: string, env: table): function|nil  a file of the plugin's folder as a function with these globals
---@field config table
---@field reach ifx.plugin.Reach
---@field log { info: function, warn: function }
---@field use fun(name: string, instance: string|nil): table

-- Opened when the code names them: most plugins use two or three.
local function lazy(spec)
  return {
    yaml = function() return copy(require 'yaml') end,
    json = function() return copy(require 'json') end,
    regex = function() return copy(require 'regex') end,
    hcl = function() return copy(require 'hcl') end,
    hash = function() return require 'ifx.plugin.grants'.hash(spec.reach) end,
    err = function() return copy(require 'err') end,
    task = function() return copy(require 'task') end,
    list = function() return copy(require 'ifx.list') end,
    path = function() return copy(require 'ifx.path') end,
    text = function() return copy(require 'ifx.text') end,
    fs = function() return require 'ifx.plugin.grants'.fs(spec.reach) end,
    proc = function() return require 'ifx.plugin.grants'.proc(spec.reach) end,
    ifx = function()
      local out = pick(require 'ifx', 'null list is_list ordered keys version')
      out.use = spec.use
      return out
    end,
  }
end

---Chunks of files that are text, for `chunk` of a specification.
---@param read fun(path: string): string|nil  bytes of a file of the plugin's folder
---@param prefix string  put before the names of its files in messages
---@return fun(path: string, env: table): function|nil
function env.text(read, prefix)
  return function(path, sandbox)
    local bytes = read(path)
    return bytes and host.chunk(bytes, prefix .. path, sandbox)
  end
end

---A fresh environment. What the manifest does not grant does not exist in it.
---@param spec ifx.plugin.EnvSpec
---@return table
---@return table<table, boolean> made  tables to which its code gave a metatable
function env.build(spec)
  local made = setmetatable({}, { __mode = 'k' })
  local out = base(spec.log, made)
  out.config = spec.config
  out.require = requirer(spec, out)
  local open = lazy(spec)
  return setmetatable(out, {
    __metatable = false,
    __index = function(self, name)
      local f = open[name]
      if not f then return nil end
      open[name] = nil
      local value = f()
      rawset(self, name, value)
      return value
    end,
  }), made
end

return env
