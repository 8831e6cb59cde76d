-- flux_spec.lua: what Flux objects name. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/flux'

describe('the finder of Flux', function()
  it('finds every field of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'flux.txt', kit.lines(kit.graph(FIXTURE, 'flux')))
  end)

  it('makes paths that are written anew from the root of their source', function()
    local edits, listed, plan = kit.moves(FIXTURE, 'flux', {
      ['charts/web'] = 'charts/shop', infrastructure = 'base', ['components/tls'] = 'tls',
    })
    assert.are.same({
      'apps/web/releases.yaml:31 ./charts/web -> ./charts/shop',
      'apps/web/releases.yaml:37 ./charts/web/values.yaml -> ./charts/shop/values.yaml',
      'apps/web/releases.yaml:59 charts/web -> charts/shop',
      'apps/web/releases.yaml:67 charts/web -> charts/shop',
      'clusters/prod/apps.yaml:20 ../../components/tls -> ../../tls',
      'clusters/prod/apps.yaml:7 infrastructure/ -> base/',
    }, edits)
    assert.are.same({}, plan.problems)
    for _, line in ipairs(listed) do assert.matches('it stays, but some of its files went to', line) end
  end)

  it('follows the folder that a component is relative to, and leaves a pinned source alone', function()
    local edits, listed = kit.moves(FIXTURE, 'flux', { apps = 'workloads/all' })
    local said = table.concat(edits, '\n')
    assert.matches('clusters/prod/apps.yaml:18 apps/web %-> workloads/all/web', said)
    assert.matches('clusters/prod/apps.yaml:20 %.%./%.%./components/tls %-> %.%./%.%./%.%./components/tls', said)
    assert.matches('apps/web/automation.yaml:11 %./apps %-> %./workloads/all', said)
    assert.matches('sources.yaml:84 ./apps/web: the source is pinned to tag v1.0.0', table.concat(listed, '\n'))
  end)

  it('does not let a path follow the file that names it', function()
    local edits, _, plan = kit.moves(FIXTURE, 'flux', { ['clusters/prod/apps.yaml'] = 'apps.yaml' })
    assert.are.same({}, edits)
    assert.are.same({}, plan.problems)
  end)

  it('counts what a real repository is known to hold', function()
    local repository = kit.repository 'pesuga+homelab'
    if not repository then return pending('IFX_REPOS has no pesuga+homelab') end
    local counts = kit.counts(repository, 'c302d62', 'flux')
    assert.are.same({ 3, 3, 4, 1, 0 }, {
      counts['flux.path'], counts['flux.source_ref'], counts['flux.health_checks'], counts['flux.url'], counts.broken or 0,
    })
  end)
end)
