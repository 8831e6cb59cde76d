-- manifest.lua: the documents of a file with their objects, and what a selection means. SPDX-License-Identifier: Apache-2.0

local objects = require 'ifx.k8s.objects'

local M = {}

---One document of a file: its number, its objects, and how people call it.
---@class kubernetes.Document
---@field n integer
---@field objects ifx.k8s.Object[]
---@field empty boolean
---@field name string

local function name_of(file, n, found)
  if #found == 0 then return ('document %d of %s'):format(n, file) end
  local ids = list.map(found, function(object)
    return ('%s %s%s'):format(object.kind, object.namespace and object.namespace .. '/' or '', object.name or '?')
  end)
  return ('document %d of %s: %s'):format(n, file, table.concat(ids, ', ', 1, math.min(3, #ids)))
end

---The documents of a file after the moves. An encrypted file is refused: its signature covers all of it.
---@param facts ifx.layout.Facts
---@param file string
---@param op string
---@return kubernetes.Document[]
---Raises 'conflict' for a file that SOPS encrypted, 'parse' as the reader does.
function M.read(facts, file, op)
  local document = yaml.document(facts.read_after(file), { file = file })
  local by_document, out = {}, {}
  for _, object in ipairs(objects.read(document)) do
    by_document[object.doc] = list.append(by_document[object.doc] or {}, { object })
  end
  for n = 1, #document do
    if document:get({ 'sops', 'mac' }, n) ~= nil then
      err.raise { kind = 'conflict', op = op, file = file,
        message = 'it is encrypted by SOPS, whose signature covers the whole file',
        hint = 'decrypt it, split it, and encrypt each part: sops decrypt, sops encrypt' }
    end
    local found = by_document[n] or {}
    out[n] = { n = n, objects = found, empty = document:get({}, n) == nil, name = name_of(file, n, found) }
  end
  return out
end

local function holds(set, value)
  return set == nil or list.find(set, function(known) return known == value end) ~= nil
end

local function matches(selection, document)
  if selection.documents then return holds(selection.documents, document.n) end
  return #document.objects > 0 and not list.find(document.objects, function(object)
    return not (holds(selection.kinds, object.kind) and holds(selection.names, object.name)
      and holds(selection.namespaces, object.namespace or ''))
  end)
end

local FIELDS = { kinds = true, names = true, namespaces = true, documents = true }

---Does one of the selections mean this document? All that a selection names must hold, of all objects of the document;
---the namespace of an object that says none is ''.
---@param selections table  one, or a list of them
---@param document kubernetes.Document
---@return boolean
function M.selects(selections, document)
  local any = selections[1] == nil and { selections } or selections
  return list.find(any, function(selection) return matches(selection, document) end) ~= nil
end

---Refuse a selection that would mean everything, or has a field that means nothing.
---@param selections table
---@param op string
function M.check(selections, op)
  local any = type(selections) == 'table' and (selections[1] == nil and { selections } or selections) or {}
  for _, selection in ipairs(any) do
    local named = 0
    for key, value in pairs(type(selection) == 'table' and selection or {}) do
      if not FIELDS[key] and key ~= 'to' or key ~= 'to' and type(value) ~= 'table' then
        err.raise { kind = 'config', op = op, message = ("'%s' selects nothing"):format(tostring(key)),
          hint = 'lists of kinds, names, namespaces or documents' }
      end
      if key ~= 'to' then named = named + 1 end
    end
    if named == 0 then
      err.raise { kind = 'config', op = op, message = 'a selection names kinds, names, namespaces or documents' }
    end
  end
end

---Notes about objects of `ids` that other files of these folders declare too.
---@param facts ifx.layout.Facts
---@param folders table<string, true>
---@param ids table<string, string>  id to the file that holds it
---@param mine table<string, true>   files that are none of the others
---@return string[]
function M.duplicates(facts, folders, ids, mine)
  local notes = {}
  for _, folder in ipairs(list.keys(folders)) do
    for _, file in ipairs(facts.list_after(folder)) do
      local same = mine[file] and {} or list.filter(facts.objects_after(file), function(object)
        return object.name and ids[objects.id(object)] ~= nil
      end)
      if #same > 0 then
        notes[#notes + 1] = ('%s declares %d of the same objects (%s …): whoever lists both is refused by kustomize, and whoever '
          .. 'applies both keeps the last'):format(file, #same, objects.id(same[1]))
      end
    end
  end
  return notes
end

return M
