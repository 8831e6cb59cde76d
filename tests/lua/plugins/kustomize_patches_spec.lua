-- kustomize_patches_spec.lua: patches, selectors and schemas of a kustomization. SPDX-License-Identifier: Apache-2.0
local build = require 'tests.lua.support.build'
local err = require 'err'

local WEB = [[
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {tier: front, size: "3"}, annotations: {by: hand}}
spec: {template: {spec: {containers: [{name: web, image: a}, {name: log, image: b}]}}}
]]
local JOB = 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: job, namespace: ops, labels: {tier: back}}\n'
local OWN = 'apiVersion: example.org/v1\nkind: Own\nmetadata: {name: own}\nlist: [{name: a}, {name: b, x: 1}]\n'

local function patched(kustomization, files)
  local texts = { ['kustomization.yaml'] = 'resources: [all.yaml]\n' .. kustomization,
    ['all.yaml'] = WEB .. '---\n' .. JOB .. '---\n' .. OWN }
  for name, text in pairs(files or {}) do texts[name] = text end
  return build(texts)
end

local function refusal(kustomization, files)
  local ok, e = pcall(patched, kustomization, files)
  assert.is_false(ok)
  assert.is_true(err.is(e), tostring(e))
  return tostring(e)
end

-- The names of the objects that have the field `hit` after a patch with this target.
local function hit(target)
  local text = patched(('patches: [{path: hit.yaml, target: %s}]\n'):format(target),
    { ['hit.yaml'] = '- {op: add, path: /hit, value: 1}\n' })
  local names = {}
  for object in (text .. '---\n'):gmatch '(.-)%-%-%-\n' do
    if object:find('\nhit:', 1, true) then names[#names + 1] = object:match '\n  name: (%a+)' end
  end
  return table.concat(names, ' ')
end

describe('patches', function()
  it('merges by the keys of the kind, and replaces lists of kinds that nobody knows', function()
    local text = patched('patches: [{path: p.yaml}]\n', { ['p.yaml'] = [[
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: log, image: c}]}}}
---
apiVersion: example.org/v1
kind: Own
metadata: {name: own}
list: [{name: b}]
]] })
    assert.truthy(text:find('      - image: c\n        name: log\n      - image: a\n        name: web\n', 1, true), text)
    assert.truthy(text:find('list:\n- name: b\nmetadata', 1, true), text)
  end)

  it('keeps name, kind and namespace unless it is told otherwise', function()
    local patch = 'apiVersion: v1\nkind: Other\nmetadata: {name: renamed, namespace: moved}\nx: 1\n'
    local text = patched('patches: [{path: p.yaml, target: {kind: Job}}]\n', { ['p.yaml'] = patch })
    assert.truthy(text:find('apiVersion: batch/v1\nkind: Job\nmetadata:\n  labels:\n    tier: back\n  name: job\n'
      .. '  namespace: ops\nx: 1\n', 1, true), text)
    text = patched('patches: [{path: p.yaml, target: {kind: Job}, options: {allowNameChange: true, allowKindChange: true}}]\n',
      { ['p.yaml'] = patch })
    assert.truthy(text:find('kind: Other\nmetadata:\n  labels:\n    tier: back\n  name: renamed\n  namespace: ops\n', 1, true),
      text)
  end)

  it('finds what was renamed before under its old name', function()
    local text = patched([[
patches:
- {path: rename.yaml, target: {kind: Job}, options: {allowNameChange: true}}
- patch: "{apiVersion: batch/v1, kind: Job, metadata: {name: job, namespace: ops}, found: yes}"
]], { ['rename.yaml'] = 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: other}\n' })
    assert.truthy(text:find('found: "yes"\nkind: Job', 1, true), text)
  end)

  it('takes objects out', function()
    local text = patched [[
patches:
- patch: "{$patch: delete, apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}"
- patch: "{$patch: delete, apiVersion: v1, kind: Own, metadata: {name: own}}"
  target: {kind: Own}
]]
    assert.is_nil(text:find('Deployment', 1, true))
    assert.is_nil(text:find('Own', 1, true))
    assert.truthy(text:find('Job', 1, true))
  end)

  it('does what a JSON patch says to all that are meant', function()
    local text = patched([[
patches:
- path: p.yaml
  target: {labelSelector: tier}
]], { ['p.yaml'] = '- {op: add, path: /metadata/labels/a~1b, value: yes}\n' })
    assert.equal(2, select(2, text:gsub('    a/b: true\n', '')))
  end)

  it('brings objects through JSON', function()
    local text = build {
      ['kustomization.yaml'] = "resources: [a.yaml]\npatches: [{target: {}, patch: '- {op: copy, from: /no, path: /x}'}]\n",
      ['a.yaml'] = 'kind: A\nmetadata: {name: a, annotations: {h: 0x1F, r: 1.50, t: True, n: ~, d: 2020-1-1, s: "0x1F"}}\n',
    }
    assert.equal([[
kind: A
metadata:
  annotations:
    d: "2020-01-01T00:00:00Z"
    h: "31"
    "n": "null"
    r: "1.5"
    s: "0x1F"
    t: "true"
  name: a
x: null
]], text)
  end)

  it('knows the older forms', function()
    local text = patched([[
patchesStrategicMerge:
- p.yaml
- |-
  apiVersion: batch/v1
  kind: Job
  metadata: {name: job, namespace: ops}
  inline: 1
patchesJson6902:
- {path: j.json, target: {version: v1, kind: Own, name: own}}
]], { ['p.yaml'] = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nfile: 1\n',
      ['j.json'] = '[{"op": "remove", "path": "/list/-1"}]' })
    assert.truthy(text:find('\nfile: 1\n', 1, true) and text:find('\ninline: 1\n', 1, true), text)
    assert.truthy(text:find('list:\n- name: a\nmetadata', 1, true), text)
  end)

  it('refuses what is no patch, and what meets nothing', function()
    local cases = {
      ['patches: [{target: {kind: Job}}]\n'] = 'must specify one of patch and path in',
      ['patches: [{path: p.yaml, patch: x}]\n'] = "patch and path can't be set at the same time",
      ['patches: [{patch: "just a text"}]\n'] = 'unable to parse SM or JSON patch from [patch: "just a text"]',
      ['patches: [{patch: "# nothing"}]\n'] = 'illegally qualifies as both an SM and JSON patch',
      ['patches: [{patch: "[{op: remove, path: /x}]", target: {kind: Job}}]\n'] = 'unable to parse SM or JSON patch',
      ['patches: [{patch: "- {op: remove, path: /x}"}]\n'] = 'must specify a target for JSON patch',
      ['patches: [{patch: "- {op: remove, path: /x}", target: {kind: Job}}]\n'] = 'nonexistent key',
      ['patches: [{patch: "{apiVersion: v1, kind: Job, metadata: {name: job}}"}]\n'] =
        'no resource matches strategic merge patch "Job.v1.[noGrp]/job.[noNs]": no matches for Id Job.v1.[noGrp]/job.[noNs]',
      ['patches: [{path: p.yaml, target: {kind: Job}}]\n'] = 'Multiple Strategic-Merge Patches in one `patches` entry',
      ['patches: [{path: gone.yaml}]\n'] = "'gone.yaml' doesn't exist",
      ['patches: [{patch: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: 1}"}]\n'] =
        'wrong node kind: expected MappingNode but got ScalarNode',
      ['patches: [{patch: "- {op: test, path: /x}", target: {kind: "("}}]\n'] = 'error parsing regexp',
      ['patchesStrategicMerge: [gone.yaml]\n'] = "'gone.yaml' doesn't exist",
      ['patchesStrategicMerge: ["{apiVersion: v1, kind: Job, metadata: {name: x}}"]\n'] =
        'failed to find unique target for patch Job.v1.[noGrp]/x.[noNs]',
      ['patchesJson6902: [{patch: "- {op: remove, path: /x}", target: {kind: Job}}]\n'] = 'must specify the target name',
      ['patchesJson6902: [{target: {name: job}}]\n'] = 'empty file path and empty jsonOp',
      ['patchesJson6902: [{patch: "text", target: {name: job}}]\n'] = 'cannot unmarshal string into Go value of type jsonpatch',
      ['patchesJson6902: [{patch: "[]", target: {name: job}}]\n'] = 'patch appears to be empty',
    }
    local two = 'apiVersion: v1\nkind: Job\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Job\nmetadata: {name: b}\n'
    for kustomization, words in pairs(cases) do
      local message = refusal(kustomization, { ['p.yaml'] = two })
      assert.truthy(message:find(words, 1, true), kustomization .. message)
    end
  end)
end)

