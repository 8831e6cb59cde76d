-- hazards_moved_spec.lua: what is lost with a name, a namespace or a definition. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'plugins/kubernetes/tests/kit.lua'

local FLUX, SOURCE, root, tree = kit.FLUX, kit.SOURCE, kit.root, kit.tree
local check, object, word = kit.check, kit.object, kit.word

describe('kubernetes.namespace-changed', function()
  local function claim(name, namespace)
    return ('apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: %s, namespace: %s }\n'
      .. 'spec: { resources: { requests: { storage: 1Gi } } }\n---\n'):format(name, namespace)
  end

  it('tells that data does not come along', function()
    local found = check(tree(claim('data', 'n')), tree(claim('data', 'm')),
      { 'kubernetes.namespace-changed PersistentVolumeClaim/m/data' })
    assert.equal('high', found[1].severity)
    assert.matches('it was in the namespace n: a new object', found[1].reason, 1, true)
    local config = object('ConfigMap', 'c')
    found = check(tree(config), tree((config:gsub('namespace: n', 'namespace: m'))),
      { 'kubernetes.namespace-changed ConfigMap/m/c' })
    assert.equal('low', found[1].severity)
  end)

  it('is not what goes in one namespace while another has had its own', function()
    check(tree(claim('data', 'n') .. claim('data', 'm')), tree(claim('data', 'm')), {})
    -- Nor where nobody can say which of two it was.
    check(tree(claim('data', 'n') .. claim('data', 'k')), tree(claim('data', 'm')), {})
  end)

  it('tells of a namespace that a kustomization sets', function()
    local function with(namespace)
      local files = tree 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\n'
      files['a/kustomization.yaml'] = ('namespace: %s\nresources: [x.yaml]\n'):format(namespace)
      return files
    end
    check(with 'one', with 'two', { 'kubernetes.namespace-changed ConfigMap/two/c' })
  end)
end)

