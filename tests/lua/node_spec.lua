-- node_spec.lua: values that are read from YAML, asked and printed. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local ifx = require 'ifx'
local node = require 'node'

local function fails(message, line, f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok)
  assert.is_true(err.is(e, 'parse'), tostring(e))
  assert.matches(message, e.message, 1, true)
  assert.equal(line, e.line)
  return e
end

describe('node.print', function()
  it('prints a list piece by piece', function()
    local list = node.manifests 'a: 1\n---\nb: 2\n---\nc: 3\n'
    assert.same({ 'a: 1\n---\nb: 2\n', 3 }, { node.print(list, 1, 6) })
    assert.same({ '---\nc: 3\n' }, { node.print(list, 3, 1) })
    assert.same({ 'a: 1\n---\nb: 2\n---\nc: 3\n' }, { node.print(list) })
    assert.same({ '' }, { node.print({}, 1, 1) })
    assert.is_false(pcall(node.print, list, 0))
  end)
end)

describe('what is too large to print', function()
  it('is refused before anything walks it', function()
    local deep, wide = node.of { a = 1 }, node.of { a = 1 }
    for _ = 1, 1000 do deep = node.of { a = deep } end
    for _ = 1, 40 do wide = node.of { a = wide, b = wide } end
    for _, big in ipairs { deep, wide } do
      for _, f in ipairs { node.print, big.json, function(n) return n:patch(node.of(ifx.list {})) end } do
        local ok, e = pcall(f, big)
        assert.is_false(ok)
        assert.is_true(err.is(e, 'limit'), tostring(e))
      end
    end
  end)
end)

describe('node.manifests', function()
  it('splits a text at lines that begin with ---', function()
    local function count(text) return #node.manifests(text) end
    assert.equal(0, count '')
    assert.equal(0, count '# only a comment\n---\nnull\n---\n')
    assert.equal(1, count 'a: 1')
    assert.equal(2, count '---\na: 1\n--- # next\nb: 2\n---\n')
    assert.equal(1, count 'a: |\n  x\n  ---\n  y\n')
    assert.equal('a: 1\n---\nb: 2\n', node.print(node.manifests '\239\187\191a: 1\r\n---\r\nb: 2\r\n'))
  end)

  it('shares what it reads with other threads, until it is let go of', function()
    local text = 'shared: by all\n'
    local first = node.manifests(text, { share = true })
    local again = require 'ifx.worker'.map('ifx.specs.chunk', { argument = text, text = [[
      return function(text)
        local node = require 'node'
        return function() return node.manifests(text, { share = true })[1]:get 'shared' end
      end]] }, { 1, 2, 3 })
    assert.same({ 'by all', 'by all', 'by all' }, again)
    node.let_go()
    assert.equal('by all', first[1]:get 'shared')
    assert.equal('by all', node.manifests(text, { share = true })[1]:get 'shared')
    assert.is_false(pcall(node.manifests, 'a: [', { share = true }))
    assert.is_false(pcall(node.manifests, 'a: [', { share = true }))
    node.let_go()
  end)

  it('says where a text is wrong', function()
    local e = fails('invalid document separator: --- x: 1', 2, node.manifests, 'a: 1\n--- x: 1\n', { file = 'f.yaml' })
    assert.equal('f.yaml', e.file)
    fails('', 5, node.manifests, 'a: 1\n---\nb: 1\nc: [1\n')
    fails('is no string', 3, node.print, node.manifests '\na:\n  8080: x\n')
  end)

  it('breaks folded texts as kyaml does, but for annotations', function()
    local object = 'metadata:\n  annotations:\n    a: >\n      x\n        y\n  labels:\n    b: >\n      x\n        y\n'
    assert.equal('metadata:\n  annotations:\n    a: |\n      x\n        y\n  labels:\n    b: |\n      x\n\n        y\n',
      node.print(node.manifests(object)))
  end)

  it('tells the line of a value in the whole text', function()
    local all = node.manifests 'a: 1\n---\n\nb:\n  - c: 2\n'
    assert.equal(4, all[2]:line())
    assert.equal(5, all[2]:get('b', 1):line())
  end)
end)

