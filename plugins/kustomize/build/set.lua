-- set.lua: the resources of a build in their order, found by the ids that they have and had. SPDX-License-Identifier: Apache-2.0
local resources = require './build/resource'

---@class kustomize.Set
---@field list kustomize.Resource[]  in order; changed only through the methods
local Set = {}
Set.__index = Set

local M = {}

---@return kustomize.Set
function M.new()
  -- by_key: id key to the set of resources that have or had it; what no longer holds is left out when it is asked for
  return setmetatable({ list = {}, by_key = {}, seen = 0 }, Set)
end

-- Bases that are used many times bring many resources of one key: none is looked for among the others.
local function enter(self, key, resource)
  local known = self.by_key[key]
  if known then
    known[resource] = true
  else
    self.by_key[key] = { [resource] = true }
  end
end

---A resource of this set has an id that it had not: called by the resource itself.
---@param resource kustomize.Resource
function Set:note(resource)
  self.moved = true
  enter(self, resource.id.key, resource)
  for _, id in ipairs(resource.before) do enter(self, id.key, resource) end
end

local function add(self, resource)
  self.seen = self.seen + 1
  resource.owner, resource.place = self, self.seen
  self.list[#self.list + 1] = resource
  self:note(resource)
end

local function by_place(a, b) return a.place < b.place end

local function found(self, key, holds)
  local out = {}
  for resource in pairs(self.by_key[key] or out) do
    if resource.owner == self and holds(resource, key) then out[#out + 1] = resource end
  end
  if #out > 1 then table.sort(out, by_place) end
  return out
end

local function has(resource, key) return resource.id.key == key end

local function has_or_had(resource, key)
  if resource.id.key == key then return true end
  for _, id in ipairs(resource.before) do
    if id.key == key then return true end
  end
  return false
end

---The resources with that id.
---@param id kustomize.Id
---@return kustomize.Resource[]
function Set:current(id) return found(self, id.key, has) end

---The resources that have or had that id.
---@param id kustomize.Id
---@return kustomize.Resource[]
function Set:any(id) return found(self, id.key, has_or_had) end

local function refuse(kind, resource, message, hint)
  local origin = resource.origin or {}
  err.raise { kind = kind, message = message, file = origin.file, line = origin.line, hint = hint }
end

---Raises 'conflict' when one with its id is there.
---@param resource kustomize.Resource
function Set:append(resource)
  local other = self:current(resource.id)[1]
  if other then
    local origin = other.origin
    refuse('conflict', resource,
      'may not add resource with an already registered id: ' .. resources.show(resource.id),
      origin and ('the other one stands in %s, line %d'):format(origin.file, origin.line) or nil)
  end
  add(self, resource)
end

---Raises 'conflict' when two have come to have one id.
function Set:check()
  if not self.moved then return end
  local seen = {}
  for _, resource in ipairs(self.list) do
    local key = resource.id.key
    if seen[key] then
      refuse('conflict', resource, 'may not add resource with an already registered id: ' .. resources.show(resource.id))
    end
    seen[key] = true
  end
  self.moved = false
end

---All resources of another set, in their order. Raises 'conflict'.
---@param other kustomize.Set
function Set:append_all(other)
  for _, resource in ipairs(other.list) do self:append(resource) end
end

---Leaves these out.
---@param gone table<kustomize.Resource, boolean>
function Set:remove(gone)
  if next(gone) == nil then return end
  self:filter(function(resource) return not gone[resource] end)
end

---Leaves out what `keep` does not want.
---@param keep fun(resource: kustomize.Resource): boolean
function Set:filter(keep)
  local kept = {}
  for _, resource in ipairs(self.list) do
    if keep(resource) then
      kept[#kept + 1] = resource
    else
      resource.owner = nil
    end
  end
  self.list = kept
end

---Puts the resources into another order.
---@param before fun(a: kustomize.Resource, b: kustomize.Resource): boolean
function Set:sort(before)
  table.sort(self.list, before)
  for i, resource in ipairs(self.list) do resource.place = i end
  self.seen = #self.list
end

local function add_texts(out, map)
  if type(map) ~= 'userdata' or map == ifx.null then return end
  for _, key in ipairs(map:keys()) do
    local value = map:get(key)
    out[key] = type(value) == 'string' and value or ''
  end
end

-- The fields of both as texts, those of `new` win; nil when there are none.
local function union(old, new, ...)
  local out = {}
  add_texts(out, old:get(...))
  add_texts(out, new:get(...))
  return next(out) ~= nil and out or nil
end

-- A generated object takes the place of the one that it merges into or replaces: name, namespace and history stay.
local function take_over(new, old)
  local object = new.node
  for _, field in ipairs { 'labels', 'annotations' } do
    object = object:with(union(old.node, object, 'metadata', field), 'metadata', field)
  end
  object = object:with(old.id.name, 'metadata', 'name')
  object = object:with(old.id.namespace ~= '' and old.id.namespace or nil, 'metadata', 'namespace')
  if new.behavior == 'merge' then
    for _, field in ipairs { 'data', 'binaryData' } do object = object:with(union(old.node, object, field), field) end
  end
  old.wants_hash = old.wants_hash and new.wants_hash
  if new.behavior == 'replace' or not old.source then old.source = new.source end
  old:set(resources.with_texts(object))
end

---Adds a generated resource, or merges it into the one that has or had its id, or replaces that one's content.
---Raises 'conflict' for a second one to create, 'not_found' for none to merge into.
---@param resource kustomize.Resource
function Set:absorb(resource)
  local matches, shown = self:any(resource.id), resources.show(resource.id)
  local changes = resource.behavior == 'merge' or resource.behavior == 'replace'
  if #matches > 1 then
    refuse('conflict', resource, ('found multiple objects that could accept merge of %s'):format(shown))
  elseif #matches == 0 and changes then
    refuse('not_found', resource, ('id %s does not exist; cannot merge or replace'):format(shown),
      'leave `behavior` away, or name an object that a resource or a base brings')
  elseif #matches == 0 then
    self:append(resource)
  elseif not changes then
    refuse('conflict', resource, ('id %s exists; behavior must be merge or replace'):format(shown))
  else
    take_over(resource, matches[1])
  end
end

return M
