-- order.lua: the order in which the objects of a build are printed. SPDX-License-Identifier: Apache-2.0

-- What kustomize has always put first and last.
local FIRST = {
  'Namespace', 'ResourceQuota', 'StorageClass', 'CustomResourceDefinition', 'ServiceAccount', 'PodSecurityPolicy', 'Role',
  'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'ConfigMap', 'Secret', 'Endpoints', 'Service', 'LimitRange',
  'PriorityClass', 'PersistentVolume', 'PersistentVolumeClaim', 'Deployment', 'StatefulSet', 'CronJob',
  'PodDisruptionBudget',
}
local LAST = { 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration' }

local function or_else(text, absent) return text == '' and absent or text end

local function ranks(options)
  local out, first = {}, options.orderFirst or {}
  for i, kind in ipairs(first) do out[kind] = i - 1 - #first end
  for i, kind in ipairs(options.orderLast or {}) do out[kind] = i end
  return out
end

local function keys_of(list, rank)
  local keys = {}
  for _, resource in ipairs(list) do
    local id = resource.id
    keys[resource] = {
      rank = rank[id.kind] or 0, namespace = id.kind == 'Namespace', core = id.group == '',
      type = ('%s_%s_%s'):format(or_else(id.group, '~G'), or_else(id.version, '~V'), or_else(id.kind, '~K')),
      name = or_else(id.namespace, '~X') .. '|' .. or_else(id.name, '~N'),
    }
  end
  return keys
end

local function precedes(a, b)
  if a.rank ~= b.rank then return a.rank < b.rank end
  if a.type == b.type then return a.name < b.name end
  if a.namespace and b.namespace and (a.core or b.core) then return a.type > b.type end -- the core's own comes first
  return a.type < b.type
end

local function check(options)
  if options.order ~= 'fifo' and options.order ~= 'legacy' then
    err.raise { kind = 'config', message = "the field 'sortOptions.order' must be one of [fifo, legacy]" }
  elseif options.order == 'fifo' and options.legacySortOptions then
    err.raise { kind = 'config', message =
      "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'" }
  end
end

---Puts the objects in order.
---@param set kustomize.Set
---@param options { order: 'fifo'|'legacy', legacySortOptions: { orderFirst: string[]|nil, orderLast: string[]|nil }|nil }
return function(set, options)
  check(options)
  if options.order == 'fifo' then return end
  local keys = keys_of(set.list, ranks(options.legacySortOptions or { orderFirst = FIRST, orderLast = LAST }))
  set:sort(function(a, b) return precedes(keys[a], keys[b]) end)
end
