-- guard.lua: calls into plugin code: its budget, and whose error it was. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local host = require 'host'

local guard = {}

-- Names of capabilities that are absent without a grant: Lua's message about nil says too little then.
local ABSENT = { fs = 'read: […] or write', proc = 'exec', http = 'net' }

local function absent_capability(message)
  local name = message:match("global '(%a+)'")
  if name == 'http' then return 'this version of ifx has no http for plugins' end
  return name and ABSENT[name] and ('%s exists only with grants: { %s: […] } in plugin.yaml'):format(name, ABSENT[name])
end

-- Messages name files as plugins/NAME/FILE, whatever folder the plugin lies in; a reader wants the real one.
local function real_file(entry, file)
  local prefix = 'plugins/' .. entry.name .. '/'
  if file:sub(1, #prefix) == prefix then return entry.dir .. '/' .. file:sub(#prefix + 1) end
  return file
end

local function from_message(entry, text, traceback)
  local file, line, message = text:match('^([^\n]-):(%d+): (.*)$')
  return err.new {
    kind = 'plugin', op = 'plugin ' .. entry.name, message = message or text, hint = absent_capability(text),
    file = file and real_file(entry, file), line = math.tointeger(tonumber(line)), traceback = traceback,
  }
end

local KEPT = { message = 'string', hint = 'string', file = 'string', line = 'number', column = 'number', status = 'number',
  retry = 'boolean', retry_after = 'number', traceback = 'string',
  missing = 'string' } -- the path of a file that is not there

-- An error of plain values: nothing in it may run code of the plugin when it is shown, for no budget holds there.
local function plain(entry, e, depth)
  local out = { kind = rawget(e, 'kind') }
  local op, cause = rawget(e, 'op'), rawget(e, 'cause')
  out.op = type(op) == 'string' and op or nil
  for field, kind in pairs(KEPT) do
    local value = rawget(e, field)
    if type(value) == kind then out[field] = value end
  end
  if out.file then out.file = real_file(entry, out.file) end
  if err.is(cause) and depth < 8 then
    out.cause = plain(entry, cause, depth + 1)
  elseif type(cause) == 'string' then
    out.cause = cause
  end
  local ok, made = pcall(err.new, out)
  return ok and made or err.new { kind = 'plugin', op = out.op, message = out.message }
end

-- Two things need no name: what stops the run, and what says the plugin's name already.
local function explain(entry, e)
  local op = 'plugin ' .. entry.name
  if type(e) == 'string' then return from_message(entry, e) end
  if not err.is(e) then
    return err.new { kind = 'plugin', op = op, message = ('it raised a %s instead of an error'):format(type(e)),
      hint = 'raise with err.raise { kind =, message = }' }
  end
  e = plain(entry, e, 1)
  if e.kind == 'budget' and e.message:sub(1, #op + 2) == op .. ': ' then e.op, e.message = op, e.message:sub(#op + 3) end
  if e.kind == 'internal' and e.traceback then return from_message(entry, e.message or '', e.traceback) end
  if e.kind == 'cancelled' or e.op == op then return e end
  return err.wrap(e, op)
end

local function results(entry, ok, ...)
  if ok then return ... end
  error(explain(entry, (...)), 0)
end

local function call(registry, entry, times, f, ...)
  return results(entry, pcall(host.guard, registry.config.limits.seconds * times, 'plugin ' .. entry.name, f, ...))
end

---Calls `f` as code of the plugin `entry`.
---@param registry ifx.Registry
---@param entry ifx.plugin.Entry
---@param f function
---@return any …
function guard.call(registry, entry, f, ...) return call(registry, entry, 1, f, ...) end

-- One call of these does the work of a whole command: it reads and changes all objects of a build.
local LONG = { render = 30 }

-- Tables with metamethods of the plugin would run its code wherever they are looked at.
local function checked(entry, made, ...)
  if next(made) == nil then return ... end
  for i = 1, select('#', ...) do
    local value = select(i, ...)
    if type(value) == 'table' and host.holds(value, made) then
      err.raise { kind = 'plugin', op = 'plugin ' .. entry.name, message = 'it returned a table with a metatable',
        hint = 'return plain tables' }
    end
  end
  return ...
end

---Makes contributions such that every function in them is guarded, so that nobody can forget it. Raises kind 'plugin' for a
---table with a metatable of the plugin.
---@param registry ifx.Registry
---@param entry ifx.plugin.Entry
---@param value any        what init.lua returned
---@param made table<table, boolean>  tables to which the plugin gave a metatable
---@return fun(sort: string): any  the contribution of that sort
function guard.wrapper(registry, entry, value, made)
  local seen = {}
  checked(entry, made, value)
  local function walk(v, times)
    if seen[v] ~= nil then return seen[v] end
    if type(v) == 'function' then
      seen[v] = function(...) return checked(entry, made, call(registry, entry, times, v, ...)) end
    elseif type(v) == 'table' then
      seen[v] = {}
      for key, item in next, v do seen[v][key] = walk(item, times) end
    else
      return v
    end
    return seen[v]
  end
  return function(sort) return walk(rawget(value, sort), LONG[sort] or 1) end
end

return guard
