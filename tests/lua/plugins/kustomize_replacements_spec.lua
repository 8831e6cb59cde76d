-- kustomize_replacements_spec.lua: values written into other objects; added field specs. SPDX-License-Identifier: Apache-2.0
local build = require 'tests.lua.support.build'
local err = require 'err'

local OBJECTS = [[
apiVersion: v1
kind: ConfigMap
metadata: {name: src, labels: {app: src}}
data: {port: "80", host: a.b.c, empty: ""}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec: {replicas: 5, host: x.y.z, list: [{name: one, v: 1}, {name: two, v: 2}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: other}
spec: {replicas: 5, host: x.y.z, list: []}
]]

local function replaced(kustomization, files)
  local texts = { ['kustomization.yaml'] = 'resources: [all.yaml]\n' .. kustomization, ['all.yaml'] = OBJECTS }
  for name, text in pairs(files or {}) do texts[name] = text end
  return build(texts)
end

local function one(source, target)
  return ('replacements: [{source: {kind: ConfigMap, %s}, targets: [{%s}]}]\n'):format(source, target)
end

local function has(text, wanted) assert.matches(wanted, text, 1, true) end

local function refused(wanted, source, target)
  local ok, e = pcall(replaced, one(source, target))
  assert.is_false(ok)
  assert.is_true(err.is(e), tostring(e))
  has(tostring(e), wanted)
end

describe('replacements', function()
  it('write names by default, to all that are selected and not rejected', function()
    local text = replaced(one('name: src', 'select: {kind: Deployment}, reject: [{name: other}]'))
    has(text, 'kind: Deployment\nmetadata:\n  labels:\n    app: web\n  name: src\n')
    has(text, '  name: other\n')
  end)

  it('keep the type of what is there', function()
    has(replaced(one('fieldPath: data.port', 'select: {name: web}, fieldPaths: [spec.replicas]')), '  replicas: 80\n')
  end)

  it('choose by labels too', function()
    local text = replaced(one('fieldPath: data.host',
      'select: {kind: Deployment, labelSelector: app=web}, fieldPaths: ["spec.list.[name=two].new", spec.host], '
      .. 'options: {create: true}'))
    has(text, '  host: a.b.c\n  list:\n  - name: one\n    v: 1\n  - name: two\n    new: a.b.c\n')
    has(replaced(one('fieldPath: data.host', 'select: {kind: Deployment}, reject: [{labelSelector: app}], '
      .. 'fieldPaths: [spec.list.0], options: {create: true}')), '  list:\n  - a.b.c\n')
  end)

  it('take and put parts', function()
    has(replaced(one('fieldPath: data.host, options: {delimiter: ., index: 1}',
      'select: {name: web}, fieldPaths: [spec.host], options: {delimiter: ., index: 2}')), '  host: x.y.b\n')
  end)

  it('come from files, as one or as a list', function()
    local entry = '{source: {name: src, fieldPath: data.port}, targets: [{select: {name: web}, fieldPaths: [spec.replicas]}]}'
    for _, text in ipairs { entry, '[' .. entry .. ']' } do
      has(replaced('replacements: [{path: r.yaml}]\n', { ['r.yaml'] = text }), '  replicas: 80\n')
    end
    local ok, e = pcall(replaced, 'replacements: [{path: r.yaml}]\n', { ['r.yaml'] = 'text' })
    assert.is_false(ok)
    has(tostring(e), 'unsupported replacement type encountered within replacement path')
    ok, e = pcall(replaced, 'replacements: [{path: r.yaml}]\n', { ['r.yaml'] = '{source: {name: [a]}, targets: []}' })
    assert.is_false(ok)
    has(tostring(e), 'r.yaml')
  end)

  it('are refused with the words of the real tool', function()
    local web = 'select: {name: web}, fieldPaths: '
    refused('nothing selected by ConfigMap.[noVer].[noGrp]/none.[noNs]', 'name: none', web .. '[spec.x]')
    refused('fieldPath `data.none` is missing for replacement source ConfigMap.[noVer].[noGrp]/[noName].[noNs]',
      'fieldPath: data.none', web .. '[spec.x]')
    refused('unable to find field "spec.none" in replacement target', 'name: src', web .. '[spec.none]')
    refused('unable to find or create field "spec.list.9" in replacement target: index 9 specified but only 2 elements found',
      'name: src', web .. '[spec.list.9], options: {create: true}')
    refused('options.index 3 is out of bounds for value a.b.c', 'fieldPath: data.host, options: {delimiter: ., index: 3}',
      web .. '[spec.host]')
    refused('delimiter option can only be used with scalar nodes', 'name: src',
      web .. '[spec.list], options: {delimiter: .}')
    refused('target must specify resources to select', 'name: src', 'fieldPaths: [spec.x]')
    refused('unable to find field "spec.list.[name=(].v" in replacement target: missing closing',
      'name: src', web .. '["spec.list.[name=(].v"]')
  end)
end)

describe('configurations', function()
  it('add field specs to the default ones', function()
    local text = replaced('namePrefix: p-\nconfigurations: [c.yaml]\n', { ['c.yaml'] =
      'nameReference: [{kind: ConfigMap, fieldSpecs: [{kind: Deployment, path: spec/host}]}]\n',
      ['all.yaml'] = (OBJECTS:gsub('x%.y%.z', 'src')) })
    has(text, '  host: p-src\n')
  end)

  it('put a kind before all kinds: these are then covered by it', function()
    local text = replaced('namePrefix: p-\nconfigurations: [c.yaml]\n',
      { ['c.yaml'] = 'namePrefix: [{kind: ConfigMap, path: metadata/name}]\n' })
    has(text, '  name: p-src\n')
    has(text, '  name: web\n')
  end)

  it('may not contradict', function()
    local ok, e = pcall(replaced, 'configurations: [c.yaml]\n', { ['c.yaml'] =
      'commonAnnotations: [{path: metadata/annotations, create: false}]\n' })
    assert.is_false(ok)
    has(tostring(e), 'conflicting fieldspecs')
    ok, e = pcall(replaced, 'configurations: [c.yaml]\n', { ['c.yaml'] = 'nameReferences: []\n' })
    assert.is_false(ok)
    has(tostring(e), 'unknown field "nameReferences"')
    has(tostring(e), 'c.yaml')
  end)

  it('come from definitions of custom resources', function()
    local text = replaced('namePrefix: p-\ncrds: [crd.json]\n', {
      ['all.yaml'] = OBJECTS .. '---\napiVersion: x/v1\nkind: Own\nmetadata: {name: o}\nspec: {ref: {name: src}}\n',
      ['crd.json'] = [[{
        "x/v1.Own": {"Schema": {"properties": {"kind": {}, "apiVersion": {}, "metadata": {}, "spec": {"$ref": "x/v1.Spec"}}}},
        "x/v1.Spec": {"schema": {"properties": {"self": {"$ref": "x/v1.Spec"}, "ref": {
          "x-kubernetes-object-ref-api-version": "v1", "x-kubernetes-object-ref-kind": "ConfigMap"}}}}}]],
    })
    has(text, 'spec:\n  ref:\n    name: p-src\n')
  end)

  it('know no kinds without namespace', function()
    local text = build {
      ['kustomization.yaml'] = 'resources: [all.yaml]\nreplacements:\n- source: {kind: ConfigMap, name: src}\n  targets:\n'
        .. '  - {select: {name: role, namespace: ops}, fieldPaths: [at.a], options: {create: true}}\n'
        .. '  - {select: {kind: ClusterRole, namespace: default}, fieldPaths: [at.b], options: {create: true}}\n',
      ['all.yaml'] = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: src}\n---\n'
        .. 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: role, namespace: ops}\n---\n'
        .. 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: other}\n',
    }
    assert.matches('\nat:\n  a: src\nkind: ClusterRole\nmetadata:\n  name: role\n', text, 1, true)
    assert.matches('\nat:\n  b: src\nkind: ClusterRole\nmetadata:\n  name: other\n', text, 1, true)
  end)

  it('may not give two objects one id', function()
    local ok, e = pcall(build, {
      ['kustomization.yaml'] = 'resources: [all.yaml]\nreplacements: [{source: {name: a}, targets: [{select: {name: b}}]}]\n',
      ['all.yaml'] = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n',
    })
    assert.is_false(ok)
    assert.matches('may not add resource with an already registered id: Pod.v1', tostring(e), 1, true)
  end)

  it('put a number where kustomize wrote a name', function()
    local function named(more)
      return build {
        ['kustomization.yaml'] = 'resources: [all.yaml]\n' .. more
          .. 'replacements: [{source: {kind: Own, name: a, fieldPath: spec.n}, targets: [{select: {name: b}}]}]\n',
        ['all.yaml'] = 'kind: Own\nmetadata: {name: a}\nspec: {n: 3}\n---\nkind: Own\nmetadata: {name: b}\n',
        ['p.yaml'] = 'kind: Own\nmetadata: {name: b}\nv: 1\n',
      }
    end
    assert.matches('name: "3"\n', named '', 1, true)
    assert.matches('name: 3\n', named 'patches: [{path: p.yaml}]\n', 1, true)
    assert.matches('name: 3\n', named 'nameSuffix: -s\n', 1, true)
  end)

  it('take what is noted about an object with its annotations', function()
    local text = build {
      ['base/kustomization.yaml'] = 'resources: [all.yaml]\nnameSuffix: -v1\n',
      ['base/all.yaml'] = 'kind: Own\nmetadata: {name: a}\n---\nkind: Own\nmetadata: {name: b}\n',
      ['kustomization.yaml'] = 'resources: [base]\nreplacements:\n'
        .. '- {source: {name: a}, targets: [{select: {name: b}, fieldPaths: [metadata.annotations]}]}\n'
        .. '- {source: {name: a}, targets: [{select: {name: b}}]}\n',
    }
    assert.matches('name: b-v1\n', text, 1, true)
  end)

  it('make null of an empty text', function()
    assert.matches('new: null\n', build {
      ['kustomization.yaml'] = 'resources: [all.yaml]\nreplacements: [{source: {name: a, fieldPath: v, options: {delimiter: x}}, '
        .. 'targets: [{select: {name: a}, fieldPaths: [new], options: {create: true}}]}]\n',
      ['all.yaml'] = 'kind: Own\nmetadata: {name: a}\nv: xb\n',
    }, 1, true)
  end)

  it('write once more into what they made', function()
    assert.matches('new: a.a\n', build {
      ['kustomization.yaml'] = 'resources: [all.yaml]\nreplacements:\n'
        .. '- {source: {name: a}, targets: [{select: {name: b}, fieldPaths: [new], options: {create: true}}]}\n'
        .. '- {source: {name: a}, targets: [{select: {name: b}, fieldPaths: [new], options: {delimiter: ".", index: 1}}]}\n',
      ['all.yaml'] = 'kind: Own\nmetadata: {name: a}\n---\nkind: Own\nmetadata: {name: b}\n',
    }, 1, true)
  end)
end)
