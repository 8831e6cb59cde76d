-- renovate_spec.lua: presets and patterns of Renovate, and how they follow moves. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/renovate'

describe('the finder of Renovate', function()
  it('finds every form of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'renovate.txt', kit.lines(kit.graph(FIXTURE, 'renovate')))
  end)

  it('lets presets, patterns and expressions follow what they name', function()
    local edits, listed, plan = kit.moves(FIXTURE, 'renovate', {
      apps = 'workloads', ['.renovate'] = '.github/renovate', ['presets/labels.json'] = 'labels.json',
    })
    assert.are.same({
      '.github/renovate.json5:16 apps/** -> workloads/**',
      [[.github/renovate.json5:17 '^apps/.+\\.ya?ml$' -> '^workloads/.+\\.ya?ml$']],
      [[.github/renovate.json5:20 '/(^|/)apps/.+\\.ya?ml$/' -> '/(^|/)workloads/.+\\.ya?ml$/']],
      '.github/renovate.json5:20 apps/*/kustomization.yaml -> workloads/*/kustomization.yaml',
      '.github/renovate.json5:26 apps/web/** -> workloads/web/**',
      '.github/renovate.json5:27 apps/web/deployment.yaml -> workloads/web/deployment.yaml',
      '.github/renovate.json5:28 .renovate/groups.json5 -> .github/renovate/groups.json5',
      '.github/renovate.json5:28 apps/**/deployment.yaml -> workloads/**/deployment.yaml',
      '.github/renovate.json5:6 .renovate/groups.json5 -> .github/renovate/groups.json5',
      '.github/renovate.json5:7 presets/labels -> labels',
      '.renovate/groups.json5:2 .renovate/deeper -> .github/renovate/deeper',
      '.renovate/groups.json5:3 apps/web/** -> workloads/web/**',
      'default.json:1 presets/labels -> labels',
      'package.json:1 presets/labels.json -> labels.json',
    }, edits)
    assert.are.same({
      '.github/renovate.json5:10 .renovate/groups.json5: pinned to the revision v1.0.0 of this repository',
    }, listed)
    assert.are.same({}, plan.problems)
  end)

  it('refuses to move a preset where its name cannot say so', function()
    local _, listed, plan = kit.moves(FIXTURE, 'renovate', { ['default.json'] = 'a/default.json' })
    assert.matches('a preset behind a colon stands in the root', listed[1])
    assert.is_true(#plan.problems > 0)
    _, listed = kit.moves(FIXTURE, 'renovate', { ['presets/labels.json'] = 'presets/labels.json5' })
    assert.matches('only a preset that ends in .json may be named without its extension', listed[1])
  end)

  it('takes a repository of another host for another one', function()
    local files = {
      ['renovate.json'] = '{"extends": ["gitlab>example/fixture//a", "local>example/fixture//a"]}', ['a.json'] = '{}',
    }
    assert.are.same({
      'renovate.json:1:15 renovate.preset gitlab>example/fixture//a -> remote -: ? on the network',
      'renovate.json:1:67 renovate.preset a -> file a.json: ok',
    }, kit.of(files, 'renovate'))
  end)

  it('knows its own repository by its presets where there are no remotes', function()
    local function said(extends, urls)
      return kit.of({
        ['renovate.json'] = ('{"extends": [%s]}'):format(extends), ['.renovate/a.json'] = '{}', ['b.json'] = '{}',
      }, 'renovate', urls or {})
    end
    local own = '"github>Me/x//.renovate/a", "github>other/y//z"'
    assert.are.same({
      'renovate.json:1:28 renovate.preset .renovate/a -> file .renovate/a.json: ok',
      'renovate.json:1:43 renovate.preset github>other/y//z -> remote -: ? on the network',
    }, said(own))
    assert.matches('^renovate.json:1:15 .* on the network$', said(own, { 'https://github.com/someone/else' })[1])
    for _, extends in ipairs {
      '"github>me/x//b"', '"github>me/x//.renovate/a", "github>me/x//.renovate/gone"',
      '"github>me/x//.renovate/a", "local>you/y//.renovate/a"',
    } do
      for _, line in ipairs(said(extends)) do assert.matches('on the network$', line) end
    end
  end)
end)
