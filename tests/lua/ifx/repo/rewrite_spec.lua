-- rewrite_spec.lua: what is written anew when files move, and the proof of it. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local graph = require 'ifx.repo.graph'
local left = require 'ifx.repo.left'
local rewrite = require 'ifx.repo.rewrite'
local fixture = dofile((debug.getinfo(1, 'S').source:match('^@(.*/)') or './') .. 'fixture.lua')

-- 'use: PATH' is relative to the file, 'root: PATH' to the root of the tree; 'regex: P' has its own rewriting.
local finder = {
  plugin = 'uses', files = { '**/*.use' },
  kinds = { ['uses.path'] = 'relative to the file', ['uses.root'] = 'from the root', ['uses.regex'] = 'a pattern' },
  find = function(file, ctx)
    local refs, dir = {}, file.path:match('^(.*)/[^/]*$') or ''
    for word, first, text, last in file.text():gmatch('(%l+): ()(%S+)()') do
      local base = word == 'use' and dir or ''
      local ref = { kind = 'uses.' .. (word == 'use' and 'path' or word), start = first, stop = last - 1, text = text,
        line = 1, column = 1 }
      if word == 'regex' then
        ref.target_kind, ref.rewrite, ref.resolved = 'regex', 'regex', true
        refs[#refs + 1] = ref
      elseif word == 'use' or word == 'root' then
        ref.base, ref.target = base, ctx.resolve(base, text)
        ref.anchor = word == 'root' and 'root' or 'file'
        ref.target_kind, ref.resolved = 'path', ref.target ~= nil and ctx.tree:follow(ref.target) ~= nil
        refs[#refs + 1] = ref
      end
    end
    return refs
  end,
  rewrite = { regex = function(ref, move)
    for old, new in pairs(move.moves) do
      if old:find('^' .. ref.text) then return (new:gsub('/[^/]*$', '/')) end
    end
  end },
}

local function plan(files, moves, opts)
  opts = opts or {}
  opts.plugins = { finder }
  local tree = fixture.tree(files)
  local p = rewrite.plan(tree, moves, graph.build(tree, { plugins = { finder } }), opts)
  p.left = left.find(tree, p.tree, moves, p.directories)
  return p
end

local function edits(p)
  local out = {}
  for i, e in ipairs(p.edits) do out[i] = e.file .. ' ' .. e.old .. ' => ' .. e.new end
  return out
end

local function listed(p)
  local out = {}
  for i, item in ipairs(p.listed) do out[i] = item.reference.file .. ' ' .. item.reference.text .. ': ' .. item.why end
  return out
end

describe('rewrite.plan', function()
  it('follows a target that moves, in the style of the text', function()
    local p = plan({ ['a/x.use'] = 'use: ../b/y use: ./z root: b/y use: ../b/y', ['b/y'] = '', ['a/z'] = '' },
      { ['b/y'] = 'a/y', ['a/z'] = 'a/deep/z' })
    assert.same({ 'a/x.use ../b/y => y', 'a/x.use ./z => ./deep/z', 'a/x.use b/y => a/y', 'a/x.use ../b/y => y' }, edits(p))
    assert.equal('use: y use: ./deep/z root: a/y use: y', p.files['a/x.use'])
    assert.same({}, p.problems)
    assert.same({}, p.left)
  end)

  it('writes a file that itself moves from its new place', function()
    local p = plan({ ['a/x.use'] = 'use: y use: ../c/ root: a/y', ['a/y'] = '', ['c/f'] = '' }, { ['a/x.use'] = 'd/e/x.use' })
    assert.same({ 'd/e/x.use y => ../../a/y', 'd/e/x.use ../c/ => ../../c/' }, edits(p))
    assert.same({}, p.problems)
  end)

  it('leaves alone what moves together, and what was broken before', function()
    local p = plan({ ['a/x.use'] = 'use: y use: gone', ['a/y'] = '' }, { ['a/x.use'] = 'b/x.use', ['a/y'] = 'b/y' })
    assert.same({}, p.edits)
    assert.same({}, p.problems)
    assert.same({ a = 'b' }, p.directories)
  end)

  it('lets a directory follow its files, and lists one that is split', function()
    local p = plan({ ['x.use'] = 'root: a root: s root: a/', ['a/1'] = '', ['a/b/2'] = '', ['s/1'] = '', ['s/2'] = '' },
      { ['a/1'] = 'n/1', ['a/b/2'] = 'n/b/2', ['s/1'] = 't/1' })
    assert.same({ 'x.use a => n', 'x.use a/ => n/' }, edits(p))
    assert.same({ 'x.use s: it stays, but some of its files went to t' }, listed(p))
    assert.equal('s', p.splits[1].directory)
    assert.same({}, p.problems)
  end)

  it('refuses to lose a directory whose files went apart', function()
    local p = plan({ ['x.use'] = 'root: s', ['s/1'] = '', ['s/2'] = '' }, { ['s/1'] = 't/1', ['s/2'] = 'u/2' })
    assert.equal(1, #p.problems)
    assert.matches('different places: t, u', p.problems[1].message)
    local ok, e = pcall(rewrite.refuse, p)
    assert.is_false(ok)
    assert.is_true(err.is(e, 'conflict'))
    assert.matches('x.use:1:1: uses.root s: its files went to different places', tostring(e))
  end)

  it('makes links anew that move, or whose target does', function()
    local p = plan({ ['a/l'] = { link = '../b/f' }, ['c/m'] = { link = '../b/f' }, ['b/f'] = '' },
      { ['a/l'] = 'l', ['b/f'] = 'n/f' })
    assert.same({ 'c/m ../b/f => ../n/f', 'l ../b/f => n/f' }, edits(p))
    assert.equal('n/f', p.tree:read 'l')
    assert.equal('n/f', p.tree:follow 'c/m')
    assert.same({}, p.problems)
  end)

  it('never edits what SOPS encrypted; that refuses the plan', function()
    local p = plan({ ['x.use'] = 'root: a/y\nsops:\n mac: ENC[x]\n', ['a/y'] = '' }, { ['a/y'] = 'b/y' })
    assert.same({}, p.edits)
    assert.same({ 'x.use a/y: SOPS-encrypted file' }, listed(p))
    assert.equal(1, #p.problems)
    assert.equal('x.use', p.left[1].file)
  end)

  it("asks the finder's own function", function()
    local p = plan({ ['x.use'] = 'regex: a/', ['a/y'] = '' }, { ['a/y'] = 'b/y' })
    assert.same({ 'x.use a/ => b/' }, edits(p))
  end)

  it('writes texts only where it is told to, and lists them else', function()
    local files = { ['n.md'] = 'see a/y.txt and `y.txt`, not /home/me/a/y.txt', ['a/y.txt'] = '' }
    local p = plan(files, { ['a/y.txt'] = 'b/y.txt' })
    assert.same({}, p.edits)
    assert.same({ 'n.md a/y.txt: a text, not a reference that a tool reads' }, { listed(p)[1] })
    assert.same({ 'a/y.txt', '/home/me/a/y.txt' }, { p.left[1].text, p.left[2].text })
    p = plan(files, { ['a/y.txt'] = 'b/y.txt' }, { text = true })
    assert.same({ 'n.md a/y.txt => b/y.txt' }, edits(p))
    assert.equal(1, #p.left)
    assert.same({ 'n.md', 1, 30, '/home/me/a/y.txt', 'a/y.txt', 'b/y.txt', 'path' },
      { p.left[1].file, p.left[1].line, p.left[1].column, p.left[1].text, p.left[1].old, p.left[1].new, p.left[1].via })
  end)

  it('calls no new name an old one, also before a question mark', function()
    local files = { ['n.md'] = 'b/y.txt?raw=true and what is y.txt?', ['a/y.txt'] = '' }
    local p = plan(files, { ['a/y.txt'] = 'b/y.txt' }, { text = true })
    assert.same({}, p.left)
  end)

  it('lists a text that would not read as meant', function()
    local p = plan({ ['d/n.md'] = 'see a/y.txt', ['a/y.txt'] = '', ['d/b/y.txt'] = '' }, { ['a/y.txt'] = 'b/y.txt' },
      { text = true })
    assert.same({}, p.edits)
    assert.matches("would name 'd/b/y.txt', not 'b/y.txt'", listed(p)[1])
  end)

  it('counts generated files among those that can be named', function()
    local p = plan({ ['x.use'] = 'root: a/y', ['a/y'] = '' }, { ['a/y'] = 'b/y' }, { write = { ['g.use'] = 'root: b/y' } })
    assert.equal('root: b/y', p.files['g.use'])
    assert.equal(2, #p.graph:by_target 'b/y')
  end)

  it('finds every file again over many random moves', function()
    local seed = 7
    local function random(n)
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed // 65536 % n + 1
    end
    local dirs = { '', 'a', 'a/b', 'a/b/c', 'd', 'd/e' }
    for _ = 1, 60 do
      local files, paths, moves = {}, {}, {}
      for i = 1, 8 do
        local dir = dirs[random(#dirs)]
        paths[i] = (dir == '' and '' or dir .. '/') .. i .. '.use'
      end
      for i, p in ipairs(paths) do
        local dir = p:match('^(.*)/') or ''
        local text = {}
        for k = 1, 3 do
          local target = paths[random(8)]
          text[k] = random(2) == 1 and 'root: ' .. target or 'use: ' .. require('ifx.path').relative(target, dir)
        end
        files[p] = table.concat(text, '\n')
        if random(2) == 1 then moves[p] = 'new/' .. dirs[random(#dirs)]:gsub('/', '-') .. '/' .. i .. '.use' end
      end
      for old, new in pairs(moves) do moves[old] = require('ifx.path').normalize(new) end
      local p = plan(files, moves)
      assert.same({}, p.problems)
      for _, ref in ipairs(p.graph.references) do
        if ref.exact then assert.is_true(ref.resolved) end
      end
    end
  end)
end)