describe('selectors', function()
  it('match names by regular expressions for the whole text', function()
    assert.equal('web job own', hit '{}')
    assert.equal('web', hit '{kind: Dep.*}')
    assert.equal('', hit '{kind: Dep}')
    assert.equal('web job', hit '{kind: Deployment|Job}')
    assert.equal('web', hit '{group: apps, version: v1}')
    assert.equal('job', hit '{namespace: o.s}')
    assert.equal('web own', hit '{namespace: default}')
    assert.equal('web own', hit '{name: "[wo].*"}')
  end)

  it('match labels and annotations as Kubernetes does', function()
    assert.equal('web', hit '{labelSelector: tier=front}')
    assert.equal('job own', hit '{labelSelector: tier!=front}')
    assert.equal('web job', hit '{labelSelector: "tier in (front, back)"}')
    assert.equal('own', hit '{labelSelector: "tier notin (front,back)"}')
    assert.equal('own', hit '{labelSelector: "!tier"}')
    assert.equal('web', hit '{labelSelector: "tier, size > 2, size<4"}')
    assert.equal('', hit '{labelSelector: "size > 3"}')
    assert.equal('web', hit '{annotationSelector: by==hand}')
    assert.equal('', hit '{labelSelector: "tier="}')
    assert.equal('', hit '{labelSelector: "tier in ()"}')
  end)

  it('refuses what is none', function()
    for _, text in ipairs { 'a b', 'a=(', '=a', 'a in b', 'a in (b', 'a in (b c)', 'a,,b', 'a,', '!', 'a>b', '-a', 'a=b/c',
      'a/b/c', 'UP/a', 'a==b c' } do
      local ok, e = pcall(hit, ('{labelSelector: "%s"}'):format(text))
      assert.is_true(not ok and err.is(e, 'config') and tostring(e):find('unable to parse requirement', 1, true) ~= nil,
        text .. ': ' .. tostring(e))
    end
  end)
end)

