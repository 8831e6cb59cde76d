-- sops_spec.lua: what the rules of SOPS decide, and how they follow moves. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/sops'

describe('the finder of SOPS', function()
  local graph = kit.graph(FIXTURE, 'sops')

  it('finds every rule of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'sops.txt', kit.lines(graph))
  end)

  it('knows which files each rule decides: the first that matches, from the folder of the rules', function()
    local decided = {}
    for _, ref in ipairs(graph.references) do
      decided[#decided + 1] = ('%s:%d %s'):format(ref.file, ref.line, ref.matches and table.concat(ref.matches, ' ') or '-')
    end
    assert.are.same({
      '.sops.yaml:2 clusters/prod/plain.yml clusters/prod/secret.yaml',
      '.sops.yaml:4 apps/web/secrets/keys.enc.yaml',
      '.sops.yaml:7 ',
      '.sops.yaml:11 -',
      '.sops.yaml:14 apps/web/config.json apps/web/secrets/Keys.enc.yaml apps/web/secrets/keys.enc.yaml',
      'nested/.sops.yaml:2 nested/secrets/a.yaml',
      'nested/.sops.yaml:5 ',
    }, decided)
  end)

  it('writes a rule anew so that it decides the same files', function()
    local edits, listed, plan = kit.moves(FIXTURE, 'sops', {
      ['clusters/prod'] = 'environments/production', ['apps/web'] = 'workloads/web',
    })
    assert.are.same({
      '.sops.yaml:14 apps/.* -> workloads/.*',
      '.sops.yaml:2 clusters/prod/.*\\.ya?ml$ -> environments/production/.*\\.ya?ml$',
      '.sops.yaml:4 ^(infra|apps)/[^/]+/secrets/[a-z]+\\.enc\\.yaml$ -> ^(infra|workloads)/[^/]+/secrets/[a-z]+\\.enc\\.yaml$',
    }, edits)
    assert.are.same({ '.sops.yaml:11 \\.json$: the rule, or one before it, is not understood' }, listed)
    assert.are.same({}, plan.problems)
  end)

  it('leaves a rule for all other files alone when the rule before it follows its files', function()
    local files = {
      ['.sops.yaml'] = 'creation_rules:\n- path_regex: ^a/.*\n- path_regex: .*\\.yaml$\n', ['a/x.yaml'] = '', ['b/y.yaml'] = '',
    }
    local entries = {}
    for file in pairs(files) do entries[#entries + 1] = { path = file, mode = '100644' } end
    local tree = require('ifx.repo.base').new({ kind = 'folder' }, entries, function(_, entry) return files[entry.path] end)
    local options = { plugins = require('ifx.plugin').registry {}:contributions 'references', repo_urls = {} }
    local plan = require('ifx.repo.rewrite').plan(tree, { ['a/x.yaml'] = 'k/x.yaml' },
      require('ifx.repo.graph').build(tree, options), options)
    assert.are.same({}, plan.listed)
    assert.are.same({ '^k/.*' }, { plan.edits[1].new, plan.edits[2] and plan.edits[2].new })
  end)

  it('lists a rule that no replacement makes right, and leaves alone what moves with its rules', function()
    local edits, listed = kit.moves(FIXTURE, 'sops', {
      ['clusters/prod/secret.yaml'] = 'other/secret.yaml', nested = 'deeper/nested',
    })
    assert.are.same({}, edits)
    assert.matches('.sops.yaml:2 clusters/prod/.*: after the move the rule would decide other files than now', listed[2])
  end)
end)
