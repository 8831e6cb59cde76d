-- shape.lua: what the objects of Flux that apply others have in common. SPDX-License-Identifier: Apache-2.0

local M = {}

M.plain = require 'ifx.k8s.plain'

---The namespace that an object is in.
---@param object ifx.gitops.Object
---@return string
function M.namespace_of(object)
  local namespace = object.node:get('metadata', 'namespace')
  return type(namespace) == 'string' and namespace or 'default'
end

---The name of the remote cluster that a kubeConfig leads to; nil for the own.
---@param kube_config any
---@param namespace string
---@return string|nil
function M.cluster_of(kube_config, namespace)
  if type(kube_config) ~= 'table' then return nil end
  for _, field in ipairs { 'secretRef', 'configMapRef' } do
    local ref = kube_config[field]
    if type(ref) == 'table' and type(ref.name) == 'string' then return ('%s/%s'):format(namespace, ref.name) end
  end
end

---@param wanted any
---@return { namespace: string?, name: string }[]
function M.depends_of(wanted)
  local out = {}
  for _, item in ipairs(type(wanted) == 'table' and wanted or {}) do
    if type(item) == 'table' and type(item.name) == 'string' then
      out[#out + 1] = { namespace = type(item.namespace) == 'string' and item.namespace or nil, name = item.name }
    end
  end
  return out
end

---An object with the labels and annotations of spec.commonMetadata over its own.
---@param object node.Node
---@param common table
---@return node.Node
function M.with_metadata(object, common)
  for _, field in ipairs { 'labels', 'annotations' } do
    for name, value in pairs(type(common[field]) == 'table' and common[field] or {}) do
      object = object:with(tostring(value), 'metadata', field, name)
    end
  end
  return object
end

return M
