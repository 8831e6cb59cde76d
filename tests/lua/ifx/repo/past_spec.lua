-- past_spec.lua: what was there before. SPDX-License-Identifier: Apache-2.0
local past = require 'ifx.repo.past'
local repository = dofile 'tests/lua/support/repository.lua'

describe('ifx.repo.past', function()
  local repo, first, second, third
  setup(function()
    repo = repository.new { ['a b/f\n.txt'] = 'old\n', ['d/x'] = 'x\n', ['d/y'] = 'y\n', ['[g]'] = 'glob\n', g = 'other\n' }
    first = repo:git('rev-parse', 'HEAD')
    second = repo:commit { ['a b/f\n.txt'] = 'new\n' }
    repo:git('rm', '-q', 'a b/f\n.txt', 'd/x', ':(literal)[g]')
    third = repo:commit()
    repo:git('rm', '-rq', 'd')
    repo:commit()
    repo:git('switch', '-q', '-c', 'side', first)
    repo:commit { side = 'side\n' }
    repo:git('rm', '-q', 'side')
    repo:commit()
    repo:git('switch', '-q', 'main')
  end)
  teardown(function() repo:remove() end)

  it('tells the last content of a file, whatever its name, and of a folder', function()
    local found = past.last(repo.dir, 'HEAD', { 'a b/f\n.txt', 'd', '[g]', 'never', 'g' })
    local oid = repo:blob('a b/f\n.txt', second)
    assert.same({ commit = third, parent = second, oid = oid, mode = '100644' }, found['a b/f\n.txt'])
    assert.equal(repo:blob('[g]', first), found['[g]'].oid)
    assert.same({ ['d/y'] = repo:blob('d/y', first) }, past.last(repo.dir, 'HEAD', { 'd' }).d.files)
    assert.is_nil(found.never)
    assert.is_nil(found.g)
  end)

  it('looks at other branches for what this one never had', function()
    assert.equal(repo:blob('side', 'side~1'), past.last(repo.dir, 'HEAD', { 'side' }).side.oid)
  end)

  it('finds what only a merge took away, of one side or of both', function()
    local merged = repository.new { ['a/both'] = 'both\n', ['keep'] = 'x\n', ['d/f'] = 'f\n' }
    merged:git('switch', '-q', '-c', 'side')
    local side = merged:commit { ['a/one'] = 'one\n' }
    merged:git('switch', '-q', 'main')
    merged:commit { keep = 'y\n' }
    merged:git('merge', '-q', '--no-commit', 'side')
    merged:git('rm', '-qrf', 'a', 'd')
    local merge = merged:commit()
    local main = merged:git('rev-parse', 'HEAD^1')
    merged:commit { keep = 'z\n' }
    merged:git('branch', '-q', '-D', 'side')
    local found = past.last(merged.dir, 'HEAD', { 'a/both', 'a/one', 'd', 'never' })
    local kept, of_side = merged:blob('a/both', main), merged:blob('a/one', side)
    local of_folder = merged:blob('d/f', main)
    merged:remove()
    assert.same({ commit = merge, parent = main, oid = kept, mode = '100644' }, found['a/both'])
    assert.same({ commit = merge, parent = side, oid = of_side, mode = '100644' }, found['a/one'])
    assert.same({ ['d/f'] = of_folder }, found.d.files)
    assert.is_nil(found.never)
  end)

  it('finds the newest state that had everything', function()
    assert.equal(second, past.complete(repo.dir, 'HEAD', { 'a b/f\n.txt', 'd/y' }))
    assert.equal(third, past.complete(repo.dir, 'HEAD', { 'd/y' }))
    assert.is_nil(past.complete(repo.dir, 'HEAD', { 'd/y', 'never' }))
  end)
end)
