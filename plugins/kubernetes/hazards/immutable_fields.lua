-- immutable_fields.lua: the fields that an API server does not let change. SPDX-License-Identifier: Apache-2.0

local values = require './hazards/values'

---@class kubernetes.Immutable
---@field path string[]
---@field why string
---@field default any|nil        what the API server puts there when nothing says it
---@field chosen boolean|nil     without a value the cluster chooses one, which nobody here knows
---@field kept boolean|nil       without a value the one before stays
---@field may_come boolean|nil   it may get a first value
---@field normal (fun(value: any): any)|nil  the same for values that mean the same
---@field unless (fun(before: node.Node, after: node.Node): boolean)|nil  cases in which it may change

local function text(node, ...)
  local value = node:get(...)
  return type(value) == 'string' and value or nil
end

local SELECTOR = { path = { 'spec', 'selector' }, why = 'the selector of its pods never changes' }
local CLAIM = 'the spec of a claim never changes, but for the size that it requests'
local SET = 'of a StatefulSet only replicas, ordinals, template, updateStrategy, minReadySeconds, revisionHistoryLimit and '
  .. 'persistentVolumeClaimRetentionPolicy change'
local CLASS = 'what a StorageClass makes of claims never changes'
local VOLUME = 'where a volume is never changes'
local JOB = 'a Job is what it was started as'
local CRD = 'scope and names of a kind never change once it is established'
local ROLE = { path = { 'roleRef' }, why = 'what a binding grants never changes', normal = values.role }
local FROZEN = 'it says immutable: true'

local function is_external(before, after)
  return text(before, 'spec', 'type') == 'ExternalName' or text(after, 'spec', 'type') == 'ExternalName'
end

local function is_no_balancer(before, after)
  return text(before, 'spec', 'type') ~= 'LoadBalancer' or text(after, 'spec', 'type') ~= 'LoadBalancer'
end

local function is_suspended(before) return text(before, 'spec', 'suspend') == 'true' end

local function may_change(before) return text(before, 'immutable') ~= 'true' end

local function is_elastic(before, after)
  for _, one in ipairs { before, after } do
    if text(one, 'spec', 'completionMode') ~= 'Indexed' or text(one, 'spec', 'completions') ~= text(one, 'spec', 'parallelism')
    then return false end
  end
  return true
end

local function frozen(...)
  local out = {}
  for i, name in ipairs { ... } do out[i] = { path = { name }, why = FROZEN, unless = may_change } end
  return out
end

local function rows(why, ...)
  local out = {}
  for i, name in ipairs { ... } do
    out[i] = { path = {}, why = why }
    for step in name:gmatch '[^.]+' do table.insert(out[i].path, step) end
  end
  return out
end

local function set(row, more)
  for key, value in pairs(more) do row[key] = value end
  return row
end

local function field(why, name, more) return set(rows(why, name)[1], more or {}) end

local SOURCES = { 'awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'cinder', 'csi', 'fc', 'flexVolume', 'flocker',
  'gcePersistentDisk', 'glusterfs', 'hostPath', 'iscsi', 'local', 'nfs', 'photonPersistentDisk', 'portworxVolume', 'quobyte',
  'rbd', 'scaleIO', 'storageos', 'vsphereVolume' }

