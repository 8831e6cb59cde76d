-- build.lua: one entry point of a tree, rendered for a person. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local ifx = require 'ifx'
local path = require 'ifx.path'
local trees = require 'ifx.repo.tree'

local build = {}

-- DIR, or REV:DIR with a folder from the root of the repository.
local function open(where, dir)
  local rev, inside = (where or ''):match '^([^:]+):(.*)$'
  if rev and not fs.stat(fs.join(dir, where)) then
    local part = fs.normalize(inside == '' and '.' or inside)
    return trees.revision(dir, rev), part == '.' and '' or part
  end
  return trees.open(where or '.', { dir = dir })
end

local function declared_in(entries, part)
  if part == '' then return entries end
  local out = {}
  for _, entry in ipairs(entries) do
    local file = not entry.object.repository and entry.object.file
    if file and path.within(file, part) then out[#out + 1] = entry end
  end
  return out
end

---@param options { where: string?, dir: string, name: string, repositories: string[]?, helm: boolean }
---@return ifx.gitops.Entry
---Raises 'not_found' and 'argument' for a name or a repository that is none.
function build.run(options)
  local tree, part = open(options.where, options.dir)
  local _ <close> = tree
  local registry = require('ifx.plugin').registry { dir = tree.root or options.dir }
  local result = require 'ifx.gitops'.walk(tree, { registry = registry, repositories = options.repositories,
    helm = options.helm })
  result.repositories:close()
  return require 'ifx.gitops.choose'(declared_in(result.entries, part), options.name, result.partial)
end

local function place(item)
  if not item.file then return '' end
  return (' (%s)'):format(item.line and ('%s:%d'):format(item.file, item.line) or item.file)
end

---What a person should know beside the objects: lines, and whether they are all that the controller would apply.
---@param entry ifx.gitops.Entry
---@return string[] lines
---@return boolean whole
function build.notes(entry)
  local lines, whole = {}, entry.opaque == nil
  for _, text in ipairs(entry.warnings) do lines[#lines + 1] = 'warning: ' .. text end
  for _, problem in ipairs(entry.problems) do
    local word = problem.severity == 'error' and 'error' or 'warning'
    lines[#lines + 1] = ('%s: %s%s'):format(word, problem.message, place(problem))
    if problem.hint then lines[#lines + 1] = '  hint: ' .. problem.hint end
    whole = whole and problem.severity ~= 'error'
  end
  if entry.opaque then lines[#lines + 1] = 'error: its objects are not known: ' .. entry.opaque end
  if entry.suspended then lines[#lines + 1] = 'warning: it is suspended: nothing of this is applied now' end
  return lines, whole
end

local FIELDS = { 'id', 'plugin', 'kind', 'group', 'namespace', 'name', 'home', 'cluster', 'source', 'parameters', 'depends',
  'suspended', 'default_namespace', 'marks', 'why', 'opaque' }

---The entry point as data, without its objects.
---@param entry ifx.gitops.Entry
---@return table
function build.document(entry)
  local out = { file = entry.object.file, line = entry.object.line, parents = ifx.list(entry.parents),
    problems = ifx.list(entry.problems), objects = ifx.list {} }
  for _, field in ipairs(FIELDS) do out[field] = entry[field] end
  for i, object in ipairs(entry.objects) do
    out.objects[i] = { file = object.file, line = object.line, repository = object.repository, opaque = object.opaque }
  end
  return out
end

return build
