-- regex_spec.lua: regular expressions from Lua. SPDX-License-Identifier: Apache-2.0
local failure = dofile 'tests/lua/support/failure.lua'
local regex = require 'regex'

describe('regex.compile', function()
  it('takes the syntax of Go, and of Python when asked', function()
    assert.is_true(regex.compile('^a+$'):match 'aaa')
    assert.is_false(regex.compile('^a+$'):match 'aab')
    assert.is_true(regex.compile('^(?!b)', 'python'):match 'a')
  end)

  it('matches as in Go', function()
    for _, case in ipairs {
      { '', 'x' }, { '^$', '' }, { 'secrets/.*\\.ya?ml$', 'x/secrets/a.yml' }, { '(a|b)+c', 'zabac' }, { '^a{2,3}$', 'aaa' },
      { '(?i)SECRET', 'my-secret' }, { '\\bfoo\\b', 'a foo b' }, { '[^/]+\\.enc', 'a.enc' }, { '[]a]', ']' }, { '[a-]', '-' },
      { '(?:x|y)z', 'yz' }, { '(?P<name>a)b', 'ab' }, { '[[:digit:]]+', '5' }, { '\\Qa.b\\E$', 'a.b' }, { 'é+x', 'éx' },
      { '^[^.]$', 'é' }, { '\\x2e\\x{2f}', './' }, { 'a*?b', 'aab' }, { '(a|b|)c$', 'c' }, { '\\.(enc|sops)\\.', 'x.sops.y' },
      { '(?s:.)\\n', 'a\n' }, { '(?i:A)b', 'ab' },
    } do
      assert.is_true(regex.compile(case[1]):match(case[2]), case[1])
    end
    for _, case in ipairs {
      { '^a{2,3}$', 'aaaa' }, { '\\bfoo\\b', 'afoo' }, { '^x', 'ax' }, { '(?i:A)b', 'aB' }, { 'a.b', 'a\nb' },
      { '\\Qa.b', 'axb' },
      { '[^a]', 'a' }, { 'x+', '' }, { '(a|b)c', 'dc' },
    } do
      assert.is_false(regex.compile(case[1]):match(case[2]), case[1])
    end
  end)

  it('matches as in Python, where that differs', function()
    for _, case in ipairs {
      { '^(?!charts/).*\\.yaml$', 'apps/a.yaml' }, { '(?x)^(\n  a/.* |  # all of it\n  b\\ c\n)$', 'a/x' },
      { '(?x)^(\n  a/.* |\n  b\\ c\n)$', 'b c' }, { 'a(?=/b)', 'a/b' }, { '^a\\Z', 'a' }, { '(?xi) A +', 'aa' },
      { '^(?:(?!test).)*$', 'a/b' }, { '(?<!a)b', 'b' },
    } do
      assert.is_true(regex.compile(case[1], 'python'):match(case[2]), case[1])
    end
    for _, case in ipairs {
      { '^(?!charts/).*\\.yaml$', 'charts/a.yaml' }, { 'a(?=/b)', 'a/c' }, { '(?x) [ ] x', 'x' },
      { '^(?:(?!test).)*$', 'a/test/b' },
    } do
      assert.is_false(regex.compile(case[1], 'python'):match(case[2]), case[1])
    end
  end)

  it('says where an expression goes wrong', function()
    local e = failure(regex.compile, 'a(?=b)')
    assert.equal('parse', e.kind)
    assert.equal(2, e.column)
    assert.matches('looking ahead', e.message)
    assert.equal('parse', failure(regex.compile, '(', 'python').kind)
  end)

  it('refuses other syntaxes and other values', function()
    assert.equal('argument', failure(regex.compile, 'a', 'perl').kind)
    assert.equal('argument', failure(regex.compile, 1).kind)
  end)
end)

describe('an expression', function()
  it('finds one match after the other', function()
    local re = regex.compile 'b+'
    assert.same({ 2, 3 }, { re:find 'abbab' })
    assert.same({ 5, 5 }, { re:find('abbab', 4) })
    assert.same({}, { re:find('abbab', 6) })
    assert.same({ 1, 0 }, { regex.compile 'x*':find 'abc' })
    assert.equal('argument', failure(re.find, re, 'abc', 5).kind)
  end)

  it('is closed once and for all', function()
    local re = regex.compile 'a'
    re:close()
    re:close()
    assert.equal('argument', failure(re.match, re, 'a').kind)
    local scoped
    do
      local inside <close> = regex.compile 'a'
      scoped = inside
    end
    assert.equal('argument', failure(scoped.match, scoped, 'a').kind)
  end)

  it('takes little time where nothing can match', function()
    assert.is_false(regex.compile('(x+x+)+y'):match(('x'):rep(2000)))
    assert.is_false(regex.compile('(a*)*b'):match(('a'):rep(2000)))
  end)

  it('gives up on a text that would take for ever', function()
    local re = regex.compile('(a*)*b(?!c)', 'python')
    local e = failure(re.match, re, ('a'):rep(50) .. 'bc')
    assert.equal('limit', e.kind)
  end)
end)

describe('regex.quote', function()
  it('makes an expression that matches just the text', function()
    local text = 'a.b*c+(d)[e]{1}^$|?\\'
    assert.is_true(regex.compile('^' .. regex.quote(text) .. '$'):match(text))
    assert.equal('a\\.b', regex.quote 'a.b')
  end)
end)
