-- world.lua: what a plugin may ask about the cluster and the files around an entry point. SPDX-License-Identifier: Apache-2.0
local find = require 'ifx.gitops.find'
local fs = require 'fs'
local list = require 'ifx.list'
local node = require 'node'
local path = require 'ifx.path'
local place = require 'ifx.gitops.place'
local search = require 'ifx.repo.search'
local view = require 'ifx.repo.view'

---@class ifx.gitops.World
---@field context ifx.repo.Context  the tree, as finders have it
---@field helm boolean              may the program helm run?
---@field files fun(source: ifx.gitops.Source): ifx.render.Files?, string?  of a source; nil and why they are not known
---@field is_own fun(url: string): boolean    is it an address of the tree, by its remotes?
---@field lacks fun(revision: string): boolean  has the repository of the tree no branch, tag or commit of this name?
---@field is_given fun(url: string): boolean  does a checkout that was named stand for it?
---@field object fun(kind: string, namespace: string?, name: string): ifx.gitops.Object?  of the cluster that the entry point
---is in ('ConfigMap', 'GitRepository.source.toolkit.fluxcd.io'), else of the file that is nearest
---@field doubt fun(kind: string, namespace: string?, name: string): string?  why that cluster may not have that object: a file
---declares it, but no entry point renders it
---@field objects fun(kind: string): ifx.gitops.Object[]  those of that cluster, by namespace and name
---@field untracked fun(p: string): string?  what to do about a path of the tree that only the disk has
---@field line fun(object: ifx.gitops.Object, ...: string): integer?  of a field in its file, else of what is above it

---What is known of all clusters from the last look.
---@class ifx.gitops.Surroundings
---@field context ifx.repo.Context
---@field repositories ifx.gitops.Repositories
---@field helm boolean
---@field known table<string, table<string, table<string, ifx.gitops.Object>>>  by cluster, kind, 'NAMESPACE/NAME'
---@field views table<string, ifx.repo.Context>
---@field parsed table<string, ifx.gitops.Object[]>
---@field parts { context: ifx.repo.Context, url: string }[]  further repositories whose declarations count

local worlds = {}

---A tree as finders have it.
---@param tree ifx.repo.Tree
---@return ifx.repo.Context
function worlds.context(tree) return search.new(tree, { text = false }).ctx end

---@param tree ifx.repo.Tree
---@param repositories ifx.gitops.Repositories
---@param helm boolean
---@param parts string[]  words of those checkouts that are parts of the tree
---@return ifx.gitops.Surroundings
function worlds.open(tree, repositories, helm, parts)
  local also = list.map(parts, function(word)
    local one = repositories:of(word)
    return { context = worlds.context(one.tree), url = one.url }
  end)
  return { context = worlds.context(tree), repositories = repositories, helm = helm, known = {}, views = {},
    parsed = {}, parts = also }
end

---@param namespace string|nil
---@param name string
---@return string
function worlds.key(namespace, name) return (namespace or 'default') .. '/' .. name end

---What to do about a path that the tree does not have and the disk has; nil where it is in neither.
---@param tree ifx.repo.Tree
---@param p string
---@return string|nil hint
function worlds.untracked(tree, p)
  if tree.kind ~= 'worktree' or p == '' or tree:exists(p) or not fs.stat(fs.join(tree.root, p)) then return nil end
  return ('%s is on the disk, but git does not track it, and only tracked files are read: git add %s'):format(p, p)
end

local function shared_depth(a, b)
  local depth, theirs = 0, path.split(path.dirname(b))
  for i, segment in ipairs(path.split(path.dirname(a))) do
    if theirs[i] ~= segment then break end
    depth = i
  end
  return depth
end

local function parsed(around, context, file, url)
  local key = (url or '') .. ':' .. file
  local known = around.parsed[key]
  if not known then
    known = find.objects(context.read(file) or '', file)
    for _, object in ipairs(known) do object.repository = url end
    around.parsed[key] = known
  end
  return known
