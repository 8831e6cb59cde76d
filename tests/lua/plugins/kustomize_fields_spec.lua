-- kustomize_fields_spec.lua: transformers that look at fields, references, variables. SPDX-License-Identifier: Apache-2.0
local build = require 'tests.lua.support.build'
local err = require 'err'

local WEB = [[
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: nginx:1, envFrom: [{configMapRef: {name: conf}}]}]
]]
local CONF = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\n'

local function texts(kustomization, objects)
  return { ['kustomization.yaml'] = 'resources: [all.yaml]\n' .. kustomization, ['all.yaml'] = objects }
end

local function built(kustomization, objects) return (build(texts(kustomization, objects))) end

local function has(text, ...)
  for _, line in ipairs { ... } do assert.is_truthy(text:find(line, 1, true), ('no %s in\n%s'):format(line, text)) end
end

local function has_not(text, line) assert.is_nil(text:find(line, 1, true), text) end

local function refused(kind, message, kustomization, objects)
  local ok, e = pcall(built, kustomization, objects)
  assert.is_false(ok)
  while err.is(e) and e.cause do e = e.cause end
  assert.is_true(err.is(e, kind), tostring(e))
  assert.is_truthy(e.message:find(message, 1, true), tostring(e))
  return e
end

describe('a namespace', function()
  it('is given to all but what certainly has none', function()
    local text = built('namespace: ns\n', WEB .. '---\n' .. [[
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: role}
---
apiVersion: v1
kind: Namespace
metadata: {name: old}
---
apiVersion: example.org/v1
kind: Namespace
metadata: {name: other}
]])
    assert.equal(2, select(2, text:gsub('\n  namespace: ns\n', '')))
    has(text, 'kind: Namespace\nmetadata:\n  name: ns\n', 'name: other')
  end)

  it('is given to subjects called default', function()
    local binding = [[
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b}
subjects: [{kind: ServiceAccount, name: default, namespace: x}, {kind: ServiceAccount, name: other, namespace: x}]
]]
    has(built('namespace: ns\n', binding), 'name: default\n  namespace: ns\n', 'name: other\n  namespace: x\n')
    refused('config', 'a subject is a map', 'namespace: ns\n', (binding:gsub('subjects:.*', 'subjects: 5\n')))
    refused('config', 'the name of a subject is no text', 'namespace: ns\n', (binding:gsub('name: other', 'name: {a: b}')))
    refused('config', 'a subject that is no map', '', (binding:gsub('x}%]', 'x}, null]')))
  end)

  it('is refused where a field spec leads to no scalar, which is shown', function()
    local transformer = 'apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: t, namespace: ns}\nunsetOnly: true\n'
      .. 'fieldSpecs: [{path: spec}]\n'
    local files = texts('transformers: [t.yaml]\n',
      'apiVersion: e.org/v1\nkind: Own\nmetadata: {name: o}\nspec: {a: "1", b: []}\n')
    files['t.yaml'] = transformer
    local ok, e = pcall(build, files)
    assert.is_false(ok)
    while err.is(e) and e.cause do e = e.cause end
    has(e.message, "namespace field specs must target scalar nodes: considering field 'spec' of object Own.v1.e.org/o.ns: "
      .. 'wrong node kind: expected ScalarNode but got MappingNode: node contents:\na: "1"\nb: []\n')
  end)

  it('must not make two objects one', function()
    local e = refused('conflict', 'namespace transformation produces ID conflict: ConfigMap.v1.[noGrp]/conf.ns',
      'namespace: ns\n', CONF .. '---\n' .. CONF:gsub('}', ', namespace: b}'))
    assert.equal('all.yaml', e.file)
    assert.is_truthy(e.hint:find('rename one', 1, true))
  end)
end)

