-- render_spec.lua: what Flux applies. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local node = require 'node'

local plugin = contract.plugin()

local KIND = 'Kustomization.kustomize.toolkit.fluxcd.io'

local function id(name, cluster) return ('%s:%s/flux-system/%s'):format(cluster or 'in-cluster', KIND, name) end

local function git(name, rest)
  return ('apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: %s, namespace: flux-system }\n'
    .. 'spec: { interval: 1m, url: "https://git.example/own/tree"%s }\n'):format(name, rest and ', ' .. rest or '')
end

local function kustomization(name, path, rest)
  return ('apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: %s, namespace: flux-system }\n'
    .. 'spec: { interval: 10m, prune: true, path: "%s", sourceRef: { kind: GitRepository, name: flux-system }%s }\n'):format(
    name, path, rest and ', ' .. rest or '')
end

local function config_map(name, data, metadata)
  return ('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s%s }\ndata: { %s }\n'):format(name,
    metadata and ', ' .. metadata or '', data or '')
end

-- The files of a cluster whose root owns itself, with those of the case.
local function cluster(files)
  local sync = git 'flux-system' .. '---\n' .. kustomization('flux-system', './clusters/a')
  local out = { ['clusters/a/flux-system/gotk-sync.yaml'] = sync }
  for path, text in pairs(files) do out[path] = text end
  return out
end

local function check(files, expect)
  return contract.entrypoints(plugin, { files = cluster(files), expect = expect })
end

-- What the entry point `name` renders, as text.
local function text_of(result, name)
  local nodes = {}
  for i, object in ipairs(result.by_id[id(name)].objects) do nodes[i] = object.node end
  return node.print(nodes)
end

local ROOT = { id = id 'flux-system' }

describe('a Kustomization of Flux', function()
  it('renders its folder, and what it renders renders', function()
    local result = check({
      ['clusters/a/apps.yaml'] = kustomization('apps', './apps'),
      ['apps/b/x.yml'] = config_map 'x', ['apps/a.yaml'] = config_map 'a',
      ['apps/c/kustomization.yaml'] = 'resources: [../../out.yaml]\n',
      ['out.yaml'] = config_map 'out', ['apps/README.md'] = 'no manifest',
    }, {
      { id = id 'flux-system', objects = { 'Kustomization/flux-system/apps', 'GitRepository/flux-system/flux-system',
        'Kustomization/flux-system/flux-system' } },
      { id = id 'apps', objects = { 'ConfigMap//a', 'ConfigMap//x', 'ConfigMap//out' } },
    })
    assert.same({ id 'flux-system' }, result.by_id[id 'flux-system'].parents)
    assert.same({ id 'flux-system' }, result.by_id[id 'apps'].parents)
    local out = result.by_id[id 'apps'].objects[3]
    assert.same({ 'out.yaml', 1 }, { out.file, out.line })
    assert.equal('apps', result.by_id[id 'apps'].marks.labels['kustomize.toolkit.fluxcd.io/name'])
  end)

  it('changes what the folder has', function()
    local result = check({
      ['clusters/a/apps.yaml'] = kustomization('apps', '/apps/', [=[targetNamespace: t, namePrefix: p-, nameSuffix: -s,
  commonMetadata: { labels: { l: "1" }, annotations: { a: "2" } },
  components: [../parts/one, ../parts/none], ignoreMissingComponents: true,
  images: [{ name: nginx, newTag: "2" }, { name: redis, newName: r, digest: "sha256:1" }],
  patches: [{ patch: '[{"op": "add", "path": "/data/k", "value": "v"}]', target: { kind: ConfigMap } }]]=]),
      ['apps/kustomization.yaml'] = 'namespace: old\nunknownField: 1\nresources: [x.yaml]\n'
        .. 'images: [{ name: nginx, newName: nn, newTag: "1", digest: d }]\n',
      ['apps/x.yaml'] = config_map 'x' .. [[
---
apiVersion: v1
kind: Pod
metadata: { name: p }
spec: { containers: [{ name: a, image: nginx }, { name: b, image: redis }] }
]],
      ['parts/one/kustomization.yaml'] = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n'
        .. 'commonAnnotations: { c: d }\n',
    }, { ROOT, { id = id 'apps', objects = { 'ConfigMap/t/p-x-s', 'Pod/t/p-p-s' } } })
    assert.equal([[
apiVersion: v1
data:
  k: v
kind: ConfigMap
metadata:
  annotations:
    a: "2"
    c: d
  labels:
    l: "1"
  name: p-x-s
  namespace: t
---
apiVersion: v1
kind: Pod
metadata:
  annotations:
    a: "2"
    c: d
  labels:
    l: "1"
  name: p-p-s
  namespace: t
spec:
  containers:
  - image: nn:2
    name: a
  - image: r@sha256:1
    name: b
]], text_of(result, 'apps'))
  end)

  it('renders nothing from an empty folder, and needs one', function()
    check({
      ['clusters/a/x.yaml'] = kustomization('empty', './empty') .. '---\n' .. kustomization('none', './none')
        .. '---\n' .. kustomization('broken', './broken') .. '---\n'
        .. kustomization('component', './apps', 'components: ["https://x/y"]'),
      ['empty/README.md'] = '', ['broken/values.yaml'] = 'a: 1\n', ['apps/x.yaml'] = config_map 'x',
    }, {
      ROOT, { id = id 'empty', objects = {} }, { id = id 'none', objects = {}, problems = { 'failed' } },
      { id = id 'broken', objects = {}, problems = { 'failed' } }, { id = id 'component', objects = {}, problems = { 'failed' } },
    })
  end)
end)

