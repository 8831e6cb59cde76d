-- tree_spec.lua: files of trees as renderers see them. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local fs = require 'fs'
local trees = require 'ifx.repo.tree'

local function with_tree(files, f)
  contract.with_files(files, function(dir)
    fs.symlink('../b/x.yaml', fs.join(dir, 'a/link.yaml'))
    fs.symlink('../b', fs.join(dir, 'a/folder'))
    fs.symlink('../../out', fs.join(dir, 'a/out'))
    local tree <close> = trees.folder(dir)
    f(require 'ifx.render.tree'.open(tree), tree)
  end)
end

describe('files of a tree', function()
  local FILES = { ['a/one.yaml'] = '1', ['b/x.yaml'] = '2' }

  it('are read through links that stay inside', function()
    with_tree(FILES, function(files)
      assert.equal('1', files:read 'a/one.yaml')
      assert.equal('2', files:read 'a/link.yaml')
      assert.equal('2', files:read 'a/folder/x.yaml')
      assert.is_nil(files:read 'a')
      assert.is_nil(files:read 'a/none')
      assert.is_nil(files:read 'a/out')
      assert.is_nil(files:read '../a/one.yaml')
    end)
  end)

  it('say what stands where', function()
    with_tree(FILES, function(files)
      assert.same({ 'dir', 'dir', 'file', 'file', 'dir' }, { files:kind '', files:kind '.', files:kind 'a/one.yaml',
        files:kind 'a/link.yaml', files:kind 'a/folder' })
      assert.is_nil(files:kind 'a/out')
      assert.is_nil(files:kind '..')
      assert.same({ 'b', 'b/x.yaml', '' }, { files:real 'a/folder', files:real 'a/link.yaml', files:real '.' })
      assert.same({ 'folder', 'link.yaml', 'one.yaml', 'out' }, files:list 'a')
      assert.same({ 'x.yaml' }, files:list 'a/folder')
      assert.same({}, files:list 'none')
      assert.is_nil(files:from_absolute '/a')
    end)
  end)

  it('are shown as a person names them', function()
    with_tree(FILES, function(files, tree)
      assert.equal('a/one.yaml', files:show 'a/one.yaml')
      assert.equal('.', files:show '')
      assert.equal('infra:a', require 'ifx.render.tree'.open(tree, 'infra'):show 'a')
    end)
  end)
end)