describe('prefixes and suffixes', function()
  it('are taken by names, and by what refers to them', function()
    local text = built('namePrefix: p-\nnameSuffix: -s\n', WEB .. '---\n' .. CONF)
    has(text, 'name: p-web-s', 'name: p-conf-s', 'configMapRef:\n            name: p-conf-s\n')
  end)

  it('leave definitions, API services and namespaces alone', function()
    has(built('namePrefix: p-\n', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: nn}\n---\n'
      .. 'apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: a}\n'), '  name: nn\n', '  name: a\n')
  end)

  it('keep what kind of scalar a name is', function()
    has(built("namePrefix: '5'\n", (CONF:gsub('conf', '7'))), '  name: 57\n')
    has(built("namePrefix: '5'\n", (CONF:gsub('conf', '"7"'))), '  name: "57"\n')
    has(built('namePrefix: tr\n', (CONF:gsub('conf', 'ue'))), '  name: true\n')
    has(built('namePrefix: tr\n', (CONF:gsub('conf', '"ue"'))), '  name: "true"\n')
  end)
end)

describe('labels and annotations', function()
  it('stand in selectors and templates where asked', function()
    local text = built('labels: [{pairs: {a: b}}]\n', WEB)
    has(text, 'metadata:\n  labels:\n    a: b\n')
    has_not(text, 'matchLabels')
    has(built('labels: [{pairs: {a: b}, includeSelectors: true}]\n', WEB), 'matchLabels:\n      a: b\n',
      'labels:\n        a: b\n        app: web\n')
    has(built('labels: [{pairs: {a: b}, fields: [{path: spec/x, create: true}]}]\n', WEB), '  x:\n    a: b\n')
    has(built('commonAnnotations: {a: b}\n', WEB), '  annotations:\n    a: b\n', '      annotations:\n        a: b\n')
  end)

  it('say where they cannot stand', function()
    local e = refused('config', "considering field 'spec/x' of object Deployment.v1.apps/web.[noNs]: wrong node kind: "
      .. 'expected MappingNode but got ScalarNode', 'labels: [{pairs: {a: b}, fields: [{path: spec/x}]}]\n', WEB .. '  x: 1\n')
    assert.equal('all.yaml', e.file)
    assert.equal(10, e.line)
  end)

  it('have names that are texts without quotes too, as kustomize writes those that it adds', function()
    for _, name in ipairs { 'true', '~', '""', '0x1F', '1_0', '2020-01-01' } do
      refused('config', 'a new key that is no text', ("commonAnnotations: {'%s': x}\n"):format(name:gsub('"', '')), CONF)
    end
    has(built('commonAnnotations: {"yes": x, a b: b, "2020-01-01T00:00:00Z": z}\n', CONF), '"yes": x', 'a b: b', '00Z": z')
    has(built('labels: [{pairs: {"1": b}}]\n', CONF:gsub('conf}', 'conf, labels: {"1": a}}')), '"1": b')
  end)

  it('are read as YAML 1.1 has it, names too', function()
    refused('config', 'a new key that is no text', 'commonAnnotations: {no: x}\n', CONF) -- false
  end)

  it('that were put into several places are one: what changes one later changes all', function()
    local service = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\n'
    local base = { ['b/kustomization.yaml'] = 'resources: [all.yaml]\ncommonLabels: {app: a}\n', ['b/all.yaml'] = service }
    local function selector(overlay, objects)
      base['kustomization.yaml'], base['b/all.yaml'] = 'resources: [b]\n' .. overlay, objects or service
      return (build(base)):match 'selector:%s+app: (%S+)'
    end
    local patched = 'apiVersion: v1, kind: Service, metadata: {name: web, labels: '
    assert.equal('z', selector 'labels: [{pairs: {app: z}}]\n')
    assert.equal('z', selector(('patches: [{patch: "{%s{app: z}}}"}]\n'):format(patched)))
    assert.equal('web', selector('replacements: [{source: {kind: Service}, targets: [{select: {kind: Service},'
      .. ' fieldPaths: [metadata.labels.app]}]}]\n'))
    assert.equal('z', selector(('patches: [{patch: "{%s{b: c}}}"}]\nlabels: [{pairs: {app: z}}]\n'):format(patched)))
    -- What was there is not one with what is put beside it, and a JSON patch makes copies.
    assert.equal('a', selector('labels: [{pairs: {app: z}}]\n', service .. 'spec: {selector: {app: x}}\n'))
    base['c/kustomization.yaml'] = 'resources: [../b]\npatches:\n- target: {name: web}\n'
      .. '  patch: \'[{"op": "add", "path": "/metadata/labels/b", "value": "c"}]\'\n'
    base['kustomization.yaml'], base['b/all.yaml'] = 'resources: [c]\nlabels: [{pairs: {app: z}}]\n', service
    assert.equal('a', (build(base)):match 'selector:%s+app: (%S+)')
  end)
end)

