-- overlay_spec.lua: files with other texts in some places. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local fs = require 'fs'
local overlay = require 'ifx.render.overlay'

local function with(texts, f)
  contract.with_files({ ['a/x.yaml'] = 'old', ['a/y.yaml'] = 'y' }, function(dir)
    fs.symlink('a', dir .. '/link')
    local tree <close> = require 'ifx.repo.tree'.folder(dir)
    local seen = {}
    f(overlay(require 'ifx.render.tree'.open(tree), texts, function(p, text) seen[p] = text end), seen)
  end)
end

describe('an overlay', function()
  it('stands in place of a file', function()
    with({ ['a/x.yaml'] = 'new' }, function(files, seen)
      assert.same({ 'new', 'new', 'y' }, { files:read 'a/x.yaml', files:read './a/../a/x.yaml', files:read 'a/y.yaml' })
      assert.same({ ['a/y.yaml'] = 'y' }, seen)
      assert.same({ 'x.yaml', 'y.yaml' }, files:list 'a')
    end)
  end)

  it('adds files', function()
    with({ ['a/z.yaml'] = 'z', ['top.yaml'] = 't' }, function(files)
      assert.same({ 'file', 'a/z.yaml', 'z' }, { files:kind 'a/z.yaml', files:real 'a/z.yaml', files:read 'a/z.yaml' })
      assert.same({ 'x.yaml', 'y.yaml', 'z.yaml' }, files:list 'link')
      assert.same({ 'a', 'link', 'top.yaml' }, files:list '')
      assert.is_nil(files:read '../top.yaml')
      assert.is_nil(files:kind 'none')
      assert.equal('a/x.yaml', files:show 'a/x.yaml')
    end)
  end)
end)
