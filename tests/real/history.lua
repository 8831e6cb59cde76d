-- history.lua: a folder of $REPO made into the repository $OUT; $OUT.paths names the files for the other program.
-- SPDX-License-Identifier: Apache-2.0
local export = require 'ifx.repo.export'
local fs = require 'fs'
local git = require 'ifx.repo.git'
local history = require 'ifx.repo.history'

local env = fs.environ()
local repo = git.find(env.REPO)
local revision = git.commit_id(repo.root, 'HEAD')
local files, pairs_, lines = {}, {}, {}
for _, path in ipairs(git.records(repo.root, { 'ls-tree', '-r', '-z', '--name-only', revision, '--', env.FOLDER })) do
  files[path] = path:sub(#env.FOLDER + 2)
  pairs_[#pairs_ + 1] = { path, files[path] }
end
local names = history.take(repo, revision, files).names
for _, pair in ipairs(pairs_) do
  for _, old in ipairs { pair[1], table.unpack(names[pair[2]] or {}) } do
    lines[#lines + 1] = ('literal:%s\n%s==>%s\n'):format(old, old, pair[2])
  end
end
fs.write(env.OUT .. '.paths', table.concat(lines))
export.create(repo, {
  dir = env.OUT, branch = 'main', revision = revision, files = pairs_, message = 'm', date = '1 +0000',
  author = { name = 'Ann', email = 'ann@example.org' },
}, 'r1')
