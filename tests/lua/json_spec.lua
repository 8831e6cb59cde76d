-- json_spec.lua: Lua values from JSON and back. SPDX-License-Identifier: Apache-2.0
local failure = dofile 'tests/lua/support/failure.lua'
local ifx = require 'ifx'
local json = require 'json'

describe('json.decode', function()
  it('tells lists, maps and null apart', function()
    local v = json.decode '{"list": [], "map": {}, "none": null, "yes": true, "text": "a\\u0000\\u00e9"}'
    assert.is_true(ifx.is_list(v.list))
    assert.is_false(ifx.is_list(v.map))
    assert.equal(ifx.null, v.none)
    assert.is_true(v.yes)
    assert.equal('a\0é', v.text)
  end)

  it('keeps integers of 64 bits, and reals as reals', function()
    local v = json.decode '[9223372036854775807, -9223372036854775808, 1.0, 1e2]'
    assert.equal(math.maxinteger, v[1])
    assert.equal(math.mininteger, v[2])
    assert.equal('float', math.type(v[3]))
    assert.equal('float', math.type(v[4]))
  end)

  it('keeps the order of keys when asked', function()
    local v = json.decode('{"z": 1, "a": {"y": 1, "b": 2}}', { order = true })
    assert.same({ 'z', 'a' }, ifx.keys(v))
    assert.same({ 'y', 'b' }, ifx.keys(v.a))
    assert.same({ 'a', 'z' }, ifx.keys(json.decode '{"z": 1, "a": 2}'))
  end)

  it('says what it refuses, and where', function()
    local e = failure(json.decode, '{\n  "a": 1,\n  "a": 2\n}', { file = 'values.json' })
    assert.same({ 'parse', 'json.decode', 'values.json', 3, 3 }, { e.kind, e.op, e.file, e.line, e.column })
    assert.equal('key "a" stands twice in one object', e.message)
    e = failure(json.decode, '[1, 9223372036854775808]')
    assert.same({ 'parse', 1, 5 }, { e.kind, e.line, e.column })
    assert.equal('write it as a string', e.hint)
    assert.is_nil(e.file)
    e = failure(json.decode, '{} x')
    assert.same({ 'parse', 1, 4 }, { e.kind, e.line, e.column })
    e = failure(json.decode, '"\xff"')
    assert.same({ 'parse', 1, 2 }, { e.kind, e.line, e.column })
    assert.equal('limit', failure(json.decode, ('['):rep(201)).kind)
    assert.equal(1, json.decode('[' .. ('['):rep(199) .. '1' .. (']'):rep(200)) and 1)
  end)

  it('refuses wrong arguments', function()
    assert.equal('argument', failure(json.decode, 12).kind)
    assert.equal('argument', failure(json.decode, '1', { order = 1 }).kind)
    assert.equal('argument', failure(json.decode, '1', { file = 1 }).kind)
  end)
end)

describe('json.encode', function()
  it('sorts keys, and keeps the order of maps that have one', function()
    assert.equal('{"a":1,"a b":2,"b":{},"c":[]}', json.encode { b = {}, a = 1, ['a b'] = 2, c = ifx.list {} })
    local v = json.decode('{"z":1,"m":[{"y":1,"b":2}],"a":3}', { order = true })
    assert.equal('{"z":1,"m":[{"y":1,"b":2}],"a":3}', json.encode(v))
    v.m, v.c, v.b = nil, 5, 4
    assert.equal('{"z":1,"a":3,"b":4,"c":5}', json.encode(v))
    assert.equal('{"kind":2,"z":1}', json.encode(ifx.ordered { { 'kind', 2 }, { 'z', 1 } }))
  end)

  it('puts the keys first that were named', function()
    local object = { name = 1, kind = 2, apiVersion = 3, a = 4 }
    assert.equal('{"apiVersion":3,"kind":2,"a":4,"name":1}', json.encode(object, { keys = { 'apiVersion', 'kind' } }))
  end)

  it('writes reals shortest and integers exactly', function()
    assert.equal('[1.0,0.1,0.30000000000000004,1e+300,-0.0]', json.encode { 1.0, 0.1, 0.1 + 0.2, 1e300, -0.0 })
    assert.equal('[9223372036854775807,-9223372036854775808]', json.encode { math.maxinteger, math.mininteger })
  end)

  it('escapes strings', function()
    assert.equal([["\"\\\n\u0000\u001fé/"]], json.encode '"\\\n\0\x1fé/')
  end)

  it('writes for people', function()
    local text = '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": [],\n  "c": null\n}'
    assert.equal(text, json.encode({ a = { 1, {} }, b = ifx.list {}, c = ifx.null }, { pretty = true }))
  end)

  it('names the place of what it refuses', function()
    local function message(value) return failure(json.encode, value).message end
    assert.equal('a string that is not valid UTF-8 at $.items[3].name', message { items = { 1, 2, { name = '\xff' } } })
    assert.equal('a number that is not finite at $["a b"][1]', message { ['a b'] = { 0 / 0 } })
    assert.equal('a number that is not finite at $', message(math.huge))
    assert.equal('a value of type function at $[1]', message { type })
    assert.equal('a value of type nil at $', message(nil))
    assert.equal('a map with a key of type number at $.a', message { a = { [2.5] = 1 } })
    assert.equal('a list with holes, or with keys beside its items at $', message { 1, nil, 3 })
    assert.equal('a list with holes, or with keys beside its items at $', message { 1, x = 2 })
    assert.equal('a key that is not valid UTF-8 at $', message { ['\xc0'] = 1 })
    local cycle = { a = {} }
    cycle.a.b = cycle
    assert.equal('a table that holds itself at $.a.b', message(cycle))
  end)

  it('refuses what is too deep or grows too large', function()
    local deep, shared = 1, ('x'):rep(100)
    for _ = 1, 201 do deep = { deep } end
    assert.equal('limit', failure(json.encode, deep).kind)
    for _ = 1, 60 do shared = { shared, shared } end
    assert.equal('limit', failure(json.encode, shared).kind)
  end)

  it('refuses wrong arguments', function()
    assert.equal('argument', failure(json.encode).kind)
    assert.equal('argument', failure(json.encode, {}, { keys = 1 }).kind)
    assert.equal('argument', failure(json.encode, {}, { pretty = 'yes' }).kind)
  end)
end)
