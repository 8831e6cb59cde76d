-- expressions_spec.lua: regular expressions over paths, and how they follow moves. SPDX-License-Identifier: Apache-2.0
local expressions = require 'ifx.repo.expressions'

local PATHS = { 'apps/a.yaml', 'apps/b.txt', 'docs/a.yaml', 'x/apps/c.yaml' }

local function follow(texts, index, moves, dialect)
  local rules = {}
  for i, text in ipairs(texts) do rules[i] = expressions.rule(text or nil, dialect) end
  return expressions.follow(rules, index, moves, PATHS, '', '')
end

describe('expressions over paths', function()
  it('are decided in order: the first that matches', function()
    local rules = { expressions.rule '^apps/', expressions.rule '\\.yaml$', expressions.rule(nil) }
    assert.are.same({ { 'apps/a.yaml', 'apps/b.txt' }, { 'docs/a.yaml', 'x/apps/c.yaml' }, {} },
      expressions.decide(rules, PATHS, ''))
  end)

  it('count from the folder of their file', function()
    assert.are.equal('apps/c.yaml', expressions.relative('x/apps/c.yaml', 'x'))
    assert.is_nil(expressions.relative('apps/a.yaml', 'x'))
    assert.are.same({ { 'x/apps/c.yaml' } }, expressions.decide({ expressions.rule '^apps/' }, PATHS, 'x'))
  end)

  it('end where one is not understood, since that decides about all that follow', function()
    local rules = { expressions.rule '^docs/', expressions.rule '(', expressions.rule '.' }
    assert.is_string(rules[2].why)
    assert.are.same({ { 'docs/a.yaml' } }, expressions.decide(rules, PATHS, ''))
  end)

  it('follow one folder, several, and what they exclude', function()
    local both = { ['apps/a.yaml'] = 'k/a.yaml', ['apps/b.txt'] = 'k/b.txt', ['docs/a.yaml'] = 'book/a.yaml' }
    assert.are.equal('^k/', (follow({ '^apps/' }, 1, { ['apps/a.yaml'] = 'k/a.yaml', ['apps/b.txt'] = 'k/b.txt' })))
    assert.are.equal('^(k|book)/', (follow({ '^(apps|docs)/' }, 1, both)))
    assert.are.equal('^(?!k/)', (follow({ '^(?!apps/)' }, 1, both, 'python')))
    assert.are.equal('\\.yaml$', (follow({ '\\.yaml$' }, 1, both)))
    local deeper = { ['apps/a.yaml'] = 'k/apps/a.yaml', ['apps/b.txt'] = 'k/apps/b.txt' }
    assert.are.equal('^k/apps/', (follow({ '^apps/' }, 1, deeper)))
    assert.are.equal('^apps/c', (follow({ '^x/apps/c' }, 1, { ['x/apps/c.yaml'] = 'apps/c.yaml' })))
    local text, why = follow({ '^apps/' }, 1, { ['apps/a.yaml'] = 'k/a.yaml' })
    assert.is_nil(text)
    assert.matches('would decide other files', why)
  end)

  it('are written in the style that their scalar has', function()
    assert.are.equal("a''b", expressions.spell({ style = 'single', text = 'x', start = 1, stop = 1 }, "a'b"))
    assert.are.equal('"a\\\\.b"', expressions.spell({ style = 'double', text = 'x\\.', start = 1, stop = 6 }, 'a\\.b'))
    assert.are.equal([['a\\.\'"b']], expressions.spell({ style = 'double', quote = "'", text = 'x\\.', start = 1, stop = 6 },
      'a\\.\'"b'))
    assert.is_nil((expressions.spell({ style = 'double', text = 'x', start = 1, stop = 1 }, 'a\\.b')))
    assert.is_nil((expressions.spell({ style = 'plain', text = 'x', start = 1, stop = 1 }, '[a]')))
    assert.are.equal('a\\.b', expressions.spell({ style = 'plain', text = 'x', start = 1, stop = 1 }, 'a\\.b'))
  end)
end)
