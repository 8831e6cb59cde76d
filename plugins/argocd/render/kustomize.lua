-- kustomize.lua: a kustomization as Argo CD edits and builds it. SPDX-License-Identifier: Apache-2.0
local overlay = require 'ifx.render.overlay'
local shape = require './render/shape'

local M = {}

local NAMES = { 'kustomization.yaml', 'kustomization.yml', 'Kustomization' }
M.NAMES = list.set(NAMES)

local SETTINGS = 'kustomize.buildOptions'

-- ---- kustomize edit ----

local function items_of(document, field)
  local found, out = document:get(field), ifx.list {}
  if type(found) == 'userdata' and found ~= ifx.null and found:kind() == 'list' then
    for i = 1, #found do out[i] = found:get(i) end
  end
  return out
end

local function value_of(item, field)
  local value = type(item) == 'userdata' and item ~= ifx.null and item:kind() == 'map' and item:get(field)
  return type(value) == 'string' and value or nil
end

-- Those of the file that are not named anew, with the new ones, by name.
local function merged_by_name(document, field, new)
  local by_name, names = {}, {}
  for _, item in ipairs(items_of(document, field)) do by_name[value_of(item, 'name') or ''] = item end
  for _, item in ipairs(new) do by_name[item.name] = item.change(by_name[item.name]) end
  for name in pairs(by_name) do names[#names + 1] = name end
  local out = ifx.list {}
  for i, name in ipairs(list.sorted(names)) do out[i] = by_name[name] end
  return document:with(out, field)
end

local function image_parts(text)
  local name, digest = text:match '^([^@]*)@(.*)$'
  name = name or text
  local slash = name:match '^.*()/' or 0
  local colon = name:find(':', slash + 1, true)
  return colon and name:sub(1, colon - 1) or name, colon and name:sub(colon + 1) or nil, digest
end

-- 'NAME[=NEW][:TAG][@DIGEST]'; a star keeps what the file says.
local function image(text)
  local key, value = text:match '^([^=]*)=(.*)$'
  local name, tag, digest = image_parts(value or text)
  if name == text then
    err.raise { kind = 'config', message = ('invalid format of image %s'):format(text),
      hint = 'it is NAME=NEWNAME, NAME:TAG, NAME@DIGEST or a mixture' }
  end
  local new = { newName = key and name or nil, newTag = tag, digest = digest }
  return { name = key or name, change = function(old)
    local out = { name = key or name }
    for _, field in ipairs { 'newName', 'newTag', 'digest' } do
      local said = new[field]
      if said == '*' then said = value_of(old, field) end
      if (said or '') ~= '' then out[field] = said end
    end
    return out
  end }
end

local function replica(item)
  local count = math.tointeger(tonumber(item.count))
  if not item.name or not count then
    err.raise { kind = 'config', message = ('expected integer value for count. Received: %s'):format(tostring(item.count)) }
  end
  return { name = item.name, change = function() return { name = item.name, count = count } end }
end

local function check_free(document, at, key, force, what)
  at[#at + 1] = key
  if document:get(table.unpack(at)) ~= nil and force ~= true then
    err.raise { kind = 'config', message = ('%s %s already in kustomization file'):format(what, key),
      hint = ('force%s says that it may be overwritten'):format(what == 'label' and 'CommonLabels' or 'CommonAnnotations') }
  end
  return at
end

-- The entry of `labels` that takes labels of this sort, made where there is none.
local function label_entry(document, with_templates)
  for i, item in ipairs(items_of(document, 'labels')) do
    local same = (value_of(item, 'includeSelectors') or 'false') == 'false'
      and ((value_of(item, 'includeTemplates') or 'false') == 'true') == with_templates
    if same then return document, i end
  end
  local entries = items_of(document, 'labels')
  entries[#entries + 1] = { pairs = {}, includeTemplates = with_templates or nil }
  return document:with(entries, 'labels'), #entries
end

local function add_labels(document, options, environment)
  local alone = options.labelWithoutSelector == true
  if options.labelIncludeTemplates == true and not alone then
    err.raise { kind = 'config', message = '--without-selector flag must be specified for --include-templates to work',
      hint = 'labelIncludeTemplates goes with labelWithoutSelector' }
  end
  for _, name in ipairs(list.keys(options.commonLabels or {})) do
    local at = { 'commonLabels' }
    if alone then
      local i
      document, i = label_entry(document, options.labelIncludeTemplates == true)
      at = { 'labels', i, 'pairs' }
    end
    check_free(document, at, name, options.forceCommonLabels, 'label')
    document = document:with(environment:expand(tostring(options.commonLabels[name])), table.unpack(at))
  end
  return document
end

local function add_annotations(document, options, environment)
  for _, name in ipairs(list.keys(options.commonAnnotations or {})) do
    local text = tostring(options.commonAnnotations[name])
    if options.commonAnnotationsEnvsubst == true then text = environment:expand(text) end
    local at = check_free(document, { 'commonAnnotations' }, name, options.forceCommonAnnotations, 'annotation')
    document = document:with(text, table.unpack(at))
  end
  return document
end

local PATCH = { 'path', 'patch', 'target', 'options' }

local function add_patches(document, patches)
  if #(patches or {}) == 0 then return document end
  local all = items_of(document, 'patches')
  for _, patch in ipairs(patches) do
    local kept = {}
    for _, field in ipairs(PATCH) do kept[field] = patch[field] end
    all[#all + 1] = kept
  end
  return document:with(all, 'patches')
end

local function add_components(document, options, files, folder)
  local all = items_of(document, 'components')
  local known, before = list.set(all), #all
  for _, component in ipairs(options.components or {}) do
    local there = files:kind(path.join(folder, component)) ~= nil
    if not known[component] and (there or options.ignoreMissingComponents ~= true) then
      all[#all + 1], known[component] = component, true
    end
  end
  return #all > before and document:with(all, 'components') or document
end

local function edited(document, options, environment, files, folder)
  for _, field in ipairs { 'namePrefix', 'nameSuffix', 'namespace' } do
    if (options[field] or '') ~= '' then document = document:with(options[field], field) end
  end
  if #(options.images or {}) > 0 then
    document = merged_by_name(document, 'images',
      list.map(options.images, function(text) return image(environment:expand(text)) end))
  end
  if #(options.replicas or {}) > 0 then
    document = merged_by_name(document, 'replicas', list.map(options.replicas, replica))
  end
  document = add_annotations(add_labels(document, options, environment), options, environment)
  return add_components(add_patches(document, options.patches), options, files, folder)
end

-- ---- kustomize build ----

-- The words of a setting that mean something here; others are told.
local function build_options(text, warnings)
  local out = { load_restrictor = 'root', reorder = 'legacy', enable_helm = false }
  local words = {}
  for word in text:gmatch '%S+' do words[#words + 1] = word end
  local i = 1
  while words[i] do
    local name, value = words[i]:match '^%-%-?([^=]+)=?(.*)$'
    name = (name or words[i]):gsub('_', '-')
    local takes = name == 'load-restrictor' or name == 'reorder'
    if takes and value == '' then
      i = i + 1
      value = words[i] or ''
    end
    if name == 'load-restrictor' then
      out.load_restrictor = value:lower():find 'none$' and 'none' or 'root'
    elseif name == 'reorder' then
      out.reorder = value == 'none' and 'none' or 'legacy'
    elseif name == 'enable-helm' then
      out.enable_helm = value ~= 'false'
    else
      warnings[#warnings + 1] = ('%s of argocd-cm is not followed: %s'):format(SETTINGS, words[i])
    end
    i = i + 1
  end
  return out
end

local function setting(world, namespace, key)
  for _, there in ipairs { namespace, 'argocd' } do
    local object = world.object('ConfigMap', there, 'argocd-cm')
    local value = object and object.node:get('data', key)
    if type(value) == 'string' then return value end
  end
end

---What kustomize is called with.
---@param world ifx.gitops.World
---@param namespace string     of the Application
---@param version string|nil   that the source asks for
---@param warnings string[]
---@return table
function M.options(world, namespace, version, warnings)
  local text = version and setting(world, namespace, ('%s.%s'):format(SETTINGS, version)) or setting(world, namespace, SETTINGS)
  return build_options(text or '', warnings)
end

---The file of a folder that makes it a kustomization.
---@param files ifx.render.Files
---@param folder string
---@return string|nil
function M.file(files, folder)
  for _, name in ipairs(NAMES) do
    local at = path.join(folder, name)
    if files:kind(at) == 'file' then return at end
  end
end

---The objects of a kustomization, with what the source adds to it.
---@param files ifx.render.Files
---@param folder string
---@param source table         with `kustomize`
---@param how table            of `options`
---@param environment argocd.Environment
---@return ifx.gitops.Object[]
---@return string[] warnings
function M.objects(files, folder, source, how, environment)
  local kustomize, options, at = ifx.use 'kustomize', shape.map(source.kustomize), M.file(files, folder)
  if at and next(options) ~= nil then
    local document = node.document(files:read(at), { file = at, repeated_keys = true })
    if document:kind() == 'map' then
      local text = node.print(edited(document, options, environment, files, folder))
      files = overlay(files, { [path.join(files:real(folder), path.basename(at))] = text })
    end
  end
  local built, why = kustomize.render.kustomization(files, folder, how)
  if not built then err.raise { kind = 'not_found', file = folder, message = why } end
  local out, named = {}, files:show(''):gsub('%.$', '') -- other repositories stand before the paths of their files
  for i, object in ipairs(built.objects) do
    local origin = built.origins[i]
    out[i] = { node = object, file = origin and origin.file:sub(#named + 1) or nil, line = origin and origin.line or nil }
  end
  return out, built.warnings
end

return M
