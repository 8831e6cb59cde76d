-- schema_spec.lua: typed fields. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local schema = require 'ifx.schema'
local suggest = require 'ifx.suggest'
local yaml = require 'yaml'

local function refused(f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok)
  assert.is_true(err.is(e), tostring(e))
  return e
end

local function check(field, value)
  return schema.check({ f = field }, { f = value }).f
end

describe('schema.check', function()
  it('takes values of each type', function()
    assert.equal('a', check({ type = 'string' }, 'a'))
    assert.same({ 'a', 'b' }, check({ type = 'string[]' }, { 'a', 'b' }))
    assert.equal(3, check({ type = 'integer' }, 3))
    assert.equal(1.5, check({ type = 'number' }, 1.5))
    assert.is_false(check({ type = 'boolean' }, false))
    assert.equal('https://h:8006/x', check({ type = 'url' }, 'https://h:8006/x'))
    assert.equal('a/b', check({ type = 'path' }, 'a/b'))
    assert.equal('A', check({ type = 'enum', values = { 'A', 'B' } }, 'A'))
    assert.equal(5400, check({ type = 'duration' }, '1h30m'))
    assert.same({ env = 'X' }, check({ type = 'secret' }, { env = 'X' }))
    assert.same({ command = { 'pass', 'x' } }, check({ type = 'secret' }, { command = { 'pass', 'x' } }))
  end)

  it('refuses values of another type, saying what must stand there', function()
    for type_name, case in pairs {
      string = { 1, 'f: must be text, not a number' },
      ['string[]'] = { 'a', 'f: must be a list, not text' },
      integer = { 1.5, 'f: must be a whole number, not a number' },
      number = { 'x', 'f: must be a number, not text' },
      boolean = { 'yes', 'f: must be true or false, not text' },
      url = { 'host', 'f: must be a URL such as https://host:port/path, not text' },
      path = { '', 'f: must be a path, not text' },
      duration = { 'soon', 'f: must be a duration such as 90s, 10m or 1h30m, not text' },
      map = { { 1 }, 'f: must be a map, not a list' },
      list = { { a = 1 }, 'f: must be a list, not a map' },
    } do
      local e = refused(check, { type = type_name }, case[1])
      assert.equal('config', e.kind)
      assert.equal(case[2], e.message)
    end
  end)

  it('refuses what is no reference to a secret, and says why', function()
    local wrong = { 'hunter2', { env = '' }, { env = 'A', file = 'b' }, { command = 'ls' }, { sops = { file = 'x' } }, {} }
    for _, value in ipairs(wrong) do
      local e = refused(check, { type = 'secret' }, value)
      assert.truthy(e.message:find('^f: must be a reference'))
      assert.is_nil(tostring(e):find('hunter2', 1, true))
    end
  end)

  it('names the item of a list and the field of a map', function()
    assert.equal('f[2]: must be text, not a number', refused(check, { type = 'string[]' }, { 'a', 2 }).message)
    local map = { type = 'map', values = { type = 'map', fields = { n = { type = 'integer' } } } }
    assert.equal('f.x.n: must be a whole number, not text', refused(check, map, { x = { n = 'a' } }).message)
  end)

  it('suggests the field that was meant', function()
    local e = refused(schema.check, { colour = { type = 'string' } }, { color = 'red' })
    assert.equal('color: unknown field', e.message)
    assert.equal('did you mean colour?', e.hint)
    assert.equal('the fields here are colour', refused(schema.check, { colour = { type = 'string' } }, { size = 1 }).hint)
  end)

  it('fills defaults and misses what is required', function()
    local fields = { a = { type = 'integer', default = 7 }, b = { type = 'string', required = true } }
    assert.same({ a = 7, b = 'x' }, schema.check(fields, { b = 'x' }))
    assert.equal('b is missing', refused(schema.check, fields, {}).message)
  end)

  it('keeps bounds', function()
    assert.equal('f: must be at least 1', refused(check, { type = 'integer', min = 1 }, 0).message)
    assert.equal('f: must be at most 2 items', refused(check, { type = 'string[]', max = 2 }, { 'a', 'b', 'c' }).message)
    assert.equal('f: must be at most 2 bytes', refused(check, { type = 'string', max = 2 }, 'abc').message)
  end)

  it('says where', function()
    local text = 'a: 1\nnested:\n  wrong: 2\n'
    local document = yaml.document(text, { file = 'x.yaml' })
    local e = refused(schema.check, { a = { type = 'integer' }, nested = { type = 'map', fields = {} } },
      document:value(1), { where = schema.places(document, 'x.yaml') })
    assert.same({ 'x.yaml', 3 }, { e.file, e.line })
  end)
end)

