-- helm.lua: a HelmRelease as an entry point, and what the program helm makes of it. SPDX-License-Identifier: Apache-2.0
local artifact = require './render/artifact'
local origin = require './render/origin'
local overlay = require 'ifx.render.overlay'
local shape = require './render/shape'

local M = {}

M.kinds = { ['HelmRelease.helm.toolkit.fluxcd.io'] = 'A chart that the helm controller installs' }

local SOURCE = 'HelmChart.source.toolkit.fluxcd.io'
local LONGEST_NAME = 53

local function map(value) return type(value) == 'table' and not ifx.is_list(value) and value or nil end
local function word(value) return type(value) == 'string' and value ~= '' and value or nil end

-- ---- reading ----

-- What says which chart: a template in the release, or an object of its own.
local function chart_of(spec, namespace, world)
  local template = map(spec.chart) and map(spec.chart.spec)
  if template then return template, namespace end
  local ref = map(spec.chartRef)
  if not ref or not word(ref.kind) or not word(ref.name) then return nil end
  local there = word(ref.namespace) or namespace
  if ref.kind ~= 'HelmChart' then return { sourceRef = { kind = ref.kind, name = ref.name, namespace = there } }, there end
  local object = world.object(SOURCE, there, ref.name)
  return object and shape.plain(origin.spec_of(object)) or { missing = ('the HelmChart %s/%s is not in its cluster'):format(there,
    ref.name) }, there
end

local function release_name(spec, name)
  local full = word(spec.releaseName) or word(spec.targetNamespace) and spec.targetNamespace .. '-' .. name or name
  if #full <= LONGEST_NAME then return full end
  return ('%s-%s'):format(full:sub(1, 40), hash.sha256(full):sub(1, 12))
end

---@param object ifx.gitops.Object
---@param world ifx.gitops.World
---@return ifx.gitops.Parameters|nil
---@return string|nil
function M.read(object, world)
  local spec, namespace = shape.plain(origin.spec_of(object)), shape.namespace_of(object)
  local chart, there = chart_of(spec, namespace, world)
  if not chart then return nil, 'it names no chart' end
  local name = object.node:get('metadata', 'name')
  local out = {
    parameters = spec, depends = shape.depends_of(spec.dependsOn), suspended = spec.suspend == true or nil,
    cluster = shape.cluster_of(spec.kubeConfig, namespace), default_namespace = word(spec.targetNamespace) or namespace,
    marks = { labels = { ['helm.toolkit.fluxcd.io/name'] = name, ['helm.toolkit.fluxcd.io/namespace'] = namespace } },
    chart = { name = word(chart.chart), ref = chart.sourceRef, namespace = there, values_files = chart.valuesFiles,
      version = word(chart.version) },
  }
  local why = chart.missing
  if not why then out.source, why = origin.source(chart.sourceRef, there, word(chart.chart), object.file, world) end
  out.chart.unknown = why
  return out
end

-- ---- values ----

local function merged(under, over)
  if not map(under) or not map(over) then return over end
  local out = {}
  for key, value in pairs(under) do out[key] = value end
  for key, value in pairs(over) do
    if out[key] == nil then out[key] = value else out[key] = merged(out[key], value) end
  end
  return out
end

-- 'a.b' with a value, as one that is merged over the others.
local function at_path(steps, value)
  local out = value
  for i = #steps, 1, -1 do out = { [steps[i]] = out } end
  return out
end

local function text_in(object, key)
  local text = object.node:get('data', key)
  if object.node:get 'kind' ~= 'Secret' then return text end
  local plain = object.node:get('stringData', key)
  if type(plain) == 'string' then return plain end
  local ok, bytes = pcall(hash.unbase64, type(text) == 'string' and text or '')
  return ok and text and bytes or nil
end

local function decoded(text, shown)
  local value = yaml.decode(text, { file = shown })
  return map(value) or {}
end

local function tell(problems, kind, ref, namespace, message)
  problems[#problems + 1] = { kind = kind, severity = 'error', message = message,
    object = { kind = ref.kind, namespace = namespace, name = ref.name } }
end

