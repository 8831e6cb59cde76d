-- term_spec.lua: styles, tables, trees, differences, progress. SPDX-License-Identifier: Apache-2.0
local failure = dofile 'tests/lua/support/failure.lua'
local term = require 'ifx.term'
local fs = require 'fs'
local host = require 'host'
local proc = require 'proc'

-- Run code in a fresh program; with a terminal when `pty` is set.
local function run(code, opts, pty)
  code = "local term = require 'ifx.term' " .. code
  if not pty then return proc.run({ host.exe, 'eval', code }, opts) end
  local quoted = "'" .. code:gsub("'", "'\\''") .. "'"
  return proc.run({ 'script', '-qec', host.exe .. ' eval ' .. quoted, '/dev/null' }, opts)
end

after_each(function() term.color 'auto' end)

describe('style', function()
  it('colours only where asked and possible', function()
    assert.equal('x', run "term.print(term.style('x', 'red bold'))".stdout:sub(1, -2))
    term.color 'always'
    assert.equal('\27[31;1mx\27[0m', term.style('x', 'red bold'))
    term.color 'never'
    assert.equal('x', term.style('x', 'red bold'))
    assert.equal('argument', failure(term.style, 'x', 'loud').kind)
    assert.equal('argument', failure(term.color, 'sometimes').kind)
  end)

  it('honours NO_COLOR and TERM on a terminal', function()
    if not proc.find 'script' then return pending 'script(1) is not installed' end
    local function colored(env)
      return (run('term.print(term.colored())', { env = env }, true).stdout:gsub('%s+$', ''))
    end
    assert.equal('true', colored { TERM = 'xterm', NO_COLOR = false })
    assert.equal('false', colored { TERM = 'xterm', NO_COLOR = '1' })
    assert.equal('false', colored { TERM = 'dumb', NO_COLOR = false })
  end)

  it('keeps its own sequences and shows all others', function()
    assert.equal('\27[31mx\27[0m', term.safe '\27[31mx\27[0m')
    assert.equal('\\x1B[8mhidden', term.safe '\27[8mhidden')
    assert.equal('\\x1B]0;title\\x07', term.safe '\27]0;title\7')
    assert.equal('\27[1;31ma\\x0A', term.safe '\27[1;31ma\n')
  end)
end)

describe('table', function()
  it('aligns by columns of the screen', function()
    local rows = { { 'a', 1, 'x' }, { '日本', 23 }, { 'é', 456, 'last' } }
    assert.equal(table.concat {
      'NAME  SIZE  NOTE\n',
      'a        1  x\n',
      '日本    23\n',
      'é      456  last\n',
    }, term.table(rows, { header = { 'NAME', 'SIZE', 'NOTE' }, align = 'lrl' }))
    assert.equal('', term.table {})
    assert.equal('a\\x1B[2Jb\n', term.table { { 'a\27[2Jb' } })
    assert.equal(' a\nbbb\n', term.table({ { 'a' }, { 'bbb' } }, { align = 'c' }))
  end)

  it('counts columns', function()
    assert.equal(5, term.columns '\27[31mh\27[0mello')
    assert.equal(2, term.columns '日')
    assert.equal(1, term.columns 'e\u{301}')
    assert.equal(2, term.columns '\xff\xfe')
  end)
end)

describe('tree', function()
  it('draws folders, marks and notes', function()
    assert.equal(table.concat {
      'repo\n',
      '├── apps/\n',
      '│   ├── + a.yaml  new\n',
      '│   └── b/c/\n',
      '│       ├── - d.yaml\n',
      '│       └── e.yaml\n',
      '├── empty/\n',
      '└── ~ z.yaml\n',
    }, term.tree({ { path = 'z.yaml', mark = '~' }, { path = 'apps/a.yaml', mark = '+', note = 'new' }, 'apps/b/c/e.yaml',
      { path = 'apps/b/c/d.yaml', mark = '-' }, 'empty/' }, { root = 'repo' }))
    assert.equal('', term.tree {})
    assert.equal('└── a\n    └── b/c\n', term.tree { { steps = { 'a', 'b/c' } } })
    assert.equal('└── a\\x1B/\n    └── x\n', term.tree { 'a\27/x' })
  end)

  it('colours marks', function()
    term.color 'always'
    assert.equal('├── \27[32m+ a\27[0m\n└── b\n', term.tree { { path = 'a', mark = '+' }, 'b' })
  end)
end)

