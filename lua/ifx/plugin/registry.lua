-- registry.lua: what a registry is asked: which plugins there are, what they contribute. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local list = require 'ifx.list'

---@class ifx.Registry
local Registry = {}

---Every plugin that was found: { name, state, why, dir, source, manifest }.
---@return ifx.plugin.Entry[]
function Registry:list()
  return self.entries
end

-- A plugin of this program or of the user that is broken is never passed over in silence: its part of the answer
-- would be missing.
local function check_all(self)
  for _, entry in ipairs(self.entries) do
    if entry.state == 'broken' and entry.source ~= 'repository' then error(entry.error, 0) end
  end
end

local function unknown(self, name)
  local names = {}
  for _, entry in ipairs(self.entries) do names[#names + 1] = entry.name end
  local close = require 'ifx.suggest'(name, names)
  err.raise { kind = 'not_found', op = 'load a plugin', message = ("there is no plugin '%s'"):format(name),
    hint = close and ("did you mean '%s'?"):format(close) or '`ifx plugin list` shows what is there' }
end

local function usable(self, name)
  local entry = self.by_name[name] or unknown(self, name)
  if entry.state == 'broken' then error(entry.error, 0) end
  if entry.state == 'untrusted' then
    err.raise { kind = 'trust', op = 'load the plugin ' .. name, message = ('it is not trusted: %s'):format(entry.why),
      file = entry.manifest.file, hint = ('look at it, then: ifx trust %s'):format(entry.dir) }
  end
  return entry
end

---Runs the code of a plugin, once for each instance, after what it requires.
---@param name string
---@param instance string|nil  nil: the plugin as configured without an instance
---@return fun(sort: string): any  its contribution of a sort; what is asked for is held against its contract
---Raises 'not_found', 'trust', 'config', 'plugin', 'budget'.
function Registry:prepare(name, instance)
  local entry = usable(self, name)
  local key = instance and name .. '/' .. instance or name
  local known = self.instances[key]
  if known == false then -- only a plugin's own code can ask while it is being loaded
    err.raise { kind = 'plugin', op = 'load the plugin ' .. key, message = 'it uses itself while it is being loaded' }
  end
  if known then return known end
  self.instances[key] = false
  local ok, parts = pcall(require 'ifx.plugin.load', self, entry, instance)
  self.instances[key] = ok and parts or nil
  if not ok then error(parts, 0) end
  return parts
end

---All that a plugin contributes: { references = {…}, transform = {…}, operations = {…} }. Its functions run under the
---budget by themselves.
---@param name string
---@param instance string|nil
---@return table
---Raises what `prepare` raises, and 'plugin' when it broke one of its contracts.
function Registry:load(name, instance)
  local parts, out = self:prepare(name, instance), {}
  for _, sort in ipairs(list.keys(self.by_name[name].manifest.contributes)) do out[sort] = parts(sort) end
  return out
end

-- The plugins that contribute something of that sort, in order.
local function contributors(self, sort)
  local out = {}
  for _, entry in ipairs(self.ordered) do
    if entry.manifest.contributes[sort] then out[#out + 1] = entry end
  end
  return out
end

---All contributions of one sort, of all usable plugins in order.
---@param sort 'references'|'transform'|'operations'
---@return { plugin: string, name: string, value: any }[]  name: of the transform or operation; of a finder, its kinds
function Registry:contributions(sort)
  check_all(self)
  local contract = require('ifx.contract.' .. sort)
  local out = {}
  for _, entry in ipairs(contributors(self, sort)) do
    for _, item in ipairs(contract.items(self:prepare(entry.name)(sort))) do
      out[#out + 1] = { plugin = entry.name, name = item.name, value = item.value }
    end
  end
  return out
end

---How another thread gets the same contributions; nil for a registry that was made with a configuration of its own.
---@param sort 'references'|'transform'|'operations'
---@return { module: string, argument: table }?
function Registry:reload(sort)
  return not self.own_config and require('ifx.plugin.reload').token { dir = self.dir, sort = sort } or nil
end

local function owner_of(self, sort, name)
  for _, entry in ipairs(self.entries) do
    local names = self.by_name[entry.name] == entry and entry.manifest and entry.manifest.contributes[sort] or {}
    for _, known in ipairs(names) do
      if known == name then return entry end
    end
  end
end

---The operation type of that name.
---@param type_name string  'git.commit'
---@return table
---Raises 'not_found', naming the plugin that would bring it; whatever `load` raises.
function Registry:operation(type_name)
  local entry = owner_of(self, 'operations', type_name)
  if not entry then
    local plugin = type_name:match('^([^.]+)%.') or type_name
    err.raise { kind = 'not_found', op = 'find an operation',
      message = ('no plugin brings the operation %s'):format(type_name),
      hint = self.by_name[plugin] and ('the plugin %s is there, but does not list it'):format(plugin)
        or ('the plugin %s would bring it'):format(plugin) }
  end
  return self:prepare(entry.name) 'operations'[type_name]
end

---A transform, by plugin and name.
---@param name string  'kustomize.make_root'
---@return function
---Raises 'not_found'; whatever `load` raises.
function Registry:transform(name)
  local plugin, short = name:match('^([^.]+)%.(.+)$')
  if not plugin then
    err.raise { kind = 'argument', op = 'find a transform', message = ("'%s' is not PLUGIN.NAME"):format(name) }
  end
  local transform = (self:prepare(plugin) 'transform' or {})[short]
  if transform then return transform end
  local known = self.by_name[plugin].manifest.contributes.transform or {}
  err.raise { kind = 'not_found', op = 'find a transform',
    message = ("the plugin %s has no transform '%s'"):format(plugin, short),
    hint = #known > 0 and 'it has ' .. table.concat(known, ', ') or nil }
end

---Calls a function of a plugin under its budget; what it raises carries the plugin's name.
---@param name string
---@param f function
---@return any …
---Raises 'budget' when its running time is used up; 'plugin' for a bare value; else the same kind as was raised.
function Registry:guarded(name, f, ...)
  return require 'ifx.plugin.guard'.call(self, self.by_name[name] or unknown(self, name), f, ...)
end

---Version and hash of the files of a plugin, for a plan that says what it was made with.
---@param name string
---@return string  '0.1.0+3f2a91…'
function Registry:identity(name)
  local entry = usable(self, name)
  local snapshot = entry.snapshot or require 'ifx.plugin.trust'.snapshot(entry.dir)
  return ('%s+%s'):format(entry.manifest.version, snapshot.hash:sub(1, 16))
end

return Registry
