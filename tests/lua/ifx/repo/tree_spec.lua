-- tree_spec.lua: trees of work trees, revisions, folders and changes. SPDX-License-Identifier: Apache-2.0
local failure = dofile 'tests/lua/support/failure.lua'
local fs = require 'fs'
local tree = require 'ifx.repo.tree'
local fixture = dofile((debug.getinfo(1, 'S').source:match('^@(.*/)') or './') .. 'fixture.lua')

describe('a tree', function()
  local t = fixture.tree {
    ['a/b/c.yaml'] = 'c', ['a/b.yaml'] = 'b', ['a-b/x'] = 'x', ['top'] = 'top', ['a/run.sh'] = { program = 'run' },
    ['a/up'] = { link = '../top' }, ['dir'] = { link = 'a/b' }, ['out'] = { link = '../elsewhere' }, ['abs'] = { link = '/etc' },
    ['loop'] = { link = 'loop2' }, ['loop2'] = { link = 'loop' }, ['chain'] = { link = 'dir/c.yaml' },
    ['sub'] = { submodule = true },
  }

  it('lists files by path, and those below a directory', function()
    local all = fixture.paths(t:files())
    assert.same({ 'a-b/x', 'a/b.yaml', 'a/b/c.yaml', 'a/run.sh', 'a/up' }, table.move(all, 1, 5, 1, {}))
    assert.same({ 'a/b.yaml', 'a/b/c.yaml', 'a/run.sh', 'a/up' }, fixture.paths(t:list 'a'))
    assert.same({ 'a/b/c.yaml' }, fixture.paths(t:list 'a/b'))
    assert.same({}, t:list 'nothing')
    assert.equal(#all, #t:list '')
    assert.same(fixture.paths(t:files()), t:paths())
    assert.is_nil(t:object_id 'a/b.yaml')
  end)

  it('knows what stands where, following no link', function()
    assert.equal('file', t:exists 'a/b.yaml')
    assert.equal('dir', t:exists 'a')
    assert.equal('dir', t:exists '')
    assert.equal('link', t:exists 'dir')
    assert.equal('submodule', t:exists 'sub')
    assert.is_nil(t:exists 'dir/c.yaml')
    assert.is_nil(t:exists 'a/')
    assert.is_true(t:is_dir 'a/b')
    assert.is_false(t:is_dir 'a/b.yaml')
  end)

  it('names the children of a directory', function()
    local names = {}
    for i, child in ipairs(t:children 'a') do names[i] = child.name .. ' ' .. child.type .. ' ' .. child.path end
    assert.same({ 'b.yaml file a/b.yaml', 'b dir a/b', 'run.sh file a/run.sh', 'up link a/up' }, names)
  end)

  it('follows links inside, and none that leads nowhere', function()
    assert.equal('a/b/c.yaml', t:follow 'chain')
    assert.equal('a/b/c.yaml', t:follow 'dir/c.yaml')
    assert.equal('top', t:follow 'a/up')
    assert.equal('a/b', t:follow 'dir')
    assert.equal('a/b.yaml', t:follow 'a/b.yaml')
    for _, path in ipairs { 'out', 'abs', 'loop', 'dir/none', 'none', 'top/below' } do
      assert.is_nil(t:follow(path), path)
    end
  end)

  it('reads files and links, and says what it cannot read', function()
    assert.equal('b', t:read 'a/b.yaml')
    assert.equal('a/b', t:read 'dir')
    assert.is_nil(t:try_read 'none')
    assert.is_nil(t:try_read 'sub')
    assert.equal('not_found', failure(t.read, t, 'none').kind)
    assert.matches('directory', tostring(failure(t.read, t, 'a')))
    assert.equal('unsupported', failure(t.read, t, 'sub').kind)
  end)
end)

describe('a work tree', function()
  after_each(fixture.clean)

  it('has the tracked files as they are on the disk', function()
    local dir = fixture.repository { ['a/x'] = 'old', gone = 'g', ['run'] = { program = 'r' }, l = { link = 'a/x' } }
    fixture.write(dir, { ['a/x'] = 'new', untracked = 'u' })
    fs.remove(fs.join(dir, 'gone'))
    local t <close> = tree.worktree(fs.join(dir, 'a'))
    assert.equal(dir, t.root)
    assert.same({ 'a/x', 'l', 'run' }, fixture.paths(t:files()))
    assert.same({ 'gone' }, t.deleted)
    assert.equal('new', t:read 'a/x')
    assert.equal('a/x', t:read 'l')
    assert.equal('100755', t:entry('run').mode)
    assert.equal(3, t:size 'a/x')
  end)

  it('takes names that are not UTF-8, and odd ones', function()
    local dir = fixture.repository { ['caf\xe9/new\nline'] = '1', [' leading'] = '2', ['tab\there'] = '3' }
    local t <close> = tree.worktree(dir)
    assert.same({ ' leading', 'caf\xe9/new\nline', 'tab\there' }, fixture.paths(t:files()))
    assert.equal('1', t:read 'caf\xe9/new\nline')
    local r <close> = tree.revision(dir, 'HEAD')
    assert.equal('1', r:read 'caf\xe9/new\nline')
  end)

  it('marks files in conflict, assumed unchanged, and not checked out', function()
    local dir = fixture.repository { one = 'base', two = 't', three = 'from the index' }
    fixture.git(dir, 'checkout', '--quiet', '-b', 'other')
    fixture.write(dir, { one = 'theirs' })
    fixture.git(dir, 'commit', '--quiet', '-am', 'theirs')
    fixture.git(dir, 'checkout', '--quiet', 'main')
    fixture.write(dir, { one = 'ours' })
    fixture.git(dir, 'commit', '--quiet', '-am', 'ours')
    pcall(fixture.git, dir, 'merge', '--quiet', 'other')
    fixture.git(dir, 'update-index', '--assume-unchanged', 'two')
    fixture.git(dir, 'update-index', '--skip-worktree', 'three')
    fs.remove(fs.join(dir, 'three'))
    local t <close> = tree.worktree(dir)
    assert.same({ 'one', 'three', 'two' }, fixture.paths(t:files()))
    assert.is_true(t:entry('one').unmerged)
    assert.matches('<<<<<<<', t:read 'one')
    assert.is_true(t:entry('two').assumed)
    assert.is_true(t:entry('three').sparse)
    assert.equal('from the index', t:read 'three')
  end)

  it('says when a tracked file became something else', function()
    local dir = fixture.repository { a = '1', b = '2' }
    fs.remove(fs.join(dir, 'a'))
    fs.symlink('/etc/passwd', fs.join(dir, 'a'))
    local t <close> = tree.worktree(dir)
    local e = failure(t.read, t, 'a')
    assert.equal('conflict', e.kind)
    assert.equal('a', e.file)
  end)

  it('runs no program that the repository names', function()
    local dir = fixture.repository { a = '1', ['.gitattributes'] = '* filter=evil diff=evil\n' }
    local proof = fs.join(dir, 'ran')
    for _, key in ipairs { 'core.fsmonitor', 'filter.evil.smudge', 'filter.evil.clean', 'diff.evil.textconv', 'core.pager',
      'core.sshCommand', 'core.editor', 'diff.external', 'uploadpack.packObjectsHook' } do
      fixture.git(dir, 'config', key, 'touch ' .. proof .. ' #')
    end
    fs.mkdir(fs.join(dir, 'hooks'))
    fixture.git(dir, 'config', 'core.hooksPath', fs.join(dir, 'hooks'))
    fs.write(fs.join(dir, 'hooks/post-index-change'), '#!/bin/sh\ntouch ' .. proof .. '\n', { mode = 493 })
    local t <close> = tree.worktree(dir)
    local r <close> = tree.revision(dir, 'HEAD')
    assert.equal('1', t:read 'a')
    assert.equal('1', r:read 'a')
    tree.repository(dir)
    assert.is_nil(fs.stat(proof))
  end)
end)

describe('a revision', function()
  after_each(fixture.clean)

  it('is read without a checkout', function()
    local dir = fixture.repository { ['a/x'] = 'first', e = '' }
    fixture.write(dir, { ['a/x'] = 'second', ['b'] = { link = 'a/x' } })
    fixture.git(dir, 'add', '--all')
    fixture.git(dir, 'commit', '--quiet', '--message=second')
    fixture.write(dir, { ['a/x'] = 'third' })
    local new <close> = tree.revision(dir, 'HEAD')
    local old <close> = tree.revision(dir, 'main~1')
    assert.equal('second', new:read 'a/x')
    assert.equal('first', old:read 'a/x')
    assert.equal('', old:read 'e')
    assert.equal('link', new:exists 'b')
    assert.is_nil(old:exists 'b')
    assert.equal(40, #new.id)
    assert.equal(5, old:size 'a/x')
    new:prefetch { 'a/x', 'b', 'e', 'none' }
    assert.equal('a/x', new:read 'b')
    assert.equal('second', new:read 'a/x')
    assert.equal(fixture.git(dir, 'rev-parse', 'HEAD:a/x'):match '%x+', new:object_id 'a/x')
    assert.is_nil(new:object_id 'none')
    local changed = tree.overlay(new, { moves = { ['a/x'] = 'z' }, write = { e = 'E' } })
    assert.equal(new:object_id 'a/x', changed:object_id 'z')
    assert.is_nil(changed:object_id 'e')
    assert.is_nil(changed:object_id 'a/x')
  end)

  it('is found in a bare repository and below a sub-directory', function()
    local dir = fixture.repository { ['a/x'] = '1' }
    local bare = fixture.folder()
    fixture.git(bare, 'clone', '--quiet', '--bare', dir, 'b.git')
    local t <close> = tree.open(fs.join(bare, 'b.git'))
    assert.equal('revision', t.kind)
    assert.equal('1', t:read 'a/x')
    local s <close> = tree.revision(fs.join(dir, 'a'), 'HEAD')
    assert.same({ 'a/x' }, fixture.paths(s:files()))
    assert.equal('unsupported', failure(tree.worktree, fs.join(bare, 'b.git')).kind)
  end)

  it('refuses what names no commit', function()
    local dir = fixture.repository { a = '1' }
    local e = failure(tree.revision, dir, 'v9')
    assert.equal('not_found', e.kind)
    assert.matches("'v9' names no commit", tostring(e))
    assert.equal('not_found', failure(tree.revision, dir, '--help').kind)
    assert.equal('not_found', failure(tree.revision, fixture.folder(), 'HEAD').kind)
  end)

  it('names what a partial clone lacks, and fetches nothing', function()
    local dir = fixture.repository { big = ('x'):rep(5000), small = 's' }
    fixture.git(dir, 'config', 'uploadpack.allowFilter', 'true')
    local to = fixture.folder()
    fixture.git(to, 'clone', '--quiet', '--no-checkout', '--filter=blob:limit=100', 'file://' .. dir, 'p')
    local place = fs.join(to, 'p')
    assert.is_true(tree.repository(place).partial)
    local t <close> = tree.revision(place, 'HEAD')
    assert.is_true(t:entry('big').missing)
    assert.is_nil(t:entry('big').size)
    assert.equal(1, t:entry('small').size)
    t:prefetch { 'big', 'small' }
    assert.equal('s', t:read 'small')
    local e = failure(t.read, t, 'big')
    assert.equal('not_found', e.kind)
    assert.matches('partial clone', tostring(e))
    local again <close> = tree.revision(place, 'HEAD')
    assert.is_true(again:entry('big').missing)
  end)
end)

describe('tree.repository', function()
  after_each(fixture.clean)

  it('says what kind of repository it is', function()
    local dir = fixture.repository { a = '1' }
    fixture.git(dir, 'remote', 'add', 'origin', 'https://example.org/x.git')
    local repo = tree.repository(dir)
    assert.equal(dir, repo.work_tree)
    assert.same({ false, false, false, false }, { repo.bare, repo.shallow, repo.partial, repo.sparse })
    assert.same({ { name = 'origin', url = 'https://example.org/x.git' } }, repo.remotes)
    assert.same({}, repo.submodules)
    assert.is_nil(tree.repository(fixture.folder()))
  end)

  it('sees a shallow clone and submodules', function()
    local inner = fixture.repository { a = '1' }
    local dir = fixture.repository { b = '2' }
    fixture.git(dir, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', 'file://' .. inner, 'vendor/inner')
    fixture.git(dir, 'commit', '--quiet', '-m', 'sub')
    assert.same({ 'vendor/inner' }, tree.repository(dir).submodules)
    local t <close> = tree.worktree(dir)
    assert.equal('submodule', t:exists 'vendor/inner')
    local to = fixture.folder()
    fixture.git(to, 'clone', '--quiet', '--depth=1', 'file://' .. dir, 's')
    assert.is_true(tree.repository(fs.join(to, 's')).shallow)
  end)
end)

describe('a folder', function()
  after_each(fixture.clean)

  it('has all files but those its ignore files leave out', function()
    local dir = fixture.folder {
      ['.gitignore'] = '*.log\n/build/\n', ['a/.gitignore'] = '!keep.log\n', ['a/keep.log'] = '', ['a/x.log'] = '',
      ['build/out'] = '', ['a/build/in'] = '', ['.git/config'] = '', ['l'] = { link = 'a' }, ['p'] = { program = '' },
    }
    local t = tree.folder(dir)
    assert.same({ '.gitignore', 'a/.gitignore', 'a/build/in', 'a/keep.log', 'l', 'p' }, fixture.paths(t:files()))
    assert.equal('100755', t:entry('p').mode)
    assert.equal('a', t:read 'l')
  end)

  it('refuses what is no folder', function()
    local dir = fixture.folder { f = '' }
    assert.equal('not_found', failure(tree.folder, fs.join(dir, 'none')).kind)
    assert.matches('not a folder', tostring(failure(tree.folder, fs.join(dir, 'f'))))
  end)
end)

describe('tree.open', function()
  after_each(fixture.clean)

  it('takes a folder for itself, and anything else for a revision', function()
    local dir = fixture.repository { ['a/x'] = '1' }
    local t, part = tree.open('a', { dir = dir })
    assert.same({ 'worktree', 'a' }, { t.kind, part })
    t:close()
    t, part = tree.open('main', { dir = dir })
    assert.same({ 'revision', '' }, { t.kind, part })
    t:close()
    t, part = tree.open(nil, { dir = dir })
    assert.same({ 'worktree', '' }, { t.kind, part })
    t:close()
    local plain = fixture.folder { f = '' }
    t = tree.open(plain)
    assert.equal('folder', t.kind)
    assert.equal('not_found', failure(tree.open, 'nothing', { dir = plain }).kind)
    assert.equal('not_found', failure(tree.open, 'nothing', { dir = dir }).kind)
    t, part = tree.open('f', { dir = plain })
    assert.same({ 'folder', 'f' }, { t.kind, part })
    t, part = tree.open('a/x', { dir = dir })
    assert.same({ 'worktree', 'a/x' }, { t.kind, part })
    t:close()
    fixture.write(dir, { main = 'a file called as the branch', new = '' })
    t = tree.open('main', { dir = dir })
    assert.equal('revision', t.kind)
    t:close()
    assert.equal('not_found', failure(tree.open, 'new', { dir = dir }).kind)
  end)
end)

describe('an overlay', function()
  local below = fixture.tree { ['a/x'] = 'x', ['a/y'] = 'y', b = { program = 'b' }, l = { link = 'a/x' } }

  it('is the tree after moves, writes and removals', function()
    local t = tree.overlay(below, {
      moves = { ['a/x'] = 'c/x', b = 'a/x' }, write = { n = 'new', ['c/x'] = 'X' }, remove = { 'a/y' },
    })
    assert.same({ 'a/x', 'c/x', 'l', 'n' }, fixture.paths(t:files()))
    assert.equal('b', t:read 'a/x')
    assert.equal('100755', t:entry('a/x').mode)
    assert.equal('X', t:read 'c/x')
    assert.equal('new', t:read 'n')
    assert.equal('link', t:exists 'l')
    assert.equal('x', below:read 'a/x')
    assert.equal(1, t:size 'a/x')
    t:prefetch { 'a/x', 'n' }
  end)

  it('is a tree that can be changed again', function()
    local one = tree.overlay(below, { moves = { ['a/x'] = 'z' } })
    local two = tree.overlay(one, { moves = { z = 'w/z' } })
    assert.equal('x', two:read 'w/z')
  end)

  it('refuses two files at one path, and a file that is a directory', function()
    assert.equal('conflict', failure(tree.overlay, below, { moves = { ['a/x'] = 'b' } }).kind)
    assert.equal('conflict', failure(tree.overlay, below, { moves = { ['a/x'] = 'n', b = 'n' } }).kind)
    assert.equal('conflict', failure(tree.overlay, below, { moves = { b = 'a/y/z' } }).kind)
    assert.equal('conflict', failure(tree.overlay, below, { moves = { none = 'm' } }).kind)
  end)
end)
