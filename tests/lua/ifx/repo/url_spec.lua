-- url_spec.lua: which repository, and which of its paths, a URL names. SPDX-License-Identifier: Apache-2.0
local url = require 'ifx.repo.url'

local function tree(kinds)
  return {
    resolve = function(base, text) return require 'ifx.path'.normalize(require 'ifx.path'.join(base, text)) end,
    exists = function(path) return kinds[path] end,
  }
end

describe('the identity of a repository', function()
  it('is the same for every way to write its URL', function()
    for _, text in ipairs {
      'https://github.com/Owner/Repo', 'https://github.com/owner/repo.git', 'https://user:pass@github.com/owner/repo/',
      'ssh://git@github.com/owner/repo', 'ssh://git@ssh.github.com:443/owner/repo.git', 'git@github.com:owner/repo.git',
      'github.com/owner/repo', 'git::https://github.com/owner/repo.git?ref=v1', 'gh:owner/repo',
    } do
      assert.are.equal('github.com/owner/repo', url.identity(text), text)
    end
  end)

  it('is nil for what names no repository', function()
    for _, text in ipairs { './base', 'apps/web', '../x', 'oci://ghcr.io/owner/repo', '', 'base', 'https://github.com' } do
      assert.is_nil(url.identity(text), text)
    end
  end)
end)

describe('a path in a remote text', function()
  local function path_of(text)
    local remote = url.remote_path(text)
    return remote and { remote.repository, text:sub(remote.from, remote.to), remote.revision }
  end

  it('is found after //, .git/ and owner/name, and in the addresses of raw files', function()
    assert.are.same({ 'github.com/o/r', 'apps/x', 'v1' }, path_of 'https://github.com/o/r//apps/x?ref=v1')
    assert.are.same({ 'github.com/o/r', 'apps/x', 'v1' }, path_of 'github.com/o/r/apps/x?ref=v1')
    assert.are.same({ 'github.com/o/r', 'apps/x' }, path_of 'git@github.com:o/r.git//apps/x')
    assert.are.same({ 'host/o/r', 'p' }, path_of 'ssh://git@host:22/o/r.git/p')
    assert.are.same({ 'github.com/o/r', 'a/b.yaml', 'main' }, path_of 'https://raw.githubusercontent.com/o/r/main/a/b.yaml')
    assert.are.same({ 'gitlab.com/g/s/r', 'a.yaml', 'main' }, path_of 'https://gitlab.com/g/s/r/-/raw/main/a.yaml')
  end)

  it('is empty when the text names the root, and absent in what is no path of a repository', function()
    assert.are.same({ 'github.com/o/r', '', 'v2' }, path_of 'https://github.com/o/r?ref=v2')
    assert.is_nil(path_of 'https://github.com/o/r/releases/download/v1/x.yaml')
    assert.is_nil(path_of './base')
  end)
end)

describe('whose repository a URL names', function()
  it('is told by the remotes, as a set or a list', function()
    assert.is_true(url.is_own({ repo_urls = { ['git@github.com:o/r.git'] = true } }, 'https://github.com/o/r'))
    assert.is_true(url.is_own({ repo_urls = { 'git@github.com:o/r.git' } }, 'https://github.com/o/r'))
    assert.is_false(url.is_own({ repo_urls = {} }, 'https://github.com/o/r'))
  end)

  it('is told by the folders taken from it where no remote is known', function()
    local ctx = tree { ['apps/a'] = 'dir', ['apps/b'] = 'dir' }
    local own, note = url.is_own_by_paths(ctx, 'https://github.com/o/r', { './apps/a', 'apps/b', 'apps/gone' })
    assert.is_true(own)
    assert.matches('2 of the 3', note)
    assert.is_false((url.is_own_by_paths(ctx, 'https://github.com/o/r', { 'apps/a', 'apps/gone' })))
    assert.is_false((url.is_own_by_paths(ctx, 'https://github.com/o/r', { './' })))
  end)

  it('needs more where a remote says another name', function()
    local ctx = tree { deploy = 'dir', ['apps/a'] = 'dir', ['apps/b'] = 'dir' }
    ctx.repo_urls = { ['https://github.com/me/mine'] = true }
    assert.is_false((url.is_own_by_paths(ctx, 'https://github.com/o/other', { 'deploy' })))
    assert.is_true((url.is_own_by_paths(ctx, 'https://github.com/your-org/mine', { 'deploy' })))
    assert.is_true((url.is_own_by_paths(ctx, 'https://github.com/me/old-name', { 'apps/a', 'apps/b' })))
  end)
end)

describe('ifx.repo.url', function()
  it('writes the page of a file', function()
    assert.equal('https://github.com/Own/Name', url.web 'git@github.com:Own/Name.git')
    assert.equal('https://github.com/Own/Name/blob/main/a/b.md',
      url.page('https://github.com/Own/Name.git', 'main', 'a/b.md', false))
    assert.equal('https://gitlab.example.org/g/s/n/-/tree/dev/a',
      url.page('ssh://git@gitlab.example.org:2222/g/s/n', 'dev', 'a', true))
    assert.equal('https://h.example/o/n', url.page('h.example/o/n', 'main', '', true))
    assert.is_nil(url.web '/just/a/path')
  end)

  it('puts another repository into the beginning of an address', function()
    local cases = {
      { 'https://raw.githubusercontent.com/o/r/main/', 'https://raw.githubusercontent.com/p/q/main/' },
      { 'https://github.com/o/r/blob/main/', 'https://github.com/p/q/blob/main/' },
      { 'https://github.com/o/r//', 'git@github.com:p/q.git//' },
    }
    for _, case in ipairs(cases) do assert.equal(case[2], url.with_repository(case[1], 'git@github.com:p/q.git')) end
    assert.equal('https://gl.example/p/s/q/-/raw/main/',
      url.with_repository('https://gl.example/g/r/-/raw/main/', 'https://gl.example/p/s/q'))
    for _, head in ipairs { 'https://raw.githubusercontent.com/o/r/main/', 'git::https://github.com/o/r//', 'x' } do
      assert.is_nil(url.with_repository(head, 'https://gl.example/p/q'))
    end
  end)
end)
