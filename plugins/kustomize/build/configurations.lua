-- configurations.lua: field specs that a kustomization adds, by its configurations and crds. SPDX-License-Identifier: Apache-2.0
local FIELDS = require './build/fields'
local kinds = require './build/kinds'
local shape = require './build/shape'

local DEFAULTS = require './build/specs'.defaults

local M = {}

local SPECS = FIELDS.fields.labels.list.fields.fields -- a list of field specs
local GVK = { group = 'string', version = 'string', kind = 'string' }

local function reference()
  local fields = { fieldSpecs = SPECS }
  for name, of in pairs(GVK) do fields[name] = of end
  return { list = { name = 'NameBackReferences', fields = fields } }
end

local TABLES = { 'namePrefix', 'nameSuffix', 'namespace', 'commonLabels', 'labels', 'templateLabels', 'commonAnnotations',
  'varReference', 'images', 'replicas' }
local TRANSFORMER_CONFIG = { name = 'TransformerConfig', fields = { nameReference = reference() } }
for _, name in ipairs(TABLES) do TRANSFORMER_CONFIG.fields[name] = SPECS end

-- ---- merging ----

local function covers(known, new)
  for name in pairs(GVK) do
    if (new[name] or '') ~= '' and new[name] ~= known[name] then return false end
  end
  return known.path == new.path
end

