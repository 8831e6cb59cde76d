-- changes_spec.lua: changes as data, carried out on texts. SPDX-License-Identifier: Apache-2.0
local changes = require 'ifx.layout.changes'
local documents = require 'ifx.layout.documents'
local err = require 'err'

local LIST = 'resources:\n  # first\n  - a.yaml\n  - b.yaml # kept\n  - c.yaml\n'

local function apply(text, list)
  local file = list[1].file
  return changes.apply(file, text, changes.by_file(list)[file])
end

local function entry(kind, fields)
  fields.type, fields.file = kind, fields.file or 'k.yaml'
  return fields
end

describe('ifx.layout.changes', function()
  it('deletes from the end, so that places hold, and appends afterwards', function()
    assert.equal('resources:\n  # first\n  - b.yaml # kept\n  - d.yaml\n', apply(LIST, {
      entry('append', { path = { 'resources' }, value = 'd.yaml' }), entry('delete', { path = { 'resources', 1 } }),
      entry('delete', { path = { 'resources', 3 } }),
    }))
  end)

  it('leaves an empty list where the last entry goes', function()
    assert.equal('resources: []\n', apply('resources:\n  - a.yaml\n', { entry('delete', { path = { 'resources', 1 } }) }))
  end)

  it('appends once, and begins a list', function()
    local once = entry('append', { path = { 'resources' }, value = 'a.yaml', once = true })
    assert.equal(LIST, apply(LIST, { once }))
    assert.equal('kind: K\nresources:\n- a.yaml\n', (apply('kind: K\n', { once }):gsub('  %- ', '- ')))
  end)

  it('sets values, in a document of a stream', function()
    assert.equal('a: 1\n---\na: 3\n', apply('a: 1\n---\na: 2\n', { entry('set', { path = { 'a' }, value = 3, doc = 2 }) }))
  end)

  it('removes a file, whatever else was wanted of it', function()
    local remove = entry('remove', { by = 'other.yaml' })
    assert.is_nil(apply(LIST, { remove, entry('delete', { path = { 'resources', 1 } }) }))
  end)

  it('creates what is not there, and leaves what is', function()
    local create = entry('create', { text = 'resources:\n- a\n' })
    assert.equal('resources:\n- a\n', apply(nil, { create }))
    assert.equal(LIST, apply(LIST, { create }))
    assert.equal('resources:\n- a\n- b\n', apply(nil, { create, entry('append', { path = { 'resources' }, value = 'b' }) }))
  end)

  it('cuts a stream once that many files are made of', function()
    local first = documents.cut('a: 1\n---\nb: 2\n', 'x.yaml')
    assert.equal(first, documents.cut('a: 1\n---\nb: 2\n', 'x.yaml'))
    assert.same({ 'a: 1\n', '---\nc: 3\n', head = '' }, documents.cut('a: 1\n---\nc: 3\n', 'x.yaml'))
    assert.same({ '---\nb: 2\n', head = '' }, documents.cut('---\nb: 2\n', 'x.yaml'))
  end)

  it('refuses what is no change, and a file that nothing makes', function()
    for _, list in ipairs { { { type = 'burn', file = 'a' } }, { { type = 'set' } } } do
      local ok, e = pcall(changes.by_file, list)
      assert.is_false(ok)
      assert.is_true(err.is(e, 'plugin'))
    end
    for _, file in ipairs { '../a', '/a', 'a/../../b', '.git/hooks/post-commit', '.' } do
      local ok, e = pcall(changes.by_file, { { type = 'create', file = file, text = '' } })
      assert.is_false(ok, file)
      assert.is_true(err.is(e, 'config'))
    end
    local ok, e = pcall(apply, nil, { entry('set', { path = { 'a' }, value = 1 }) })
    assert.is_false(ok)
    assert.matches('nothing makes it', tostring(e))
  end)
end)
