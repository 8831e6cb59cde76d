-- kustomization.lua: a Flux Kustomization as an entry point, and the objects that it applies. SPDX-License-Identifier: Apache-2.0
local artifact = require './render/artifact'
local generate = require './render/generate'
local origin = require './render/origin'
local substitute = require './render/substitute'

local M = {}

M.kinds = { ['Kustomization.kustomize.toolkit.fluxcd.io'] = 'A folder of a source, built and applied' }

local GROUP = 'kustomize.toolkit.fluxcd.io'

local TYPES = {
  path = 'string', targetNamespace = 'string', namePrefix = 'string', nameSuffix = 'string', patches = 'table',
  images = 'table', components = 'table', commonMetadata = 'table', postBuild = 'table', dependsOn = 'table',
  kubeConfig = 'table', decryption = 'table', buildMetadata = 'table', suspend = 'boolean',
  ignoreMissingComponents = 'boolean', prune = 'boolean',
}

-- The first field that the CRD would not take.
local function wrong_field(spec)
  for _, field in ipairs(list.keys(TYPES)) do
    if spec[field] ~= nil and type(spec[field]) ~= TYPES[field] then return field end
  end
  for _, field in ipairs { 'patches', 'images' } do
    for _, item in ipairs(spec[field] or {}) do
      if type(item) ~= 'table' then return field end
    end
  end
  for _, item in ipairs(spec.components or {}) do
    if type(item) ~= 'string' then return 'components' end
  end
end

-- null is nothing to the API.
local function plain(value)
  if type(value) ~= 'table' then return value end
  local out = ifx.is_list(value) and ifx.list {} or {}
  for key, item in pairs(value) do
    if item ~= ifx.null then out[key] = plain(item) end
  end
  return out
end

M.plain = plain

---The namespace that an object is in.
---@param object ifx.gitops.Object
---@return string
function M.namespace_of(object)
  local namespace = object.node:get('metadata', 'namespace')
  return type(namespace) == 'string' and namespace or 'default'
end

---The name of the remote cluster that a kubeConfig leads to; nil for the own.
---@param kube_config any
---@param namespace string
---@return string|nil
function M.cluster_of(kube_config, namespace)
  if type(kube_config) ~= 'table' then return nil end
  for _, field in ipairs { 'secretRef', 'configMapRef' } do
    local ref = kube_config[field]
    if type(ref) == 'table' and type(ref.name) == 'string' then return ('%s/%s'):format(namespace, ref.name) end
  end
end

