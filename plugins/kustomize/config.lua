-- config.lua: configurations of kustomize plugins: documents of their own, or texts in place. SPDX-License-Identifier: Apache-2.0

local objects = require 'ifx.k8s.objects'
local walk = require './walk'

local M = {}


-- What the configurations of each kind name; a kind that is not here names no files.
local KINDS = {
  PatchTransformer = function(c, at)
    walk.paths(c, at, 'kustomize.patches', { 'path' }, walk.wants.file)
  end,
  PatchJson6902Transformer = function(c, at)
    walk.paths(c, at, 'kustomize.patches_json6902', { 'path' }, walk.wants.file)
  end,
  PatchStrategicMergeTransformer = function(c, at)
    walk.paths(c, at, 'kustomize.patches_strategic_merge', { 'paths', '*' }, walk.wants.file)
  end,
  ReplacementTransformer = function(c, at)
    walk.replacements(c, at, 'replacements')
  end,
  ConfigMapGenerator = function(c, at)
    walk.generators(c, at, {})
  end,
  SecretGenerator = function(c, at)
    walk.generators(c, at, {})
  end,
  HelmChartInflationGenerator = function(c, at)
    walk.helm_charts(c, at, {}, { values = 'valuesFile', name = 'name', repository = 'repo' })
    walk.helm_homes(c, at, {})
  end,
  ksops = function(c, at)
    walk.generators(c, at, {})
    walk.generators(c, at, { 'secretFrom', '*' })
    walk.paths(c, at, 'kustomize.generator_files', { 'secretFrom', '*', 'binaryFiles', '*' }, walk.wants.file)
  end,
}

--- Can this text hold plugin configurations? Cheap: asked of every YAML file.
---@param text string
---@return boolean
function M.mentioned(text)
  return text:find('builtin', 1, true) ~= nil and text:find('apiVersion: *["\']?builtin') ~= nil
    or text:find('viaduct.ai/', 1, true) ~= nil
end

--- Is this object the configuration of a plugin that reads files?
---@param object ifx.k8s.Object
---@return boolean
function M.is_plugin(object)
  local known = object.api_version == 'builtin' or object.group == 'viaduct.ai'
  return known and KINDS[object.kind] ~= nil
end

--- Finds the references of a plugin configuration.
---@param c ifx.repo.Collector
---@param document yaml.Document
---@param object ifx.k8s.Object
---@param base string folder of the kustomization that loads it
function M.find(c, document, object, base)
  KINDS[object.kind](c, { document = document, n = object.doc, prefix = object.path, base = base })
end

local FIELDS = { 'transformers', 'generators', 'validators' }

local function lists(ctx, base, name, target)
  local text = ctx.tree:try_read(path.join(base, name))
  local parsed, document = pcall(yaml.document, text or '')
  if not parsed then
    return false
  end
  for _, field in ipairs(FIELDS) do
    for _, match in ipairs(document:query({ field, '*' }, 1)) do
      if match.kind == 'scalar' and ctx.resolve(base, match.text) == target then
        return true
      end
    end
  end
  return false
end

--- The folder that the paths in a plugin configuration are relative to: not its own, but that of the
--- kustomization that lists it. Looked for in its folder and above.
---@param ctx table
---@param target string path of the configuration
---@return string|nil base
---@return string|nil why
function M.base(ctx, target)
  local base = target
  repeat
    base = path.dirname(base)
    for _, name in ipairs(walk.NAMES) do
      if ctx.exists(path.join(base, name)) and lists(ctx, base, name, target) then
        return base
      end
    end
  until base == ''
  return nil, 'relative to the kustomization that lists this configuration, and none in its folder or above does'
end

--- A plugin configuration written in place, as a text of the kustomization.
---@param c ifx.repo.Collector
---@param match yaml.Match the block scalar
---@param base string
function M.in_place(c, match, base)
  local parsed, document = pcall(yaml.document, match.value, { file = c.file.path })
  if not parsed then
    c:doubt(match, match.value:match('^[^\n]*'), 'a plugin configuration in place that does not parse as YAML')
    return
  end
  for _, object in ipairs(objects.read(document)) do
    if M.is_plugin(object) then
      M.find(c:inside(match), document, object, base)
    end
  end
end


return M
