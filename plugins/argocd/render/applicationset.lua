-- applicationset.lua: an ApplicationSet as an entry point: the Applications that it makes. SPDX-License-Identifier: Apache-2.0
local generators = require './render/generators'
local shape = require './render/shape'
local template = require './render/template'

local M = {}

M.kinds = { ['ApplicationSet.argoproj.io'] = 'Applications made from lists, folders, files and clusters' }

local VERSION = 'argoproj.io/v1alpha1'
local FINALIZER = 'resources-finalizer.argocd.argoproj.io'

local GENERATOR = {}
for _, kind in ipairs(generators.KINDS) do GENERATOR[kind] = 'map' end
GENERATOR.selector = { fields = { matchLabels = 'map',
  matchExpressions = { { fields = { key = 'string', values = { '?' } } } } } }
local CLUSTERS = { fields = { selector = GENERATOR.selector, values = 'map', template = 'map', flatList = 'boolean' } }
local NESTED = { fields = { template = 'map', mergeKeys = { 'string' }, generators = { { fields = GENERATOR } } } }
GENERATOR.list = { fields = { elements = { '?' }, elementsYaml = 'string', template = 'map' } }
GENERATOR.clusters = CLUSTERS
GENERATOR.matrix, GENERATOR.merge = NESTED, NESTED
GENERATOR.git = { fields = {
  repoURL = 'string', revision = 'string', directories = { { fields = { path = 'string', exclude = 'boolean' } } },
  files = { { fields = { path = 'string', exclude = 'boolean' } } }, values = 'map', template = 'map', pathParamPrefix = 'string',
} }

local FIELDS = {
  generators = { { fields = GENERATOR } }, template = { fields = { metadata = 'map', spec = 'map' } },
  goTemplate = 'boolean', goTemplateOptions = { 'string' }, templatePatch = 'string',
  syncPolicy = { fields = { preserveResourcesOnDeletion = 'boolean' } },
}

---@param object ifx.gitops.Object
---@return ifx.gitops.Parameters|nil
---@return string|nil
function M.read(object)
  local spec = shape.field(object, 'spec')
  if type(spec.generators) ~= 'table' and type(spec.template) ~= 'table' then
    return nil, 'it has no spec.generators and no spec.template'
  end
  local out = { parameters = spec }
  local good, where = shape.wrong(spec, FIELDS)
  if not good then out.why = ('spec%s is not of the type that the API wants'):format(where) end
  return out
end

-- ---- Applications ----

local function is_empty(value)
  return value == nil or value == '' or value == false or value == 0 or type(value) == 'table' and next(value) == nil
end

-- The template of a generator, with what it leaves empty from that of the set.
local function filled(own, base)
  if type(own) ~= 'table' or type(base) ~= 'table' or ifx.is_list(own) and #own > 0 then
    if is_empty(own) then return base end
    return own
  end
  local out = {}
  for key, value in pairs(own) do out[key] = value end
  for key, value in pairs(base) do
    if out[key] == nil then out[key] = value else out[key] = filled(out[key], value) end
  end
  return next(out) == nil and base or out
end

local METADATA = { 'name', 'labels', 'annotations', 'finalizers' }

local function application(from, parameters, spec, style, namespace)
  local made = next(parameters) ~= nil and template.deep(from, parameters, style) or from
  local metadata = { namespace = namespace }
  for _, field in ipairs(METADATA) do metadata[field] = shape.map(made.metadata)[field] end
  local keeps = shape.map(spec.syncPolicy).preserveResourcesOnDeletion == true
  if next(parameters) ~= nil and not keeps and is_empty(metadata.finalizers) then
    metadata.finalizers = ifx.list { FINALIZER }
  end
  return node.of { apiVersion = VERSION, kind = 'Application', metadata = metadata, spec = made.spec or {} }
end

-- Of lists a patch replaces all but the finalizers.
local KEYS = node.merge_keys(node.of {
  types = { application = { fields = { metadata = 'metadata' } }, metadata = { fields = { finalizers = 'texts' } },
    texts = { keys = ifx.list { '' } } },
  objects = { [VERSION] = { Application = 'application' } },
})

-- The project stays what the template says.
local function patched(made, text, namespace)
  local patch = node.document(text)
  if patch:kind() == 'null' then return made end
  if patch:kind() ~= 'map' then err.raise { kind = 'config', message = 'invalid templatePatch: it is no map' } end
  local project, out = made:get('spec', 'project'), made:merge(patch, KEYS)
  if not out then err.raise { kind = 'config', message = 'invalid templatePatch: it leaves nothing of the Application' } end
  return out:with(project, 'spec', 'project'):with(namespace, 'metadata', 'namespace')
end

local function applications(entry, all)
  local out, spec = {}, entry.parameters
  for _, generator in ipairs(spec.generators or {}) do
    for _, set in ipairs(generators.sets(generator, all)) do
      local from = filled(set.template or {}, spec.template or {})
      for _, parameters in ipairs(set.parameters) do
        local made = application(from, parameters, spec, all.style, entry.namespace)
        if spec.templatePatch then
          made = patched(made, template.text(spec.templatePatch, parameters, all.style), entry.namespace)
        end
        out[#out + 1] = made
      end
    end
  end
  return out
end

-- Of two with one name Argo CD makes none.
local function with_own_names(made, entry, problems)
  local count, out = {}, {}
  local function name_of(one)
    local name = one:get('metadata', 'name')
    return type(name) == 'string' and name or ''
  end
  for _, one in ipairs(made) do count[name_of(one)] = (count[name_of(one)] or 0) + 1 end
  for _, one in ipairs(made) do
    if count[name_of(one)] == 1 then out[#out + 1] = { node = one, file = entry.object.file,
      repository = entry.object.repository } end
  end
  for _, name in ipairs(list.keys(count)) do
    if count[name] > 1 then
      problems[#problems + 1] = { kind = 'repeated', severity = 'error', file = entry.object.file, line = entry.object.line,
        message = ('ApplicationSet %s contains applications with duplicate name: %s'):format(entry.name, name) }
    end
  end
  return out
end

---@param entry ifx.gitops.Entry
---@param world ifx.gitops.World
---@return ifx.gitops.Rendered
function M.render(entry, world)
  local spec, problems = entry.parameters, {}
  local all = { world = world, warnings = {},
    style = { go = spec.goTemplate == true, options = spec.goTemplateOptions or {}, set_name = entry.name } }
  local ok, made = pcall(applications, entry, all)
  local warnings = list.keys(all.warnings)
  if not ok then
    if not err.is(made) or made.kind ~= 'unsupported' then error(made, 0) end
    return { objects = {}, warnings = warnings, opaque = made.message }
  end
  return { objects = with_own_names(made, entry, problems), warnings = warnings, problems = problems }
end

return M
