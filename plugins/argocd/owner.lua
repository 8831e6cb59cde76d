-- owner.lua: is the repository of an Argo CD source the one that this tree belongs to? SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local objects = require 'ifx.k8s.objects'
local url = require 'ifx.repo.url'
local glob = require './glob'
local values = require './values'

local M = {}

M.GROUP = 'argoproj.io'

--- Where the spec of an object stands in its document.
---@param object ifx.k8s.Object
---@return table path
function M.spec(object)
  return object.spec or objects.below(object.path, 'spec')
end

local paths_of = setmetatable({}, { __mode = 'k' })
local decided_of = setmetatable({}, { __mode = 'k' })

local function add(paths, address, taken)
  local identity = type(address) == 'string' and not finder.variable(address) and url.identity(address)
  if identity and type(taken) == 'string' and not finder.variable(taken) then
    paths[identity] = paths[identity] or {}
    table.insert(paths[identity], taken)
  end
end

local function add_sources(paths, spec)
  if type(spec) ~= 'table' then
    return
  end
  local sources = { spec.source }
  for _, source in ipairs(type(spec.sources) == 'table' and spec.sources or {}) do
    sources[#sources + 1] = source
  end
  for _, source in ipairs(sources) do
    if type(source) == 'table' then
      add(paths, source.repoURL, source.path)
    end
  end
end

local function add_generators(paths, generators)
  for _, generator in ipairs(type(generators) == 'table' and generators or {}) do
    local git = type(generator) == 'table' and generator.git
    for _, field in ipairs(type(git) == 'table' and { 'directories', 'files' } or {}) do
      for _, item in ipairs(type(git[field]) == 'table' and git[field] or {}) do
        add(paths, git.repoURL, type(item) == 'table' and type(item.path) == 'string' and glob.literal_folder(item.path))
      end
    end
    for _, nested in ipairs(type(generator) == 'table' and { 'matrix', 'merge' } or {}) do
      add_generators(paths, type(generator[nested]) == 'table' and generator[nested].generators)
    end
  end
end

-- The folders taken from each repository, by its identity.
local function paths_by_repository(ctx)
  local paths = paths_of[ctx]
  if paths then
    return paths
  end
  paths = {}
  local index = ctx.objects()
  for _, object in ipairs(index:all('Application', M.GROUP)) do
    add_sources(paths, index:get(object, 'spec'))
  end
  for _, object in ipairs(index:all('ApplicationSet', M.GROUP)) do
    add_sources(paths, index:get(object, 'spec', 'template', 'spec'))
    add_generators(paths, index:get(object, 'spec', 'generators'))
  end
  for _, made in ipairs(values.all(ctx)) do
    local function get(...)
      return made.document:get(objects.below(made.object.spec, ...), 1)
    end
    add_sources(paths, { source = get('source'), sources = get('sources') })
    add_sources(paths, get('template', 'spec'))
    add_generators(paths, get('generators'))
  end
  paths_of[ctx] = paths
  return paths
end

--- Does this URL name the repository that the tree belongs to?
---@param ctx table
---@param address any the repoURL as decoded
---@return boolean|nil own nil: cannot be told
---@return string|nil note evidence, or why it is not
function M.is_own(ctx, address)
  if type(address) ~= 'string' then
    return nil, 'no repoURL says which repository it is in'
  end
  local why = finder.variable(address)
  if why then
    return nil, 'in a repository named by ' .. why
  end
  local identity = url.identity(address)
  if not identity then
    return false, 'in another repository'
  end
  local decided = decided_of[ctx] or {}
  decided_of[ctx] = decided
  if not decided[identity] then
    decided[identity] = { url.is_own_by_paths(ctx, address, paths_by_repository(ctx)[identity] or {}) }
  end
  local own, note = decided[identity][1], decided[identity][2]
  return own, not own and 'in another repository' or note
end

--- Is this revision one that never moves? Its files keep the paths they have.
---@param revision any targetRevision as decoded
---@return string|nil why
function M.pinned(revision)
  if type(revision) == 'string' and (revision:find('^v?%d+%.%d+') or revision:find('^%x+$') and #revision == 40) then
    return ('pinned to the revision %s of this repository'):format(revision)
  end
end

return M