describe('postBuild', function()
  local VARS = 'apiVersion: v1\nkind: Secret\nmetadata: { name: vars, namespace: flux-system }\n'

  it('replaces variables of the object and of what it names', function()
    local result = check({
      ['clusters/a/apps.yaml'] = kustomization('apps', './apps', [[postBuild: { substitute: { A: "in\nline", B: over },
  substituteFrom: [{ kind: ConfigMap, name: vars }, { kind: Secret, name: vars },
    { kind: Secret, name: none, optional: true }] }]]),
      ['clusters/a/vars.yaml'] = config_map('vars', 'B: from, C: yes', 'namespace: flux-system') .. '---\n'
        .. VARS .. 'data: { D: c2VjcmV0 }\nstringData: { E: "5" }\n',
      ['apps/x.yaml'] = config_map('x', 'a: "${A}|${B}|${C}|${D}|${NONE}|${NONE:-d}|$${A}"')
        .. '---\napiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { priority: "${E}" }\n'
        .. '---\n' .. config_map('y', 'a: "${A}"', 'labels: { kustomize.toolkit.fluxcd.io/substitute: disabled }'),
    }, { ROOT, { id = id 'apps' } })
    local text = text_of(result, 'apps')
    assert.matches('a: inline|over|yes|secret||d|${A}\n', text, 1, true)
    assert.matches('priority: 5\n', text, 1, true)
    assert.matches('a: ${A}\n', text, 1, true)
    assert.same({ 'a variable is set by nothing: NONE' }, result.by_id[id 'apps'].warnings)
  end)

  it('looks at texts where there is a variable, or always', function()
    local files = { ['apps/x.yaml'] = config_map('x', 'a: "${A:=d}"') }
    files['clusters/a/apps.yaml'] = kustomization('apps', './apps', 'postBuild: {}')
    assert.matches('a: ${A:=d}', text_of(check(files, { ROOT, { id = id 'apps' } }), 'apps'), 1, true)
    files['clusters/a/apps.yaml'] = kustomization('apps', './apps', 'postBuild: { substituteStrategy: Always }')
    assert.matches('a: d\n', text_of(check(files, { ROOT, { id = id 'apps' } }), 'apps'), 1, true)
  end)

  it('says what is missing, and leaves what it may set', function()
    local result = check({
      ['clusters/a/apps.yaml'] = kustomization('apps', './apps',
        'postBuild: { substituteFrom: [{ kind: ConfigMap, name: none }] }'),
      ['apps/x.yaml'] = config_map('x', 'a: "${A}|${B:-b}"'),
    }, { ROOT, { id = id 'apps', problems = { 'missing-object' } } })
    assert.matches('a: ${A}|b\n', text_of(result, 'apps'), 1, true)
    local problem = result.by_id[id 'apps'].problems[1]
    assert.same({ 'clusters/a/apps.yaml', 4 }, { problem.file, problem.line })
    assert.matches('declare flux-system/ConfigMap/none in the tree', problem.hint, 1, true)
    assert.same({}, result.by_id[id 'apps'].warnings)
    assert.same({ kind = 'ConfigMap', namespace = 'flux-system', name = 'none' }, result.by_id[id 'apps'].problems[1].object)
  end)

  it('masks what is encrypted', function()
    local result = check({
      ['clusters/a/apps.yaml'] = kustomization('apps', './apps',
        'decryption: { provider: sops }, postBuild: { substituteFrom: [{ kind: Secret, name: vars }] }'),
      ['secrets/vars.yaml'] = VARS .. 'stringData: { MY_KEY: "ENC[AES256_GCM,data:x]" }\nsops: { mac: x }\n',
      ['apps/x.yaml'] = config_map('x', 'a: "${MY_KEY}.example"') .. '---\n'
        .. VARS:gsub('vars', 'own') .. 'data: { a: "ENC[x]" }\nsops: { mac: x }\n',
    }, { ROOT, { id = id 'apps', problems = { 'encrypted' } } })
    assert.matches('a: masked-my-key.example\n', text_of(result, 'apps'), 1, true)
    assert.equal('encrypted with SOPS', result.by_id[id 'apps'].objects[2].opaque)
  end)

  it('says what is generated from encrypted files, and what nobody is told to decrypt', function()
    local files = {
      ['clusters/a/apps.yaml'] = kustomization('apps', './apps', 'decryption: { provider: sops }'),
      ['apps/kustomization.yaml'] = 'secretGenerator: [{ name: s, envs: [s.env] }]\nresources: [x.yaml]\n',
      ['apps/s.env'] = 'A=ENC[AES256_GCM,data:x]\nsops_mac=ENC[x]\n',
      ['apps/x.yaml'] = VARS .. 'data: { a: "ENC[x]" }\nsops: { mac: x }\n',
    }
    local result = check(files, { ROOT, { id = id 'apps', problems = { 'encrypted' } } })
    assert.equal('apps/s.env', result.by_id[id 'apps'].problems[1].file)
    files['clusters/a/apps.yaml'] = kustomization('apps', './apps')
    result = check(files, { ROOT, { id = id 'apps', problems = { 'encrypted' } } })
    assert.matches('Secret vars is SOPS encrypted', result.by_id[id 'apps'].problems[1].message, 1, true)
  end)

  it('refuses names and texts that the controller refuses', function()
    local files = { ['apps/x.yaml'] = config_map('x', 'a: "${A.b}"') }
    files['clusters/a/apps.yaml'] = kustomization('apps', './apps', 'postBuild: { substitute: { A: a } }')
    local result = check(files, { ROOT, { id = id 'apps', objects = {}, problems = { 'failed' } } })
    assert.equal("post build failed for 'ConfigMap/x': missing closing brace", result.by_id[id 'apps'].problems[1].message)
    files['clusters/a/apps.yaml'] = kustomization('apps', './apps', 'postBuild: { substitute: { a-b: a } }')
    result = check(files, { ROOT, { id = id 'apps', objects = {}, problems = { 'failed' } } })
    assert.matches("'a-b' var name is invalid", result.by_id[id 'apps'].problems[1].message, 1, true)
  end)
end)