describe('replicas', function()
  it('are set by name', function()
    has(built('replicas: [{name: web, count: 5}]\n', WEB), 'replicas: 5\n')
    refused('not_found', 'resource with name api does not match a config with the following GVK [Deployment.[noVer].[noGrp] ',
      'replicas: [{name: api, count: 5}]\n', WEB)
  end)

  it('stay in quotes that a JSON patch made necessary', function()
    local function after(value)
      local patch = ('- {op: replace, path: /spec/replicas, value: \'%s\'}'):format(value)
      return built(('patches: [{target: {name: web}, patch: "%s"}]\n'):format(patch)
        .. 'replicas: [{name: web, count: 5}]\n', WEB):match 'replicas: ([^\n]*)'
    end
    assert.equal('"5"', after '%')
    assert.equal('"5"', after 'a: b')
    assert.equal('"5"', after '3')
    assert.equal('5', after 'abc')
  end)
end)

describe('images', function()
  local function image(entry, from)
    return built(('images: [{%s}]\n'):format(entry), (WEB:gsub('nginx:1', '"' .. from .. '"'))):match 'image: ([^\n]*)'
  end

  it('get other names, tags and digests', function()
    assert.equal('nginx:2', image('name: nginx, newTag: "2"', 'nginx:1'))
    assert.equal('nginx:2', image('name: nginx, newTag: "2"', 'nginx@sha256:aa'))
    assert.equal('nginx@sha256:bb', image('name: nginx, digest: "sha256:bb"', 'nginx:1'))
    assert.equal('nginx:2@sha256:bb', image('name: nginx, newTag: "2", digest: "sha256:bb"', 'nginx:1'))
    assert.equal('r:5/a:1@sha256:aa', image('name: nginx, newName: "r:5/a"', 'nginx:1@sha256:aa'))
    assert.equal('r:5/a:2', image('name: "r:5/a", newTag: "2"', 'r:5/a'))
    assert.equal('nginx:1', image('name: ngin, newTag: "2"', 'nginx:1'))
  end)

  it('are named by an expression, and those of containers twice', function()
    assert.equal('x/nginx:2', image('name: ".*/nginx", newTag: "2"', 'x/nginx:1'))
    assert.equal('nginx:1-s-s', image('name: nginx, tagSuffix: -s', 'nginx:1'))
    local e = refused('config', 'images: the name a( is no regular expression', 'images: [{name: "a(", newTag: "2"}]\n', WEB)
    assert.is_truthy(e.hint)
  end)

  it('are found in containers at any depth, but not in definitions', function()
    local own = 'apiVersion: e.org/v1\nkind: Own\nmetadata: {name: o}\na: [{b: {initContainers: [{image: nginx}, {x: 1}]}}]\n'
    has(built('images: [{name: nginx, newTag: "2"}]\n', own), 'image: nginx:2\n')
    has(built('images: [{name: nginx, newTag: "2"}]\n', (own:gsub('Own', 'CustomResourceDefinition'))), 'image: nginx\n')
    has(built('images: [{name: nginx, newTag: "2"}]\n', (WEB:gsub('containers: %b[]', 'containers: null'))), 'containers: []\n')
  end)
end)

