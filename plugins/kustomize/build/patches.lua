-- patches.lua: strategic merge patches and JSON patches. SPDX-License-Identifier: Apache-2.0
local books = require './build/books'
local openapi = require './build/openapi'
local read = require './build/read'
local resources = require './build/resource'
local selection = require './build/select'
local is_set = require './build/shape'.is_set

local M = {}

---@class kustomize.Patch  the builtin plugin PatchTransformer's configuration
---@field patch string|nil   inline
---@field path string|nil
---@field target kustomize.Selector|nil
---@field options { allowNameChange: boolean|nil, allowKindChange: boolean|nil }|nil

local function refuse(source, message, hint)
  err.raise { kind = 'config', message = message, file = source.file, hint = hint }
end

-- ---- reading ----

---A patch as it was written: its text, what errors call it, the file that it stands in.
---@class kustomize.PatchSource
---@field text string
---@field name string
---@field file string|nil  nil: a text in a field

local function from_file(env, named)
  local text, at = env:read(named)
  return { text = text, name = ('[path: "%s"]'):format(named), file = env:show(at) }
end

-- It stands in a field, which whoever reads the field can name.
local function inline(text)
  return { text = text, name = ('[patch: %q]'):format(text) }
end

local function try(f, ...)
  local ok, value = pcall(f, ...)
  if ok then return value, nil end
  if not err.is(value) then error(value, 0) end
  return nil, value
end

local function operations_of(source)
  local text = source.text
  if text == '' then refuse(source, 'empty json patch operations') end
  local operations
  if text:sub(1, 1) == '[' then
    operations = node.of(json.decode(text))
  else
    operations = node.document(text, { file = source.file })
  end
  if operations:kind() == 'null' then return operations end
  if operations:kind() ~= 'list' then
    refuse(source, ('json: cannot unmarshal %s into Go value of type jsonpatch.Patch'):format(
      operations:kind() == 'map' and 'object' or operations:kind()), 'a JSON patch is a list of operations')
  end
  for i = 1, #operations do
    local operation = operations:get(i)
    if operation ~= ifx.null and (type(operation) == 'string' or operation:kind() ~= 'map') then
      refuse(source, 'json: cannot unmarshal string into Go value of type jsonpatch.Operation',
        'an operation is a map: op, path, value')
    end
  end
  return operations
end

-- The objects of a strategic merge patch, or the operations of a JSON patch: what of both the text can be.
local function read_patch(source)
  local objects, no_objects = try(read.objects, source.text, source.file)
  local operations, no_operations = try(operations_of, source)
  if objects and operations then
    refuse(source, 'illegally qualifies as both an SM and JSON patch: ' .. source.name)
  elseif not objects and not operations then
    err.raise { kind = 'config', message = 'unable to parse SM or JSON patch from ' .. source.name, file = source.file,
      line = no_objects.line, column = no_objects.column,
      hint = ('as objects: %s; as operations: %s'):format(no_objects.message, no_operations.message) }
  end
  return objects, operations
end

-- ---- applying ----

---@class kustomize.Change  a strategic merge patch
---@field object node.Node
---@field id kustomize.Id
---@field keys node.MergeKeys
---@field file string
---@field rename boolean|nil
---@field rekind boolean|nil

local function change_of(object, source, env, options)
  return { object = object, id = resources.id_of(object), keys = openapi.keys(env), file = source.file,
    rename = options and options.allowNameChange, rekind = options and options.allowKindChange }
end

local function keep(object, value, ...)
  if value == '' then value = nil end
  return object:get(...) == value and object or object:with(value, ...)
end

local METADATA = {
  name = node.fields { { path = 'metadata/name' } }, namespace = node.fields { { path = 'metadata/namespace' } },
}

-- kustomize writes it again, in the quotes that are there, without saying that it is a text: what a replacement puts there may
-- be a number.
local function rewritten(object, field, text)
  if text == '' or object:get('metadata', field) == nil then return keep(object, text, 'metadata', field) end
  return METADATA[field]:map(object, function() return text end)
end

local function is_other(value) return value ~= nil and (value == ifx.null or type(value) == 'string') end

-- Does it take away annotations that it does not name?
local function takes_annotations(patch)
  local metadata = patch:get 'metadata'
  if patch:get '$patch' ~= nil or is_other(metadata) or metadata and metadata:get '$patch' ~= nil then return true end
  local annotations = metadata and metadata:get 'annotations'
  return is_other(annotations) or annotations ~= nil and annotations:get '$patch' ~= nil
end

-- What identifies an object stays as it is, unless the patch may change it. False: nothing of it is left.
local function merge(resource, change, patch)
  local id = resource.id
  if change.rename or change.rekind then resource:remember() end
  local forgets = takes_annotations(patch)
  local before = forgets and books.open(resource) or resource.node
  local ok, merged = pcall(before.merge, before, patch, change.keys)
  if not ok then
    merged = err.wrap(merged, 'patch ' .. resources.show(id))
    merged.file = merged.file or change.file
    error(merged, 0)
  end
  if not merged or #merged == 0 then return false end
  if forgets then merged = books.close(resource, merged, false) end
  if not change.rekind then merged = keep(merged, id.kind, 'kind') end
  if not change.rename then merged = rewritten(merged, 'name', id.name) end
  resource:set(rewritten(merged, 'namespace', id.namespace))
  return true
end

