-- node_fields_spec.lua: fields that specs name by kind and path. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local ifx = require 'ifx'
local node = require 'node'

local function object(text) return node.document(text, { schema = 'kyaml' }) end

local function fails(kind, message, f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok)
  assert.is_true(err.is(e, kind), tostring(e))
  assert.matches(message, e.message, 1, true)
  return e
end

local function after_put(specs, text, value, options)
  return node.print(node.fields(specs):put(object(text), value, options))
end

describe('node.fields', function()
  it('compiles specs', function()
    assert.equal(0, #node.fields {})
    assert.equal(2, #node.fields { { path = 'a' }, { kind = 'Pod', path = 'b/c' } })
    fails('argument', 'item 1 is no field spec', node.fields, { 'a' })
    fails('argument', 'path', node.fields, { { path = 1 } })
    fails('argument', 'table', node.fields, 'a')
  end)

  it('puts scalars', function()
    assert.equal('a: v\n', after_put({ { path = 'a' } }, 'a: 1', 'v'))
    assert.equal('b: 1\n', after_put({ { path = 'a' } }, 'b: 1', 'v'))
    assert.equal('a:\n  b: "5"\n', after_put({ { path = 'a/b', create = true } }, '{}', '5'))
    assert.equal('a: 5\n', after_put({ { path = 'a' } }, 'a: 3', 5))
    assert.equal('a: 5\n', after_put({ { path = 'a' } }, 'a: $(X)', 5))
    assert.equal('a: "5"\n', after_put({ { path = 'a' } }, 'a: "3"', 5))
    assert.equal('a: 5\n', after_put({ { path = 'a' } }, 'a: null', 5))
    fails('config', 'expected ScalarNode but got MappingNode', after_put, { { path = 'a' } }, 'a: {}', 5)
    fails('config', 'expected ScalarNode but got SequenceNode', after_put, { { path = 'a' } }, 'a: []', 5)
  end)

  it('leaves texts that are there when asked to', function()
    local specs = { { path = 'a' } }
    assert.equal('a: x\n', after_put(specs, 'a: x', 'v', { if_empty = true }))
    assert.equal('a: v\n', after_put(specs, 'a: ""', 'v', { if_empty = true }))
    assert.equal('a: v\n', after_put(specs, 'a: null', 'v', { if_empty = true }))
  end)

  it('puts entries of a map', function()
    local specs = { { path = 'm/l', create = true } }
    assert.equal('m:\n  l:\n    a: "1"\n    b: x\n', after_put(specs, 'm: {l: {b: y}}', { a = '1', b = 'x' }))
    assert.equal('m:\n  l:\n    a: b\n', after_put(specs, 'm: null', { a = 'b' }))
    assert.equal('m:\n  l: null\n', after_put({ { path = 'm/l' } }, 'm: {l: null}', { a = 'b' }))
    fails('config', 'expected MappingNode but got ScalarNode', after_put, specs, 'm: {l: 1}', { a = 'b' })
    fails('config', 'expected MappingNode but got SequenceNode', after_put, specs, 'm: {l: []}', { a = 'b' })
    fails('argument', 'a scalar or a map', after_put, specs, 'm: 1', ifx.list {})
  end)

  it('gives the same node back when nothing changes', function()
    local fields, o = node.fields { { path = 'a/b', create = true } }, object 'a: {b: v}'
    assert.is_true(rawequal(o, fields:put(o, 'v')))
    assert.is_true(rawequal(o, fields:map(o, function() end)))
    local rewritten = fields:map(o, function(value) return value end) -- from now on it says no kind
    assert.equal(node.print(o), node.print(rewritten))
    assert.is_true(rawequal(rewritten, fields:map(rewritten, function(value) return value end)))
  end)

  it('takes back what a function made of values it saw before', function()
    local first
    local out = node.fields({ { path = 'a' } }, { each = true }):map(object 'a: [{b: 1}, {b: 2}, x]', function(value)
      first = first or value:with('0', 'c')
      return first
    end)
    assert.equal('a:\n- b: 1\n  c: "0"\n- b: 1\n  c: "0"\n- b: 1\n  c: "0"\n', node.print(out))
  end)

  it('shows a function what it finds, and takes what it returns', function()
    local seen = {}
    local fields = node.fields({ { path = 'a' }, { kind = 'Pod', path = 'b' }, { kind = 'Job', path = 'b' } }, { each = true })
    local out = fields:map(object 'kind: Pod\na: x\nb: [1, {c: 2}, null]', function(value, spec, kind)
      seen[#seen + 1] = ('%s %d %s'):format(type(value) == 'string' and value or node.print(value):sub(1, -2), spec, kind)
      if kind == 'map' then return value:with('3', 'c') end
      return value .. '0'
    end)
    assert.same({ 'x 1 string', '1 2 integer', 'c: 2 2 map' }, seen)
    assert.equal('a: x0\nb:\n- 10\n- c: "3"\n- null\nkind: Pod\n', node.print(out))
  end)

  it('asks for the fields of another type when told so', function()
    local fields, calls = node.fields { { group = 'apps', version = 'v1', kind = 'Deployment', path = 'a' } }, 0
    local function count() calls = calls + 1 end
    fields:map(object 'a: 1', count)
    assert.equal(0, calls)
    fields:map(object 'a: 1', count, { group = 'apps', version = 'v1', kind = 'Deployment' })
    fields:map(object '{apiVersion: apps/v1, kind: Deployment, a: 1}', count)
    assert.equal(2, calls)
  end)

  it('makes texts for a function where specs create', function()
    local specs = { { path = 'a/b', create = true } }
    local function v(text) return text .. 'v' end
    assert.equal('a:\n  b: v\n', node.print(node.fields(specs, { create = true }):map(object '{}', v)))
    assert.equal('{}\n', node.print(node.fields(specs):map(object '{}', v)))
  end)

  it('says where a path does not fit, and hands errors of the function on', function()
    local e = fails('config', "considering field 'a/b' of object K.v1.g/n.[noNs]: expected sequence or mapping node",
      after_put, { { path = 'a/b' } }, 'apiVersion: g/v1\nkind: K\nmetadata: {name: n}\na: 1', 'v')
    assert.equal(4, e.line)
    local fields = node.fields { { path = 'a' } }
    fails('conflict', 'no', fields.map, fields, object 'a: 1', function() err.raise { kind = 'conflict', message = 'no' } end)
    fails('argument', 'node', fields.put, fields, 'a: 1', 'v')
    fails('argument', 'fields', fields.put, object 'a: 1', object 'a: 1', 'v')
  end)
end)
