-- hazards_spec.lua: what an API server refuses. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'plugins/kubernetes/tests/kit.lua'

local FLUX, tree, check, object, word = kit.FLUX, kit.tree, kit.check, kit.object, kit.word

-- One object before and after; does it fire?
local function changes(kind, before, after, fires, metadata)
  return check(tree(object(kind, 'x', before, metadata)), tree(object(kind, 'x', after, metadata)),
    fires and { word('immutable', kind, 'x') } or {})
end

describe('kubernetes.immutable', function()
  it('knows the fields that never change', function()
    local template = 'template: { metadata: { labels: { app: x } }, spec: { containers: [{ name: c, image: i }] } }'
    for _, kind in ipairs { 'Deployment', 'DaemonSet', 'StatefulSet', 'ReplicaSet' } do
      local text = 'spec: { selector: { matchLabels: { %s } }, ' .. template .. ' }'
      changes(kind, text:format 'app: x', text:format 'app: x, env: prod', true)
    end
    for _, case in ipairs {
      { 'StatefulSet', 'spec: { serviceName: a }', 'spec: { serviceName: b }' },
      { 'StatefulSet', 'spec: { serviceName: a }', 'spec: { serviceName: a, podManagementPolicy: Parallel }' },
      { 'StatefulSet', 'spec: { volumeClaimTemplates: [{ metadata: { name: d }, spec: { '
        .. 'resources: { requests: { storage: 1Gi } } } }] }',
        'spec: { volumeClaimTemplates: [{ metadata: { name: d }, spec: { resources: { requests: { storage: 2Gi } } } }] }' },
      { 'Job', 'spec: { template: { spec: { containers: [{ name: c, image: i:1 }] } } }',
        'spec: { template: { spec: { containers: [{ name: c, image: i:2 }] } } }' },
      { 'PersistentVolumeClaim', 'spec: { storageClassName: slow }', 'spec: { storageClassName: fast }' },
      { 'PersistentVolumeClaim', 'spec: { storageClassName: slow }', 'spec: { volumeMode: Filesystem }' },
      { 'PersistentVolumeClaim', 'spec: { accessModes: [ReadWriteOnce] }', 'spec: { accessModes: [ReadWriteMany] }' },
      { 'PersistentVolumeClaim', 'spec: { volumeName: v }', 'spec: { volumeName: w }' },
      { 'PersistentVolumeClaim', 'spec: { selector: { matchLabels: { a: b } } }',
        'spec: { selector: { matchLabels: { a: c } } }' },
      { 'PersistentVolumeClaim', 'spec: {}', 'spec: { volumeMode: Block }' },
      { 'PersistentVolumeClaim', 'spec: { resources: { requests: { storage: 2Gi } } }',
        'spec: { resources: { requests: { storage: 2000Mi } } }' },
      { 'PersistentVolume', 'spec: { nfs: { server: a, path: /x } }', 'spec: { nfs: { server: b, path: /x } }' },
      { 'PersistentVolume', 'spec: { nfs: { server: a, path: /x } }', 'spec: { hostPath: { path: /x } }' },
      { 'StorageClass', 'provisioner: a', 'provisioner: b' },
      { 'StorageClass', 'provisioner: a\nparameters: { type: x }', 'provisioner: a\nparameters: { type: y }' },
      { 'StorageClass', 'provisioner: a', 'provisioner: a\nreclaimPolicy: Retain' },
      { 'StorageClass', 'provisioner: a', 'provisioner: a\nvolumeBindingMode: WaitForFirstConsumer' },
      { 'VolumeAttributesClass', 'driverName: a', 'driverName: b' },
      { 'CSIDriver', 'spec: { attachRequired: true }', 'spec: { attachRequired: false }' },
      { 'Service', 'spec: { clusterIP: 10.0.0.1 }', 'spec: { clusterIP: 10.0.0.2 }' },
      { 'Service', 'spec: { ports: [{ port: 1 }] }', 'spec: { clusterIP: None, ports: [{ port: 1 }] }' },
      { 'Service', 'spec: { clusterIPs: [10.0.0.1] }', 'spec: { clusterIPs: [10.0.0.2] }' },
      { 'Service', 'spec: { ipFamilies: [IPv4] }', 'spec: { ipFamilies: [IPv6, IPv4] }' },
      { 'Service', 'spec: { type: LoadBalancer }', 'spec: { type: LoadBalancer, loadBalancerClass: c }' },
      { 'Service', 'spec: { healthCheckNodePort: 30000 }', 'spec: { healthCheckNodePort: 30001 }' },
      { 'Secret', 'type: Opaque', 'type: kubernetes.io/tls' }, { 'Secret', 'data: {}', 'type: kubernetes.io/tls' },
      { 'Secret', 'immutable: true\nstringData: { a: b }', 'immutable: true\nstringData: { a: c }' },
      { 'ConfigMap', 'immutable: true\ndata: { a: b }', 'immutable: true\ndata: { a: c }' },
      { 'ConfigMap', 'immutable: true\ndata: { a: b }', 'data: { a: b }' },
      { 'RoleBinding', 'roleRef: { kind: Role, name: a }', 'roleRef: { kind: Role, name: b }' },
      { 'ClusterRoleBinding', 'roleRef: { kind: ClusterRole, name: a }', 'roleRef: { kind: ClusterRole, name: b }' },
      { 'IngressClass', 'spec: { controller: a }', 'spec: { controller: b }' }, { 'RuntimeClass', 'handler: a', 'handler: b' },
      { 'PriorityClass', 'value: 1', 'value: 2' }, { 'EndpointSlice', 'addressType: IPv4', 'addressType: IPv6' },
      { 'ResourceQuota', 'spec: { scopes: [BestEffort] }', 'spec: { scopes: [NotBestEffort] }' },
      { 'Pod', 'spec: { containers: [{ name: c, image: i }] }', 'spec: { containers: [{ name: d, image: i }] }' },
      { 'ResourceClaim', 'spec: { devices: { a: 1 } }', 'spec: { devices: { a: 2 } }' },
    } do
      assert.equal('medium', changes(case[1], case[2], case[3], true)[1].severity)
    end
  end)

  it('leaves alone what may change, and what means the same', function()
    for _, case in ipairs {
      { 'Deployment', 'spec: { replicas: 1, selector: { matchLabels: { a: b, c: d } } }',
        'spec: { replicas: 2, selector: { matchLabels: { c: d, a: b } } }' },
      { 'StatefulSet', 'spec: { replicas: 1 }', 'spec: { replicas: 2, podManagementPolicy: OrderedReady, minReadySeconds: 3, '
        .. 'updateStrategy: { type: OnDelete }, persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete } }' },
      { 'StatefulSet', 'spec: { volumeClaimTemplates: [{ metadata: { name: d }, spec: { '
        .. 'resources: { requests: { storage: 1Gi } } } }] }',
        'spec: { volumeClaimTemplates: [{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: d }, '
        .. 'spec: { volumeMode: Filesystem, resources: { requests: { storage: 1024Mi } } } }] }' },
      { 'Job', 'spec: { suspend: true, template: { spec: { nodeName: a } } }',
        'spec: { suspend: true, template: { spec: { nodeName: b } } }' },
      { 'Job', 'spec: { parallelism: 1 }', 'spec: { parallelism: 2, completions: 1, backoffLimit: 3 }' },
      { 'PersistentVolumeClaim', 'spec: { resources: { requests: { storage: 1Gi } } }',
        'spec: { volumeMode: Filesystem, volumeAttributesClassName: c, resources: { requests: { storage: 2Gi } } }' },
      { 'PersistentVolume', 'spec: { capacity: { storage: 1Gi }, nfs: { server: a } }',
        'spec: { capacity: { storage: 2Gi }, nfs: { server: a }, nodeAffinity: { required: {} } }' },
      { 'PersistentVolume', 'spec: { csi: { driver: a } }',
        'spec: { csi: { driver: a, controllerExpandSecretRef: { name: s } } }' },
      { 'StorageClass', 'provisioner: a',
        'provisioner: a\nreclaimPolicy: Delete\nallowVolumeExpansion: true\nmountOptions: [x]' },
      { 'Service', 'spec: { clusterIP: 10.0.0.1 }', 'spec: { type: NodePort }' },
      { 'Service', 'spec: { clusterIP: 10.0.0.1 }', 'spec: { type: ExternalName, externalName: a.b, clusterIP: "" }' },
      { 'Service', 'spec: { ipFamilies: [IPv4] }', 'spec: { ipFamilies: [IPv4, IPv6] }' },
      { 'Service', 'spec: { type: ClusterIP }', 'spec: { type: LoadBalancer, loadBalancerClass: c }' },
      { 'Secret', 'stringData: { a: b }', 'type: Opaque\nstringData: { a: c }' },
      { 'ConfigMap', 'data: { a: b }', 'immutable: true\ndata: { a: c }' },
      { 'RoleBinding', 'roleRef: { kind: Role, name: a }',
        'roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: a }' },
      { 'IngressClass', 'spec: { controller: a }', 'spec: { controller: a, parameters: { kind: K, name: n } }' },
      { 'Pod', 'spec: { containers: [{ name: c, image: i }] }',
        'spec: { activeDeadlineSeconds: 3, containers: [{ name: c, image: j }] }' },
    } do
      changes(case[1], case[2], case[3], false)
    end
  end)

  it('says that nobody here knows what the cluster chose', function()
    local found = changes('PersistentVolumeClaim', 'spec: { accessModes: [ReadWriteOnce] }',
      'spec: { accessModes: [ReadWriteOnce], storageClassName: fast }', true)
    assert.equal('low', found[1].severity)
    assert.matches('so the cluster chose', found[1].reason, 1, true)
    assert.equal('low', changes('Service', 'spec: {}', 'spec: { clusterIP: 10.0.0.1 }', true)[1].severity)
  end)

  it('names all fields at once', function()
    local found = changes('PersistentVolumeClaim', 'spec: { storageClassName: a, accessModes: [ReadWriteOnce] }',
      'spec: { storageClassName: b, accessModes: [ReadWriteMany] }', true)
    assert.matches('refuses another spec.storageClassName, spec.accessModes', found[1].reason, 1, true)
    assert.same({ 'a/x.yaml', 1 }, { found[1].file, found[1].line })
  end)

  local SLOW, FAST = 'spec: { storageClassName: slow }', 'spec: { storageClassName: fast }'

  it('says what force deletes', function()
    local function forced(metadata, rest)
      return check(tree(object('PersistentVolumeClaim', 'x', SLOW)), tree(object('PersistentVolumeClaim', 'x', FAST, metadata),
        rest),
        { word('immutable', 'PersistentVolumeClaim', 'x') })[1]
    end
    for _, metadata in ipairs { ('annotations: { %s/force: Enabled }'):format(FLUX),
      'annotations: { argocd.argoproj.io/sync-options: "Force=true, Replace=true" }' } do
      assert.equal('high', forced(metadata).severity)
    end
    assert.equal('high', forced(nil, ', force: true').severity)
    assert.equal('medium', forced 'annotations: { argocd.argoproj.io/sync-options: Replace=true }'.severity)
    assert.equal('medium', forced(nil, ', force: false').severity)
    assert.matches('deleted and made anew', forced(nil, ', force: true').reason, 1, true)
  end)

  it('says nothing of what is not applied, or always made anew', function()
    for _, metadata in ipairs { ('annotations: { %s/ssa: IfNotPresent }'):format(FLUX),
      ('labels: { %s/reconcile: disabled }'):format(FLUX),
      'annotations: { argocd.argoproj.io/hook: PreSync }', 'annotations: { helm.sh/hook: pre-install }' } do
      changes('PersistentVolumeClaim', SLOW, FAST, false, metadata)
    end
    local function job(image)
      return ('apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: x-, namespace: n }\n'
        .. 'spec: { template: { spec: { containers: [{ name: c, image: %s }] } } }\n'):format(image)
    end
    check(tree(job 'i:1'), tree(job 'i:2'), {})
  end)

  it('does not guess at what is encrypted', function()
    local function secret(value)
      return ('apiVersion: v1\nkind: Secret\nmetadata: { name: x, namespace: n }\ntype: ENC[AES256_GCM,data:%s,type:str]\n'
        .. 'sops: { mac: ENC[x], version: 3.9.0 }\n'):format(value)
    end
    check(tree(secret 'a'), tree(secret 'b'), {})
  end)

  it('knows what a definition of a kind may not lose', function()
    local function crd(spec) return object('CustomResourceDefinition', 'things.x.io', 'spec: { group: x.io, ' .. spec .. ' }') end
    local function one(before, after, fires)
      check(tree(crd(before)), tree(crd(after)), fires and { word('immutable', 'CustomResourceDefinition', 'things.x.io') } or {})
    end
    local names = 'names: { kind: Thing, plural: things }, '
    local old, new = '{ name: v1, served: true, storage: %s }', '{ name: v2, served: true, storage: %s }'
    one(names .. 'scope: Namespaced', names .. 'scope: Cluster', true)
    one(names .. 'scope: Cluster', 'names: { kind: Other, plural: things }, scope: Cluster', true)
    one(names .. 'scope: Cluster', 'names: { kind: Thing, plural: things, shortNames: [t] }, scope: Cluster', false)
    one(names .. 'versions: [' .. old:format 'true' .. ']', names .. 'versions: [' .. new:format 'true' .. ']', true)
    one(names .. 'versions: [' .. old:format 'true' .. ']',
      names .. 'versions: [' .. old:format 'false' .. ', ' .. new:format 'true' .. ']', false)
  end)
end)
