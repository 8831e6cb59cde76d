-- application.lua: an Application as an entry point, and the objects that it applies. SPDX-License-Identifier: Apache-2.0
local clusters = require './render/clusters'
local directory = require './render/directory'
local environments = require './render/environment'
local helm = require './render/helm'
local kustomize = require './render/kustomize'
local limits = require './render/limits'
local near = require 'ifx.render.near'
local origin = require './render/origin'
local shape = require './render/shape'
local unknown_fields = require 'ifx.k8s.fields'

local M = {}

M.kinds = { ['Application.argoproj.io'] = 'Folders and charts of repositories, rendered and applied together' }

local TRACKED = 'argocd.argoproj.io/tracking-id'

-- ---- reading ----

local function sources_of(spec)
  local hydrated = shape.map(spec.sourceHydrator).drySource
  if hydrated then return { hydrated } end
  if spec.sources and #spec.sources > 0 then return spec.sources end
  return { spec.source }
end

-- Argo CD takes out what is empty before it asks what a source is.
local function with_content(options)
  for _, value in pairs(shape.map(options)) do
    if value ~= '' and value ~= false and not (type(value) == 'table' and next(value) == nil) then return options end
  end
end

local FIELDS = list.append(list.keys(shape.APPLICATION), { 'ignoreDifferences', 'info', 'revisionHistoryLimit' })
local SOURCE_FIELDS = list.keys(shape.SOURCE.fields)

-- What the API would drop without a word, and a cluster that nothing here knows.
local function doubts(object, spec, world)
  local function line(...) return world.line(object, ...) end
  local out = unknown_fields(spec, FIELDS, { 'spec' }, line, object.file)
  if type(spec.source) == 'table' then
    list.append(out, unknown_fields(spec.source, SOURCE_FIELDS, { 'spec', 'source' }, line, object.file))
  end
  local name = shape.word(shape.map(spec.destination).name)
  if name and not clusters.is_known(name, world) then
    out[#out + 1] = { kind = 'undeclared-cluster', severity = 'warning', file = object.file,
      line = line('spec', 'destination', 'name'),
      message = ('no file of the tree declares the Secret of a cluster %s: it is taken to be there'):format(name) }
  end
  return out
end

-- A branch or a tag that nobody made; what is a range of versions is not looked up.
local function missing_revision(object, spec, place, world)
  local revision = place.tree and not place.revision and shape.word(spec.targetRevision)
  if not revision or revision:find '[^%w%._/-]' or not world.lacks(revision) then return {} end
  return { { kind = 'missing-revision', severity = 'warning', file = object.file,
    line = world.line(object, 'spec', 'source', 'targetRevision'),
    message = ('no branch or tag %s is in this repository: its files are taken as they are here'):format(revision) } }
end

---@param object ifx.gitops.Object
---@param world ifx.gitops.World
---@return ifx.gitops.Parameters|nil
---@return string|nil
function M.read(object, world)
  local spec, name = shape.field(object, 'spec'), object.node:get('metadata', 'name')
  if spec.source == nil and spec.sources == nil and spec.sourceHydrator == nil then return nil, 'it has no spec.source' end
  local annotations = shape.map(shape.field(object, 'metadata').annotations)
  local out = { parameters = spec, marks = { annotations = { [TRACKED] = ('%s:'):format(name) } },
    suspended = annotations['argocd.argoproj.io/skip-reconcile'] == 'true' or nil }
  local good, where = shape.wrong(spec, shape.APPLICATION)
  if not good then
    out.why = ('spec%s is not of the type that the API wants'):format(where)
    return out
  end
  local sources, destination = sources_of(spec), shape.map(spec.destination)
  if not sources[1] then
    out.why = 'spec.source and/or spec.sources is required'
    return out
  end
  out.default_namespace = shape.word(destination.namespace)
  local known, cluster = pcall(clusters.destination, destination, world)
  if not known then
    if not err.is(cluster) or cluster.kind ~= 'config' then error(cluster, 0) end
    out.why = cluster.message
    return out
  end
  out.cluster, out.problems = clusters.word(cluster), doubts(object, spec, world)
  local why
  out.source, why = origin.locate(sources[1], world)
  list.append(out.problems, missing_revision(object, sources[1], out.source, world))
  if #sources == 1 and out.source.kind == 'git' then out.why = why or select(2, world.files(out.source)) end
  return out
end

-- ---- one source ----

