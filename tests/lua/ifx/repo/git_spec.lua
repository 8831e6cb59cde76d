-- git_spec.lua: what a failure of git says to do. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local git = require 'ifx.repo.git'
local repository = dofile 'tests/lua/support/repository.lua'

describe('git', function()
  it('says how to get an object that is missing', function()
    local repo = repository.new { a = '1\n', b = '2\n' }
    repo:commit { a = '1\n2\n3\n' }
    local id = repo:git('rev-parse', 'HEAD~1:a')
    fs.remove(fs.join(repo.dir, '.git/objects', id:sub(1, 2), id:sub(3)))
    local ok, e = pcall(git.run, repo.dir, { 'diff-tree', '-p', 'HEAD~1', 'HEAD' })
    repo:remove()
    assert.is_false(ok)
    assert.is_truthy(e.message:find('unable to read ' .. id, 1, true), e.message)
    assert.is_truthy(e.hint:find('git fetch --refetch', 1, true) and e.hint:find('git fsck', 1, true), e.hint)
  end)
end)
