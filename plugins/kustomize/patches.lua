-- patches.lua: what patches set in an object, as kustomize and Flux write them. SPDX-License-Identifier: Apache-2.0

local objects = require 'ifx.k8s.objects'
local walk = require './walk'

local M = {}

---@class kustomize.Patch
---@field text string one patch, or several documents
---@field target table|nil the selector {group=, version=, kind=, name=, namespace=, labelSelector=, annotationSelector=}

---@class kustomize.Patched
---@field kind string
---@field group string
---@field version string
---@field name string|nil
---@field namespace string|nil nil: not written, so that any may be meant
---@field labels table<string, any>
---@field annotations table<string, any>

-- Go writes a selector as a regular expression that must match all of a text.
local function matches(pattern, text)
  if pattern == nil or pattern == '' or pattern == text then
    return true
  elseif type(pattern) ~= 'string' or type(text) ~= 'string' or not pattern:find('[^%w_/-]') then
    return false
  end
  local ok, compiled = pcall(regex.compile, '^(?:' .. pattern .. ')$')
  return ok and compiled:match(text)
end

local function one_of(listed, value)
  for word in listed:gmatch('[^,%s]+') do
    if word == value then
      return true
    end
  end
  return false
end

-- One requirement of a label selector: `a`, `!a`, `a = b`, `a != b`, `a in (b, c)`, `a notin (b, c)`; nil: not understood.
local function fulfils(requirement, labels)
  local key, word, listed = requirement:match('^([%w_./-]+)%s+(%l+)%s*%((.*)%)$')
  if word == 'in' or word == 'notin' then
    return (labels[key] ~= nil and one_of(listed, tostring(labels[key]))) == (word == 'in')
  end
  local sign, value
  key, sign, value = requirement:match('^([%w_./-]+)%s*([!=]=?)%s*([%w_.-]*)$')
  if sign and sign ~= '!' then
    return (labels[key] ~= nil and tostring(labels[key]) == value) == (sign ~= '!=')
  end
  local absent
  absent, key = requirement:match('^(!?)%s*([%w_./-]+)$')
  if key then
    return (labels[key] == nil) == (absent == '!')
  end
end

local function selected(selector, labels)
  if selector == nil or selector == '' then
    return true
  elseif type(selector) ~= 'string' then
    return false
  end
  -- A comma between parentheses parts values, any other requirements.
  local parted = selector:gsub('%b()', function(group) return (group:gsub(',', ' ')) end)
  for requirement in parted:gmatch('[^,]+') do
    if not fulfils(requirement:match('^%s*(.-)%s*$'), labels) then
      return false
    end
  end
  return true
end

--- Does the target of a patch select an object?
---@param target table
---@param object kustomize.Patched
---@return boolean
function M.selects(target, object)
  for _, field in ipairs { 'group', 'version', 'kind', 'name' } do
    if not matches(target[field], object[field]) then
      return false
    end
  end
  return (object.namespace == nil or matches(target.namespace, object.namespace))
    and selected(target.labelSelector, object.labels) and selected(target.annotationSelector, object.annotations)
end

-- A strategic merge patch without a target is for the object that it names.
local function names(patch, object)
  local metadata = type(patch.metadata) == 'table' and patch.metadata or {}
  local group = type(patch.apiVersion) == 'string' and objects.split(patch.apiVersion)
  return patch.kind == object.kind and group == object.group and metadata.name == object.name
    and (metadata.namespace == nil or object.namespace == nil or metadata.namespace == object.namespace)
end

local function dig(value, fields, from)
  for i = from, #fields do
    if type(value) ~= 'table' then
      return nil
    end
    value = value[fields[i]]
  end
  return value
end

-- A value at or above the field decides all of it; one below it adds to what is known.
local function operate(value, operation, fields)
  if type(operation) ~= 'table' or type(operation.path) ~= 'string' or operation.op ~= 'add' and operation.op ~= 'replace' then
    return value
  end
  local parts = path.split(operation.path)
  for i = 1, math.min(#parts, #fields) do
    if parts[i] ~= fields[i] then
      return value
    end
  end
  if #parts <= #fields then
    return dig(operation.value, fields, #parts + 1)
  end
  if #parts == #fields + 1 then
    value = type(value) == 'table' and value or {}
    value[parts[#parts]] = operation.value
  end
  return value
end

--- What a patch sets at a field of an object; nil when it does not, or is not for that object.
---@param patch kustomize.Patch
---@param object kustomize.Patched
---@param fields string[] path of the field
---@return any
function M.sets(patch, object, fields)
  local parsed, document = pcall(yaml.document, patch.text)
  if not parsed or patch.target and not M.selects(patch.target, object) then
    return nil
  end
  local value
  for n = 1, #document do
    local readable, top = pcall(document.value, document, n)
    if readable and ifx.is_list(top) then
      for _, operation in ipairs(patch.target and top or {}) do
        value = operate(value, operation, fields)
      end
    elseif readable and type(top) == 'table' and (patch.target or names(top, object)) then
      local set = dig(top, fields, 1)
      if set ~= nil then
        value = set
      end
    end
  end
  return value
end

local function text_of(ctx, base, written)
  local target = type(written) == 'string' and ctx.resolve(base, written)
  return target and ctx.exists(target) and ctx.read(target) or nil
end

--- The patches of a field `patches` as written: a text in place, or a file beside the kustomization.
---@param ctx ifx.repo.Context
---@param value any the value of the field
---@param base string|nil folder that files are named from; nil where only texts in place are allowed
---@return kustomize.Patch[]
function M.of_field(ctx, value, base)
  local found = {}
  for _, item in ipairs(type(value) == 'table' and value or {}) do
    local fields = type(item) == 'table' and item or { path = item }
    local in_place = type(fields.patch) == 'string' and fields.patch or nil
    if type(item) == 'string' and item:find('\n', 1, true) then
      in_place = item
    end
    local text = in_place or base and text_of(ctx, base, fields.path)
    if text then
      found[#found + 1] = { text = text, target = type(fields.target) == 'table' and fields.target or nil }
    end
  end
  return found
end

local FIELDS = { 'patchesStrategicMerge', 'patches', 'patchesJson6902' }

local function add_file(found, seen, ctx, file)
  local document = not seen[file] and ctx.file({ path = file }).yaml()
  seen[file] = true
  if not document or #document == 0 then
    return
  end
  local base = path.dirname(file)
  local components = document:get({ 'components' }, 1)
  for _, written in ipairs(type(components) == 'table' and components or {}) do
    local folder = type(written) == 'string' and ctx.resolve(base, written)
    local root = folder and walk.root_file(ctx.exists, folder)
    if root then
      add_file(found, seen, ctx, root)
    end
  end
  for _, field in ipairs(FIELDS) do
    list.append(found, M.of_field(ctx, document:get({ field }, 1), base))
  end
end

--- The patches that work on what a kustomization loads, in their order: those of its components, then its own.
---@param ctx ifx.repo.Context
---@param file string path of the kustomization
---@return kustomize.Patch[]
function M.of_file(ctx, file)
  local found = {}
  add_file(found, {}, ctx, file)
  return found
end

return M
