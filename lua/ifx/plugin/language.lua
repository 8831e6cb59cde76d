-- language.lua: functions of the language in the form that plugins have them. SPDX-License-Identifier: Apache-2.0
local err = require 'err'

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

local function printer(log)
  return function(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    log.info(table.concat(words, '\t'))
  end
end

--- These functions for one environment.
---@param log { info: function, warn: function }
---@param made table<table, boolean>  remembers the tables to which its code gave a metatable
---@return table<string, function>
return function(log, made)
  local set, get = metatables(made)
  local call = bounded_pcall()
  return { pcall = call, xpcall = safe_xpcall(call), setmetatable = set, getmetatable = get, print = printer(log) }
end
