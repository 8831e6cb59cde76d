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
      ['clusters/prod/secret.yaml'] = 'prod/secret.yaml', nested = 'deeper/nested',
    })
    assert.are.same({}, edits)
    assert.matches('.sops.yaml:2 clusters/prod/.*: after the move the rule would decide other files than now', listed[2])
  end)
end)

describe('the regular expressions of SOPS', function()
  local regex = dofile 'plugins/sops/regex.lua'

  local function matches(expression, text)
    local search, why = regex.compile(expression)
    assert(search, why)
    return search(text)
  end

  it('match as those of Go do', function()
    for _, case in ipairs {
      { '', 'x' }, { '^$', '' }, { 'secrets/.*\\.ya?ml$', 'x/secrets/a.yml' }, { '(a|b)+c', 'zabac' }, { '^a{2,3}$', 'aaa' },
      { '(?i)SECRET', 'my-secret' }, { '\\bfoo\\b', 'a foo b' }, { '[^/]+\\.enc', 'a.enc' }, { '[]a]', ']' }, { '[a-]', '-' },
      { '(?:x|y)z', 'yz' }, { '(?P<name>a)b', 'ab' }, { '[[:digit:]]+', '5' }, { '\\Qa.b\\E$', 'a.b' }, { 'é+x', 'éx' },
      { '^[^.]$', 'é' }, { '\\x2e\\x{2f}', './' }, { 'a*?b', 'aab' }, { '(a|b|)c$', 'c' }, { '\\.(enc|sops)\\.', 'x.sops.y' },
      { '(?s:.)\\n', 'a\n' }, { '(?i:A)b', 'ab' },
    } do
      assert.is_true(matches(case[1], case[2]), case[1])
    end
    for _, case in ipairs {
      { '^a{2,3}$', 'aaaa' }, { '\\bfoo\\b', 'afoo' }, { '^x', 'ax' }, { '(?i:A)b', 'aB' }, { 'a.b', 'a\nb' },
      { '\\Qa.b', 'axb' },
      { '[^a]', 'a' }, { 'x+', '' }, { '(a|b)c', 'dc' },
    } do
      assert.is_false(matches(case[1], case[2]), case[1])
    end
  end)

  it('take time in proportion, whatever the expression', function()
    assert.is_false(matches('(x+x+)+y', ('x'):rep(2000)))
    assert.is_false(matches('(a*)*b', ('a'):rep(2000)))
  end)

  it('say what they do not understand', function()
    for expression, why in pairs {
      ['(a'] = 'without its %)', ['a)'] = 'without its %(', ['(?=a)'] = 'kind of group', ['[a'] = 'too early',
      ['*'] = 'of nothing',
      ['\\p{L}'] = '\\p', ['(a)\\1'] = '\\1', ['a{2000}'] = '1000', ['[z-a]'] = 'before it begins', ['\\'] = 'too early',
      ['(((a{999}){999}){999})'] = 'too large', ['[[:what:]]'] = 'what',
    } do
      local search, said = regex.compile(expression)
      assert.is_nil(search, expression)
      assert.matches(why, said, expression)
    end
  end)
end)
