-- file_spec.lua: files as finders get them. SPDX-License-Identifier: Apache-2.0
local file = require 'ifx.repo.file'
local fixture = dofile((debug.getinfo(1, 'S').source:match('^@(.*/)') or './') .. 'fixture.lua')

local function open(path, text)
  local said = {}
  local tree = fixture.tree { [path] = text }
  return file.new(tree, tree:files()[1], function(e) said[#said + 1] = e end), said
end

describe('a file', function()
  it('has its document in YAML and in HCL, each parsed once', function()
    local f, said = open('a.tf', 'a = "b"\n')
    assert.equal('b', f.hcl():value(f.hcl():find(nil, 'a')))
    assert.equal(f.hcl(), f.hcl())
    assert.equal(0, #said)
    local y = open('a.yaml', 'a: b\n')
    assert.equal('b', y.yaml():value().a)
    assert.equal(y.yaml(), y.yaml())
  end)

  it('says once that it does not parse, and where', function()
    local f, said = open('dir/a.tf', 'a = \n')
    for _ = 1, 2 do
      local document, why = f.hcl()
      assert.is_nil(document)
      assert.equal('parse', why.kind)
      assert.equal('dir/a.tf', why.file)
      assert.equal(1, why.line)
    end
    assert.equal(1, #said)
  end)
end)
