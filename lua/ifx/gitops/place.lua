-- place.lua: the line where a field of an object stands in the file that declares it. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local find = require 'ifx.gitops.find'
local objects = require 'ifx.k8s.objects'
local yaml = require 'yaml'

local place = {}

local function is_same(declared, object)
  local at = find.text_at
  return declared.kind == at(object.node, 'kind') and declared.name == at(object.node, 'metadata', 'name')
    and (declared.namespace or at(object.node, 'metadata', 'namespace')) == at(object.node, 'metadata', 'namespace')
end

---Where an object is declared in a document of its file.
---@param document yaml.Document
---@param object ifx.gitops.Object
---@return ifx.k8s.Object|nil
---@return yaml.Match|nil
function place.declared(document, object)
  local best, match
  for _, declared in ipairs(objects.read(document)) do
    local whole = is_same(declared, object) and document:at(declared.path, declared.doc)
    if whole and (not best or whole.line <= (object.line or 0)) then best, match = declared, whole end
  end
  return best, match
end

local function match_of(text, object, steps)
  local document <close> = yaml.document(text)
  local best, match = place.declared(document, object)
  for n = 1, best and #steps or 0 do
    match = document:at(objects.below(best.path, table.unpack(steps, 1, n)), best.doc) or match
  end
  return match
end

---The line of a field in the file of an object, of the field above it where that is missing; the line of the object where
---the file does not say it: another repository, another name, generated.
---@param read fun(file: string): string|nil
---@param object ifx.gitops.Object
---@param steps string[]
---@return integer|nil
function place.line(read, object, steps)
  local text = object.file and not object.repository and read(object.file)
  if not text then return object.line end
  local ok, match = pcall(match_of, text, object, steps)
  if not ok and not err.is(match) then error(match, 0) end
  return ok and match and match.line or object.line
end

return place
