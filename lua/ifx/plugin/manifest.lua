-- manifest.lua: plugin.yaml, read and checked before any code of the plugin. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local list = require 'ifx.list'
local schema = require 'ifx.schema'
local suggest = require 'ifx.suggest'
local yaml = require 'yaml'

local manifest = {}

---The plugin API that this host speaks.
manifest.api = 1

---Every contribution there is a word for, and whether this version can use it.
manifest.contributions = {
  references = true, transform = true, operations = true, library = true, render = true, roots = true, remotes = true,
  entrypoints = true, hazards = true,
  emit = false, resources = false, gates = false, health = false, secrets = false, store = false,
  commands = false,
}

---A manifest is a page of text, not data: larger files are refused.
manifest.max_bytes = 64 * 1024

---@class ifx.Manifest
---@field name string
---@field version string
---@field api integer
---@field summary string
---@field requires string[]
---@field contributes table<string, string[]>  contribution to the names it brings
---@field grants { net: string[], exec: string[], read: string[], write: string[] }
---@field config table<string, ifx.Field>
---@field dir string|nil   the folder it was read from
---@field file string|nil

local function name_rule(name)
  if not name:find('^[a-z][a-z0-9-]*$') or #name > 64 then
    return 'must be lower-case letters, digits and -, beginning with a letter'
  end
end

local function version_rule(version)
  local rest = version:match('^%d+%.%d+%.%d+(.*)$')
  local leading_zero = version:find('^0%d') or version:find('%.0%d+%.') or version:match('^%d+%.%d+%.(0%d)')
  local pre, build = (rest or ''):match('^(%-?[%w.-]*)(%+?[%w.-]*)$')
  local good = rest and not leading_zero and pre and (pre == '' or pre:find('^%-%w')) and (build == '' or build:find('^%+%w'))
  if not good then return 'must be a semantic version such as 1.2.3 or 1.0.0-rc.1' end
end

local function contributed_rule(name)
  if not name:find('^[%a][%w_.-]*$') then return 'must be a name: letters, digits, _ . and -' end
end

local function program_rule(program)
  if program == '' or program:find('[%z%s]') then return 'must be the name of a program, or its absolute path' end
  if program:find('/', 1, true) and not program:find('^/') then
    return 'a relative path would depend on where ifx runs: give a name that PATH knows, or an absolute path'
  end
end

local function path_rule(path)
  if path == '' or path:find('%z') then return 'must be a path' end
  if path:find('[%*%?%[]') then return 'a grant names a file or a folder with all it holds; wildcards have no meaning here' end
  for step in path:gmatch('[^/]+') do
    if step == '..' then return 'must not climb with ..' end
  end
end

local grant_list = function(doc, rule)
  return { type = 'list', doc = doc, items = { type = 'string', check = rule } }
end

---The fields of plugin.yaml.
manifest.fields = {
  name = { type = 'string', required = true, check = name_rule, doc = 'name of the plugin and of its folder' },
  version = { type = 'string', required = true, check = version_rule, doc = 'semantic version' },
  api = { type = 'integer', required = true, min = 1, doc = 'plugin API it is written for' },
  summary = { type = 'string', required = true, min = 1, max = 200, doc = 'what it does, in one line' },
  requires = { type = 'list', items = { type = 'string', check = name_rule }, default = {},
    doc = 'names of plugins that must be loaded before' },
  contributes = { type = 'map', required = true, doc = 'what it brings: contribution to the list of its names',
    values = { type = 'list', min = 1, items = { type = 'string', check = contributed_rule } } },
  grants = { type = 'map', default = {}, doc = 'what its code may reach', fields = {
    net = { type = 'string[]', doc = 'URLs it may talk to' },
    exec = grant_list('programs it may run', program_rule),
    read = grant_list('files and folders it may read', path_rule),
    write = grant_list('files and folders it may write', path_rule),
  } },
  config = { type = 'map', default = {}, doc = 'its configuration: name to field' },
}

local function refuse(where, path, key, message, hint)
  local place = where(path, key)
  err.raise { kind = 'config', op = 'read plugin.yaml', message = message, hint = hint,
    file = place.file, line = place.line, column = place.column }
