-- resource.lua: an object on its way through a build: its node, and the ids it has and had. SPDX-License-Identifier: Apache-2.0
local lines = require './build/specs'.lines

---@class kustomize.Id  immutable
---@field group string
---@field version string
---@field kind string
---@field name string
---@field namespace string  as written; '' for none
---@field space string      the effective one: 'default' for none, '' for kinds that are certainly in no namespace
---@field api_version string  group and version together
---@field key string        equal for ids that mean the same object

---@class kustomize.Resource
---@field node node.Node    changed only through `set`
---@field id kustomize.Id
---@field before kustomize.Id[]  ids it had, oldest first
---@field prefixes string[]
---@field suffixes string[]
---@field behavior 'create'|'replace'|'merge'|nil  of generated ones
---@field wants_hash boolean|nil
---@field origin { file: string, line: integer }|nil  for messages
---@field source kustomize.Source|nil          for buildMetadata, as is the next
---@field transformed kustomize.Source[]|nil
---@field owner kustomize.Set|nil  the set that looks for it by its ids
local Resource = {}
Resource.__index = Resource

local M = {}

---The group and the version of an apiVersion; kustomize cuts it at the first slash.
---@param api_version string
---@return string group
---@return string version
function M.split(api_version)
  local group, version = api_version:match('^([^/]*)/(.*)$')
  return group or '', version or api_version
end

-- By kind: the apiVersions in which it is in no namespace, false for none.
local scopes = setmetatable({}, {
  __index = function(self, kind)
    local versions = false
    lines(require './facts/scopes', kind, function(version)
      versions = versions or {}
      versions[version] = true
    end)
    self[kind] = versions
    return versions
  end,
})

---Is this kind certainly in no namespace? Kinds that nobody knows are taken to be in one.
---@param api_version string
---@param kind string
---@return boolean
function M.is_cluster_scoped(api_version, kind)
  local versions = scopes[kind]
  return versions and versions[api_version] == true
end

---@param group string
---@param version string
---@param kind string
---@param name string
---@param namespace string
---@return kustomize.Id
function M.id(group, version, kind, name, namespace)
  local api_version = group == '' and version or group .. '/' .. version
  local space = namespace == '' and 'default' or namespace
  if M.is_cluster_scoped(api_version, kind) then space = '' end
  return {
    group = group, version = version, kind = kind, name = name, namespace = namespace, space = space,
    api_version = api_version, key = api_version .. '\0' .. kind .. '\0' .. name .. '\0' .. space,
  }
end

local function brackets(text, absent)
  return text == '' and absent or text
end

---An id as messages say it: Deployment.v1.apps/web.[noNs].
---@param id kustomize.Id
---@return string
function M.show(id)
  return ('%s.%s.%s/%s.%s'):format(brackets(id.kind, '[noKind]'), brackets(id.version, '[noVer]'),
    brackets(id.group, '[noGrp]'), brackets(id.name, '[noName]'), brackets(id.namespace, '[noNs]'))
end

---The text of a scalar of an object; '' where there is none.
---@param node node.Node
---@param ... string|integer
---@return string
function M.text_at(node, ...)
  local value = node:get(...)
  return type(value) == 'string' and value or ''
end

---The id that an object says it has.
---@param node node.Node
---@return kustomize.Id
function M.id_of(node)
  local group, version = M.split(M.text_at(node, 'apiVersion'))
  return M.id(group, version, M.text_at(node, 'kind'), M.text_at(node, 'metadata', 'name'),
    M.text_at(node, 'metadata', 'namespace'))
end

---An object with its annotations as kustomize writes them: as texts, keys without quotes, none where there is no map; of a
---list the items are taken for keys and values.
---@param node node.Node
---@return node.Node
function M.with_annotations(node)
  local kind = node:kind('metadata', 'annotations')
  if kind == 'list' then
    local items, pairs_of = node:get('metadata', 'annotations'), {}
    if #items % 2 == 1 then err.raise { kind = 'config', message = 'annotations are a list', line = items:line() } end
    for i = 1, #items, 2 do
      pairs_of[M.text_at(items, i)] = M.text_at(items, i + 1)
    end
    node = node:with(pairs_of, 'metadata', 'annotations')
  elseif kind and kind ~= 'map' then
    node = node:with(nil, 'metadata', 'annotations')
  end
  return node:texts('metadata', 'annotations')
end

---The maps that kustomize writes field by field, as it does that: with texts, keys without quotes.
---@param node node.Node
---@return node.Node
function M.with_texts(node)
  for _, field in ipairs { 'data', 'binaryData' } do
    if #(node:get(field) or '') > 0 then node = node:texts(field) end
  end
  return node:texts('metadata', 'labels'):texts('metadata', 'annotations')
end

---@param node node.Node
---@param origin { file: string, line: integer }|nil
---@return kustomize.Resource
function M.new(node, origin)
  return setmetatable({ node = node, id = M.id_of(node), before = {}, prefixes = {}, suffixes = {}, origin = origin },
    Resource)
end

-- As ids of the past are known: with the namespace that they had in effect.
local function past(group, version, kind, name, space)
  local id = M.id(group, version, kind, name, space)
  if id.space ~= space then
    id.space = space
    id.key = id.key:gsub('[^%z]*$', space)
  end
  return id
end

-- They keep kind, name and namespace, but are asked for under the group and version of now.
local function move_before(self, id)
  for i, old in ipairs(self.before) do
    self.before[i] = past(id.group, id.version, old.kind, old.name, old.space)
  end
end

-- Most changes leave the id alone, which is found out without making one.
local function still_is(id, node)
  return M.text_at(node, 'metadata', 'name') == id.name and M.text_at(node, 'metadata', 'namespace') == id.namespace
    and M.text_at(node, 'kind') == id.kind and M.text_at(node, 'apiVersion') == id.api_version
end

---Another value for the object. Its id follows.
---@param node node.Node
function Resource:set(node)
  self.node = node
  local old = self.id
  if still_is(old, node) then return end
  local id = M.id_of(node)
  self.id = id
  if id.group ~= old.group or id.version ~= old.version then move_before(self, id) end
  if self.owner then self.owner:note(self) end
end

-- Of one object: components that name each other many times rename it each time, and each name is longer.
local MOST_NAMES = 1000

---To be called before name, namespace or kind change: the object can still be found under the id that it has now.
function Resource:remember()
  local id = self.id
  if #self.before >= MOST_NAMES then
    err.raise { kind = 'limit', message = ('an object that was renamed more than %d times'):format(MOST_NAMES),
      hint = 'is a component with a namePrefix or nameSuffix named again and again?' }
  end
  self.before[#self.before + 1] = past(id.group, id.version, id.kind, id.name, id.space)
end

---The id that it was read or generated with.
---@return kustomize.Id
function Resource:original()
  return self.before[1] or self.id
end

---A resource of its own with the same value and the same history.
---@return kustomize.Resource
function Resource:copy()
  local out = setmetatable({}, Resource)
  for key, value in pairs(self) do out[key] = value end
  out.owner = nil
  out.before = table.move(self.before, 1, #self.before, 1, {})
  out.prefixes = table.move(self.prefixes, 1, #self.prefixes, 1, {})
  out.suffixes = table.move(self.suffixes, 1, #self.suffixes, 1, {})
  if self.vars then out.vars = list.set(list.keys(self.vars)) end
  return out
end

return M
