-- render_spec.lua: what Argo CD applies. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local node = require 'node'

local plugin = contract.plugin()

local URL = 'https://git.example/own/tree'

local function id(name, cluster) return ('%s:Application.argoproj.io/argocd/%s'):format(cluster or 'in-cluster', name) end

-- An Application whose source is a folder of the tree; `rest` says more of the source, `spec` of the whole.
local function application(name, path, rest, spec)
  return ('apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: %s, namespace: argocd }\nspec:\n'
    .. '  project: default\n  destination: { server: "https://kubernetes.default.svc", namespace: web }\n'
    .. '  source: { repoURL: "%s", path: "%s"%s }\n%s'):format(name, URL, path, rest and ', ' .. rest or '', spec or '')
end

local function config_map(name, data, metadata)
  return ('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s%s }\ndata: { %s }\n'):format(name,
    metadata and ', ' .. metadata or '', data or '')
end

local function check(files, expect, options)
  return contract.entrypoints(plugin, { files = files, expect = expect, helm = options and options.helm,
    repositories = options and options.repositories })
end

local function text_of(entry)
  local nodes = {}
  for i, object in ipairs(entry.objects) do nodes[i] = object.node end
  return node.print(nodes)
end

describe('an Application of a folder', function()
  it('renders its manifests, in the namespace of its destination', function()
    local result = check({
      ['argo/app.yaml'] = application('app', 'apps'),
      ['apps/b.yml'] = config_map('b', '', 'namespace: own'), ['apps/a.yaml'] = config_map 'a' .. '---\n'
        .. 'apiVersion: v1\nkind: Namespace\nmetadata: { name: n, namespace: gone }\n',
      ['apps/c.json'] = '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Service", '
        .. '"metadata": {"name": "s"}}]}',
      ['apps/deep/x.yaml'] = config_map 'x', ['apps/values.yaml'] = 'a: 1\n', ['apps/README.md'] = 'no',
      ['apps/skipped.yaml'] = '# +argocd:skip-file-rendering\n' .. config_map 'skipped',
    }, { { id = id 'app', objects = { 'ConfigMap/web/a', 'Namespace//n', 'ConfigMap/own/b', 'Service/web/s' } } })
    local entry = result.by_id[id 'app']
    assert.equal('web', entry.default_namespace)
    assert.same({ 'apps/a.yaml', 1 }, { entry.objects[1].file, entry.objects[1].line })
    assert.same({ ['argocd.argoproj.io/tracking-id'] = 'app:' }, entry.marks.annotations)
  end)

  it('takes and leaves out what globs say, in folders below as well', function()
    local files = { ['apps/a.yaml'] = config_map 'a', ['apps/b.yaml'] = config_map 'b', ['apps/deep/a.yaml'] = config_map 'da',
      ['apps/deep/c.yaml'] = config_map 'c' }
    files['argo/app.yaml'] = application('app', 'apps', 'directory: { recurse: true, include: "{a,*/c}.yaml" }')
    check(files, { { id = id 'app', objects = { 'ConfigMap/web/a', 'ConfigMap/web/c' } } })
    files['argo/app.yaml'] = application('app', 'apps', 'directory: { recurse: true, exclude: "deep/*" }')
    check(files, { { id = id 'app', objects = { 'ConfigMap/web/a', 'ConfigMap/web/b' } } })
  end)

  it('keeps the last of two that are the same', function()
    local result = check({ ['argo/app.yaml'] = application('app', 'apps'), ['apps/a.yaml'] = config_map('a', 'k: old'),
      ['apps/b.yaml'] = config_map('a', 'k: new') },
      { { id = id 'app', objects = { 'ConfigMap/web/a' }, problems = { 'repeated' } } })
    assert.matches('k: new', text_of(result.by_id[id 'app']), 1, true)
  end)

  it('refuses what Argo CD refuses', function()
    check({
      ['argo/none.yaml'] = application('none', 'none'), ['argo/out.yaml'] = application('out', '../x'),
      ['argo/broken.yaml'] = application('broken', 'broken'), ['argo/jsonnet.yaml'] = application('jsonnet', 'jsonnet'),
      ['argo/kindless.yaml'] = application('kindless', 'kindless'), ['argo/two.yaml'] = application('two', 'apps',
        'directory: { recurse: true }, kustomize: { namePrefix: p }'),
      ['argo/plugin.yaml'] = application('plugin', 'apps', 'plugin: { name: p }'),
      ['argo/where.yaml'] = application('where', 'apps'):gsub('server: "[^"]*"', 'name: a, %0'),
      ['argo/wrong.yaml'] = application('wrong', 'apps', 'directory: { recurse: "yes" }'),
      ['broken/x.yaml'] = 'apiVersion: v1\nkind: {\nmetadata: {}\n', ['jsonnet/x.jsonnet'] = '{}',
      ['kindless/x.yaml'] = config_map 'x' .. '---\na: 1\n', ['apps/x.yaml'] = config_map 'x',
    }, {
      { id = id 'broken', objects = {}, problems = { 'failed' } }, { id = id 'jsonnet', objects = {}, problems = { 'failed' } },
      { id = id 'kindless', objects = {}, problems = { 'failed' } }, { id = id 'none', objects = {}, problems = { 'failed' } },
      { id = id 'out', why = 'app path ../x leads out of the repository', problems = { 'not-checkable' } },
      { id = id 'plugin', opaque = 'a config management plugin renders it, which does not run here' },
      { id = id 'two', objects = {}, problems = { 'failed' } },
      { id = id 'where', problems = { 'not-checkable' },
        why = "application destination can't have both name and server defined: a https://kubernetes.default.svc" },
      { id = id 'wrong', why = 'spec.source.directory.recurse is not of the type that the API wants',
        problems = { 'not-checkable' } },
    })
  end)
end)

