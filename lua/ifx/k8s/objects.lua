-- objects.lua: Kubernetes objects: identity, the objects of a document, an index. SPDX-License-Identifier: Apache-2.0
local list = require 'ifx.list'

local M = {}

---Kinds whose deletion takes more with it than the object: data, or other objects.
M.precious = {
  PersistentVolumeClaim = true, PersistentVolume = true, StatefulSet = true, Namespace = true, CustomResourceDefinition = true,
}

---@class ifx.k8s.Object
---@field api_version string
---@field group string '' for the core group
---@field version string
---@field kind string
---@field namespace string|nil as written in the file: nil when the file leaves it to whoever applies it
---@field name string
---@field doc integer number of the document in its stream
---@field path table where the object stands inside the document: {} or {'items', 3}
---@field file string|nil set by an index

--- The group and the version of an apiVersion.
---@param api_version string 'apps/v1' or 'v1'
---@return string group '' for the core group
---@return string version
function M.split(api_version)
  local group, version = api_version:match('^(.*)/([^/]*)$')
  return group or '', version or api_version
end

--- The identity of an object as one word, for sets and messages.
---@param object ifx.k8s.Object
---@return string
function M.id(object)
  local kind = object.group == '' and object.kind or object.kind .. '.' .. object.group
  return ('%s/%s/%s'):format(kind, object.namespace or '', object.name)
end

