-- objects.lua: objects by chance, of kinds that are known and of others. SPDX-License-Identifier: Apache-2.0
local C = part 'chance'

local one_of, chance = C.one_of, C.chance

local KEYS = {
  'a', 'b', 'c10', 'c9', 'A', 'app', 'tier', 'x.y', 'x-y', 'example.org/key', '_z', '"1"', '"true"', '"yes"', 'y', '"quoted key"',
  "'a:b'", 'ä', 'a01', 'a1', '"~"', '"null"', 'no', 'file.yaml',
}

local WORDS = { 'a', 'b', 'c10', 'c9', 'A', 'app', 'x.y', 'x-y', 'example.org/key', '_z', 'y', 'a01', 'no', 'file.yaml' }

-- Names of labels that kustomize lets be added; it refuses the others nearly always.
local PLAIN = { 'a', 'b', 'app', 'tier', 'x.y', 'example.org/key', '_z', '"yes"', 'a:b', '"on"', 'ä', 'c10', 'c9' }

-- A map of up to `most` fields, no key twice.
local function map(most, make, keys)
  local out, seen = {}, {}
  for _ = 1, math.random(0, most) do
    local key = one_of(keys or chance(80) and WORDS or KEYS)
    if not seen[key] then out[#out + 1] = { key, make() } end
    seen[key] = true
  end
  return out
end

local function list(least, most, make, ...)
  local out = {}
  for i = 1, math.random(least, most) do out[i] = make(...) end
  return { list = out }
end

local function anything(depth)
  local n = math.random(100)
  if depth > 2 or n <= 60 then return C.scalar() end
  if n <= 80 then return map(4, function() return anything(depth + 1) end) end
  return list(0, 3, anything, depth + 1)
end

local function labels() return map(3, C.text, PLAIN) end

local LABEL = { 'web', 'db', '"1"', 'api' }
local function selector() return { { 'app', one_of(LABEL) } } end

local function put(fields, name, percent, value)
  if chance(percent) then fields[#fields + 1] = { name, type(value) == 'function' and value() or value } end
end

-- `names` says what refers to what: names.ConfigMap() is the name of one, if there is one.
local IMAGES = { 'nginx', 'nginx:1.2', 'nginx@sha256:abc', 'reg.io:5000/a/b:v1', '"nginx:1.2@sha256:ff"', 'busybox:latest', 'a_b:1', 'app', '""' }

local function env(names, name)
  local n = math.random(4)
  if n == 1 then
    return { { 'name', name }, { 'valueFrom', { { 'configMapKeyRef', { { 'name', names 'ConfigMap' }, { 'key', 'a' } } } } } }
  elseif n == 2 then
    return { { 'name', name }, { 'valueFrom', { { 'secretKeyRef', { { 'key', 'a' }, { 'name', names 'Secret' } } } } } }
  end
  return { { 'name', name }, { 'value', chance(15) and one_of(names.vars) or C.text() } }
end

local function container(names, name)
  local out = { { 'name', name }, { 'image', one_of(IMAGES) } }
  local variables = {}
  for i, word in ipairs { 'A', 'B', 'C' } do
    if chance(40) then variables[#variables + 1] = env(names, word) end
    if i == 3 then put(out, 'env', 60, { list = variables }) end
  end
  put(out, 'envFrom', 20, function() return { list = { { { 'configMapRef', { { 'name', names 'ConfigMap' } } } } } } end)
  put(out, 'args', 30, function() return list(0, 3, function() return chance(20) and one_of(names.vars) or C.scalar() end) end)
  put(out, 'ports', 30, { list = { { { 'containerPort', one_of { '80', '0x50', '8080' } }, { 'name', 'http' } } } })
  put(out, 'resources', 15, { { 'limits', { { 'cpu', one_of { '1', '100m', '1.5', '0.50' } } } } })
  put(out, 'volumeMounts', 20, { list = { { { 'name', 'data' }, { 'mountPath', '/data' } } } })
  return out
end

local function pod(names)
  local out, containers = {}, {}
  put(out, 'serviceAccountName', 30, names 'ServiceAccount')
  for _, name in ipairs { 'main', 'side' } do
    if name == 'main' or chance(30) then containers[#containers + 1] = container(names, name) end
  end
  out[#out + 1] = { 'containers', { list = containers } }
  put(out, 'initContainers', 15, function() return { list = { container(names, 'init') } } end)
  put(out, 'volumes', 40, function()
    return { list = { { { 'name', 'data' }, { 'configMap', { { 'name', names 'ConfigMap' } } } },
      { { 'name', 'more' }, { 'secret', { { 'secretName', names 'Secret' } } } } } }
  end)
  put(out, 'imagePullSecrets', 10, { list = { { { 'name', names 'Secret' } } } })
  put(out, 'nodeSelector', 15, labels)
  put(out, 'affinity', 10, { { 'podAffinity', { { 'preferredDuringSchedulingIgnoredDuringExecution', { list = {
    { { 'podAffinityTerm', { { 'labelSelector', { { 'matchLabels', selector() } } } } } } } } } } } })
  return out
end

local function template(names)
  local out = {}
  put(out, 'metadata', 85, function()
    local meta = {}
    put(meta, 'labels', 80, selector)
    put(meta, 'annotations', 20, labels)
    return meta
  end)
  out[#out + 1] = { 'spec', pod(names) }
  return out
end

local function workload(names)
  local out = {}
  put(out, 'replicas', 50, one_of { '1', '3', '0', '0x2', '"2"' })
  put(out, 'selector', 85, function() return { { 'matchLabels', chance(95) and selector() or {} } } end)
  put(out, 'strategy', 10, { { 'type', 'Recreate' }, { 'rollingUpdate', one_of { 'null', '~', {} } } })
  out[#out + 1] = { 'template', template(names) }
  return out
end

local function stateful(names)
  local out = workload(names)
  out[#out + 1] = { 'serviceName', names 'Service' }
  put(out, 'volumeClaimTemplates', 50, { list = { { { 'metadata', { { 'name', 'data' } } }, { 'spec', {} } } } })
  return out
end

local function cron(names)
  return { { 'schedule', one_of { "'* * * * *'", '"0 1 * * 1"' } }, { 'jobTemplate', { { 'spec', { { 'template', template(names) } } } } } }
end

local function service()
  local out = { { 'ports', { list = { { { 'port', '80' }, { 'targetPort', one_of { 'http', '8080', '"80"' } } } } } } }
  put(out, 'selector', 75, selector)
  put(out, 'clusterIP', 10, 'None')
  return out
end

local function ingress(names)
  local out = { { 'rules', { list = { { { 'host', one_of { 'a.example.org', '"*.x.org"' } }, { 'http', { { 'paths', { list = {
    { { 'path', '/' }, { 'backend', { { 'service', { { 'name', names 'Service' }, { 'port', { { 'number', '80' } } } } } } } },
  } } } } } } } } } }
  put(out, 'tls', 30, { list = { { { 'secretName', names 'Secret' }, { 'hosts', { list = { 'a.example.org' } } } } } })
  return out
end

local function autoscaler(names)
  return { { 'scaleTargetRef', { { 'apiVersion', 'apps/v1' }, { 'kind', 'Deployment' }, { 'name', names 'Deployment' } } },
    { 'maxReplicas', '3' } }
end

local function policy()
  return { { 'podSelector', chance(70) and { { 'matchLabels', selector() } } or {} } }
end

local function claim(names)
  return { { 'volumeName', names 'PersistentVolume' }, { 'storageClassName', names 'StorageClass' } }
end

local function own(names)
  local out = { { 'ref', names 'ConfigMap' } }
  put(out, 'any', 80, function() return map(5, function() return anything(1) end) end)
  put(out, 'image', 30, one_of(IMAGES))
  put(out, 'parts', 30, function()
    return { list = { { { 'name', 'a' }, { 'value', C.scalar() } }, { { 'name', 'b' }, { 'value', one_of { 'x', 'y' } } } } }
  end)
  put(out, 'template', 20, function() return template(names) end)
  put(out, 'nothing', 20, one_of { '', '~', 'null', {}, { list = {} } })
  put(out, 'base', 12, '&base {a: 1, b: two}')
  if out[#out][1] == 'base' then
    put(out, 'again', 50, '*base')
    put(out, 'merged', 70, { { '<<', '*base' }, { one_of { 'b', 'c' }, C.scalar() } })
  end
  return out
end

local function data() return map(5, function() return chance(8) and C.scalar() or chance(40) and C.block() or C.text() end) end
local function secret_data() return map(3, function() return one_of { 'YQ==', 'aGVsbG8=', '""' } end) end

local function subjects(names)
  return { list = { { { 'kind', 'ServiceAccount' }, { 'name', chance(30) and 'default' or names 'ServiceAccount' },
    { 'namespace', one_of { 'default', 'x', 'ns' } } } } }
end

local function role_ref(kind)
  return function(names)
    return { { 'apiGroup', 'rbac.authorization.k8s.io' }, { 'kind', kind }, { 'name', names(kind) } }
  end
end

local function rules() return { list = { { { 'apiGroups', { list = { '""' } } }, { 'resources', { list = { 'pods' } } } } } } end

local function webhooks(names)
  return { list = { { { 'name', 'a.b.c' }, { 'clientConfig', { { 'service', { { 'name', names 'Service' },
    { 'namespace', one_of { 'default', 'x' } } } } } } } } }
end

local RBAC = 'rbac.authorization.k8s.io/v1'

-- apiVersion, kind, how often, then fields and what makes them.
local KINDS = {
  { 'apps/v1', 'Deployment', 12, { 'spec', workload } }, { 'apps/v1', 'StatefulSet', 4, { 'spec', stateful } },
  { 'apps/v1', 'DaemonSet', 3, { 'spec', workload } }, { 'batch/v1', 'CronJob', 3, { 'spec', cron } },
  { 'batch/v1', 'Job', 2, { 'spec', workload } }, { 'v1', 'Pod', 3, { 'spec', pod } }, { 'v1', 'Service', 7, { 'spec', service } },
  { 'v1', 'ConfigMap', 10, { 'data', data } }, { 'v1', 'Secret', 5, { 'type', function() return 'Opaque' end }, { 'data', secret_data } },
  { 'v1', 'ServiceAccount', 4 }, { RBAC, 'Role', 2, { 'rules', rules } }, { RBAC, 'ClusterRole', 2, { 'rules', rules } },
  { RBAC, 'RoleBinding', 3, { 'subjects', subjects }, { 'roleRef', role_ref 'Role' } },
  { RBAC, 'ClusterRoleBinding', 3, { 'subjects', subjects }, { 'roleRef', role_ref 'ClusterRole' } },
  { 'networking.k8s.io/v1', 'Ingress', 3, { 'spec', ingress } }, { 'autoscaling/v2', 'HorizontalPodAutoscaler', 2, { 'spec', autoscaler } },
  { 'autoscaling/v1', 'HorizontalPodAutoscaler', 1, { 'spec', autoscaler } },
  { 'networking.k8s.io/v1', 'NetworkPolicy', 2, { 'spec', policy } },
  { 'policy/v1', 'PodDisruptionBudget', 2, { 'spec', function() return { { 'selector', { { 'matchLabels', selector() } } } } end } },
  { 'v1', 'PersistentVolumeClaim', 2, { 'spec', claim } }, { 'v1', 'PersistentVolume', 1, { 'spec', function() return {} end } },
  { 'storage.k8s.io/v1', 'StorageClass', 1, { 'provisioner', function() return 'x/y' end } }, { 'v1', 'Namespace', 2 },
  { 'apiextensions.k8s.io/v1', 'CustomResourceDefinition', 2, { 'spec', function() return { { 'group', 'example.org' } } end } },
  { 'apiregistration.k8s.io/v1', 'APIService', 1, { 'spec', function(names) return { { 'service', { { 'name', names 'Service' },
    { 'namespace', 'default' } } } } end } },
  { 'admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 2, { 'webhooks', webhooks } },
  { 'example.org/v1', 'Own', 10, { 'spec', own } }, { 'example.org/v1', 'Bare', 3, { 'value', function() return anything(0) end } },
  { 'v1', 'ServiceList', 0 },
}

local M = { KINDS = {} }
for _, kind in ipairs(KINDS) do
  for _ = 1, kind[3] do table.insert(M.KINDS, kind) end
end

local ANNOTATIONS = { 'a', 'b', 'example.org/x', 'note' }

local function annotations()
  local out = {}
  for _, key in ipairs(ANNOTATIONS) do put(out, key, 40, C.scalar) end
  if chance(4) then out[#out + 1] = { 'config.kubernetes.io/local-config', one_of { '"true"', '"false"', 'true' } } end
  return out
end

local function metadata(name, namespace)
  local out = { { 'name', name } }
  if namespace then out[2] = { 'namespace', namespace } end
  put(out, 'labels', 30, function() return chance(60) and selector() or labels() end)
  put(out, 'annotations', 25, annotations)
  put(out, 'creationTimestamp', 5, 'null')
  put(out, 'finalizers', 5, { list = { 'a/b', 'c' } })
  put(out, 'ownerReferences', 4, { list = { { { 'uid', 'u' }, { 'name', 'x' } } } })
  return out
end

---@param kind table       one of KINDS
---@param name string
---@param namespace string|nil
---@param names table      a function from a kind to the name of one; names.vars are texts with variables
---@return table           a map to be written
function M.object(kind, name, namespace, names)
  local out = { { 'apiVersion', kind[1] }, { 'kind', kind[2] }, { 'metadata', metadata(name, namespace) } }
  for i = 4, #kind do
    if chance(93) then out[#out + 1] = { kind[i][1], kind[i][2](names) } end
  end
  put(out, 'status', 3, one_of { {}, { { 'a', 'b' } } })
  if chance(20) then table.insert(out, math.random(#out), table.remove(out)) end
  return out
end

---Labels or annotations to be added; `make` makes their values, texts by default.
function M.added(make)
  M.has_added = true
  return map(3, make or C.text, not chance(2) and PLAIN or nil)
end

M.map, M.anything, M.labels, M.selector, M.data, M.put, M.IMAGES, M.container = map, anything, labels, selector, data, put, IMAGES, container

return M
