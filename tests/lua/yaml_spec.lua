-- yaml_spec.lua: Lua values from YAML and back. SPDX-License-Identifier: Apache-2.0
local failure = dofile 'tests/lua/support/failure.lua'
local ifx = require 'ifx'
local yaml = require 'yaml'

describe('yaml.decode', function()
  it('tells lists, maps and null apart', function()
    local v = yaml.decode 'list: []\nmap: {}\nnone:\ntext: "a\\0é"\nitems:\n- 1\n- x\n'
    assert.is_true(ifx.is_list(v.list))
    assert.is_false(ifx.is_list(v.map))
    assert.equal(ifx.null, v.none)
    assert.equal('a\0é', v.text)
    assert.is_true(ifx.is_list(v.items))
    assert.same({ 1, 'x' }, { v.items[1], v.items[2] })
  end)

  it('reads as Kubernetes does, or as YAML 1.2 does', function()
    local text = 'a: yes\nb: 0777\nc: 2020-01-01\nd: 1_000\ne: !!binary aGk=\nf: 1.0\ng: !local 1\n'
    local v = yaml.decode(text)
    assert.same({ true, 511, '2020-01-01', 1000, 'hi', 1.0, '1' }, { v.a, v.b, v.c, v.d, v.e, v.f, v.g })
    assert.equal('float', math.type(v.f))
    v = yaml.decode(text, { schema = 'core' })
    assert.same({ 'yes', 777, '2020-01-01', '1_000', 'hi' }, { v.a, v.b, v.c, v.d, v.e })
  end)

  it('keeps integers of 64 bits', function()
    local v = yaml.decode '[9223372036854775807, -9223372036854775808, 0x7fffffffffffffff]'
    assert.same({ math.maxinteger, math.mininteger, math.maxinteger }, { v[1], v[2], v[3] })
  end)

  it('makes keys strings', function()
    assert.same({ ['1'] = 'a', ['true'] = 'b', ['1.5'] = 'c' }, yaml.decode '{1: a, on: b, 1.5: c}')
    assert.same({ ['1'] = 'a', on = 'b', x = 'x' }, yaml.decode('{&k x: *k, 1: a, on: b}', { schema = 'core' }))
  end)

  it('copies what an alias stands for', function()
    local v = yaml.decode 'a: &x {b: [1]}\nc: *x\n'
    assert.same(v.a, v.c)
    assert.is_false(rawequal(v.a, v.c))
  end)

  it('merges, own keys first', function()
    local base = 'x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\n'
    assert.same({ a = 1, b = 3 }, yaml.decode(base .. 'v: {b: 3, <<: *x}').v)
    assert.same({ a = 1, b = 3 }, yaml.decode(base .. 'v: {<<: *x, b: 3}').v)
    assert.same({ a = 1, b = 1, c = 2 }, yaml.decode(base .. 'v: {<<: [*x, *y]}').v)
    assert.same({ a = 1, b = 2, c = 2 }, yaml.decode(base .. 'v: {<<: *x, <<: *y}').v)
    assert.same({ a = 1, b = 1, d = 4 }, yaml.decode(base .. 'v: {<<: {<<: *x, d: 4}}').v)
    assert.same({ ['<<'] = 1 }, yaml.decode('v: {"<<": 1}').v)
    assert.equal('<<', yaml.decode('v: <<').v)
    local e = failure(yaml.decode, 'v:\n  <<: 1\n')
    assert.same({ 'parse', 2, 7 }, { e.kind, e.line, e.column })
  end)

  it('keeps the order of keys when asked', function()
    local v = yaml.decode('z: 1\na: {x: 1, b: 2}\nm: {<<: {q: 1}, c: 3}\n', { order = true })
    assert.same({ 'z', 'a', 'm' }, ifx.keys(v))
    assert.same({ 'x', 'b' }, ifx.keys(v.a))
    assert.same({ 'c', 'q' }, ifx.keys(v.m))
    assert.same({ 'a', 'z' }, ifx.keys(yaml.decode 'z: 1\na: 2'))
  end)

  it('reads one document, or all', function()
    assert.is_nil(yaml.decode '# nothing\n')
    assert.equal(ifx.null, yaml.decode '---\n')
    assert.equal(1, yaml.decode('---\na: 1\n---\n').a)
    local e = failure(yaml.decode, 'a: 1\n---\nb: 2\n')
    assert.same({ 'parse', 3, 1 }, { e.kind, e.line, e.column })
    assert.truthy(e.hint:find('decode_all', 1, true))
    local all = yaml.decode_all 'a: 1\n---\n---\n- x\n'
    assert.is_true(ifx.is_list(all))
    assert.same({ 3, 1, ifx.null, 'x' }, { #all, all[1].a, all[2], all[3][1] })
    assert.equal(0, #yaml.decode_all '')
  end)

  it('says what it refuses, and where', function()
    local function place(text, opts)
      local e = failure(yaml.decode, text, opts)
      return { e.kind, e.line, e.column }
    end
    local e = failure(yaml.decode, 'a: 1\na: 2\n', { file = 'values.yaml' })
    assert.same({ 'parse', 'yaml.decode', 'values.yaml', 2, 1 }, { e.kind, e.op, e.file, e.line, e.column })
    assert.equal('mapping key "a" already defined at line 1, column 1', e.message)
    e = failure(yaml.decode, 'é: [1, 9223372036854775808]')
    assert.same({ 'parse', 1, 8 }, { e.kind, e.line, e.column })
    assert.equal('quote it to keep it as a string', e.hint)
    assert.same({ 'parse', 2, 1 }, place '1: a\n0x1: b\n')
    assert.same({ 'parse', 2, 1 }, place '0x1: a\n"1": b\n')
    assert.same({ 'parse', 2, 3 }, place 'a:\n  ~: b\n')
    assert.same({ 'parse', 1, 5 }, place 'a: {{ .Values.x }}\n')
    assert.same({ 'parse', 1, 10 }, place 'a: !!int x\n')
    assert.same({ 'parse', 1, 13 }, place 'a: !!binary "*"\n')
    assert.same({ 'parse', 2, 1 }, place 'a:\n\tb: 1\n')
    assert.equal('limit', failure(yaml.decode, ('['):rep(300)).kind)
    local bomb = { 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]' }
    for i = 1, 30 do
      bomb[#bomb + 1] = ('a%d: &a%d [%s]'):format(i, i, ('*a%d,'):format(i - 1):rep(9))
    end
    assert.equal('limit', failure(yaml.decode, table.concat(bomb, '\n')).kind)
  end)

  it('refuses wrong arguments', function()
    assert.equal('argument', failure(yaml.decode, 12).kind)
    assert.equal('argument', failure(yaml.decode, '1', { schema = 'json' }).kind)
    assert.equal('argument', failure(yaml.decode_all, '1', { order = 1 }).kind)
  end)
end)

describe('yaml.encode', function()
  it('writes block style with sorted keys', function()
    local v = { kind = 'Pod', items = { { b = 1, a = true }, { 1, 2 } }, none = ifx.null, e = ifx.list {}, m = {} }
    assert.equal('e: []\nitems:\n- a: true\n  b: 1\n- - 1\n  - 2\nkind: Pod\nm: {}\nnone: null\n', yaml.encode(v))
    assert.equal('text: |\n  x\n  y\n', yaml.encode { text = 'x\ny\n' })
    assert.equal('a:\n    b:\n        - 1\n', yaml.encode({ a = { b = { 1 } } }, { indent = 4, indent_lists = true }))
  end)

  it('keeps the order of maps that have one, and puts named keys first', function()
    local v = yaml.decode('z: 1\na: {x: 1, b: 2}\n', { order = true })
    v.new = 3
    assert.equal('z: 1\na:\n  x: 1\n  b: 2\nnew: 3\n', yaml.encode(v))
    local object = { metadata = 1, kind = 2, apiVersion = 3, a = 4 }
    assert.equal('apiVersion: 3\nkind: 2\na: 4\nmetadata: 1\n', yaml.encode(object, { keys = { 'apiVersion', 'kind' } }))
  end)

  it('quotes what would be read otherwise', function()
    assert.equal('- "yes"\n- "1"\n- 1.0\n- "2020-01-01"\n- ""\n- a b\n', yaml.encode { 'yes', '1', 1.0, '2020-01-01', '', 'a b' })
    assert.equal('"on": .inf\n', yaml.encode { on = math.huge })
    assert.equal('!!binary /w==\n', yaml.encode '\xff')
  end)

  it('reads back the same', function()
    local texts = { 'x: y', ' \n', '\n', '\ta\n', 'é\0', '\xff\xfe' }
    local v = { a = { 1, -1, 0.1, 1e300, math.mininteger, true, ifx.null, {} }, ['a: b'] = { { { texts } } } }
    for _, schema in ipairs { 'kubernetes', 'core' } do
      assert.same(v, yaml.decode(yaml.encode(v), { schema = schema }))
    end
  end)

  it('writes several documents', function()
    assert.equal('---\na: 1\n---\nnull\n', yaml.encode_all { { a = 1 }, ifx.null })
    assert.equal('', yaml.encode_all {})
    assert.same({ { a = 1 }, 'x\n' }, yaml.decode_all(yaml.encode_all { { a = 1 }, 'x\n' }))
  end)

  it('names the place of what it refuses', function()
    local function message(value) return failure(yaml.encode, value).message end
    assert.equal('a value of type function at $.a[2]', message { a = { 1, print } })
    assert.equal('a value of type nil at $', message(nil))
    assert.equal('a map with a key of type number at $["a b"]', message { ['a b'] = { [2.5] = 1 } })
    assert.equal('a list with holes, or with keys beside its items at $', message { 1, x = 2 })
    assert.equal('a key that is not valid UTF-8 at $', message { ['\xc0'] = 1 })
    local cycle = {}
    cycle.a = { cycle }
    assert.equal('a table that holds itself at $.a[1]', message(cycle))
    local deep = 1
    for _ = 1, 201 do deep = { deep } end
    assert.equal('limit', failure(yaml.encode, deep).kind)
    assert.equal('argument', failure(yaml.encode).kind)
    assert.equal('argument', failure(yaml.encode, 1, { indent = 1 }).kind)
    assert.equal('argument', failure(yaml.encode, 1, { keys = 'a' }).kind)
    assert.equal('argument', failure(yaml.encode_all, 1).kind)
  end)
end)

describe('yaml.scalar', function()
  it('writes a string in a style that is safe', function()
    assert.equal('a b', yaml.scalar 'a b')
    assert.equal('"yes"', yaml.scalar 'yes')
    assert.equal("'it''s'", yaml.scalar("it's", 'single'))
    assert.equal('"a\\nb"', yaml.scalar('a\nb', 'single'))
    assert.equal('"a"', yaml.scalar('a', 'double'))
    assert.equal('a,b', yaml.scalar('a,b', 'plain'))
    assert.equal('"a,b"', yaml.scalar('a,b', 'plain', true))
    assert.equal('argument', failure(yaml.scalar, 'a', 'folded').kind)
    assert.equal('argument', failure(yaml.scalar, '\xff').kind)
  end)
end)
