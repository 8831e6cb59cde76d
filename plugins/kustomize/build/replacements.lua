-- replacements.lua: values of one object written into others. SPDX-License-Identifier: Apache-2.0
local FIELDS = require './build/fields'
local books = require './build/books'
local resources = require './build/resource'
local select = require './build/select'
local shape = require './build/shape'

local DEFAULT_PATH = 'metadata.name'

local function refuse(message, hint, kind) err.raise { kind = kind or 'config', message = message, hint = hint } end

-- Which function it was that failed is nothing to the reader of a kustomization.
local function fail(e, what)
  if err.is(e) then e.op = nil end
  error(err.wrap(e, what), 0)
end

local function quoted(value) return '"' .. value:gsub('[\\"]', '\\%0') .. '"' end

-- ---- which objects ----

local function or_empty(value) return value or '' end

local function selection(by)
  local group, version, kind = or_empty(by.group), or_empty(by.version), or_empty(by.kind)
  return resources.id(group, version, kind, or_empty(by.name), or_empty(by.namespace))
end

local function same(wanted, value) return wanted == '' or wanted == value end

-- No kind is known to be in no namespace here: what is written counts, nothing is `default`.
local function space(namespace) return namespace == '' and 'default' or namespace end

local function selects(wanted, id, namespace)
  return same(wanted.kind, id.kind) and same(wanted.name, id.name) and same(wanted.group, id.group)
    and same(wanted.version, id.version) and (wanted.namespace == '' or space(wanted.namespace) == space(namespace))
end

-- By an id that the resource has or had.
local function is_selected(wanted, resource)
  if selects(wanted, resource.id, resource.id.namespace) then return true end
  for _, id in ipairs(resource.before) do
    if selects(wanted, id, select.space(id)) then return true end
  end
  return false
end

local function is_empty(wanted)
  return wanted.group == '' and wanted.version == '' and wanted.kind == '' and wanted.name == '' and wanted.namespace == ''
end

local function has_texts(selector)
  return or_empty(selector.labelSelector) ~= '' or or_empty(selector.annotationSelector) ~= ''
end

