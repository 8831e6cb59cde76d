-- owners.lua: which entry points apply each object of each cluster. SPDX-License-Identifier: Apache-2.0
local find = require 'ifx.gitops.find'
local list = require 'ifx.list'
local objects = require 'ifx.k8s.objects'
local scopes = require 'ifx.gitops.scopes'

---An object that an entry point renders.
---@class ifx.gitops.Claim
---@field entry ifx.gitops.Entry
---@field object ifx.gitops.Object

---An object of a cluster, as its API server tells objects apart.
---@class ifx.gitops.Owned
---@field id string         'CLUSTER:KIND.GROUP/NAMESPACE/NAME'
---@field cluster string
---@field group string      '' for the core group
---@field version string    as the first claim says it
---@field kind string
---@field namespace string  '' for kinds without one, and where nothing says it
---@field name string       'PREFIX*' where the API server completes it
---@field object ifx.gitops.Object  of the first claim
---@field claims ifx.gitops.Claim[]  in the order of the entry points: two and more fight over it

---@class ifx.gitops.Ownership
---@field owned ifx.gitops.Owned[]  in the order in which they are met
---@field by_id table<string, ifx.gitops.Owned>
---@field roots ifx.gitops.Owned[]  definitions of entry points that nobody renders: applied by hand, without claims
---@field unowned ifx.gitops.Object[]  of files that no entry point reads

local owners = {}

local function name_of(object)
  local prefix = find.text_at(object, 'metadata', 'generateName')
  return find.text_at(object, 'metadata', 'name') or (prefix or '') .. '*'
end

-- The namespace into which the object goes.
local function namespace_of(object, entry, namespaced)
  if namespaced == false then return '' end
  local said = find.text_at(object, 'metadata', 'namespace')
  if said and said ~= '' then return said end
  return entry.default_namespace or (namespaced and 'default') or ''
end

---@param found ifx.gitops.Object
---@param entry { cluster: string, default_namespace: string? }
---@param is_namespaced fun(group: string, kind: string): boolean|nil
---@return ifx.gitops.Owned  without claims
local function identity(found, entry, is_namespaced)
  local object = found.node
  local group, version = objects.split(find.text_at(object, 'apiVersion') or '')
  local kind, name = find.text_at(object, 'kind') or '', name_of(object)
  local namespace = namespace_of(object, entry, is_namespaced(group, kind))
  local id = ('%s:%s/%s/%s'):format(entry.cluster, group == '' and kind or kind .. '.' .. group, namespace, name)
  return { id = id, cluster = entry.cluster, group = group, version = version, kind = kind, namespace = namespace, name = name,
    object = found, claims = {} }
end

local function claim(found, owned, entry, object)
  local known = found.by_id[owned.id]
  if not known then
    known = owned
    found.by_id[owned.id], found.owned[#found.owned + 1] = known, known
  end
  local last = known.claims[#known.claims]
  if not last or last.entry ~= entry then table.insert(known.claims, { entry = entry, object = object }) end
end

-- Definitions of entry points stand for themselves: somebody applied them by hand.
local function places_of(entries)
  local out = {}
  for _, entry in ipairs(entries) do
    if entry.object.file then out[('%s:%d'):format(entry.object.file, entry.object.line or 0)] = true end
  end
  return out
end

local function is_object(object)
  return find.text_at(object.node, 'apiVersion') and find.text_at(object.node, 'metadata', 'name')
    and not (find.text_at(object.node, 'apiVersion') or ''):find '^kustomize%.config%.k8s%.io/'
end

local function roots(result, found, is_namespaced)
  local out = {}
  for _, entry in ipairs(result.entries) do
    local owned = identity(entry.object, { cluster = entry.home }, is_namespaced)
    if not found.by_id[owned.id] then out[#out + 1] = owned end
  end
  return out
end

local function unowned(result)
  local out, context, entries = {}, result.context, places_of(result.entries)
  for _, file in ipairs(context.tree:files()) do
    local is_manifest = file.mode:sub(1, 3) == '100' and not file.missing and objects.is_manifest(file.path, context.exists)
      and not result.repositories:is_taken(file.path)
    local text = is_manifest and context.read(file.path)
    for _, object in ipairs(text and text:find('apiVersion', 1, true) and find.objects(text, file.path) or {}) do
      if is_object(object) and not entries[('%s:%d'):format(file.path, object.line or 0)] then out[#out + 1] = object end
    end
  end
  return out
end

---Who owns what, after a walk; the repositories of its result must be open still.
---@param result ifx.gitops.Result
---@return ifx.gitops.Ownership
function owners.of(result)
  local found = { owned = {}, by_id = {} }
  local rendered = {}
  for _, entry in ipairs(result.entries) do list.append(rendered, entry.objects) end
  local is_namespaced = scopes(result.context, rendered)
  for _, entry in ipairs(result.entries) do
    for _, object in ipairs(entry.objects) do claim(found, identity(object, entry, is_namespaced), entry, object) end
  end
  found.roots, found.unowned = roots(result, found, is_namespaced), unowned(result)
  return found
end

return owners
