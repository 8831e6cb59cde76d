-- pipeline.lua: the transformers in their order, and what a kustomization tells each. SPDX-License-Identifier: Apache-2.0
local is_set = require './build/shape'.is_set

---A transformer takes the shape of configuration that the builtin plugin of its kind has, so `transformers:` calls the
---same function.
---@alias kustomize.Transformer fun(set: kustomize.Set, config: table, env: kustomize.Env)

local M = {}

-- The module of each kind of builtin transformer; with a second word, that function of the module's table.
local MODULES = {
  PatchStrategicMergeTransformer = { './build/patches', 'strategic_merge' },
  PatchTransformer = { './build/patches', 'patch' },
  PatchJson6902Transformer = { './build/patches', 'json6902' },
  NamespaceTransformer = { './build/namespace' },
  PrefixTransformer = { './build/names', 'prefix' },
  SuffixTransformer = { './build/names', 'suffix' },
  LabelTransformer = { './build/labels' },
  AnnotationsTransformer = { './build/annotations' },
  ReplicaCountTransformer = { './build/replicas' },
  ImageTagTransformer = { './build/images' },
  ReplacementTransformer = { './build/replacements' },
  HashTransformer = { './build/hash' },
  ValueAddTransformer = { './build/valueadd' },
}

---The function of a builtin transformer; nil for a kind that is none.
---@param kind string
---@return kustomize.Transformer|nil
function M.transformer(kind)
  local place = MODULES[kind]
  if not place then return nil end
  local module = require(place[1])
  return place[2] and module[place[2]] or module
end

local function has_any(value) return value ~= nil and next(value) ~= nil end

-- One configuration for each item of a list.
local function each(items, make)
  local out = {}
  for i, item in ipairs(items or {}) do out[i] = make(item) end
  return out
end

local METADATA_LABELS = { path = 'metadata/labels', create = true }

-- The field specs of one entry of `labels`.
local function label_specs(label, specs)
  local parts = {}
  local function add(part)
    if has_any(part) then parts[#parts + 1] = part end
  end
  add(label.fields)
  add(specs.labels)
  if label.includeSelectors then
    add(specs.commonLabels)
  else
    if label.includeTemplates then add(specs.templateLabels) end
    add { METADATA_LABELS }
  end
  return #parts == 1 and parts[1] or require './build/configurations'.joined(parts, 'labels')
end

local function labels(k, env)
  local out = each(k.labels, function(label)
    return { labels = label.pairs or {}, fieldSpecs = label_specs(label, env.specs) }
  end)
  if #out > 0 or has_any(k.commonLabels) then -- without common labels it changes nothing, but counts as one that has run
    out[#out + 1] = { labels = k.commonLabels or {}, fieldSpecs = env.specs.commonLabels }
  end
  return out
end

-- In the order in which they run: the kind, the field, and the configurations that a kustomization has for it, or for a second
-- field.
local STAGES = {
  { 'PatchStrategicMergeTransformer', 'patchesStrategicMerge', function(k)
    return has_any(k.patchesStrategicMerge) and { { paths = k.patchesStrategicMerge } } or {}
  end },
  { 'PatchTransformer', 'patches', function(k) return k.patches or {} end },
  { 'NamespaceTransformer', 'namespace', function(k, env)
    return is_set(k.namespace) and { { metadata = { namespace = k.namespace }, fieldSpecs = env.specs.namespace } } or {}
  end },
  { 'PrefixTransformer', 'namePrefix', function(k, env)
    return is_set(k.namePrefix) and { { prefix = k.namePrefix, fieldSpecs = env.specs.namePrefix } } or {}
  end },
  { 'SuffixTransformer', 'nameSuffix', function(k, env)
    return is_set(k.nameSuffix) and { { suffix = k.nameSuffix, fieldSpecs = env.specs.nameSuffix } } or {}
  end },
  { 'LabelTransformer', 'labels', labels, 'commonLabels' },
  { 'AnnotationsTransformer', 'commonAnnotations', function(k, env)
    return has_any(k.commonAnnotations)
      and { { annotations = k.commonAnnotations, fieldSpecs = env.specs.commonAnnotations } } or {}
  end },
  { 'PatchJson6902Transformer', 'patchesJson6902', function(k)
    return each(k.patchesJson6902, function(patch)
      return { target = patch.target, path = patch.path, jsonOp = patch.patch }
    end)
  end },
  { 'ReplicaCountTransformer', 'replicas', function(k, env)
    return each(k.replicas, function(replica) return { replica = replica, fieldSpecs = env.specs.replicas } end)
  end },
  { 'ImageTagTransformer', 'images', function(k, env)
    return each(k.images, function(image) return { imageTag = image, fieldSpecs = env.specs.images } end)
  end },
  { 'ReplacementTransformer', 'replacements', function(k)
    return has_any(k.replacements) and { { replacements = k.replacements } } or {}
  end },
}

-- Of these one configuration is made of all items.
local WHOLE = { patchesStrategicMerge = true, replacements = true }

-- What is wrong without a file to name is wrong with the field. A line of no file is one of a text in that field.
local function located(e, env, field, i)
  if not err.is(e) or e.file then return e end
  if e.line or e.cause then e = err.wrap(e, field) end
  local where = env.kustomization.where
  e.file, e.line, e.column = where(field, not WHOLE[field] and i or nil)
  if not e.line then e.file, e.line, e.column = where(field) end
  return e
end

local NONE = {}

local function configurations(stage, env)
  local k = env.kustomization
  if k[stage[2]] == nil and (not stage[4] or k[stage[4]] == nil) then return NONE end
  return stage[3](k, env)
end

---Runs the transformers that a kustomization configures. `done` is told the kind of each one that has run.
---@param set kustomize.Set
---@param env kustomize.Env
---@param done fun(kind: string)
function M.run(set, env, done)
  for _, stage in ipairs(STAGES) do
    for i, config in ipairs(configurations(stage, env)) do
      local ok, e = pcall(M.transformer(stage[1]), set, config, env)
      if not ok then error(located(e, env, stage[2], i), 0) end
      done(stage[1])
    end
  end
end

return M