describe('a definition that is rendered', function()
  it('replaces the one in its file', function()
    local result = check({
      ['clusters/a/kustomization.yaml'] = 'resources: [flux-system, apps.yaml]\n'
        .. 'patches: [{ patch: \'[{"op": "replace", "path": "/spec/path", "value": "./new"}]\', '
        .. 'target: { name: apps } }]\n',
      ['clusters/a/flux-system/kustomization.yaml'] = 'resources: [gotk-sync.yaml]\n',
      ['clusters/a/apps.yaml'] = kustomization('apps', './old'),
      ['old/x.yaml'] = config_map 'old', ['new/x.yaml'] = config_map 'new',
    }, { ROOT, { id = id 'apps', objects = { 'ConfigMap//new' } } })
    assert.equal('clusters/a/apps.yaml', result.by_id[id 'apps'].object.file)
  end)

  it('may be the root itself', function()
    local result = check({
      ['clusters/a/kustomization.yaml'] = 'resources: [flux-system]\n',
      ['clusters/a/flux-system/kustomization.yaml'] = 'resources: [gotk-sync.yaml, more.yaml]\n'
        .. 'patches: [{ patch: \'[{"op": "add", "path": "/spec/commonMetadata", "value": {"labels": {"l": "m"}}}]\', '
        .. 'target: { kind: Kustomization } }]\n',
      ['clusters/a/flux-system/more.yaml'] = config_map 'more',
    }, { ROOT })
    assert.matches('labels:\n    l: m\n  name: more', text_of(result, 'flux-system'), 1, true)
  end)

  it('is one in each cluster', function()
    local other = cluster {}
    local files = {
      ['clusters/b/flux-system/gotk-sync.yaml'] =
        other['clusters/a/flux-system/gotk-sync.yaml']:gsub('clusters/a', 'clusters/b'),
      ['clusters/a/kustomization.yaml'] = 'resources: [flux-system/gotk-sync.yaml, ../../base]\n',
      ['clusters/b/kustomization.yaml'] = 'resources: [flux-system/gotk-sync.yaml, ../../base]\n',
      ['base/kustomization.yaml'] = 'resources: [apps.yaml]\n', ['base/apps.yaml'] = kustomization('apps', './apps'),
      ['apps/x.yaml'] = config_map 'x',
    }
    local result = check(files, {
      { id = id('flux-system', 'clusters/a') }, { id = id('flux-system', 'clusters/b') },
      { id = id('apps', 'clusters/a'), objects = { 'ConfigMap//x' } },
      { id = id('apps', 'clusters/b'), objects = { 'ConfigMap//x' } },
    })
    assert.same({ 'clusters/a', 'clusters/b' }, result.clusters)
  end)

  it('may be one of a ring', function()
    check({
      ['one/y.yaml'] = kustomization('two', './two'), ['two/x.yaml'] = kustomization('one', './one'),
      ['clusters/a/README.md'] = '',
    }, { ROOT, { id = id 'two', objects = { 'Kustomization/flux-system/one' } },
      { id = id 'one', objects = { 'Kustomization/flux-system/two' } } })
  end)
end)

