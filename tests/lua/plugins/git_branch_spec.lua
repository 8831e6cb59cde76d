-- git_branch_spec.lua: the operations git.branch and git.export. SPDX-License-Identifier: Apache-2.0
local assert_raises = dofile 'tests/lua/support/raises.lua'
local fs = require 'fs'
local git = require 'ifx.repo.git'
local proc = require 'proc'
local repository = dofile 'tests/lua/support/repository.lua'

local registry = require('ifx.plugin').registry {}
local branch_type = registry:operation 'git.branch'

describe('what follows commits', function()
  local repo

  before_each(function()
    repo = repository.new { ['a.yaml'] = 'name: a\npath: ./old/x.yaml\n', ['old/x.yaml'] = 'x: 1\n' }
  end)

  after_each(function() repo:remove() end)

  local function ctx() return { dir = repo.dir, run = 'test', operation = 1 } end

  describe('git.branch', function()
    local id
    before_each(function()
      id = repo:git('rev-parse', 'HEAD')
    end)

    local function fresh(name)
      return branch_type.fresh({ name = name, commit = id }, ctx())
    end

    it('creates the branch, knows that it did, and takes it back', function()
      local before, args = repo:state(), { name = 'ifx/new', commit = id }
      assert.is_true(fresh 'ifx/new')
      assert.are.equal('absent', branch_type.check(args, ctx()))
      local result = branch_type.apply(args, ctx())
      assert.are.same({ name = 'ifx/new', commit = id }, result)
      assert.are.equal(id, repo:git('rev-parse', 'refs/heads/ifx/new'))
      assert.are.equal('done', (branch_type.check(args, ctx())))
      branch_type.undo(args, result, ctx())
      branch_type.undo(args, result, ctx()) -- twice is once
      assert.are.equal(before, repo:state())
    end)

    it('refuses a name that exists, or that leaves no room', function()
      repo:git('branch', 'taken')
      repo:git('branch', 'dir/leaf')
      assert.are.equal("the branch 'taken' exists: delete it (git branch -D taken), or plan with another name",
        select(2, fresh 'taken'))
      assert.are.equal("the branch 'taken' exists, so there can be no 'taken/below'", select(2, fresh 'taken/below'))
      assert.are.equal("the branch 'dir/leaf' exists, so there can be no 'dir'", select(2, fresh 'dir'))
      assert.is_true(fresh 'dir/other')
      assert.is_true(fresh 'take')
    end)

    it('refuses what is no name for a branch', function()
      for _, name in ipairs { '-x', 'a..b', 'a b', 'x.lock', '', '@{1}' } do
        assert.are.equal(("'%s' cannot be the name of a branch"):format(name), select(2, fresh(name)))
      end
    end)

    it('refuses a branch that another work tree has checked out without a commit', function()
      repo:git('worktree', 'add', '-q', '--detach', repo.dir .. '-wt')
      proc.run { 'git', '-C', repo.dir .. '-wt', 'checkout', '-q', '--orphan', 'born' }
      assert.is_truthy(select(2, fresh 'born'):find("'born' is checked out, without a commit, in", 1, true))
      fs.remove_tree(repo.dir .. '-wt')
    end)

    it('creates nothing when the branch came into being meanwhile', function()
      repo:git('branch', 'late')
      local other = repo:commit { ['x'] = 'x' }
      assert_raises('process', 'reference already exists', branch_type.apply, { name = 'late', commit = other }, ctx())
      assert.are.equal(id, repo:git('rev-parse', 'late'))
      assert_raises('conflict', 'it is at ' .. id:sub(1, 12), branch_type.check, { name = 'late', commit = other }, ctx())
    end)

    it('clears the lock of a git that was killed on its way, and no other', function()
      local args, lock = { name = 'cut', commit = id }, repo.dir .. '/.git/refs/heads/cut.lock'
      for _, written in ipairs { '', id:sub(1, 20) } do
        fs.write(lock, written, { sync = false })
        assert.are.equal('absent', (branch_type.check(args, ctx())))
        assert.is_nil(fs.stat(lock))
      end
      fs.write(lock, ('0'):rep(40) .. '\n', { sync = false })
      assert_raises('conflict', 'lock a ref: another git has locked refs/heads/cut (' .. lock, branch_type.check, args, ctx())
      fs.remove(lock)
      local result = branch_type.apply(args, ctx())
      fs.write(lock, '', { sync = false })
      assert_raises('process', 'cut.lock', branch_type.undo, args, result, ctx())
      local again = ctx()
      again.again = true
      branch_type.undo(args, result, again)
      assert.is_nil(git.commit_id(repo.dir, 'refs/heads/cut'))
      fs.write(repo.dir .. '/.git/packed-refs.lock', '', { sync = false })
      assert_raises('conflict', 'has locked all packed refs', branch_type.check, args, ctx())
    end)

    it('does not take back a branch that has moved or is checked out', function()
      local args = { name = 'mine', commit = id }
      local result = branch_type.apply(args, ctx())
      repo:git('checkout', '-q', 'mine')
      assert_raises('conflict', 'refs/heads/mine is checked out in ' .. repo.dir, branch_type.undo, args, result, ctx())
      repo:commit { ['x'] = 'x' }
      assert_raises('conflict', 'refs/heads/mine has moved from', branch_type.undo, args, result, ctx())
      local _, _, hint = branch_type.undoable(args, result, ctx())
      assert.are.equal(('git -C %s switch another branch; git branch -D mine when nobody wants what is there, '):format(repo.dir)
        .. ('or git branch -f mine %s; then roll back again'):format(id:sub(1, 12)), hint)
      repo:git('checkout', '-q', '--detach')
      repo:git('branch', '-q', '-D', 'mine')
      assert.is_true(branch_type.undoable(args, result, ctx()))
    end)
  end)

  it('makes a repository of some files, once, and takes it away again', function()
    local export_type = registry:operation 'git.export'
    local place = fs.tempdir('ifx-spec-') .. '/new'
    local args = {
      dir = place, branch = 'main', revision = repo:git('rev-parse', 'HEAD'), files = { { 'old/x.yaml', 'x.yaml' } },
      message = 'm', author = { name = 'Ann', email = 'ann@example.org' }, date = '1763719419 +0000',
      create = { { path = 'README.md', content = 'r\n' } },
    }
    assert.truthy(export_type.describe(args):find(place, 1, true))
    assert.is_true(export_type.fresh(args, ctx()))
    assert.equal('absent', export_type.check(args, ctx()))
    local before = repo:state()
    local made = export_type.apply(args, ctx())
    assert.same({ 'done', made }, { export_type.check(args, ctx()) })
    local fresh, why = export_type.fresh(args, ctx())
    assert.is_nil(fresh)
    assert.truthy(why:find('is not empty', 1, true))
    repo:git('-C', place, 'worktree', 'add', '-q', '--detach', place .. '-wt')
    assert_raises('conflict', 'linked work trees', export_type.undo, args, made, ctx())
    repo:git('-C', place, 'worktree', 'remove', place .. '-wt')
    export_type.undo(args, made, ctx())
    assert.is_nil(fs.lstat(place))
    fs.mkdir(place)
    fs.write(place .. '/file', '')
    assert_raises('conflict', 'files in it that this run did not make', export_type.check, args, ctx())
    assert_raises('conflict', 'it is no repository any more', export_type.undo, args, made, ctx())
    assert.equal(before, repo:state())
    fs.remove_tree(fs.dirname(place))
    repo:commit { more = 'x' }
    fresh, why = export_type.fresh(args, ctx())
    assert.is_nil(fresh)
    assert.truthy(why:find('HEAD was', 1, true))
  end)
end)
