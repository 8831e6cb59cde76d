-- pre-commit_spec.lua: what the hooks of pre-commit run, and on which files. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/pre-commit'

describe('the finder of pre-commit', function()
  it('finds every form of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'pre-commit.txt', kit.lines(kit.graph(FIXTURE, 'pre-commit')))
  end)

  it('lets commands, arguments and expressions follow what they name', function()
    local edits, listed, plan = kit.moves(FIXTURE, 'pre-commit', {
      docs = 'handbook', apps = 'workloads', scripts = 'tools/scripts', ['.yamllint'] = 'tools/.yamllint',
    })
    assert.are.same({
      '.pre-commit-config.yaml:1 ^(apps|docs)/ -> ^(workloads|handbook)/',
      '.pre-commit-config.yaml:10 ^(?!apps/) -> ^(?!workloads/)',
      '.pre-commit-config.yaml:2 (?x)^( docs/.*\\.md | charts/.* )$ -> (?x)^( handbook/.*\\.md | charts/.* )$',
      '.pre-commit-config.yaml:22 scripts/check.sh -> tools/scripts/check.sh',
      '.pre-commit-config.yaml:32 scripts/check.sh -> tools/scripts/check.sh',
      '.pre-commit-config.yaml:33 .yamllint -> tools/.yamllint',
      '.pre-commit-config.yaml:39 docs/guide.md -> handbook/guide.md',
      '.pre-commit-config.yaml:41 ./scripts -> ./tools/scripts',
      '.pre-commit-config.yaml:8 .yamllint -> tools/.yamllint',
      '.pre-commit-config.yaml:8 docs/lint.yaml -> handbook/lint.yaml',
      '.pre-commit-hooks.yaml:3 scripts/check.sh -> tools/scripts/check.sh',
    }, edits)
    assert.are.same({}, listed)
    assert.are.same({}, plan.problems)
  end)

  it('gives up an expression that takes too long', function()
    local said = kit.of({
      ['.pre-commit-config.yaml'] = 'files: (x+x+)+[yz]\n', [('x'):rep(60)] = '',
    }, 'pre-commit')
    assert.are.equal(1, #said)
    assert.matches('unknown .* a regular expression that takes too long', said[1])
  end)
end)
