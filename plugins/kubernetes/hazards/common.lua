-- common.lua: what all that looks for hazards asks of an object. SPDX-License-Identifier: Apache-2.0

local M = {}

---'KIND.GROUP', or 'KIND' for the core group.
---@param owned ifx.gitops.Owned
---@return string
function M.kind_of(owned) return owned.group == '' and owned.kind or owned.kind .. '.' .. owned.group end

---Its cluster by the name that it has after, whichever side the object is of.
---@param item { id: string }  with the id after
---@param owned ifx.gitops.Owned
---@return string
function M.cluster_of(item, owned) return item.id:sub(1, #item.id - (#owned.id - #owned.cluster)) end

---How people call it: 'KIND NAMESPACE/NAME'.
---@param owned ifx.gitops.Owned
---@return string
function M.called(owned)
  return ('%s %s%s'):format(owned.kind, owned.namespace ~= '' and owned.namespace .. '/' or '', owned.name)
end

---Is more of it known than its name? Not of one that is encrypted, or that a program made which is not here.
---@param owned ifx.gitops.Owned
---@return boolean
function M.is_known(owned)
  for _, claim in ipairs(owned.claims) do
    if claim.object.opaque then return false end
  end
  return not owned.object.opaque and owned.object.node:get 'sops' == nil
end

---Is it an object with a name of its own, and not one of many that the API server names?
---@param owned ifx.gitops.Owned
---@return boolean
function M.is_named(owned) return owned.name:sub(-1) ~= '*' end

---The text at a path of a node; nil for anything else there.
---@param node node.Node
---@param ... string
---@return string|nil
function M.text(node, ...)
  local value = node:get(...)
  return type(value) == 'string' and value or nil
end

---Does a word stand among those of an annotation that lists words?
---@param node node.Node
---@param name string
---@param word string
---@return boolean
function M.annotated(node, name, word)
  local value = M.text(node, 'metadata', 'annotations', name)
  for each in (value or ''):gmatch '[^,%s]+' do
    if each:lower() == word:lower() then return true end
  end
  return false
end

---A hazard of one object, with the place that says it.
---@param id string
---@param severity 'high'|'medium'|'low'
---@param change { id: string }
---@param owned ifx.gitops.Owned
---@param reason string
---@param remedy string
---@return ifx.gitops.Hazard
function M.hazard(id, severity, change, owned, reason, remedy)
  local claim = owned.claims[1]
  return { id = id, severity = severity, object = change.id, entry = claim and claim.entry.id or nil, reason = reason,
    remedy = remedy, file = owned.object.file, line = owned.object.line }
end

-- What is lost when an object is deleted, and made anew with the same content.
local HIGH = {
  PersistentVolumeClaim = 'the new one is an empty volume; the data stays with the old one, or is deleted with it',
  PersistentVolume = 'the old one is released, and its data deleted where its policy says so',
  ['HelmRelease.helm.toolkit.fluxcd.io'] = 'the old release is uninstalled with all that it made, and a new one is installed',
}

-- Kinds whose controllers keep data for each object of them.
for _, kind in ipairs { 'Cluster.postgresql.cnpg.io', 'postgresql.acid.zalan.do',
  'PostgresCluster.postgres-operator.crunchydata.com', 'MariaDB.k8s.mariadb.com', 'Kafka.kafka.strimzi.io',
    'Elasticsearch.elasticsearch.k8s.elastic.co',
  'MongoDBCommunity.mongodbcommunity.mongodb.com', 'Tenant.minio.min.io', 'CephCluster.ceph.rook.io',
  'CephBlockPool.ceph.rook.io', 'CephFilesystem.ceph.rook.io', 'CephObjectStore.ceph.rook.io',
  'ObjectBucketClaim.objectbucket.io' } do
  HIGH[kind] = 'its data stays with the old one, or is deleted with it'
end

local ANEW = 'its pods start anew, and nobody waits for the new ones before the old ones go'
local ROUTE = 'what comes through it is cut off until the new one is there'

local MEDIUM = {
  ['Deployment.apps'] = ANEW, ['DaemonSet.apps'] = ANEW, ['StatefulSet.apps'] = ANEW, ['Job.batch'] = 'it runs again',
  Service = 'it gets another address', ['Ingress.networking.k8s.io'] = ROUTE,
  ['HTTPRoute.gateway.networking.k8s.io'] = ROUTE, ['Gateway.gateway.networking.k8s.io'] = ROUTE,
  ['Certificate.cert-manager.io'] = 'it is issued anew',
}

---What is lost when an object becomes another one with the same content, under another name or in another place.
---@param owned ifx.gitops.Owned
---@return 'high'|'medium'|'low' severity
---@return string|nil  in words
function M.loss(owned)
  local kind = M.kind_of(owned)
  if kind == 'StatefulSet.apps' and owned.object.node:get('spec', 'volumeClaimTemplates', 1) then
    return 'high', 'its pods claim new, empty volumes; the data stays with the old claims'
  elseif HIGH[kind] then
    return 'high', HIGH[kind]
  elseif MEDIUM[kind] then
    return 'medium', MEDIUM[kind]
  end
  return 'low', nil
end

return M
