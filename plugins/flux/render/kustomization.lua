-- kustomization.lua: a Flux Kustomization as an entry point, and the objects that it applies. SPDX-License-Identifier: Apache-2.0
local generate = require './render/generate'
local near = require 'ifx.render.near'
local origin = require './render/origin'
local overlay = require 'ifx.render.overlay'
local shape = require './render/shape'
local substitute = require './render/substitute'
local unknown_fields = require 'ifx.k8s.fields'

local M = {}

M.kinds = { ['Kustomization.kustomize.toolkit.fluxcd.io'] = 'A folder of a source, built and applied' }

local GROUP = 'kustomize.toolkit.fluxcd.io'

local TYPES = {
  path = 'string', targetNamespace = 'string', namePrefix = 'string', nameSuffix = 'string', patches = 'table',
  images = 'table', components = 'table', commonMetadata = 'table', postBuild = 'table', dependsOn = 'table',
  kubeConfig = 'table', decryption = 'table', buildMetadata = 'table', suspend = 'boolean',
  ignoreMissingComponents = 'boolean', prune = 'boolean',
}

local FIELDS = list.append(list.keys(TYPES), {
  'sourceRef', 'interval', 'retryInterval', 'timeout', 'deletionPolicy', 'healthChecks', 'healthCheckExprs', 'serviceAccountName',
  'force', 'wait', 'validation', 'patchesStrategicMerge', 'patchesJson6902',
})

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

---@param object ifx.gitops.Object
---@param world ifx.gitops.World
---@return ifx.gitops.Parameters|nil
---@return string|nil
function M.read(object, world)
  local spec, namespace = shape.plain(origin.spec_of(object)), shape.namespace_of(object)
  if type(spec.sourceRef) ~= 'table' then return nil, 'it has no spec.sourceRef' end
  local wrong = wrong_field(spec)
  local out = {
    parameters = spec, depends = shape.depends_of(spec.dependsOn), suspended = spec.suspend == true or nil,
    cluster = shape.cluster_of(spec.kubeConfig, namespace),
    marks = { labels = { [GROUP .. '/name'] = object.node:get('metadata', 'name'), [GROUP .. '/namespace'] = namespace } },
  }
  out.problems = unknown_fields(spec, FIELDS, { 'spec' }, function(...) return world.line(object, ...) end, object.file)
  if wrong then
    out.why, out.why_at = ('spec.%s is not of the type that the API wants'):format(wrong), { 'spec', wrong }
    return out
  end
  local why
  out.source, why = origin.source(spec.sourceRef, namespace, spec.path, object.file, world)
  if out.source and not why then why = select(2, world.files(out.source)) end
  out.why, out.why_at = why, { 'spec', 'sourceRef', 'name' }
  return out
end

-- ---- rendering ----

-- Files that only the cluster can read; what kustomize generates from one has another content there, and another hash.
local function encrypted_sources(encrypted, built)
  for _, found in ipairs(built.origins) do
    if found then encrypted[found.file] = nil end
  end
  return list.map(list.keys(encrypted), function(file)
    return { kind = 'encrypted', severity = 'warning', file = file,
      message = 'it is encrypted: what is generated from it, and a hash in a name, are not what Flux applies' }
  end)
end

local function build(files, folder, spec)
  local kustomize, encrypted = ifx.use 'kustomize', {}
  local text, at = generate.kustomization(files, folder, spec, kustomize.library)
  local function seen(p, content)
    if content:find('ENC[', 1, true) and content:find('sops', 1, true) then encrypted[p] = true end
  end
  local result, why = kustomize.render.kustomization(overlay(files, { [at] = text }, seen), folder,
    { load_restrictor = 'none', reorder = 'none', enable_helm = false })
  if not result then err.raise { kind = 'not_found', message = why } end
  return result, spec.decryption and encrypted_sources(encrypted, result) or {}
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
  table.insert(result.objects, { node = shape.with_metadata(object, spec.commonMetadata or {}), opaque = opaque })
  return result.objects[#result.objects]
end

local function expanded(entry, object, found, variables, result)
  local ok, e = pcall(finished, object, found, entry.parameters, variables, result)
  if ok then return e end
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
    err.raise { kind = 'not_found', file = entry.object.file, line = world.line(entry.object, 'spec', 'path'),
      message = ('kustomization path not found: %s'):format(spec.path or ''),
      hint = entry.source.tree and world.untracked(folder) or near(files, '', folder, { kind = 'dir' }) }
  end
  local built, problems = build(files, folder, spec)
  local result = { objects = {}, warnings = built.warnings, problems = problems, unset = {} }
  origin.tell_taken(entry, world, result.problems)
  local variables = spec.postBuild and substitute.variables(spec.postBuild, entry.namespace, world, result.problems)
  for _, problem in ipairs(result.problems) do
    if not problem.file then
      problem.file, problem.line = entry.object.file, world.line(entry.object, 'spec', 'postBuild', 'substituteFrom')
    end
  end
  for i, object in ipairs(built.objects) do
    local found = built.origins[i] or nil
    local made = expanded(entry, object, found, variables, result)
    if made then origin.place(made, found, files, entry.source) end
  end
  local unset = variables and not variables.complete and {} or list.keys(result.unset) -- what is missing may set them
  if #unset > 0 then
    table.insert(result.warnings, ('%s set by nothing: %s'):format(#unset == 1 and 'a variable is' or 'variables are',
      table.concat(unset, ', ')))
  end
  result.unset = nil
  return result
end

return M