describe('openapi', function()
  local SCHEMA = [[
definitions:
  own:
    properties: {list: {type: array, items: {$ref: '#/definitions/item'}, x-kubernetes-patch-strategy: merge,
      x-kubernetes-patch-merge-key: name}}
    x-kubernetes-group-version-kind: [{group: example.org, version: v1, kind: Own}]
  item: {properties: {more: {$ref: '#/definitions/own'}, gone: {$ref: '#/definitions/nothing'}}}
]]
  local PATCH = 'patches: [{patch: "{apiVersion: example.org/v1, kind: Own, metadata: {name: own}, list: [{name: c}]}"}]\n'

  it('gives merge keys to other kinds, and takes them from all that it does not have', function()
    local text = patched('openapi: {path: s.yaml}\n' .. PATCH, { ['s.yaml'] = SCHEMA })
    assert.truthy(text:find('list:\n- name: c\n- name: a\n- name: b\n  x: 1\n', 1, true), text)
    text = patched('openapi: {path: s.yaml}\npatches: [{patch: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, '
      .. 'spec: {template: {spec: {containers: [{name: log}]}}}}"}]\n', { ['s.yaml'] = SCHEMA })
    assert.truthy(text:find('      containers:\n      - name: log\n---', 1, true), text)
  end)

  it('knows one version, and refuses others', function()
    assert.truthy(patched('openapi: {version: v1.21.2}\n' .. PATCH):find('list:\n- name: c\nmetadata', 1, true))
    assert.truthy(refusal('openapi: {version: v1.14.1}\n'):find('the specified OpenAPI version is not built in', 1, true))
    assert.truthy(refusal('openapi: {version: v1.21.2, path: s.yaml}\n', { ['s.yaml'] = SCHEMA })
      :find('builtin version and custom schema provided, cannot use both', 1, true))
    assert.truthy(refusal('openapi: {path: gone.yaml}\n'):find("'gone.yaml' doesn't exist", 1, true))
    assert.truthy(refusal('openapi: {path: s.yaml}\n', { ['s.yaml'] = 'x: 1' }):find('it has no definitions', 1, true))
  end)
end)

