-- names_spec.lua: what a text that reads like a path can mean. SPDX-License-Identifier: Apache-2.0
local base = require 'ifx.repo.base'
local names = require 'ifx.repo.names'

local function tree_of(paths)
  local entries = {}
  for i, p in ipairs(paths) do entries[i] = { path = p, mode = '100644', size = 0 } end
  return base.new({ kind = 'folder' }, entries, function() return '' end)
end

describe('names', function()
  it('finds the only path that ends so, nearest first', function()
    local known = names.of(tree_of { 'a/x/k.yaml', 'a/y/k.yaml', 'b/x/k.yaml', 'b/x.d/k.yaml', 'c/only.md', 'top' })
    local function tail(text, dir)
      local found, below = known:tail(text, dir)
      return found and { found.target, found.base, below }
    end
    assert.same({ 'c/only.md', 'c', '' }, tail 'only.md')
    assert.is_nil(tail 'k.yaml')
    assert.is_nil(tail('k.yaml', 'a'))
    assert.same({ 'a/x/k.yaml', 'a/x', 'a/x' }, tail('k.yaml', 'a/x'))
    assert.same({ 'b/x/k.yaml', 'b', 'b/x' }, tail('x/k.yaml', 'b/x'))
    assert.is_nil(tail('x/k.yaml', 'c'))
    assert.same({ 'b/x/k.yaml', '', '' }, tail 'b/x/k.yaml')
    assert.same({ 'b/x.d', 'b', '' }, tail 'x.d/')
    assert.same({ 'top', '', '' }, tail 'top')
    for _, none in ipairs { '/k.yaml', 'x//k.yaml', 'z/b/x/k.yaml', 'k', '', '/', 'd/k.yaml' } do
      assert.is_nil(tail(none), none)
    end
  end)

  it('does not search all files of one name for every word', function()
    local paths = {}
    for i = 1, 20000 do paths[i] = ('apps/t%d/a%d/base/kustomization.yaml'):format(i % 100, i) end
    local known, began = names.of(tree_of(paths)), os.clock()
    for i = 1, 20000 do
      assert(known:tail(('a%d/base/kustomization.yaml'):format(i)).target)
      assert(not known:tail('base/kustomization.yaml', 'apps/t1'))
    end
    assert.is_true(os.clock() - began < 10, 'it takes a time that grows with the square of the files')
  end)
end)
