-- facts.lua: makes plugins/kustomize/facts of tables taken from kustomize (NOTICE). SPDX-License-Identifier: Apache-2.0
local folder = assert(arg[1], 'usage: lua5.4 scripts/facts.lua FOLDER (with kustomize-*.tsv)')
local out = 'plugins/kustomize/facts/'

local function split(line)
  local cells = {}
  for cell in (line .. '\t'):gmatch('([^\t]*)\t') do
    cells[#cells + 1] = cell
  end
  return cells
end

-- The rows of a table, which begins with comments.
local function rows(name)
  local found = {}
  for line in io.lines(folder .. '/' .. name) do
    if not line:find('^#') then
      found[#found + 1] = split(line)
    end
  end
  return found
end

local function write(name, purpose, body)
  local file <close> = assert(io.open(out .. name .. '.lua', 'w'))
  file:write(('-- %s.lua: %s (scripts/facts.lua). SPDX-License-Identifier: Apache-2.0\nreturn {\n%s}\n')
    :format(name, purpose, body))
end

local function word(s)
  return ("'%s'"):format((s:gsub('\\', '\\\\')))
end

local function key(s)
  return s:find('^[%a_][%w_]*$') and s or ('[%s]'):format(word(s))
end

-- The values of a list by what `name` says of them: names in the order of their first, lists.
local function grouped(list, name)
  local names, by = {}, {}
  for _, item in ipairs(list) do
    local n = name(item)
    if not by[n] then
      names[#names + 1], by[n] = n, {}
    end
    table.insert(by[n], item)
  end
  return names, by
end

-- Facts that are looked up by kind are lines of a text, KIND|…, for a table of so many costs more to make than a build.
local function line(...)
  local cells = { ... }
  for _, cell in ipairs(cells) do
    assert(not cell:find '[|\n]' and not cell:find(']]', 1, true), cell)
  end
  return table.concat(cells, '|') .. '\n'
end

local function text(lines)
  return ('[[\n\n%s]]'):format(table.concat(lines))
end

local function write_text(name, purpose, lines)
  local file <close> = assert(io.open(out .. name .. '.lua', 'w'))
  file:write(('-- %s.lua: %s (scripts/facts.lua). SPDX-License-Identifier: Apache-2.0\nreturn %s\n')
    :format(name, purpose, text(lines)))
end

local REFERENCES = 'nameReference'

local function references(list)
  local names, by = grouped(list, function(cells) return cells[2] end)
  local lines = {}
  for _, name in ipairs(names) do
    local group, version, kind = name:match('^(.-)|(.-)|(.*)$')
    for _, cells in ipairs(by[name]) do
      lines[#lines + 1] = line(cells[5], cells[3], cells[4], table.concat({ group, version, kind }, ','), cells[6])
    end
  end
  write_text('references', 'KIND|GROUP|VERSION|TARGET|PATH: fields with names of objects', lines)
end

local function fieldspecs()
  local names, by = grouped(rows 'kustomize-fieldspecs.tsv', function(cells) return cells[1] end)
  table.sort(names)
  references(by[REFERENCES])
  local blocks = {}
  for _, name in ipairs(names) do
    local lines = {}
    for i, cells in ipairs(by[name]) do
      lines[i] = line(cells[5], cells[3], cells[4], cells[6], cells[7] == 'true' and 'create' or '')
    end
    if name ~= REFERENCES then
      blocks[#blocks + 1] = ('  %s = %s,\n'):format(name, text(lines))
    end
  end
  write('fieldspecs', 'KIND|GROUP|VERSION|PATH|: fields that transformers look at', table.concat(blocks))
end

local function scopes()
  local names, by = grouped(rows 'kustomize-cluster-scoped.tsv', function(cells) return cells[2] end)
  table.sort(names)
  local lines = {}
  for _, kind in ipairs(names) do
    for _, cells in ipairs(by[kind]) do
      lines[#lines + 1] = line(kind, cells[1])
    end
  end
  write_text('scopes', 'KIND|API_VERSION: kinds without a namespace', lines)
end

-- ---- the lists that merge: types of values, of which equal ones are written once ----

-- The type that stands below `type` where the steps of a path lead: names, `[]` for items.
local function descend(type, path)
  for step in path:gmatch '[^%.]+' do
    local name, items = step:match '^([^%[]+)(%[?%]?)$'
    type.fields = type.fields or {}
    type.fields[name] = type.fields[name] or {}
    type = type.fields[name]
    if items ~= '' then
      type.items = type.items or {}
      type = type.items
    end
  end
  return type
end

local function sorted_names(map)
  local names = {}
  for name in pairs(map or {}) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

-- Lists without a key merge by their items themselves.
local function keys_text(names)
  return ('keys = { %s }'):format((word(names):gsub(',', "', '")))
end

-- Types by their text, and in the order in which they are first met.
local names, types = {}, {}

local function add_type(text)
  if not names[text] then
    types[#types + 1] = ('  t%d = %s,\n'):format(#types + 1, text)
    names[text] = word('t' .. #types)
  end
  return names[text]
end

local function type_text(type)
  local parts = {}
  if type.keys then
    parts[#parts + 1] = keys_text(type.keys)
  end
  if type.items then
    parts[#parts + 1] = 'items = ' .. type_text(type.items)
  end
  local fields = {}
  for _, field in ipairs(sorted_names(type.fields)) do
    fields[#fields + 1] = ('%s = %s'):format(key(field), type_text(type.fields[field]))
  end
  if #fields > 0 then
    parts[#parts + 1] = ('fields = { %s }'):format(table.concat(fields, ', '))
  end
  return add_type(('{ %s }'):format(table.concat(parts, ', ')))
end

-- Definitions that schemas of other kinds refer to, by a place where they stand.
local DEFINITIONS = {
  { 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', 'apps/v1', 'Deployment', 'metadata' },
  { 'io.k8s.api.core.v1.PodTemplateSpec', 'apps/v1', 'Deployment', 'spec.template' },
  { 'io.k8s.api.core.v1.PodSpec', 'apps/v1', 'Deployment', 'spec.template.spec' },
  { 'io.k8s.api.core.v1.Container', 'apps/v1', 'Deployment', 'spec.template.spec.containers[]' },
  { 'io.k8s.api.core.v1.EphemeralContainer', 'apps/v1', 'Deployment', 'spec.template.spec.ephemeralContainers[]' },
  { 'io.k8s.api.core.v1.Volume', 'apps/v1', 'Deployment', 'spec.template.spec.volumes[]' },
  { 'io.k8s.api.core.v1.ServiceSpec', 'v1', 'Service', 'spec' },
  { 'io.k8s.api.core.v1.PersistentVolumeClaim', 'v1', 'PersistentVolumeClaim', '' },
  { 'io.k8s.api.apps.v1.DeploymentSpec', 'apps/v1', 'Deployment', 'spec' },
  { 'io.k8s.api.apps.v1.StatefulSetSpec', 'apps/v1', 'StatefulSet', 'spec' },
  { 'io.k8s.api.apps.v1.DaemonSetSpec', 'apps/v1', 'DaemonSet', 'spec' },
  { 'io.k8s.api.batch.v1.JobSpec', 'batch/v1', 'Job', 'spec' },
  { 'io.k8s.api.batch.v1.JobTemplateSpec', 'batch/v1', 'CronJob', 'spec.jobTemplate' },
}

-- Of lists of objects, which are taken apart before anything merges, the items count: they have the
-- status, which the rows of the objects themselves leave out.
local function of_item(kind, path)
  local item = path:match '^items%[%]%.(.*)$'
  if item and kind:find 'List$' then
    return kind:sub(1, -5), item
  end
  return kind, path
end

local function merge_keys()
  local versions, by = grouped(rows 'kustomize-smp-merge-keys.tsv', function(cells) return cells[1] end)
  local objects, definitions, all = {}, {}, {}
  for _, version in ipairs(versions) do
    local kinds = {}
    all[version] = kinds
    for _, cells in ipairs(by[version]) do
      local kind, path = of_item(cells[2], cells[3])
      kinds[kind] = kinds[kind] or {}
      descend(kinds[kind], path).keys = cells[5]
    end
    local parts = {}
    for i, kind in ipairs(sorted_names(kinds)) do
      parts[i] = ('    %s = %s,\n'):format(key(kind), type_text(kinds[kind]))
    end
    objects[#objects + 1] = ('  %s = {\n%s  },\n'):format(key(version), table.concat(parts))
  end
  for i, place in ipairs(DEFINITIONS) do
    local type = descend(all[place[2]][place[3]], place[4])
    definitions[i] = ('  %s = %s,\n'):format(key(place[1]), type_text(type))
  end
  write('merge_keys', 'lists that merge, by which keys, in which kinds',
    ('types = {\n%s},\nobjects = {\n%s},\ndefinitions = {\n%s},\n'):format(table.concat(types),
      table.concat(objects), table.concat(definitions)))
end

fieldspecs()
scopes()
merge_keys()
