-- repository.lua: throw-away repositories for specs, which get it by dofile. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local proc = require 'proc'

local repository = {}

local Repository = {}
Repository.__index = Repository

-- Nothing of the machine's configuration, and always the same author and moment.
local env = {
  GIT_CONFIG_GLOBAL = '/dev/null', GIT_CONFIG_NOSYSTEM = '1', GIT_AUTHOR_NAME = 'Ann', GIT_AUTHOR_EMAIL = 'ann@example.org',
  GIT_COMMITTER_NAME = 'Ann', GIT_COMMITTER_EMAIL = 'ann@example.org', GIT_AUTHOR_DATE = '@1763719419 +0000',
  GIT_COMMITTER_DATE = '@1763719419 +0000', LC_ALL = 'C',
}

--- Run git in the repository; its standard output without the last newline.
function Repository:git(...)
  return (proc.run({ 'git', '-C', self.dir, ... }, { env = env }).stdout:gsub('\n$', ''))
end

--- Run git with bytes for its standard input.
function Repository:git_stdin(stdin, ...)
  return (proc.run({ 'git', '-C', self.dir, ... }, { env = env, stdin = stdin }).stdout:gsub('\n$', ''))
end

--- Write files of the work tree: { [path] = bytes }.
function Repository:write(files)
  for path, bytes in pairs(files) do
    local place = self.dir .. '/' .. path
    fs.mkdir(fs.dirname(place))
    fs.write(place, bytes, { sync = false })
  end
end

--- Write files and commit everything; the commit's id.
function Repository:commit(files, message)
  self:write(files or {})
  self:git('add', '-A')
  self:git('commit', '-q', '--allow-empty', '-m', message or 'work')
  return self:git('rev-parse', 'HEAD')
end

--- The id of the blob at a path of a revision.
function Repository:blob(path, rev)
  return self:git('rev-parse', ('%s:%s'):format(rev or 'HEAD', path))
end

--- Everything that a rollback must bring back: refs, HEAD, index, files with their modes, bit for bit.
function Repository:state()
  local parts = { self:git('for-each-ref'), fs.read(self.dir .. '/.git/HEAD'), self:git('ls-files', '-s', '-v') }
  for _, entry in ipairs(fs.walk(self.dir)) do
    local place = self.dir .. '/' .. entry.path
    local bytes = entry.type == 'file' and fs.read(place) or entry.type == 'link' and fs.readlink(place) or ''
    parts[#parts + 1] = ('%s %s %o %s'):format(entry.path, entry.type, entry.mode, bytes)
  end
  return table.concat(parts, '\n')
end

function Repository:remove()
  fs.remove_tree(self.dir)
end

--- A new repository with these files in its first commit, on branch main.
---@param files table<string, string>?
---@param options string[]? for git init
function repository.new(files, options)
  local self = setmetatable({ dir = fs.realpath(fs.tempdir('ifx-spec-')) }, Repository)
  self:git('init', '-q', '-b', 'main', table.unpack(options or {}))
  self:git('config', 'user.name', 'Ann') -- for git that the program runs: where a machine's name tells git nothing, it refuses
  self:git('config', 'user.email', 'ann@example.org')
  if files then
    self:commit(files, 'first')
  end
  return self
end

--- A repository object for a directory that is one already.
function repository.at(dir)
  return setmetatable({ dir = fs.realpath(dir) }, Repository)
end

return repository
