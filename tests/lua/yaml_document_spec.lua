-- yaml_document_spec.lua: yaml.document as scripts use it. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local ifx = require 'ifx'
local yaml = require 'yaml'

local SAMPLE = [[
# the root
apiVersion: v1
kind: List   # many
metadata: &meta
  name: "demo"
resources:
- ../base
- 'app.yaml'
limits: {cpu: 2, memory: null}
copy: *meta
---
second: |
  text
]]

local function refusal(kind, f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok)
  assert.is_true(err.is(e, kind), tostring(e))
  return e
end

describe('yaml.document', function()
  it('counts its documents and gives their values', function()
    local doc = yaml.document(SAMPLE)
    assert.equal(2, #doc)
    assert.equal('v1', doc:value().apiVersion)
    assert.equal('text\n', doc:value(2).second)
    refusal('argument', doc.value, doc, 3)
    assert.is_nil(yaml.document('# nothing\n'):value())
  end)

  it('keeps its text', function()
    assert.equal(SAMPLE, yaml.document(SAMPLE):text())
    assert.equal('', yaml.document(''):text())
  end)

  it('refuses what does not parse, with its place', function()
    local e = refusal('parse', yaml.document, 'a: [1\n', { file = 'x.yaml' })
    assert.equal('x.yaml', e.file)
    assert.is_true(e.line > 0)
    assert.equal('yaml.document', e.op)
    refusal('argument', yaml.document, 5)
    refusal('argument', yaml.document, '', { schema = 'yaml' })
  end)

  it('ends when closed, twice without harm', function()
    local doc <close> = yaml.document('a: 1')
    doc:close()
    doc:close()
    refusal('argument', doc.text, doc)
    refusal('argument', doc.text, 'no document')
  end)
end)

describe('document:get and document:at', function()
  local doc = yaml.document(SAMPLE)

  it('gets values, through aliases too', function()
    assert.equal('demo', doc:get { 'metadata', 'name' })
    assert.equal('demo', doc:get { 'copy', 'name' })
    assert.same({ '../base', 'app.yaml' }, doc:get { 'resources' })
    assert.equal(ifx.null, doc:get { 'limits', 'memory' })
    assert.equal('text\n', doc:get({ 'second' }, 2))
    assert.is_nil(doc:get { 'resources', 3 })
    assert.is_nil(doc:get({ 'second' }, 3))
    local types = { type(doc:get { 'gone' }), type(doc:at { 'gone' }), type(yaml.document(''):value(1)) }
    assert.same({ 'nil', 'nil', 'nil' }, types)
  end)

  it('gives one match, following nothing', function()
    local m = doc:at { 'resources', 2 }
    assert.same({ 'resources', 2 }, m.path)
    assert.equal('app.yaml', m.value)
    assert.equal('single', m.style)
    assert.equal("'app.yaml'", SAMPLE:sub(m.start, m.stop))
    assert.equal('app.yaml', SAMPLE:sub(m.inner_start, m.inner_stop))
    assert.equal(8, m.line)
    assert.equal(3, m.column)
    assert.is_nil(m.key_line)
    assert.is_nil(doc:at { 'copy', 'name' })
    local alias = doc:at { 'copy' }
    assert.equal('alias', alias.kind)
    assert.equal('meta', alias.alias)
  end)

  it('refuses paths that are none', function()
    refusal('argument', doc.get, doc, 'metadata')
    refusal('argument', doc.get, doc, { 'resources', 0 })
    refusal('argument', doc.get, doc, { 'resources', 1.5 })
    refusal('argument', doc.get, doc, { true })
    refusal('argument', doc.get, doc, { 'a' }, 0)
  end)
end)

describe('document:query', function()
  local doc = yaml.document(SAMPLE)
  local function texts(pattern, n)
    local out = {}
    for _, m in ipairs(doc:query(pattern, n)) do out[#out + 1] = m.text or m.kind end
    return out
  end

  it('finds by keys, items and stars, in file order', function()
    assert.same({ '../base', 'app.yaml' }, texts { 'resources', '*' })
    assert.same({ 'app.yaml' }, texts { '**', 2 })
    assert.same({ 'demo' }, texts { '**', 'name' })
    assert.same({ 'text\n' }, texts({ '*' }, 2))
    assert.same({ 'map', 'map' }, texts {})
    assert.same({}, texts { 'nothing', '**' })
  end)

  it('describes each match', function()
    local m = doc:query({ 'metadata' })[1]
    assert.equal('map', m.kind)
    assert.equal('block', m.style)
    assert.equal('meta', m.anchor)
    assert.is_nil(m.value)
    assert.equal(4, m.key_line)
    assert.equal(5, m.line)
    local n = doc:query({ 'limits', 'cpu' })[1]
    assert.equal(2, n.value)
    assert.equal('2', n.text)
    assert.equal('plain', n.style)
    assert.equal('2', SAMPLE:sub(n.start, n.stop))
    local block = doc:query({ '**', 'second' })[1]
    assert.equal(2, block.doc)
    assert.equal('literal', block.style)
    assert.equal('text\n', SAMPLE:sub(block.inner_start, block.inner_stop))
    local tagged = yaml.document('a: !Ref x\nb: "q\\n"\nc: 99999999999999999999\n')
    assert.equal('!Ref', tagged:at({ 'a' }).tag)
    assert.is_nil(tagged:at({ 'b' }).inner_start)
    assert.is_nil(tagged:at({ 'c' }).value)
    assert.equal('99999999999999999999', tagged:at({ 'c' }).text)
  end)

  it('gives paths that find the same node again', function()
    for _, m in ipairs(doc:query { '**' }) do
      assert.equal(m.start, doc:at(m.path, m.doc).start)
    end
  end)

  it('refuses patterns that are too long', function()
    local long = {}
    for i = 1, 64 do long[i] = '**' end
    refusal('limit', doc.query, doc, long)
  end)
end)

describe('document edits', function()
  local function edit(text, method, ...)
    local doc = yaml.document(text)
    assert.equal(doc, doc[method](doc, ...))
    return doc:text()
  end

  it('set values in the style of what was there', function()
    assert.equal("a: 'new' # c\r\n", edit("a: 'old' # c\r\n", 'set', { 'a' }, 'new'))
    assert.equal('a: 1.0\n', edit('a: x\n', 'set', { 'a' }, 1.0))
    assert.equal('a: null\n', edit('a: x\n', 'set', { 'a' }, ifx.null))
    assert.equal('a: false\n', edit('a: x\n', 'set', { 'a' }, false))
    assert.equal('a: "\\a"\n', edit('a: x\n', 'set', { 'a' }, '\a'))
    assert.equal('a: |-\n  one\n  two\n', edit('a: x\n', 'set', { 'a' }, 'one\ntwo'))
  end)

  it('set collections, in the order that they keep', function()
    local map = ifx.ordered { { 'z', 1 }, { 'a', ifx.list { 'x', ifx.list {}, {} } } }
    assert.equal('m:\n  z: 1\n  a:\n  - x\n  - []\n  - {}\n', edit('m:\n', 'set', { 'm' }, map))
    assert.equal('{m: {z: 1, a: [x, [], {}]}}\n', edit('{m: 0}\n', 'set', { 'm' }, map))
  end)

  it('set a key that is missing, in the document that is named', function()
    assert.equal('a: 1\n---\nb: 2\nc: 3\n', edit('a: 1\n---\nb: 2\n', 'set', { 'c' }, 3, 2))
  end)

  it('insert, append, delete, rename', function()
    assert.equal('- z\n- x\n', edit('- x\n', 'insert', {}, 1, 'z'))
    assert.equal('r:\n  - x\n  - z\n', edit('r:\n  - x\n', 'append', { 'r' }, 'z'))
    assert.equal('r: []\n', edit('r:\n  - x\n', 'delete', { 'r', 1 }))
    assert.equal('b: 1 # c\n', edit('a: 1 # c\n', 'rename', { 'a' }, 'b'))
  end)

  it('follow one another in one document', function()
    local doc = yaml.document('resources:\n  - a\n')
    doc:append({ 'resources' }, 'b'):append({ 'resources' }, 'c'):delete({ 'resources', 1 })
    assert.equal('resources:\n  - b\n  - c\n', doc:text())
    assert.same({ 'b', 'c' }, doc:get { 'resources' })
  end)

  it('are refused with a reason, and leave the text as it was', function()
    local doc = yaml.document(SAMPLE, { file = 'list.yaml' })
    local e = refusal('unsupported', doc.set, doc, { 'metadata', 'name' }, 'x')
    assert.matches('also change what %*meta stands for in line 10', e.message)
    assert.equal('list.yaml', e.file)
    assert.equal('yaml.document:set', e.op)
    refusal('unsupported', doc.set, doc, { 'copy', 'name' }, 'x')
    e = refusal('not_found', doc.set, doc, { 'limits', 'gpu', 'count' }, 1)
    assert.matches('limits has no key gpu', e.message)
    refusal('not_found', doc.delete, doc, { 'resources', 3 })
    refusal('exists', doc.rename, doc, { 'kind' }, 'limits')
    refusal('argument', doc.insert, doc, { 'resources' }, 4, 'x')
    refusal('argument', doc.append, doc, { 'kind' }, 'x')
    assert.equal(SAMPLE, doc:text())
  end)

  it('refuse values that YAML cannot hold', function()
    local doc = yaml.document('a: 1\n')
    refusal('argument', doc.set, doc, { 'a' })
    refusal('argument', doc.set, doc, { 'a' }, print)
    refusal('argument', doc.set, doc, { 'a' }, '\xFF')
    refusal('argument', doc.set, doc, { 'a' }, { [{}] = 1 })
    local loop = {}
    loop.loop = loop
    refusal('argument', doc.set, doc, { 'a' }, loop)
    assert.equal('a: 1\n', doc:text())
  end)
end)
