-- history_spec.lua: the history of files under all their old names, and a repository made of it.
-- SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local export = require 'ifx.repo.export'
local fixture = dofile 'tests/lua/ifx/repo/fixture.lua'
local fs = require 'fs'
local git = require 'ifx.repo.git'
local history = require 'ifx.repo.history'

local ANN = { name = 'Ann', email = 'ann@example.org' }

local function text(word) -- long enough to be told apart, and to be known again after a small change
  local lines = {}
  for i = 1, 20 do lines[i] = ('%s line %d of many'):format(word, i) end
  return table.concat(lines, '\n') .. '\n'
end

local dir

local function commit(message, files, remove)
  fixture.write(dir, files or {})
  for _, path in ipairs(remove or {}) do fs.remove(fs.join(dir, path)) end
  fixture.git(dir, 'add', '--all')
  fixture.git(dir, 'commit', '--quiet', '--allow-empty', '--message=' .. message)
  return git.commit_id(dir, 'HEAD')
end

local function read(files)
  return history.read(git.find(dir), git.commit_id(dir, 'HEAD'), files)
end

local function take(files)
  return history.take(git.find(dir), git.commit_id(dir, 'HEAD'), files)
end

local function subject(id) return (git.try_line(dir, { 'log', '-1', '--format=%s', id })) end

local function subjects(found)
  local out = {}
  for i, one in ipairs(found.commits) do out[i] = subject(one.id) end
  return table.concat(out, ' ')
end