describe('a node', function()
  it('is asked by keys and positions', function()
    local n = node.manifests 'a: {b: [x, {c: 0x1F}]}\nd: ~\ne: true\n'[1]
    assert.equal('map', n:kind())
    assert.equal(3, #n)
    assert.equal('x', n:get('a', 'b', 1))
    assert.equal('0x1F', n:get('a', 'b', 2, 'c'))
    assert.equal(ifx.null, n:get 'd')
    assert.equal('true', n:get 'e')
    assert.equal('list', n:get('a', 'b'):kind())
    assert.equal(2, #n:get('a', 'b'))
    for _, path in ipairs { { 'z' }, { 'a', 'b', 3 }, { 'a', 'b', 0 }, { 'a', 1 }, { 'e', 'x' } } do
      assert.is_nil(n:get(table.unpack(path)))
    end
  end)

  it('outlives the text and the list that it came from', function()
    local inner = node.manifests('a: {b: {c: ' .. ('x'):rep(100) .. '}}')[1]:get('a', 'b')
    collectgarbage()
    assert.equal('c: ' .. ('x'):rep(100) .. '\n', node.print(inner))
  end)

  it('is nothing else', function()
    for _, bad in ipairs { 'text', 5, { 'text' }, io.stdout } do
      local ok, e = pcall(node.print, bad)
      assert.is_false(ok)
      assert.equal('argument', e.kind)
    end
  end)
end)

describe('node.of and with', function()
  it('make values, and changed copies of them', function()
    local n = node.of { a = 1, b = { true, 'x', 1.5, ifx.null }, c = ifx.list {}, d = {} }
    assert.equal('a: 1\nb:\n- true\n- x\n- 1.5\n- null\nc: []\nd: {}\n', node.print(n))
    local changed = n:with('new', 'd', 'e', 'f'):with(nil, 'b', 1):with(n:get('b'), 'a'):with(nil, 'gone', 'too')
    assert.equal('a:\n- true\n- x\n- 1.5\n- null\nb:\n- x\n- 1.5\n- null\nc: []\nd:\n  e:\n    f: new\n', node.print(changed))
    assert.equal('a: 1\n', node.print(n:with(nil, 'b'):with(nil, 'c'):with(nil, 'd')))
    collectgarbage()
    assert.equal('new', changed:get('d', 'e', 'f'))
  end)

  it('keep numbers as they are given', function()
    local t = { 7 }
    node.of(t)
    assert.equal('integer', math.type(t[1]))
    assert.equal('integer', node.of(7):kind())
    assert.equal('real', node.of(0.5):kind())
    assert.equal('9223372036854775807\n', node.print(node.of(math.maxinteger)))
  end)

  it('refuse what is no value, and paths through what is no map', function()
    local loop = {}
    loop.a = loop
    for _, bad in ipairs { print, loop, { [1.5] = 1 }, { a = print }, io.stdout } do
      local ok, e = pcall(node.of, bad)
      assert.is_true(not ok and err.is(e, 'argument'), tostring(e))
    end
    local n = node.of { a = { 1 }, b = 'x' }
    for _, path in ipairs { { 'b', 'c' }, { 'a', 'c' }, { 'a', 2 }, { 'a', 0 }, { 1 }, {} } do
      local ok, e = pcall(n.with, n, 'v', table.unpack(path))
      assert.is_true(not ok and err.is(e, 'argument'), tostring(e))
    end
  end)
end)

describe('a JSON patch', function()
  local function patched(text, patch)
    return node.print(node.manifests(text)[1]:patch(node.document(patch)))
  end

  it('is read as YAML 1.1 and changes a copy', function()
    local patch = '[{op: replace, path: /a, value: yes}, {op: add, path: /b/0, value: 0777}]'
    assert.equal('a: true\nb:\n- 511\n- x\n', patched('a: 1\nb: [x]', patch))
    assert.equal('a: null\n', patched('a: 1', '[{op: add, path: /a}]'))
  end)

  it('says what does not apply', function()
    for patch, kind in pairs {
      ['[{op: remove, path: /x}]'] = 'not_found', ['[{op: test, path: /a, value: 2}]'] = 'conflict', ['{}'] = 'parse',
    } do
      local ok, e = pcall(patched, 'a: 1', patch)
      assert.is_true(not ok and err.is(e, kind), tostring(e))
    end
  end)

  it('takes documents of either schema', function()
    assert.equal('a: "yes"\n', node.print(node.document('a: yes', { schema = 'kyaml' })))
    assert.equal('a: true\n', node.print(node.document 'a: yes'))
    assert.equal('null', node.document(''):kind())
  end)
end)

describe('node as Lua values', function()
  it('gives keys in the order of printing, and values', function()
    local n = node.manifests('b: [1, x, ~, 1.5, 0x10]\na10: true\na9: {}\nt: 2020-01-01\n')[1]
    assert.same({ 'a9', 'a10', 'b', 't' }, n:keys())
    assert.same({}, n:get('b'):keys())
    local v = n:value()
    assert.same({ 1, 'x', ifx.null, 1.5, 16 }, { table.unpack(v.b) })
    assert.is_true(ifx.is_list(v.b))
    assert.is_false(ifx.is_list(v.a9))
    assert.equal(true, v.a10)
    assert.equal('2020-01-01', v.t)
  end)

  it('lets the last of equal keys count where it may', function()
    local text = 'b: 1\na: {x: 1, w: 2, x: 3}\nb: 2\nc: &m {k: 1}\nd: {<<: *m, k: 2}\n'
    assert.is_false((pcall(node.document, text)))
    assert.is_false((pcall(node.manifests, text)))
    assert.equal('a:\n  w: 2\n  x: 3\nb: 2\nc:\n  k: 1\nd:\n  k: 2\n',
      node.print(node.document(text, { repeated_keys = true })))
  end)

  it('writes JSON as Go does', function()
    local n = node.document('{b: [1, 0x10, 1.50, 1e21, 1e-7, -0.00001, 1234567890123456789], a: {z: "<\\u2028>", x: ~}, c: true}')
    assert.equal('{"a":{"x":null,"z":"\\u003c\\u2028\\u003e"},"b":[1,16,1.5,1e+21,1e-7,-0.00001,1234567890123456800],"c":true}',
      n:json())
    assert.equal('"a\\"\\n"', node.of('a"\n'):json())
  end)

  it('makes texts of scalars', function()
    local n = node.manifests('m: {a: {x: 0777, y: ~, z: [1], no: s}, b: {}, c: ~}\n')[1]
    assert.equal('m:\n  a:\n    "no": s\n    x: "0777"\n    "y": "~"\n    z: ""\n  b: {}\n  c: null\n',
      node.print(n:texts('m', 'a')))
    assert.is_false((pcall(node.print, node.manifests('m: {"1": x}\n')[1]:texts 'm')))
    assert.is_nil(n:texts('m', 'b'):get('m', 'b'))
    assert.is_nil(n:texts('m', 'c'):get('m', 'c'))
    local plain = node.manifests('m: {a: x}\n')[1]
    assert.equal(plain, plain:texts('m'))
    assert.equal(plain, plain:texts('n', 'o'))
    assert.is_false((pcall(plain.texts, plain)))
  end)
end)

describe('node:merge', function()
  local function read(text) return node.manifests(text)[1] end

  local keys = node.merge_keys(node.of {
    types = { named = { keys = ifx.list { 'name' } } },
    objects = { v1 = { Pod = { fields = { containers = 'named', finalizers = { keys = ifx.list { '' } } } } } },
  })

  it('merges maps, and lists as it is told', function()
    local base = read 'apiVersion: v1\nkind: Pod\ncontainers: [{name: a, x: 1}, {name: b}]\nfinalizers: [a]\nl: [1]\n'
    local patch = read 'containers: [{name: b, y: 2}]\nfinalizers: [b]\nl: [2]\nx: ~\n'
    assert.equal([[
apiVersion: v1
containers:
- name: b
  "y": 2
- name: a
  x: 1
finalizers:
- b
- a
kind: Pod
l:
- 2
]], node.print(base:merge(patch, keys)))
    assert.equal('- name: b\n  "y": 2\n', node.print(base:merge(patch):get 'containers'))
    assert.is_nil(base:merge(read '$patch: delete'))
  end)

  it('refuses what cannot be merged, and what are no keys', function()
    local ok, e = pcall(read('a: 1').merge, read 'a: {b: 1}', read 'a: [1]')
    assert.is_true(not ok and err.is(e, 'parse'), tostring(e))
    ok, e = pcall(read('a: 1').merge, read 'a: 1', read 'a: 2', read 'a: 3')
    assert.is_true(not ok and err.is(e, 'argument'), tostring(e))
    ok, e = pcall(node.merge_keys, node.of { types = { a = { items = 'b' } } })
    assert.is_true(not ok and err.is(e, 'parse'), tostring(e))
  end)
end)

describe('paths of replacements', function()
  local regex = require 'regex'
  local object = node.manifests 'kind: A\nport: 80\nlist: [{name: web, image: "a:1"}, {name: side, image: "b:1"}]\n'[1]
  local function put(path, value, options)
    local changed, places = node.target(path, regex.compile):put(object, node.of(value), options)
    return node.print(changed), places
  end

  it('lead to a value', function()
    assert.equal('string', node.source 'list.[name=side].image':get(object):kind())
    assert.equal('b:1', node.source 'list.-.image':get(object):get())
    assert.is_nil(node.source 'list.9':get(object))
    fails('wildcard is not supported', nil, node.source, 'list.*')
    local ok, e = pcall(function() return node.source 'kind.x':get(object) end)
    assert.is_false(ok)
    assert.is_true(err.is(e, 'conflict'))
  end)

  it('write where expressions match', function()
    local text, places = put('list.[name=w.b].image', 'x')
    assert.equal('kind: A\nlist:\n- image: x\n  name: web\n- image: b:1\n  name: side\nport: 80\n', text)
    assert.equal(1, places)
    assert.equal(2, select(2, put('list.*.image', '2', { delimiter = ':', index = 1 })))
    assert.equal(0, select(2, put('list.[name=^nobody$].image', 'x')))
    assert.equal('kind: A\nlist:\n- image: a:1\n  name: web\n- image: b:1\n  name: side\nnew:\n- 8\nport: 80\n',
      (put('new.0', '8', { create = true })))
    fails('is not the number', 2, put, 'port', 'many')
  end)

  it('are refused when they are none', function()
    fails('must contain fieldName=fieldValue', nil, node.target, 'list.[x]', regex.compile)
    assert.is_false(pcall(node.target, 'list.[name=(]', regex.compile))
    assert.is_false(pcall(node.target, 'list'))
    assert.is_false(pcall(function() node.target('list', regex.compile):put(object, 'text') end))
    local source <close> = node.source 'kind'
    assert.has_error(function() getmetatable(source).__close(source) source:get(object) end)
  end)
end)

describe('a closed node', function()
  it('is refused wherever a node is asked for', function()
    local closed
    do
      local object <close> = node.of { a = 1 }
      closed = object
    end
    local open = node.of {}
    for _, use in ipairs { closed.kind, closed.value, closed.keys, node.print, node.of } do
      assert.matches('it is closed', tostring(select(2, pcall(use, closed))), 1, true)
    end
    assert.matches('it is closed', tostring(select(2, pcall(open.merge, open, closed))), 1, true)
    assert.matches('it is closed', tostring(select(2, pcall(node.of, { closed }))), 1, true)
  end)

  it('compares values, wherever they come from', function()
    local a = node.document 'a: 1\nb: [x, {c: "2"}]\n'
    assert.is_true(a:equal(node.document '{b: [x, {c: "2"}], a: 1}'))
    assert.is_true(a:equal(a))
    assert.is_false(a:equal(node.document '{b: [x, {c: 2}], a: 1}'))
    assert.is_false(a:equal(node.document '{b: [x], a: 1}'))
    assert.is_false(a:equal(node.document '{b: [x, {c: "2"}], z: 1}'))
    assert.is_false(a:equal(node.of(1)))
    assert.has_error(function() return a:equal 'text' end)
  end)
end)