describe('kubernetes.renamed', function()
  local ISSUER, POOL = object('ClusterIssuer', 'letsencrypt', 'spec: { selfSigned: {} }'),
    object('CiliumLoadBalancerIPPool', 'pool', 'spec: { blocks: [{ cidr: 10.0.0.0/24 }] }')
  local CERTIFICATE = object('Certificate', 'c', 'spec: { secretName: t, issuerRef: { kind: ClusterIssuer, name: letsencrypt } }')
  local REPOSITORY = object('HelmRepository', 'jetstack', 'spec: { url: "https://x.example" }')
  local RELEASE = object('HelmRelease', 'cm',
    'spec: { interval: 1h, chart: { spec: { chart: x, sourceRef: { kind: HelmRepository, '
    .. 'name: jetstack } } }, values: { service: { annotations: { io.cilium/lb-ipam-pool: pool } } } }')
  local CLAIM = object('PersistentVolumeClaim', 'data', 'spec: { resources: { requests: { storage: 1Gi } } }')
  local DEPLOYMENT = object('Deployment', 'd', 'spec: { template: { spec: { volumes: [{ name: v, persistentVolumeClaim: '
    .. '{ claimName: data } }] } } }')
  local ALL = ISSUER .. POOL .. CERTIFICATE .. REPOSITORY .. RELEASE .. CLAIM .. DEPLOYMENT

  local function suffixed(suffix)
    local files = tree(ALL)
    files['a/kustomization.yaml'] = suffix .. 'resources: [x.yaml]\n'
    return files
  end

  it('tells of nameSuffix, and of references that kustomize does not follow', function()
    local found = check(suffixed '', suffixed 'nameSuffix: -prod\n', {
      word('renamed', 'HelmRelease', 'cm-prod'), word('renamed', 'PersistentVolumeClaim', 'data-prod'),
      word('dangling', 'Certificate', 'c-prod'), word('dangling', 'HelmRelease', 'cm-prod'),
      word('dangling', 'HelmRelease', 'cm-prod'), word('renamed', 'Certificate', 'c-prod'),
      word('renamed', 'Deployment', 'd-prod'), word('renamed', 'CiliumLoadBalancerIPPool', 'pool-prod'),
      word('renamed', 'ClusterIssuer', 'letsencrypt-prod'), word('renamed', 'HelmRepository', 'jetstack-prod'),
    })
    assert.equal('it was called cm: a new object, and the old one is deleted or left behind; the old release is uninstalled with '
      .. 'all that it made, and a new one is installed', found[1].reason)
    assert.matches('spec.issuerRef names ClusterIssuer letsencrypt, which is ClusterIssuer letsencrypt-prod now',
      found[3].reason, 1,
      true)
    assert.matches('spec.chart.spec.sourceRef names HelmRepository jetstack,', found[4].reason, 1, true)
    assert.matches('spec.values.io.cilium/lb-ipam-pool names CiliumLoadBalancerIPPool pool,', found[5].reason, 1, true)
    assert.same({ 'high', 'high', 'medium' }, { found[1].severity, found[2].severity, found[3].severity })
  end)

  it('tells of it when it is taken away, too, and of a prefix', function()
    local claim = word('renamed', 'PersistentVolumeClaim', 'data')
    local found = check(suffixed 'nameSuffix: -prod\n', suffixed '', {
      word('renamed', 'HelmRelease', 'cm'), claim, word('renamed', 'Certificate', 'c'), word('renamed', 'Deployment', 'd'),
      word('renamed', 'CiliumLoadBalancerIPPool', 'pool'), word('renamed', 'ClusterIssuer', 'letsencrypt'),
      word('renamed', 'HelmRepository', 'jetstack'),
    })
    assert.matches('it was called data-prod', found[2].reason, 1, true)
    local one = tree(CLAIM)
    one['a/kustomization.yaml'] = 'namePrefix: dev-\nresources: [x.yaml]\n'
    check(tree(CLAIM), one, { word('renamed', 'PersistentVolumeClaim', 'dev-data') })
  end)

  it('is nothing that has another content, or that may be one of several', function()
    local other = CLAIM:gsub('name: data', 'name: data-prod')
    check(tree(CLAIM), tree((other:gsub('1Gi', '2Gi'))), {})
    check(tree(CLAIM), tree(other), { word('renamed', 'PersistentVolumeClaim', 'data-prod') })
    check(tree(CLAIM), tree(CLAIM .. other), {})
    local function called(name) return (CLAIM:gsub('name: data', 'name: ' .. name)) end
    check(tree(called 'old'), tree(called 'new'), { word('renamed', 'PersistentVolumeClaim', 'new') })
    check(tree(called 'old' .. called 'elder'), tree(called 'new'), {})
    check(tree(object('ConfigMap', 'old')), tree(object('ConfigMap', 'new')), {})
    check(tree(object('ServiceAccount', 'old')), tree(object('ServiceAccount', 'new')), {})
  end)

  it('loses what the claims of a StatefulSet hold', function()
    local function set(name, rest)
      return object('StatefulSet', name, 'spec: { replicas: 1' .. rest .. ' }')
    end
    local claims = ', volumeClaimTemplates: [{ metadata: { name: d } }]'
    local function one(rest)
      return check(tree(set('db', rest)), tree(set('db-2', rest)), { word('renamed', 'StatefulSet', 'db-2') })[1].severity
    end
    assert.same({ 'high', 'medium' }, { one(claims), one '' })
  end)

  it('does not guess at what is encrypted', function()
    local function secret(name)
      return object('Secret', name, 'data: { a: ENC[x] }\nsops: { mac: ENC[x], version: 3.9.0 }')
    end
    check(tree(secret 'a'), tree(secret 'a-prod'), {})
  end)

  it('leaves a Kustomization to the plugin of Flux', function()
    local before, after = tree(''), tree('')
    before['a/x.yaml'], after['a/x.yaml'] = root 'b', (root('b'):gsub('name: b', 'name: b-2'))
    before['b/x.yaml'], after['b/x.yaml'] = object('ConfigMap', 'c'), object('ConfigMap', 'c')
    check(before, after, {})
  end)
end)