describe('references', function()
  local BASES = { ['kustomization.yaml'] = 'resources: [a, b]\n',
    ['a/kustomization.yaml'] = 'namePrefix: a-\nresources: [all.yaml]\n', ['a/all.yaml'] = WEB .. '---\n' .. CONF,
    ['b/kustomization.yaml'] = 'namePrefix: b-\nresources: [all.yaml]\n', ['b/all.yaml'] = WEB .. '---\n' .. CONF }

  it('mean the object of their own base', function()
    local text = build(BASES)
    assert.equal('a-conf', text:match 'name: a%-web.-configMapRef:%s+name: (%S+)')
    assert.equal('b-conf', text:match 'name: b%-web.-configMapRef:%s+name: (%S+)')
  end)

  it('are found by the whole kind, and in fields of any kind that a configuration names', function()
    local config = 'nameReference: [{kind: ConfigMap, fieldSpecs: [{path: spec/conf}, {kind: Tool, path: spec/more}]}]\n'
    local objects = CONF .. WEB:gsub('^', '---\n') .. [[
---
apiVersion: example.org/v1
kind: Tool
metadata: {name: tool}
spec: {conf: conf, more: conf, template: {spec: {volumes: [{configMap: {name: conf}}]}}}
---
apiVersion: example.org/v1
kind: "Deployment|"
metadata: {name: like}
spec: {conf: conf, more: conf, template: {spec: {volumes: [{configMap: {name: conf}}]}}}
]]
    local text = build { ['kustomization.yaml'] = 'resources: [all.yaml]\nnamePrefix: a-\nconfigurations: [c.yaml]\n',
      ['all.yaml'] = objects, ['c.yaml'] = config }
    has(text, 'configMapRef:\n            name: a-conf\n', 'conf: a-conf\n  more: a-conf\n', 'conf: a-conf\n  more: conf\n')
    assert.equal(2, select(2, text:gsub('configMap:\n          name: conf\n', '')))
    local plain = built('namePrefix: a-\n', objects)
    has(plain, 'configMapRef:\n            name: a-conf\n')
    assert.equal(2, select(2, plain:gsub('conf: conf\n  more: conf\n', '')))
  end)

  it('are refused when they could mean several', function()
    local files = {}
    for name, text in pairs(BASES) do files[name] = text end
    files['kustomization.yaml'] = 'namePrefix: x-\nresources: [a, b]\n'
    files['a/kustomization.yaml'] = 'resources: [all.yaml]\n'
    files['a/all.yaml'] = CONF
    local ok, e = pcall(build, files)
    assert.is_false(ok)
    while err.is(e) and e.cause do e = e.cause end
    assert.is_true(err.is(e, 'conflict'))
    has(e.message, 'found multiple possible referrals: ConfigMap.v1.[noGrp]/x-conf.[noNs], ConfigMap.v1.[noGrp]/x-b-conf.[noNs]',
      "updating name reference in 'spec/template/spec/containers/envFrom/configMapRef/name' field of "
      .. "'Deployment.v1.apps/x-b-web.[noNs]'")
    assert.equal('b/all.yaml', e.file)
  end)

  it('carry the namespace of accounts that a binding names', function()
    local text = built('namespace: ns\n', [[
apiVersion: v1
kind: ServiceAccount
metadata: {name: sa}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}
subjects: [{kind: ServiceAccount, name: sa, namespace: default}, {kind: ServiceAccount, name: none, namespace: x}]
]])
    has(text, 'name: sa\n  namespace: ns\n', 'name: none\n  namespace: x\n')
  end)

  it('say which field holds no name', function()
    refused('config', "updating name reference in 'subjects' field of 'RoleBinding.v1.rbac.authorization.k8s.io/b.[noNs]': "
      .. "path config error; no 'name' field in node", '',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\nsubjects: [{kind: User}]\n')
    refused('config', 'Invalid Input: namespace is blank for resource "RoleBinding.v1.rbac.authorization.k8s.io/b.[noNs]"', '',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\n'
      .. 'subjects: [{kind: ServiceAccount, name: a, namespace: 5}]\n')
    refused('config', 'expected sequence or mapping node', '', 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: 5\n')
  end)
end)

describe('variables', function()
  local function var(name, path)
    return ('{name: %s, objref: {apiVersion: apps/v1, kind: Deployment, name: web}%s}'):format(name,
      path and (', fieldref: {fieldPath: "%s"}'):format(path) or '')
  end

  -- What an argument of a container becomes.
  local function expanded(vars, argument)
    local pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{args: [%q]}]}\n'
    local text = built(('namePrefix: x-\nvars: [%s]\n'):format(vars), WEB .. '---\n' .. pod:format(argument))
    return text:match 'args:%s+%- ([^\n]*)'
  end

  it('stand for fields as they are in the end', function()
    local name = var 'A'
    assert.equal('x-web', expanded(name, '$(A)'))
    assert.equal('a-x-web-x-web', expanded(name, 'a-$(A)-$(A)'))
    assert.equal('$(A) $(B) $(A $', expanded(name, '$$(A) $(B) $(A $'))
    assert.equal('1', expanded(var('A', 'spec.replicas'), '$(A)'))
    assert.equal('n=1', expanded(var('A', 'spec.replicas'), 'n=$(A)'))
    assert.equal('nginx:1', expanded(var('A', 'spec.template.spec.containers[0].image'), '$(A)'))
    assert.equal('nginx:1', expanded(var('A', 'spec.template.spec.containers.[name=web].image'), '$(A)'))
    assert.equal('$(A)', expanded(var('A', 'spec'), '$(A)'))
  end)

  it('keep their type where nobody quoted the field', function()
    local pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n'
      .. 'spec: {containers: [{name: c, env: [{name: a, value: $(A)}, {name: b, value: $(B)}]}]}\n'
    local text = built('configMapGenerator: [{name: p, literals: [A=true, B=]}]\nvars:\n'
      .. '- {name: A, objref: {apiVersion: v1, kind: ConfigMap, name: p}, fieldref: {fieldPath: data.A}}\n'
      .. '- {name: B, objref: {apiVersion: v1, kind: ConfigMap, name: p}, fieldref: {fieldPath: data.B}}\n', pod)
    has(text, '- name: a\n      value: "true"\n', '- name: b\n      value: ""\n')
  end)

  it('warn when nobody uses them', function()
    local _, warnings = build(texts(('vars: [%s]\n'):format(var 'A'), WEB))
    assert.equal('well-defined vars that were never replaced: A', warnings[#warnings])
  end)

  it('are refused with their place', function()
    local e = refused('not_found', 'not found in corresponding resource', ('vars:\n- %s\n'):format(var('A', 'spec.none')), WEB)
    assert.same({ 'kustomization.yaml', 3 }, { e.file, e.line })
    refused('conflict', "var 'A' already encountered", ('vars: [%s, %s]\n'):format(var 'A', var 'A'), WEB)
    refused('not_found', 'cannot be mapped to a field', ('vars: [%s]\n'):format(var 'A'), CONF)
    refused('conflict', 'unable to disambiguate', ('vars: [%s]\n'):format(var 'A'),
      WEB .. '---\n' .. WEB:gsub('name: web}', 'name: web, namespace: b}', 1))
    refused('config', 'expect a string', ('vars: [%s]\n'):format(var 'A'),
      WEB .. '---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{args: [1]}]}\n')
  end)

  it('are refused where those of labels contradict those that are there', function()
    refused('conflict', 'failed to merge labels: conflicting fieldspecs', 'labels: [{pairs: {a: b}, includeTemplates: false, '
      .. 'fields: [{path: metadata/labels, create: false}]}]\n', 'kind: Own\nmetadata: {name: a}\n')
  end)
end)
