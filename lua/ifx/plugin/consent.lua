-- consent.lua: what of a repository can be trusted, and what that would allow. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local list = require 'ifx.list'
local manifest = require 'ifx.plugin.manifest'
local search = require 'ifx.plugin.search'
local trust = require 'ifx.plugin.trust'

local consent = {}

---@class ifx.trust.Item
---@field kind 'plugin'|'recipe'|'configuration'
---@field name string
---@field path string
---@field grants string[]  what trusting it allows, one line each
---@field snapshot ifx.trust.Snapshot
---@field trusted boolean
---@field why string|nil   why it is not trusted now

local function item(kind, name, snapshot, grants)
  local trusted, why = trust.check(snapshot)
  return { kind = kind, name = name, path = snapshot.path, snapshot = snapshot, grants = grants, trusted = trusted, why = why }
end

---A repository's plugin.
---@param entry ifx.plugin.Entry
---@return ifx.trust.Item
---Raises what makes it broken.
function consent.of_entry(entry)
  if entry.state == 'broken' then error(entry.error, 0) end
  return item('plugin', entry.name, entry.snapshot, manifest.describe_grants(entry.manifest))
end

local function of_recipe(path)
  return item('recipe', fs.basename(path):gsub('%.lua$', ''), trust.snapshot(path),
    { 'plans with every plugin that is usable here, and may read any file; what it plans is shown before it is applied' })
end

local DESCRIBE = {
  command = function(argv) return type(argv) == 'table' and 'runs ' .. table.concat(list.map(argv, tostring), ' ') end,
  file = function(file, parent)
    return type(file) == 'string' and (parent == 'sops' and 'decrypts with sops ' or 'reads the secret in ') .. file
  end,
  env = function(name) return type(name) == 'string' and 'takes from the environment $' .. name end,
}

-- By what the values are, not by how they are written: an alias hides nothing.
local function describe_values(value, parent, lines)
  for _, key in ipairs(list.keys(value)) do
    local inner = value[key]
    local line = DESCRIBE[key] and DESCRIBE[key](inner, parent)
    if line then lines[#lines + 1] = line end
    if type(inner) == 'table' then describe_values(inner, key, lines) end
  end
end

-- Where the secrets of a configuration come from: reading one may run a program.
local function describe_configuration(snapshot)
  local lines = {}
  local value = require 'ifx.config'.parse_repository(snapshot.bytes[''], snapshot.path)
  describe_values(value, nil, lines)
  if #lines == 0 then lines[1] = 'configures plugins; names no secret and no program' end
  return lines
end

local function of_configuration(path)
  local snapshot = trust.snapshot(path)
  return item('configuration', 'ifx.yaml', snapshot, describe_configuration(snapshot))
end

local function of_repository(dir)
  local items = {}
  for _, entry in ipairs((search.run(dir))) do
    if entry.source == 'repository' then items[#items + 1] = consent.of_entry(entry) end
  end
  local recipes = fs.join(dir, 'recipes')
  local installed = fs.realpath(recipes) == fs.realpath(fs.join(require 'host'.dir, 'recipes')) -- a checkout of ifx
  for _, file in ipairs(not installed and fs.stat(recipes) and fs.list(recipes) or {}) do
    if file.name:find('%.lua$') then items[#items + 1] = of_recipe(fs.join(recipes, file.name)) end
  end
  if fs.stat(fs.join(dir, 'ifx.yaml')) then items[#items + 1] = of_configuration(fs.join(dir, 'ifx.yaml')) end
  return items
end

local function of_plugin_folder(dir)
  for _, entry in ipairs((search.run(fs.dirname(fs.dirname(dir))))) do
    if fs.realpath(entry.dir) == dir then return { consent.of_entry(entry) } end
  end
  err.raise { kind = 'unsupported', op = 'trust ' .. dir,
    message = 'a plugin is trusted where it is used: in the folder plugins/ of a repository' }
end

---What there is to trust at a path: a repository, the folder of a plugin, a recipe, an ifx.yaml.
---@param path string
---@return ifx.trust.Item[]
---Raises 'not_found'; 'trust' and 'config' for what cannot be trusted.
function consent.at(path)
  local real = fs.realpath(path)
  if not real then err.raise { kind = 'not_found', op = 'trust', message = 'no such file or folder: ' .. path } end
  if fs.stat(real).type == 'dir' then
    return fs.stat(fs.join(real, 'plugin.yaml')) and of_plugin_folder(real) or of_repository(real)
  end
  if fs.basename(real) == 'ifx.yaml' then return { of_configuration(real) } end
  if real:find('%.lua$') then return { of_recipe(real) } end
  err.raise { kind = 'unsupported', op = 'trust ' .. path, message = 'neither a plugin, nor a recipe, nor an ifx.yaml' }
end

return consent
