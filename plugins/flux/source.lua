-- source.lua: is the root of a Flux source the root of this tree? SPDX-License-Identifier: Apache-2.0

local url = require 'ifx.repo.url'
local generators = require './generators'

local M = {}

M.GROUP = 'source.toolkit.fluxcd.io'
local KUSTOMIZE = 'kustomize.toolkit.fluxcd.io'

local facts = setmetatable({}, { __mode = 'k' })

-- What was found out about the sources of one tree.
local function facts_of(ctx)
  facts[ctx] = facts[ctx] or { own = {} }
  return facts[ctx]
end

--- The declarations nearest to a file: a repository of several clusters declares a source of one name
--- in each of them.
---@param found table[] with the field file
---@param file string
---@return table[]
function M.nearest(found, file)
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

-- Calls add(ref, namespace of whoever names it, path, file) for each folder that is taken from a source.
local function each_taken(ctx, add)
  local index = ctx.objects()
  for _, object in ipairs(index:all('Kustomization', KUSTOMIZE)) do
    add(index:get(object, 'spec', 'sourceRef'), object.namespace, index:get(object, 'spec', 'path'), object.file)
  end
  for _, made in pairs(generators.artifacts(ctx)) do
    for _, artifact in ipairs(made) do
      for _, rule in ipairs(artifact.rules) do
        add(rule.source, artifact.namespace, rule.folder, artifact.file)
      end
    end
  end
end

-- The folders that are taken from each GitRepository: by its name, and by the declaration that is nearest.
local function paths_by_source(ctx)
  local known = facts_of(ctx)
  if known.paths then
    return known.paths
  end
  local paths, index = {}, ctx.objects()
  known.paths = paths
  local function add(key, taken)
    paths[key] = paths[key] or {}
    table.insert(paths[key], taken)
  end
  each_taken(ctx, function(ref, namespace, taken, file)
    local named = type(ref) == 'table' and ref.kind == 'GitRepository' and type(ref.name) == 'string'
    if named and type(taken) == 'string' and not taken:find('${', 1, true) then
      add(ref.name, taken)
      namespace = type(ref.namespace) == 'string' and ref.namespace or namespace
      for _, declaration in ipairs(M.nearest(index:find('GitRepository', namespace, ref.name, M.GROUP), file)) do
        add(declaration, taken)
      end
    end
  end)
  return paths
end

-- What the bootstrap writes is about the repository it is written to.
local function is_bootstrap(object)
  return path.basename(object.file) == 'gotk-sync.yaml'
end

--- The declarations of a source by a FluxInstance, which makes the one it syncs from, and a Kustomization of
--- that name; so do the values of its Helm chart.
---@param ctx table
---@param name string of the source
---@return table[] syncs {name=, kind= of the source, url=, path=, file=, by_chart=}
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
        name = made, kind = sync.kind or 'GitRepository', url = sync.url, path = sync.path, file = object.file,
        by_chart = object.kind == 'HelmRelease',
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

-- Decided once for each address and for what takes paths from it: the evidence is all paths of the tree.
local function own_repository(ctx, address, taker)
  address = type(address) == 'string' and address or nil
  local known = facts_of(ctx).own
  known[taker] = known[taker] or {}
  local decided = known[taker][address or '']
  if not decided then
    decided = { url.is_own_by_paths(ctx, address, paths_by_source(ctx)[taker] or {}) }
    known[taker][address or ''] = decided
  end
  return decided[1], decided[2]
end

local function own_by_evidence(ctx, object, address)
  local own, note = is_bootstrap(object), nil
  if not own then
    own, note = own_repository(ctx, address, object.name)
  end
  if not own then
    own, note = own_repository(ctx, address, object)
  end
  return own, note
end

-- The addresses of this repository, as far as its remotes and the evidence for its sources say, and their last names.
local function own_addresses(ctx)
  local known = facts_of(ctx)
  if known.addresses then
    return known.addresses, known.last_names
  end
  local addresses, names, index = {}, {}, ctx.objects()
  known.addresses, known.last_names = addresses, names
  local function add(identity)
    addresses[identity], names[identity:match('[^/]*$')] = true, true
  end
  for identity in pairs(url.own_identities(ctx)) do
    add(identity)
  end
  for _, object in ipairs(index:all('GitRepository', M.GROUP)) do
    local address = index:get(object, 'spec', 'url')
    local identity = type(address) == 'string' and not address:find('${', 1, true) and url.identity(address)
    if identity and own_by_evidence(ctx, object, address) then
      add(identity)
    end
  end
  return addresses, names
end

-- Is the repository that a declaration names this one? Of an address with a variable, the last name must be right where
-- it can be read; one that the evidence says for another declaration is enough.
local function own_declared(ctx, object)
  local address = ctx.objects():get(object, 'spec', 'url')
  local own, note = own_by_evidence(ctx, object, address)
  local identity = type(address) == 'string' and url.identity(address)
  if not identity then
    return own, note
  end
  local addresses, names = own_addresses(ctx)
  local last = identity:match('[^/]*$')
  if address:find('${', 1, true) then
    local readable = not last:find('$', 1, true) and next(names) ~= nil
    return own and (not readable or names[last] == true), note
  elseif not own and addresses[identity] then
    return true, 'the address of a source that is taken for this repository'
  end
  return own, note
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

local function declared(ctx, found)
  local index = ctx.objects()
  for _, object in ipairs(found) do
    local own, note = own_declared(ctx, object)
    if own then
      return true, note, pinned(index, object)
    end
  end
  return false
end

local function undeclared(ctx, name)
  for _, sync in ipairs(M.instances(ctx, name)) do
    local target = type(sync.path) == 'string' and ctx.resolve('', (sync.path:gsub('^/+', '')))
    local in_git = sync.kind == 'GitRepository'
    if in_git and (url.is_own(ctx, tostring(sync.url)) or target and target ~= '' and ctx.exists(target) == 'dir') then
      return true, 'the source that the FluxInstance syncs from'
    end
  end
  return own_repository(ctx, nil, name)
end

local BOOTSTRAP = 'flux-system'

--- Why the cluster may have a GitRepository that no file of the tree declares; nil: nothing speaks for it.
---@param ctx table
---@param name string of the source
---@return string|nil
function M.assumed(ctx, name)
  if #M.instances(ctx, name) > 0 then
    return 'a FluxInstance makes it'
  elseif name == BOOTSTRAP then
    return 'flux bootstrap makes one of this name'
  end
  local takers = #(paths_by_source(ctx)[name] or {})
  if takers > 1 and #ctx.objects():all('GitRepository', M.GROUP) == 0 then
    return ('%d objects take their files from it, and the tree declares no GitRepository at all'):format(takers)
  end
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
  local found = M.nearest(ctx.objects():find('GitRepository', ref.namespace, ref.name, M.GROUP), file)
  if #found > 0 then
    local own, note, revision = declared(ctx, found)
    return own, not own and 'in another repository' or note, revision
  end
  local own, note = undeclared(ctx, ref.name)
  if own then
    return true, note
  end
  return nil, ('no file of this tree declares the GitRepository %s'):format(ref.name)
end

return M