local function crd(versions, kind)
  kind = kind or 'Thing'
  local list_of = {}
  for name, served in pairs(versions) do list_of[#list_of + 1] = ('{ name: %s, served: %s }'):format(name, served) end
  table.sort(list_of)
  return object('CustomResourceDefinition', kind:lower() .. 's.x.io',
    ('spec: { group: x.io, scope: Namespaced, names: { kind: %s, '
    .. 'plural: %ss }, versions: [%s] }'):format(kind, kind:lower(), table.concat(list_of, ', ')))
end

local function thing(version, name)
  return ('apiVersion: x.io/%s\nkind: Thing\nmetadata: { name: %s, namespace: n }\n---\n'):format(version, name or 't')
end

describe('kubernetes.crd-removed', function()
  local WORD = word('crd-removed', 'CustomResourceDefinition', 'things.x.io')
  local CONFIG = object('ConfigMap', 'c')

  it('tells how many objects stay that lose it', function()
    local found = check(tree(crd { v1 = true } .. thing 'v1' .. thing('v1', 'u')), tree(thing 'v1' .. thing('v1', 'u')), { WORD })
    assert.equal('high', found[1].severity)
    assert.matches('2 of its objects stay in the tree', found[1].reason, 1, true)
    found = check(tree(crd { v1 = true } .. thing 'v1' .. CONFIG), tree(CONFIG), { WORD })
    assert.equal('medium', found[1].severity)
  end)

  it('is not one that stays in the cluster, or that another one applies', function()
    local kept = crd({ v1 = true }):gsub('name: things.x.io',
      ('name: things.x.io, annotations: { %s/prune: disabled }'):format(FLUX))
    check(tree(kept .. CONFIG), tree(CONFIG), {})
    local before = tree(crd { v1 = true } .. CONFIG)
    local after = tree(CONFIG .. root 'b')
    after['b/x.yaml'] = crd { v1 = true }
    check(before, after, {})
  end)

  it('is none that nobody can say: its owner cannot be built', function()
    local broken = tree ''
    broken['a/kustomization.yaml'] = 'resources: [missing.yaml]\n'
    check(tree(crd { v1 = true } .. thing 'v1'), broken, {})
  end)
end)

describe('kubernetes.not-served', function()
  local WORD = word('not-served', 'Thing', 't'):gsub('Thing', 'Thing.x.io')
  local HALF = crd { v1 = true, v1beta1 = false }

  it('tells of a version that the definition does not serve', function()
    local found = check(tree(HALF), tree(HALF .. thing 'v1beta1'), { WORD })
    assert.equal('medium', found[1].severity)
    assert.matches('does not serve v1beta1 of x.io, but v1:', found[1].reason, 1, true)
    check(tree(HALF .. thing 'v1'), tree(HALF .. thing 'v2'), { WORD })
    check(tree(crd { v1 = true, v1beta1 = true } .. thing 'v1beta1'), tree(HALF .. thing 'v1beta1'), { WORD })
  end)

  it('is none that is served, was not before, or whose definition is not in the tree', function()
    check(tree(HALF), tree(HALF .. thing 'v1'), {})
    check(tree(HALF .. thing 'v1beta1'), tree(HALF .. thing 'v1beta1' .. object('ConfigMap', 'c')), {})
    check(tree(object('ConfigMap', 'c')), tree(thing 'v1beta1'), {})
    check(tree(crd({ v1 = true }, 'Other')), tree(crd({ v1 = true }, 'Other') .. thing 'v1beta1'), {})
  end)

  it('tells of a version of Flux that its own definitions do not serve', function()
    local names = 'spec: { group: helm.toolkit.fluxcd.io, scope: Namespaced, names: { kind: HelmRelease, plural: helmreleases }, '
      .. 'versions: [{ name: v2, served: true }, { name: v2beta2, served: true }] }'
    local definitions = object('CustomResourceDefinition', 'helmreleases.helm.toolkit.fluxcd.io', names)
    local function release(version)
      return definitions .. object('HelmRelease', 'r', 'spec: { interval: 1h, chart: { spec: { chart: x, sourceRef: { kind: '
        .. 'HelmRepository, name: h } } } }'):gsub('/v2', '/' .. version)
    end
    check(tree(definitions), tree(release 'v2beta1'), { word('not-served', 'HelmRelease', 'r') })
    check(tree(definitions), tree(release 'v2beta2'), {})
  end)
end)

describe('kubernetes.dangling', function()
  local function names(kind, rest, target, gone_too)
    local referrer = object(kind, 'r', rest)
    return check(tree(referrer .. target), tree(referrer .. (gone_too or '')), { word('dangling', kind, 'r') })[1]
  end

  local function pod(text) return 'spec: { template: { spec: { ' .. text .. ' } } }' end

  it('knows the fields that name objects', function()
    local config, secret = object('ConfigMap', 't', 'data: { a: b }'), object('Secret', 't', 'data: {}')
    local claim = object('PersistentVolumeClaim', 't', 'spec: {}')
    for _, case in ipairs {
      { 'Certificate', 'spec: { issuerRef: { kind: ClusterIssuer, name: t } }', object('ClusterIssuer', 't') },
      { 'Ingress', 'spec: { ingressClassName: t }', object('IngressClass', 't') },
      { 'Ingress', 'spec: { rules: [{ http: { paths: [{ backend: { service: { name: t } } }] } }] }', object('Service', 't') },
      { 'PersistentVolumeClaim', 'spec: { storageClassName: t }', object('StorageClass', 't') },
      { 'Deployment', pod 'volumes: [{ name: v, configMap: { name: t } }]', config },
      { 'Deployment', pod 'volumes: [{ name: v, secret: { secretName: t } }]', secret },
      { 'Deployment', pod 'volumes: [{ name: v, persistentVolumeClaim: { claimName: t } }]', claim },
      { 'Deployment', pod 'containers: [{ name: c, envFrom: [{ secretRef: { name: t } }] }]', secret },
      { 'Deployment', pod 'initContainers: [{ name: c, env: [{ valueFrom: { configMapKeyRef: { name: t } } }] }]', config },
      { 'Deployment', pod 'serviceAccountName: t', object('ServiceAccount', 't') },
      { 'StatefulSet', 'spec: { serviceName: t }', object('Service', 't') },
      { 'HTTPRoute', 'spec: { parentRefs: [{ name: t }] }', object('Gateway', 't') },
      { 'ExternalSecret', 'spec: { secretStoreRef: { name: t } }',
        'apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: { name: t, namespace: n }\n---\n' },
      { 'Service', 'metadata: { name: r, namespace: n, annotations: { io.cilium/lb-ipam-pool: t } }',
        object('CiliumLoadBalancerIPPool', 't') },
    } do
      local kind, rest = case[1], case[2]
      local found
      if rest:find '^metadata' then
        local referrer = 'apiVersion: v1\nkind: Service\n' .. rest .. '\n---\n'
        found = check(tree(referrer .. case[3]), tree(referrer), { word('dangling', kind, 'r') })[1]
      else
        found = names(kind, rest, case[3])
      end
      assert.equal('medium', found.severity)
      assert.matches('which goes', found.reason, 1, true)
    end
  end)

  local USER = object('Deployment', 'r', pod 'containers: [{ name: c, envFrom: [{ secretRef: { name: t } }] }]')
  local SECRET = object('Secret', 't', 'data: {}')

  it('is none that was there before, is optional, goes as well, or is in another namespace', function()
    local other = object('ConfigMap', 'c')
    check(tree(USER), tree(USER .. other), {})
    check(tree(USER .. SECRET), tree(other), {})
    local elsewhere = SECRET:gsub('namespace: n', 'namespace: m')
    check(tree(USER .. elsewhere), tree(USER), {})
    local optional = object('Deployment', 'r', pod 'volumes: [{ name: v, configMap: { name: t, optional: true } }]')
    check(tree(optional .. object('ConfigMap', 't')), tree(optional), {})
    local default = object('Deployment', 'r', pod 'serviceAccountName: default')
    check(tree(default .. object('ServiceAccount', 'default')), tree(default), {})
  end)

  it('is none that a controller makes from now on', function()
    local external = object('ExternalSecret', 'other', 'spec: { target: { name: t } }')
    check(tree(USER .. SECRET), tree(USER .. external), {})
    check(tree(USER .. SECRET), tree(USER .. object('ExternalSecret', 't', 'spec: {}')), {})
    check(tree(USER .. SECRET), tree(USER .. object('Certificate', 'c', 'spec: { secretName: t }')), {})
    check(tree(USER .. SECRET), tree(USER .. object('ExternalSecret', 'u', 'spec: {}')), { word('dangling', 'Deployment', 'r') })
    -- Nobody makes a Secret of a Deployment that is called so.
    local same = object('Deployment', 't', pod 'containers: [{ name: c, envFrom: [{ secretRef: { name: t } }] }]')
    check(tree(same .. SECRET), tree(same), { word('dangling', 'Deployment', 't') })
  end)

  it('says what may make it that is not known', function()
    local release = object('HelmRelease', 'h',
      'spec: { interval: 1h, chart: { spec: { chart: x, sourceRef: { kind: HelmRepository, '
      .. 'name: h } } } }')
    local found = check(tree(USER .. SECRET), tree(USER .. release), { word('dangling', 'Deployment', 'r') })
    assert.equal('low', found[1].severity)
    assert.matches('unless HelmRelease n/h makes it, whose objects are not known', found[1].reason, 1, true)
    found = check(tree(USER .. SECRET .. release), tree(USER .. release), { word('dangling', 'Deployment', 'r') })
    assert.equal('medium', found[1].severity)
  end)

  it('tells of a name that is nearly one', function()
    local function service(pool)
      return 'apiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: n, annotations: { io.cilium/lb-ipam-pool: '
        .. pool .. ' } }\n---\n'
    end
    local pool = object('CiliumLoadBalancerIPPool', 'prod-pool')
    local found = check(tree(pool), tree(pool .. service 'staging-pool'), { word('dangling', 'Service', 's') })
    assert.matches('names CiliumLoadBalancerIPPool staging-pool, which is not in the tree; prod-pool is', found[1].reason, 1,
      true)
    check(tree(pool), tree(pool .. service 'prod-pool'), {})
    check(tree(pool), tree(pool .. service 'elsewhere'), {})
    check(tree(pool .. service 'staging-pool'), tree(pool .. service 'staging-pool' .. object('ConfigMap', 'c')), {})
    local certificate = object('Certificate', 'c', 'spec: { issuerRef: { kind: ClusterIssuer, name: letsencrypt } }')
    local issuer = object('ClusterIssuer', 'letsencrypt-prod')
    check(tree(issuer), tree(issuer .. certificate), { word('dangling', 'Certificate', 'c') })
    -- Secrets are made by many: a name that is nearly one says nothing.
    check(tree(SECRET), tree(SECRET .. USER:gsub('name: t ', 'name: tt ')), {})
  end)

  it('leaves a Kustomization that cannot be built to the plugin of Flux', function()
    local before, after = tree(SOURCE:gsub('name: own', 'name: o2') .. root('b'):gsub('own', 'o2')), tree(root('b'):gsub('own',
      'o2'))
    before['b/x.yaml'], after['b/x.yaml'] = object('ConfigMap', 'c'), object('ConfigMap', 'c')
    check(before, after, {})
  end)
end)
