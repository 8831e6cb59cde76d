-- config.lua: ifx.yaml of a repository and config.yaml of the user. SPDX-License-Identifier: Apache-2.0
local dirs = require 'ifx.dirs'
local err = require 'err'
local fs = require 'fs'

local config = {}

local INSTANCE = { type = 'map', doc = 'values of the fields that the manifest of the plugin describes' }

local PLUGIN = { type = 'map', fields = {
  config = { type = 'map', doc = 'configuration of the plugin when no instance is named' },
  instances = { type = 'map', values = INSTANCE, doc = 'name of an instance to its configuration' },
} }

---The fields of a repository's `ifx.yaml`.
config.repository_fields = {
  plugins = { type = 'map', values = PLUGIN, default = {}, doc = 'name of a plugin to its configuration' },
}

---The fields of `$XDG_CONFIG_HOME/ifx/config.yaml`, which may also say what plugins may use up.
config.user_fields = {
  plugins = config.repository_fields.plugins,
  limits = { type = 'map', default = {}, doc = 'what plugins may use up', fields = {
    seconds = { type = 'duration', default = 10, min = 0.1, doc = 'running time of one call of plugin code' },
    memory = { type = 'integer', min = 16, doc = 'MiB that all Lua code together may hold' },
  } },
}

---@class ifx.config.Source
---@field file string
---@field base string     folder that paths in it are taken from
---@field plugins table
---@field where fun(path: any[], key: boolean): table

---@class ifx.Config
---@field sources ifx.config.Source[]  the user's first: it wins
---@field untrusted string|nil         the repository's ifx.yaml, when it is there and not trusted
---@field limits { seconds: number, memory: integer|nil }
local Config = {}
Config.__index = Config

local function parse(bytes, file, fields)
  local schema = require 'ifx.schema'
  local document = require 'yaml'.document(bytes, { file = file, schema = 'core' })
  local where = schema.places(document, file)
  local value = schema.check(fields, document:value(1), { op = 'read ' .. fs.basename(file), where = where })
  return value, { file = file, base = fs.dirname(file), plugins = value.plugins, where = where }
end

---Checks the text of an `ifx.yaml`.
---@param bytes string
---@param file string
---@return table value
---@return ifx.config.Source
---Raises kind 'parse' or 'config' with file, line and column.
function config.parse_repository(bytes, file) return parse(bytes, file, config.repository_fields) end

-- An address from a stranger's file beside a secret from the user's would send the secret there: all of the
-- file counts only once it is trusted; until then a mistake in it stops nobody.
local function repository_source(self, dir)
  local file = fs.join(dir, 'ifx.yaml')
  local stat = fs.stat(file)
  if not stat or stat.type ~= 'file' then return end
  local trust = require 'ifx.plugin.trust'
  local snap = trust.snapshot(file)
  if not trust.check(snap) then
    self.untrusted = file
    return
  end
  local _, source = config.parse_repository(snap.bytes[''], file)
  self.sources[#self.sources + 1] = source
end

---Reads the user's configuration and that of the repository at `dir`.
---@param dir string|nil
---@return ifx.Config
---Raises kind 'parse' or 'config' with file, line and column.
function config.load(dir)
  local self = setmetatable({ sources = {}, limits = { seconds = config.user_fields.limits.fields.seconds.default } }, Config)
  local file = fs.join(dirs.config(), 'config.yaml')
  local bytes = fs.try_read(file)
  if bytes then
    local value, source = parse(bytes, file, config.user_fields)
    self.sources[1] = source
    self.limits = value.limits
  end
  if dir then repository_source(self, dir) end
  return self
end

---The names of the instances that are configured for a plugin, sorted.
---@param plugin string
---@return string[]
function Config:instances(plugin)
  local names, seen = {}, {}
  for _, source in ipairs(self.sources) do
    for name in pairs((source.plugins[plugin] or {}).instances or {}) do
      if not seen[name] then names[#names + 1], seen[name] = name, true end
    end
  end
  table.sort(names)
  return names
end

local function section(source, plugin, instance)
  local of = source.plugins[plugin]
  if not of then return nil end
  if instance then return of.instances and of.instances[instance], { 'plugins', plugin, 'instances', instance } end
  return of.config, { 'plugins', plugin, 'config' }
end

local function variable_names(plugin, instance, field, described)
  local function upper(...) return (table.concat({ 'IFX', ... }, '_'):upper():gsub('[^A-Z0-9_]', '_')) end
  local names = { upper(plugin, field) }
  if instance then table.insert(names, 1, upper(plugin, instance, field)) end
  names[#names + 1] = described.env
  return names
end

-- Environment variables fill what no file says: IFX_PLUGIN_INSTANCE_FIELD, IFX_PLUGIN_FIELD, then the manifest's `env`.
local function from_environment(manifest, instance, name, field)
  for _, variable in ipairs(variable_names(manifest.name, instance, name, field)) do
    local text = fs.env(variable)
    if text and text ~= '' then
      if field.type == 'secret' then return { env = variable } end
      return require 'ifx.schema'.from_text(field, text, variable, { kind = 'config', op = 'configure ' .. manifest.name })
    end
  end
end

local function unknown_instance(self, manifest, instance)
  local known = self:instances(manifest.name)
  local close = require 'ifx.suggest'(instance, known)
  err.raise { kind = self.untrusted and 'trust' or 'not_found', op = 'configure ' .. manifest.name,
    message = ("no instance '%s' of the plugin %s is configured"):format(instance, manifest.name),
    hint = self.untrusted and ('%s is not trusted and so not used: ifx trust %s'):format(self.untrusted, self.untrusted)
      or close and ("did you mean '%s'?"):format(close)
      or ('configured are: %s'):format(#known > 0 and table.concat(known, ', ') or 'none') }
end

-- The values of one instance, the user's before the repository's, each checked where it stands.
local function merge(self, manifest, instance)
  local values, bases, found = {}, {}, false
  for _, source in ipairs(self.sources) do
    local given, path = section(source, manifest.name, instance)
    if given then
      found = true
      for name, value in pairs(given) do
        if values[name] == nil then values[name], bases[name] = value, { source = source, path = path } end
      end
    end
  end
  return values, bases, found
end

---The configuration of an instance of a plugin: defaults and environment filled in, secrets as objects.
---@param manifest ifx.Manifest
---@param instance string|nil  nil: the plugin itself
---@return table
---Raises kind 'config' at the place of the value; 'not_found' for an instance that nobody configured.
function Config:resolve(manifest, instance)
  local values, bases, found = merge(self, manifest, instance)
  if instance and not found then unknown_instance(self, manifest, instance) end
  if next(manifest.config) == nil and next(values) == nil then return {} end -- of most plugins
  for name, field in pairs(manifest.config) do
    if values[name] == nil then values[name] = from_environment(manifest, instance, name, field) end
  end
  local out = require 'ifx.schema'.check(manifest.config, values, {
    op = ('configure %s%s'):format(manifest.name, instance and '/' .. instance or ''),
    where = function(path, key)
      local at = bases[path[1]]
      if not at then return {} end
      return at.source.where(table.move(path, 1, #path, #at.path + 1, table.move(at.path, 1, #at.path, 1, {})), key)
    end,
    hint = next(manifest.config) and ('see `ifx plugin info %s`'):format(manifest.name) or nil,
  })
  local secret = require 'ifx.secret'
  for name, field in pairs(manifest.config) do
    if field.type == 'secret' and out[name] then
      out[name] = secret.new(out[name], bases[name] and bases[name].source.base or fs.cwd())
    end
  end
  return out
end

return config
