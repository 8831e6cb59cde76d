-- shape.lua: what Applications and ApplicationSets have in common when they are read. SPDX-License-Identifier: Apache-2.0
local plain = require 'ifx.k8s.plain'

local M = {}

---A text that says something; nil for anything else.
---@param value any
---@return string|nil
function M.word(value) return type(value) == 'string' and value ~= '' and value or nil end

---@param value any
---@return table  {} for what is no table
function M.map(value) return type(value) == 'table' and value or {} end

-- What the API takes as it is, nulls and all.
local RAW = { elements = true, valuesObject = true }

---A value without its nulls, but for what is taken as it is.
---@param value any
---@return any
function M.plain(value) return plain(value, RAW) end

---@param object ifx.gitops.Object
---@param field string
---@return table  {} where it is no map
function M.field(object, field)
  local found = object.node:get(field)
  if type(found) ~= 'userdata' or found == ifx.null or found:kind() ~= 'map' then return {} end
  return M.plain(found:value())
end

---The namespace that an object is in.
---@param object ifx.gitops.Object
---@return string
function M.namespace_of(object)
  return M.word(object.node:get('metadata', 'namespace')) or 'default'
end

-- A type is 'string', 'boolean', 'map' … , '?' where anything may stand, { TYPE } a list of it, or { fields = { … } }.
local function fits(value, wanted)
  if wanted == '?' then return true end
  if wanted == 'map' then return type(value) == 'table' and (not ifx.is_list(value) or #value == 0) end
  if type(wanted) == 'string' then return type(value) == wanted end
  if type(value) ~= 'table' then return false end
  if wanted.fields then return M.wrong(value, wanted.fields) end
  if not ifx.is_list(value) and next(value) ~= nil then return false end
  for i, item in ipairs(value) do
    local good, where = fits(item, wanted[1])
    if not good then return false, ('[%d]%s'):format(i - 1, where or '') end
  end
  return true
end

---Is a map as the API wants it? False and the first field that is not, '.source.path'.
---@param value table
---@param fields table<string, any>
---@return boolean good
---@return string|nil where
function M.wrong(value, fields)
  if ifx.is_list(value) and #value > 0 then return false, '' end
  for _, name in ipairs(list.keys(fields)) do
    if value[name] ~= nil then
      local good, where = fits(value[name], fields[name])
      if not good then return false, ('.%s%s'):format(name, where or '') end
    end
  end
  return true
end

local MAP_OF_SOURCE = {
  repoURL = 'string', path = 'string', targetRevision = 'string', chart = 'string', ref = 'string', name = 'string',
  helm = { fields = {
    valueFiles = { 'string' }, values = 'string', valuesObject = 'map', releaseName = 'string', namespace = 'string',
    parameters = { { fields = { name = 'string', value = 'string', forceString = 'boolean' } } },
    fileParameters = { { fields = { name = 'string', path = 'string' } } }, ignoreMissingValueFiles = 'boolean',
    skipCrds = 'boolean', skipTests = 'boolean', skipSchemaValidation = 'boolean', version = 'string', kubeVersion = 'string',
    apiVersions = { 'string' }, passCredentials = 'boolean',
  } },
  kustomize = { fields = {
    namePrefix = 'string', nameSuffix = 'string', images = { 'string' }, replicas = { { fields = { name = 'string' } } },
    commonLabels = 'map', commonAnnotations = 'map', namespace = 'string', patches = { 'map' }, components = { 'string' },
    forceCommonLabels = 'boolean', forceCommonAnnotations = 'boolean', commonAnnotationsEnvsubst = 'boolean',
    labelWithoutSelector = 'boolean', labelIncludeTemplates = 'boolean', ignoreMissingComponents = 'boolean',
    version = 'string', kubeVersion = 'string', apiVersions = { 'string' },
  } },
  directory = { fields = { recurse = 'boolean', include = 'string', exclude = 'string', jsonnet = 'map' } },
  plugin = 'map',
}

M.SOURCE = { fields = MAP_OF_SOURCE }

M.APPLICATION = {
  project = 'string', source = M.SOURCE, sources = { M.SOURCE }, syncPolicy = 'map',
  sourceHydrator = { fields = { drySource = M.SOURCE, syncSource = 'map' } },
  destination = { fields = { server = 'string', name = 'string', namespace = 'string' } },
}

return M
