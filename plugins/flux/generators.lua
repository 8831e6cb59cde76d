-- generators.lua: what ArtifactGenerators make, and what they copy from where. SPDX-License-Identifier: Apache-2.0

local M = {}

local GROUP = 'source.extensions.fluxcd.io'

---@class flux.Artifact an ExternalArtifact that is made
---@field namespace string|nil
---@field file string of its generator
---@field rules flux.Rule[] in their order

---@class flux.Rule
---@field source table|nil {kind=, name=, namespace=}; nil where no alias says it
---@field from string|nil a path or glob in the source; nil where the rule is not understood
---@field to string|nil folder of the artifact, or the path of a file in it, normalized
---@field folder string|nil the folder whose whole content lands in `to`

local known = setmetatable({}, { __mode = 'k' })

local function entries(value)
  return type(value) == 'table' and value or {}
end

--- The sources of an ArtifactGenerator by their aliases.
---@param sources any its spec.sources
---@param namespace string|nil its own
---@return table<string, table> {kind=, name=, namespace=}
function M.aliases(sources, namespace)
  local aliases = {}
  for _, taken in ipairs(entries(sources)) do
    if type(taken) == 'table' and taken.alias then
      aliases[taken.alias] = { kind = taken.kind, name = taken.name, namespace = taken.namespace or namespace }
    end
  end
  return aliases
end

--- A path inside a source or an artifact as one of a tree: '' is its root, nil leads out of it.
---@param text string
---@return string|nil
function M.normal(text)
  local folder = path.normalize('./' .. text:gsub('^/+', ''):gsub('/+$', ''))
  return folder ~= '.' and folder or folder and ''
end

-- `@alias/from` to `@artifact/to`. Written `from/**` or `from/`, to a folder, all of a folder is copied.
local function rule_of(copy, aliases)
  local from, to = entries(copy).from, entries(copy).to
  local alias, taken = tostring(from):match('^@([^/]+)/(.*)$')
  local target = tostring(to):match('^@artifact/(.*)$')
  if not alias or not target then
    return { to = target and M.normal(target) }
  end
  local whole = taken == '**' and '' or taken:match('^(.*/)%*%*$') or taken:match('^.*/$')
  local plain = whole and not whole:find('[*?%[{]') and (target == '' or target:sub(-1) == '/')
  return { source = aliases[alias], from = taken, to = M.normal(target), folder = plain and M.normal(whole) or nil }
end

--- The ExternalArtifacts that the generators of a tree make, by their names.
---@param ctx table
---@return table<string, flux.Artifact[]>
function M.artifacts(ctx)
  if known[ctx] then
    return known[ctx]
  end
  local index, made = ctx.objects(), {}
  known[ctx] = made
  for _, generator in ipairs(index:all('ArtifactGenerator', GROUP)) do
    local aliases = M.aliases(index:get(generator, 'spec', 'sources'), generator.namespace)
    for _, artifact in ipairs(entries(index:get(generator, 'spec', 'artifacts'))) do
      if type(artifact) == 'table' and type(artifact.name) == 'string' then
        made[artifact.name] = made[artifact.name] or {}
        table.insert(made[artifact.name], {
          namespace = generator.namespace, file = generator.file,
          rules = list.map(entries(artifact.copy), function(copy) return rule_of(copy, aliases) end),
        })
      end
    end
  end
  return made
end

return M