local function merge_patch(target, patch)
  if type(patch) ~= 'table' or ifx.is_list(patch) then return patch end
  local out = {}
  for key, value in pairs(type(target) == 'table' and not ifx.is_list(target) and target or {}) do out[key] = value end
  for key, value in pairs(patch) do
    if value == ifx.null then out[key] = nil else out[key] = merge_patch(out[key], value) end
  end
  return out
end

local KEPT = { 'chart', 'path', 'repoURL', 'targetRevision' }

-- Files beside the manifests may change the source: for all Applications, then for this one.
local function overridden(spec, files, folder, name)
  local merged = spec
  for _, file in ipairs { '.argocd-source.yaml', ('.argocd-source-%s.yaml'):format(name) } do
    local at = path.join(folder, file)
    local text = files:kind(at) == 'file' and files:read(at)
    if text then
      merged = merge_patch(merged, yaml.decode(text, { file = at }) or {})
      local good, where = shape.wrong(merged, shape.SOURCE.fields)
      if not good then
        err.raise { kind = 'config', file = at, message = ('%s is not of the type that the API wants'):format(where) }
      end
    end
  end
  if merged == spec then return spec end
  for _, field in ipairs(KEPT) do merged[field] = spec[field] end
  return shape.plain(merged)
end

-- What the source says it is, else what its folder looks like; of two the last by name.
local function type_of(spec, files, folder)
  local said = {}
  for _, field in ipairs { 'kustomize', 'helm', 'directory', 'plugin' } do
    if field == 'plugin' and spec.plugin or with_content(spec[field]) then said[#said + 1] = field end
  end
  if #said > 1 then
    err.raise { kind = 'config', message = 'multiple application sources defined: ' .. table.concat(said, ', ') }
  elseif said[1] then
    return said[1]
  end
  local found = 'directory'
  for _, name in ipairs(list.sorted(files:list(folder))) do
    if files:kind(path.join(folder, name)) == 'file' then
      if name:find 'Chart%.yaml$' then found = 'helm' end
      if kustomize.NAMES[name] then found = 'kustomize' end
    end
  end
  return found
end

local RENDER = {}

function RENDER.directory(_, source)
  return directory.objects(source.files, source.folder, shape.map(source.spec.directory))
end

function RENDER.kustomize(entry, source, world, result)
  local version = shape.word(shape.map(source.spec.kustomize).version)
  local how = kustomize.options(world, entry.namespace, version, result.warnings)
  how.enable_helm = how.enable_helm and world.helm
  local objects, warnings = kustomize.objects(source.files, source.folder, source.spec, how, source.environment)
  list.append(result.warnings, warnings)
  return objects
end

function RENDER.helm(entry, source, world, result)
  return helm.objects(entry, source, result.refs, world.helm)
end

function RENDER.plugin()
  return nil, 'a config management plugin renders it, which does not run here'
end

-- Where the object says the path of one of its sources.
local function path_line(entry, spec, world)
  for i, one in ipairs(entry.parameters.sources or {}) do
    if one == spec then return world.line(entry.object, 'spec', 'sources', i, 'path') end
  end
  return world.line(entry.object, 'spec', 'source', 'path')
end

-- The objects of a source; nil and why they are not known.
local function render_source(entry, spec, world, result)
  local place, why = origin.locate(spec, world)
  if spec.ref and not shape.word(spec.path) and place.kind == 'git' then return {} end
  local files
  if not why then files, why = world.files(place) end
  if not files then return nil, why end
  if files:kind(place.path) ~= 'dir' then
    err.raise { kind = 'not_found', file = entry.object.file, line = path_line(entry, spec, world),
      message = ('%s: app path does not exist'):format(spec.path or ''),
      hint = place.tree and world.untracked(place.path) or near(files, '', place.path, { kind = 'dir' }) }
  end
  local source = { files = files, folder = place.path, spec = overridden(spec, files, place.path, entry.name) }
  source.environment = environments.of({ name = entry.name, project = shape.word(entry.parameters.project) or 'default',
    destination = shape.map(entry.parameters.destination).namespace or '' }, spec)
  local objects
  objects, why = RENDER[type_of(source.spec, files, source.folder)](entry, source, world, result)
  for _, object in ipairs(objects or {}) do
    object.repository = (not place.tree or place.revision) and place.url or nil
  end
  for _, name in ipairs(list.keys(source.environment.unknown)) do
    result.warnings[#result.warnings + 1] = ('$%s is known only when a commit is fetched: taken for nothing'):format(name)
  end
  return objects, why
end

-- ---- all of them ----

local function refs_of(sources, world)
  local out = {}
  for _, spec in ipairs(sources) do
    if shape.word(spec.ref) then
      local place, why = origin.locate(spec, world)
      local files
      if not why then files, why = world.files(place) end
      out[spec.ref] = { files = files, why = why }
    end
  end
  return out
end

-- What a list of objects holds stands for itself.
local function unlisted(found)
  local out = {}
  for _, object in ipairs(found) do
    local items = object.node:get 'items'
    if type(items) == 'userdata' and items ~= ifx.null and items:kind() == 'list' then
      for i = 1, #items do
        out[#out + 1] = { node = items:get(i), file = object.file, line = object.line, repository = object.repository }
      end
    elseif not (items == ifx.null and object.node:get 'spec' == nil and object.node:get 'status' == nil) then
      out[#out + 1] = object
    end
  end
  return out
end

-- An object whose one hook is to be skipped is never applied.
local function is_skipped(object)
  local hooks = object.node:get('metadata', 'annotations', 'argocd.argoproj.io/hook')
  return type(hooks) == 'string' and hooks:find '^%s*Skip%s*$' ~= nil
end

local function check_object(object)
  local good = type(object.node) == 'userdata' and object.node ~= ifx.null and object.node:kind() == 'map'
  for _, field in ipairs { 'apiVersion', 'kind' } do
    good = good and type(object.node:get(field)) == 'string'
  end
  if not good then
    err.raise { kind = 'parse', file = object.file, line = object.line,
      message = "an object without apiVersion and kind stands among those to apply" }
  end
end

-- In its namespace, or in none.
local function placed(object, namespace, namespaced, unknown)
  check_object(object)
  local api_version, kind = object.node:get 'apiVersion', object.node:get 'kind'
  local its, has = namespaced(api_version, kind), object.node:get('metadata', 'namespace')
  if has == ifx.null or has == '' then has = nil end
  if its == false and has then object.node = object.node:with(nil, 'metadata', 'namespace') end
  if its ~= false and not has and namespace then
    object.node = object.node:with(namespace, 'metadata', 'namespace')
    if its == nil then unknown[('%s of %s'):format(kind, api_version)] = true end
  end
  return object
end

local function key_of(object, i)
  local at = object.node
  local name = at:get('metadata', 'name')
  return table.concat({ (tostring(at:get 'apiVersion'):gsub('/?[^/]*$', '')), tostring(at:get 'kind'),
    tostring(at:get('metadata', 'namespace') or ''), type(name) == 'string' and name or '#' .. i }, '/')
end

-- Of objects that are rendered twice the last counts.
local function last_of_each(found, problems)
  local last, out = {}, {}
  for i, object in ipairs(found) do last[key_of(object, i)] = i end
  for i, object in ipairs(found) do
    local key = key_of(object, i)
    if last[key] == i then
      out[#out + 1] = object
    else
      problems[#problems + 1] = { kind = 'repeated', severity = 'warning', file = object.file, line = object.line,
        message = ('Resource %s appeared several times among application resources: the last counts'):format(key) }
    end
  end
  return out
end

---@param entry ifx.gitops.Entry
---@param world ifx.gitops.World
---@return ifx.gitops.Rendered
function M.render(entry, world)
  local sources, found, why, known = sources_of(entry.parameters), {}, nil, 0
  local result = { warnings = {}, problems = {}, refs = refs_of(sources, world) }
  for _, spec in ipairs(sources) do
    local objects, unknown = render_source(entry, spec, world, result)
    list.append(found, objects or {})
    known, why = known + (objects and not (spec.ref and #objects == 0) and 1 or 0), why or unknown
  end
  result.refs = nil
  local cluster = clusters.destination(shape.map(entry.parameters.destination), world)
  found = unlisted(found)
  local namespaced, unknown = clusters.scopes(world, found), {}
  for _, object in ipairs(found) do placed(object, entry.default_namespace, namespaced, unknown) end
  found = list.filter(found, function(object) return not is_skipped(object) end)
  for _, kind in ipairs(list.keys(unknown)) do
    table.insert(result.warnings, ('no file declares the kind %s: it is taken for one with a namespace'):format(kind))
  end
  result.objects = last_of_each(found, result.problems)
  limits.check(entry, sources, result.objects, cluster, namespaced, world, result.problems)
  if why and known == 0 then
    result.opaque = why
  elseif why then
    table.insert(result.problems, { kind = 'not-checkable', severity = 'error', message = why, file = entry.object.file,
      line = entry.object.line })
  end
  return result
end

return M
