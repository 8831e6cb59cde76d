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

describe('what an Application says that may be wrong', function()
  it('is a field that Argo CD does not know', function()
    local result = check({ ['argo/app.yaml'] = application('app', 'apps', 'pth: x'), ['apps/a.yaml'] = config_map 'a' },
      { { id = id 'app', objects = { 'ConfigMap/web/a' }, problems = { 'unknown-field' } } })
    local problem = result.by_id[id 'app'].problems[1]
    assert.same({ 'unknown field spec.source.pth: did you mean path?', 'warning', 'argo/app.yaml', 7 },
      { problem.message, problem.severity, problem.file, problem.line })
  end)

  it('is a cluster that no file declares', function()
    local text = application('app', 'apps'):gsub('server: "[^"]*"', 'name: far')
    local result = check({ ['argo/app.yaml'] = text, ['apps/a.yaml'] = config_map 'a' },
      { { id = id 'app', cluster = 'in-cluster/far', objects = { 'ConfigMap/web/a' }, problems = { 'undeclared-cluster' } } })
    assert.equal(6, result.by_id[id 'app'].problems[1].line)
  end)

  it('is a path that is not there', function()
    local result = check({ ['argo/app.yaml'] = application('app', 'more/aps'), ['more/apps/a.yaml'] = config_map 'a',
      ['argo/good.yaml'] = application('good', 'more/apps'), ['argo/more.yaml'] = application('more', 'more') },
      { { id = id 'app', objects = {}, problems = { 'failed' } }, { id = id 'good', objects = { 'ConfigMap/web/a' } },
        { id = id 'more', objects = {} } })
    local problem = result.by_id[id 'app'].problems[1]
    assert.same({ 'argo/app.yaml', 7, "did you mean 'more/apps'?" }, { problem.file, problem.line, problem.hint })
  end)

  it('is a revision that the repository does not have', function()
    contract.with_files({ ['argo/app.yaml'] = application('app', 'apps', 'targetRevision: nosuch'),
      ['argo/main.yaml'] = application('main', 'apps', 'targetRevision: trunk'), ['apps/a.yaml'] = config_map 'a' }, function(dir)
      local proc = require 'proc'
      for _, words in ipairs { { 'init', '-q', '-b', 'trunk' }, { 'remote', 'add', 'origin', URL }, { 'add', '.' },
        { '-c', 'user.email=a@example', '-c', 'user.name=a', 'commit', '-qm', 'all' } } do
        proc.run { 'git', '-C', dir, table.unpack(words) }
      end
      local tree <close> = require 'ifx.repo.tree'.open(dir)
      local result = require 'ifx.gitops'.walk(tree, { registry = plugin.registry })
      local problem = result.by_id[id 'app'].problems[1]
      assert.same({ 'missing-revision', 7 }, { problem.kind, problem.line })
      assert.same({}, result.by_id[id 'main'].problems)
    end)
  end)
end)