end

local function check_api(out, where)
  if out.api <= manifest.api then return end
  refuse(where, { 'api' }, false,
    ('api: the plugin is written for plugin API %d, this ifx speaks %d'):format(out.api, manifest.api),
    'a newer ifx is needed, or an older version of the plugin')
end

local function check_contribution(name, where)
  local usable = manifest.contributions[name]
  if usable then return end
  if usable == false then
    refuse(where, { 'contributes', name }, true, ('contributes.%s: not in this version of ifx'):format(name))
  end
  local known = list.keys(manifest.contributions)
  local close = suggest(name, known)
  refuse(where, { 'contributes', name }, true, ('contributes.%s: there is no such contribution'):format(name),
    close and ('did you mean %s?'):format(close) or 'they are ' .. table.concat(known, ', '))
end

local function check_contributes(out, where)
  if next(out.contributes) == nil then
    refuse(where, { 'contributes' }, false, 'contributes: must name at least one thing')
  end
  for _, name in ipairs(list.keys(out.contributes)) do
    check_contribution(name, where)
    local seen = {}
    for i, item in ipairs(out.contributes[name]) do
      if seen[item] then
        refuse(where, { 'contributes', name, i }, false, ('contributes.%s: %s stands twice'):format(name, item))
      end
      seen[item] = true
    end
  end
end

-- `{config.url}` in a grant stands for what the instance is configured with.
local function check_templates(out, where)
  for _, grant in ipairs(list.keys(out.grants)) do
    for i, text in ipairs(out.grants[grant]) do
      for field in text:gmatch('{config%.([%w_]+)}') do
        if not out.config[field] then
          refuse(where, { 'grants', grant, i }, false, ('grants.%s[%d]: config has no field %s'):format(grant, i, field))
        end
      end
    end
  end
end

---Checks the text of a manifest. Runs nothing and opens nothing.
---@param text string
---@param options { file: string, name: string|nil }  name: of the folder, which the plugin's must equal
---@return ifx.Manifest
---Raises kind 'parse' or 'config' with file, line and column.
function manifest.parse(text, options)
  local file = options.file
  local document = yaml.document(text, { file = file, schema = 'core' })
  local where = schema.places(document, file)
  if #document ~= 1 then
    refuse(where, {}, false, 'must hold one YAML document')
  end
  local out = schema.check(manifest.fields, document:value(1), { op = 'read plugin.yaml', where = where })
  if options.name and out.name ~= options.name then
    refuse(where, { 'name' }, false, ("name: must equal the folder's name, %s, not %s"):format(options.name, out.name))
  end
  check_api(out, where)
  out.config = schema.check_schema(out.config, { op = 'read plugin.yaml', where = where }, { 'config' })
  check_contributes(out, where)
  for _, grant in ipairs { 'net', 'exec', 'read', 'write' } do out.grants[grant] = out.grants[grant] or {} end
  check_templates(out, where)
  out.file = file
  return out
end

---Reads and checks `dir/plugin.yaml`.
---@param dir string
---@return ifx.Manifest|nil  nil when the folder holds no manifest
function manifest.find(dir)
  local fs = require 'fs'
  local file = fs.join(dir, 'plugin.yaml')
  local text = fs.try_read(file, { max = manifest.max_bytes })
  if not text then return nil end
  local out = manifest.parse(text, { file = file, name = fs.basename(dir) })
  out.dir = dir
  return out
end

---The grants of a manifest, one line each, for people.
---@param m ifx.Manifest
---@return string[]
function manifest.describe_grants(m)
  local lines = {}
  local function add(what, names)
    if #names > 0 then lines[#lines + 1] = what .. ' ' .. table.concat(names, ', ') end
  end
  add('runs', m.grants.exec)
  add('reads', m.grants.read)
  add('writes', m.grants.write)
  add('talks to', m.grants.net)
  add('uses, with what they may reach, the plugins', m.requires)
  local variables = {}
  for _, field in pairs(m.config) do variables[#variables + 1] = field.env end
  table.sort(variables)
  add('takes from the environment', variables)
  if #lines == 0 then lines[1] = 'reaches nothing outside ifx' end
  return lines
end

return manifest