describe('schema.from_text', function()
  it('reads values from a command line', function()
    assert.equal(5, schema.from_text({ type = 'integer' }, '5', 'n'))
    assert.is_true(schema.from_text({ type = 'boolean' }, 'true', 'n'))
    assert.same({ 'a', 'b' }, schema.from_text({ type = 'string[]' }, 'a,b', 'n'))
    assert.same({}, schema.from_text({ type = 'string[]' }, '', 'n'))
    assert.equal(90, schema.from_text({ type = 'duration' }, '90', 'n'))
    assert.same({ env = 'TOKEN' }, schema.from_text({ type = 'secret' }, 'env:TOKEN', 'n'))
  end)

  it('refuses with kind argument', function()
    local e = refused(schema.from_text, { type = 'integer' }, '5x', 'budget')
    assert.equal('argument', e.kind)
    assert.equal("budget: must be a whole number, not '5x'", e.message)
    assert.equal('argument', refused(schema.from_text, { type = 'map' }, 'x', 'm').kind)
    e = refused(schema.from_text, { type = 'enum', values = { 'small', 'large' } }, 'smal', 'size')
    assert.equal('did you mean small?', e.hint)
  end)
end)

describe('schema.check_schema', function()
  it('takes fields that a file describes', function()
    local fields = schema.check_schema { url = { type = 'url', required = true, env = 'X_URL', doc = 'where' } }
    assert.same({ type = 'url', required = true, env = 'X_URL', doc = 'where' }, fields.url)
  end)

  it('refuses fields that make no sense', function()
    for message, field in pairs {
      ['f.type: no such type (did you mean integer?)'] = { type = 'intger' },
      ['f: type is missing'] = {},
      ['f: an enum needs values'] = { type = 'enum' },
      ['f.values: only an enum has values'] = { type = 'string', values = { 'a' } },
      ['f.default: must be a whole number'] = { type = 'integer', default = 'x' },
      ['f.default: a secret has no default'] = { type = 'secret', default = { env = 'X' } },
      ['f.env: must be the name of an environment variable'] = { type = 'string', env = 'a b' },
      ['f.requird: unknown field'] = { type = 'string', requird = true },
    } do
      local e = refused(schema.check_schema, { f = field })
      assert.equal(message, e.message:sub(1, #message))
    end
    assert.truthy(refused(schema.check_schema, { 'a' }).message:find('must be a map', 1, true))
  end)
end)

describe('schema.seconds', function()
  it('adds up units', function()
    assert.equal(90, schema.seconds('1m30s'))
    assert.equal(0.5, schema.seconds('500ms'))
    assert.equal(86400, schema.seconds('1d'))
    assert.equal(12, schema.seconds(12))
    for _, text in ipairs { '', '5', 'm', '-1s', '1x', '1s2', true } do assert.is_nil(schema.seconds(text)) end
    assert.is_nil(schema.seconds(-1))
    assert.is_nil(schema.seconds(math.huge))
  end)
end)

describe('schema documentation', function()
  local fields = {
    size = { type = 'enum', values = { 's', 'l' }, default = 's', doc = 'how large' },
    url = { type = 'url', required = true, doc = 'where', env = 'X_URL' },
  }
  it('is made from the fields', function()
    assert.same({ { 'size', 's|l', 'default s', 'how large' }, { 'url', 'url', 'required', 'where; filled by $X_URL' } },
      schema.rows(fields))
    assert.truthy(schema.markdown(fields):find('| `size` | s\\|l | default s | how large |', 1, true))
  end)
end)

describe('suggest', function()
  it('finds near words only', function()
    assert.equal('references', suggest('refrences', { 'references', 'transform' }))
    assert.equal('requires', suggest('reqiures', { 'requires', 'read' }))
    assert.is_nil(suggest('zzz', { 'references' }))
    assert.is_nil(suggest(('x'):rep(100), { ('x'):rep(100) }))
  end)
end)
