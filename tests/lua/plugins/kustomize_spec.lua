-- kustomize_spec.lua: what kustomizations name. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/kustomize'

describe('the finder of kustomize', function()
  it('finds every field of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'kustomize.txt', kit.lines(kit.graph(FIXTURE, 'kustomize')))
  end)

  it('makes references that are written anew in their own style, from what they are relative to', function()
    local edits, listed, plan = kit.moves(FIXTURE, 'kustomize', {
      ['base/extra'] = 'shared/extra', ['overlay/values'] = 'values', component = 'overlay/component',
      ['plugins/files'] = 'files',
    })
    assert.are.same({
      'base/kustomization.yaml:6 ./extra/ -> ../shared/extra/',
      'overlay/kustomization.yaml:34 values/settings.ini -> ../values/settings.ini',
      'overlay/kustomization.yaml:35 values/settings.ini -> ../values/settings.ini',
      'overlay/kustomization.yaml:37 values/settings.env -> ../values/settings.env',
      'overlay/kustomization.yaml:38 values/settings.env -> ../values/settings.env',
      'overlay/kustomization.yaml:44 values/key.txt -> ../values/key.txt',
      'overlay/kustomization.yaml:61 values/chart.yaml -> ../values/chart.yaml',
      'overlay/kustomization.yaml:63 values/more.yaml -> ../values/more.yaml',
      'overlay/kustomization.yaml:66 values/chart.yaml -> ../values/chart.yaml',
      'overlay/kustomization.yaml:8 ../component/ -> component/',
      'plugins/chart.yaml:7 files/one.txt -> ../files/one.txt',
      'plugins/kustomization.yaml:11 files/one.txt -> ../files/one.txt',
      'plugins/more/patch.yaml:5 files/one.txt -> ../files/one.txt',
    }, edits)
    assert.are.same({}, plan.problems)
    for _, line in ipairs(listed) do assert.matches('it stays, but some of its files went to', line) end
  end)

  it('refuses to lose what an encrypted file names', function()
    local _, _, plan = kit.moves(FIXTURE, 'kustomize', { base = 'shared/base' })
    assert.are.equal(1, #plan.problems)
    assert.are.equal('encrypted/kustomization.yaml', plan.problems[1].file)
  end)

  it('renames a chart in its chart home, and says that it cannot leave it', function()
    local edits = kit.moves(FIXTURE, 'kustomize', { ['overlay/charts/local'] = 'overlay/charts/renamed' })
    assert.are.equal('overlay/kustomization.yaml:60 local -> renamed', edits[1])
    local _, listed = kit.moves(FIXTURE, 'kustomize', { ['overlay/charts/local'] = 'charts/other' })
    assert.matches('found by its name in the chart home', table.concat(listed, '\n'))
  end)

  it('finds the 14 broken references of a real repository', function()
    local repository = kit.repository 'pesuga+homelab'
    if not repository then return pending('IFX_REPOS has no pesuga+homelab') end
    for revision, broken in pairs { c302d62 = 0, ['490b603'] = 14 } do
      local counts = kit.counts(repository, revision, 'kustomize')
      assert.are.equal(18, counts['kustomize.resources'])
      assert.are.equal(broken, counts.broken or 0)
    end
  end)
end)
