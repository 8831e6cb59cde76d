-- fixture.lua: trees and repositories for the specs of this folder. SPDX-License-Identifier: Apache-2.0
local base = require 'ifx.repo.base'
local fs = require 'fs'
local git = require 'ifx.repo.git'

local fixture = {}

---A tree in memory: path -> bytes, or {link = target}, {submodule = commit id}, {program = bytes}.
function fixture.tree(files)
  local entries = {}
  for path, item in pairs(files) do
    local mode = '100644'
    if type(item) == 'table' then
      mode = item.link and '120000' or item.submodule and '160000' or '100755'
    end
    entries[#entries + 1] = { path = path, mode = mode }
  end
  return base.new({ kind = 'folder' }, entries, function(_, entry)
    local item = files[entry.path]
    return type(item) == 'table' and (item.link or item.program) or item
  end)
end

---Write files below a directory.
function fixture.write(dir, files)
  for path, item in pairs(files) do
    local place = fs.join(dir, path)
    fs.mkdir(fs.dirname(place))
    if type(item) == 'table' and item.link then
      fs.symlink(item.link, place)
    else
      fs.write(place, type(item) == 'table' and item.program or item, {
        mode = type(item) == 'table' and 493 or nil, sync = false, -- 493: octal 755
      })
    end
  end
end

local folders = {}

---A new folder that is removed by `fixture.clean`.
function fixture.folder(files)
  local dir = fs.realpath(fs.tempdir('ifx-spec-'))
  folders[#folders + 1] = dir
  fixture.write(dir, files or {})
  return dir
end

function fixture.git(dir, ...)
  return git.run(dir, { ... }, {
    config = { 'user.name=T', 'user.email=t@example.org', 'commit.gpgSign=false' }, env = { GIT_ALLOW_PROTOCOL = 'file' },
  }).stdout
end

---A repository with one commit of these files.
function fixture.repository(files)
  local dir = fixture.folder(files)
  fixture.git(dir, 'init', '--quiet', '--initial-branch=main')
  fixture.git(dir, 'add', '--all', '--force')
  fixture.git(dir, 'commit', '--quiet', '--message=first', '--allow-empty')
  return dir
end

---Remove all folders.
function fixture.clean()
  for _, dir in ipairs(folders) do fs.remove_tree(dir) end
  folders = {}
end

function fixture.paths(entries)
  local out = {}
  for i, entry in ipairs(entries) do out[i] = entry.path end
  return out
end

return fixture
