-- openapi.lua: which lists merge by which keys: Kubernetes', or as a schema of the tree says. SPDX-License-Identifier: Apache-2.0
local M = {}

local BUILT_IN = 'v1.21.2'

local STRATEGY, KEY, KEYS = 'x-kubernetes-patch-strategy', 'x-kubernetes-patch-merge-key', 'x-kubernetes-list-map-keys'
local KINDS = 'x-kubernetes-group-version-kind'

-- `known` are the types by the names of their definitions.
local function referred(schema, known)
  local name = type(schema['$ref']) == 'string' and schema['$ref']:match '^#/definitions/(.+)$'
  if not name then return nil end
  return known[(name:gsub('%%2F', '/'):gsub('~1', '/'):gsub('~0', '~'))]
end

local function merges(schema)
  for strategy in tostring(schema[STRATEGY] or ''):gmatch '[^,]+' do
    if strategy == 'merge' then return true end
  end
  return false
end

local function keys_of(schema)
  if not merges(schema) then return nil end
  return schema[KEYS] or ifx.list { schema[KEY] or '' }
end

local function is_array(schema)
  local of = schema.type
  return of == 'array' or type(of) == 'table' and #of == 1 and of[1] == 'array'
end

-- What the merge needs of a schema; nil where it names a definition that is not there.
local function type_of(schema, known)
  if schema['$ref'] then return referred(schema, known) end
  local out = { keys = keys_of(schema) }
  if type(schema.properties) == 'table' then
    out.fields = {}
    for name, property in pairs(schema.properties) do out.fields[name] = type_of(property, known) end
  end
  if type(schema.additionalProperties) == 'table' then out.any = type_of(schema.additionalProperties, known) end
  if is_array(schema) and type(schema.items) == 'table' then out.items = type_of(schema.items, known) end
  return out
end

local function add_objects(objects, name, kinds)
  for _, kind in ipairs(type(kinds) == 'table' and kinds or {}) do
    local version = (kind.group or '') ~= '' and kind.group .. '/' .. kind.version or kind.version
    objects[version] = objects[version] or {}
    objects[version][kind.kind] = name
  end
end

local function merged(from, into)
  for name, value in pairs(from) do into[name] = value end
  return into
end

local function malformed(file, name, what)
  err.raise { kind = 'config', message = ("invalid schema file: the definition '%s' %s"):format(name, what), file = file,
    hint = 'it is an OpenAPI v2 document, as `kustomize openapi fetch` writes it' }
end

local function check_kinds(file, name, kinds)
  for _, kind in ipairs(type(kinds) == 'table' and kinds or {}) do
    if type(kind) ~= 'table' or type(kind.version) ~= 'string' or type(kind.kind) ~= 'string'
      or type(kind.group or '') ~= 'string' then
      malformed(file, name, ('has an entry of %s without version and kind'):format(KINDS))
    end
  end
end

-- A schema and those inside it are maps.
local function check_schema(file, name, schema)
  if type(schema) ~= 'table' then malformed(file, name, 'holds something that is no schema') end
  for _, inner in pairs(type(schema.properties) == 'table' and schema.properties or {}) do check_schema(file, name, inner) end
  for _, inner in ipairs { schema.additionalProperties or false, schema.items or false } do
    if type(inner) == 'table' then check_schema(file, name, inner) end
  end
end

-- The types of an OpenAPI document, beside or instead of those of Kubernetes.
local function read(text, file, beside)
  if text:sub(1, 1) == '{' then json.decode(text, { file = file }) end -- is not read as YAML
  local document = yaml.decode(text, { file = file })
  local definitions = type(document) == 'table' and document.definitions
  if type(definitions) ~= 'table' or ifx.is_list(definitions) then
    err.raise { kind = 'config', message = 'invalid schema file: it has no definitions', file = file,
      hint = 'it is an OpenAPI v2 document, as `kustomize openapi fetch` writes it' }
  end
  local known = beside and merged(beside.definitions, {}) or {}
  for name in pairs(definitions) do known[name] = known[name] or '#' .. name end
  local types, objects = beside and merged(beside.types, {}) or {}, {}
  for name, schema in pairs(definitions) do
    check_schema(file, name, schema)
    check_kinds(file, name, schema[KINDS])
    types['#' .. name] = type_of(schema, known) or {}
    add_objects(objects, '#' .. name, schema[KINDS])
  end
  for version, kinds in pairs(beside and beside.objects or {}) do
    objects[version] = merged(kinds, objects[version] or {})
  end
  return node.merge_keys(node.of { types = types, objects = objects })
end

-- The real tool reads the schema of Kubernetes too when it has met a kind that it does not know by heart before it comes
-- to another schema.
local function has_unknown(build, facts)
  for _, objects in pairs(build.objects) do
    for _, object in ipairs(objects) do
      local kinds = facts.objects[object:get 'apiVersion']
      if not kinds or not kinds[object:get 'kind'] then return true end
    end
  end
  return false
end

local function refuse(env, message, hint)
  local file, line, column = env.kustomization.where 'openapi'
  err.raise { kind = 'config', message = message, file = file, line = line, column = column, hint = hint }
end

---Takes notice of what a kustomization says under `openapi`, when it is come to: of a build the first one counts.
---Raises 'config'.
---@param env kustomize.Env
function M.note(env)
  local openapi, build = env.kustomization.openapi, env.build
  local text, at
  if openapi.path then text, at = env:read(openapi.path, 'openapi', 'path') end
  if build.merge_keys then return end
  if text and openapi.version then refuse(env, 'builtin version and custom schema provided, cannot use both') end
  if text then
    local facts = require './facts/merge_keys'
    build.merge_keys = read(text, env:show(at), has_unknown(build, facts) and facts or nil)
  elseif (openapi.version or '') ~= '' then
    if openapi.version ~= BUILT_IN then
      refuse(env, 'the specified OpenAPI version is not built in', 'built in is ' .. BUILT_IN)
    end
    build.merge_keys = M.built_in()
  end
end

local built_in

---Those of the kinds of Kubernetes itself.
---@return node.MergeKeys
function M.built_in()
  if not built_in then
    local facts = require './facts/merge_keys'
    built_in = node.merge_keys(node.of { types = facts.types, objects = facts.objects })
  end
  return built_in
end

---@param env kustomize.Env
---@return node.MergeKeys
function M.keys(env)
  return env.build.merge_keys or M.built_in()
end

return M
