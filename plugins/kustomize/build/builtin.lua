-- builtin.lua: generators, transformers and validators that files and texts configure. SPDX-License-Identifier: Apache-2.0
local FIELDS = require './build/fields'
local generate = require './build/generate'
local metadata = require './build/metadata'
local pipeline = require './build/pipeline'
local resources = require './build/resource'
local sets = require './build/set'
local shape = require './build/shape'

local M = {}

-- ---- what their configurations hold ----

local F = FIELDS.fields
local SPECS = F.labels.list.fields.fields

local function map_of(...)
  local out = { metadata = F.metadata }
  for _, fields in ipairs { ... } do
    for name, of in pairs(fields) do out[name] = of end
  end
  return out
end

local GENERATORS = {
  ConfigMapGenerator = map_of(F.configMapGenerator.list.fields),
  SecretGenerator = map_of(F.secretGenerator.list.fields),
  HelmChartInflationGenerator = map_of(F.helmGlobals.fields, F.helmCharts.list.fields),
  IAMPolicyGenerator = {
    cloud = 'string',
    kubernetesService = { name = 'KubernetesService', fields = { name = 'string', namespace = 'string' } },
    serviceAccount = { name = 'ServiceAccount', fields = { name = 'string', projectId = 'string' } },
  },
}

local PATCH = F.patches.list.fields
local TRANSFORMERS = {
  AnnotationsTransformer = { annotations = F.commonAnnotations, fieldSpecs = SPECS },
  HashTransformer = {},
  ImageTagTransformer = { imageTag = F.images.list, fieldSpecs = SPECS },
  LabelTransformer = { labels = F.commonLabels, fieldSpecs = SPECS },
  NamespaceTransformer = { metadata = F.metadata, fieldSpecs = SPECS, unsetOnly = 'bool', setRoleBindingSubjects = 'string' },
  PatchJson6902Transformer = { target = PATCH.target, path = 'string', jsonOp = 'string' },
  PatchStrategicMergeTransformer = { paths = F.patchesStrategicMerge, patches = 'string' },
  PatchTransformer = { path = 'string', patch = 'string', target = PATCH.target, options = PATCH.options },
  PrefixSuffixTransformer = { prefix = 'string', suffix = 'string', fieldSpecs = SPECS },
  PrefixTransformer = { prefix = 'string', fieldSpecs = SPECS },
  ReplacementTransformer = { replacements = F.replacements },
  ReplicaCountTransformer = { replica = F.replicas.list, fieldSpecs = SPECS },
  SuffixTransformer = { suffix = 'string', fieldSpecs = SPECS },
  ValueAddTransformer = {
    value = 'string', targetFilePath = 'string',
    targets = { list = { name = 'Target', fields = {
      selector = PATCH.target, fieldPath = 'string', filePathPosition = 'int' } } },
  },
}

-- ---- finding them ----

local function refuse(resource, kind, message, hint)
  local origin = resource.origin or {}
  err.raise { kind = kind, message = message, file = origin.file, line = origin.line, hint = hint }
end

-- Plugins that are programs, and functions in containers, are never run.
local function check_builtin(resource)
  local id = resource.id
  if id.group == '' and id.version == 'builtin' then return end
  local annotated = resource.node:get('metadata', 'annotations', 'config.kubernetes.io/function')
    or resource.node:get('metadata', 'annotations', 'config.k8s.io/function')
  refuse(resource, 'unsupported', ("external plugins disabled; unable to load external plugin '%s'"):format(id.kind),
    annotated and 'a function in a container or a program is not run: render it and keep the result in the tree'
      or 'only plugins of apiVersion builtin are there: render it and keep the result in the tree')
end

-- An entry is a text with objects, or the name of a file or a folder with them.
local function add_inline(env, set, entry)
  local ok, objects = pcall(require('./build/read').objects, entry, env.shown)
  if not ok then return false end
  local source = metadata.of_file(env, path.basename(env.file))
  for _, object in ipairs(objects) do
    local resource = resources.new(object, { file = env.shown, line = 1 })
    resource.source = source
    set:append(resource)
  end
  return true
end

