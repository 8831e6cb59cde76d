-- projects.lua: AppProjects that do not allow the repository that files went to. SPDX-License-Identifier: Apache-2.0

local objects = require 'ifx.k8s.objects'
local url = require 'ifx.repo.url'
local glob = require './glob'
local values = require './values'

local M = {}

local below = objects.below

-- The addresses that an Application takes its files from.
local function addresses(maker)
  local spec = maker.get(maker.template)
  local found = {}
  for _, source in ipairs(type(spec) == 'table' and { spec.source or {}, table.unpack(spec.sources or {}) } or {}) do
    if type(source) == 'table' and type(source.repoURL) == 'string' then found[#found + 1] = source.repoURL end
  end
  return found
end

local function matches(pattern, address)
  if pattern == '*' or url.identity(pattern) == url.identity(address) then return true end
  return glob.is_glob(pattern) and glob.matcher(pattern, pattern:find('**', 1, true) ~= nil)(address)
end

--- As Argo CD decides: one pattern must match, and none behind '!'; a pattern behind '!' that does not match allows all else.
---@param patterns any[]  spec.sourceRepos
---@param address string
---@return boolean
function M.allows(patterns, address)
  local allowed = false
  for _, pattern in ipairs(patterns) do
    if type(pattern) == 'string' and pattern:sub(1, 1) == '!' then
      if matches(pattern:sub(2), address) then return false end
      allowed = true
    elseif type(pattern) == 'string' then
      allowed = allowed or matches(pattern, address)
    end
  end
  return allowed
end

--- The spec of a project that the values of a chart make; nil where none does.
---@param ctx table
---@param name string
---@return table|nil
function M.made_by_values(ctx, name)
  for _, made in ipairs(values.all(ctx)) do
    if made.object.kind == 'AppProject' and made.object.name == name then
      local spec = made.document:get(made.object.spec, 1)
      return type(spec) == 'table' and spec or nil
    end
  end
end

-- The file of a project in a tree, and what it allows; nil where no file declares it.
local function project_in(tree, ref)
  local object = ref.found and list.find(tree.objects(ref.found), function(one)
    return one.kind == 'AppProject' and one.name == ref.object.name
  end)
  local patterns = object and tree.value(ref.found, object.doc, below(object.path, 'spec', 'sourceRepos'))
  return type(patterns) == 'table' and ref.found or nil, patterns
end

-- By the name of the project: the reference to it that knows its file.
local function known_in(tree)
  local found = {}
  for _, ref in ipairs(tree.references) do
    if ref.kind == 'argocd.project' and ref.found then found[ref.object.name] = ref end
  end
  return found
end

--- What a person adds to projects, so that their Applications may take files from a repository that was made.
---@param before table the tree before
---@param after table the finished tree
---@param made { name: string, url: string }[]
---@param maker_of fun(tree: table, ref: table): table|nil the Application that a reference stands in
---@return string[]
function M.needs(before, after, made, maker_of)
  local out, known, said = {}, known_in(before), {}
  local is_made = list.set(list.map(made, function(one) return url.identity(one.url) end))
  for _, ref in ipairs(#made > 0 and after.references or {}) do
    local maker = ref.kind == 'argocd.project' and maker_of(after, ref)
    local file, patterns
    if maker then file, patterns = project_in(after, ref) end
    if maker and not file and known[ref.object.name] then file, patterns = project_in(before, known[ref.object.name]) end
    for _, address in ipairs(file and addresses(maker) or {}) do
      local key = ref.object.name .. '\0' .. address
      if is_made[url.identity(address)] and not said[key] and not M.allows(patterns, address) then
        said[key] = true
        out[#out + 1] = ('Argo CD: AppProject %s (%s) does not allow %s, where %s takes files from now: add to its '
          .. 'spec.sourceRepos, before the Application changes:\n    - %s'):format(
          ref.object.name, file, address, maker.id, address)
      end
    end
  end
  return out
end

return M
