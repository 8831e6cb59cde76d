-- kustomize_texts_spec.lua: YAML that kustomize reads, and writes and reads again, its way. SPDX-License-Identifier: Apache-2.0
-- What is expected here is what `kubectl kustomize` v5.5.0 does.
local kit = require 'tests.lua.plugins.build_kit'

local HEAD = 'kind: Own\nmetadata: {name: a}\n'

local function files(text, more)
  local out = { ['kustomization.yaml'] = 'resources: [a.yaml]\n', ['a.yaml'] = HEAD .. text }
  for path, content in pairs(more or {}) do out[path] = content end
  return out
end

local function is(text, want, more)
  assert.are.equal('kind: Own\nmetadata:\n  name: a\n' .. want, kit.text(files(text, more)))
end

local function refused(message, text, more)
  local shown = kit.refused(files(text, more))
  assert.is_truthy(shown:find(message, 1, true), shown)
end

local function patched(patch)
  return { ['kustomization.yaml'] = 'resources: [a.yaml]\npatches: [{path: p.yaml}]\n', ['p.yaml'] = HEAD .. patch }
end

describe('in flow style', function()
  it('a question mark begins a key', function()
    refused("did not find expected ',' or ']'", 'v: [a?b]\n')
    refused("did not find expected ',' or '}'", 'v: {x: http://x/?a=b}\n')
    is('v: ["?", \'a?\', {? x : y}]\n', 'v:\n- \'?\'\n- a?\n- x: "y"\n')
    is('v: a?b\n', 'v: a?b\n')
  end)

  it('an empty value is an empty text, but for a patch', function()
    is('v: {a, b: , c: ~, d: ""}\n', 'v:\n  a: ""\n  b: ""\n  c: null\n  d: ""\n')
    is('v: {a: 1, b: 2}\n', 'v:\n  b: 2\n', patched 'v: {a: }\n')
    is('v: {a: }\n', 'v:\n  a: ""\n  b: 1\n', { ['kustomization.yaml'] =
      'resources: [a.yaml]\npatches: [{target: {kind: Own}, patch: "- {op: add, path: /v/b, value: 1}"}]\n' })
  end)

  it('a text may end in a colon', function()
    is('v: {a:, b: [c:, {d:e:}, f:]}\n', 'v:\n  \'a:\': ""\n  b:\n  - \'c:\'\n  - \'d:e:\': ""\n  - \'f:\'\n')
  end)
end)

it('a slash is not escaped', function()
  refused('found unknown escape character', 'v: "a\\/b"\n')
  is("v: 'a\\/b'\n", 'v: a\\/b\n')
end)

it('what stands behind the first document is not read', function()
  is('v: 1\n...\n{[\n', 'v: 1\n')
  refused('found character that cannot start any token', 'v: 1\n...\n@\n')
  refused('found character that cannot start any token', 'v: 1\n--- @')
  is('v: 1\n--- x', 'v: 1\n')
  is('v: 1\n---\u{85}# next\n', 'v: 1\n')
end)

it('tags count', function()
  is('v: !!binary aGk=\n', 'v: hi\n')
  is('v: !!binary 1one\n', 'v: ։�\n')
  refused('is not base64', 'v: !!binary x\n')
  is('v: !!timestamp "2020-01-02"\n', 'v: "2020-01-02T00:00:00Z"\n')
  refused('is not the date', 'v: !!timestamp x\n')
  is('v: !!int x\n', 'v: 1\n', patched 'v: 1\n')
  is('v: "11"\n', 'v: "08"\n', patched 'v: 08\n')
  is('v: "11"\n', 'v: 3\n', patched 'v: !!int "3"\n')
  refused('is not the number', 'v: "11"\n', patched 'v: !!int x\n')
  refused('is written where null is', 'v: !!null 99999999999999999999\n')
  refused('is written where null is', 'v: !!null "#"\n', { ['kustomization.yaml'] =
    'resources: [a.yaml]\npatches: [{target: {kind: Own}, patch: "- {op: add, path: /b, value: 1}"}]\n' })
  is('v: !!float 9007199254740993\n', 'v: 9007199254740992\n')
  is('v: !\nw: !!null ""\nx: ! 1\n', 'v: null\nw: null\nx: 1\n')
end)

it('keys are texts, the outermost in any case', function()
  is('x: 1\ntrue: 2\n', '"true": 2\nx: 1\n')
  refused('is a key that is no string', 'v: {1: x}\n1: z\n')
  refused('a key is a text', 'v: {!own a: x}\n')
  is('v: {"<<": 1, b: 2, ? : 3}\n', 'v:\n  "": 3\n  b: 2\n')
end)

it('a block that begins with a tab cannot be read again', function()
  refused('found a tab character where an indentation space is expected', 'v: |1\n \tx\n')
  is('v: "\\tx\\n"\n', 'v: "\\tx\\n"\n')
end)

it('a merge is of a map, or of a list that is written there', function()
  is('x: &a {b: 1}\ny: {<<: [*a]}\n', 'x:\n  b: 1\n"y":\n  b: 1\n')
  refused('<< merges a mapping', 'x: &a [{b: 1}]\ny: {<<: *a}\n')
end)

it('a map with an empty key cannot be merged', function()
  is('v: {"": 1, a: 2}\n', 'v:\n  "": 1\n  a: 2\n')
  refused('expected ScalarNode but got MappingNode', 'v: {"": 1, a: 2}\n', patched 'x: 1\n')
  refused('expected ScalarNode but got MappingNode', 'v: {a: 2}\n', patched 'v: {? }\n')
end)

describe('a folded text', function()
  it('gets more lines when it is written', function()
    is('v: >-\n  a\n    b\n  c\n', 'v: |-\n  a\n\n    b\n  c\n')
    is('v:\n  ? >-\n    a\n      b\n    c\n  : 1\n', 'v:\n  ? |-\n    a\n\n      b\n    c\n  : 1\n')
    is('v: >-\n  🚀a\n    b\n  c\n', 'v: "\\U0001F680a\\n  b\\nc"\n')
  end)

  it('is written after all patches, in the style of what was there', function()
    is('v: x\n', 'v: |+\n  a\n    b\n  c\n\n', patched 'v: >+\n  a\n    b\n  c\n\n')
    is('v: >-\n  x\n', 'v: |-\n  a\n\n    b\n  c\n', patched 'v: "a\\n  b\\nc"\n')
  end)

  it('is no more one in a JSON patch, which becomes JSON before it is written', function()
    local function operated(value)
      return { ['kustomization.yaml'] = 'resources: [a.yaml]\npatches: [{target: {kind: Own}, path: p.yaml}]\n',
        ['p.yaml'] = '- op: add\n  path: /v\n  value:' .. value }
    end
    is('', 'v: |-\n  a\n    b\n  c\n', operated ' >-\n    a\n      b\n    c\n')
    is('', 'v:\n  ? |-\n    a\n      b\n    c\n  : 1\n', operated '\n    ? >-\n      a\n        b\n      c\n    : 1\n')
    is('w: >-\n  a\n    b\n  c\n', 'v: 1\nw: |-\n  a\n\n    b\n  c\n', operated ' 1\n')
  end)
end)