describe('what a Kustomization says beside', function()
  it('is order, cluster, suspension', function()
    check({
      ['clusters/a/x.yaml'] = kustomization('a', './apps', 'dependsOn: [{ name: b }], suspend: true') .. '---\n'
        .. kustomization('b', './apps', 'dependsOn: [{ name: a }, { name: c, namespace: d }]') .. '---\n'
        .. kustomization('remote', './apps', 'kubeConfig: { secretRef: { name: far } }'),
      ['apps/x.yaml'] = config_map 'x',
    }, {
      ROOT, { id = id 'a', suspended = true },
      { id = id 'b', problems = { 'missing-dependency', 'dependency-cycle' } },
      { id = id 'remote', cluster = 'in-cluster/flux-system/far' },
    })
  end)

  it('is a source that may be unknown', function()
    check({
      ['clusters/a/x.yaml'] = kustomization('other', './apps'):gsub('name: flux%-system }', 'name: other }')
        .. '---\n' .. git 'other':gsub('own/tree', 'an/other')
        .. '---\n' .. kustomization('oci', './'):gsub('GitRepository', 'OCIRepository')
        .. '---\n' .. kustomization('wrong', './apps'):gsub('prune: true', 'prune: {}'),
    }, {
      ROOT, { id = id 'other', problems = { 'not-checkable' },
        why = 'its repository https://git.example/an/other is not given: --repo https://git.example/an/other=DIR says which '
          .. 'checkout stands for it' },
      { id = id 'oci', problems = { 'not-checkable' }, why = 'the OCIRepository flux-system/flux-system is not in its cluster' },
      { id = id 'wrong', problems = { 'not-checkable' }, why = 'spec.prune is not of the type that the API wants' },
    })
  end)
end)