-- The questions of a rejection, each of which is enough.
local function rejections(target)
  local out = {}
  for _, reject in ipairs(target.reject or {}) do
    local wanted = selection(reject)
    if has_texts(reject) then out[#out + 1] = select.texts(reject) end
    if not is_empty(wanted) then out[#out + 1] = function(resource) return is_selected(wanted, resource) end end
  end
  return out
end

-- Whom a target means, as a question.
local function chooser(target)
  local wanted, texts, rejected = selection(target.select), select.texts(target.select), rejections(target)
  return function(resource)
    if not is_selected(wanted, resource) or not texts(resource) then return false end
    for _, is_rejected in ipairs(rejected) do
      if is_rejected(resource) then return false end
    end
    return true
  end
end

-- ---- the source ----

local function shown(source)
  local out, options = resources.show(selection(source)), source.options
  if or_empty(source.fieldPath) ~= '' then out = out .. ':' .. source.fieldPath end
  if not options or (or_empty(options.delimiter) == '' and not options.create) then return out end
  return ('%s:%s(%d), create=%s'):format(out, or_empty(options.delimiter), options.index or 0, options.create == true)
end

local function source_of(set, source)
  local wanted, found = selection(source), nil
  for _, resource in ipairs(set.list) do
    if is_selected(wanted, resource) then
      if found then
        refuse(('multiple matches for selector %s'):format(shown(source)), ('%s and %s: say kind, name and namespace')
          :format(resources.show(found.id), resources.show(resource.id)), 'conflict')
      end
      found = resource
    end
  end
  if not found then refuse(('nothing selected by %s'):format(shown(source)), nil, 'not_found') end
  return found
end

local function is_nothing(value)
  local kind = value and value:kind()
  return not value or kind == 'null' or ((kind == 'map' or kind == 'list') and #value == 0)
end

-- A scalar of the same kind.
local function scalar_like(value, text)
  return value:kind() == 'string' and node.of(text) or node.document(text, { schema = 'kyaml' })
end

local function split(value, delimiter)
  local out, at = {}, 1
  while true do
    local first, last = value:find(delimiter, at, true)
    out[#out + 1] = value:sub(at, first and first - 1)
    if not first then return out end
    at = last + 1
  end
end

-- The part of a value that the options ask for.
local function refined(value, options)
  if not options or or_empty(options.delimiter) == '' then return value end
  local scalar = value:get()
  if type(scalar) ~= 'string' then refuse('delimiter option can only be used with scalar nodes') end
  local parts, index = split(scalar, options.delimiter), options.index or 0
  if index < 0 or index >= #parts then
    refuse(('options.index %d is out of bounds for value %s'):format(index, scalar),
      ('%s divides it into %d parts, which are counted from 0'):format(quoted(options.delimiter), #parts))
  end
  return scalar_like(value, parts[index + 1])
end

local function value_of(set, source)
  local resource = source_of(set, source)
  local field = or_empty(source.fieldPath) ~= '' and source.fieldPath or DEFAULT_PATH
  local ok, value = pcall(function() return node.source(field):get(resource.node) end)
  if not ok then fail(value, 'error looking up replacement source') end
  if is_nothing(value) then
    refuse(('fieldPath `%s` is missing for replacement source %s'):format(field, resources.show(selection(source))),
      ('%s has no such field, or nothing in it'):format(resources.show(resource.id)), 'not_found')
  end
  return refined(value, source.options)
end

-- ---- the targets ----

local function failure(field, options)
  return ('unable to find %sfield %s in replacement target'):format(options.create and 'or create ' or '', quoted(field))
end

local function target_of(field, paths)
  paths[field] = paths[field] or node.target(field, regex.compile)
  return paths[field]
end

local function put(object, field, value, options, paths)
  local ok, target = pcall(target_of, field, paths)
  if not ok then fail(target, failure(field, options)) end
  local done, changed, places = pcall(target.put, target, object, value, options)
  if not done then fail(changed, failure(field, options)) end
  if places == 0 then refuse(failure(field, options), nil, 'not_found') end
  return changed
end

-- Fields that take all annotations with them, and with these what kustomize notes there.
local WHOLE = { metadata = true, ['metadata.annotations'] = true }

local function put_in(resource, field, value, options, paths)
  if not WHOLE[field] then return put(resource.node, field, value, options, paths) end
  return books.close(resource, put(books.open(resource), field, value, options, paths), false)
end

local function write(set, target, value, paths)
  if not target.select then refuse 'target must specify resources to select' end
  local options, is_target = target.options or {}, chooser(target)
  local fields = target.fieldPaths and #target.fieldPaths > 0 and target.fieldPaths or { DEFAULT_PATH }
  for _, resource in ipairs(set.list) do
    if is_target(resource) then
      for _, field in ipairs(fields) do
        local ok, changed = pcall(put_in, resource, field, value, options, paths)
        if not ok then
          changed.hint = changed.hint or ('the target is %s'):format(resources.show(resource.id))
          error(changed, 0)
        end
        resource:set(changed)
      end
    end
  end
end

-- ---- the list ----

local function read(named, env)
  local text, at = env:read(named)
  local file = env:show(at)
  local value = node.document(text, { file = file }):value()
  if type(value) ~= 'table' then
    refuse(('unsupported replacement type encountered within replacement path: %s'):format(type(value)))
  end
  return shape.check(ifx.is_list(value) and value or ifx.list { value }, FIELDS.fields.replacements, {
    what = 'invalid replacement', lenient = true, converts = true, at = function() return file end })
end

-- An entry is a replacement, or names a file with one or a list of them.
local function expand(entries, env)
  local out = {}
  for _, entry in ipairs(entries) do
    if or_empty(entry.path) == '' then
      out[#out + 1] = entry
    elseif entry.source or entry.targets and #entry.targets > 0 then
      refuse('cannot specify both path and inline replacement')
    else
      local more = read(entry.path, env)
      table.move(more, 1, #more, #out + 1, out)
    end
  end
  return out
end

---@param set kustomize.Set
---@param config { replacements: table[] }
---@param env kustomize.Env
return function(set, config, env)
  local paths = {}
  for _, replacement in ipairs(expand(config.replacements or {}, env)) do
    if not replacement.source or not replacement.targets then
      refuse 'replacements must specify a source and at least one target'
    end
    local value = value_of(set, replacement.source)
    for _, target in ipairs(replacement.targets) do write(set, target, value, paths) end
  end
end
