-- regex_spec.lua: regular expressions of Go and Python. SPDX-License-Identifier: Apache-2.0
local regex = require 'ifx.regex'

describe('regular expressions', function()
  local function matches(expression, text, dialect)
    local search, why = regex.compile(expression, dialect)
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

  it('match as those of Python do, where they differ', function()
    for _, case in ipairs {
      { '^(?!charts/).*\\.yaml$', 'apps/a.yaml' }, { '(?x)^(\n  a/.* |  # all of it\n  b\\ c\n)$', 'a/x' },
      { '(?x)^(\n  a/.* |\n  b\\ c\n)$', 'b c' }, { 'a(?=/b)', 'a/b' }, { '^a\\Z', 'a' }, { '(?xi) A +', 'aa' },
      { '^(?:(?!test).)*$', 'a/b' },
    } do
      assert.is_true(matches(case[1], case[2], 'python'), case[1])
    end
    for _, case in ipairs {
      { '^(?!charts/).*\\.yaml$', 'charts/a.yaml' }, { 'a(?=/b)', 'a/c' }, { '(?x) [ ] x', 'x' },
      { '^(?:(?!test).)*$', 'a/test/b' },
    } do
      assert.is_false(matches(case[1], case[2], 'python'), case[1])
    end
    assert.is_nil((regex.compile('(?x)a')))
    assert.is_nil((regex.compile('a\\z', 'python')))
    assert.is_nil((regex.compile('(?<!a)b', 'python')))
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