local function add_spec(specs, new, name)
  for _, known in ipairs(specs) do
    if covers(known, new) then
      if (known.create or false) ~= (new.create or false) then
        err.raise { kind = 'conflict', message = ('failed to merge %s: conflicting fieldspecs'):format(name),
          hint = ('%s is there with create: %s'):format(known.path, known.create or false) }
      end
      return
    end
  end
  specs[#specs + 1] = new
end

local function with_specs(old, new, name)
  if not new or #new == 0 then return old end
  local out = table.move(old or {}, 1, #(old or {}), 1, {})
  for _, spec in ipairs(new) do add_spec(out, spec, name) end
  return out
end

---Lists of field specs as one. What one of them says counts for those that it covers. Raises 'conflict'.
---@param lists kustomize.FieldSpec[][]
---@param name string  of what is joined
---@return kustomize.FieldSpec[]
function M.joined(lists, name)
  local out = {}
  for _, specs in ipairs(lists) do
    for _, spec in ipairs(specs) do add_spec(out, spec, name) end
  end
  return out
end

local function same_gvk(a, b)
  for name in pairs(GVK) do
    if (a[name] or '') ~= (b[name] or '') then return false end
  end
  return true
end

local function with_references(old, new)
  if not new or #new == 0 then return old end
  local out = table.move(old, 1, #old, 1, {})
  for _, entry in ipairs(new) do
    local found
    for i, known in ipairs(out) do
      if same_gvk(known, entry) then
        found = true
        out[i] = { group = known.group, version = known.version, kind = known.kind,
          fieldSpecs = with_specs(known.fieldSpecs, entry.fieldSpecs, 'NameReference fieldSpec') }
      end
    end
    if not found then out[#out + 1] = entry end
  end
  return out
end

---Both together; neither is changed. Raises 'conflict' where they say different things of one field.
---@param specs table
---@param more table
---@return table
function M.merge(specs, more)
  local out = { nameReference = with_references(specs.nameReference or {}, more.nameReference) }
  for _, name in ipairs(TABLES) do
    out[name] = with_specs(specs[name], more[name], name:gsub('^%l', string.upper) .. ' fieldSpec')
  end
  return out
end

-- ---- what definitions of custom resources say ----

local MARKS = {
  { 'x-kubernetes-annotation', 'commonAnnotations' },
  { 'x-kubernetes-label-selector', 'commonLabels' },
  { 'x-kubernetes-identity', 'namePrefix' },
}

-- Go reads names of fields without regard to case.
local function any_case(map, name)
  if type(map) ~= 'table' then return nil end
  if map[name] ~= nil then return map[name] end
  for key, value in pairs(map) do
    if type(key) == 'string' and key:lower() == name:lower() then return value end
  end
end

local function properties_of(definition)
  local properties = any_case(any_case(definition, 'Schema'), 'properties')
  return type(properties) == 'table' and properties or {}
end

local function add_marks(found, kind, property, path)
  for _, mark in ipairs(MARKS) do
    if type(property[mark[1]]) == 'string' then table.insert(found[mark[2]], { kind = kind, path = path }) end
  end
  local version, target = property['x-kubernetes-object-ref-api-version'], property['x-kubernetes-object-ref-kind']
  if type(version) == 'string' and type(target) == 'string' then
    local key = property['x-kubernetes-object-ref-name-key']
    key = type(key) == 'string' and key or 'name'
    table.insert(found.nameReference, { version = version, kind = target,
      fieldSpecs = { { kind = kind, path = path .. '/' .. key } } })
  end
end

local MOST = 100000 -- properties of one object, each as often as ways lead to it

-- A type that holds itself is looked at once on each way down.
local function add_type(found, kind, definitions, name, above, inside)
  if inside[name] then return end
  inside[name] = true
  local properties = properties_of(definitions[name])
  for _, field in ipairs(list.keys(properties)) do
    local property, path = properties[field], above .. field
    if type(property) == 'table' then
      found.seen = found.seen + 1
      if found.seen > MOST then
        err.raise { kind = 'limit', message = ('more than %d fields in the definition of %s'):format(MOST, kind),
          hint = 'a type that several fields refer to counts with each of them' }
      end
      add_marks(found, kind, property, path)
      if type(property['$ref']) == 'string' then
        add_type(found, kind, definitions, property['$ref'], path .. '/', inside)
      end
    end
  end
  inside[name] = nil
end

local function is_object_type(properties)
  return properties.kind ~= nil and properties.apiVersion ~= nil and properties.metadata ~= nil
end

local function of_definitions(definitions, specs)
  for _, name in ipairs(list.keys(definitions)) do
    if is_object_type(properties_of(definitions[name])) then
      local found = { seen = 0, commonAnnotations = {}, commonLabels = {}, namePrefix = {}, nameReference = {} }
      add_type(found, name:match '[^.]*$', definitions, name, '', {})
      specs = M.merge(specs, found)
    end
  end
  return specs
end

-- ---- reading ----

local function read_map(env, field, i, what)
  local text, at = env:read(env.kustomization[field][i], field, i)
  local file = env:show(at)
  if field == 'crds' and text:sub(1, 1) == '{' then json.decode(text, { file = file }) end -- is not read as YAML
  local value = node.document(text, { file = file }):value()
  if value == ifx.null then return {}, file end
  if type(value) ~= 'table' or ifx.is_list(value) then
    err.raise { kind = 'parse', message = ('%s is expected, which is a map'):format(what), file = file }
  end
  return value, file
end

local function read_configuration(env, i)
  local value, file = read_map(env, 'configurations', i, 'a configuration of transformers')
  return shape.check(value, TRANSFORMER_CONFIG, {
    what = 'invalid configuration of transformers', converts = true, at = function() return file end })
end

-- ---- those of one kustomization ----


-- In the order of their kinds, those without one behind: these are then covered by the ones before them.
local function sorted(specs)
  local out, keys = table.move(specs, 1, #specs, 1, {}), {}
  for i, spec in ipairs(out) do
    keys[spec] = kinds.rank(spec)
    keys[spec].place = i
  end
  table.sort(out, function(a, b)
    local x, y = keys[a], keys[b]
    if x.rank == y.rank and x.type == y.type then return x.place < y.place end
    return kinds.precedes(x, y)
  end)
  return out
end

local function own_specs(k, env)
  if #(k.configurations or {}) == 0 then return DEFAULTS end
  local specs = DEFAULTS
  for i = 1, #k.configurations do specs = M.merge(specs, read_configuration(env, i)) end
  local out = {}
  for name, list_of in pairs(specs) do out[name] = sorted(list_of) end
  return out
end

---Both together, where the first may be none yet. Raises 'conflict'.
---@param specs table|nil
---@param more table
---@return table
function M.add(specs, more)
  if not specs or specs == more then return more end
  return M.merge(specs, more)
end

---The field specs that are there below a kustomization, if any, with the default ones and those of its `configurations` and
---`crds`. Raises 'parse', 'config', 'conflict'.
---@param specs table|nil  not changed
---@param k kustomize.Kustomization
---@param env kustomize.Env
---@return table
function M.extend(specs, k, env)
  local own = own_specs(k, env)
  if own ~= DEFAULTS then specs = specs or {} end
  specs = M.add(specs, own)
  for i, named in ipairs(k.crds or {}) do
    local ok, value = pcall(read_map, env, 'crds', i, 'an OpenAPI definition')
    if not ok then error(err.wrap(value, ("unable to parse open API definition from '%s'"):format(named)), 0) end
    specs = of_definitions(value, specs)
  end
  return specs
end

return M
