-- moves_spec.lua: what speaks against moves of files. SPDX-License-Identifier: Apache-2.0
local directories = require 'ifx.repo.directories'
local err = require 'err'
local moves = require 'ifx.repo.moves'
local trees = require 'ifx.repo.tree'
local fixture = dofile((debug.getinfo(1, 'S').source:match('^@(.*/)') or './') .. 'fixture.lua')

local function problems(files, map, opts)
  local out = {}
  for i, p in ipairs(moves.problems(fixture.tree(files), map,
    opts)) do out[i] = p.kind .. ' ' .. p.path .. ' ' .. tostring(p.from) end
  return out
end

describe('moves.problems', function()
  it('are two files with one target, and a target over a file that stays', function()
    local files = { a = '', b = '', c = '' }
    assert.same({ 'double x b' }, problems(files, { a = 'x', b = 'x' }))
    assert.same({ 'exists c a' }, problems(files, { a = 'c' }))
    assert.same({}, problems(files, { a = 'b', b = 'a' }))
    assert.same({ 'double g a' }, problems(files, { a = 'g' }, { write = { 'g' } }))
  end)

  it('are targets outside, and inside .git', function()
    assert.same({ 'outside ../x a', }, problems({ a = '' }, { a = '../x' }))
    assert.same({ 'outside /x a', }, problems({ a = '' }, { a = '/x' }))
    assert.same({ 'outside b/.GIT/config a', }, problems({ a = '' }, { a = 'b/.GIT/config' }))
  end)

  it('are names that differ only in case', function()
    assert.same({ 'case README.md a' }, problems({ a = '', ['Readme.md'] = '' }, { a = 'README.md' }))
    assert.same({ 'case Apps a' }, problems({ a = '', ['apps/x'] = '' }, { a = 'Apps/y' }))
    assert.same({}, problems({ ['A'] = '', a = '', b = '' }, { b = 'c' }))
    assert.same({}, problems({ ['Readme.md'] = '' }, { ['Readme.md'] = 'README.md' }))
  end)

  it('are files where a directory is needed', function()
    assert.same({ 'clash f/x a' }, problems({ a = '', f = '' }, { a = 'f/x' }))
    assert.same({ 'clash d a' }, problems({ a = '', ['d/x'] = '' }, { a = 'd' }))
    assert.same({}, problems({ a = '', ['d/x'] = '' }, { a = 'd', ['d/x'] = 'e/x' }))
  end)

  it('are submodules', function()
    assert.same({ 'submodule lib/s s' }, problems({ s = { submodule = true } }, { s = 'lib/s' }))
  end)

  it('are ignored targets, by the rules of the tree', function()
    assert.same({ 'ignored secrets/a a' }, problems({ a = '', ['.gitignore'] = 'secrets/\n' }, { a = 'secrets/a' }))
  end)

  it('are ignored targets, by git in a work tree', function()
    local dir = fixture.repository { a = '', b = '', ['.gitignore'] = '*.tfvars\n!keep.tfvars\n' }
    local t <close> = trees.worktree(dir)
    local found = moves.problems(t, { a = 'x.tfvars', b = 'keep.tfvars' })
    fixture.clean()
    assert.equal(1, #found)
    assert.equal('x.tfvars', found[1].path)
    assert.matches(".gitignore:1 '%*.tfvars'", found[1].message)
  end)

  it('refuse with all of them', function()
    local ok, e = pcall(moves.refuse, { { kind = 'exists', path = 'b', from = 'a', message = 'there' } })
    assert.is_false(ok)
    assert.is_true(err.is(e, 'conflict'))
    assert.matches('a %-> b: there', tostring(e))
    moves.refuse {}
  end)
end)

describe('directories', function()
  local tree = fixture.tree { ['a/x'] = '', ['a/b/y'] = '', ['c/z'] = '', ['c/w'] = '', link = { link = 'a' } }

  it('follow when everything below them moved alike', function()
    local d = directories.new(tree, { ['a/x'] = 'n/a/x', ['a/b/y'] = 'n/a/b/y', ['c/z'] = 'n/z' })
    assert.equal('n/a', d:place 'a')
    assert.equal('n/a/b', d:place 'a/b')
    assert.same({ 'c', true }, { d:place 'c' })
    assert.same({ 'n' }, d:destinations 'c')
    assert.same({ a = 'n/a', ['a/b'] = 'n/a/b' }, d:moved())
    assert.equal('none', d:follow 'none')
    assert.equal('n/a/x', d:follow 'a/x')
  end)

  it('have no place when their files went to different ones', function()
    local d = directories.new(tree, { ['c/z'] = 'n/z', ['c/w'] = 'm/w' })
    assert.is_nil(d:place 'c')
    assert.same({ 'm', 'n' }, d:destinations 'c')
    assert.is_nil(directories.new(tree, { ['c/z'] = 'n/z2', ['c/w'] = 'n/w' }):place 'c')
  end)

  it('may be reached over a link that moves', function()
    local d = directories.new(tree, { link = 'l2' })
    assert.equal('l2/b/y', d:follow 'link/b/y')
  end)
end)
