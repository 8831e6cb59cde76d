-- kustomize_hostile_spec.lua: small inputs that would take all time or memory are refused. SPDX-License-Identifier: Apache-2.0
local kit = require 'tests.lua.plugins.build_kit'

local map, refused = kit.map, kit.refused

local function says(message, ...)
  local shown = refused(...)
  assert.is_truthy(shown:find(message, 1, true), shown:sub(1, 2000))
end

local function with(kustomization, files)
  files['kustomization.yaml'] = kustomization
  files['a.yaml'] = files['a.yaml'] or map 'a' .. 'data: {a: b}\n'
  return files
end

describe('bounded are', function()
  local patched = 'resources: [a.yaml]\npatches: [{path: p.yaml, target: {kind: ConfigMap}}]\n'

  it('copies of a value into itself', function()
    says('p.yaml', with(patched, { ['p.yaml'] =
      ("- {op: copy, from: /data, path: /b}\n- {op: copy, from: '', path: /data}\n"):rep(60) }))
    says('a value that holds more than 8000000 others', with(patched, { ['p.yaml'] =
      ("- {op: copy, from: /data, path: /b}\n- {op: copy, from: '', path: /data}\n"):rep(60) }))
    says('a value of more than 500 levels', with(patched, { ['p.yaml'] =
      ('- {op: copy, from: /data, path: /data/a}\n'):rep(5000) }))
  end)

  it('values that replacements put into themselves', function()
    local replaced = 'resources: [a.yaml]\nreplacements: [{path: r.yaml}]\n'
    local text = [[
- source: {kind: ConfigMap, fieldPath: data.a}
  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.a], options: {delimiter: '/', index: -1}}]
]]
    says('a text of more than 67108864 bytes', with(replaced, { ['r.yaml'] = text:rep(40) }))
    local tree = [[
- source: {kind: ConfigMap, fieldPath: data}
  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.b, data.c], options: {create: true}}]
]]
    says('a value that holds more than 8000000 others', with(replaced, { ['r.yaml'] = tree:rep(60) }))
  end)

  it('paths of field specs and of values that are added', function()
    local long = ('a/'):rep(50000) .. 'a'
    says('more than 500 steps', with('resources: [a.yaml]\nconfigurations: [c.yaml]\nnamePrefix: x-\n',
      { ['c.yaml'] = ('namePrefix: [{path: "%s", create: true}]\n'):format(long) }))
    says('a fieldPath of more than 500 steps', with('resources: [a.yaml]\ntransformers: [t.yaml]\n', { ['t.yaml'] =
      ('apiVersion: builtin\nkind: ValueAddTransformer\nmetadata: {name: t}\nvalue: x\ntargets: [{fieldPath: "%s"}]\n')
        :format(long) }))
  end)

  it('lists that are merged by key', function()
    local function pod(prefix)
      local items = {}
      for i = 1, 20000 do items[i] = ('  - {name: %s%d}'):format(prefix, i) end
      return 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n' .. table.concat(items, '\n') .. '\n'
    end
    says('too long to be merged', with('resources: [a.yaml]\npatches: [{path: p.yaml}]\n',
      { ['a.yaml'] = pod 'a', ['p.yaml'] = pod 'b' }))
  end)

  it('definitions of custom resources that lead to each other', function()
    local types = { 'd0: {Schema: {properties: {apiVersion: {}, kind: {}, metadata: {}, a: {$ref: d1}}}}' }
    for i = 1, 30 do
      types[i + 1] = ('d%d: {Schema: {properties: {a: {$ref: d%d}, b: {$ref: d%d}}}}'):format(i, i + 1, i + 1)
    end
    says('more than 100000 fields in the definition of d0', with('resources: [a.yaml]\ncrds: [c.yaml]\n',
      { ['c.yaml'] = table.concat(types, '\n') .. '\n' }))
  end)

  it('kustomizations inside each other', function()
    local files = { ['kustomization.yaml'] = 'resources: [b1]\n' }
    for i = 1, 1100 do files[('b%d/kustomization.yaml'):format(i)] = ('resources: [../b%d]\n'):format(i + 1) end
    says('kustomizations inside each other, more than 1000 deep', files)
  end)

  it('names that components make ever longer', function()
    local files = { ['kustomization.yaml'] = 'resources: [a.yaml]\ncomponents: [c1, c1]\n', ['a.yaml'] = map 'a' }
    for i = 1, 9 do
      files[('c%d/kustomization.yaml'):format(i)] = ('kind: Component\ncomponents: [../c%d, ../c%d]\n'):format(i + 1, i + 1)
    end
    files['c10/kustomization.yaml'] = 'kind: Component\nnamePrefix: a-\n'
    says('an object that was renamed more than 1000 times', files)
  end)

  it('files that are read again and again', function()
    local files = {}
    for i = 1, 600 do files[i] = ('k%d=big.txt'):format(i) end
    says('more than 536870912 bytes of files', { ['kustomization.yaml'] =
      ('configMapGenerator: [{name: a, files: [%s]}]\n'):format(table.concat(files, ', ')),
      ['big.txt'] = ('x'):rep(1 << 20) })
  end)

  it('values of variables', function()
    local start = 'resources: [a.yaml]\nconfigurations: [c.yaml]\n'
      .. 'vars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: a}, fieldref: {fieldpath: data.long}}]\n'
    local function of(text)
      return with(start, { ['c.yaml'] = 'varReference: [{path: data/all, kind: ConfigMap}]\n',
        ['a.yaml'] = map 'a' .. ('data: {long: %s, all: "%s"}\n'):format(('x'):rep(100000), text) })
    end
    says('variables become more than 67108864 bytes, the last one was V', of(('$(V)'):rep(1000)))
    local text = kit.text(of(('$(V'):rep(300000))) -- no end, looked for once
    assert.is_truthy(text:find('$(V$(V', 1, true))
  end)

  it('aliases of aliases', function()
    local levels = { 'a0: &a0 [x, x, x, x, x, x, x, x, x]' }
    for i = 1, 9 do
      levels[i + 1] = ('a%d: &a%d [%s]'):format(i, i, (('*a%d, '):format(i - 1)):rep(9):sub(1, -3))
    end
    local text = table.concat(levels, '\n') .. '\n'
    says('aliases stand for too much', with('resources: [a.yaml]\n', { ['a.yaml'] = map 'a' .. text }))
    says('aliases stand for too much', { ['kustomization.yaml'] = text })
  end)