describe('an Application of a kustomization', function()
  local FILES = {
    ['apps/kustomization.yaml'] = 'resources: [x.yaml]\nimages: [{ name: nginx, newTag: "1", newName: nn }]\n'
      .. 'commonAnnotations: { old: "1" }\n',
    ['apps/x.yaml'] = config_map 'x' .. '---\n' .. 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d }\n'
      .. 'spec: { replicas: 1, template: { spec: { containers: [{ name: a, image: nginx }, { name: b, image: redis }] } } }\n',
    ['parts/kustomization.yaml'] = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n'
      .. 'commonAnnotations: { part: "yes" }\n',
  }

  local function with(rest, more)
    local files = { ['argo/app.yaml'] = application('app', 'apps', rest) }
    for _, from in ipairs { FILES, more or {} } do
      for path, text in pairs(from) do files[path] = text end
    end
    return files
  end

  it('is built as it is, or with what the source adds', function()
    local result = check(with(), { { id = id 'app', objects = { 'ConfigMap/web/x', 'Deployment/web/d' } } })
    assert.same({ 'apps/x.yaml', 1 }, { result.by_id[id 'app'].objects[1].file, result.by_id[id 'app'].objects[1].line })
    result = check(with [[kustomize: { namePrefix: p-, nameSuffix: -s, namespace: ns,
      images: ["nginx:2", "redis=r/$ARGOCD_APP_NAME@sha256:1"],
      replicas: [{ name: d, count: "3" }], commonLabels: { app: "$ARGOCD_APP_NAME" }, labelWithoutSelector: true,
      commonAnnotations: { old: "2" }, forceCommonAnnotations: true,
      components: [../parts, ../none], ignoreMissingComponents: true,
      patches: [{ target: { kind: ConfigMap }, patch: '[{"op": "add", "path": "/data/k", "value": "v"}]' }] }]],
      { { id = id 'app', objects = { 'ConfigMap/ns/p-x-s', 'Deployment/ns/p-d-s' } } })
    assert.equal([[
apiVersion: v1
data:
  k: v
kind: ConfigMap
metadata:
  annotations:
    old: "2"
    part: "yes"
  labels:
    app: app
  name: p-x-s
  namespace: ns
---
apiVersion: apps/v1
kind: Deployment
metadata:
  annotations:
    old: "2"
    part: "yes"
  labels:
    app: app
  name: p-d-s
  namespace: ns
spec:
  replicas: 3
  template:
    metadata:
      annotations:
        old: "2"
        part: "yes"
    spec:
      containers:
      - image: nginx:2
        name: a
      - image: r/app@sha256:1
        name: b
]], text_of(result.by_id[id 'app']))
  end)

  it('may not overwrite without being told', function()
    local result = check(with 'kustomize: { commonAnnotations: { old: "2" } }',
      { { id = id 'app', objects = {}, problems = { 'failed' } } })
    assert.equal('annotation old already in kustomization file', result.by_id[id 'app'].problems[1].message)
    check(with 'kustomize: { images: [nginx] }', { { id = id 'app', objects = {}, problems = { 'failed' } } })
    check(with 'kustomize: { replicas: [{ name: d, count: many }] }',
      { { id = id 'app', objects = {}, problems = { 'failed' } } })
  end)

  it('reads files outside of its folder where argocd-cm says so', function()
    local outside = { ['apps/kustomization.yaml'] = 'resources: [../out.yaml]\n', ['out.yaml'] = config_map 'out' }
    check(with(nil, outside), { { id = id 'app', objects = {}, problems = { 'failed' } } })
    outside['argo/cm.yaml'] = config_map('argocd-cm',
      'kustomize.buildOptions: "--load-restrictor LoadRestrictionsNone --network"', 'namespace: argocd')
    local result = check(with(nil, outside), { { id = id 'app', objects = { 'ConfigMap/web/out' } } })
    assert.same({ 'kustomize.buildOptions of argocd-cm is not followed: --network' }, result.by_id[id 'app'].warnings)
    outside['argo/cm.yaml'] = config_map('argocd-cm',
      'kustomize.buildOptions.v5: "--load-restrictor=LoadRestrictionsNone"', 'namespace: argocd')
    check(with(nil, outside), { { id = id 'app', objects = {}, problems = { 'failed' } } })
    check(with('kustomize: { version: v5 }', outside), { { id = id 'app', objects = { 'ConfigMap/web/out' } } })
  end)

  it('can be changed by files beside it', function()
    check(with(nil, { ['apps/.argocd-source.yaml'] = 'kustomize: { namePrefix: all- }\npath: other\n',
      ['apps/.argocd-source-app.yaml'] = 'kustomize: { nameSuffix: -one }\n' }),
      { { id = id 'app', objects = { 'ConfigMap/web/all-x-one', 'Deployment/web/all-d-one' } } })
  end)
end)
