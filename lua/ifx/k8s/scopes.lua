-- scopes.lua: which kinds of Kubernetes itself belong to a namespace. SPDX-License-Identifier: Apache-2.0

local M = {}

-- Of each group that an API server serves by itself, the kinds without a namespace.
local CLUSTER_SCOPED = {
  [''] = 'ComponentStatus Namespace Node PersistentVolume',
  ['admissionregistration.k8s.io'] = 'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration '
    .. 'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration',
  ['apiextensions.k8s.io'] = 'CustomResourceDefinition',
  ['apiregistration.k8s.io'] = 'APIService',
  apps = '',
  ['authentication.k8s.io'] = 'SelfSubjectReview TokenReview',
  ['authorization.k8s.io'] = 'SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview',
  autoscaling = '',
  batch = '',
  ['certificates.k8s.io'] = 'CertificateSigningRequest ClusterTrustBundle',
  ['coordination.k8s.io'] = '',
  ['discovery.k8s.io'] = '',
  ['events.k8s.io'] = '',
  extensions = '',
  ['flowcontrol.apiserver.k8s.io'] = 'FlowSchema PriorityLevelConfiguration',
  ['internal.apiserver.k8s.io'] = 'StorageVersion',
  ['networking.k8s.io'] = 'IPAddress IngressClass ServiceCIDR',
  ['node.k8s.io'] = 'RuntimeClass',
  policy = 'PodSecurityPolicy',
  ['rbac.authorization.k8s.io'] = 'ClusterRole ClusterRoleBinding',
  ['resource.k8s.io'] = 'DeviceClass DeviceTaintRule ResourceSlice',
  ['scheduling.k8s.io'] = 'PriorityClass',
  ['storage.k8s.io'] = 'CSIDriver CSINode StorageClass VolumeAttachment VolumeAttributesClass',
  ['storagemigration.k8s.io'] = 'StorageVersionMigration',
}

---Do objects of a kind belong to a namespace? nil for a kind that a CustomResourceDefinition makes.
---@param group string  '' for the core group
---@param kind string
---@return boolean|nil
function M.is_namespaced(group, kind)
  local kinds = CLUSTER_SCOPED[group]
  if not kinds then return nil end
  return not (' ' .. kinds .. ' '):find(' ' .. kind .. ' ', 1, true)
end

return M
