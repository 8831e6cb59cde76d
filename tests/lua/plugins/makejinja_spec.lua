-- makejinja_spec.lua: what configurations of makejinja name, and how it follows moves. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/makejinja'

describe('the finder of makejinja', function()
  it('finds every form of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'makejinja.txt', kit.lines(kit.graph(FIXTURE, 'makejinja')))
  end)

  it('lets paths and modules follow what they name', function()
    local edits, listed, plan = kit.moves(FIXTURE, 'makejinja', {
      ['templates/config'] = 'bootstrap/templates', ['templates/scripts/deep'] = 'templates/scripts/deeper/still',
      ['config.yaml'] = 'bootstrap/config.yaml',
    })
    assert.are.same({
      'makejinja.toml:2 ./templates/config -> ./bootstrap/templates',
      'makejinja.toml:4 ./config.yaml -> ./bootstrap/config.yaml',
      'makejinja.toml:7 deep.more -> deeper.still.more',
    }, edits)
    assert.are.equal(1, #listed)
    assert.matches('^makejinja.toml:5 ./templates/scripts: it stays, but some of its files went to', listed[1])
    assert.are.same({}, plan.problems)
  end)

  it('refuses to move a module out of the import paths', function()
    local _, listed = kit.moves(FIXTURE, 'makejinja', { ['templates/scripts/plugin.py'] = 'other/plugin.py' })
    assert.matches('a module is named from an import path', listed[#listed])
  end)
end)