local function find_one(set, change)
  local found, shown = set:any(change.id), resources.show(change.id)
  if #found == 1 then return found[1] end
  local message = ('%s matches for Id %s; failed to find unique target for patch %s'):format(
    #found == 0 and 'no' or 'multiple', shown, shown)
  return nil, message, #found == 0
    and 'the object must have the group, version, kind, name and namespace that the patch names'
    or 'name the namespace in the patch, or give it a target'
end

-- The patch becomes one of the object's own group and version, its labels and annotations texts.
local function fit(object, resource)
  local id = resource.id
  local version = id.group == '' and id.version or id.group .. '/' .. id.version
  return keep(object:texts('metadata', 'labels'):texts('metadata', 'annotations'), version, 'apiVersion')
end

local function merge_into(set, chosen, change)
  local gone = {}
  for _, resource in ipairs(chosen) do
    if not merge(resource, change, fit(change.object, resource)) then
      gone[resource] = true
    elseif resource.id.api_version == '' then
      resource:set(resource.node:with(ifx.null, 'apiVersion'))
    end
  end
  set:remove(gone)
  set:check()
end

local function merge_objects(set, objects, config, source, env)
  if config.target and #objects > 1 then
    refuse(source, 'Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set `patches.target` field: '
      .. source.name, 'make each document an entry of its own')
  elseif config.target then
    merge_into(set, selection.select(set, config.target), change_of(objects[1], source, env, config.options))
    return
  end
  for _, object in ipairs(objects) do
    local change = change_of(object, source, env, config.options)
    local resource, message, hint = find_one(set, change)
    if not resource then
      refuse(source, ('no resource matches strategic merge patch "%s": %s'):format(resources.show(change.id), message), hint)
    end
    if not merge(resource, change, object) then set:remove { [resource] = true } end
  end
end

local function operate(resource, operations, source)
  local object = books.open(resource)
  local ok, patched = pcall(object.patch, object, operations)
  if not ok then
    patched = err.wrap(patched, 'patch ' .. resources.show(resource.id))
    patched.file = patched.file or source.file
    error(patched, 0)
  end
  resource:set(resources.with_annotations(books.close(resource, patched, true)))
end

---An entry of `patches`. Raises 'config', 'parse', 'not_found', 'conflict'.
---@param set kustomize.Set
---@param config kustomize.Patch
---@param env kustomize.Env
function M.patch(set, config, env)
  local text = (config.patch or ''):match '^%s*(.-)%s*$'
  local here = {}
  if text == '' and not is_set(config.path) then
    refuse(here, 'must specify one of patch and path in an entry of patches')
  elseif text ~= '' and is_set(config.path) then
    refuse(here, "patch and path can't be set at the same time: " .. config.path)
  end
  local source = text ~= '' and inline(text) or from_file(env, config.path)
  local objects, operations = read_patch(source)
  if objects and #objects > 0 then return merge_objects(set, objects, config, source, env) end
  if not config.target then
    refuse(source, 'must specify a target for JSON patch ' .. source.name, 'say which objects it is for: target: {kind, name}')
  end
  for _, resource in ipairs(selection.select(set, config.target)) do
    resource:remember()
    operate(resource, operations or node.of(ifx.list {}), source)
  end
end

-- ---- the older forms ----

-- An item is a patch itself, or names a file.
local function objects_of(item, env)
  local objects, no_objects = try(read.objects, item, env.shown)
  if objects then return objects, inline(item) end
  if item:find '\n' then error(no_objects, 0) end
  local source = from_file(env, item)
  return read.objects(source.text, source.file), source
end

local function merge_each(set, objects, source, env)
  for _, object in ipairs(objects) do
    local change = change_of(object, source, env)
    local resource, message, hint = find_one(set, change)
    if not resource then refuse(source, message, hint) end
    merge_into(set, { resource }, change)
  end
end

---`patchesStrategicMerge`. Raises 'config', 'parse', 'not_found'.
---@param set kustomize.Set
---@param config { paths: string[]|nil, patches: string|nil }
---@param env kustomize.Env
function M.strategic_merge(set, config, env)
  local here, all = {}, {}
  if #(config.paths or {}) == 0 and not is_set(config.patches) then refuse(here, 'empty file path and empty patch content') end
  for _, item in ipairs(config.paths or {}) do all[#all + 1] = { objects_of(item, env) } end
  if is_set(config.patches) then
    all[#all + 1] = { read.objects(config.patches), inline(config.patches) }
  end
  local count = 0
  for _, found in ipairs(all) do count = count + #found[1] end
  if count == 0 then refuse(here, 'patch appears to be empty') end
  for _, found in ipairs(all) do merge_each(set, found[1], found[2], env) end
end

---An item of `patchesJson6902`. Raises 'config', 'parse', 'not_found', 'conflict'.
---@param set kustomize.Set
---@param config { target: kustomize.Selector|nil, path: string|nil, jsonOp: string|nil }
---@param env kustomize.Env
function M.json6902(set, config, env)
  local here = {}
  if not config.target or not is_set(config.target.name) then
    refuse(here, 'must specify the target name', 'a JSON patch of patchesJson6902 has target: {kind, name}')
  elseif not is_set(config.path) and not is_set(config.jsonOp) then
    refuse(here, 'empty file path and empty jsonOp')
  elseif is_set(config.path) and is_set(config.jsonOp) then
    refuse(here, 'must specify a file path or jsonOp, not both: ' .. config.path)
  end
  local source = is_set(config.path) and from_file(env, config.path) or inline(config.jsonOp)
  if source.text == '' then refuse(source, ("patch file '%s' empty seems to be empty"):format(config.path)) end
  local operations = operations_of(source)
  if #operations == 0 then refuse(source, 'patch appears to be empty: ' .. source.name) end
  for _, resource in ipairs(selection.select(set, config.target)) do operate(resource, operations, source) end
end

return M
