-- difference_spec.lua: where two objects differ. SPDX-License-Identifier: Apache-2.0
local difference = require 'ifx.k8s.difference'
local ifx = require 'ifx'
local list = require 'ifx.list'
local node = require 'node'

local function lines(before, after)
  return list.map(difference(node.document(before), node.document(after)), function(field)
    local function shown(value) return value == nil and '-' or type(value) == 'table' and '{}' or tostring(value) end
    return field.masked and field.path .. ' masked' or ('%s %s %s'):format(field.path, shown(field.before), shown(field.after))
  end)
end

describe('the difference of two objects', function()
  it('is nothing for equal ones, however they are written', function()
    assert.same({}, lines('{b: [1, x], a: {}}', 'a: {}\nb:\n- 1\n- "x"\n'))
  end)

  it('names fields by their path', function()
    assert.same({ 'a 1 1', 'labels["x/y"] v -', 'spec.replicas 1 2', 'spec.x - {}' },
      lines('{a: 1, labels: {x/y: v}, spec: {replicas: 1}}', '{a: "1", labels: {}, spec: {replicas: 2, x: {}}}'))
  end)

  it('knows items of lists by what names them', function()
    assert.same({ 'c[name=a].v 1 2', 'c[name=b] {} -', 'c[name=z] - {}' },
      lines('c: [{name: a, v: 1}, {name: b}]', 'c: [{name: a, v: 2}, {name: z}]'))
    assert.same({ 'c {} {}' }, lines('c: [{name: a}, {name: b}]', 'c: [{name: b}, {name: a}]'))
    assert.same({ 'p[port=80].v a b', 'p[port=http] - {}' },
      lines('p: [{port: 80, v: a}]', 'p: [{port: 80, v: b}, {port: http}]'))
  end)

  it('takes other lists item by item', function()
    assert.same({ 'a[2] b z', 'a[3] - w' }, lines('a: [x, b]', 'a: [x, z, w]'))
    assert.same({ 'c[1].name a b' }, lines('c: [{name: a}, {name: a}]', 'c: [{name: b}, {name: a}]'))
    assert.same({ 'a {} {}' }, lines('a: []', 'a: {}'))
  end)

  it('does not tell what a copy of a Secret in its annotations holds, nor what the API does not know', function()
    local key = 'kubectl.kubernetes.io/last-applied-configuration'
    local secret = 'apiVersion: v1\nkind: Secret\n%s\n'
    local function masked(before, after)
      return lines(secret:format(before), secret:format(after))
    end
    local function copy(value)
      return ("metadata: {annotations: {x: y, %s: '{\"data\":{\"p\":\"%s\"}}'}}"):format(key, value)
    end
    assert.same({ ('metadata.annotations[%q] masked'):format(key) }, masked(copy 'one', copy 'two'))
    local named = copy('one'):gsub('{annotations', '{name: a, annotations')
    assert.same({ 'metadata.annotations masked' }, masked('metadata: {name: a}', named))
    assert.same({ 'Data.p masked' }, masked('Data: {p: one}', 'Data: {p: two}'))
    assert.same({ 'metadata.annotations.x v z', 'type a b' },
      masked('type: a\nmetadata: {annotations: {x: v}}', 'type: b\nmetadata: {annotations: {x: z}}'))
  end)

  it('does not tell what a Secret holds', function()
    local secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: %s}\ndata: {p: %s}\nstringData: {q: %s}\n'
    local found = difference(node.document(secret:format('a', 'eA==', 'one')), node.document(secret:format('b', 'eQ==', 'two')))
    assert.same({ 'data.p', 'metadata.name', 'stringData.q' }, list.map(found, 'path'))
    for _, i in ipairs { 1, 3 } do assert.same({ true }, { found[i].masked, found[i].before, found[i].after }) end
    assert.equal('b', found[2].after)
  end)

  it('is never nothing for values that are not the same', function()
    for _, pair in ipairs { { 'a: 1.0', 'a: 1.00' }, { 'a: 99999999999999999999', 'a: "99999999999999999999"' },
      { 'a: null', '{}' }, { 'a: 1', 'a: 1.0' }, { 'a: true', 'a: "true"' } } do
      assert.is_true(#difference(node.document(pair[1]), node.document(pair[2])) > 0, pair[1])
    end
    assert.equal(ifx.null, difference(node.document 'a: null', node.document '{}')[1].before)
  end)
end)
