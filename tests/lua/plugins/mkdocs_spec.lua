-- mkdocs_spec.lua: pages and files of MkDocs, and how they follow moves. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/mkdocs'

describe('the finder of MkDocs', function()
  it('finds every form of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'mkdocs.txt', kit.lines(kit.graph(FIXTURE, 'mkdocs')))
  end)

  it('lets pages follow, from the folder of the documents', function()
    local edits, listed, plan = kit.moves(FIXTURE, 'mkdocs', {
      docs = 'handbook', overrides = 'theme', site2 = 'other',
    })
    assert.are.same({ 'mkdocs.yml:3 docs -> handbook', 'mkdocs.yml:4 overrides -> theme' }, edits)
    assert.are.same({}, listed)
    assert.are.same({}, plan.problems)
  end)

  it('lets pages follow within the folder of the documents, and not out of it', function()
    local edits = kit.moves(FIXTURE, 'mkdocs', { ['docs/how/one.md'] = 'docs/guides/first.md' })
    assert.are.same({ 'mkdocs.yml:8 how/one.md -> guides/first.md' }, edits)
    local _, listed, plan = kit.moves(FIXTURE, 'mkdocs', { ['docs/index.md'] = 'index.md' })
    assert.matches('mkdocs.yml:7 index.md: a page has to lie in the folder of the documents', listed[#listed])
    assert.is_true(#plan.problems > 0)
  end)

  it('refuses to move a folder of documents that no field names', function()
    local files = { ['mkdocs.yml'] = 'nav: [ a.md ]\n', ['docs/a.md'] = 'x' }
    local entries = { { path = 'docs/a.md', mode = '100644' }, { path = 'mkdocs.yml', mode = '100644' } }
    local tree = require('ifx.repo.base').new({ kind = 'folder' }, entries, function(_, entry) return files[entry.path] end)
    local opts = kit.options 'mkdocs'
    local plan = require('ifx.repo.rewrite').plan(tree, { ['docs/a.md'] = 'book/a.md' },
      require('ifx.repo.graph').build(tree, opts), opts)
    assert.are.equal(1, #plan.problems)
  end)
end)