describe('a source that no file declares', function()
  local function named(name, path) return (kustomization('apps', path or './apps'):gsub('name: flux%-system }', name .. ' }')) end

  it('is a problem where it is named', function()
    local result = check({ ['clusters/a/x.yaml'] = named 'name: flux-systen', ['apps/x.yaml'] = config_map 'x' }, {
      ROOT, { id = id 'apps', objects = {}, problems = { 'not-checkable' }, why = 'no file of this tree declares the '
        .. 'GitRepository flux-system/flux-systen: Flux would apply nothing; did you mean flux-system?' } })
    local problem = result.by_id[id 'apps'].problems[1]
    assert.same({ 'clusters/a/x.yaml', 4 }, { problem.file, problem.line })
  end)

  it('may be declared in another namespace', function()
    local result = check({
      ['clusters/a/x.yaml'] = named 'name: flux-system, namespace: apps', ['apps/x.yaml'] = config_map 'x',
      ['clusters/a/y.yaml'] = named 'name: own':gsub('name: apps', 'name: other') .. '---\n'
        .. git 'own':gsub('namespace: flux%-system', 'namespace: sources'),
    }, { ROOT, { id = id 'apps', problems = { 'undeclared-source' } }, { id = id 'other', objects = {},
      problems = { 'not-checkable' } } })
    assert.matches('clusters/a/y.yaml declares it in the namespace sources', result.by_id[id 'other'].why, 1, true)
  end)

  it('is doubtful where flux bootstrap makes it, or all of the tree names it', function()
    local function other(name) return (named('name: made'):gsub('name: apps', 'name: ' .. name)) end
    local files = { ['x.yaml'] = other 'one' .. '---\n' .. other 'two', ['apps/x.yaml'] = config_map 'x' }
    local made = { { id = id 'one', objects = { 'ConfigMap//x' }, problems = { 'undeclared-source' } },
      { id = id 'two', objects = { 'ConfigMap//x' }, problems = { 'undeclared-source' } } }
    contract.entrypoints(plugin, { files = files, expect = made })
    files['x.yaml'] = kustomization('one', './apps')
    local result = contract.entrypoints(plugin, { files = files, expect = { made[1] } })
    assert.same({ 'warning', 'x.yaml', 4 }, { result.by_id[id 'one'].problems[1].severity,
      result.by_id[id 'one'].problems[1].file, result.by_id[id 'one'].problems[1].line })
    files['x.yaml'] = other 'one'
    contract.entrypoints(plugin, { files = files, expect = { { id = id 'one', objects = {}, problems = { 'not-checkable' } } } })
  end)
end)

describe('a source that no checkout can stand for', function()
  it('is not one to be given', function()
    check({ ['clusters/a/x.yaml'] = kustomization('oci', './'):gsub('kind: GitRepository', 'kind: OCIRepository') .. '---\n'
      .. git 'flux-system':gsub('GitRepository', 'OCIRepository'):gsub('https:', 'oci:') }, {
      ROOT, { id = id 'oci', problems = { 'not-checkable' },
        why = 'the OCIRepository flux-system is at oci://git.example/own/tree, which is not asked' } })
  end)
end)

