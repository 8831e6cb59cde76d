-- referrer.lua: an object that names others, and what a name of it means. SPDX-License-Identifier: Apache-2.0
local places = require './build/places'
local resources = require './build/resource'

-- ---- the objects that were renamed ----

-- by_name: those that had a name once. spaces: for each namespace that objects began in, the ones that they are in now.
local function index(set)
  local by_name, spaces = {}, {}
  for _, resource in ipairs(set.list) do
    local seen, space = {}, resource:original().space
    for _, id in ipairs(resource.before) do
      if not seen[id.name] then
        seen[id.name] = true
        local known = by_name[id.name]
        if known then known[#known + 1] = resource else by_name[id.name] = { resource } end
      end
    end
    spaces[space] = spaces[space] or {}
    spaces[space][resource.id.namespace] = resource.id.space
  end
  return by_name, spaces
end

-- ---- one referrer ----

local function was(resource, type)
  for _, id in ipairs(resource.before) do
    if places.is_for(type, id) then return true end
  end
  return false
end

-- Do two histories of prefixes (suffixes) end alike?
local function same_end(a, b)
  local longer, shorter = a, b
  if #a < #b then longer, shorter = b, a end
  if #shorter == 0 then return #longer == 0 end
  for i = 0, #shorter - 1 do
    if longer[#longer - i] ~= shorter[#shorter - i] then return false end
  end
  return true
end

local function sieve(list, keep)
  local out = {}
  for _, item in ipairs(list) do
    if keep(item) then out[#out + 1] = item end
  end
  return out
end

---@class kustomize.Referrer
---@field resource kustomize.Resource
---@field id kustomize.Id
---@field bound table<string, boolean>|nil  namespaces of the accounts that a RoleBinding names
---@field by_name table<string, kustomize.Resource[]>
---@field spaces table<string, table<string, string>>
local Referrer = {}
Referrer.__index = Referrer

-- What is wrong with a field that holds a name.
function Referrer:refuse(target, kind, what, hint, line)
  err.raise { kind = kind, line = line, hint = hint,
    message = ("updating name reference in '%s' field of '%s': %s"):format(target.path, resources.show(self.id), what) }
end

local function wrong_subject(resource, subjects, what, hint)
  err.raise { kind = 'config', line = subjects:line(), hint = hint,
    message = ('Invalid Input: %s for resource "%s"'):format(what, resources.show(resource.id)) }
end

local function bound_namespaces(resource)
  local subjects = resource.id.kind == 'RoleBinding' and resource.node:get 'subjects'
  if type(subjects) ~= 'userdata' or subjects == ifx.null then return nil end
  local out = {}
  for i, subject in ipairs(subjects:value()) do
    if type(subject) ~= 'table' or ifx.is_list(subject) then
      wrong_subject(resource, subjects, 'a subject that is no map', 'a subject has kind and name')
    end
    local namespace = subject.namespace
    if namespace ~= nil and subject.kind ~= nil and subjects:kind(i, 'kind') ~= 'string' then
      wrong_subject(resource, subjects, 'the kind of a subject is no text', 'quote it')
    elseif namespace ~= nil and subject.kind == 'ServiceAccount' then
      if subjects:kind(i, 'namespace') ~= 'string' then
        wrong_subject(resource, subjects, 'namespace is blank',
          'name the namespace of the ServiceAccount, or leave the field out')
      end
      out[namespace] = true
    end
  end
  return out
end

-- Can it refer to an object of this namespace at all? To accounts of other namespaces only where it names those.
function Referrer:reaches(namespace, space)
  return self.id.space == '' or space == '' or space == self.id.space or (self.bound and self.bound[namespace]) or false
end

function Referrer:is_candidate(resource)
  local id = resource.id
  if not self:reaches(id.namespace, id.space) then return false end
  return self.id.space == '' or id.space == '' or id.kind == 'ServiceAccount' or id.space == self.id.space
end

-- The group and kind that a binding says its role has.
function Referrer:role()
  local group, kind = self.resource.node:get('roleRef', 'apiGroup'), self.resource.node:get('roleRef', 'kind')
  if type(group) == 'string' and type(kind) == 'string' then return { group = group, kind = kind } end
end

function Referrer:like(lenient)
  local prefixes, suffixes = self.resource.prefixes, self.resource.suffixes
  local function alike(a, b)
    return (lenient and (#a == 0 or #b == 0)) or same_end(a, b)
  end
  return function(other) return alike(other.prefixes, prefixes) and alike(other.suffixes, suffixes) end
end

local function ids_of(list)
  local out = {}
  for i, resource in ipairs(list) do out[i] = resources.show(resource.id) end
  return table.concat(out, ', ')
end

-- The one object that had this name, nil when there is none. Several are as good as one when `same` says so.
function Referrer:select(name, target, also, same)
  local known = self.by_name[name]
  if not known then return nil end
  local role = target.is_role and self:role()
  local found = sieve(known, function(resource)
    return was(resource, target.type) and (not role or was(resource, role)) and self:is_candidate(resource)
      and (not also or also(resource))
  end)
  if #found == 1 then return found[1] end
  found = sieve(found, self:like(true))
  if #found > 1 then found = sieve(found, self:like(false)) end
  for i = 2, #found do
    if not same(found[1].id, found[i].id) then
      self:refuse(target, 'conflict', ('found multiple possible referrals: %s'):format(ids_of(found)),
        ('%s could mean each of them: refer to an object of the same base, or give the objects different names'):format(name))
    end
  end
  return found[1]
end

local function same_name(a, b) return a.name == b.name end
local function same_place(a, b) return a.name == b.name and a.namespace == b.namespace end

function Referrer:scalar(name, target)
  local found = self:select(name, target, nil, same_name)
  return found and found.id.name ~= name and found.id.name or nil
end

-- Objects that began in the namespace that a map names; where there are none, those that are in it now.
function Referrer:in_namespace(namespace)
  local spaces = self.spaces[namespace]
  for written, space in pairs(spaces or {}) do
    if self:reaches(written, space) then
      return function(resource) return resource:original().space == namespace end
    end
  end
  return function(resource) return resource.id.space == namespace end
end

function Referrer:map(map, target)
  local name, namespace = map:get 'name', map:get 'namespace'
  if name == nil then
    self:refuse(target, 'config', "path config error; no 'name' field in node", 'the map must name an object', map:line())
  end
  if namespace == ifx.null then namespace = '' end
  local found = self:select(name, target, type(namespace) == 'string' and self:in_namespace(namespace) or nil, same_place)
  if not found or (found.id.name == name and found.id.namespace == '') then return nil end
  local out = map:with(found.id.name, 'name')
  return found.id.namespace ~= '' and out:with(found.id.namespace, 'namespace') or out
end

---What a field that names an object holds when the object has its new name; nil when nothing changes.
---@param value string|node.Node
---@param target { type: kustomize.Target, path: string, is_role: boolean }
---@param kind string  of the value
---@return string|node.Node|nil
function Referrer:rename(value, target, kind)
  if kind == 'list' then
    self:refuse(target, 'config', 'a list is expected to hold strings, or maps of strings', nil, value:line())
  end
  if kind == 'map' then return self:map(value, target) end
  return self:scalar(value, target)
end

---Makes referrers among the objects of a set.
---@param set kustomize.Set
---@return fun(resource: kustomize.Resource): kustomize.Referrer
return function(set)
  local by_name, spaces = index(set)
  return function(resource)
    return setmetatable(
      { resource = resource, id = resource.id, bound = bound_namespaces(resource), by_name = by_name, spaces = spaces }, Referrer)
  end
end
