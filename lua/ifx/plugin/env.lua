-- env.lua: everything that the code of a plugin can name. SPDX-License-Identifier: Apache-2.0
local copy = require 'ifx.plugin.copy'
local host = require 'host'

local env = {}

---What an environment is built from.
---@class ifx.plugin.EnvSpec
---@field plugin string
---@field recipe boolean|nil  it may require what recipes may
---@field chunk fun(path: string, env: table): function|nil  a file of the plugin's folder as a function with these globals
---@field config table
---@field reach ifx.plugin.Reach
---@field log { info: function, warn: function }
---@field use fun(name: string, instance: string|nil): table

local function pick(from, names)
  local out = {}
  for name in names:gmatch('%S+') do out[name] = from[name] end
  return out
end

local function base(spec)
  return {
    assert = assert, error = error, ipairs = ipairs, next = next, pairs = pairs,
    select = select, tonumber = tonumber, tostring = tostring, type = type,
    rawequal = rawequal, rawlen = rawlen, rawget = rawget, rawset = rawset,
    log = spec.log, config = spec.config,
  }
end

-- The rest is opened when the code names it: most plugins use two or three of these.
local library = {
  yaml = 'yaml', json = 'json', regex = 'regex', hcl = 'hcl', node = 'node', subst = 'subst', err = 'err', task = 'task',
  list = 'ifx.list', path = 'ifx.path', text = 'ifx.text',
}
local standard = { string = string, table = table, math = math, utf8 = utf8 }
local language = { pcall = true, xpcall = true, setmetatable = true, getmetatable = true, print = true }
local granted = { hash = true, fs = true, proc = true }

local function opener(spec, made)
  local functions
  return function(sandbox, name)
    if library[name] then
      return copy(require(library[name]))
    elseif standard[name] then
      return copy(standard[name])
    elseif language[name] then
      functions = functions or require 'ifx.plugin.language'(spec.log, made)
      return functions[name]
    elseif granted[name] then
      return require 'ifx.plugin.grants'[name](spec.reach)
    elseif name == 'require' then
      return require 'ifx.plugin.modules'.requirer(spec, sandbox)
    elseif name == 'coroutine' then
      return pick(coroutine, 'create wrap resume yield status isyieldable')
    elseif name == 'ifx' then
      local out = pick(require 'ifx', 'null list is_list ordered keys version')
      out.use = spec.use
      return out
    end
  end
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
  local open, opened = opener(spec, made), {}
  return setmetatable(base(spec), {
    __metatable = false,
    __index = function(self, name)
      if opened[name] then return nil end -- the code has set it to nil
      local value = open(self, name)
      rawset(self, name, value)
      opened[name] = value ~= nil
      return value
    end,
  }), made
end

return env
