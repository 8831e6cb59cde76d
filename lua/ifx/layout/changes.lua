-- changes.lua: what transforms want done to files, as data, and carrying it out on texts. SPDX-License-Identifier: Apache-2.0
local documents = require 'ifx.layout.documents'
local err = require 'err'
local hcl_changes = require 'ifx.layout.hcl_changes'
local path = require 'ifx.path'
local yaml = require 'yaml'

local M = {}

---One change to one file. `file` is its path after the moves.
---@class ifx.layout.Change
---@field type 'create'|'documents'|'remove'|'append'|'delete'|'set', or one of ifx.layout.HclChange
---@field file string
---@field text? string       create: the whole text; an existing file is left alone
---@field doc? integer       YAML document, from 1
---@field path? table        path in the document: of the list (append), the item (delete), the value (set)
---@field value? any         append, set
---@field parts? ifx.layout.Part[]  documents: what the file is made of, bytes of other files or of itself
---@field by? string         remove: what takes its place, for old names of the file that stand somewhere
---@field once? boolean      append: only when the list does not hold the value
---@field reference? table   delete, set: the reference that stands there, which is not rewritten then

local KNOWN = { create = true, documents = true, remove = true, append = true, delete = true, set = true }

local function check(change)
  if not (KNOWN[change.type] or hcl_changes.known(change.type)) or type(change.file) ~= 'string' then
    err.raise { kind = 'plugin', op = 'apply a transform',
      message = 'a change is a create, documents, remove, append, delete or set of a file, or one of those for HCL' }
  elseif not path.can_be_tracked(change.file) then
    err.raise { kind = 'config', op = 'apply a transform',
      message = ("'%s' is no path inside the repository"):format(change.file) }
  end
  return change
end

-- Deletions from the end of a list to its front, so that the places of those still to come hold.
local function deletions_first(a, b)
  local da, db = a.type == 'delete', b.type == 'delete'
  if da ~= db then return da end
  if not da then return a.at < b.at end
  for i = 1, math.max(#a.path, #b.path) do
    local x, y = a.path[i], b.path[i]
    if x ~= y then
      if math.type(x) == 'integer' and math.type(y) == 'integer' then return x > y end
      return tostring(x) > tostring(y)
    end
  end
  return a.at < b.at
end

local function holds(document, change)
  local list = document:get(change.path, change.doc or 1)
  for _, value in ipairs(type(list) == 'table' and list or {}) do
    if value == change.value then return true end
  end
  return false
end

local function apply_one(document, change)
  local n = change.doc or 1
  if change.type == 'delete' then
    document:delete(change.path, n)
  elseif change.type == 'set' then
    document:set(change.path, change.value, n)
  elseif not (change.once and holds(document, change)) then
    if document:get(change.path, n) == nil then
      document:set(change.path, require('ifx').list { change.value }, n)
    else
      document:append(change.path, change.value, n)
    end
  end
end

---Changes by the file that they are for, in the order in which they must be carried out.
---@param changes ifx.layout.Change[]
---@return table<string, ifx.layout.Change[]>
function M.by_file(changes)
  local files = {}
  for at, change in ipairs(changes) do
    change = setmetatable({ at = at }, { __index = check(change) })
    local list = files[change.file] or {}
    files[change.file] = list
    if change.type == 'documents' and list.cut then
      err.raise { kind = 'conflict', op = 'apply a transform',
        message = ('%s would be made of documents twice'):format(change.file),
        hint = 'name all of its documents in one action' }
    end
    list.cut = list.cut or change.type == 'documents'
    list[#list + 1] = change
  end
  for _, list in pairs(files) do table.sort(list, deletions_first) end
  return files
end

-- The text that a file begins with: its own, or what a change makes it of.
local function beginning(text, list, read)
  if text then return text end
  for _, change in ipairs(list) do
    if change.type == 'create' then return change.text end
    if change.type == 'documents' then return documents.take(change.parts, read) end
  end
end

---The text of a file after its changes; nil text means it is not there.
---@param file string   for messages
---@param text string?
---@param list ifx.layout.Change[]  from by_file
---@param read? fun(file: string): string  other files, for changes of type documents
---@return string? text, nil when the file is removed
function M.apply(file, text, list, read)
  for _, change in ipairs(list) do
    if change.type == 'remove' then return nil end
  end
  local result = beginning(text, list, read)
  if not result then
    err.raise { kind = 'plugin', op = 'change ' .. file, message = 'the file is not there, and nothing makes it' }
  end
  local document
  for _, change in ipairs(list) do
    if change.type ~= 'create' and change.type ~= 'documents' and not hcl_changes.known(change.type) then
      document = document or yaml.document(result, { file = file })
      apply_one(document, change)
    end
  end
  result = hcl_changes.apply(file, document and document:text() or result, list)
  -- Documents are counted as they stood, so a file is cut when all else is done.
  for _, change in ipairs(text and list or {}) do
    if change.type == 'documents' then
      local own = result
      result = documents.take(change.parts, function(other) return other == file and own or read(other) end)
    end
  end
  return result
end

return M
