-- repositories.lua: which checkout stands for which repository. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local git = require 'ifx.repo.git'
local path = require 'ifx.path'
local render_tree = require 'ifx.render.tree'
local trees = require 'ifx.repo.tree'
local url = require 'ifx.repo.url'

---@class ifx.gitops.Repositories
---@field tree ifx.repo.Tree
---@field own table<string, boolean>  identities of the tree's own remotes
---@field given table<string, { url: string, dir: string, tree: ifx.repo.Tree, fixed: boolean }>  by identity
---@field by_word table<string, { url: string, tree: ifx.repo.Tree }>  the same by the words that gave them
local Repositories = {}
Repositories.__index = Repositories

local repositories = {}

local function refuse(word, message, hint)
  err.raise { kind = 'argument', op = '--repo ' .. word, message = message, hint = hint }
end

-- 'URL=DIR@REV': an address may hold '=' and '@', a folder '@'.
local function parts(word)
  local address, place = word:match '^(.-)=([^=]*)$'
  if not address or address == '' or place == '' then
    refuse(word, 'it is no URL=DIR', '--repo https://git.example/infra.git=../infra, or …=../infra@v1.2 for a revision')
  end
  if not require 'fs'.stat(place) then
    local dir, revision = place:match '^(.+)@([^@]+)$'
    if dir then return address, dir, revision end
  end
  return address, place
end

local function open_one(word)
  local address, dir, revision = parts(word)
  local identity = url.identity(address)
  if not identity then refuse(word, ("'%s' is no address of a repository"):format(address)) end
  local tree = revision and trees.revision(dir, revision) or (trees.open(dir))
  return identity, { url = address, dir = dir, tree = tree, fixed = revision ~= nil, revisions = {} }
end

---@param tree ifx.repo.Tree  stays open as long as these are used
---@param words string[]  'URL=DIR[@REV]'
---@return ifx.gitops.Repositories
function repositories.open(tree, words)
  local self = setmetatable({ tree = tree, own = {}, given = {}, by_word = {}, revisions = {} }, Repositories)
  for _, address in ipairs(trees.urls(tree)) do
    local identity = url.identity(address)
    if identity then self.own[identity] = true end
  end
  for _, word in ipairs(words) do
    local identity, one = open_one(word)
    if self.given[identity] then refuse(word, 'this repository is given twice') end
    self.given[identity], self.by_word[word] = one, one
  end
  return self
end

---Is this an address of the tree itself?
---@param address string
---@return boolean
function Repositories:is_own(address)
  local identity = url.identity(address)
  return identity ~= nil and self.own[identity] == true and not self.given[identity]
end

---Is this an address that a checkout was given for?
---@param address string
---@return boolean
function Repositories:is_given(address)
  local identity = url.identity(address)
  return identity ~= nil and self.given[identity] ~= nil
end

-- The files of a pinned revision, where the repository has it.
local function at_revision(tree, known, revision, name)
  local dir = tree.repository and (tree.root or tree.repository.git_dir)
  if not dir or not git.try_line(dir, { 'rev-parse', '--verify', '--quiet', '--end-of-options', revision .. '^{commit}' }) then
    return nil, ('its revision %s is not in %s'):format(revision, name or 'this repository')
  end
  known[revision] = known[revision] or render_tree.open(trees.revision(dir, revision), (name or '') .. '@' .. revision)
  return known[revision]
end

---Does the repository of the tree lack a branch, a tag or a commit of this name? False where there is no repository to ask.
---@param name string
---@return boolean
function Repositories:lacks(name)
  local tree = self.tree
  local dir = tree.repository and (tree.root or tree.repository.git_dir)
  if not dir then return false end
  if git.try_line(dir, { 'rev-parse', '--verify', '--quiet', '--end-of-options', name .. '^{commit}' }) then return false end
  return git.run(dir, { 'for-each-ref', '--count=1', '--', 'refs/remotes/*/' .. name }).stdout == ''
end

---The files of a source.
---@param source ifx.gitops.Source
---@return ifx.render.Files|nil
---@return string|nil why they are not known
function Repositories:files(source)
  local identity = source.url and url.identity(source.url)
  local one = identity and self.given[identity]
  if one then
    if source.revision and not one.fixed then return at_revision(one.tree, one.revisions, source.revision, one.url) end
    one.files = one.files or render_tree.open(one.tree, one.url)
    return one.files
  elseif source.tree or identity and self.own[identity] then
    if source.revision then return at_revision(self.tree, self.revisions, source.revision) end
    self.files_of_tree = self.files_of_tree or render_tree.open(self.tree)
    return self.files_of_tree
  end
  return nil, source.url and ('its repository %s is not given: --repo %s=DIR says which checkout stands for it'):format(
    source.url, source.url) or ('the files of the %s %s are not known here'):format(source.kind, source.name or '')
end

---The checkout that a word stands for.
---@param word string  'URL=DIR[@REV]', one of those of `open`
---@return { url: string, tree: ifx.repo.Tree }
function Repositories:of(word) return self.by_word[word] end

---Does an entry point read this file of the tree, or hand a folder above it to a program?
---@param file string
---@return boolean
function Repositories:is_taken(file)
  local taken, at = self.files_of_tree and self.files_of_tree.taken or {}, file
  while not taken[at] do
    if at == '' then return false end
    at = path.dirname(at)
    if at == '.' then at = '' end
  end
  return true
end

---Ends what the given checkouts and revisions keep open.
function Repositories:close()
  for _, one in pairs(self.given) do
    one.tree:close()
    for _, files in pairs(one.revisions) do files.tree:close() end
  end
  for _, files in pairs(self.revisions) do files.tree:close() end
end

Repositories.__close = Repositories.close

return repositories
