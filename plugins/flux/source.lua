-- source.lua: is the root of a Flux source the root of this tree? SPDX-License-Identifier: Apache-2.0

local url = require 'ifx.repo.url'

local M = {}

M.GROUP = 'source.toolkit.fluxcd.io'
local KUSTOMIZE = 'kustomize.toolkit.fluxcd.io'

local facts = setmetatable({}, { __mode = 'k' })

-- What was found out about the sources of one tree.
local function facts_of(ctx)
  facts[ctx] = facts[ctx] or { own = {} }
  return facts[ctx]
end

-- The paths that Kustomizations take from each GitRepository, by its name.
local function paths_by_source(ctx)
  local known = facts_of(ctx)
  if known.paths then
    return known.paths
  end
  local paths = {}
  known.paths = paths
  local index = ctx.objects()
  for _, object in ipairs(index:all('Kustomization', KUSTOMIZE)) do
    local name, taken = index:get(object, 'spec', 'sourceRef', 'name'), index:get(object, 'spec', 'path')
    if index:get(object, 'spec', 'sourceRef', 'kind') == 'GitRepository' and type(name) == 'string' then
      paths[name] = paths[name] or {}
      if type(taken) == 'string' and not taken:find('${', 1, true) then
        table.insert(paths[name], taken)
      end
    end
  end
  return paths
end

-- The declarations nearest to a file: a repository of several clusters declares a source of one name
-- in each of them.
local function nearest(found, file)
  local best, depth = {}, -1
  for _, object in ipairs(found) do
    local folder = path.dirname(object.file)
    while not path.within(file, folder) do
      folder = path.dirname(folder)
    end
    local shared = #path.split(folder)
    if shared > depth then
      best, depth = {}, shared
    end
    if shared == depth then
      best[#best + 1] = object
    end
  end
  return best
end

-- What the bootstrap writes is about the repository it is written to.
local function is_bootstrap(object)
  return path.basename(object.file) == 'gotk-sync.yaml'
end

--- The declarations of a source by a FluxInstance, which makes the one it syncs from; so do the
--- values of its Helm chart.
---@param ctx table
---@param name string of the source
---@return table[] syncs {name=, url=, path=, file=, by_chart=}
function M.instances(ctx, name)
  local known = facts_of(ctx)
  if known.instances then
    return known.instances[name] or {}
  end
  local index, found = ctx.objects(), {}
  known.instances = found
  local function add(object, ...)
    local sync = index:get(object, ...)
    if type(sync) == 'table' then
      local made = type(sync.name) == 'string' and sync.name or 'flux-system'
      found[made] = found[made] or {}
      table.insert(found[made], {
        name = made, url = sync.url, path = sync.path, file = object.file, by_chart = object.kind == 'HelmRelease',
      })
    end
  end
  for _, object in ipairs(index:all('FluxInstance')) do
    add(object, 'spec', 'sync')
  end
  for _, object in ipairs(index:all('HelmRelease')) do
    add(object, 'spec', 'values', 'instance', 'sync')
  end
  return found[name] or {}
end

-- Decided once for each name and address: the evidence is all paths of the tree.
local function own_repository(ctx, address, name)
  address = type(address) == 'string' and address or nil
  local decided, key = facts_of(ctx).own, (name or '') .. '\0' .. (address or '')
  if not decided[key] then
    decided[key] = { url.is_own_by_paths(ctx, address, name and paths_by_source(ctx)[name] or {}) }
  end
  return decided[key][1], decided[key][2]
end

-- A source pinned to a revision keeps the paths of that revision.
local function pinned(index, object)
  for _, field in ipairs { 'tag', 'semver', 'commit' } do
    local revision = index:get(object, 'spec', 'ref', field)
    if type(revision) == 'string' and revision ~= '' then
      return ('the source is pinned to %s %s'):format(field, revision)
    end
  end
end

local function declared(ctx, found, name)
  local index = ctx.objects()
  for _, object in ipairs(found) do
    local own, note = is_bootstrap(object), nil
    if not own then
      own, note = own_repository(ctx, index:get(object, 'spec', 'url'), name)
    end
    if own then
      return true, note, pinned(index, object)
    end
  end
  return false
end

local function undeclared(ctx, name)
  for _, sync in ipairs(M.instances(ctx, name)) do
    local target = type(sync.path) == 'string' and ctx.resolve('', (sync.path:gsub('^/+', '')))
    if url.is_own(ctx, tostring(sync.url)) or target and target ~= '' and ctx.exists(target) == 'dir' then
      return true, 'the source that the FluxInstance syncs from'
    end
  end
  return own_repository(ctx, nil, name)
end

--- Is the root of this source the root of this tree?
---@param ctx table
---@param ref table {kind=, name=, namespace=} of the source
---@param file string path of the file that names it
---@return boolean|nil own nil: cannot be known from this tree
---@return string|nil note evidence, or why it is not
---@return string|nil pinned the revision that its paths are those of, when it never moves
function M.is_own(ctx, ref, file)
  if ref.kind ~= 'GitRepository' then
    return nil, ('in the artifact of the %s %s, whose files are not known here'):format(ref.kind, ref.name)
  end
  local found = nearest(ctx.objects():find('GitRepository', ref.namespace, ref.name, M.GROUP), file)
  if #found > 0 then
    local own, note, revision = declared(ctx, found, ref.name)
    return own, not own and 'in another repository' or note, revision
  end
  local own, note = undeclared(ctx, ref.name)
  if own then
    return true, note
  end
  return nil, ('no file of this tree declares the GitRepository %s'):format(ref.name)
end

return M
