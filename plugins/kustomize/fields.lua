-- fields.lua: every field of a kustomization, and what it names. SPDX-License-Identifier: Apache-2.0

local config = require './config'
local walk = require './walk'

local M = {}

-- A patch written in place can set a path of another tool's object; which one only the build knows.
local function inline_patch(c, match)
  local text = match.value
  if type(text) ~= 'string' or not text:find('path', 1, true) then
    return
  end
  if text:find('toolkit.fluxcd.io', 1, true) or text:find('argoproj.io', 1, true)
      or text:find('path: *["\']?/spec/[%w/]*[pP]ath') then
    c:doubt(match, text:match('^[^\n]*'), 'a patch in place that may set the path of another object')
  end
end

local function patches(kind)
  return function(c, at, key)
    walk.paths(c, at, kind, { key, '*', 'path' }, walk.wants.file)
    walk.each(c, at, { key, '*', 'patch' }, function(match)
      inline_patch(c, match)
    end)
    walk.each(c, at, { key, '*' }, function(match)
      if match.kind ~= 'map' then
        walk.path(c, at, kind, match, walk.wants.file)
      end
    end)
  end
end

local function in_place(match)
  local text = match.kind == 'scalar' and match.value
  return type(text) == 'string' and (text:find('\n', 1, true) or text:find('^%s*[{%[]')) ~= nil
end

local function strategic_merge(c, at, key)
  walk.each(c, at, { key, '*' }, function(match)
    if in_place(match) then
      inline_patch(c, match)
    else
      walk.path(c, at, 'kustomize.patches_strategic_merge', match, walk.wants.file)
    end
  end)
end

local function plugin_list(kind)
  return function(c, at, key)
    walk.each(c, at, { key, '*' }, function(match)
      if in_place(match) then
        config.in_place(c, match, at.base)
      else
        walk.path(c, at, kind, match, walk.wants.file_or_root)
      end
    end)
  end
end

local function paths(kind, want)
  return function(c, at, key)
    walk.paths(c, at, kind, { key, '*' }, want)
  end
end

local function generators(c, at, key)
  walk.generators(c, at, { key, '*' })
end

-- By lower-case name, since kustomize ignores case in field names; true: it names nothing elsewhere.
local FIELDS = {
  resources = paths('kustomize.resources', walk.wants.file_or_root),
  bases = paths('kustomize.bases', walk.wants.root),
  components = paths('kustomize.components', walk.wants.root),
  crds = paths('kustomize.crds', walk.wants.file),
  configurations = paths('kustomize.configurations', walk.wants.file),
  patches = patches 'kustomize.patches',
  patchesjson6902 = patches 'kustomize.patches_json6902',
  patchesstrategicmerge = strategic_merge,
  configmapgenerator = generators,
  secretgenerator = generators,
  transformers = plugin_list 'kustomize.transformers',
  generators = plugin_list 'kustomize.generators',
  validators = plugin_list 'kustomize.validators',
  replacements = walk.replacements,
  openapi = function(c, at, key)
    walk.paths(c, at, 'kustomize.openapi', { key, 'path' }, walk.wants.file)
  end,
  vars = function(c, at, key)
    walk.each(c, at, { key, '*', 'objref' }, function(match)
      walk.object(c, at, 'kustomize.vars', match)
    end)
  end,
  helmcharts = function(c, at, key)
    walk.helm_charts(c, at, { key, '*' }, { values = 'valuesFile', name = 'name', repository = 'repo' })
  end,
  helmglobals = function(c, at, key)
    walk.helm_homes(c, at, { key })
  end,
  helmchartinflationgenerator = function(c, at, key)
    walk.helm_charts(c, at, { key, '*' }, { values = 'values', name = 'chartName', repository = 'chartRepoUrl' })
    walk.helm_homes(c, at, { key, '*' })
  end,
}
for _, key in ipairs { 'apiversion', 'kind', 'metadata', 'nameprefix', 'namesuffix', 'namespace', 'commonlabels',
  'labels', 'commonannotations', 'images', 'imagetags', 'replicas', 'generatoroptions', 'buildmetadata',
  'sortoptions' } do
  FIELDS[key] = true
end

--- Finds the references of a kustomization.
---@param c ifx.repo.Collector
---@param document yaml.Document
---@param top table the decoded first document
---@param base string its folder
function M.find(c, document, top, base)
  local at = { document = document, n = 1, prefix = {}, base = base }
  for key, value in pairs(top) do
    if tostring(key):lower() == 'helmglobals' and type(value) == 'table' then
      at.chart_home = value.chartHome
    end
  end
  for _, key in ipairs(ifx.keys(top)) do
    local field = FIELDS[tostring(key):lower()]
    if not field then
      c:doubt(document:at({ key }, 1), tostring(key), 'not a field of a kustomization')
    elseif field ~= true then
      field(c, at, key)
    end
  end
end

return M
