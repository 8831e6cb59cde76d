-- talhelper_spec.lua: the files that a talconfig.yaml reads. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/talhelper'

describe('the finder of talhelper', function()
  it('finds every form of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'talhelper.txt', kit.lines(kit.graph(FIXTURE, 'talhelper')))
  end)

  it('lets paths follow what they name, from the folder of the talconfig.yaml', function()
    local edits, listed, plan = kit.moves(FIXTURE, 'talhelper', {
      ['talos/patches/dns.yaml'] = 'talos/machine/dns.yaml', manifests = 'talos/manifests', ['talos/extra'] = 'extra',
    })
    assert.are.same({
      'talos/talconfig.yaml:15 ../manifests/cilium.yaml -> manifests/cilium.yaml',
      'talos/talconfig.yaml:20 ./patches/dns.yaml -> ./machine/dns.yaml',
      'talos/talconfig.yaml:22 extra/watchdog.yaml -> ../extra/watchdog.yaml',
      'talos/talconfig.yaml:4 ./patches/dns.yaml -> ./machine/dns.yaml',
    }, edits)
    assert.are.same({}, listed)
    assert.are.same({}, plan.problems)
  end)
end)
