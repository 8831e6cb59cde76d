-- kustomization.lua: a kustomization file, read, checked and brought into its newest form. SPDX-License-Identifier: Apache-2.0
local FIELDS = require './build/fields'
local shape = require './build/shape'

---@class kustomize.Kustomization  its fields as plain values; ifx.null is never left in

local M = {}

M.NAMES = { 'kustomization.yaml', 'kustomization.yml', 'Kustomization' }

-- Where a field stands, as 'file:line': the text is read for it when somebody first asks.
local function places(text, file)
  local parsed, document
  return function(...)
    if parsed == nil then parsed, document = pcall(yaml.document, text, { file = file }) end
    local at = parsed and document:at({ ... }, 1) -- a key that stands twice has no one place
    return file, at and at.line or nil, at and at.column or nil
  end
end

local WHAT = 'invalid Kustomization'

local function refuse(at, steps, message)
  local file, line, column = at(table.unpack(steps))
  err.raise { kind = 'config', message = WHAT .. ': ' .. message, file = file, line = line, column = column }
end

-- ---- deprecated forms ----

local DEPRECATED = {
  { 'bases', 'resources' }, { 'commonLabels', 'labels' }, { 'imageTags', 'images' }, { 'patchesJson6902', 'patches' },
  { 'patchesStrategicMerge', 'patches' }, { 'vars', 'replacements' },
}

local function warn(k, file, warnings)
  for _, pair in ipairs(DEPRECATED) do
    if k[pair[1]] then
      warnings[#warnings + 1] = ("%s: '%s' is deprecated, use '%s' instead"):format(file, pair[1], pair[2])
    end
  end
end

local function move(k, from, to)
  for _, item in ipairs(k[from] or {}) do
    k[to] = k[to] or ifx.list {}
    table.insert(k[to], item)
  end
  k[from] = nil
end

local function several_envs(generators)
  for _, args in ipairs(generators or {}) do
    if args.env and args.env ~= '' then
      args.envs = args.envs or ifx.list {}
      table.insert(args.envs, args.env)
    end
    args.env = nil
  end
end

-- A chart of the old field is one of the new; where charts and configuration are kept is said once for all.
local function newer_charts(k)
  for _, old in ipairs(k.helmChartInflationGenerator or {}) do
    k.helmGlobals = k.helmGlobals or { chartHome = old.chartHome, configHome = old.helmHome }
    k.helmCharts = k.helmCharts or ifx.list {}
    table.insert(k.helmCharts, {
      name = old.chartName, version = old.chartVersion, repo = old.chartRepoUrl, valuesFile = old.values,
      valuesInline = old.valuesLocal, valuesMerge = old.valuesMerge, releaseName = old.releaseName,
      namespace = old.releaseNamespace,
    })
  end
  k.helmChartInflationGenerator = nil
end

local function newest(k)
  k.kind = k.kind ~= '' and k.kind or 'Kustomization'
  k.kind = k.kind or 'Kustomization'
  move(k, 'bases', 'resources')
  move(k, 'imageTags', 'images')
  several_envs(k.configMapGenerator)
  several_envs(k.secretGenerator)
  newer_charts(k)
end

local VERSIONS = { Kustomization = 'kustomize.config.k8s.io/v1beta1', Component = 'kustomize.config.k8s.io/v1alpha1' }

local function check_type(k, at)
  local wanted = VERSIONS[k.kind]
  if not wanted then
    refuse(at, { 'kind' }, 'kind should be Kustomization or Component')
  elseif (k.apiVersion or '') ~= '' and k.apiVersion ~= wanted then
    refuse(at, { 'apiVersion' }, ('apiVersion for %s should be %s'):format(k.kind, wanted))
  end
end

local function is_empty(k)
  for name in pairs(k) do
    if name ~= 'apiVersion' and name ~= 'kind' and name ~= 'where' then return false end
  end
  return true
end

---A kustomization from its text. Raises 'parse' and 'config' with file, line and column.
---@param text string
---@param file string     as errors name it
---@param warnings string[]  what is deprecated is added
---@return kustomize.Kustomization
function M.parse(text, file, warnings)
  local value = node.document(text, { file = file, repeated_keys = true }):value()
  local at = places(text, file)
  if value == ifx.null then value = {} end
  local k = shape.check(value, FIELDS, { what = WHAT, at = at })
  warn(k, file, warnings)
  newest(k)
  if is_empty(k) then
    err.raise { kind = 'config', message = 'kustomization.yaml is empty', file = file }
  end
  check_type(k, at)
  k.where = at
  return k
end

---What is missing in a folder that is no root.
---@param files kustomize.Files
---@param folder string
---@return string
function M.missing(files, folder)
  return ("unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '%s'")
    :format(files:show(folder))
end

---The kustomization of a folder: its text, its path. Raises 'not_found' for none, 'conflict' for several.
---@param loader kustomize.Loader
---@return string text
---@return string path
function M.find(loader)
  local files, found = loader.files, nil
  for _, name in ipairs(M.NAMES) do
    local at = path.join(loader.folder, name)
    if files:kind(at) == 'file' then
      if found then
        err.raise { kind = 'conflict', message = 'Found multiple kustomization files under: ' .. files:show(loader.folder),
          file = files:show(at), hint = 'keep one of them' }
      end
      found = name
    end
  end
  if found then return loader:read(found) end
  err.raise { kind = 'not_found', file = files:show(loader.folder), message = M.missing(files, loader.folder) }
end

return M
