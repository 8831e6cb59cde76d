-- excerpt_spec.lua: texts out of a file, and paths written in them. SPDX-License-Identifier: Apache-2.0
local excerpt = require 'ifx.repo.excerpt'
local finder = require 'ifx.repo.finder'
local fixture = dofile 'tests/lua/ifx/repo/fixture.lua'
local graphs = require 'ifx.repo.graph'
local written = require 'ifx.repo.written'

-- What `look(collector)` adds for the file 'd/probe.txt', in a tree with `files` beside it.
local function graph(content, look, files)
  local all = { ['d/probe.txt'] = content, ['d/a.txt'] = 'x', ['b/c.txt'] = 'x' }
  for p, bytes in pairs(files or {}) do all[p] = bytes end
  local one = { plugin = 'probe', kinds = { probe = 'a path' }, files = { '**/probe.txt' } }
  function one.find(file, ctx)
    local c = finder.collect('probe', file, ctx)
    look(c)
    return c:result()
  end
  local out = graphs.build(fixture.tree(all), { plugins = { one }, text = false, repo_urls = {} })
  assert.are.same({}, out.errors)
  return out
end

local function place(view, from, to)
  local part = view:part(from, to)
  return part.text, part.inner_start, part.inner_stop, part.line, part.column
end

describe('an excerpt', function()
  it('of a whole file has its places', function()
    graph('ab\ncé d\n', function(c)
      local view = excerpt.file(c)
      assert.are.equal('ab\ncé d\n', view.text)
      assert.are.same({ 'd', 8, 8, 2, 4 }, { place(view, 8, 8) })
    end)
  end)

  it('of some spans has the places of each', function()
    graph('one\n\ttwo\n\tthree\n', function(c)
      local view = excerpt.spans(c, { { 1, 4 }, { 6, 9 }, { 11, 16 } })
      assert.are.equal('one\ntwo\nthree\n', view.text)
      assert.are.same({ 'two', 6, 8, 2, 2 }, { place(view, 5, 7) })
      assert.are.same({ 'three', 11, 15, 3, 2 }, { place(view, 9, 13) })
    end)
  end)

  it('has no place for what lies across spans, or behind the end', function()
    graph('one\n\ttwo\n', function(c)
      local view = excerpt.spans(c, { { 1, 4 }, { 6, 9 } })
      assert.is_nil(view:part(3, 6).inner_start)
      assert.is_nil(view:part(7, 99).inner_start)
      assert.are.equal('', excerpt.spans(c, {}).text)
      assert.is_nil(excerpt.spans(c, {}):part(1, 1).inner_start)
    end)
  end)
end)

describe('a written path', function()
  local function one(content, r, files)
    local target
    local out = graph(content, function(c)
      r.kind = 'probe'
      target = written.add(excerpt.file(c), 1, #content, r)
    end, files)
    return out.references[1], out.unknown[1], target
  end

  it('counts from its base', function()
    local ref, _, target = one('a.txt', { base = 'd' })
    assert.are.equal('d/a.txt', ref.target)
    assert.are.equal('d/a.txt', target)
    assert.is_true(ref.resolved)
    assert.are.equal('root', ref.anchor)
  end)

  it('is broken, optional, doubted or nothing when it is missing', function()
    assert.is_false(one('gone.txt', { base = 'd' }).resolved)
    local ref = one('gone.txt', { base = 'd', optional = 'made' })
    assert.is_nil(ref.resolved)
    assert.are.equal('does not exist; made', ref.why)
    ref = one('gone.txt', { base = 'd', guess = 'made' })
    assert.is_nil(ref.resolved)
    local none, doubt = one('out/gone.txt', { base = '', guess = 'made' })
    assert.is_nil(none)
    assert.are.equal('not in this tree: made', doubt.why)
    none, doubt = one('gone.txt', { base = 'd', found_only = true })
    assert.is_nil(none)
    assert.is_nil(doubt)
  end)

  it('may be a pattern', function()
    assert.is_true(one('*.txt', { base = 'd' }).resolved)
    local ref = one('*.md', { base = 'd', missing = false })
    assert.is_false(ref.resolved)
    assert.are.equal('matches no tracked file', ref.why)
    assert.is_nil(one('*/x', { base = '', found_only = true }))
  end)

  it('is of the sort that is asked for', function()
    assert.are.equal('a file where a folder is expected', one('a.txt', { base = 'd', check = written.want_folder }).why)
    assert.are.equal('a folder where a file is expected', one('d', { base = '', check = written.want_file }).why)
    assert.is_true(one('d', { base = '', check = written.want_folder }).resolved)
  end)

  it('names nothing where it is the folder itself', function()
    assert.is_nil(one('./', { base = 'd' }))
    assert.is_nil(one('..', { base = 'd' }))
  end)

  it('may be elsewhere', function()
    for _, text in ipairs { '/a', '~/a', 'https://a/b', 'git@host:a/b' } do assert.is_true(written.is_elsewhere(text)) end
    for _, text in ipairs { 'a', './a', '../a', 'a:b', 'a@b' } do assert.is_false(written.is_elsewhere(text)) end
  end)
end)
