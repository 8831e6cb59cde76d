-- gitfiles_spec.lua: what Git's own files name, and files of patterns like them. SPDX-License-Identifier: Apache-2.0
local fixture = dofile 'tests/lua/ifx/repo/fixture.lua'
local graphs = require 'ifx.repo.graph'
local kit = dofile 'tests/lua/plugins/kit.lua'
local rewrite = require 'ifx.repo.rewrite'

local FIXTURE = 'tests/fixtures/refs/gitfiles'

local function lines(files)
  return kit.lines(graphs.build(fixture.tree(files), kit.options 'gitfiles'))
end

describe('the finder of files of patterns', function()
  it('finds every form of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'gitfiles.txt', kit.lines(kit.graph(FIXTURE, 'gitfiles')))
  end)

  it('lets patterns follow the folders that they name, and keeps their place', function()
    local edits, _, plan = kit.moves(FIXTURE, 'gitfiles', {
      ['apps/web'] = 'web', docs = 'handbook/docs',
    })
    assert.are.same({
      '.dockerignore:1 apps/web -> /web',
      '.dockerignore:2 apps/web/main.txt -> web/main.txt',
      '.gitattributes:2 docs/*.md -> handbook/docs/*.md',
      '.gitattributes:3 apps/web/main.txt -> web/main.txt',
      '.sourceignore:2 /docs/ -> /handbook/docs/',
      '.sourceignore:5 apps/web/config/*.ini -> web/config/*.ini',
      '.sourceignore:7 apps/web/main.txt -> web/main.txt',
      'CODEOWNERS:10 docs/guide.md -> handbook/docs/guide.md',
      'CODEOWNERS:3 /apps/web/ -> /web/',
      'CODEOWNERS:4 docs/*.md -> handbook/docs/*.md',
    }, edits)
    assert.are.same({}, plan.problems)
  end)

  it('refuses a move that a pattern cannot follow: above its folder, or into a name with wildcards', function()
    local tree = fixture.tree { ['app/.gitignore'] = '/keep/a.txt\n', ['app/keep/a.txt'] = 'x', ['app/b'] = 'x' }
    local opts = kit.options 'gitfiles'
    for _, new in ipairs { 'other/a.txt', 'app/a[1].txt' } do
      local plan = rewrite.plan(tree, { ['app/keep/a.txt'] = new }, graphs.build(tree, opts), opts)
      assert.is_true(#plan.problems > 0)
      assert.are.equal('app/.gitignore', plan.problems[1].file)
    end
  end)

  it('reads submodules and symbolic links from the tree', function()
    assert.are.same({
      '.gitmodules:2:8 gitmodules.path lib -> dir lib: ok',
      'a/up:1:1 symlink ../b/c.txt -> path b/c.txt: ok',
      'a/wrong:1:1 symlink ../none -> path none: BROKEN does not exist',
    }, lines {
      ['.gitmodules'] = '[submodule "lib"]\npath = lib\n', lib = { submodule = 'x' },
      ['a/up'] = { link = '../b/c.txt' }, ['a/wrong'] = { link = '../none' }, ['b/c.txt'] = 'x',
    })
  end)

  it('makes a link anew when it or its target moves', function()
    local tree = fixture.tree { ['a/up'] = { link = '../b/c.txt' }, ['b/c.txt'] = 'x' }
    local opts = kit.options 'gitfiles'
    local plan = rewrite.plan(tree, { ['a/up'] = 'x/y/up' }, graphs.build(tree, opts), opts)
    assert.are.equal('../../b/c.txt', plan.files['x/y/up'])
  end)

  it('survives lines of nothing but signs', function()
    for _, name in ipairs { '.gitignore', 'CODEOWNERS', '.gitattributes', '.gitmodules' } do
      assert.has_no.errors(function() lines { [name] = '!\n#\n/\n//\n  \n"\n[\n[a\n^[\n\\\n!/\n=\npath =\n\xff/\n' } end)
    end
  end)
end)
