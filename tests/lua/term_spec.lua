-- term_spec.lua: the process's own streams. SPDX-License-Identifier: Apache-2.0
local term = require 'term'
local err = require 'err'
local host = require 'host'
local proc = require 'proc'

local function failure(f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok)
  assert.is_true(err.is(e))
  return e
end

-- Run code in a fresh program.
local function run(code, opts)
  return proc.run({ host.exe, 'eval', "local term = require 'term' " .. code }, opts)
end

describe('term', function()
  it('writes bytes as they are', function()
    local r = run "term.write 'out\\0\\xff' term.error 'err'"
    assert.equal('out\0\xff', r.stdout)
    assert.equal('err', r.stderr)
    assert.equal('argument', failure(term.write, 1).kind)
  end)

  it('knows that a pipe is no terminal', function()
    local code = "term.write(('%s %s %d'):format(term.isatty 'stdout', term.isatty 'stdin', term.width()))"
    assert.equal('false false 80', run(code).stdout)
    assert.equal('argument', failure(term.isatty, 'printer').kind)
  end)

  it('cleans what is not safe to show', function()
    assert.equal('a b', term.clean 'a\tb')
    assert.equal('\\x1B[31mred\\x0A', term.clean '\27[31mred\n')
    assert.equal('é日\\xFF', term.clean 'é日\xff')
    assert.equal('\\xE2\\x80\\xAEx', term.clean '\u{202E}x')
    assert.equal('\\xC2\\x9B', term.clean '\u{9B}')
  end)

  it('cleans lines, whose ends stay', function()
    assert.equal('a b\n\\x1Bc\n\n\\xC3\nd', term.clean('a\tb\n\27c\n\n\xC3\nd', true))
    assert.equal('a\\x0Ab', term.clean('a\nb', false))
  end)

  it('indents lines, and leaves blanks at their ends out', function()
    assert.equal('  a\n\n   b', term.indent('a \n \t\n b\r\n', '  '))
    assert.equal('- a\n-', term.indent('a\n\n', '- '))
    assert.equal('', term.indent('', '  '))
    assert.equal('a\0b\nc', term.indent('a\0b\nc', ''))
    assert.is_false((pcall(term.indent, 'a')))
  end)

  it('reads lines from standard input', function()
    local code = "local l = term.read_line() while l do term.write('[' .. l .. ']') l = term.read_line() end"
    assert.equal('[one][][two]', run(code, { stdin = 'one\n\ntwo' }).stdout)
  end)

  it('finds the end of input where there is none', function()
    local code = "local l = require('term').read_line() require('term').write(tostring(l))"
    local r = proc.run({ 'sh', '-c', 'exec "$0" eval "$1" <&-', host.exe, code }, { timeout = 10 })
    assert.equal('nil', r.stdout)
  end)

  it('ends a question at the first interrupt', function()
    local code = "local term = require 'term' term.write 'asked\\n' term.read_line() term.write 'answered'"
    local child <close> = proc.spawn({ host.exe, 'eval', code }, { timeout = 10 })
    assert.equal('asked', child:line())
    child:kill 'INT'
    assert.equal('', child:read_all())
    assert.equal(130, child:wait().status)
  end)
end)