local function volume()
  local out = { field(VOLUME, 'spec.volumeMode', { default = 'Filesystem' }),
    field(VOLUME, 'spec.nodeAffinity', { may_come = true }) }
  for _, name in ipairs(SOURCES) do
    out[#out + 1] = { path = { 'spec', name }, why = VOLUME, normal = name == 'csi' and values.csi or nil }
  end
  return out
end

---By 'KIND.GROUP'.
---@type table<string, kubernetes.Immutable[]>
return {
  ['Deployment.apps'] = { SELECTOR }, ['DaemonSet.apps'] = { SELECTOR }, ['ReplicaSet.apps'] = { SELECTOR },
  ['StatefulSet.apps'] = {
    SELECTOR, field(SET, 'spec.serviceName'), field(SET, 'spec.podManagementPolicy', { default = 'OrderedReady' }),
    field(SET, 'spec.volumeClaimTemplates', { normal = values.templates }),
  },
  ['Job.batch'] = {
    field(JOB, 'spec.template', { unless = is_suspended }),
    field(JOB, 'spec.completions', { default = '1', unless = is_elastic }),
    field(JOB, 'spec.selector', { chosen = true }), field(JOB, 'spec.completionMode', { default = 'NonIndexed' }),
    field(JOB, 'spec.podFailurePolicy'), field(JOB, 'spec.backoffLimitPerIndex'), field(JOB, 'spec.managedBy'),
  },
  PersistentVolumeClaim = {
    field(CLAIM, 'spec.storageClassName', { chosen = true }), field(CLAIM, 'spec.accessModes'), field(CLAIM, 'spec.selector'),
    field(CLAIM, 'spec.volumeName', { chosen = true }), field(CLAIM, 'spec.volumeMode', { default = 'Filesystem' }),
    field(CLAIM, 'spec.dataSource'), field(CLAIM, 'spec.dataSourceRef'),
    field('a claim never becomes smaller', 'spec.resources.requests.storage', { unless = values.grows }),
  },
  PersistentVolume = volume(),
  ['StorageClass.storage.k8s.io'] = {
    field(CLASS, 'provisioner'), field(CLASS, 'parameters'), field(CLASS, 'reclaimPolicy', { default = 'Delete' }),
    field(CLASS, 'volumeBindingMode', { default = 'Immediate' }),
  },
  ['VolumeAttributesClass.storage.k8s.io'] = rows('what a class says never changes', 'driverName', 'parameters'),
  ['CSIDriver.storage.k8s.io'] = rows('what a driver is never changes', 'spec.attachRequired', 'spec.volumeLifecycleModes'),
  Service = {
    field('the address of a Service never changes', 'spec.clusterIP', { kept = true, chosen = true, unless = is_external }),
    field('the address of a Service never changes', 'spec.clusterIPs', { kept = true, chosen = true, unless = is_external,
      normal = values.first }),
    field('the first family of addresses never changes', 'spec.ipFamilies', { kept = true, chosen = true, unless = is_external,
      normal = values.first }),
    field('who balances the load never changes', 'spec.loadBalancerClass', { unless = is_no_balancer }),
    field('this port never changes', 'spec.healthCheckNodePort', { kept = true, chosen = true }),
  },
  Secret = set(frozen('data', 'stringData', 'immutable'),
    { [4] = { path = { 'type' }, why = 'the type of a Secret never changes', default = 'Opaque' } }),
  ConfigMap = frozen('data', 'binaryData', 'immutable'),
  ['RoleBinding.rbac.authorization.k8s.io'] = { ROLE }, ['ClusterRoleBinding.rbac.authorization.k8s.io'] = { ROLE },
  ['CustomResourceDefinition.apiextensions.k8s.io'] = {
    field(CRD, 'spec.scope'), field(CRD, 'spec.names.kind'), field(CRD, 'spec.names.plural'), field(CRD, 'spec.group'),
    field('objects are stored in this version', 'spec.versions', { unless = values.keeps_stored }),
  },
  ['IngressClass.networking.k8s.io'] = rows('the controller of a class never changes', 'spec.controller'),
  ['RuntimeClass.node.k8s.io'] = rows('the handler of a class never changes', 'handler'),
  ['PriorityClass.scheduling.k8s.io'] = {
    field('the priority of a class never changes', 'value'),
    field('the priority of a class never changes', 'preemptionPolicy', { default = 'PreemptLowerPriority' }),
  },
  ['EndpointSlice.discovery.k8s.io'] = rows('the sort of its addresses never changes', 'addressType'),
  ResourceQuota = rows('what a quota counts never changes', 'spec.scopes'),
  Pod = { field('of a Pod only images and few other fields change', 'spec', { normal = values.pod }) },
  ['ResourceClaim.resource.k8s.io'] = rows('what was claimed never changes', 'spec'),
}
