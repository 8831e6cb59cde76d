-- tree.lua: the files of a repository: of its work tree, of a revision, or of a plain folder. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local git = require 'ifx.repo.git'
local host = require 'host'

local tree = {}

---@param dir string
---@param repo? ifx.git.Repository  what `git.find` said of `dir`
---@return ifx.repo.Tree
function tree.worktree(dir, repo) return require('ifx.repo.worktree').open(dir, repo) end

---@param dir string
---@param rev string
---@param repo? ifx.git.Repository  what `git.find` said of `dir`
---@return ifx.repo.Tree
function tree.revision(dir, rev, repo) return require('ifx.repo.revision').open(dir, rev, repo) end

---@param dir string
---@return ifx.repo.Tree
function tree.folder(dir) return require('ifx.repo.folder').open(dir) end

---What another thread needs to open the same tree without looking for its files again; nil where it cannot. With `entries`
---it is a tree of these files alone.
---@param t ifx.repo.Tree
---@param entries? ifx.repo.Entry[]  some of its own
---@return table?
function tree.describe(t, entries)
  return require('ifx.repo.base').describe(t, entries or t:files())
end

---@param description table  of `describe`
---@return ifx.repo.Tree
function tree.reopen(description)
  return require('ifx.repo.' .. description.kind).reopen(description)
end

---@param below ifx.repo.Tree
---@param changes ifx.repo.Changes
---@return ifx.repo.Tree
function tree.overlay(below, changes) return require('ifx.repo.overlay').open(below, changes) end

---Let go of the texts of objects that threads share: who asks for one later reads it anew.
function tree.let_go() host.clear_shelf() end

local function open_folder(dir)
  local repo = git.find(dir)
  if not repo then return tree.folder(dir), '' end
  if not repo.root then return tree.revision(dir, 'HEAD'), '' end
  local opened, place = tree.worktree(repo.root, repo), fs.realpath(dir)
  local inside = place:sub(1, #repo.root + 1) == repo.root .. '/' and place:sub(#repo.root + 2) or ''
  return opened, inside
end

local function open_file(place)
  local opened, inside = open_folder(fs.dirname(place))
  local p = fs.join(inside, fs.basename(place))
  if opened:entry(p) then return opened, p end
  opened:close()
  err.raise { kind = 'not_found', op = 'open ' .. place, message = 'this file is not tracked, or it is ignored', file = place }
end

---Open what a person names: an existing folder (a work tree when it lies in one, else a plain folder; a bare
---repository's HEAD), a file in one, or else a revision of the repository in `opts.dir`. The second result is the part
---of the tree that was meant: 'apps' for the folder apps of a work tree, '' for the whole.
---@param where? string default: `opts.dir`
---@param opts? { dir: string? } where relative folders and revisions are looked up (default: the current directory)
---@return ifx.repo.Tree tree
---@return string part
function tree.open(where, opts)
  local dir = opts and opts.dir or fs.cwd()
  local place = where and fs.join(dir, where) or dir
  local stat = fs.stat(place)
  if stat and stat.type == 'dir' then return open_folder(place) end
  if stat and not git.try_line(dir, { 'rev-parse', '--verify', '--quiet', '--end-of-options', where .. '^{tree}' }) then
    return open_file(place) -- a bare repository has a file HEAD, which is not what HEAD means
  end
  local is_path = where and where:find('^%.?%.?/') -- no revision begins so
  if is_path or not git.find(dir) then
    err.raise {
      kind = 'not_found', op = 'open ' .. place, file = place,
      message = (not where or is_path) and 'no such folder'
        or 'no such folder, and no repository here that could have such a revision',
      hint = 'name a folder, or a revision together with -C DIR',
    }
  end
  return tree.revision(dir, where), ''
end

local function remote_urls(dir)
  local urls = {}
  local text = git.run(dir, { 'config', '-z', '--get-regexp', [[^remote\..*\.url$]] }, { check = false }).stdout
  for name, url in text:gmatch('remote%.([^\n%z]*)%.url\n([^%z]*)%z') do
    urls[#urls + 1] = { name = name, url = url }
  end
  return urls
end

---The address that a repository is best known by: of its remote 'origin', else of the first; nil without remotes.
---@param dir string
---@return string?
function tree.address(dir)
  local first
  for _, remote in ipairs(remote_urls(dir)) do
    if remote.name == 'origin' then return remote.url end
    first = first or remote.url
  end
  return first
end

local function submodule_paths(repo, dir)
  local paths = {}
  if not repo.root then return paths end
  for _, record in ipairs(git.records(dir, { 'ls-files', '--stage', '-z' })) do
    local path = record:match('^160000 %x+ %d\t(.*)$')
    if path then paths[#paths + 1] = path end
  end
  return paths
end

---What repository `dir` lies in: `git.find` with the remotes and the paths of the submodules; nil when in none.
---@param dir string
---@return ifx.git.Repository|{ work_tree: string?, remotes: { name: string, url: string }[], submodules: string[] }|nil
function tree.repository(dir)
  local repo = git.find(dir)
  if not repo then return nil end
  repo.work_tree = repo.root
  repo.remotes = remote_urls(dir)
  repo.submodules = submodule_paths(repo, repo.root or dir)
  return repo
end

---The addresses under which the repository of a tree is known (its remotes); empty for a plain folder.
---@param t ifx.repo.Tree
---@return string[]
function tree.urls(t)
  local urls = {}
  if t.repository then
    for _, remote in ipairs(remote_urls(t.repository.git_dir)) do urls[#urls + 1] = remote.url end
  end
  return urls
end

return tree
