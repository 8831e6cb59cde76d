-- load.lua: one instance of a plugin: configuration, environment, code, contract. SPDX-License-Identifier: Apache-2.0
local env = require 'ifx.plugin.env'
local err = require 'err'
local fs = require 'fs'
local guard = require 'ifx.plugin.guard'
local host = require 'host'
local share = require 'ifx.plugin.share'

-- Its files as functions: of a repository's plugin the bytes that were hashed, of this program's what was compiled ahead.
local function chunks(entry, prefix)
  if entry.snapshot then
    return env.text(function(path) return entry.snapshot.bytes[path] end, prefix)
  end
  local text = env.text(function(path) return fs.try_read(fs.join(entry.dir, path)) end, prefix)
  if entry.source ~= 'installed' then return text end
  return function(path, sandbox)
    return host.own_chunk(fs.join(entry.dir, path), prefix .. path, sandbox) or text(path, sandbox)
  end
end

local function fill(template, config)
  return (template:gsub('{config%.([%w_]+)}', function(name) return tostring(config[name] or '') end))
end

local function reach(registry, entry, config)
  local out = { plugin = entry.name, base = registry.base }
  for _, grant in ipairs { 'read', 'write', 'exec' } do
    out[grant] = {}
    for _, template in ipairs(entry.manifest.grants[grant]) do
      local filled = fill(template, config)
      if filled ~= '' then table.insert(out[grant], filled) end
    end
  end
  return out
end

local function user(registry, entry)
  return function(name, instance)
    for _, required in ipairs(entry.manifest.requires) do
      if required == name then return share(registry:load(name, instance)) end
    end
    err.raise { kind = 'grant', op = 'plugin ' .. entry.name,
      message = ('it uses %s without requiring it'):format(tostring(name)),
      hint = ('requires: [%s] in its plugin.yaml'):format(tostring(name)) }
  end
end

local function prefixed(log, name)
  return {
    info = function(text) log.info(('%s: %s'):format(name, tostring(text))) end,
    warn = function(text) log.warn(('%s: %s'):format(name, tostring(text))) end,
  }
end

local function breaker(entry)
  return function(message, hint)
    err.raise { kind = 'plugin', op = 'plugin ' .. entry.name, message = message, file = entry.manifest.file, hint = hint }
  end
end

local function check_sorts(declared, value, broken)
  if type(value) ~= 'table' then broken(('init.lua must return a table of contributions, not %s'):format(type(value))) end
  for sort in pairs(value) do
    if not declared[sort] then broken(('init.lua returns %s, which plugin.yaml does not list'):format(tostring(sort))) end
  end
  for sort in pairs(declared) do
    if value[sort] == nil then broken(('plugin.yaml lists %s, which init.lua does not return'):format(sort)) end
  end
end

-- Each is guarded, and held against the manifest, when it is first asked for: a command needs one or two of them.
local function parts(registry, entry, value, made)
  local declared, broken, known = entry.manifest.contributes, breaker(entry), {}
  local guarded = guard.wrapper(registry, entry, value, made)
  check_sorts(declared, value, broken)
  return function(sort)
    if known[sort] == nil and declared[sort] then
      local part = guarded(sort)
      require('ifx.contract.' .. sort).check(part, declared[sort], broken)
      known[sort] = part
    end
    return known[sort]
  end
end

---Loads an instance of a plugin under its budget.
---@param registry ifx.Registry
---@param entry ifx.plugin.Entry
---@param instance string|nil
---@return fun(sort: string): any  the contribution of a sort, nil for one that the manifest does not list; raises kind
---'plugin' for one that breaks its contract
return function(registry, entry, instance)
  for _, required in ipairs(entry.manifest.requires) do registry:prepare(required) end
  local config = registry.config:resolve(entry.manifest, instance)
  local chunk = chunks(entry, ('plugins/%s/'):format(entry.name))
  local sandbox, made = env.build {
    plugin = entry.name, chunk = chunk, config = config, reach = reach(registry, entry, config),
    log = prefixed(registry.log, entry.name), use = user(registry, entry),
  }
  local found, value = guard.call(registry, entry, function()
    local init = chunk('init.lua', sandbox)
    if init then return true, init() end
  end)
  if not found then
    err.raise { kind = 'plugin', op = 'load the plugin ' .. entry.name, message = 'it has no init.lua',
      file = entry.manifest.file }
  end
  return parts(registry, entry, value, made)
end
