-- kustomize_build_spec.lua: kustomizations that are built: reading, loading, order, refusals. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local kit = require 'tests.lua.plugins.build_kit'

local map, text, refused = kit.map, kit.text, kit.refused

local function says(message, ...)
  local shown = refused(...)
  assert.is_truthy(shown:find(message, 1, true), shown)
end

-- The names of the objects in the order of a build.
local function names(...)
  local out = {}
  for name in text(...):gmatch '\n  name: (%S+)' do out[#out + 1] = name end
  return table.concat(out, ' ')
end

describe('a kustomization', function()
  it('may write its fields in any case, and twice: the last counts', function()
    assert.equal('b', names { ['kustomization.yaml'] = 'resources: [a.yaml]\nRESOURCES: [b.yaml]\nresources: [b.yaml]\n',
      ['a.yaml'] = map 'a', ['b.yaml'] = map 'b' })
  end)

  it('is refused with its place for what nobody knows, and what is meant', function()
    local shown, e = refused { ['kustomization.yaml'] = 'resources: []\nresuorces: [a.yaml]\n' }
    assert.is_truthy(shown:find('unknown field "resuorces"', 1, true))
    e = e.cause or e
    assert.equal(2, e.line)
    assert.equal('did you mean resources?', e.hint)
  end)

  for what, case in pairs {
    ['Kustomization.resources'] = 'resources: a.yaml\n',
    ['cannot unmarshal number into Go struct field Kustomization.namePrefix of type string'] = 'namePrefix: 5\n',
    ['cannot unmarshal bool into Go struct field Kustomization.commonLabels.a of type string'] = 'commonLabels: {a: yes}\n',
    ['Kustomization.replicas.count of type int'] = 'replicas: [{name: a, count: many}]\n',
    ['cannot unmarshal array into Go value'] = '- a\n',
    ['kustomization.yaml is empty'] = 'kind: Kustomization\nresources: ~\n',
    ['kind should be Kustomization or Component'] = 'kind: Kustomisation\nresources: []\n',
    ['apiVersion for Kustomization should be kustomize.config.k8s.io/v1beta1'] = 'apiVersion: v1\nresources: []\n',
    ['unknown field "parth"'] = 'patches: [{parth: a.yaml}]\n',
  } do
    it('is refused: ' .. what, function() says(what, { ['kustomization.yaml'] = case }) end)
  end

  it('says which fields are old', function()
    local result = kit.build { ['kustomization.yaml'] = 'bases: [base]\n', ['base/kustomization.yml'] = 'resources: [a.yaml]\n',
      ['base/a.yaml'] = map 'a' }
    assert.equal(1, #result[2])
    assert.is_truthy(result[2][1]:find("'bases' is deprecated, use 'resources' instead", 1, true))
  end)

  it('must be the one of its folder', function()
    says('Found multiple kustomization files', { ['kustomization.yaml'] = 'resources: []\n', Kustomization = 'resources: []\n' })
    says('unable to find one of', { ['a.yaml'] = map 'a' })
    says('unable to find one of', { ['kustomization.yaml'] = 'resources: [base]\n', ['base/a.yaml'] = map 'a' })
  end)
end)

describe('resources', function()
  it('are read as kyaml reads them', function()
    assert.equal([[
apiVersion: v1
kind: ConfigMap
metadata:
  annotations:
    a: "0777"
    b: "null"
    c: "1.50"
  name: a
]], text { ['kustomization.yaml'] = 'resources: [a.yaml]\n', ['a.yaml'] = '\239\187\191# c\r\n---\r\n' ..
      'apiVersion: v1\r\nkind: ConfigMap\r\nmetadata:\r\n  name: a\r\n  annotations: {a: 0777, b: null, c: 1.50}\r\n---\r\n' })
  end)

  it('have dates of which only those outside of flow collections are dates, if they hold a time', function()
    local made = text { ['kustomization.yaml'] = 'resources: [a.yaml]\n',
      ['a.yaml'] = map 'a' .. 'data:\n  a: 2020-1-1 1:2:3\n  b: [2020-1-1 1:2:3, 2020-1-1]\n' }
    assert.is_truthy(made:find('a: "2020-01-01T01:02:03Z"\n  b:\n  - "2020-1-1 1:2:3"\n  - "2020-01-01T00:00:00Z"\n',
      1, true), made)
  end)

  it('of a list stand for themselves, behind all others', function()
    local files = { ['kustomization.yaml'] = 'resources: [a.yaml]\n',
      ['a.yaml'] = 'apiVersion: v1\nkind: ConfigMapList\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n' ..
        '- {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}]}\n---\n' .. map 'b' }
    assert.equal('b a c', names(files, '.', { reorder = 'none' }))
    files['a.yaml'] = 'apiVersion: v1\nkind: List\nitems: ~\n'
    assert.equal('', text(files))
    files['a.yaml'] = 'apiVersion: v1\nkind: FooList\nitems: 5\n'
    says('expected array in FooList/items', files)
  end)

  it('are refused without kind or name, with their place', function()
    local function with(manifest) return { ['kustomization.yaml'] = 'resources: [a.yaml]\n', ['a.yaml'] = manifest } end
    says('a.yaml:4)', with '---\n\n\na: 1\n')
    says('missing metadata.name in object of kind ConfigMap', with 'apiVersion: v1\nkind: ConfigMap\n')
    says('a string stands where an object was expected', with 'text\n')
    says('mapping key "a" already defined', with(map 'x' .. 'data: {a: 1, a: 2}\n'))
    says('invalid document separator', with(map 'x' .. '--- a\nb: 1\n'))
    says('UTF-8', with(map 'x' .. 'data: {a: "\255"}\n'))
  end)

  it('that are one object are refused, with both places', function()
    local files = { ['kustomization.yaml'] = 'resources: [a.yaml, b.yaml]\n', ['a.yaml'] = map 'a',
      ['b.yaml'] = '\n' .. map('a', 'namespace: default') }
    local shown, e = refused(files)
    assert.is_truthy(shown:find('may not add resource with an already registered id: ConfigMap.v1.[noGrp]/a.default', 1, true))
    while e.cause do e = e.cause end
    assert.equal(2, e.line)
    assert.is_truthy(e.hint:find('a.yaml, line 1', 1, true), e.hint)
    files['b.yaml'] = map('a', 'namespace: other')
    assert.equal('a a', names(files))
  end)

  it('for tools alone are left out at the end', function()
    local function with(value)
      return names { ['kustomization.yaml'] = 'resources: [a.yaml]\n',
        ['a.yaml'] = map('a', 'annotations: {config.kubernetes.io/local-config: ' .. value .. '}') }
    end
    assert.equal('', with '"true"')
    assert.equal('', with 'x')
    assert.equal('a', with '"false"')
  end)

  it('lose the notes that kustomize keeps in annotations', function()
    assert.equal('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n', text {
      ['kustomization.yaml'] = 'resources: [a.yaml]\n',
      ['a.yaml'] = map('a', 'annotations: {config.kubernetes.io/index: "0", config.kubernetes.io/origin: x, ' ..
        'internal.config.kubernetes.io/prefixes: p-}') })
  end)
end)

describe('the loader', function()
  local files = { ['app/kustomization.yaml'] = 'resources: [../a.yaml]\n', ['a.yaml'] = map 'a' }

  it('reads files of the folder alone, unless it may read others', function()
    says('security; file', files, 'app')
    assert.equal('a', names(files, 'app', { load_restrictor = 'none' }))
  end)

  it('follows links before it judges', function()
    local linked = { ['app/kustomization.yaml'] = 'resources: [link.yaml]\n', ['a.yaml'] = map 'a', ['app/b.yaml'] = map 'b' }
    says('security; file', linked, 'app', {}, function(dir) fs.symlink('../a.yaml', dir .. '/app/link.yaml') end)
    assert.equal('b', names(linked, 'app', {}, function(dir) fs.symlink('b.yaml', dir .. '/app/link.yaml') end))
    says('Too many levels of symbolic links', linked, 'app', {},
      function(dir) fs.symlink('link.yaml', dir .. '/app/link.yaml') end)
  end)

  it('refuses circles, also through components', function()
    says('cycle detected', { ['kustomization.yaml'] = 'resources: [.]\n' })
    says('cycle detected', { ['a/kustomization.yaml'] = 'resources: [../b]\n',
      ['b/kustomization.yaml'] = 'resources: [../a]\n' }, 'a')
    says('cycle detected', { ['kustomization.yaml'] = 'resources: [b]\n', ['b/kustomization.yaml'] = 'resources: [..]\n' })
    local component = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncomponents: [../%s]\n'
    says('cycle detected', { ['kustomization.yaml'] = 'components: [a]\n',
      ['a/kustomization.yaml'] = component:format 'b', ['b/kustomization.yaml'] = component:format 'a' })
  end)

  it('refuses absolute folders, what is remote and what is not there', function()
    says("new root '/etc' cannot be absolute", { ['kustomization.yaml'] = 'resources: [/etc]\n' })
    for _, remote in ipairs { 'https://github.com/o/r?ref=v1', 'github.com/o/r//x', 'git@github.com:o/r.git',
      'https://example.org/a.yaml', 'ssh://git@host/o/r' } do
      says('is remote', { ['kustomization.yaml'] = ('resources: ["%s"]\n'):format(remote) })
    end
    local shown, e = refused { ['kustomization.yaml'] = 'resources:\n- gone.yaml\n' }
    assert.is_truthy(shown:find("'gone.yaml' doesn't exist", 1, true))
    assert.is_truthy(shown:find('kustomization.yaml:2:3', 1, true), shown)
    assert.equal('not_found', e.kind)
  end)

  it('bears deep chains of bases, and ends what names itself over and over', function()
    local deep, wide = { ['kustomization.yaml'] = 'resources: [b1]\n' }, { ['kustomization.yaml'] = 'components: [c1]\n' }
    for i = 1, 400 do deep[('b%d/kustomization.yaml'):format(i)] = ('resources: [../b%d]\n'):format(i + 1) end
    deep['b401/kustomization.yaml'], deep['b401/a.yaml'] = 'resources: [a.yaml]\n', map 'a'
    assert.equal('a', names(deep))
    local component = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n'
    for i = 1, 40 do
      wide[('c%d/kustomization.yaml'):format(i)] = component .. ('components: [../c%d, ../c%d]\n'):format(i + 1, i + 1)
    end
    wide['c41/kustomization.yaml'] = component .. 'namePrefix: a\n'
    says('more than 20000 kustomizations', wide)
  end)

  it('takes for remote what kustomize takes for it', function()
    for _, near in ipairs { 'github.com', 'example.com/a/b', 'a@b', 'gitlab.com/o/r.git', 'c:d/e' } do
      says("doesn't exist", { ['kustomization.yaml'] = ('resources: ["%s"]\n'):format(near) })
    end
    for _, far in ipairs { 'GitHub.com/o/r', 'user@host/o/r', 'git::https://host/o/r', 'file:///srv/r', 'github.com:o/r.git' } do
      says('is remote', { ['kustomization.yaml'] = ('resources: ["%s"]\n'):format(far) })
    end
  end)

  it('tells components from other kustomizations', function()
    local component = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [a.yaml]\n'
    local all = { ['c/kustomization.yaml'] = component, ['c/a.yaml'] = map 'a' }
    all['kustomization.yaml'] = 'components: [c]\n'
    assert.equal('a', names(all))
    all['kustomization.yaml'] = 'resources: [c]\n'
    says("expected kind != 'Component'", all)
    all['c/kustomization.yaml'] = 'resources: [a.yaml]\n'
    all['kustomization.yaml'] = 'components: [c]\n'
    says("expected kind 'Component' for path", all)
  end)
end)

describe('the order', function()
  local files = { ['a.yaml'] = table.concat({
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n',
    'apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: w}\n',
    'apiVersion: other.io/v1\nkind: Namespace\nmetadata: {name: o}\n',
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: core}\n',
    map 'b', map('a', 'namespace: z'), map 'a', 'apiVersion: x.io/v1\nkind: X\nmetadata: {name: x}\n',
    'apiVersion: v1\nkind: Unknown\nmetadata: {name: u}\n' }, '---\n') }
  local function order(options, sort)
    files['kustomization.yaml'] = 'resources: [a.yaml]\n' .. (sort or '')
    return names(files, '.', options)
  end

  it('is that of kustomize, or that of the lists', function()
    assert.equal('core o a a b d x u w', order {})
    assert.equal('d w o core b a a x u', order { reorder = 'none' })
    assert.equal('d w o core b a a x u', order({}, 'sortOptions: {order: fifo}\n'))
    assert.equal('x core o d a a b u w', order({ reorder = 'none' },
      'sortOptions: {order: legacy, legacySortOptions: {orderFirst: [X, Namespace], '
      .. 'orderLast: [Unknown, ValidatingWebhookConfiguration]}}\n'))
  end)

  it('must be one of two', function()
    files['kustomization.yaml'] = 'resources: [a.yaml]\nsortOptions: {order: random}\n'
    says("the field 'sortOptions.order' must be one of [fifo, legacy]", files)
    files['kustomization.yaml'] = 'resources: [a.yaml]\nsortOptions: {order: fifo, legacySortOptions: {orderFirst: [X]}}\n'
    says("is set but the selected sort order is 'fifo'", files)
  end)
end)

describe('buildMetadata', function()
  it('says where objects come from', function()
    local files = {
      ['app/kustomization.yaml'] = 'resources: [../base, a.yaml]\nbuildMetadata: [originAnnotations, managedByLabel]\n',
      ['app/a.yaml'] = map 'a', ['base/kustomization.yaml'] = 'resources: [./b.yaml]\n', ['base/b.yaml'] = map 'b' }
    assert.equal([[
apiVersion: v1
kind: ConfigMap
metadata:
  annotations:
    config.kubernetes.io/origin: |
      path: a.yaml
  labels:
    app.kubernetes.io/managed-by: kustomize-(devel)
  name: a
---
apiVersion: v1
kind: ConfigMap
metadata:
  annotations:
    config.kubernetes.io/origin: |
      path: ../base/b.yaml
  labels:
    app.kubernetes.io/managed-by: kustomize-(devel)
  name: b
]], text(files, 'app'))
  end)
end)
