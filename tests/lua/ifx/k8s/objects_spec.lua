-- objects_spec.lua: identity of objects, the objects of a document, the index. SPDX-License-Identifier: Apache-2.0
local objects = require 'ifx.k8s.objects'
local yaml = require 'yaml'

local STREAM = [[
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
---
# nothing
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: web}
- apiVersion: v1
  kind: ConfigMapList
  items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings, namespace: shop}
- just text
---
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
---
kind: no apiVersion
---
- a list
]]

local function file(path, text)
  return { path = path, text = function() return text end, yaml = function()
    local ok, document = pcall(yaml.document, text)
    return ok and document or nil, document
  end }
end

describe('the objects of a document', function()
  it('reads an object whose name is template text as one without a name', function()
    local found = objects.read(yaml.document('apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {{ .app }}\n'))
    assert.equal(1, #found)
    assert.is_nil(found[1].name)
  end)

  it('are those of every document and of lists, with the place of each', function()
    local found = objects.read(yaml.document(STREAM))
    local said = {}
    for i, object in ipairs(found) do
      said[i] = { object.doc, table.concat(object.path, '.'), objects.id(object) == 'x' or object.name and objects.id(object) }
    end
    assert.are.same({
      { 1, '', 'Deployment.apps/shop/web' }, { 3, 'items.1', 'Service//web' },
      { 3, 'items.2.items.1', 'ConfigMap/shop/settings' }, { 4, '' },
    }, said)
  end)

  it('split their apiVersion', function()
    assert.are.same({ 'apps', 'v1' }, { objects.split 'apps/v1' })
    assert.are.same({ '', 'v1' }, { objects.split 'v1' })
  end)

  it('can be asked for one by one', function()
    local document = yaml.document(STREAM)
    assert.are.equal('Service', objects.at(document, 3, { 'items', 1 }).kind)
    assert.is_nil(objects.at(document, 3, { 'items', 3 }))
    assert.is_nil(objects.at(document, 5, {}))
  end)
end)

describe('a manifest', function()
  local function exists(path) return (path == 'charts/web/Chart.yaml' or path == 'root/Chart.yaml') and 'file' or nil end

  it('is a YAML or JSON file that is no template of a chart', function()
    assert.is_true(objects.is_manifest('a/b.yaml', exists))
    assert.is_true(objects.is_manifest('a/b.json', exists))
    assert.is_true(objects.is_manifest('other/templates/b.yml', exists))
    assert.is_false(objects.is_manifest('a/b.yaml.tmpl', exists))
    assert.are.same({ false, 'charts/web' }, { objects.is_manifest('charts/web/templates/deep/b.yaml', exists) })
  end)

  it('may stand below a folder whose name only ends in templates', function()
    assert.is_true(objects.is_manifest('root/mytemplates/b.yaml', exists))
  end)
end)

describe('objects.kinds_in', function()
  it('says what kinds a text may hold, each once', function()
    local twice = 'apiVersion: v1\nkind: Service\n---\n{"kind": "Pod"}\n# kind: Service\n'
    assert.are.same({ 'Pod', 'Service' }, objects.kinds_in(twice))
    assert.are.same({}, objects.kinds_in 'kind: Service\n')
    assert.are.same({}, objects.kinds_in 'apiVersion: v1\n# of this kind\n')
    assert.are.same({ 'ConfigMap', 'Secret' }, objects.kinds_in 'configMapGenerator: []\nsecretGenerator: []\n')
  end)
end)

describe('an index', function()
  local index = objects.index()
  for _, one in ipairs {
    file('a.yaml', STREAM),
    file('b.yaml', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: other}\n'),
    file('c.yaml', 'apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: web}\n'),
    file('broken.yaml', 'apiVersion: v1\nkind: [x\n'),
  } do
    index:add_file(one)
  end

  local function files(...)
    local out = {}
    for i, object in ipairs(index:find(...)) do out[i] = object.file end
    return out
  end

  it('finds what a name can mean, the namespace that is written first', function()
    assert.are.same({ 'b.yaml', 'c.yaml' }, files('Deployment', 'other', 'web'))
    assert.are.same({ 'a.yaml', 'b.yaml', 'c.yaml' }, files('Deployment', nil, 'web'))
    assert.are.same({ 'b.yaml' }, files('Deployment', 'other', 'web', 'apps'))
    assert.are.same({}, files('Deployment', 'shop', 'gone'))
  end)

  it('lists a kind and reads fields', function()
    local all = index:all('Deployment', 'apps')
    assert.are.equal(2, #all)
    assert.are.equal('shop', index:get(all[1], 'metadata', 'namespace'))
    assert.are.equal('settings', index:get(index:all('ConfigMap')[1], 'metadata', 'name'))
    assert.is_nil(index:get(all[1], 'spec', 'replicas'))
  end)

  it('knows what a ResourceSet holds under a name of its own', function()
    local set = objects.index()
    set:add_file(file('set.yaml', 'apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata: {name: set}\nspec:\n'
      .. '  resources:\n  - {apiVersion: v1, kind: Secret, metadata: {name: held, namespace: shop}}\n'
      .. '  - {apiVersion: v1, kind: Secret, metadata: {name: "<< inputs.name >>"}}\n  - text\n'))
    assert.are.same({ { 'held', 'set.yaml' } }, { { set:all('Secret')[1].name, set:all('Secret')[1].file } })
    assert.are.equal(1, #set:all('Secret'))
    assert.are.equal('shop', set:get(set:find('Secret', 'shop', 'held')[1], 'metadata', 'namespace'))
    set:add_file(file('other.yaml', 'apiVersion: example.com/v1\nkind: ResourceSet\nmetadata: {name: x}\nspec:\n'
      .. '  resources:\n  - {apiVersion: v1, kind: Role, metadata: {name: held}}\n'))
    assert.are.same({}, set:all('Role'))
  end)
end)