--- A pattern or path below a prefix, as a new list.
---@param prefix table
---@param ... string|integer
---@return table
function M.below(prefix, ...)
  if #prefix == 0 then
    return { ... }
  end
  local path = table.move(prefix, 1, #prefix, 1, {})
  return table.move({ ... }, 1, select('#', ...), #path + 1, path)
end

local below = M.below

-- A value that stands there itself; through an alias or a merge key, what it stands for. Template text such as
-- `name: {{ .app }}` is a map to YAML, and one that Lua cannot hold.
local function scalar(document, path, n)
  local match = document:at(path, n)
  if match and (match.kind == 'map' or match.kind == 'seq') then
    return nil
  end
  return document:get(path, n)
end

--- The object at a path of a document, nil when no apiVersion and kind stand there.
---@param document yaml.Document
---@param n integer
---@param path table
---@return ifx.k8s.Object|nil
function M.at(document, n, path)
  local api_version, kind = document:get(below(path, 'apiVersion'), n), document:get(below(path, 'kind'), n)
  if type(api_version) ~= 'string' or type(kind) ~= 'string' then
    return nil
  end
  local name = scalar(document, below(path, 'metadata', 'name'), n)
  local namespace = scalar(document, below(path, 'metadata', 'namespace'), n)
  local group, version = M.split(api_version)
  return {
    api_version = api_version, group = group, version = version, kind = kind, doc = n, path = path,
    name = type(name) == 'string' and name or nil,
    namespace = type(namespace) == 'string' and namespace or nil,
  }
end

local function add_objects(found, document, n, path)
  local object = M.at(document, n, path)
  if not object then
    return
  end
  local items = object.kind:sub(-4) == 'List' and document:get(below(path, 'items'), n)
  if type(items) ~= 'table' then
    found[#found + 1] = object
    return
  end
  for i = 1, #items do
    add_objects(found, document, n, below(path, 'items', i))
  end
end

--- The objects of a document: whatever has an apiVersion and a kind; the items of a List stand for
--- themselves. An object without metadata.name has a nil name (a kustomization, a patch).
---@param document yaml.Document
---@return ifx.k8s.Object[]
function M.read(document)
  local found = {}
  for n = 1, #document do
    add_objects(found, document, n, {})
  end
  return found
end

--- Is this file a manifest by its name and place? The files of a chart's templates folder are text
--- for Helm, not YAML, whatever their name ends in.
---@param path string
---@param exists fun(path: string): string|nil
---@return boolean
---@return string|nil chart folder of the chart whose template this is
function M.is_manifest(path, exists)
  local extension = path:sub(-5)
  if extension ~= '.yaml' and extension ~= '.json' and path:sub(-4) ~= '.yml' then
    return false
  end
  local from = 1
  while true do
    local first, last = path:find('templates/', from, true)
    if not first then
      return true
    end
    if (first == 1 or path:byte(first - 1) == 47) and exists(path:sub(1, first - 1) .. 'Chart.yaml') then
      return false, path:sub(1, math.max(first - 2, 0))
    end
    from = last + 1
  end
end

---@class ifx.k8s.Index
local Index = {}
Index.__index = Index

--- An empty index of objects by kind, namespace and name. Files are parsed when a kind is asked for
--- that their text mentions: most kinds of a large repository never are.
---@return ifx.k8s.Index
function M.index()
  return setmetatable({ mentions = {}, read = {}, kinds = {}, documents = {} }, Index)
end

-- Where objects of these kinds hold whole objects, which a controller applies as they are.
local HOLDERS = { ['fluxcd.controlplane.io/ResourceSet'] = { 'spec', 'resources' } }

--- The objects that an object holds in a field of its own.
---@param document yaml.Document
---@param holder ifx.k8s.Object
---@return ifx.k8s.Object[] objects {} for an object of any other kind
function M.held(document, holder)
  local found, field = {}, HOLDERS[holder.group .. '/' .. holder.kind]
  local values = field and document:get(below(holder.path, table.unpack(field)), holder.doc)
  for i = 1, type(values) == 'table' and #values or 0 do
    found[#found + 1] = M.at(document, holder.doc, below(holder.path, field[1], field[2], i))
  end
  return found
end

-- What a kustomization generates, by the field that says so.
local GENERATORS = { configMapGenerator = 'ConfigMap', secretGenerator = 'Secret' }

-- Read without parsing it: a search for the word alone is several times faster than a pattern.
local function add_declared(kinds, text)
  local _, last = text:find('kind', 1, true)
  while last do
    local kind = text:match('^["\']?%s*:%s*["\']?(%a%w*)', last + 1)
    if kind then
      kinds[kind] = true
    end
    _, last = text:find('kind', last + 1, true)
  end
end

--- The kinds of objects that a text may hold: those that it mentions, and those that it may generate.
---@param text string
---@return string[] kinds sorted
function M.kinds_in(text)
  local kinds = {}
  if text:find('apiVersion', 1, true) then
    add_declared(kinds, text)
  end
  for field, kind in pairs(text:find('Generator:', 1, true) and GENERATORS or {}) do
    if text:find(field, 1, true) then
      kinds[kind] = true
    end
  end
  return list.keys(kinds)
end

--- Adds a file that can hold manifests (`is_manifest`). One that does not parse holds no objects: whoever
--- reads it for its own sake reports it.
---@param file table {path=, text=function, yaml=function}
---@param kinds? string[] of its text, where they are known
function Index:add_file(file, kinds)
  for _, kind in ipairs(kinds or M.kinds_in(file.text())) do
    local mentions = self.mentions[kind] or {}
    self.mentions[kind] = mentions
    mentions[#mentions + 1] = file
  end
end

-- The objects that the generators of a kustomization make, under the names that others use for them.
local function add_generated(self, found, document, file)
  for field, kind in pairs(GENERATORS) do
    for _, match in ipairs(document:query({ field, '*' }, 1)) do
      local name = document:get(M.below(match.path, 'name'), 1)
      if type(name) == 'string' then
        local object = {
          api_version = 'v1', group = '', version = 'v1', kind = kind, name = name, doc = 1, path = match.path, file = file.path,
          namespace = document:get(M.below(match.path, 'namespace'), 1) or document:get({ 'namespace' }, 1),
        }
        self.documents[object] = document
        found[#found + 1] = object
      end
    end
  end
end

local function add_named(self, found, document, file, object)
  if object.name then
    object.file = file.path
    self.documents[object] = document
    found[#found + 1] = object
  end
  for _, held in ipairs(M.held(document, object)) do
    if not (held.name or ''):find('<<', 1, true) then
      add_named(self, found, document, file, held)
    end
  end
end

-- The named objects of a file; many mention several kinds. What an object holds under a name that is a template is none.
local function read_file(self, file)
  local found = self.read[file]
  if found then
    return found
  end
  found = {}
  self.read[file] = found
  local document = file.yaml()
  for _, object in ipairs(document and M.read(document) or {}) do
    add_named(self, found, document, file, object)
  end
  if document and #document > 0 and file.text():find('Generator:', 1, true) then
    add_generated(self, found, document, file)
  end
  return found
end

-- The objects of one kind (and group), in the order of files, and by name. A file that does not hold the word of the
-- group is not parsed: several tools have a Kustomization.
local function load_kind(self, kind, group, key)
  local objects = { names = {} }
  self.kinds[key] = objects
  for _, file in ipairs(self.mentions[kind] or {}) do
    local mentioned = not group or file.text():find(group, 1, true)
    for _, object in ipairs(mentioned and read_file(self, file) or {}) do
      if object.kind == kind and (not group or object.group == group) then
        objects[#objects + 1] = object
        local same = objects.names[object.name] or {}
        objects.names[object.name] = same
        same[#same + 1] = object
      end
    end
  end
  return objects
end

local function of_kind(self, kind, group)
  local key = group and kind .. '.' .. group or kind
  return self.kinds[key] or load_kind(self, kind, group, key)
end

--- The objects that a reference can mean: of that kind and name, and of that namespace where both
--- sides say one. Those whose file says the namespace come first.
---@param kind string
---@param namespace string|nil nil: any
---@param name string
---@param group string|nil nil: any
---@return ifx.k8s.Object[]
function Index:find(kind, namespace, name, group)
  local exact, loose = {}, {}
  for _, object in ipairs(of_kind(self, kind, group).names[name] or {}) do
    if object.namespace and object.namespace == namespace then
      exact[#exact + 1] = object
    elseif not object.namespace or not namespace then
      loose[#loose + 1] = object
    end
  end
  return table.move(loose, 1, #loose, #exact + 1, exact)
end

--- All named objects of a kind, in the order of their files.
---@param kind string
---@param group string|nil nil: any
---@return ifx.k8s.Object[]
function Index:all(kind, group)
  local objects = of_kind(self, kind, group)
  return table.move(objects, 1, #objects, 1, {})
end

--- A field of an indexed object, nil when it is absent.
---@param object ifx.k8s.Object one that this index returned
---@param ... string|integer path below the object
---@return any
function Index:get(object, ...)
  return self.documents[object]:get(below(object.path, ...), object.doc)
end

return M
