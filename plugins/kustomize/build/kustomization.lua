-- kustomization.lua: a kustomization file, read, checked and brought into its newest form. SPDX-License-Identifier: Apache-2.0
local FIELDS = require './build/fields'

---@class kustomize.Kustomization  its fields as plain values; ifx.null is never left in

local M = {}

M.NAMES = { 'kustomization.yaml', 'kustomization.yml', 'Kustomization' }

-- Where a field stands, as 'file:line': looked for only when something is wrong with it.
local function places(text, file)
  return function(...)
    local parsed, document = pcall(yaml.document, text, { file = file })
    local at = parsed and document:at({ ... }, 1) -- a key that stands twice has no one place
    return file, at and at.line or nil, at and at.column or nil
  end
end

local function refuse(at, steps, message, hint)
  local file, line, column = at(table.unpack(steps))
  err.raise { kind = 'config', message = 'invalid Kustomization: ' .. message, file = file, line = line, column = column,
    hint = hint }
end

local function below(steps, step)
  local out = table.move(steps, 1, #steps, 1, {})
  out[#out + 1] = step
  return out
end

-- What the value is called in the messages of the real tool.
local function go_kind(value)
  local is = type(value)
  if is == 'table' then return ifx.is_list(value) and 'array' or 'object' end
  return is == 'boolean' and 'bool' or is
end

local function go_type(wanted)
  if type(wanted) == 'string' then return wanted end
  if wanted.list then return '[]' .. go_type(wanted.list) end
  if wanted.map then return 'map[string]' .. go_type(wanted.map) end
  return 'types.' .. wanted.name
end

local SCALARS = {
  string = function(value) return type(value) == 'string' end,
  bool = function(value) return type(value) == 'boolean' end,
  int = function(value) return math.type(value) == 'integer' end,
  any = function() return true end,
}

local ZERO = { string = '', bool = false, int = 0 }

local function fits(value, wanted)
  if type(wanted) == 'string' then return SCALARS[wanted](value) end
  return type(value) == 'table' and ifx.is_list(value) == (wanted.list ~= nil) or false
end

-- Exact names first, then without regard to case.
local function field_named(fields, name)
  if fields[name] then return name end
  local lower = name:lower()
  for known in pairs(fields) do
    if known:lower() == lower then return known end
  end
end

local checked

local function checked_struct(value, wanted, at, steps)
  local out = {}
  for _, name in ipairs(list.keys(value)) do
    local known = field_named(wanted.fields, name)
    if not known then
      local close = require 'ifx.suggest'(name, list.keys(wanted.fields))
      refuse(at, below(steps, name), ('json: unknown field "%s"'):format(name), close and ('did you mean %s?'):format(close))
    end
    if value[name] ~= ifx.null then
      out[known] = checked(value[name], wanted.fields[known], at, below(steps, name), steps[1] and wanted.name or nil)
    end
  end
  return out
end

local function zero(wanted)
  return type(wanted) == 'string' and ZERO[wanted] or wanted.list and ifx.list {} or {}
end

local function checked_items(value, of, at, steps)
  local out = ifx.is_list(value) and ifx.list {} or {}
  for key, item in pairs(value) do
    out[key] = item == ifx.null and of ~= 'any' and zero(of) or checked(item, of, at, below(steps, key))
  end
  return out
end

local function field_name(steps)
  local names = {}
  for _, step in ipairs(steps) do
    if type(step) == 'string' then names[#names + 1] = step end
  end
  return 'Kustomization.' .. table.concat(names, '.')
end

---@param value any
---@param wanted kustomize.Type
function checked(value, wanted, at, steps)
  if not fits(value, wanted) then
    refuse(at, steps, ('json: cannot unmarshal %s into Go %s %s of type %s'):format(go_kind(value),
      #steps > 0 and 'struct field' or 'value', field_name(steps), go_type(wanted)))
  end
  if wanted == 'any' or type(wanted) == 'string' then return value end
  if wanted.fields then return checked_struct(value, wanted, at, steps) end
  return checked_items(value, wanted.list or wanted.map, at, steps)
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
  local k = checked(value, FIELDS, at, {})
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
