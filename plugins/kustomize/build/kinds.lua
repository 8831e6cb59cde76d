-- kinds.lua: the order of kinds, in which objects are printed and field specs are merged. SPDX-License-Identifier: Apache-2.0
local M = {}

-- What kustomize has always put first and last.
M.FIRST = {
  'Namespace', 'ResourceQuota', 'StorageClass', 'CustomResourceDefinition', 'ServiceAccount', 'PodSecurityPolicy', 'Role',
  'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'ConfigMap', 'Secret', 'Endpoints', 'Service', 'LimitRange',
  'PriorityClass', 'PersistentVolume', 'PersistentVolumeClaim', 'Deployment', 'StatefulSet', 'CronJob',
  'PodDisruptionBudget',
}
M.LAST = { 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration' }

---@class kustomize.Rank  what `precedes` compares
---@field rank integer
---@field namespace boolean
---@field core boolean
---@field type string

local function or_else(text, absent) return (text or '') == '' and absent or text end

---Makes the ranks of things that have group, version and kind.
---@param first string[]  kinds
---@param last string[]
---@return fun(gvk: { group: string|nil, version: string|nil, kind: string|nil }): kustomize.Rank
function M.ranks(first, last)
  local rank = {}
  for i, kind in ipairs(first) do rank[kind] = i - 1 - #first end
  for i, kind in ipairs(last) do rank[kind] = i end
  return function(gvk)
    return {
      rank = rank[gvk.kind] or 0, namespace = gvk.kind == 'Namespace', core = (gvk.group or '') == '',
      type = ('%s_%s_%s'):format(or_else(gvk.group, '~G'), or_else(gvk.version, '~V'), or_else(gvk.kind, '~K')),
    }
  end
end

---The rank in the default order.
M.rank = M.ranks(M.FIRST, M.LAST)

---@param a kustomize.Rank
---@param b kustomize.Rank
---@return boolean
function M.precedes(a, b)
  if a.rank ~= b.rank then return a.rank < b.rank end
  if a.type ~= b.type and a.namespace and b.namespace and (a.core or b.core) then return a.type > b.type end -- core first
  return a.type < b.type
end

return M
