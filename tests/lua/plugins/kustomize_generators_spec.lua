-- kustomize_generators_spec.lua: generated objects, their hashes, and plugins. SPDX-License-Identifier: Apache-2.0
local build = require 'tests.lua.support.build'
local err = require 'err'

local function refusal(kustomization, files)
  local texts = { ['kustomization.yaml'] = kustomization }
  for name, text in pairs(files or {}) do texts[name] = text end
  local ok, e = pcall(build, texts)
  assert.is_false(ok)
  assert.is_true(err.is(e), tostring(e))
  return tostring(e)
end

local function has(text, wanted) assert.matches(wanted, text, 1, true) end

describe('generators', function()
  it('take variables, literals and files, and hash what these say', function()
    local text = build {
      ['kustomization.yaml'] = 'configMapGenerator:\n'
        .. '- {name: app, literals: [b=2, a=1], files: [f.txt, bin=f.bin], envs: [e.env]}\n',
      ['f.txt'] = 'hello\n', ['f.bin'] = '\255\0\1', ['e.env'] = '# c\nFOO=bar # x\n  LEAD= sp \nNOVAL\n',
    }
    assert.equal([[
apiVersion: v1
binaryData:
  bin: /wAB
data:
  FOO: 'bar # x'
  LEAD: ' sp '
  NOVAL: ""
  a: "1"
  b: "2"
  f.txt: |
    hello
kind: ConfigMap
metadata:
  name: app-k5d8b4b7hh
]], text)
  end)

  it('hash texts as Go writes them', function()
    has(build { ['kustomization.yaml'] = 'configMapGenerator: [{name: app}]\n' }, 'name: app-6ct58987ht')
    has(build { ['kustomization.yaml'] = 'secretGenerator: [{name: s, literals: [p=hunter2]}]\n' }, 'name: s-9k2gdm59fk')
  end)

  it('break long base64 into lines of 70', function()
    local text = build { ['kustomization.yaml'] = 'secretGenerator: [{name: s, files: [f]}]\n', f = ('x'):rep(54) }
    has(text, ('  f: |\n    %s\n    %s\n'):format(('eHh4'):rep(17) .. 'eH', 'h4'))
    has(build { ['kustomization.yaml'] = 'secretGenerator: [{name: s, files: [f]}]\n', f = ('x'):rep(51) },
      '  f: ' .. ('eHh4'):rep(17) .. '\n')
  end)

  it('put options for all below those of one', function()
    local text = build { ['kustomization.yaml'] = [[
generatorOptions: {labels: {a: all, b: all}, immutable: true}
configMapGenerator: [{name: app, namespace: ops, options: {labels: {b: own}, annotations: {c: d}, disableNameSuffixHash: true}}]
]] }
    has(text, 'immutable: true\n')
    has(text, '  annotations:\n    c: d\n  labels:\n    a: all\n    b: own\n  name: app\n  namespace: ops\n')
  end)

  it('merge into what a base generated, replace it, or say that they must', function()
    local base = { ['base/kustomization.yaml'] = 'configMapGenerator: [{name: app, literals: [a=1, b=1]}]\n' }
    local function over(behavior)
      base['kustomization.yaml'] = ('resources: [base]\nconfigMapGenerator: [{name: app, %sliterals: [b=2]}]\n'):format(behavior)
      return build(base)
    end
    has(over 'behavior: merge, ', 'data:\n  a: "1"\n  b: "2"\n')
    has(over 'behavior: replace, ', 'data:\n  b: "2"\n')
    local ok, e = pcall(over, '')
    assert.is_false(ok)
    has(tostring(e), 'behavior must be merge or replace')
  end)

  it('stop where the real tool stops in a line that is too long, and say so', function()
    local function with(length)
      return build { ['kustomization.yaml'] = 'configMapGenerator: [{name: app, envs: [e]}]\n',
        e = 'A=1\nB=' .. ('x'):rep(length) .. '\nC=3\n' }
    end
    local text, warnings = with(65533)
    has(text, '  C: "3"\n')
    assert.equal(0, #warnings)
    text, warnings = with(65534)
    assert.is_nil(text:find('  B: ', 1, true))
    has(warnings[1], 'e:2: the line is longer than 65536 bytes')
  end)

  it('refuse what is no source, with the place', function()
    local function with(args, files) return refusal('configMapGenerator:\n- {name: app, ' .. args .. '}\n', files) end
    has(with 'literals: [a]', 'invalid literal source a, expected key=value')
    has(with 'literals: ["=a"]', 'kustomization.yaml:2')
    has(with('literals: [f=1], files: [f]', { f = '' }), 'configmap app illegally repeats the key `f`')
    has(with 'files: [missing]', "'missing' doesn't exist")
    has(with 'files: ["a=b=c"]', "key name or file path contains '='")
    has(with 'files: ["=f"]', 'missing key name for file path "f"')
    has(with 'files: ["f="]', 'missing file path for key name "f"')
    has(with('envs: [e]', { e = 'A=\255\n' }), 'line 1 has invalid utf8 bytes')
    has(refusal 'configMapGenerator: [{literals: [a=b]}]\n', 'a configmap must have a name')
  end)
end)

describe('plugins of apiVersion builtin', function()
  local function plugin(kind, fields)
    return ('apiVersion: builtin\nkind: %s\nmetadata: {name: it}\n%s'):format(kind, fields or '')
  end

  it('generate and transform, by file and as a text', function()
    local text = build {
      ['kustomization.yaml'] = 'generators:\n- gen.yaml\n- |-\n  apiVersion: builtin\n  kind: SecretGenerator\n'
        .. '  metadata: {name: inline}\n  literals: [a=b]\n  options: {disableNameSuffixHash: true}\n'
        .. 'transformers: [prefix.yaml]\n',
      ['gen.yaml'] = plugin('IAMPolicyGenerator',
        'cloud: gke\nkubernetesService: {name: k, namespace: n}\nserviceAccount: {name: g, projectId: p}\n'),
      ['prefix.yaml'] = plugin('PrefixTransformer', 'prefix: x-\nfieldSpecs: [{path: metadata/name}]\nunknown: 1\n'),
    }
    has(text, 'iam.gke.io/gcp-service-account: g@p.iam.gserviceaccount.com\n  name: x-k\n  namespace: "n"\n')
    has(text, '  name: x-inline\n')
  end)

  it('add a value to paths', function()
    local text = build {
      ['kustomization.yaml'] = 'resources: [r.yaml]\ntransformers: [t.yaml]\n',
      ['r.yaml'] = 'apiVersion: v1\nkind: A\nmetadata: {name: a}\nspec: {list: [{name: x, dir: /p/q}]}\n',
      ['t.yaml'] = plugin('ValueAddTransformer', 'value: V\ntargets:\n'
        .. '- {fieldPath: "spec/list/[name=x]/dir", filePathPosition: 2}\n'
        .. '- {fieldPath: "metadata/annotations/a\\\\/b"}\n- {selector: {kind: B}, fieldPath: spec/no}\n'),
    }
    has(text, '  annotations:\n    a/b: V\n')
    has(text, '  - dir: /p/V/q\n')
    assert.is_nil(text:find('no: V', 1, true))
  end)

  it('let validators change nothing', function()
    local function validated(fields)
      return build { ['kustomization.yaml'] = 'configMapGenerator: [{name: a}]\nvalidators: [v.yaml]\n',
        ['v.yaml'] = plugin('LabelTransformer', fields .. '\nfieldSpecs: [{path: metadata/labels, create: true}]\n') }
    end
    has(validated 'labels: {validated-by: me}', 'validated-by: me')
    local ok, e = pcall(validated, 'labels: {other: me}')
    assert.is_false(ok)
    has(tostring(e), "validator shouldn't modify the resource map")
  end)

  it('let validators store no name, as a change of the namespace does even to the same one', function()
    has(refusal('namespace: one\nconfigMapGenerator: [{name: a}]\nvalidators: [v.yaml]\n', { ['v.yaml'] =
      'apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: v, namespace: one}\n'
      .. 'fieldSpecs: [{path: metadata/namespace, create: true}]\n' }), "validator shouldn't modify the resource map")
  end)

  it('are the only ones: programs and functions are refused by name', function()
    local function with(text) return refusal('generators: [p.yaml]\n', { ['p.yaml'] = text }) end
    has(with 'apiVersion: viaduct.ai/v1\nkind: ksops\nmetadata: {name: k}\n', "unable to load external plugin 'ksops'")
    has(with 'apiVersion: x/v1\nkind: Fn\nmetadata: {name: k, annotations: {config.kubernetes.io/function: "exec: {}"}}\n',
      'p.yaml:1')
    has(with(plugin 'Nothing'), 'unable to load builtin Nothing.builtin.[noGrp]')
    has(with(plugin 'LabelTransformer'), 'plugin LabelTransformer.builtin.[noGrp]/it.[noNs] not a generator')
    has(with(plugin('SecretGenerator', 'literals: {a: b}\n')), 'fails configuration: json: cannot unmarshal object')
    has(refusal('helmCharts: [{name: c}]\n'), 'must specify --enable-helm')
  end)

  it('write keys without quotes, which must be texts then', function()
    has(refusal 'configMapGenerator: [{name: a, options: {labels: {"1": x}}}]\n', '"1" is a key that is no string')
    has(refusal('resources: [a.yaml]\n', { ['a.yaml'] = 'kind: Own\nmetadata: {name: a, annotations: {"~": x}}\n' }),
      '"~" is a key that is no string')
    has(refusal('resources: [a.yaml]\nconfigMapGenerator: [{name: a, behavior: merge}]\n',
      { ['a.yaml'] = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {"true": x}\n' }), '"true" is a key')
    has(build { ['kustomization.yaml'] = 'configMapGenerator: [{name: a, literals: [yes=1]}]\n' }, '  "yes": "1"\n')
  end)

  it('hash numbers as Go writes them', function()
    has(build { ['kustomization.yaml'] = 'configMapGenerator: [{name: a, literals: [q=1]}]\npatches: [{path: p.yaml}]\n',
      ['p.yaml'] = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: 1.5, y: 9223372036854775807, z: 1e-7, '
        .. 't: 2020-01-01, f: -0.00001234, big: 1e21, s: "<&>", l: [1, {a: 2.50}]}\n' }, 'name: a-ttc44m92m4\n')
  end)
end)