describe('a field that Flux does not know', function()
  it('is said with the one that is like it', function()
    local result = check({ ['clusters/a/x.yaml'] = kustomization('apps', './apps', 'pth: ./other'), ['apps/x.yaml'] =
      config_map 'x' }, { ROOT, { id = id 'apps', objects = { 'ConfigMap//x' }, problems = { 'unknown-field' } } })
    assert.equal('unknown field spec.pth: did you mean path?', result.by_id[id 'apps'].problems[1].message)
  end)
end)

describe('a path that is not there', function()
  it('is said where it is written, with the one that is like it', function()
    local result = check({ ['clusters/a/x.yaml'] = kustomization('apps', './aps'), ['apps/x.yaml'] = config_map 'x' },
      { ROOT, { id = id 'apps', problems = { 'failed' } } })
    local problem = result.by_id[id 'apps'].problems[1]
    assert.same({ 'clusters/a/x.yaml', 4, "did you mean 'apps'?" }, { problem.file, problem.line, problem.hint })
  end)
end)

describe('a source', function()
  it('leaves out what its rules say', function()
    check({
      ['clusters/a/x.yaml'] = kustomization('apps', './apps'):gsub('name: flux%-system }', 'name: own }')
        .. '---\n' .. git('own', 'ignore: "/*\\n!/apps/\\n*.tmp.yaml\\n/apps/[a-c]?/\\n"'),
      ['apps/x.yaml'] = config_map 'x', ['apps/y.tmp.yaml'] = 'no manifest', ['apps/b1/y.yaml'] = 'a: [',
      ['apps/deep/z.yaml'] = config_map 'z',
    }, { ROOT, { id = id 'apps', objects = { 'ConfigMap//z', 'ConfigMap//x' } } })
  end)

  it('leaves out what the rules of its folders say', function()
    check({
      ['clusters/a/apps.yaml'] = kustomization('apps', './apps'), ['apps/x.yaml'] = config_map 'x',
      ['apps/.sourceignore'] = '# no rule\n\nno/**/[!x].yaml\n', ['apps/deep/.sourceignore'] = 'broken.yaml\n',
      ['apps/deep/broken.yaml'] = 'a: [', ['apps/deep/more/broken.yaml'] = 'a: [', ['apps/deep/z.yaml'] = config_map 'z',
      ['apps/no/.sourceignore'] = '*\n!/kept.yaml\n', ['apps/no/kept.yaml'] = config_map 'kept',
      ['apps/no/other.yaml'] = 'a: [',
      ['apps/yes/.sops.yaml'] = config_map 'usual',
    }, { ROOT, { id = id 'apps', objects = { 'ConfigMap//z', 'ConfigMap//kept', 'ConfigMap//x', 'ConfigMap//usual' } } })
  end)

  it('leaves out what is usual where nobody says', function()
    check({
      ['clusters/a/apps.yaml'] = kustomization('apps', './apps'), ['apps/.sops.yaml'] = 'creation_rules: []\n',
      ['apps/.github/x.yaml'] = 'a: [', ['apps/x.yaml'] = config_map 'x',
    }, { ROOT, { id = id 'apps', objects = { 'ConfigMap//x' } } })
  end)

  it('packs no links', function()
    contract.with_files(cluster {
      ['clusters/a/apps.yaml'] = kustomization('apps', './apps'), ['apps/x.yaml'] = config_map 'x',
      ['out.yaml'] = config_map 'out',
    }, function(dir)
      local fs = require 'fs'
      fs.symlink('../out.yaml', dir .. '/apps/link.yaml')
      local tree <close> = require 'ifx.repo.tree'.folder(dir)
      local result = require 'ifx.gitops'.walk(tree, { registry = plugin.registry })
      assert.equal(1, #result.by_id[id 'apps'].objects)
    end)
  end)

  it('holds what it includes', function()
    check({
      ['clusters/a/x.yaml'] = kustomization('apps', './all'):gsub('name: flux%-system }', 'name: own }') .. '---\n'
        .. git('own', 'include: [{ repository: { name: other }, fromPath: apps, toPath: all/there }]') .. '---\n'
        .. git('other', 'ignore: no.yaml'),
      ['apps/x.yaml'] = config_map 'x', ['apps/no.yaml'] = 'a: [', ['all/y.yaml'] = config_map 'y',
    }, { ROOT, { id = id 'apps', objects = { 'ConfigMap//x', 'ConfigMap//y' } } })
  end)

  it('is not known when it includes what is not', function()
    check({
      ['clusters/a/x.yaml'] = kustomization('apps', './apps'):gsub('name: flux%-system }', 'name: own }') .. '---\n'
        .. git('own', 'include: [{ repository: { name: none } }]'),
      ['apps/x.yaml'] = config_map 'x',
    }, { ROOT, { id = id 'apps', objects = {}, problems = { 'failed' } } })
  end)
end)

describe('a HelmRelease', function()
  local RELEASE = 'HelmRelease.helm.toolkit.fluxcd.io'

  local function release(name, spec)
    return ('apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: %s, namespace: web }\n'
      .. 'spec: { %s }\n'):format(name, spec)
  end

  local FILES = {
    ['charts/c/Chart.yaml'] = 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
    ['charts/c/values.yaml'] = 'a: 1\nb: { c: 2, d: 3 }\n',
    ['charts/c/templates/x.yaml'] = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }} }\n'
      .. 'data: { v: "{{ .Values.a }}{{ .Values.b.c }}{{ .Values.b.d }}{{ .Values.e }}", n: "{{ .Release.Namespace }}" }\n',
    ['charts/more.yaml'] = 'b: { c: 5 }\n',
    ['apps/kustomization.yaml'] = 'resources: [x.yaml]\n',
    ['apps/x.yaml'] = release('own', [=[targetNamespace: t, dependsOn: [{ name: far }], values: { e: v },
  commonMetadata: { labels: { l: m } },
  valuesFrom: [{ kind: ConfigMap, name: v }, { kind: Secret, name: none, optional: true },
    { kind: ConfigMap, name: v, valuesKey: one, targetPath: b.d }],
  chart: { spec: { chart: ./charts/c, valuesFiles: [charts/more.yaml],
    sourceRef: { kind: GitRepository, name: flux-system, namespace: flux-system } } },
  postRenderers: [{ kustomize: { patches: [
    { patch: '[{"op": "add", "path": "/data/p", "value": "q"}]', target: { kind: ConfigMap } }] } }]]=])
      .. '---\n' .. release('far', 'chart: { spec: { chart: far, sourceRef: { kind: HelmRepository, name: r } } }')
      .. '---\n' .. 'apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: { name: r, namespace: web }\n'
      .. 'spec: { url: "https://charts.example/x" }\n---\n'
      .. config_map('v', 'values.yaml: "a: 4", one: "7"', 'namespace: web'),
    ['clusters/a/apps.yaml'] = kustomization('apps', './apps'),
  }

  local function of(name) return ('in-cluster:%s/web/%s'):format(RELEASE, name) end

  local function checked(helm, own)
    own.id = of 'own'
    return contract.entrypoints(plugin, { files = cluster(FILES), helm = helm, expect = {
      ROOT, { id = id 'apps' }, own,
      { id = of 'far', objects = {}, opaque = 'the HelmRepository r is at https://charts.example/x, which is not asked' } } })
  end

  it('is opaque when its chart or helm is not there', function()
    local result = checked(false, { objects = {}, opaque = 'the chart ./charts/c is rendered by the program helm: '
      .. '--enable-helm allows it' })
    assert.equal('t', result.by_id[of 'own'].default_namespace)
    assert.same({ id 'apps' }, result.by_id[of 'own'].parents)
  end)

  it('is what helm renders', function()
    if not require 'proc'.find 'helm' then return pending 'helm is not on PATH' end
    local result = checked(true, { objects = { 'ConfigMap//t-own' } })
    local object = result.by_id[of 'own'].objects[1]
    assert.equal('apiVersion: v1\ndata:\n  "n": t\n  p: q\n  v: 457v\nkind: ConfigMap\n'
      .. 'metadata:\n  labels:\n    l: m\n  name: t-own\n', node.print(object.node))
  end)
end)
