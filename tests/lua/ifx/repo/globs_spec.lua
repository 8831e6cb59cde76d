-- globs_spec.lua: what of a tree a pattern matches. SPDX-License-Identifier: Apache-2.0
local fixture = dofile 'tests/lua/ifx/repo/fixture.lua'
local globs = require 'ifx.repo.globs'

describe('a path that is not there', function()
  local tree = fixture.tree {
    ['.gitignore'] = '# made here\n*.env\n/out/\n', ['app/.gitignore'] = 'cache\n!keep.env\n', ['app/x'] = '',
    ['link/.gitignore'] = { link = '../.gitignore' },
  }

  it('may be ignored by Git, which says by which line', function()
    assert.are.equal('.gitignore:2', globs.ignored(tree, 'app/a.env'))
    assert.are.equal('.gitignore:3', globs.ignored(tree, 'out'))
    assert.are.equal('.gitignore:3', globs.ignored(tree, 'out/a/b'))
    assert.are.equal('app/.gitignore:1', globs.ignored(tree, 'app/cache/x'))
  end)

  it('or not', function()
    for _, p in ipairs { 'app/x', 'app/keep.env', 'app/out', 'cache', 'link/x' } do assert.is_nil(globs.ignored(tree, p)) end
    assert.is_nil(globs.ignored(fixture.tree { a = '' }, 'a.env'))
  end)
end)
