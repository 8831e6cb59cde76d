-- git_spec.lua: the operation git.commit. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local git = require 'ifx.repo.git'
local proc = require 'proc'
local repository = dofile 'tests/lua/support/repository.lua'
local assert_raises = dofile 'tests/lua/support/raises.lua'

local ANN = { name = 'Ann', email = 'ann@example.org' }
local DATE = '1763719419 +0000'

local registry = require('ifx.plugin').registry {}
local commit_type = registry:operation 'git.commit'
local branch_type = registry:operation 'git.branch'

describe('what git.commit builds', function()
  local repo

  before_each(function()
    repo = repository.new {
      ['a.yaml'] = 'name: a\npath: ./old/x.yaml\n', ['old/x.yaml'] = 'x: 1\n', ['old/run.sh'] = '#!/bin/sh\n',
      ['keep.txt'] = 'kept\n',
    }
  end)

  after_each(function()
    repo:remove()
  end)

  local function ctx()
    return { dir = repo.dir, run = 'test', operation = 1 }
  end

  -- A commit on HEAD with these changes.
  local function commit(changes)
    local args = { parent = repo:git('rev-parse', 'HEAD'), message = 'change', author = ANN, date = DATE }
    for key, value in pairs(changes) do
      args[key] = value
    end
    return commit_type.apply(args, ctx()), args
  end

  local function show(result, path)
    return repo:git('show', result.commit .. ':' .. path)
  end

  local function edit(path, from, old, new)
    return { path = path, blob = repo:blob(from or path), replacements = {
      (function()
        local start, stop = repo:git('show', 'HEAD:' .. (from or path)):find(old, 1, true)
        return { start = start, stop = stop, old = old, new = new }
      end)(),
    } }
  end

  describe('git.commit', function()
    it('renames with the same blobs and modes, and touches neither index, work tree nor refs', function()
      repo:git('update-index', '--chmod=+x', 'old/run.sh')
      fs.chmod(repo.dir .. '/old/run.sh', 493) -- 0755
      repo:git('commit', '-q', '-m', 'program')
      local before = repo:state()
      local result = commit { renames = { { 'old/x.yaml', 'new/x.yaml' }, { 'old/run.sh', 'new/run.sh' } } }
      assert.are.equal(before, repo:state())
      assert.are.equal('R100\told/run.sh\tnew/run.sh\nR100\told/x.yaml\tnew/x.yaml',
        repo:git('diff', '--raw', '-M', '--name-status', 'HEAD', result.commit))
      assert.is_truthy(repo:git('ls-tree', result.commit, 'new/run.sh'):find('^100755'))
      assert.are.equal(result.tree, repo:git('rev-parse', result.commit .. '^{tree}'))
    end)

    it('makes the same ids from the same description, whatever the settings and the moment', function()
      local changes = {
        renames = { { 'old/x.yaml', 'new/x.yaml' } }, edits = { edit('a.yaml', nil, './old/x.yaml', './new/x.yaml') },
        create = { { path = 'b.txt', content = 'b\n' } },
      }
      local first = commit(changes)
      repo:git('config', 'commit.gpgSign', 'true')
      repo:git('config', 'i18n.commitEncoding', 'ISO-8859-1')
      repo:git('config', 'core.autocrlf', 'true')
      repo:git('config', 'user.name', 'Bob')
      local second = commit(changes)
      assert.are.same(first, second)
      local text = repo:git('cat-file', 'commit', first.commit)
      local who = 'Ann <ann@example.org> 1763719419 +0000'
      assert.is_truthy(text:find('author ' .. who .. '\ncommitter ' .. who, 1, true))
      assert.is_truthy(text:find('\n\nchange$'))
    end)

    it('writes names as they are given, and leaves no ref', function()
      local refs = repo:git 'for-each-ref'
      local author = { name = "Ann 'O. Co.", email = 'ann@example.org' }
      local result = commit { create = { { path = 'n', content = '' } }, author = author }
      assert.are.equal("Ann 'O. Co.|ann@example.org|1763719419", repo:git('log', '-1', '--format=%an|%ae|%at', result.commit))
      repo:git('fsck', '--strict')
      assert.are.equal(refs, repo:git 'for-each-ref')
      for _, bad in ipairs { { name = ' Ann', email = 'a@b' }, { name = 'Ann ', email = 'a@b' }, { name = '', email = 'a@b' },
        { name = 'Ann', email = ' a@b' }, { name = 'Ann', email = 'a@b ' }, { name = 'A<', email = 'a@b' } } do
        assert_raises('argument', 'author must be', commit, { create = { { path = 'n', content = '' } }, author = bad })
      end
    end)

    it('builds on what it has just built', function()
      local first = commit {
        renames = { { 'old/x.yaml', 'new/x.yaml' } }, edits = { edit('a.yaml', nil, './old/x.yaml', './new/x.yaml') },
        create = { { path = 'b/c', content = 'c: 1\n' } }, remove = { 'old/run.sh' },
      }
      local blob = repo:blob('b/c', first.commit)
      local second = commit {
        parent = first.commit, renames = { { 'new/x.yaml', 'b/x' }, { 'a.yaml', 'new' } }, remove = { 'keep.txt' },
        edits = { { path = 'b/c', blob = blob, replacements = { { start = 4, stop = 4, old = '1', new = '2' } } } },
      }
      assert.are.equal('b/c\nb/x\nnew', repo:git('ls-tree', '-r', '--name-only', second.commit))
      assert.are.equal('c: 2', show(second, 'b/c'))
      assert.are.equal('name: a\npath: ./new/x.yaml', show(second, 'new'))
      assert_raises('stale', 'no such file', commit, { parent = second.commit, remove = { 'old/run.sh' } })
      assert.are.equal('', repo:git('fsck', '--no-dangling'))
    end)

    it('edits by spans only, and keeps every other byte', function()
      repo:commit { ['crlf.yaml'] = '\239\187\191a: 1\r\nb: old # trailing  \r\n\r\n' }
      local result = commit { edits = { edit('crlf.yaml', nil, 'old', 'new') } }
      assert.are.equal('\239\187\191a: 1\r\nb: new # trailing  \r\n\r', (show(result, 'crlf.yaml')))
    end)

    it('edits a file at its new name in the same commit', function()
      local result = commit {
        renames = { { 'a.yaml', 'b/a.yaml' } }, edits = { edit('b/a.yaml', 'a.yaml', 'name: a', 'name: b') },
      }
      assert.are.equal('name: b\npath: ./old/x.yaml', show(result, 'b/a.yaml'))
    end)

    it('swaps two names, replaces a file by a folder and a folder by a file', function()
      local result = commit { renames = { { 'a.yaml', 'keep.txt' }, { 'keep.txt', 'a.yaml' } } }
      assert.are.equal('kept', show(result, 'a.yaml'))
      result = commit { renames = { { 'a.yaml', 'a.yaml/inside' } } }
      assert.are.equal(repo:blob('a.yaml'), repo:blob('a.yaml/inside', result.commit))
      result = commit { renames = { { 'old/x.yaml', 'x' }, { 'old/run.sh', 'y' }, { 'keep.txt', 'old' } } }
      assert.are.equal('kept', show(result, 'old'))
    end)

    it('creates files, programs and links, and removes', function()
      local result = commit {
        create = { { path = 'n/f', content = 'f\n' }, { path = 'n/p', content = '#!\n', mode = '100755' },
          { path = 'n/l', content = '../keep.txt', mode = '120000' }, { path = 'n/empty', content = '' } },
        remove = { 'old/x.yaml' },
      }
      local listed = repo:git('ls-tree', '-r', '--format=%(objectmode) %(path)', result.commit)
      assert.are.equal(table.concat({
        '100644 a.yaml', '100644 keep.txt', '100644 n/empty', '100644 n/f', '120000 n/l', '100755 n/p', '100644 old/run.sh',
      }, '\n'), listed)
      assert.are.equal('../keep.txt', show(result, 'n/l'))
    end)

    it('handles names that are not UTF-8, hold spaces, quotes and line breaks', function()
      local odd = 'd \255/"q"\n\t*?[a].yaml'
      repo:commit { [odd] = 'odd: old\n' }
      local result = commit {
        renames = { { odd, 'e\255/\n' } },
        edits = { {
          path = 'e\255/\n', blob = repo:blob(odd), replacements = { { start = 6, stop = 8, old = 'old', new = 'new' } },
        } },
      }
      assert.are.equal('odd: new', show(result, 'e\255/\n'))
    end)

    it('writes thousands of edits in a few processes', function()
      local files, edits = {}, {}
      for i = 1, 1500 do
        files[('many/f%04d.yaml'):format(i)] = ('value: %d # old\n'):format(i)
      end
      repo:commit(files)
      for path, text in pairs(files) do
        local start = text:find('old')
        edits[#edits + 1] = { path = path, blob = repo:blob(path), replacements = {
          { start = start, stop = start + 2, old = 'old', new = 'new' } } }
        if #edits == 300 then
          break
        end
      end
      local result = commit { edits = edits }
      assert.are.equal('300', (repo:git('diff', '--shortstat', 'HEAD', result.commit):match('(%d+) files')))
      assert.are.equal('', repo:git('fsck', '--no-dangling'))
    end)

    it('refuses what the parent does not hold', function()
      assert_raises('stale', 'move: no such file', commit, { renames = { { 'nowhere', 'b' } } })
      assert_raises('stale', 'remove: no such file', commit, { remove = { 'nowhere' } })
      local none = { path = 'nowhere', blob = ('0'):rep(40), replacements = {} }
      assert_raises('stale', 'edit: no such file', commit, { edits = { none } })
      local other = { path = 'a.yaml', blob = ('1'):rep(40), replacements = {} }
      assert_raises('stale', 'changed since the plan was made', commit, { edits = { other } })
      local wrong = edit('a.yaml', nil, 'name', 'n')
      wrong.replacements[1].old = 'nAme'
      assert_raises('stale', "stands 'name', not 'nAme'", commit, { edits = { wrong } })
    end)

    it('refuses overlapping spans and spans outside the file', function()
      local blob = repo:blob 'keep.txt'
      local function at(...)
        return { edits = { { path = 'keep.txt', blob = blob, replacements = { ... } } } }
      end
      assert_raises('argument', 'overlaps', commit,
        at({ start = 1, stop = 2, old = 'ke', new = '' }, { start = 2, stop = 3, old = 'ep', new = '' }))
      assert_raises('argument', 'outside', commit, at { start = 5, stop = 50, old = '', new = '' })
      assert_raises('argument', 'outside', commit, at { start = 0, stop = 0, old = '', new = '' })
      local inserted = commit(at({ start = 5, stop = 4, old = '', new = '!' }, { start = 1, stop = 0, old = '', new = '>' }))
      assert.are.equal('>kept!', show(inserted, 'keep.txt'))
    end)

    it('refuses targets that are taken, and a folder where a file stands', function()
      assert_raises('exists', 'stands there already', commit, { renames = { { 'a.yaml', 'keep.txt' } } })
      assert_raises('exists', 'stands there already', commit, { create = { { path = 'keep.txt', content = '' } } })
      assert_raises('exists', 'stands there already', commit, { renames = { { 'a.yaml', 'n' }, { 'keep.txt', 'n' } } })
      assert_raises('exists', 'is a file', commit, { create = { { path = 'keep.txt/x', content = '' } } })
      assert_raises('exists', 'a folder of that name', commit, { create = { { path = 'old', content = '' } } })
    end)

    it('refuses paths that no repository can hold', function()
      for _, path in ipairs { '../x', '/x', 'a//b', 'a/./b', 'b/.git/hooks/x', '.GIT/x', 'x/' } do
        local create = { { path = path, content = '' } }
        assert_raises('argument', 'not a path that can stand in a repository', commit, { create = create })
      end
    end)

    it('refuses an empty commit, an empty message, an unusable author and date', function()
      assert_raises('argument', 'would change nothing', commit, {})
      local create = { { path = 'n', content = '' } }
      assert_raises('argument', 'message is empty', commit, { create = create, message = ' \n' })
      assert_raises('argument', 'author', commit, { create = create, author = { name = 'A <b>', email = 'x' } })
      assert_raises('argument', 'author', commit, { create = create, author = { name = 'A', email = 'x\n' } })
      assert_raises('argument', 'date', commit, { create = create, date = 'yesterday' })
      assert_raises('argument', 'mode', commit, { create = { { path = 'n', content = '', mode = '100666' } } })
    end)

    it('says what it will do in one line', function()
      local line = commit_type.describe {
        parent = ('a'):rep(40), message = 'Move\n\nbody', renames = { { 'a', 'b' } }, create = { { path = 'c' } },
      }
      assert.are.equal("commit 'Move' on aaaaaaaaaaaa: files 1 renamed, 1 created", line)
    end)

    it('can always be built again, and needs nothing undone', function()
      assert.are.equal('absent', commit_type.check({}, ctx()))
      assert.is_function(commit_type.undo)
    end)
  end)

  describe('filters and attributes', function()
    it('keeps the stored form of files with eol, working-tree-encoding and ident', function()
      repo:commit({
        ['.gitattributes'] = '*.bat text eol=crlf\n*.ps1 working-tree-encoding=UTF-16LE text\n*.c ident\n',
        ['run.bat'] = 'set A=old\r\n', ['run.ps1'] = 'o\0l\0d\0\n\0', ['id.c'] = '/* $Id$ old */\n',
      })
      assert.are.equal('set A=old', (repo:git('show', 'HEAD:run.bat')))
      local result = commit {
        edits = { edit('run.bat', nil, 'old', 'new'), edit('run.ps1', nil, 'old', 'new'), edit('id.c', nil, 'old', 'new') },
      }
      assert.are.equal('set A=new', show(result, 'run.bat'))
      assert.are.equal('new', show(result, 'run.ps1'))
      repo:git('checkout', '-q', result.commit)
      assert.are.equal('set A=new\r\n', fs.read(repo.dir .. '/run.bat'))
      assert.are.equal('n\0e\0w\0\n\0', fs.read(repo.dir .. '/run.ps1'))
      assert.are.equal('', repo:git('status', '--porcelain'))
    end)

    it('keeps line endings that were stored against the attributes', function()
      repo:commit { ['odd.txt'] = 'one\r\ntwo\r\n' }
      repo:commit { ['.gitattributes'] = '*.txt text=auto\n' }
      local result = commit { edits = { edit('odd.txt', nil, 'two', 'TWO') } }
      assert.are.equal('one\r\nTWO\r', show(result, 'odd.txt'))
    end)

    it('normalizes what it creates as the attributes say, also those of the same commit', function()
      local result = commit {
        create = { { path = '.gitattributes', content = '*.txt text\n' }, { path = 'new.txt', content = 'a\r\nb\r\n' },
          { path = 'raw.bin', content = 'a\r\nb\r\n' } },
      }
      assert.are.equal('a\nb', show(result, 'new.txt'))
      assert.are.equal('a\r\nb\r', show(result, 'raw.bin'))
    end)

    it('passes created and edited files through a filter driver', function()
      repo:git('config', 'filter.upper.clean', 'tr a-z A-Z')
      repo:git('config', 'filter.upper.smudge', 'tr A-Z a-z')
      repo:commit { ['.gitattributes'] = '*.up filter=upper\n', ['x.up'] = 'shout old\n' }
      assert.are.equal('SHOUT OLD', (repo:git('show', 'HEAD:x.up')))
      local result = commit { create = { { path = 'y.up', content = 'loud\n' } }, edits = { edit('x.up', nil, 'OLD', 'new') } }
      assert.are.equal('LOUD', show(result, 'y.up'))
      assert.are.equal('SHOUT NEW', show(result, 'x.up'))
    end)

    it('moves an attribute file together with what it is about', function()
      repo:git('config', 'filter.upper.clean', 'tr a-z A-Z')
      repo:git('config', 'filter.upper.smudge', 'tr A-Z a-z')
      repo:commit { ['in/.gitattributes'] = '*.up filter=upper\n', ['in/x.up'] = 'shout old\n' }
      local renames = { { 'in/.gitattributes', 'out/.gitattributes' }, { 'in/x.up', 'out/x.up' } }
      local result = commit { renames = renames, edits = { edit('out/x.up', 'in/x.up', 'OLD', 'new') } }
      assert.are.equal('SHOUT NEW', show(result, 'out/x.up'))
      assert_raises('unsupported', 'changes its attribute filter from upper to none', commit, { renames = { renames[2] } })
    end)

    it('knows attributes that stand in no file of the tree', function()
      repo:git('config', 'filter.upper.clean', 'tr a-z A-Z')
      fs.write(repo.dir .. '/.git/info/attributes', '*.up filter=upper\n')
      assert.are.equal('LOUD', show(commit { create = { { path = 'y.up', content = 'loud\n' } } }, 'y.up'))
    end)

    it('refuses an edit where the filter would change more than the edit', function()
      repo:commit { ['x.up'] = 'MiXed old\n' }
      repo:git('config', 'filter.upper.clean', 'tr a-z A-Z')
      local attributes = repo:git_stdin('*.up filter=upper\n', 'hash-object', '-w', '--stdin')
      repo:git('update-index', '--add', '--cacheinfo', '100644,' .. attributes .. ',.gitattributes')
      repo:git('commit', '-q', '-m', 'attributes')
      assert_raises('unsupported', 'would change more of the file', commit, { edits = { edit('x.up', nil, 'old', 'new') } })
    end)

    it('refuses to write through a filter that is not configured, and moves such files', function()
      repo:commit { ['.gitattributes'] = '*.bin filter=gone\n', ['x.bin'] = 'old\n' }
      assert_raises('unsupported', 'git knows no such filter', commit, { create = { { path = 'y.bin', content = 'y' } } })
      assert_raises('unsupported', 'git knows no such filter', commit, { edits = { edit('x.bin', nil, 'old', 'new') } })
      assert.are.equal('old', show(commit { renames = { { 'x.bin', 'sub/x.bin' } } }, 'sub/x.bin'))
    end)

    it('moves LFS and git-crypt files as they are, and refuses to edit them', function()
      local pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:' .. ('a'):rep(64) .. '\nsize 5\n'
      repo:commit { ['.gitattributes'] = 'lfs/** filter=lfs\n*.secret filter=git-crypt\n', ['lfs/a.bin'] = pointer,
        ['k.secret'] = '\0GITCRYPT\0old' }
      local result = commit { renames = { { 'lfs/a.bin', 'lfs/sub/a.bin' }, { 'k.secret', 'sub/k.secret' } } }
      assert.are.equal(repo:blob 'lfs/a.bin', repo:blob('lfs/sub/a.bin', result.commit))
      local blob = repo:blob 'lfs/a.bin'
      assert_raises('unsupported', 'a Git LFS pointer: cannot be edited', commit,
        { edits = { { path = 'lfs/a.bin', blob = blob, replacements = { { start = 1, stop = 1, old = 'v', new = 'V' } } } } })
      assert_raises('unsupported', 'encrypted by git-crypt: cannot be edited', commit,
        { edits = { { path = 'k.secret', blob = repo:blob 'k.secret', replacements = {} } } })
    end)

    it('refuses a move that loses or gains a filter or an encoding', function()
      repo:commit { ['.gitattributes'] = 'lfs/** filter=lfs\n*.ps1 working-tree-encoding=UTF-16LE\n',
        ['lfs/a.bin'] = 'x', ['e.txt'] = 'x\n' }
      assert_raises('unsupported', 'attribute filter from lfs to none', commit, { renames = { { 'lfs/a.bin', 'a.bin' } } })
      assert_raises('unsupported', 'attribute filter from none to lfs', commit, { renames = { { 'e.txt', 'lfs/e.txt' } } })
      assert_raises('unsupported', 'working-tree-encoding from none to UTF-16LE', commit, { renames = { { 'e.txt', 'e.ps1' } } })
    end)
  end)

  it('refuses to move, edit or remove a submodule', function()
    local other = repository.new { ['f'] = 'f\n' }
    local id = other:git('rev-parse', 'HEAD')
    repo:git('update-index', '--add', '--cacheinfo', '160000,' .. id .. ',sub')
    repo:git('commit', '-q', '-m', 'submodule')
    assert_raises('unsupported', 'a submodule', commit, { renames = { { 'sub', 'modules/sub' } } })
    assert_raises('unsupported', 'a submodule', commit, { remove = { 'sub' } })
    local result = commit { renames = { { 'keep.txt', 'kept.txt' } } }
    assert.is_truthy(repo:git('ls-tree', result.commit, 'sub'):find('160000 commit ' .. id, 1, true))
    other:remove()
  end)

  it('works in a SHA-256 repository and in a linked work tree', function()
    local wide = repository.new({ ['a'] = 'a\n' }, { '--object-format=sha256' })
    local args = { parent = wide:git('rev-parse', 'HEAD'), message = 'm', author = ANN, date = DATE,
      renames = { { 'a', 'b' } }, create = { { path = 'c', content = 'c\n' } } }
    local result = commit_type.apply(args, { dir = wide.dir, run = 't' })
    assert.are.equal(64, #result.commit)
    wide:git('worktree', 'add', '-q', wide.dir .. '-linked', '-b', 'linked')
    assert.are.same(result, commit_type.apply(args, { dir = wide.dir .. '-linked', run = 't' }))
    fs.remove_tree(wide.dir .. '-linked')
    wide:remove()
  end)

  describe('a sparse checkout', function()
    it('is no obstacle: commits are built from objects', function()
      repo:git('sparse-checkout', 'set', '--no-cone', '/keep.txt')
      assert.is_nil(fs.stat(repo.dir .. '/old'))
      local before = repo:state()
      local result, args = commit {
        renames = { { 'old/x.yaml', 'new/x.yaml' } }, edits = { edit('a.yaml', nil, 'old', 'new') }, clean = true,
      }
      assert.is_true(commit_type.fresh(args, ctx()))
      assert.are.equal('x: 1', show(result, 'new/x.yaml'))
      assert.are.equal(before, repo:state())
    end)
  end)

  describe('freshness', function()
    local function fresh(more)
      local args = { parent = repo:git('rev-parse', 'HEAD'), message = 'm', author = ANN, date = DATE, clean = true }
      for key, value in pairs(more or {}) do
        args[key] = value
      end
      return commit_type.fresh(args, ctx())
    end

    it('holds on an unchanged repository, on a branch and on a detached HEAD', function()
      assert.is_true(fresh())
      repo:git('checkout', '-q', '--detach')
      assert.is_true(fresh())
    end)

    it('ends when the base has moved', function()
      local parent = repo:git('rev-parse', 'HEAD')
      repo:commit { ['later'] = 'x' }
      local answer, why = fresh { parent = parent }
      assert.is_nil(answer)
      assert.is_truthy(why:find('HEAD was ' .. parent:sub(1, 12) .. ' when the plan was made and is', 1, true))
    end)

    it('asks the base that the plan was made from', function()
      local parent = repo:git('rev-parse', 'HEAD')
      repo:git('branch', 'stable')
      repo:commit { ['later'] = 'x' }
      assert.is_true(fresh { parent = parent, base = 'stable' })
    end)

    it('ends with uncommitted changes, when the plan wanted none', function()
      repo:write { ['keep.txt'] = 'changed\n' }
      local answer, why, hint = fresh()
      assert.is_nil(answer)
      assert.are.equal('1 tracked files have changes that are not committed: keep.txt', why)
      assert.is_truthy(hint:find('git stash', 1, true))
      assert.is_true(fresh { clean = false })
    end)

    it('does not mind untracked files', function()
      repo:write { ['notes'] = 'mine' }
      assert.is_true(fresh())
    end)

    it('is not asked of a commit that stands on another one of the plan', function()
      assert.is_true(fresh { parent = { ['$result'] = 1, field = 'commit' } })
    end)
  end)

  describe('repositories that cannot be worked on', function()
    local function refused(kind, text, dir)
      assert_raises(kind, text, git.ready, dir or repo.dir)
    end

    it('no repository', function()
      local dir = fs.tempdir('ifx-spec-')
      refused('not_found', 'not a git repository', dir)
      fs.remove_tree(dir)
    end)

    it('bare, or the .git folder itself', function()
      proc.run { 'git', 'clone', '-q', '--bare', repo.dir, repo.dir .. '/bare.git' }
      refused('unsupported', 'a bare repository', repo.dir .. '/bare.git')
      refused('unsupported', 'inside the .git directory', repo.dir .. '/.git')
    end)

    it('without a commit', function()
      local empty = repository.new()
      refused('not_found', 'nothing was committed yet', empty.dir)
      empty:remove()
    end)

    it('a shallow clone', function()
      repo:commit { ['second'] = '2' }
      proc.run { 'git', 'clone', '-q', '--depth=1', 'file://' .. repo.dir, repo.dir .. '/shallow' }
      refused('unsupported', 'a shallow clone', repo.dir .. '/shallow')
    end)

    it('a partial clone with objects missing, without fetching them', function()
      repo:git('config', 'uploadpack.allowFilter', 'true')
      repo:git('config', 'uploadpack.allowAnySHA1InWant', 'true')
      proc.run { 'git', 'clone', '-q', '--no-checkout', '--filter=blob:none', 'file://' .. repo.dir, repo.dir .. '/partial' }
      refused('unsupported', 'a partial clone: 4 objects of HEAD are missing here', repo.dir .. '/partial')
      refused('unsupported', 'a partial clone: 4 objects', repo.dir .. '/partial')
      proc.run { 'git', '-C', repo.dir .. '/partial', 'checkout', '-q', 'main' }
      assert.are.equal(repo:git('rev-parse', 'HEAD'), select(2, git.ready(repo.dir .. '/partial')))
    end)

    it('in the middle of a merge, a rebase, a cherry-pick or a bisect', function()
      repo:git('branch', 'side')
      repo:commit { ['keep.txt'] = 'ours\n' }
      repo:git('checkout', '-q', 'side')
      repo:commit { ['keep.txt'] = 'theirs\n' }
      for _, case in ipairs { { 'merge', 'a merge' }, { 'rebase', 'a rebase' }, { 'cherry-pick', 'a cherry-pick' } } do
        pcall(repo.git, repo, case[1], 'main')
        refused('conflict', case[2] .. ' is in progress')
        repo:git(case[1], '--abort')
      end
      repo:git('bisect', 'start')
      refused('conflict', 'a bisect is in progress')
      repo:git('bisect', 'reset')
      assert.are.equal(repo:git('rev-parse', 'HEAD'), select(2, git.ready(repo.dir)))
    end)

    it('a revision that does not exist', function()
      assert_raises('not_found', "'nope' names no commit", git.ready, repo.dir, 'nope')
    end)
  end)

  it('runs no hook and no pager, and does not follow GIT_DIR', function()
    local hook = repo.dir .. '/.git/hooks/reference-transaction'
    fs.write(hook, '#!/bin/sh\ntouch "' .. repo.dir .. '/hooked"\n', { mode = 493 })
    branch_type.apply({ name = 'quiet', commit = repo:git('rev-parse', 'HEAD') }, ctx())
    assert.is_nil(fs.stat(repo.dir .. '/hooked'))
    repo:git('branch', 'loud')
    assert.is_table(fs.stat(repo.dir .. '/hooked')) -- the hook itself works
  end)
end)