---@param wanted any
---@return { namespace: string?, name: string }[]
function M.depends_of(wanted)
  local out = {}
  for _, item in ipairs(type(wanted) == 'table' and wanted or {}) do
    if type(item) == 'table' and type(item.name) == 'string' then
      out[#out + 1] = { namespace = type(item.namespace) == 'string' and item.namespace or nil, name = item.name }
    end
  end
  return out
end

---@param object ifx.gitops.Object
---@param world ifx.gitops.World
---@return ifx.gitops.Parameters|nil
---@return string|nil
function M.read(object, world)
  local spec, namespace = plain(origin.spec_of(object)), M.namespace_of(object)
  if type(spec.sourceRef) ~= 'table' then return nil, 'it has no spec.sourceRef' end
  local wrong = wrong_field(spec)
  local out = {
    parameters = spec, depends = M.depends_of(spec.dependsOn), suspended = spec.suspend == true or nil,
    cluster = M.cluster_of(spec.kubeConfig, namespace),
    marks = { labels = { [GROUP .. '/name'] = object.node:get('metadata', 'name'), [GROUP .. '/namespace'] = namespace } },
  }
  if wrong then
    out.why = ('spec.%s is not of the type that the API wants'):format(wrong)
    return out
  end
  local why
  out.source, why = origin.source(spec.sourceRef, namespace, spec.path, object.file, world)
  if out.source and not why then why = select(2, world.files(out.source)) end
  out.why = why
  return out
end

-- ---- rendering ----

local function build(files, folder, spec)
  local kustomize = ifx.use 'kustomize'
  local text, at = generate.kustomization(files, folder, spec, kustomize.library)
  local result, why = kustomize.render.kustomization(artifact.overlaid(files, { [at] = text }), folder,
    { load_restrictor = 'none', reorder = 'none', enable_helm = false })
  if not result then err.raise { kind = 'not_found', message = why } end
  return result
end

local function is_complete(object)
  for _, steps in ipairs { { 'apiVersion' }, { 'kind' }, { 'metadata', 'name' } } do
    local value = object:get(table.unpack(steps))
    if type(value) ~= 'string' or value == '' then return false end
  end
  return true
end

-- The controller leaves kustomize's own objects out of what it applies.
local function is_kustomization(object)
  return object:get 'kind' == 'Kustomization' and tostring(object:get 'apiVersion'):find('^kustomize%.config%.k8s%.io/') ~= nil
end

local function with_metadata(object, common)
  for _, field in ipairs { 'labels', 'annotations' } do
    for name, value in pairs(type(common[field]) == 'table' and common[field] or {}) do
      object = object:with(tostring(value), 'metadata', field, name)
    end
  end
  return object
end

local ENCRYPTED = 'encrypted with SOPS'

-- An encrypted Secret that nobody is told to decrypt is refused.
local function check_encrypted(object, spec, found, problems)
  if object:get 'sops' == nil then return nil end
  if spec.decryption then return ENCRYPTED end
  local secret = object:get 'kind' == 'Secret' and object:get 'apiVersion' == 'v1'
  local left_alone = object:get('metadata', 'annotations', GROUP .. '/decrypt')
  if not secret or type(left_alone) == 'string' and left_alone:lower() == 'disabled' then return nil end
  problems[#problems + 1] = {
    kind = 'encrypted', severity = 'error', file = found and found.file, line = found and found.line,
    message = ('Secret %s is SOPS encrypted, configuring decryption is required for this secret to be reconciled'):format(
      object:get('metadata', 'name')), hint = 'spec.decryption of the Kustomization says how',
  }
  return ENCRYPTED
end

local function finished(object, found, spec, variables, result)
  if not is_complete(object) then
    err.raise { kind = 'config', file = found and found.file, line = found and found.line,
      message = 'failed to decode Kubernetes apiVersion, kind and name from an object' }
  end
  local opaque = check_encrypted(object, spec, found, result.problems)
  if variables then
    local unset
    object, unset = substitute.expand(object, variables)
    for _, name in ipairs(unset) do result.unset[name] = true end
  end
  if is_kustomization(object) then return end
  table.insert(result.objects, { node = with_metadata(object, spec.commonMetadata or {}), opaque = opaque,
    file = found and found.file or nil, line = found and found.line or nil })
end

local function expanded(entry, object, found, variables, result)
  local ok, e = pcall(finished, object, found, entry.parameters, variables, result)
  if ok then return end
  if err.is(e) and e.kind ~= 'cancelled' and not e.file then
    e.message = ("post build failed for '%s/%s': %s"):format(object:get 'kind', object:get('metadata', 'name'), e.message or '')
    e.file, e.line, e.column = found and found.file or nil, found and found.line or nil, nil
  end
  error(e, 0)
end

---@param entry ifx.gitops.Entry
---@param world ifx.gitops.World
---@return ifx.gitops.Rendered
function M.render(entry, world)
  local spec = entry.parameters
  local files, why = origin.files(spec.sourceRef, entry.namespace, entry.object.file, world, entry.source)
  if not files then err.raise { kind = 'not_found', message = why } end
  local folder = entry.source.path
  if files:kind(folder) ~= 'dir' then
    err.raise { kind = 'not_found', file = folder, message = ('kustomization path not found: %s'):format(spec.path or '') }
  end
  local built = build(files, folder, spec)
  local result = { objects = {}, warnings = built.warnings, problems = {}, unset = {} }
  local variables = spec.postBuild and substitute.variables(spec.postBuild, entry.namespace, world, result.problems)
  for i, object in ipairs(built.objects) do
    expanded(entry, object, built.origins[i] or nil, variables, result)
  end
  for _, object in ipairs(result.objects) do object.repository = not entry.source.tree and entry.source.url or nil end
  local unset = list.keys(result.unset)
  if #unset > 0 then
    table.insert(result.warnings, ('%s set by nothing: %s'):format(#unset == 1 and 'a variable is' or 'variables are',
      table.concat(unset, ', ')))
  end
  result.unset = nil
  return result
end

return M
