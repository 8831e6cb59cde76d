-- hcl_changes_spec.lua: changes to HCL files as data, carried out on texts. SPDX-License-Identifier: Apache-2.0
local changes = require 'ifx.layout.changes'
local err = require 'err'

local TEXT = [[
# about a
a "x" {
  one   = "${path.root}/f" # kept
  two = [path.root, "g"]
}

a "x" {}
b {
  c {}
}
]]

local function apply(list, text)
  for _, change in ipairs(list) do change.file = 'x.tf' end
  return changes.apply('x.tf', text or TEXT, changes.by_file(list)['x.tf'])
end

local function refused(words, change)
  local ok, e = pcall(apply, { change })
  assert.is_false(ok)
  assert.is_true(err.is(e, 'plugin'), tostring(e))
  assert.matches(words, tostring(e), 1, true)
end

describe('ifx.layout.hcl_changes', function()
  it('replaces strings and the beginnings of traversals by their number', function()
    local out = apply {
      { type = 'hcl.replace', traversal = 2, old = 'path.root', text = 'path.module' },
      { type = 'hcl.replace', string = 1, old = '${path.root}/f', text = '${path.root}/h' },
      { type = 'hcl.replace', string = 2, prefix = '${path.module}/' },
    }
    assert.matches('one   = "${path.root}/h" # kept\n  two = [path.module, "${path.module}/g"]\n', out, 1, true)
  end)

  it('removes blocks with their comments, the inner ones too, and counts those that are alike', function()
    local out = apply {
      { type = 'hcl.remove', block = { type = 'c', labels = {}, n = 1 } },
      { type = 'hcl.remove', block = { type = 'a', labels = { 'x' }, n = 1 } },
    }
    assert.falsy(out:find('about a', 1, true))
    assert.matches('a "x" {}\nb {', out, 1, true)
    assert.falsy(out:find('c {}', 1, true))
  end)

  it('sets attributes, adds blocks at the end, and formats when all is done', function()
    local out = apply {
      { type = 'hcl.format' },
      { type = 'hcl.set', block = { type = 'a', labels = { 'x' }, n = 2 }, name = 'three', text = '3' },
      { type = 'hcl.append', text = 'd  {}\n' },
    }
    assert.matches('  one = "${path.root}/f" # kept\n  two = [path.root, "g"]\n', out, 1, true)
    assert.matches('three = 3', out, 1, true)
    assert.matches('\nd {}\n$', out)
  end)

  it('works on a file that another change makes', function()
    assert.equal('a = 1\n\nb {}\n', changes.apply('y.tf', nil, changes.by_file({
      { type = 'create', file = 'y.tf', text = 'a   =   1\n' }, { type = 'hcl.append', file = 'y.tf', text = 'b {}\n' },
      { type = 'hcl.format', file = 'y.tf' },
    })['y.tf']))
  end)

  it('refuses what is not there, or is something else than was found', function()
    refused("'path.cwd' does not stand where it was found", { type = 'hcl.replace', traversal = 1, old = 'path.cwd', text = 'x' })
    refused('does not stand where it was found', { type = 'hcl.replace', string = 9, prefix = 'x' })
    refused('there is no block a x', { type = 'hcl.remove', block = { type = 'a', labels = { 'x' }, n = 3 } })
    refused('there is no block a y', { type = 'hcl.remove', block = { type = 'a', labels = { 'y' }, n = 1 } })
    refused('or one of those for HCL', { type = 'hcl.rename' })
  end)
end)