local function configurations(env, entries, field)
  local set, named = sets.new(), {}
  for _, entry in ipairs(entries) do
    if not add_inline(env, set, entry) then named[#named + 1] = entry end
  end
  require('./build/accumulate').add(env, set, field, named)
  return set.list
end

local function config_of(resource, fields)
  local origin = resource.origin or {}
  return shape.check(resource.node:value(), { name = resource.id.kind, fields = fields }, {
    what = ('plugin %s fails configuration'):format(resources.show(resource.id)), lenient = true, converts = true,
    at = function() return origin.file, origin.line end,
  })
end

local function unknown(resource, what)
  local kinds = { generator = TRANSFORMERS, transformer = GENERATORS }
  if kinds[what][resource.id.kind] then
    refuse(resource, 'config', ('plugin %s not a %s'):format(resources.show(resource.id), what))
  end
  refuse(resource, 'config', ('unable to load builtin %s.builtin.[noGrp]'):format(resource.id.kind))
end

-- ---- generators ----

local function named(args)
  local meta = args.metadata or {}
  if (args.name or '') == '' then args.name = meta.name end
  if (args.namespace or '') == '' then args.namespace = meta.namespace end
  return args
end

local MAKE = {
  ConfigMapGenerator = function(args, env) return { generate.config_map(named(args), env) } end,
  SecretGenerator = function(args, env) return { generate.secret(named(args), env) } end,
  IAMPolicyGenerator = function(args) return { generate.iam_policy(args) } end,
  HelmChartInflationGenerator = function(args, env) return require './build/helm'(args, env) end,
}

---Adds what the generators make.
---@param set kustomize.Set
---@param entries string[]
---@param env kustomize.Env
function M.generators(set, entries, env)
  for _, plugin in ipairs(configurations(env, entries, 'generators')) do
    check_builtin(plugin)
    local fields = GENERATORS[plugin.id.kind] or unknown(plugin, 'generator')
    local made = MAKE[plugin.id.kind](config_of(plugin, fields), env)
    metadata.generated(made, metadata.of_plugin(plugin))
    for _, resource in ipairs(made) do
      resource.origin = resource.origin or plugin.origin
      set:absorb(resource)
    end
  end
end

-- ---- transformers ----

local function run(set, plugin, env)
  local kind = plugin.id.kind
  local config = config_of(plugin, TRANSFORMERS[kind] or unknown(plugin, 'transformer'))
  if kind == 'PrefixSuffixTransformer' then
    pipeline.transformer 'PrefixTransformer'(set, config, env)
    pipeline.transformer 'SuffixTransformer'(set, config, env)
  else
    pipeline.transformer(kind)(set, config, env)
  end
end

local function checked(env, entries, field)
  local plugins = configurations(env, entries, field)
  for _, plugin in ipairs(plugins) do check_builtin(plugin) end
  return plugins
end

local function located(plugin, f, ...)
  local ok, e = pcall(f, ...)
  if ok then return end
  if err.is(e) and not e.file and plugin.origin then e.file, e.line = plugin.origin.file, plugin.origin.line end
  error(e, 0)
end

---@param set kustomize.Set
---@param entries string[]
---@param env kustomize.Env
function M.transformers(set, entries, env)
  for _, plugin in ipairs(checked(env, entries, 'transformers')) do
    located(plugin, run, set, plugin, env)
    metadata.transformed(set, metadata.of_plugin(plugin))
  end
end

-- ---- validators ----

-- Beside labels that are there the label counts as a change: they are written again without it, and are not the same then.
local function without_label(before, object)
  if object:get('metadata', 'labels', 'validated-by') == nil or before:get('metadata', 'labels') ~= nil then return object end
  object = object:with(nil, 'metadata', 'labels', 'validated-by')
  return #object:get('metadata', 'labels') == 0 and object:with(nil, 'metadata', 'labels') or object
end

-- The real tool keeps the names that an object had in its annotations: one more is a change.
local function is_same(was, resource)
  return resource ~= nil and #resource.before == was.names and was.node:equal(without_label(was.node, resource.node))
end

---Transformers that may change nothing but one label.
---@param set kustomize.Set
---@param entries string[]
---@param env kustomize.Env
function M.validators(set, entries, env)
  for _, plugin in ipairs(checked(env, entries, 'validators')) do
    local before = {}
    for i, resource in ipairs(set.list) do before[i] = { node = resource.node, names = #resource.before } end
    located(plugin, run, set, plugin, env)
    for i = 1, math.max(#before, #set.list) do
      local resource = set.list[i]
      if not before[i] or not is_same(before[i], resource) then
        refuse(plugin, 'config', ("validator shouldn't modify the resource map: %s"):format(
          resource and resources.show(resource.id) or 'an object is gone'))
      end
    end
  end
end

return M
