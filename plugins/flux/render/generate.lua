-- generate.lua: the kustomization that the controller builds, with what the object adds. SPDX-License-Identifier: Apache-2.0

local M = {}

local NAMES = { 'kustomization.yaml', 'kustomization.yml', 'Kustomization' }

local function root_file(files, folder)
  for _, name in ipairs(NAMES) do
    local at = path.join(folder, name)
    if files:kind(at) == 'file' then return at end
  end
end

-- ---- a folder without one: all manifests below it ----

local function check_manifest(files, at, kustomize)
  local ok, e = pcall(kustomize.objects, files:read(at), at)
  if ok then return end
  if not err.is(e) or e.kind == 'cancelled' then error(e, 0) end
  local first = e
  while not first.message and err.is(first.cause) do first = first.cause end
  err.raise { kind = e.kind, file = at, line = first.line, column = first.column,
    message = ('failed to decode Kubernetes YAML from %s: %s'):format(at, first.message or ''),
    hint = 'Flux takes every YAML file below a folder without kustomization.yaml for a manifest: write one that lists them, or '
      .. 'leave the file out with .sourceignore' }
end

local function add_below(found, files, folder, prefix, kustomize)
  for _, name in ipairs(list.sorted(files:list(folder))) do
    local at, written = path.join(folder, name), prefix .. '/' .. name
    if files:kind(at) == 'dir' then
      if root_file(files, at) then
        found[#found + 1] = written
      else
        add_below(found, files, at, written, kustomize)
      end
    elseif name:find('%.ya?ml$') then
      check_manifest(files, at, kustomize)
      found[#found + 1] = written
    end
  end
end

local function generated(files, folder, kustomize)
  local found = ifx.list {}
  add_below(found, files, folder, '.', kustomize)
  local k = { apiVersion = 'kustomize.config.k8s.io/v1beta1', kind = 'Kustomization' }
  if #found == 0 then
    k.namespace = '_placeholder' -- else it would be empty, which is an error
  else
    k.resources = found
  end
  return k
end

-- ---- one that is there ----

local function read(files, at, kustomize)
  local value = node.document(files:read(at), { file = at, repeated_keys = true }):value()
  local k = type(value) == 'table' and not ifx.is_list(value) and kustomize.known(value) or {}
  k.apiVersion = k.apiVersion or 'kustomize.config.k8s.io/v1beta1'
  k.kind = k.kind or 'Kustomization'
  if type(k.resources) ~= 'table' or #k.resources == 0 then k.buildMetadata = ifx.list { 'originAnnotations' } end
  return k
end

-- ---- what the object adds ----

local function appended(k, field, items)
  if #items == 0 then return end
  local all = type(k[field]) == 'table' and k[field] or {}
  k[field] = ifx.list(list.append(table.move(all, 1, #all, 1, {}), items))
end

local function add_patches(k, patches)
  appended(k, 'patches', list.map(patches, function(patch)
    return { patch = patch.patch, target = patch.target }
  end))
end

local REMOTE = { 'git::', 'gh:', 'ssh://', 'https://', 'http://', 'git@', 'github.com:', 'github.com/' }

local function check_local(component)
  local lower = component:lower()
  local remote = component:sub(1, 1) == '/' or lower:gsub('^file://', ''):sub(1, 1) == '/'
  for _, prefix in ipairs(REMOTE) do
    remote = remote or #component > #prefix and lower:sub(1, #prefix) == prefix
  end
  if remote then
    err.raise { kind = 'config', message = ("component path '%s' must be local and relative"):format(component) }
  end
end

local function add_components(k, spec, files, folder)
  local wanted = {}
  for _, component in ipairs(spec.components or {}) do
    check_local(component)
    if spec.ignoreMissingComponents ~= true or files:kind(path.join(folder, component)) then
      wanted[#wanted + 1] = component
    end
  end
  appended(k, 'components', wanted)
end

-- A new name replaces the old one; tag and digest say one thing together.
local function merge_image(old, new)
  if (new.newName or '') ~= '' then old.newName = new.newName end
  if (new.newTag or '') ~= '' or (new.digest or '') ~= '' then old.newTag, old.digest = new.newTag, new.digest end
end

local function add_images(k, images)
  local new = {}
  for _, image in ipairs(images) do
    local old = list.find(list.append(list.append({}, k.images or {}), new), function(one) return one.name == image.name end)
    if old then
      merge_image(old, image)
    else
      new[#new + 1] = { name = image.name, newName = image.newName, newTag = image.newTag, digest = image.digest }
    end
  end
  appended(k, 'images', new)
end

local FIELDS = { targetNamespace = 'namespace', namePrefix = 'namePrefix', nameSuffix = 'nameSuffix' }

---The text of the kustomization to build, and where it stands. Raises 'parse' and 'config' for what the controller refuses.
---@param files ifx.render.Files  the artifact
---@param folder string
---@param spec table              of the Kustomization
---@param kustomize table         library of the plugin kustomize
---@return string text
---@return string at
---@return boolean is_generated
function M.kustomization(files, folder, spec, kustomize)
  local at = root_file(files, folder)
  local k = at and read(files, at, kustomize) or generated(files, folder, kustomize)
  for field, name in pairs(FIELDS) do
    if (spec[field] or '') ~= '' then k[name] = spec[field] end
  end
  add_patches(k, spec.patches or {})
  add_components(k, spec, files, folder)
  add_images(k, spec.images or {})
  if spec.buildMetadata and #spec.buildMetadata > 0 then k.buildMetadata = spec.buildMetadata end
  return yaml.encode(k), at or path.join(folder, NAMES[1]), at == nil
end

return M