describe('an Application of a folder', function()
  it('renders its manifests, in the namespace of its destination', function()
    local result = check({
      ['argo/app.yaml'] = application('app', 'apps'),
      ['apps/b.yml'] = config_map('b', '', 'namespace: own'), ['apps/a.yaml'] = config_map 'a' .. '---\n'
        .. 'apiVersion: v1\nkind: Namespace\nmetadata: { name: n, namespace: gone }\n',
      ['apps/c.json'] = '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Service", '
        .. '"metadata": {"name": "s"}}]}',
      ['apps/deep/x.yaml'] = config_map 'x', ['apps/values.yaml'] = 'a: 1\n', ['apps/README.md'] = 'no',
      ['apps/hook.yaml'] = config_map('hook', '', 'annotations: { argocd.argoproj.io/hook: Skip }'),
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

describe('an Application of a chart', function()
  local CHART = {
    ['charts/c/Chart.yaml'] = 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
    ['charts/c/values.yaml'] = 'a: 1\nb: { c: 2, d: 3 }\n',
    ['charts/c/templates/x.yaml'] = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }} }\n'
      .. 'data: { v: "{{ .Values.a }}{{ .Values.b.c }}{{ .Values.b.d }}{{ .Values.e }}{{ .Values.f }}", '
      .. 'n: "{{ .Release.Namespace }}" }\n',
    ['charts/c/templates/hook.yaml'] = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: hook\n'
      .. '  annotations: { helm.sh/hook: pre-install }\n',
    ['charts/c/crds/crd.yaml'] = 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n'
      .. 'metadata: { name: ts.x.example }\nspec: { group: x.example, scope: Cluster, names: { kind: T } }\n',
    ['values/more.yaml'] = 'b: { c: 5 }\n', ['values/z.yaml'] = 'f: z\n', ['charts/c/own.yaml'] = 'f: own\n',
    ['argo/app.yaml'] = application('app', 'charts/c', [=[helm: { releaseName: r,
    valueFiles: [/values/*.yaml, own.yaml, none.yaml], ignoreMissingValueFiles: true, valuesObject: { a: 7 }, values: "a: 8",
    parameters: [{ name: e, value: "x,$ARGOCD_APP_NAME" }, { name: b.d, value: "08", forceString: true }] }]=]),
  }

  it('is opaque without helm', function()
    check(CHART, { { id = id 'app', objects = {},
      opaque = 'the chart charts/c is rendered by the program helm: --enable-helm allows it' } })
  end)

  it('is what helm renders', function()
    if not require 'proc'.find 'helm' then return pending 'helm is not on PATH' end
    local result = check(CHART, { { id = id 'app', objects = { 'CustomResourceDefinition//ts.x.example', 'ConfigMap/web/r',
      'Secret/web/hook' } } }, { helm = true })
    local object = result.by_id[id 'app'].objects[2]
    assert.equal('75' .. '08' .. 'x,app' .. 'own', object.node:get('data', 'v'))
    assert.equal('web', object.node:get('data', 'n'))
    assert.equal('charts/c/templates/x.yaml', object.file)
  end)

  it('takes files from other sources', function()
    if not require 'proc'.find 'helm' then return pending 'helm is not on PATH' end
    local files = {}
    for path, text in pairs(CHART) do files[path] = text end
    files['argo/app.yaml'] = [[
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: app, namespace: argocd }
spec:
  destination: { name: in-cluster, namespace: web }
  sources:
  - { repoURL: https://git.example/own/tree, path: charts/c, helm: { skipCrds: true, valueFiles: [$more/values/more.yaml] } }
  - { repoURL: https://git.example/own/tree, ref: more }
  - { repoURL: https://git.example/own/tree, path: plain }
]]
    files['plain/x.yaml'] = config_map 'plain'
    local result = check(files, {
      { id = id 'app', objects = { 'ConfigMap/web/app', 'Secret/web/hook', 'ConfigMap/web/plain' } },
    }, { helm = true })
    assert.equal('153', result.by_id[id 'app'].objects[1].node:get('data', 'v'))
    files['argo/app.yaml'] = files['argo/app.yaml']:gsub('%$more/', '$none/')
    result = check(files, { { id = id 'app', objects = {}, problems = { 'failed' } } }, { helm = true })
    assert.matches('source referenced "$none"', result.by_id[id 'app'].problems[1].message, 1, true)
  end)

  it('is not known of a repository of charts', function()
    check({ ['argo/own.yaml'] = application('own', 'apps'), ['apps/x.yaml'] = config_map 'x', ['argo/x.yaml'] = [[
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: far, namespace: argocd }
spec:
  destination: { name: in-cluster, namespace: web }
  sources:
  - { repoURL: https://charts.example, chart: c, targetRevision: 1.0.0 }
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: part, namespace: argocd }
spec:
  destination: { name: in-cluster, namespace: web }
  sources:
  - { repoURL: https://charts.example, chart: c, targetRevision: 1.0.0 }
  - { repoURL: https://git.example/own/tree, path: apps }
]] }, {
      { id = id 'own' }, { id = id 'far', objects = {}, opaque = 'the chart c is in the repository https://charts.example' },
      { id = id 'part', objects = { 'ConfigMap/web/x' }, problems = { 'not-checkable' } },
    })
  end)
end)

describe('the kind of a source', function()
  it('is what its folder looks like, the last by name', function()
    local files = { ['argo/app.yaml'] = application('app', 'apps'), ['apps/Chart.yaml'] = 'name: c\n',
      ['apps/x.yaml'] = config_map 'x' }
    local opaque = 'the chart apps is rendered by the program helm: --enable-helm allows it'
    check(files, { { id = id 'app', objects = {}, opaque = opaque } })
    files['apps/kustomization.yaml'] = 'resources: [x.yaml]\nnamePrefix: k-\n'
    check(files, { { id = id 'app', objects = { 'ConfigMap/web/k-x' } } })
    files['apps/x-Chart.yaml'] = 'name: c\n'
    check(files, { { id = id 'app', objects = {}, opaque = opaque } })
    files['argo/app.yaml'] = application('app', 'apps', 'directory: { exclude: "*{Chart,kustomization}.yaml" }')
    check(files, { { id = id 'app', objects = { 'ConfigMap/web/x' } } })
  end)
end)

describe('what an Application renders', function()
  it('may be Applications', function()
    local result = check({
      ['argo/root.yaml'] = application('root', 'argo/children'):gsub('namespace: web', 'namespace: argocd'),
      ['argo/children/a.yaml'] = application('a', 'apps'):gsub(', namespace: argocd }\nspec', ' }\nspec'),
      ['apps/x.yaml'] = config_map 'x',
    }, { { id = id 'root', objects = { 'Application/argocd/a' } }, { id = id 'a', objects = { 'ConfigMap/web/x' } } })
    assert.same({ id 'root' }, result.by_id[id 'a'].parents)
  end)

  it('has a namespace where its kind has one', function()
    local result = check({
      ['argo/app.yaml'] = application('app', 'apps'), ['crds/t.yaml'] = 'apiVersion: apiextensions.k8s.io/v1\n'
        .. 'kind: CustomResourceDefinition\nmetadata: { name: ts.x.example }\n'
        .. 'spec: { group: x.example, scope: Cluster, names: { kind: T } }\n',
      ['apps/t.yaml'] = 'apiVersion: x.example/v1\nkind: T\nmetadata: { name: t }\n',
      ['apps/u.yaml'] = 'apiVersion: x.example/v1\nkind: U\nmetadata: { name: u }\n',
    }, { { id = id 'app', objects = { 'T//t', 'U/web/u' } } })
    assert.same({ 'no file declares the kind U of x.example/v1: it is taken for one with a namespace' },
      result.by_id[id 'app'].warnings)
  end)

  it('may go to another cluster', function()
    local secret = 'apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: argocd, '
      .. 'labels: { argocd.argoproj.io/secret-type: cluster } }\ndata: { name: %s, server: %s }\n'
    local hash = require 'hash'
    check({
      ['argo/one.yaml'] = application('one', 'apps'):gsub('server: "[^"]*"', 'name: far'),
      ['argo/two.yaml'] = application('two', 'apps'):gsub('https://kubernetes.default.svc', 'https://far.example/'),
      ['argo/three.yaml'] = application('three', 'apps'):gsub('https://kubernetes.default.svc', 'https://other.example'),
      ['argo/secret.yaml'] = secret:format(hash.base64 'far', hash.base64 'https://far.example'),
      ['apps/x.yaml'] = config_map 'x',
    }, {
      { id = id 'one', cluster = 'in-cluster/far' }, { id = id 'three', cluster = 'in-cluster/https://other.example' },
      { id = id 'two', cluster = 'in-cluster/far' },
    })
  end)
end)

describe('an AppProject', function()
  local function project(spec)
    return ('apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: { name: p, namespace: argocd }\nspec: { %s }\n')
      :format(spec)
  end

  local FILES = {
    ['argo/app.yaml'] = application('app', 'apps'):gsub('project: default', 'project: p'),
    ['apps/x.yaml'] = config_map 'x' .. '---\napiVersion: v1\nkind: Namespace\nmetadata: { name: n }\n---\n'
      .. config_map('y', '', 'namespace: other'),
  }

  -- The messages of what a project does not allow.
  local function told(spec, kinds)
    local files = {}
    for path, text in pairs(FILES) do files[path] = text end
    files['argo/project.yaml'] = spec and project(spec)
    local result = check(files, { { id = id 'app', problems = kinds } })
    local out = {}
    for i, problem in ipairs(result.by_id[id 'app'].problems) do out[i] = problem.message end
    return out
  end

  local ALL = 'clusterResourceWhitelist: [{ group: "*", kind: "*" }]'
  local ANYWHERE = 'destinations: [{ server: "*", namespace: "*" }]'

  it('may allow all of it', function()
    told(('sourceRepos: ["*"], %s, %s'):format(ANYWHERE, ALL))
    told(('sourceRepos: ["https://git.example/**"], destinations: [{ name: in-cluster, namespace: "{web,other}" }], %s')
      :format(ALL))
  end)

  it('limits repositories, clusters, namespaces and kinds', function()
    assert.same({ "application repo https://git.example/own/tree is not permitted in project 'p'" },
      told(('sourceRepos: ["https://git.example/none/*"], %s, %s'):format(ANYWHERE, ALL), { 'not-allowed' }))
    assert.same({ "application repo https://git.example/own/tree is not permitted in project 'p'" },
      told(('sourceRepos: ["*", "!https://git.example/own/*"], %s, %s'):format(ANYWHERE, ALL), { 'not-allowed' }))
    assert.same({ "application destination server 'https://kubernetes.default.svc' and namespace 'web' do not match any of the "
      .. "allowed destinations in project 'p'" },
      told(('sourceRepos: ["*"], destinations: [{ server: "*", namespace: none }], %s'):format(ALL), { 'not-allowed' }))
    assert.same({ "namespace other is not permitted in project 'p'" },
      told(('sourceRepos: ["*"], destinations: [{ server: "*", namespace: web }], %s'):format(ALL), { 'not-allowed' }))
    assert.same({ "resource :Namespace is not permitted in project 'p'" },
      told('sourceRepos: ["*"], ' .. ANYWHERE, { 'not-allowed' }))
    assert.same({ "resource :ConfigMap is not permitted in project 'p'" },
      told(('sourceRepos: ["*"], %s, %s, namespaceResourceBlacklist: [{ group: "", kind: Config* }]'):format(ANYWHERE, ALL),
        { 'not-allowed' }))
  end)

  it('may be declared nowhere', function()
    assert.same({ 'no file declares the AppProject p: what it allows is not known' }, told(nil, { 'missing-object' }))
  end)
end)

describe('another repository', function()
  it('is read where it is given', function()
    contract.with_files({ ['apps/kustomization.yaml'] = 'resources: [x.yaml]\n', ['apps/x.yaml'] = config_map 'x' }, function(dir)
      local result = check({ ['argo/app.yaml'] = application('app', 'apps'):gsub('own/tree', 'other/tree'),
        ['argo/own.yaml'] = application('own', 'argo') }, {
        { id = id 'own', objects = { 'Application/argocd/app', 'Application/argocd/own' } },
        { id = id 'app', objects = { 'ConfigMap/web/x' } },
      }, { repositories = { 'https://git.example/other/tree=' .. dir } })
      local object = result.by_id[id 'app'].objects[1]
      assert.same({ 'apps/x.yaml', 1, 'https://git.example/other/tree' }, { object.file, object.line, object.repository })
    end)
  end)
end)