local function values_from(values, ref, namespace, world, problems)
  local shown = ('%s/%s'):format(tostring(ref.kind), tostring(ref.name))
  local object = word(ref.kind) and word(ref.name) and world.object(ref.kind, namespace, ref.name)
  local key = word(ref.valuesKey) or 'values.yaml'
  if object and (object.opaque or object.node:get 'sops' ~= nil) then
    tell(problems, 'encrypted', ref, namespace, ('values from %s: it is encrypted'):format(shown))
    return values
  end
  local text = object and text_in(object, key)
  if type(text) ~= 'string' then
    if ref.optional ~= true then
      tell(problems, 'missing-object', ref, namespace, ('values from %s: %s'):format(shown,
        object and ('it has no key %s'):format(key) or 'no file of the tree declares it'))
    end
    return values
  end
  local target = word(ref.targetPath)
  local value = target and at_path(path.split((target:gsub('%.', '/'))), text) or decoded(text, shown)
  return merged(values, value)
end

local function values_of(entry, files, world, problems)
  local spec, values = entry.parameters, {}
  local named_files = entry.chart.values_files
  for _, named in ipairs(type(named_files) == 'table' and named_files or {}) do
    local at = artifact.inside(tostring(named))
    local text = files:read(at)
    if not text then err.raise { kind = 'not_found', file = at, message = 'the values file is not there' } end
    values = merged(values, decoded(text, at))
  end
  for _, ref in ipairs(type(spec.valuesFrom) == 'table' and spec.valuesFrom or {}) do
    if map(ref) then values = values_from(values, ref, entry.namespace, world, problems) end
  end
  return merged(values, map(spec.values) or {})
end

-- ---- the program ----

local function objects_of(entry, folder, values, kustomize)
  local out = {}
  local documents = ifx.use 'helm'.library.documents { release = release_name(entry.parameters, entry.name), folder = folder,
    chart = entry.source.path, values = yaml.encode(values),
    arguments = { '--namespace', entry.default_namespace, '--include-crds', '--no-hooks' } }
  for _, document in ipairs(documents) do
    for _, object in ipairs(kustomize.objects(document.text, 'what helm printed')) do
      out[#out + 1] = { node = object, file = document.file }
    end
  end
  return out
end

-- Patches and images over all of it, as a kustomization would have them.
local function post_rendered(objects, renderer, kustomize)
  local change = map(renderer) and map(renderer.kustomize)
  if not change then return objects end
  local nodes = {}
  for i, object in ipairs(objects) do nodes[i] = object.node end
  local files = overlay(artifact.none(), { ['all.yaml'] = node.print(nodes), ['kustomization.yaml'] = yaml.encode {
    resources = ifx.list { 'all.yaml' }, patches = change.patches, images = change.images } })
  local built = kustomize.render.kustomization(files, '', { load_restrictor = 'none', reorder = 'none', enable_helm = false })
  local out = {}
  for i, object in ipairs(built.objects) do out[i] = { node = object } end
  return out
end

-- Where helm finds the chart; nil and why it does not.
local function chart_folder(entry, files, world)
  local shown = entry.chart.name or entry.source.name
  if files:read(path.join(entry.source.path, 'Chart.yaml')) == nil then
    return nil, ('the chart %s is not in %s'):format(shown, entry.source.url or 'the tree')
  end
  return ifx.use 'helm'.library.folder(files, entry.source.path, world.helm, shown)
end

---@param entry ifx.gitops.Entry
---@param world ifx.gitops.World
---@return ifx.gitops.Rendered
function M.render(entry, world)
  local chart, files, why = entry.chart, nil, entry.chart.unknown
  if not why then files, why = origin.files(chart.ref, chart.namespace, entry.object.file, world, entry.source) end
  local folder
  if files then folder, why = chart_folder(entry, files, world) end
  if not folder then return { objects = {}, opaque = why } end
  local kustomize, problems = ifx.use 'kustomize', {}
  origin.tell_taken(entry, world, problems)
  local values = values_of(entry, files, world, problems)
  local objects = objects_of(entry, folder, values, kustomize.library)
  for _, renderer in ipairs(type(entry.parameters.postRenderers) == 'table' and entry.parameters.postRenderers or {}) do
    objects = post_rendered(objects, renderer, kustomize)
  end
  for _, object in ipairs(objects) do
    object.node = shape.with_metadata(object.node, map(entry.parameters.commonMetadata) or {})
    if object.file then origin.place(object, { file = object.file }, files, entry.source) end
  end
  return { objects = objects, problems = problems }
end

return M
