-- namespace.lua: the namespace of objects, and of the subjects that stand for it. SPDX-License-Identifier: Apache-2.0
local places = require './build/places'
local resources = require './build/resource'

local BINDINGS = { RoleBinding = true, ClusterRoleBinding = true }
local MODES = { defaultOnly = true, allServiceAccounts = true, none = true }
local METADATA = node.fields { { path = 'metadata/namespace', create = true } }

-- Of the specs those that apply: the namespace of an object itself and of subjects is set by other rules, and the name
-- of what is not of the core is no namespace.
local function kept(specs, of_core)
  local out = {}
  for _, spec in ipairs(specs) do
    local own = spec.path == 'metadata/namespace' or (spec.path == 'metadata/name' and not of_core)
    local subject = BINDINGS[spec.kind] and spec.path == 'subjects/namespace'
    if not own and not subject then out[#out + 1] = spec end
  end
  return node.fields(out)
end

local compiled = places.once(function(specs) return { core = kept(specs, true), other = kept(specs, false) } end)

local function says(subject, field, wanted)
  local kind = subject:kind(field)
  if kind == 'map' or kind == 'list' then
    err.raise { kind = 'config', line = subject:line() > 0 and subject:line() or nil, hint = 'a subject has kind and name',
      message = ('setting namespace on (cluster)role binding subjects: the %s of a subject is no text'):format(field) }
  end
  return subject:get(field) == wanted
end

-- Which subjects of a binding are given the namespace.
local WANTED = {
  defaultOnly = function(subject) return says(subject, 'name', 'default') end,
  allServiceAccounts = function(subject) return says(subject, 'kind', 'ServiceAccount') end,
  none = function() return false end,
}

local SUBJECTS = node.fields({ { path = 'subjects' } }, { each = true })
local NAMESPACE = node.fields { { path = 'namespace', create = true } }

local function bind(object, namespace, mode, how)
  return SUBJECTS:map(object, function(subject, _, kind)
    if kind ~= 'map' then
      err.raise { kind = 'config', message = 'setting namespace on (cluster)role binding subjects: a subject is a map' }
    end
    return WANTED[mode](subject) and NAMESPACE:put(subject, namespace, how) or nil
  end)
end

local function put(fields, object, namespace, how)
  local ok, now = pcall(fields.put, fields, object, namespace, how)
  if ok then return now end
  if not err.is(now, 'config') then error(now, 0) end
  local what = now.message:find('expected ScalarNode', 1, true) and 'namespace field specs must target scalar nodes'
    or 'namespace transformation failed'
  now.message = what .. ': ' .. now.message
  error(now, 0)
end

local function check_mode(mode)
  if not MODES[mode] then
    err.raise { kind = 'config', message = ('invalid value "%s" for setRoleBindingSubjects: must be one of '
      .. '"defaultOnly", "none" or "allServiceAccounts"'):format(mode) }
  end
end

local function check_alone(set, resource)
  if #set:current(resource.id) > 1 then
    err.raise { kind = 'conflict', message = 'namespace transformation produces ID conflict: ' .. resources.show(resource.id),
      hint = 'two objects of one kind and name would be in the same namespace: rename one, or leave it out' }
  end
end

---@type kustomize.Transformer
return function(set, config)
  local namespace = config.metadata and config.metadata.namespace or ''
  local mode = config.setRoleBindingSubjects or ''
  if mode == '' then mode = 'defaultOnly' end
  check_mode(mode)
  if namespace == '' then return end
  local value, how, specs = node.of(namespace), { if_empty = config.unsetOnly or false }, compiled(config.fieldSpecs)
  places.each(set, function(resource)
    local object, id = resource.node, resource.id
    resource:remember()
    if id.space ~= '' then object = METADATA:put(object, value, how) end
    if BINDINGS[id.kind] then object = bind(object, value, mode, how) end
    local core = id.group == '' and id.version == 'v1'
    object = put(core and specs.core or specs.other, object, value, how)
    if object ~= resource.node then resource:set(object) end
    check_alone(set, resource)
  end)
end
