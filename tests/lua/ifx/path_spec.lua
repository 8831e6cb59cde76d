-- path_spec.lua: names of files and folders. SPDX-License-Identifier: Apache-2.0
local path = require 'ifx.path'

describe('path.from_root', function()
  it("names what lies in a tree from its root, which is ''", function()
    assert.equal('a/b', path.from_root './a//b/')
    assert.equal('b', path.from_root 'a/../b')
    assert.equal('', path.from_root './')
    assert.equal('', path.from_root '')
    assert.is_nil(path.from_root '../a')
  end)
end)