end

-- The declaration in the file that is nearest to `file`: a repository of several clusters has one in each.
local function declared_in(around, context, url, kind, namespace, name, file)
  local short, group = kind:match '^([^.]*)%.?(.*)$'
  local best, depth = nil, -1
  for _, found in ipairs(context.objects():find(short, namespace, name, group)) do
    local near = file and shared_depth(found.file, file) or 0
    if near > depth then best, depth = found.file, near end
  end
  for _, object in ipairs(best and parsed(around, context, best, url) or {}) do
    local its = find.text_at(object.node, 'metadata', 'namespace')
    local same = find.kind_of(object.node) == kind and find.text_at(object.node, 'metadata', 'name') == name
    if same and (not its or not namespace or its == namespace) then return object end
  end
end

local function declared(around, kind, namespace, name, file)
  local found = declared_in(around, around.context, nil, kind, namespace, name, file)
  for _, part in ipairs(found and {} or around.parts) do
    found = found or declared_in(around, part.context, part.url, kind, namespace, name, nil)
  end
  return found
end

local function look(around, home, kind, namespace, name, file)
  local of_kind = (around.known[home] or {})[kind] or {}
  local object = of_kind[worlds.key(namespace, name)]
  if object then return object end
  object = declared(around, kind, namespace, name, file)
  return object, object and ('%s declares it, but no entry point renders it'):format(object.file) or nil
end

local function all(around, home, kind)
  local out, of_kind = {}, (around.known[home] or {})[kind] or {}
  for _, key in ipairs(list.keys(of_kind)) do out[#out + 1] = of_kind[key] end
  return out
end

local function copied(object)
  return object and { node = object.node, file = object.file, line = object.line, repository = object.repository,
    opaque = object.opaque }
end

---A text that is the same when the same objects were answered.
---@param found ifx.gitops.Object[]
---@return string
local function print_of(found)
  local out = {}
  for i, object in ipairs(found) do out[i] = (object.opaque or '') .. node.print(object.node) end
  return table.concat(out, '---\n')
end

---A question that was asked, to be asked again.
---@class ifx.gitops.Question
---@field ask fun(home: string): string
---@field answer string

---The world of one entry point. What it is asked about the cluster is added to `questions`.
---@param around ifx.gitops.Surroundings
---@param plugin string
---@param home string
---@param file string|nil  where the entry point is declared
---@param questions ifx.gitops.Question[]
---@return ifx.gitops.World
function worlds.new(around, plugin, home, file, questions)
  around.views[plugin] = around.views[plugin] or view.context(around.context)
  local repositories = around.repositories
  local function asked(ask)
    questions[#questions + 1] = { ask = ask, answer = ask(home) }
  end
  return {
    context = around.views[plugin], helm = around.helm,
    files = function(source) return repositories:files(source) end,
    untracked = function(p) return worlds.untracked(around.context.tree, p) end,
    line = function(object, ...) return place.line(around.context.read, object, { ... }) end,
    is_own = function(address) return repositories:is_own(address) end,
    lacks = function(revision) return repositories:lacks(revision) end,
    is_given = function(address) return repositories:is_given(address) end,
    object = function(kind, namespace, name)
      asked(function(cluster) return print_of { (look(around, cluster, kind, namespace, name, file)) } end)
      return copied((look(around, home, kind, namespace, name, file)))
    end,
    doubt = function(kind, namespace, name)
      local function ask(cluster) return select(2, look(around, cluster, kind, namespace, name, file)) end
      asked(function(cluster) return ask(cluster) or '' end)
      return ask(home)
    end,
    objects = function(kind)
      asked(function(cluster) return print_of(all(around, cluster, kind)) end)
      local out = {}
      for i, object in ipairs(all(around, home, kind)) do out[i] = copied(object) end
      return out
    end,
  }
end

return worlds
