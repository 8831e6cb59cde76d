-- applicationset_spec.lua: the Applications that ApplicationSets make. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local node = require 'node'

local plugin = contract.plugin()

local URL = 'https://git.example/own/tree'

local function id(kind, name) return ('in-cluster:%s.argoproj.io/argocd/%s'):format(kind, name) end

local TEMPLATE = [[
  template:
    metadata: { name: '{{name}}', labels: { 'k-{{name}}': 'x' } }
    spec:
      project: default
      source: { repoURL: https://git.example/own/tree, path: 'apps/{{name}}' }
      destination: { server: https://kubernetes.default.svc, namespace: '{{namespace}}' }
]]

-- An ApplicationSet with these generators; `template` in place of the usual one.
local function set(generators, template, rest)
  return ('apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: { name: set, namespace: argocd }\nspec:\n'
    .. '%s  generators: %s\n%s'):format(rest and '  ' .. rest .. '\n' or '', generators, template or TEMPLATE)
end

local function go(template)
  return (template or TEMPLATE):gsub('{{(%w+)}}', '{{ .%1 }}')
end

local function config_map(name) return ('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s }\n'):format(name) end

-- Its folder is there, so the repository is this tree.
local OWN = 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: own, namespace: argocd }\nspec:\n'
  .. '  destination: { name: in-cluster, namespace: n }\n  source: { repoURL: "' .. URL .. '", path: apps/a }\n'

local APPS = { ['argo/own.yaml'] = OWN,
  ['apps/a/x.yaml'] = config_map 'xa', ['apps/b/x.yaml'] = config_map 'xb', ['apps/.hidden/x.yaml'] = config_map 'h' }

local function with(text, more)
  local files = { ['argo/set.yaml'] = text }
  for _, from in ipairs { APPS, more or {} } do
    for path, content in pairs(from) do files[path] = content end
  end
  return files
end

-- The set makes the Applications of these names.
local function check(files, names, own)
  local expect = { { id = id('Application', 'own') }, own or {} }
  expect[2].id = id('ApplicationSet', 'set')
  expect[2].objects = {}
  for i, name in ipairs(names) do
    expect[2].objects[i] = 'Application/argocd/' .. name
    expect[i + 2] = { id = id('Application', name) }
  end
  local result = contract.entrypoints(plugin, { files = files, expect = expect })
  return function(name) return result.by_id[id('Application', name)] end, result
end

local function words(entry)
  local out = {}
  for i, object in ipairs(entry.objects) do
    out[i] = ('%s/%s'):format(object.node:get('metadata', 'namespace') or '', object.node:get('metadata', 'name'))
  end
  return out
end

local LIST = '[{ list: { elements: [{ name: a, namespace: one }, { name: b, namespace: two }] } }]'

describe('a list', function()
  it('makes Applications, which render', function()
    local of, result = check(with(set(LIST)), { 'a', 'b' })
    assert.same({ 'one/xa' }, words(of 'a'))
    assert.same({ 'two/xb' }, words(of 'b'))
    local made = result.by_id[id('ApplicationSet', 'set')].objects[1]
    assert.equal('argo/set.yaml', made.file)
    assert.equal([[
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  finalizers:
  - resources-finalizer.argocd.argoproj.io
  labels:
    k-a: x
  name: a
  namespace: argocd
spec:
  destination:
    namespace: one
    server: https://kubernetes.default.svc
  project: default
  source:
    path: apps/a
    repoURL: https://git.example/own/tree
]], node.print(made.node))
    assert.same({ id('ApplicationSet', 'set') }, of 'a'.parents)
  end)

  it('is taken apart by a selector, and given a template of its own', function()
    check(with(set('[{ selector: { matchLabels: { name: b } }, ' .. LIST:sub(3))), { 'b' })
    check(with(set('[{ selector: { matchExpressions: [{ key: namespace, operator: NotIn, values: [two] }] }, ' .. LIST:sub(3))),
      { 'a' })
    local own = LIST:gsub('}%] } }%]$', '}], template: { metadata: { name: "own-{{name}}" } } } }]')
    check(with(set(own)), { 'own-a', 'own-b' })
  end)

  it('may hold no names twice', function()
    check(with(set('[{ list: { elements: [{ name: a }, { name: a }, { name: b }] } }]')), { 'b' }, { problems = { 'repeated' } })
  end)

  it('keeps the parameters that nobody gives, and texts alone', function()
    local of = check(with(set('[{ list: { elements: [{ name: a }] } }]')), { 'a' })
    assert.same({ '{{namespace}}/xa' }, words(of 'a'))
    check(with(set('[{ list: { elements: [{ name: a, n: 1 }] } }]')), {}, { problems = { 'failed' } })
  end)
end)

describe('folders of a repository', function()
  local TEMPLATE_OF_PATH = TEMPLATE:gsub('apps/{{name}}', '{{path}}'):gsub('{{name}}', '{{path.basename}}-{{path[0]}}')
    :gsub('{{namespace}}', '{{values.ns}}')
  local GIT = '[{ git: { repoURL: ' .. URL .. ', revision: HEAD, directories: [{ path: apps/* }%s], '
    .. 'values: { ns: "n-{{path.basename}}" } } }]'

  it('are those that globs take', function()
    local of = check(with(set(GIT:format '', TEMPLATE_OF_PATH)), { 'a-apps', 'b-apps' })
    assert.same({ 'n-a/xa' }, words(of 'a-apps'))
    check(with(set(GIT:format ', { path: apps/a, exclude: true }', TEMPLATE_OF_PATH)), { 'b-apps' })
  end)

  it('have their names for Go templates, too', function()
    local template = TEMPLATE:gsub('apps/{{name}}', '{{ .path.path }}'):gsub('{{name}}',
      '{{ index .path.segments 1 }}-{{ .path.basenameNormalized }}'):gsub('{{namespace}}', '{{ .values.ns }}')
    local of = check(with(set(GIT:format '':gsub('{{path', '{{.path'), template, 'goTemplate: true')), { 'a-a', 'b-b' })
    assert.same({ 'n-b/xb' }, words(of 'b-b'))
  end)

  it('are not known of other repositories', function()
    local other = 'https://git.example/other/tree'
    local why = ('its repository %s is not given: --repo %s=DIR says which checkout stands for it'):format(other, other)
    local generators = GIT:format '':gsub(URL, other, 1):gsub('apps/', 'none/')
    check(with(set(generators, TEMPLATE_OF_PATH)), {}, { opaque = why })
  end)
end)

describe('files of a repository', function()
  local FILES = {
    ['envs/dev/config.yaml'] = 'name: a\ncluster: { size: 3, zones: [u, w] }\n',
    ['envs/prod/config.json'] = '[{"name": "b", "cluster": {"size": 1000000}}]',
  }
  local GIT = '[{ git: { repoURL: ' .. URL .. ', files: [{ path: "envs/**/config.*" }] } }]'

  it('give what is in them, flat or as it is', function()
    local flat = TEMPLATE:gsub('{{namespace}}', '{{cluster.size}}-{{cluster.zones.1}}-{{path.basename}}-{{path.filename}}')
    local of = check(with(set(GIT, flat), FILES), { 'a', 'b' })
    assert.same({ '3-w-dev-config.yaml/xa' }, words(of 'a'))
    assert.same({ '1e+06-{{cluster.zones.1}}-prod-config.json/xb' }, words(of 'b'))
    local deep = go():gsub('{{ .namespace }}', '{{ .cluster.size }}-{{ index .cluster.zones 1 | upper }}-{{ .path.filename }}')
    of = check(with(set(GIT:gsub('config.%*', 'config.yaml'), deep, 'goTemplate: true'), FILES), { 'a' })
    assert.same({ '3-W-config.yaml/xa' }, words(of 'a'))
  end)

  it('must be maps', function()
    check(with(set(GIT), { ['envs/x/config.yaml'] = '[1, 2]\n' }), {}, { problems = { 'failed' } })
  end)
end)

local function cluster(name, labels, rest)
  return ('apiVersion: v1\nkind: Secret\nmetadata:\n  name: %s-secret\n  namespace: argocd\n'
    .. '  labels: { argocd.argoproj.io/secret-type: cluster%s }\n  annotations: { note: hello }\n'
    .. 'stringData: { name: %s, server: "https://%s.example"%s }\n'):format(name, labels, name, name, rest or '')
end

describe('clusters', function()
  local SECRETS = { ['clusters/one.yaml'] = cluster('one', ', env: dev'), ['clusters/two.yaml'] = cluster('two', ', env: prod') }
  local template = TEMPLATE:gsub('apps/{{name}}', 'apps/a'):gsub('server: [^,]*', "server: '{{server}}'")
    :gsub('{{namespace}}', '{{metadata.labels.env}}')

  it('are those of Secrets, and the own', function()
    local of, result = check(with(set('[{ clusters: {} }]', template), SECRETS), { 'one', 'two', 'in-cluster' })
    assert.equal('in-cluster/one', of 'one'.cluster)
    assert.equal('in-cluster', of 'in-cluster'.cluster)
    assert.same({ 'prod/xa' }, words(of 'two'))
    assert.same({ 'in-cluster', 'in-cluster/one', 'in-cluster/two' }, result.clusters)
  end)

  it('are chosen by labels', function()
    check(with(set('[{ clusters: { selector: { matchLabels: { env: prod } } } }]', template), SECRETS), { 'two' })
    check(with(set('[{ clusters: { selector: { matchExpressions: [{ key: env, operator: Exists }] } } }]', template), SECRETS),
      { 'one', 'two' })
  end)

  it('have labels and annotations for Go templates', function()
    local of = check(with(set('[{ clusters: { selector: { matchLabels: { env: dev } } } }]', (go(template):gsub(
      '{{metadata.labels.env}}', '{{ .metadata.annotations.note }}{{ index .metadata.labels "none" | default "d" }}')),
      'goTemplate: true'), SECRETS), { 'one' })
    assert.same({ 'hellod/xa' }, words(of 'one'))
  end)

  it('may be globs that find nothing', function()
    local _, result = check(with(set(('[{ git: { repoURL: "%s", revision: HEAD, directories: [{ path: "apps/a/*" }] } }]'):format(
      URL))), {})
    assert.same({ 'a git generator finds nothing: apps/a/*' }, result.by_id[id('ApplicationSet', 'set')].warnings)
  end)

  it('may be encrypted, or in no file', function()
    check(with(set('[{ clusters: {} }]', template), { ['clusters/one.yaml'] = cluster('one', '') .. 'sops: { mac: x }\n' }), {},
      { opaque = 'the Secret one-secret of a cluster is encrypted' })
    local _, result = check(with(set('[{ clusters: {} }]', template)), { 'in-cluster' })
    assert.same({ 'no file of the tree declares the Secret of a cluster: clusters may be there that are not known here' },
      result.by_id[id('ApplicationSet', 'set')].warnings)
  end)
end)

describe('generators of generators', function()
  it('are multiplied', function()
    local template = TEMPLATE:gsub("name: '{{name}}'", "name: '{{name}}-{{env}}'")
    check(with(set('[{ matrix: { generators: [{ list: { elements: [{ name: a, namespace: n }, { name: b, namespace: n }] } }, '
      .. '{ list: { elements: [{ env: dev }, { env: prod }] } }] } }]', template)), { 'a-dev', 'a-prod', 'b-dev', 'b-prod' })
  end)

  it('may speak of each other', function()
    local files = { ['envs/a.yaml'] = 'x: yes\n', ['envs/b.yaml'] = 'x: yes\n' }
    local text = set('[{ matrix: { generators: [{ list: { elements: [{ name: a, namespace: n }] } }, '
      .. '{ git: { repoURL: ' .. URL .. ', files: [{ path: "envs/{{name}}.yaml" }] } }] } }]')
    check(with(text, files), { 'a' })
    check(with(set('[{ matrix: { generators: [{ list: { elements: [{ name: a, more: [{ namespace: n }] }] } }, '
      .. '{ list: { elementsYaml: "{{ .more | toJson }}" } }] } }]', go(), 'goTemplate: true')), { 'a' })
  end)

  it('are merged', function()
    local of = check(with(set('[{ merge: { mergeKeys: [name], generators: [' .. LIST:sub(2, -2)
      .. ', { list: { elements: [{ name: b, namespace: other }, { name: c, namespace: no }] } }] } }]')), { 'a', 'b' })
    assert.same({ 'other/xb' }, words(of 'b'))
    check(with(set('[{ merge: { mergeKeys: [none], generators: [' .. LIST:sub(2, -2) .. ', ' .. LIST:sub(2, -2) .. '] } }]')), {},
      { problems = { 'failed' } })
  end)

  it('are not asked for what others know', function()
    check(with(set '[{ pullRequest: { github: { owner: a, repo: b } } }]'), {},
      { opaque = 'the generator pullRequest asks a host of repositories, and nothing is asked here' })
  end)
end)

describe('a patch of the template', function()
  it('is merged, and leaves the project', function()
    local _, result = check(with(set('[{ list: { elements: [{ name: a, namespace: n }] } }]', go(), [[goTemplate: true
  templatePatch: |
    metadata: { finalizers: [own] }
    spec:
      project: other
      {{- if eq .name "a" }}
      syncPolicy: { automated: { prune: true } }
      {{- end }}]])), { 'a' })
    local made = result.by_id[id('ApplicationSet', 'set')].objects[1].node
    assert.equal('true', made:get('spec', 'syncPolicy', 'automated', 'prune'))
    assert.equal('default', made:get('spec', 'project'))
    assert.equal(2, #made:get('metadata', 'finalizers'))
  end)
end)

describe('a Go template', function()
  local function templated(text)
    return with(set('[{ list: { elements: [{ name: a }] } }]', (go():gsub('{{ .namespace }}', text)),
      'goTemplate: true\n  goTemplateOptions: [missingkey=error]'))
  end

  it('is refused where a key is missing', function()
    check(templated '{{ .namespace }}', {}, { problems = { 'failed' } })
  end)

  it('is opaque where it is not followed', function()
    check(templated '{{ semver "1.2.3" }}', {}, { opaque = 'the function semver of a template is not followed here' })
  end)
end)
