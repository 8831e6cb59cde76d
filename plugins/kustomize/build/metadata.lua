-- metadata.lua: buildMetadata: where objects come from, what changed them, who manages them. SPDX-License-Identifier: Apache-2.0
local remote = require './build/remote'
local resources = require './build/resource'

---@class kustomize.Source  what one annotation says
---@field path string|nil          of the file that holds the object, from the folder that is built
---@field repo string|nil          that the path is in, when it is not the one that is built
---@field ref string|nil           of it
---@field configuredIn string|nil  of the file that configures a generator or a transformer
---@field configuredBy { apiVersion: string, kind: string, name: string|nil, namespace: string|nil }|nil

local M = {}

local ORIGIN = 'config.kubernetes.io/origin'
local TRANSFORMATIONS = 'alpha.config.kubernetes.io/transformations'
M.ORIGIN, M.TRANSFORMATIONS = ORIGIN, TRANSFORMATIONS

-- Annotations that kustomize keeps its books in; what a file says under these names is lost on the way.
local BOOKS = { ['config.kubernetes.io/index'] = true, ['config.kubernetes.io/path'] = true, ['config.k8s.io/id'] = true }
for _, name in ipairs { 'previousKinds', 'previousNames', 'previousNamespaces', 'prefixes', 'suffixes', 'allowNameChange',
  'allowKindChange', 'refBy', 'generatorBehavior', 'needsHashSuffix', 'path', 'index', 'seqindent', 'id',
  'annotations-migration-resource-id' } do
  BOOKS['internal.config.kubernetes.io/' .. name] = true
end

local ORDER = { 'path', 'repo', 'ref', 'configuredIn', 'configuredBy', 'apiVersion', 'kind', 'name', 'namespace' }

-- A path that may begin above where it is taken from: '../base' and 'x.yaml' are '../base/x.yaml'.
local function joined(from, named)
  local out = {}
  for _, step in ipairs(path.split(from .. '/' .. named)) do
    if step == '..' and out[1] and out[#out] ~= '..' then
      out[#out] = nil
    elseif step ~= '.' then
      out[#out + 1] = step
    end
  end
  return table.concat(out, '/')
end

---Where something lies, as the kustomizations that lead to it write it.
---@class kustomize.Origin
---@field path string
---@field repo string|nil  nil: in the one that is built
---@field ref string|nil

---@type kustomize.Origin
M.HERE = { path = '' }

-- What kustomize says for the top folder of a repository.
local TOP = 'notCloned'

---Where a folder or a file lies that is named from a folder.
---@param from kustomize.Origin
---@param named string
---@return kustomize.Origin
function M.below(from, named)
  local repository = remote.repository(named)
  if not repository then return { path = joined(from.path, named), repo = from.repo, ref = from.ref } end
  return { path = repository.path == '' and TOP or repository.path, repo = repository.repository, ref = repository.ref }
end

---The source of an object of a file that a kustomization names; nil when the build keeps no such books.
---@param env kustomize.Env
---@param named string
---@return kustomize.Source|nil
function M.of_file(env, named) return env.build.tracks and M.below(env.origin, named) or nil end

---The source of what a builtin generator or transformer does for a field of a kustomization.
---@param env kustomize.Env
---@param kind string
---@return kustomize.Source|nil
function M.of_field(env, kind)
  if not env.build.tracks then return nil end
  local at = M.below(env.origin, path.basename(env.file))
  return { repo = at.repo, ref = at.ref, configuredIn = at.path,
    configuredBy = { apiVersion = 'builtin', kind = kind } }
end

---The source of what the plugin does that a resource configures.
---@param resource kustomize.Resource
---@return kustomize.Source|nil
function M.of_plugin(resource)
  local id, source = resource.id, resource.source
  return source and { repo = source.repo, ref = source.ref, configuredIn = source.path, configuredBy = {
    apiVersion = id.group == '' and id.version or id.group .. '/' .. id.version, kind = id.kind,
    name = id.name ~= '' and id.name or nil, namespace = id.namespace ~= '' and id.namespace or nil } }
end

---Generated resources come from there, unless they say otherwise.
---@param list kustomize.Resource[]
---@param source kustomize.Source|nil
function M.generated(list, source)
  if not source then return end
  for _, resource in ipairs(list) do resource.source = resource.source or source end
end

---All resources went through that; one that comes from nowhere was made by it.
---@param set kustomize.Set
---@param source kustomize.Source|nil
function M.transformed(set, source)
  if not source then return end
  for _, resource in ipairs(set.list) do
    if resource.source then
      resource.transformed = resource.transformed or {}
      table.insert(resource.transformed, source)
    else
      resource.source = source
    end
  end
end

local function without_books(object)
  local annotations = object:get('metadata', 'annotations')
  if type(annotations) ~= 'userdata' or annotations == ifx.null then return object end
  for _, key in ipairs(annotations:keys()) do
    if BOOKS[key] or key == ORIGIN or key == TRANSFORMATIONS then object = object:with(nil, 'metadata', 'annotations', key) end
  end
  return object
end

local function wants(k, name)
  for _, option in ipairs(k.buildMetadata or {}) do
    if option == name then return true end
  end
  return false
end

---What an annotation says of sources.
---@param value kustomize.Source|kustomize.Source[]
---@return string
function M.text(value) return yaml.encode(value, { keys = ORDER }) end

local function annotate(object, name, value)
  return value and object:with(M.text(value), 'metadata', 'annotations', name) or object
end

---An object as it is printed: what kustomize notes for itself gone, what the kustomization asks for added.
---@param resource kustomize.Resource
---@param k kustomize.Kustomization  the one that is built
---@return node.Node
function M.finish(resource, k)
  local object = without_books(resource.node)
  if wants(k, 'originAnnotations') then object = annotate(object, ORIGIN, resource.source) end
  if wants(k, 'transformerAnnotations') then
    object = annotate(object, TRANSFORMATIONS, resource.transformed and ifx.list(resource.transformed))
  end
  if wants(k, 'managedByLabel') then
    object = object:with('kustomize-(devel)', 'metadata', 'labels', 'app.kubernetes.io/managed-by')
  end
  return resources.with_annotations(object)
end

return M
