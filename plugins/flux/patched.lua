-- patched.lua: the source that patches give to a Kustomization without one of its own. SPDX-License-Identifier: Apache-2.0
-- A cluster often sets it once: in the patches of the Kustomization, or of the kustomize root, that loads all others.

local artifacts = require './artifacts'
local source = require './source'

local M = {}

local GROUP = 'kustomize.toolkit.fluxcd.io'
local FIELD = { 'spec', 'sourceRef' }

---@class flux.Patcher
---@field file string where the patches stand
---@field root string|nil the kustomization whose objects they work on
---@field files table<string, true> what it loads, at any depth
---@field patches table[]
---@field flux boolean Flux patches what kustomize has built

local known = setmetatable({}, { __mode = 'k' })

local function kustomize()
  return ifx.use 'kustomize'.library
end

local function telling(patches)
  return list.filter(patches, function(patch) return patch.text:find('sourceRef', 1, true) ~= nil end)
end

-- The folder of this tree that a Kustomization applies.
local function folder_of(ctx, object)
  local index = ctx.objects()
  local ref, written = index:get(object, 'spec', 'sourceRef'), index:get(object, 'spec', 'path')
  if type(ref) ~= 'table' or type(ref.name) ~= 'string' or written ~= nil and type(written) ~= 'string' then
    return nil
  end
  local from = { kind = ref.kind, name = ref.name, namespace = ref.namespace or object.namespace }
  if from.kind == 'ExternalArtifact' then
    return (artifacts.folder(ctx, from, written or '', object.file))
  end
  return source.is_own(ctx, from, object.file) and ctx.resolve('', ((written or ''):gsub('^/+', ''))) or nil
end

local function add_flux(found, ctx, object)
  local k, index = kustomize(), ctx.objects()
  local components = index:get(object, 'spec', 'components')
  local patches = telling(k.patches_in(ctx, index:get(object, 'spec', 'patches')))
  local folder = (#patches > 0 or type(components) == 'table') and folder_of(ctx, object)
  if not folder then
    return
  end
  local files = k.rendered(ctx, folder)
  for i, written in ipairs(type(components) == 'table' and components or {}) do
    local component = type(written) == 'string' and ctx.resolve(folder, written)
    local root = component and k.root_file(ctx.exists, component)
    for _, patch in ipairs(root and telling(k.patches(ctx, root)) or {}) do
      table.insert(patches, i, patch)
    end
  end
  if #patches > 0 then
    found[#found + 1] = {
      file = object.file, root = k.root_file(ctx.exists, folder), files = files, patches = patches, flux = true,
    }
  end
end

local function add_root(found, ctx, file)
  local patches = telling(kustomize().patches(ctx, file))
  local document = #patches > 0 and ctx.file({ path = file }).yaml()
  if document and document:get({ 'kind' }, 1) ~= 'Component' then
    local files = kustomize().rendered(ctx, path.dirname(file))
    found[#found + 1] = { file = file, root = file, files = files, patches = patches, flux = false }
  end
end

local function patchers(ctx)
  if known[ctx] then
    return known[ctx]
  end
  local found = {}
  known[ctx] = found
  for _, object in ipairs(ctx.objects():all('Kustomization', GROUP)) do
    add_flux(found, ctx, object)
  end
  for _, p in ipairs(ctx.tree:paths()) do
    if kustomize().is_root(path.basename(p)) and ctx.exists(p) == 'file' then
      add_root(found, ctx, p)
    end
  end
  return found
end

-- The source that one patcher sets, nil when it sets none.
local function set_by(patcher, object)
  local ref
  for _, patch in ipairs(patcher.patches) do
    local set = kustomize().sets(patch, object, FIELD)
    if type(set) == 'table' then
      ref = ref or {}
      for key, value in pairs(set) do ref[key] = value end
    end
  end
  if ref and type(ref.name) == 'string' and not ref.name:find('${', 1, true) then
    return { kind = ref.kind, name = ref.name, namespace = ref.namespace or object.namespace, file = patcher.file }
  end
end

-- A patcher that loads the root of another works on what that one has patched.
local function is_outside(a, b)
  return a ~= b and b.root and a.files[b.root] and (a.root ~= b.root or a.flux and not b.flux)
end

local function answers(ctx, object)
  local setting = {}
  for _, patcher in ipairs(patchers(ctx)) do
    local ref = patcher.files[object.file] and set_by(patcher, object)
    if ref then
      setting[#setting + 1] = { patcher = patcher, ref = ref }
    end
  end
  return list.filter(setting, function(inner)
    return not list.find(setting, function(outer) return is_outside(outer.patcher, inner.patcher) end)
  end)
end

local function same(a, b)
  return a.kind == b.kind and a.name == b.name and a.namespace == b.namespace
end

--- The source that patches give to a Kustomization.
---@param ctx table
---@param object table {kind=, group=, version=, name=, namespace=, labels=, annotations=, file=}
---@return table|nil ref {kind=, name=, namespace=, file= where the patch stands}
---@return string|nil why it is not known, where patches say different things
function M.source(ctx, object)
  local found = answers(ctx, object)
  local first = found[1] and found[1].ref
  for i = 2, #found do
    local ref = found[i].ref
    local own = source.is_own(ctx, ref, ref.file)
    if source.is_own(ctx, first, first.file) ~= own or not own and not same(first, ref) then
      return nil, ('the patches of %s and %s give it different sources'):format(first.file, ref.file)
    end
  end
  return first
end

return M
