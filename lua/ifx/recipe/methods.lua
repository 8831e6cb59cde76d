-- methods.lua: what a plan calls of its context: reading, and saying what should be done. SPDX-License-Identifier: Apache-2.0
local dirs = require 'ifx.dirs'
local err = require 'err'
local fs = require 'fs'
local ifx = require 'ifx'
local make = require 'ifx.plan.make'
local state = require('ifx.recipe.context').state

---@class ifx.recipe.Context
local Context = {}

-- ---------------------------------------------------------------- reading

-- What the target directory lies in, asked once for a planning; nil: no repository.
local function repository_of(self)
  local own = state(self)
  own.repository = own.repository or require('ifx.repo.git').find(own.dir)
  return own.repository
end

--- The files to plan from. Without `rev`: the commit that HEAD is at, or all files of a folder that is no repository.
---@param rev string? a revision
---@return ifx.repo.Tree
function Context:tree(rev)
  local own = state(self)
  local tree = require 'ifx.repo.tree'
  local opened
  local repo = repository_of(self)
  if rev or repo then
    opened = tree.revision(own.dir, rev or 'HEAD', repo)
  else
    opened = tree.folder(own.dir)
  end
  own.trees[#own.trees + 1] = opened
  local what = rev or 'HEAD'
  if opened.id and not own.read[what .. opened.id] then
    own.read[what .. opened.id] = true
    own.from[#own.from + 1] = { what = what, id = opened.id }
  end
  return opened
end

--- The repository of the target directory, ready for new commits on top of `rev`.
---@param rev string? default HEAD
---@return { root: string, head: string, branch: string?, sparse: boolean, dirty: string[], url: string?, name: string }
---`url`: of the remote origin, else of the first; `name`: as people call it, from that or from its folder
--- Raises what `git.ready` raises: not a repository, bare, shallow, partial, in the middle of a merge.
function Context:repository(rev)
  local own = state(self)
  local git = require 'ifx.repo.git'
  local repo, commit = git.ready(own.dir, rev)
  local address = require('ifx.repo.tree').address(repo.git_dir)
  local identity = address and require('ifx.repo.url').identity(address)
  return {
    root = repo.root, head = commit, branch = git.branch(own.dir), sparse = repo.sparse, dirty = git.dirty(own.dir),
    url = address, name = fs.basename(identity or repo.root),
  }
end

--- What `git.export` would make of some files of a commit: nothing is written.
---@param revision string full commit id
---@param files table<string, string>  path to the path in the new repository
---@return ifx.repo.Taken
function Context:history(revision, files)
  return require('ifx.repo.history').take(repository_of(self), revision, files)
end

--- Work out what `history` will be asked for, beside other tasks.
---@param revision string full commit id
---@param many table<string, string>[]  the files of each
function Context:prepare_histories(revision, many)
  require('ifx.repo.history').prepare(repository_of(self), revision, many)
end

--- Why no repository can be made in a folder; nil when one can.
---@param dir string absolute
---@return string? why
function Context:obstacle(dir) -- luacheck: ignore 212
  return require('ifx.repo.export').obstacle(dir)
end

--- Name and address under which the user's git commits.
---@return { name: string, email: string }
function Context:identity()
  return require('ifx.repo.git').identity(state(self).dir)
end

--- Does a branch of this name exist, and at which commit?
---@param name string
---@return string? commit
function Context:find_branch(name)
  return require('ifx.repo.git').commit_id(state(self).dir, 'refs/heads/' .. name)
end

--- The way from one tree to another on which no controller deletes what stays: see ifx.gitops.stages.
---@param before ifx.repo.Tree
---@param after ifx.repo.Tree
---@param opts { repositories: string[]?, clusters: table<string, string>? }
---@return ifx.gitops.Stages
function Context:stages(before, after, opts)
  local registry = state(self).registry
  local walk = { registry = registry, repositories = opts.repositories, helm = false }
  return require('ifx.gitops.stages').find({ before = before, after = after },
    { registry = registry, clusters = opts.clusters, before = walk, after = walk })
end

--- Is a commit the other one, or among those that it stands on?
---@param commit string full commit id
---@param of string full commit id
---@return boolean
function Context:is_ancestor(commit, of)
  return require('ifx.repo.git').try_line(state(self).dir, { 'merge-base', '--is-ancestor', commit, of }) ~= nil
end

--- A comparison as people read it.
---@param found ifx.gitops.Comparison
---@return string
function Context:comparison(found) -- luacheck: ignore 212
  local text = require('ifx.show.comparison').text(found)
  return (text:gsub('\27%[[%d;]*m', '')) -- styles: every other escape is cleaned already
end

--- How the repository of the target directory names content.
---@param bytes string
---@return string id in hex
function Context:blob_id(bytes)
  return require('ifx.repo.git').blob_id(repository_of(self), bytes)
end

--- The smallest single replacement that makes one text of another.
---@param old string
---@param new string
---@return ifx.repo.Replacement
function Context:replacement(old, new) -- luacheck: ignore 212
  return require('ifx.repo.edits').between(old, new)
end

--- How this run finds references: options for whatever searches a tree again.
---@return ifx.repo.GraphOptions
function Context:search()
  local registry = state(self).registry
  return { plugins = registry:contributions('references'), reload = registry:reload('references') }
end

--- The reference graph of a tree, from the finders of all plugins.
---@param tree ifx.repo.Tree
---@param opts { only: string[]?, text: boolean?, text_in: table<string, true>?, part: string? }?  see ifx.repo.graph
---@return ifx.repo.Graph
function Context:references(tree, opts)
  local settings = self:search()
  for _, key in ipairs { 'only', 'text', 'text_in', 'part' } do settings[key] = (opts or {})[key] end
  return require('ifx.repo.graph').build(tree, settings)
end

--- What paths that are not there were when they were last there: see `ifx.repo.past`.
---@param rev string
---@param paths string[]
---@return table<string, ifx.repo.Past>
function Context:past(rev, paths)
  return require('ifx.repo.past').last(state(self).dir, rev, paths)
end

--- Where git thinks that a file went in the commit that took it away.
---@param one ifx.repo.Past
---@param path string
---@return string? new, integer? similarity in percent
function Context:renamed(one, path)
  return require('ifx.repo.past').renamed(state(self).dir, one, path)
end

--- The newest commit in the history of `rev` that has all of these paths.
---@param rev string
---@param paths string[]
---@return string? commit
function Context:complete(rev, paths)
  return require('ifx.repo.past').complete(state(self).dir, rev, paths)
end

--- The folders that cannot be built because of broken references.
---@param graph ifx.repo.Graph
---@return ifx.repo.Unbuildable[]
function Context:unbuildable(graph) -- luacheck: ignore 212
  return require('ifx.repo.builds').broken(graph.references)
end

--- Call the transform of that name, wherever it comes from.
---@param name string 'kustomize.make_root'
---@return any
function Context:transform(name, ...)
  return state(self).registry:transform(name)(...)
end

--- The bytes of a file: relative paths are taken from the target directory and stay inside it.
---@param path string
---@return string
function Context:read(path)
  if path:find('^/') then
    return fs.read(path)
  end
  local inside = fs.normalize(path)
  local real = inside and fs.realpath(fs.join(state(self).dir, inside))
  local root = fs.realpath(state(self).dir)
  if not inside or (real and real ~= root and real:sub(1, #root + 1) ~= root .. '/') then
    err.raise { kind = 'permission', op = 'read ' .. path, message = 'it leads out of ' .. root,
      hint = 'copy it into that folder, or give its absolute path' }
  end
  return fs.read(fs.join(root, inside))
end

--- The layouts there are: of ifx, of the user, of the repository.
---@return { name: string, path: string, source: 'installed'|'user'|'repository', text: string }[]
function Context:layouts()
  local out = {}
  local places = {
    { 'installed', ifx.dir }, { 'user', dirs.config() }, { 'repository', state(self).dir },
  }
  for _, place in ipairs(places) do
    local folder = fs.join(place[2], 'recipes', 'layouts')
    for _, entry in ipairs(fs.stat(folder) and fs.list(folder) or {}) do
      local name = entry.type == 'file' and entry.name:match('^(.+)%.ya?ml$')
      if name then
        local path = fs.join(folder, entry.name)
        out[#out + 1] = { name = name, path = path, source = place[1], text = fs.read(path) }
      end
    end
  end
  return out
end

-- ---------------------------------------------------------------- saying what should be done

--- An operation. It takes effect when `plan` returns it.
---@param type string 'git.commit'
---@param args table data
---@return table operation
function Context:op(type, args) -- luacheck: ignore 212
  return { type = type, args = args }
end

--- What an operation that comes earlier will return, for the arguments of a later one.
---@param op table an operation
---@param field string
---@return table
function Context:result(op, field) -- luacheck: ignore 212
  return { ['$result'] = op, field = field }
end

--- Stop planning, with a message for people.
---@param e { kind: string?, message: string, hint: string?, file: string?, line: integer?, column: integer? }
function Context:refuse(e) -- luacheck: ignore 212
  err.raise {
    kind = e.kind or 'conflict', op = 'plan', message = e.message, hint = e.hint, file = e.file, line = e.line, column = e.column,
  }
end

local function say(self, kind, value)
  local said = state(self)[kind]
  said[#said + 1] = make.said(value, ('%s[%d]'):format(kind, #said + 1))
end

--- Add a section to the report.
---@param section ifx.plan.Section
function Context:section(section)
  say(self, 'report', section)
end

--- Add a hazard: what could go wrong on a live system, and how to make it safe.
---@param hazard { id: string, severity: 'high'|'medium'|'low', object: string?, reason: string, remedy: string? }
function Context:hazard(hazard)
  say(self, 'hazards', hazard)
end

--- Block the plan: it can be looked at, and is applied only when the caller has accepted `accept` by name.
---@param entry { id: string, why: string, accept: string }
function Context:block(entry)
  say(self, 'blocked', entry)
end

--- What must still be accepted for the plan as it is by now: names, each once, sorted.
---@return string[]
function Context:blockers()
  local names = {}
  for _, entry in ipairs(state(self).blocked) do names[entry.accept] = not self.accepted[entry.accept] or nil end
  return require('ifx.list').keys(names)
end

return Context