describe('JSON patches', function()
  it('find annotations to add to where there are none, but no labels', function()
    local function added(field)
      return patched(([[
patches: [{target: {kind: Own}, patch: '[{"op": "add", "path": "/metadata/%s/a", "value": "b"}]'}]
]]):format(field))
    end
    assert.matches('metadata:\n  annotations:\n    a: b\n  name: own\n', added 'annotations', 1, true)
    assert.is_false(pcall(added, 'labels'))
  end)

  it('take what is noted about an object with its annotations', function()
    assert.matches('  - configMap:\n      name: cfg\n', build {
      ['base/kustomization.yaml'] = 'resources: [all.yaml]\nnamePrefix: p-\n',
      ['base/all.yaml'] = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cfg, annotations: {a: b}}\n---\n'
        .. 'apiVersion: v1\nkind: Pod\nmetadata: {name: pod}\nspec: {volumes: [{name: v, configMap: {name: cfg}}]}\n',
      ['kustomization.yaml'] = 'resources: [base]\npatches:\n'
        .. '- patch: "{apiVersion: v1, kind: ConfigMap, metadata: {name: p-cfg, annotations: null}}"\n',
    }, 1, true)
  end)

  it('with a target give an object without apiVersion one of null', function()
    assert.equal('apiVersion: null\nkind: Own\nmetadata:\n  name: a\nv: 1\n', build {
      ['kustomization.yaml'] = 'resources: [a.yaml]\npatches: [{target: {kind: Own}, path: p.yaml}]\n',
      ['a.yaml'] = 'kind: Own\nmetadata: {name: a}\n', ['p.yaml'] = 'kind: Own\nmetadata: {name: a}\nv: 1\n',
    })
  end)

  it('keep the tag of a number in the place of a quoted text', function()
    assert.matches('    size: 1\n', patched('patches: [{path: p.yaml}]\n', {
      ['p.yaml'] = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {size: !!float 1}}\n',
    }), 1, true)
  end)

  it('of JSON make doubles of all numbers', function()
    local text = build {
      ['kustomization.yaml'] = 'resources: [a.yaml]\npatches: [{target: {kind: Own}, patch: \'[{"op": "test", "path": "/kind", '
        .. '"value": "Own"}]\'}]\n',
      ['a.yaml'] = 'kind: Own\nmetadata: {name: a, annotations: {a: 12345678, b: 0x10, c: 1e20, d: -9223372036854775809}}\n'
        .. 'v: [12345678, 9223372036854775807.0, 18446744073709551615]\n',
    }
    assert.matches('    a: "1.2345678e+07"\n    b: "16"\n    c: "1e+20"\n    d: "-9.223372036854776e+18"\n', text, 1, true)
    assert.matches('v:\n- 12345678\n- 9223372036854776000\n- 1.8446744073709552e+19\n', text, 1, true)
  end)

  it('are refused where an object has keys that are no texts, or has no name in the end', function()
    assert.matches('"1" is a key that is no string', refusal("patches: [{target: {kind: Own}, patch: '[{\"op\": \"remove\", "
      .. "\"path\": \"/data\"}]'}]\n", { ['all.yaml'] = 'kind: Own\nmetadata: {name: a}\ndata: {1: x}\n' }), 1, true)
    assert.matches('missing metadata.name in object', refusal("patches: [{target: {kind: Own}, patch: '[{\"op\": \"remove\", "
      .. "\"path\": \"/metadata/name\"}]'}]\n"), 1, true)
  end)

  it('test for null only where something could be', function()
    local function tested(path)
      return ("patches: [{target: {kind: Own}, patch: '[{\"op\": \"test\", \"path\": \"%s\", \"value\": null}]'}]\n"):format(path)
    end
    patched(tested '/none')
    assert.matches('/none/at', refusal(tested '/none/at'), 1, true)
  end)

  it('refuse a schema in flow style, which is read as JSON', function()
    assert.matches('sch.json', refusal('openapi: {path: sch.json}\n', { ['sch.json'] = '{definitions: {}}\n' }), 1, true)
    assert.matches('crd.json', refusal('crds: [crd.json]\n', { ['crd.json'] = '{a: {}}\n' }), 1, true)
  end)
end)
