-- values.lua: when two values of a field mean the same to an API server. SPDX-License-Identifier: Apache-2.0

local M = {}

local UNITS = { m = 1e-3, [''] = 1, k = 1e3, M = 1e6, G = 1e9, T = 1e12, P = 1e15, E = 1e18,
  Ki = 2 ^ 10, Mi = 2 ^ 20, Gi = 2 ^ 30, Ti = 2 ^ 40, Pi = 2 ^ 50, Ei = 2 ^ 60 }

---A quantity as a number; nil for what is none.
---@param value any
---@return number|nil
function M.quantity(value)
  local digits, unit = tostring(value):match '^([%d.eE+]-)([%a]*)$'
  local number = tonumber(digits)
  return number and UNITS[unit] and number * UNITS[unit] or tonumber(value)
end

local function storage(node)
  local value = node:get('spec', 'resources', 'requests', 'storage')
  return type(value) == 'string' and M.quantity(value) or nil
end

---Does a claim request as much as before, or more? Also where that is not known.
---@param before node.Node
---@param after node.Node
---@return boolean
function M.grows(before, after)
  local old, new = storage(before), storage(after)
  return old == nil or new == nil or new >= old
end

local function is_map(value) return type(value) == 'table' and not ifx.is_list(value) end

-- A copy of a map with other fields; nil takes one away.
local function with(map, changes, away)
  local out = {}
  for key, value in pairs(map) do out[key] = value end
  for key, value in pairs(changes) do out[key] = value end
  for _, key in ipairs(away or {}) do out[key] = nil end
  return out
end

local function requests_in_numbers(resources)
  if not is_map(resources) or not is_map(resources.requests) then return resources end
  local out = {}
  for name, value in pairs(resources.requests) do out[name] = M.quantity(value) or value end
  return with(resources, { requests = out })
end

local function claim(value)
  if not is_map(value) then return value end
  local spec = is_map(value.spec) and value.spec or {}
  local metadata = is_map(value.metadata) and with(value.metadata, {}, { 'creationTimestamp' }) or {}
  local normal = with(spec, { volumeMode = spec.volumeMode or 'Filesystem', resources = requests_in_numbers(spec.resources) })
  return with(value, { spec = normal, metadata = metadata }, { 'apiVersion', 'kind', 'status' })
end

---Claims of a StatefulSet, without what the API server adds or takes for the same.
---@param value any
---@return any
function M.templates(value)
  return type(value) == 'table' and ifx.is_list(value) and ifx.list(list.map(value, claim)) or value
end

---@param value any
---@return any
function M.first(value) return type(value) == 'table' and value[1] or value end

---The source of a volume that a driver serves, without the one field of it that may change.
---@param value any
---@return any
function M.csi(value) return is_map(value) and with(value, {}, { 'controllerExpandSecretRef' }) or value end

---What a binding names; its group has one value alone.
---@param value any
---@return any
function M.role(value) return is_map(value) and with(value, { apiGroup = 'rbac.authorization.k8s.io' }) or value end

local function images(containers)
  if type(containers) ~= 'table' then return nil end
  return ifx.list(list.map(containers, function(one) return is_map(one) and with(one, {}, { 'image' }) or one end))
end

---The spec of a Pod, without what may change in it.
---@param value any
---@return any
function M.pod(value)
  if not is_map(value) then return value end
  return with(value, { containers = images(value.containers), initContainers = images(value.initContainers) },
    { 'activeDeadlineSeconds', 'tolerations', 'schedulingGates', 'terminationGracePeriodSeconds' })
end

local function versions(crd)
  local found = crd:get('spec', 'versions')
  return type(found) == 'userdata' and found ~= ifx.null and found:value() or {}
end

---Is the version still among those of a CustomResourceDefinition in which objects are stored?
---@param before node.Node
---@param after node.Node
---@return boolean
function M.keeps_stored(before, after)
  local names = list.set(list.map(versions(after), 'name'))
  for _, version in ipairs(versions(before)) do
    if version.storage == true and not names[version.name] then return false end
  end
  return true
end

return M
