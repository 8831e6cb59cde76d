-- values.lua: the objects that the chart argocd-apps makes from its values. SPDX-License-Identifier: Apache-2.0

local objects = require 'ifx.k8s.objects'

local M = {}

local below = objects.below

local CHART = 'argocd-apps'
local VERSION = 'argoproj.io/v1alpha1'

-- The chart writes the fields of an entry into the spec of an object of this kind.
local KINDS = { applications = 'Application', applicationsets = 'ApplicationSet', projects = 'AppProject' }

-- Words that a values file with such entries holds.
M.WORDS = list.keys(KINDS)

local function parsed(text)
  local ok, document = pcall(yaml.document, text)
  return ok and #document > 0 and document or nil
end

-- Where the values of the chart stand in the values of the chart of a folder: at the top of its own, below its name, or
-- below the alias, in those of a chart that depends on it.
local function places(read, folder)
  local text = read(path.join(folder, 'Chart.yaml'))
  local document = text and text:find(CHART, 1, true) and parsed(text)
  if not document then
    return {}
  end
  local found = document:get({ 'name' }, 1) == CHART and { {} } or {}
  for _, match in ipairs(document:query({ 'dependencies', '*' }, 1)) do
    if document:get(below(match.path, 'name'), 1) == CHART then
      found[#found + 1] = { document:get(below(match.path, 'alias'), 1) or CHART }
    end
  end
  return found
end

-- An entry of a map has its key for a name; one of a list says it, as in the first versions of the chart.
local function add_entry(found, document, match, kind)
  local name = document:get(below(match.path, 'name'), 1)
  local key = match.path[#match.path]
  local namespace = document:get(below(match.path, 'namespace'), 1)
  found[#found + 1] = {
    api_version = VERSION, group = 'argoproj.io', version = 'v1alpha1', kind = kind, doc = 1,
    path = match.path, spec = match.path, annotations = below(match.path, 'additionalAnnotations'),
    name = type(name) == 'string' and name or type(key) == 'string' and key or nil,
    namespace = type(namespace) == 'string' and namespace or nil,
  }
end

--- The objects that a values file makes: as those of a manifest, with `spec` and `annotations`, the paths of these fields.
---@param document yaml.Document
---@param file string its path
---@param read fun(path: string): string|nil
---@return ifx.k8s.Object[]
function M.objects(document, file, read)
  local found = {}
  for _, place in ipairs(#document > 0 and places(read, path.dirname(file)) or {}) do
    for _, field in ipairs(M.WORDS) do
      for _, match in ipairs(document:query(below(place, field, '*'), 1)) do
        if match.kind == 'map' then
          add_entry(found, document, match, KINDS[field])
        end
      end
    end
  end
  return found
end

local all_of = setmetatable({}, { __mode = 'k' })

--- The objects that the values files of a tree make, each with its document: `{ object, document }`.
---@param ctx table
---@return table[]
function M.all(ctx)
  local found = all_of[ctx]
  if found then
    return found
  end
  found = {}
  all_of[ctx] = found
  for _, entry in ipairs(ctx.tree:files()) do
    local folder = path.basename(entry.path) == 'Chart.yaml' and path.dirname(entry.path)
    for _, other in ipairs(folder and #places(ctx.read, folder) > 0 and ctx.tree:list(folder) or {}) do
      local document = path.dirname(other.path) == folder and other.path:find('%.ya?ml$') and parsed(ctx.read(other.path) or '')
      for _, object in ipairs(document and M.objects(document, other.path, ctx.read) or {}) do
        found[#found + 1] = { object = object, document = document }
      end
    end
  end
  return found
end

return M