local function make(files, more)
  local pairs_ = {}
  for old, new in pairs(files) do pairs_[#pairs_ + 1] = { old, new } end
  table.sort(pairs_, function(a, b) return a[1] < b[1] end)
  local spec = {
    dir = fs.join(fixture.folder {}, 'new'), branch = 'main', revision = git.commit_id(dir, 'HEAD'), files = pairs_,
    message = 'm', author = ANN, date = '1763719419 +0000',
  }
  for key, value in pairs(more or {}) do spec[key] = value end
  return export.create(git.find(dir), spec, 'r1'), spec
end

local function follow(place, path)
  local _, n = git.run(place, { 'log', '--follow', '--format=%H', '--', path }).stdout:gsub('\n', '')
  return n
end

describe('ifx.repo.history', function()
  before_each(function()
    dir = fixture.repository { ['a/one.yaml'] = text 'one', ['other'] = text 'other' }
  end)
  after_each(fixture.clean)

  it('remembers more names than one look-up goes through', function()
    local stream, many = { ('reset refs/heads/main\nfrom %s\n\n'):format(git.commit_id(dir, 'HEAD')) }, 120
    local function name(i) return i == 0 and 'a/one.yaml' or ('a/%d.yaml'):format(i) end
    for i = 1, many do -- two files: one goes from name to name, another comes and goes again
      stream[#stream + 1] = ('commit refs/heads/main\ncommitter Ann <ann@example.org> %d +0000\ndata 1\nn\n'):format(i)
      stream[#stream + 1] = ('R %s %s\n'):format(name(i - 1), name(i))
      stream[#stream + 1] = i % 2 == 0 and 'R b/other other\n\n' or 'R other b/other\n\n'
    end
    git.run(dir, { 'fast-import', '--quiet', '--force' }, { stdin = table.concat(stream) })
    local found = read { [name(many)] = 'one', other = 'other' }
    assert.are.equal(many, #found.names.one)
    assert.are.same({ 'b/other' }, found.names.other)
    assert.are.equal(1, #found.commits)
    assert.are.equal(many + 1, found.total)
  end)

  it('answers the same question once', function()
    local files = { ['a/one.yaml'] = 'one' }
    local found = take(files)
    assert.are.equal(found, take { ['a/one.yaml'] = 'one' })
    files.other = 'other'
    local both = take(files)
    assert.are_not.equal(found, both)
    assert.are.equal(both, take(files))
    assert.are_not.equal(both, take { other = 'other' })
    commit('later', { other = 'changed\n' })
    assert.are.equal('2', tostring(take({ other = 'other' }).total))
  end)

  it('says the same when it was worked out in a thread', function()
    fs.remove(fs.join(dir, 'a/one.yaml'))
    local head = commit('rename', { ['b/one.yaml'] = text 'one' })
    local many = { { ['b/one.yaml'] = 'one' }, { other = 'other' } }
    history.prepare(git.find(dir), head, many)
    local prepared = { take(many[1]), take(many[2]) }
    assert.are.same({ one = { 'a/one.yaml' } }, prepared[1].names)
    local copy = fs.join(fixture.folder {}, 'copy')
    fixture.git(dir, 'clone', '--quiet', '.', copy)
    for i, files in ipairs(many) do assert.are.same(prepared[i], history.take(git.find(copy), head, files)) end
  end)

  it('keeps the commits that touch a file, and finds its earlier names', function()
    commit('edit', { ['a/one.yaml'] = text 'one' .. 'more\n' })
    commit('not it', { other = 'x\n' })
    commit('rename', { ['b/two.yaml'] = text 'one' .. 'more\nand more\n' }, { 'a/one.yaml' })
    commit('pure', { ['c/three.yaml'] = text 'one' .. 'more\nand more\n' }, { 'b/two.yaml' })
    local found = read { ['c/three.yaml'] = 'new.yaml' }
    assert.equal('first edit rename', subjects(found)) -- to rename alone is no change any more
    assert.same({ 'a/one.yaml', 'b/two.yaml' }, found.names['new.yaml'])
    assert.equal(5, found.total)
    local made = make { ['c/three.yaml'] = 'new.yaml' }
    assert.equal(3, follow(made.dir, 'new.yaml'))
    assert.equal('3', git.try_line(made.dir, { 'rev-list', '--count', 'HEAD' }))
  end)

  it('takes an earlier file of the same name along, as git log does', function()
    commit('gone', {}, { 'a/one.yaml' })
    commit('again', { ['a/one.yaml'] = text 'different words' })
    assert.equal('first gone again', subjects(read { ['a/one.yaml'] = 'x' }))
  end)

  it('follows a copy to its source, unless another file has that', function()
    commit('copy', { ['a/copy.yaml'] = text 'one' .. 'copied\n' })
    commit('later', { ['a/one.yaml'] = text 'one' .. 'later\n' })
    local alone = read { ['a/copy.yaml'] = 'copy.yaml' }
    assert.equal('first copy', subjects(alone))
    local both = read { ['a/copy.yaml'] = 'copy.yaml', ['a/one.yaml'] = 'one.yaml' }
    assert.equal('first copy later', subjects(both))
    assert.same({}, both.names)
    local made = make { ['a/copy.yaml'] = 'copy.yaml', ['a/one.yaml'] = 'one.yaml' }
    assert.equal(follow(dir, 'a/copy.yaml'), follow(made.dir, 'copy.yaml'))
    made = make { ['a/copy.yaml'] = 'copy.yaml' }
    assert.equal(2, follow(made.dir, 'copy.yaml'))
  end)

  it('keeps merges that merge, and drops those that no longer do', function()
    fixture.git(dir, 'switch', '--quiet', '--create', 'side')
    commit('side', { ['b/two.yaml'] = 'side\n' .. text 'one' }, { 'a/one.yaml' })
    fixture.git(dir, 'switch', '--quiet', 'main')
    commit('main', { ['a/one.yaml'] = text 'one' .. 'main\n', other = 'y\n' })
    fixture.git(dir, 'merge', '--quiet', '--message=merge', 'side')
    assert.equal('first main side merge', (subjects(read { ['b/two.yaml'] = 'two.yaml' }):gsub('side main', 'main side')))
    assert.equal('first main', subjects(read { other = 'other' }))
    local made = make { ['b/two.yaml'] = 'two.yaml' }
    assert.equal('1', git.try_line(made.dir, { 'rev-list', '--count', '--merges', 'HEAD' }))
    assert.equal('side\n' .. text 'one' .. 'main\n', fs.read(fs.join(made.dir, 'two.yaml')))
  end)

  it('keeps what was empty from the start, while its parent is there', function()
    commit('empty', {})
    commit('not it', { other = 'z\n' })
    commit('empty again', {})
    assert.equal('first empty', subjects(read { ['a/one.yaml'] = 'x' }))
  end)
end)

describe('ifx.repo.export', function()
  before_each(function()
    dir = fixture.repository {
      ['a/one.yaml'] = text 'one', ['a/run.sh'] = { program = '#!/bin/sh\n' }, ['a/link'] = { link = 'one.yaml' },
      ['a/b\1.bin'] = 'x\0y\255', ['a/ü "q".txt'] = 'quoted\n', stays = 'here\n',
    }
  end)
  after_each(fixture.clean)

  local FILES = {
    ['a/one.yaml'] = 'z/one.yaml', ['a/run.sh'] = 'run.sh', ['a/link'] = 'z/link', ['a/b\1.bin'] = '"b\n.bin',
    ['a/ü "q".txt'] = 'ü "q".txt',
  }

  it('makes the same repository every time, with modes, links and bytes', function()
    local edit = { path = 'z/one.yaml', blob = git.try_line(dir, { 'rev-parse', 'HEAD:a/one.yaml' }),
      replacements = { { start = 1, stop = 3, old = 'one', new = 'two' } } }
    local more = { edits = { edit }, create = { { path = 'README.md', content = 'new\n' } } }
    local made, spec = make(FILES, more)
    local again = make(FILES, more)
    assert.equal(made.commit, again.commit)
    assert.equal('100755 blob', git.try_line(made.dir, { 'ls-tree', 'HEAD', 'run.sh' }):match '^%d+ %a+')
    assert.equal('one.yaml', fs.readlink(fs.join(made.dir, 'z/link')))
    assert.equal('x\0y\255', fs.read(fs.join(made.dir, '"b\n.bin')))
    assert.equal('two line 1', fs.read(fs.join(made.dir, 'z/one.yaml')):sub(1, 10))
    assert.equal('new\n', fs.read(fs.join(made.dir, 'README.md')))
    assert.equal('', git.run(made.dir, { 'status', '--porcelain' }).stdout)
    assert.equal('2', git.try_line(made.dir, { 'rev-list', '--count', 'HEAD' }))
    assert.is_nil(fs.lstat(fs.join(made.dir, '.git/objects/info/alternates')))
    git.run(made.dir, { 'fsck', '--full' })
    local state, found = export.state(spec, 'r1')
    assert.equal('done', state)
    assert.same(made, found)
    assert.equal('other', (export.state(spec, 'r2')))
  end)

  it('goes again, with the folder as it was, and only while nobody changed it', function()
    local place = fs.join(fixture.folder {}, 'here')
    fs.mkdir(place)
    fs.chmod(place, 448) -- octal 700
    local made, spec = make({ ['a/one.yaml'] = 'one.yaml' }, { dir = place })
    assert.same({ export.state(spec, 'r1') }, { 'done', made })
    local changes = {
      function() fs.write(fs.join(place, 'new'), '') return function() fs.remove(fs.join(place, 'new')) end end,
      function()
        fixture.git(place, 'tag', 'v1')
        return function() fixture.git(place, 'tag', '-d', 'v1') end
      end,
      function()
        fixture.git(place, 'switch', '--quiet', '--orphan', 'x')
        return function() fixture.git(place, 'switch', '--quiet', 'main') end
      end,
    }
    for _, change in ipairs(changes) do
      local back = change()
      local ok, e = pcall(export.remove, spec, made, 'r1')
      assert.is_false(ok)
      assert.is_true(err.is(e, 'conflict'), tostring(e))
      back()
    end
    for _ = 1, 2 do export.remove(spec, made, 'r1') end
    assert.same({}, fs.list(place))
    assert.equal(448, fs.stat(place).mode)
    assert.equal(1, #fs.list(fs.dirname(place)))
    assert.equal('absent', (export.state(spec, 'r1')))
  end)

  it('touches nothing that is in the way', function()
    local place = fixture.folder { file = 'x' }
    local cases = { [''] = 'is not empty', ['/file'] = 'is no folder', ['/no/new'] = 'there is no folder' }
    for where, why in pairs(cases) do
      local ok, e = pcall(make, { stays = 's' }, { dir = place .. where })
      assert.is_false(ok)
      assert.is_true(err.is(e, 'exists'), tostring(e))
      assert.truthy(e.message:find(why, 1, true), e.message)
    end
    assert.equal('x', fs.read(place .. '/file'))
  end)

  it('is not made of nothing', function()
    local ok, e = pcall(make, {})
    assert.is_false(ok)
    assert.is_true(err.is(e, 'argument'), tostring(e))
  end)

  it('leaves nothing behind when it fails', function()
    local above = fixture.folder {}
    local ok, e = pcall(make, { stays = 's' }, { dir = fs.join(above, 'n'), edits = { {
      path = 's', blob = ('0'):rep(40), replacements = {},
    } } })
    assert.is_false(ok)
    assert.is_true(err.is(e, 'stale'), tostring(e))
    assert.same({}, fs.list(above))
  end)
end)