end)

describe('a schema that is none', function()
  for what, schema in pairs {
    ["the definition 'a' holds something that is no schema"] = '{"definitions": {"a": {"properties": {"b": 7}}}}',
    ["the definition 'b' holds something that is no schema"] = '{"definitions": {"b": 5}}',
    ['without version and kind'] = '{"definitions": {"a": {"x-kubernetes-group-version-kind": [{"kind": "A"}]}}}',
    ['it has no definitions'] = '{"definitions": [{}]}',
  } do
    it('is refused: ' .. what, function()
      says(what, with('resources: [a.yaml]\nopenapi: {path: o.json}\n', { ['o.json'] = schema }))
    end)
  end
end)

describe('a chart', function()
  it('cannot bring options of helm as the name of its release', function()
    says('the name of a release cannot begin with -', { ['kustomization.yaml'] =
      'helmCharts: [{name: c, releaseName: --post-renderer=./x.sh, nameTemplate: web}]\n',
      ['charts/c/Chart.yaml'] = 'name: c\n' },
      '.', { enable_helm = true })
  end)
end)

describe('what is wrong with an entry of a field', function()
  it('is said with its place, also in a patch that stands in the file', function()
    local start = 'resources: [a.yaml]\n'
    says('kustomization.yaml:3:3', with(start .. 'patches:\n- target: {kind: ConfigMap}\n  patch: "foo: ["\n', {}))
    says('kustomization.yaml:3:3', with(start
      .. 'patches:\n- patch: "{apiVersion: v1, kind: ConfigMap, metadata: {name: other}}"\n', {}))
    says('kustomization.yaml:4:3', with(start .. 'images:\n- {name: a}\n- {name: "a("}\n', {}))
    says('kustomization.yaml:2', with(start
      .. 'replacements: [{source: {kind: Service}, targets: [{select: {kind: ConfigMap}}]}]\n', {}))
    says('a path cannot hold a NUL byte', { ['kustomization.yaml'] = 'resources: ["a\\0b"]\n' })
  end)
end)