describe('diff', function()
  it('is a unified diff', function()
    assert.equal('', term.diff('a\n', 'a\n'))
    assert.equal('--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n', term.diff('a\nb\n', 'a\nc\n', { file = 'f' }))
    assert.equal('--- a/f\n+++ b/g\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n',
      term.diff('a', 'a\n', { file = 'f', new_file = 'g' }))
    assert.equal('--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\n', term.diff(nil, 'a\n', { file = 'f' }))
    assert.equal('--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n', term.diff('a\n', nil, { file = 'f' }))
    assert.equal('Binary files a/f and b/f differ\n', term.diff('a\0', 'b\0', { file = 'f' }))
  end)

  it('is coloured and cleaned for people', function()
    term.color 'always'
    assert.equal('\27[1m--- a/f\27[0m\n\27[1m+++ b/f\27[0m\n\27[36m@@ -1 +1 @@\27[0m\n\27[31m-a\\x1B\27[0m\n\27[32m+b\27[0m\n',
      term.show_diff(term.diff('a\27\n', 'b\n', { file = 'f' })))
  end)

  it('changes as few lines as diff does, and patch agrees', function()
    local dir = fs.tempdir 'ifx-spec'
    local function text()
      local lines = {}
      for i = 1, math.random(0, 30) do lines[i] = ('abcdefg'):sub(math.random(7)):sub(1, 1) end
      return table.concat(lines, '\n') .. (math.random(3) > 1 and #lines > 0 and '\n' or '')
    end
    local function changed(diff)
      local n = 0
      for line in diff:gmatch '[^\n]+' do
        if line:find '^[+-]' and not line:find '^%-%-%- a/' and not line:find '^%+%+%+ b/' then n = n + 1 end
      end
      return n
    end
    math.randomseed(5)
    for i = 1, 60 do
      local a, b, context = text(), text(), tostring(i % 4)
      fs.write(fs.join(dir, 'a'), a, { sync = false })
      fs.write(fs.join(dir, 'b'), b, { sync = false })
      local mine = term.diff(a, b, { file = 'f', context = i % 4 })
      local theirs = proc.run({ 'diff', '-d', '-U' .. context, '--label', 'a/f', '--label', 'b/f', 'a', 'b' },
        { cwd = dir, check = false }).stdout
      assert.equal(changed(theirs), changed(mine))
      if a ~= b then
        local patched = proc.run({ 'patch', '-s', '-o', '-', 'a', '-' }, { cwd = dir, stdin = mine, check = false })
        assert.equal(b, patched.stdout)
      end
    end
    fs.remove_tree(dir)
  end)

  it('does not lose itself in texts that share nothing', function()
    local a, b = {}, {}
    for i = 1, 4000 do a[i], b[i] = 'a' .. i, 'b' .. i end
    local from = host.clock()
    local diff = term.diff(table.concat(a, '\n'), table.concat(b, '\n'))
    assert.is_truthy(diff:find('@@ -1,4000 +1,4000 @@', 1, true))
    assert.is_true(host.clock() - from < 10)
  end)
end)

describe('progress', function()
  it('is a few plain lines where there is no terminal', function()
    local code = [[
      local p = term.progress('moving', 1000)
      for i = 1, 1000 do p:step(1, 'file ' .. i) end
      p:done() p:done()]]
    assert.equal('moving: 1000\n', run(code).stderr)
    local slow = [[
      local p = term.progress('moving', 4)
      require 'task'.sleep(1.01)
      for i = 1, 4 do p:step() end
      p:done()]]
    assert.is_truthy(run(slow).stderr:find '^moving: 1/4\nmoving: 2/4\nmoving: 3/4\nmoving: 4 in 1%.%d s\n$')
  end)

  it('is one live line on a terminal', function()
    if not proc.find 'script' then return pending 'script(1) is not installed' end
    local out = run("local p = term.progress('moving', 2) p:step(1, 'a\\27b') p:step(1) p:done()", nil, true).stdout
    assert.is_truthy(out:find('\r\27[K', 1, true))
    assert.is_truthy(out:find('moving  1/2  a\\x1Bb', 1, true))
    assert.is_truthy(out:find 'moving: 2\r?\n$')
  end)

  it('disappears when it is left by an error', function()
    local code = "pcall(function() local p <close> = term.progress('moving') error 'x' end)"
    assert.equal('', run(code).stderr)
  end)
end)

describe('print', function()
  it('writes values with tabs between them', function()
    assert.equal('a\t1\tnil\n', run "term.print('a', 1, nil)".stdout)
  end)
end)
