-- applied.lua: which files a controller applies that is pointed at a folder. SPDX-License-Identifier: Apache-2.0

local walk = require './walk'

local M = {}

local LOADS = { ['kustomize.resources'] = true, ['kustomize.bases'] = true, ['kustomize.components'] = true }

-- What a tree loads is sorted once for all who ask: a controller may have a thousand entry points.
local loads_of = setmetatable({}, { __mode = 'k' })

local function loads(references)
  local by_file = loads_of[references]
  if by_file then return by_file end
  by_file = {}
  for _, ref in ipairs(references) do
    if LOADS[ref.kind] and ref.resolved and ref.target then
      by_file[ref.file] = by_file[ref.file] or {}
      table.insert(by_file[ref.file], ref.target)
    end
  end
  loads_of[references] = by_file
  return by_file
end

local function view(facts, after)
  local by_file = loads(after and facts.references_after or facts.references)
  return {
    loads = function(file) return by_file[file] or {} end,
    exists = after and facts.exists_after or facts.exists,
    list = after and facts.list_after or facts.list,
    files = {}, generated = {},
  }
end

local function root_of(v, folder)
  return walk.root_file(v.exists, folder)
end

local function add_root(v, file)
  if v.files[file] then return end
  v.files[file] = true
  for _, target in ipairs(v.loads(file)) do
    local root = v.exists(target) == 'dir' and root_of(v, target)
    if root then
      add_root(v, root)
    else
      v.files[target] = true
    end
  end
end

-- The outermost root between a folder and a file below it: where a generated list stops to go deeper.
local function root_above(v, folder, file)
  local found, above = nil, path.dirname(file)
  while above ~= folder and above ~= '' do
    found = root_of(v, above) or found
    above = path.dirname(above)
  end
  return found
end

local function add_all(v, folder, deep)
  for _, file in ipairs(v.list(folder)) do
    local root = deep and root_above(v, folder, file)
    if root then
      add_root(v, root)
    elseif file:find '%.ya?ml$' and (deep or path.dirname(file) == folder) then
      v.files[file] = true
      v.generated[#v.generated + 1] = file
    end
  end
end

local function apply(v, folder, deep)
  local root = root_of(v, folder)
  if root then
    add_root(v, root)
  else
    add_all(v, folder, deep)
  end
  return { files = v.files, generated = v.generated }
end

---applied { folder = F, deep = boolean, after = boolean }: looks, and changes nothing. The files that a controller
---applies from F before the moves, or after: what its kustomization loads at any depth, itself included; without one
---every YAML file in it, with `deep` below it too. `generated`: those that no kustomization names.
---@param args { folder: string, deep: boolean?, after: boolean? }
---@param facts ifx.layout.Facts
---@return { files: table<string, true>, generated: string[] }
function M.applied(args, facts)
  return apply(view(facts, args.after), args.folder, args.deep)
end

local FIELDS = { 'resources', 'bases', 'components' }

-- What the kustomizations of a tree load, for one that has no references yet; those of each context are kept.
local loaded_by = setmetatable({}, { __mode = 'k' })

local function read_loads(ctx, file)
  local targets, document = {}, ctx.file({ path = file }).yaml()
  for _, field in ipairs(document and #document > 0 and FIELDS or {}) do
    for _, match in ipairs(document:query({ field, '*' }, 1)) do
      local target = type(match.value) == 'string' and ctx.resolve(path.dirname(file), match.value)
      if target and ctx.exists(target) then targets[#targets + 1] = target end
    end
  end
  return targets
end

---The same for a finder, which looks at a tree whose references are not known yet: the files that a controller applies
---from a folder.
---@param ctx ifx.repo.Context
---@param folder string
---@return table<string, true>
function M.rendered(ctx, folder)
  local known = loaded_by[ctx] or {}
  loaded_by[ctx] = known
  local v = {
    loads = function(file)
      known[file] = known[file] or read_loads(ctx, file)
      return known[file]
    end,
    exists = ctx.exists, files = {}, generated = {},
    list = function(dir)
      return list.map(ctx.tree:list(dir), function(entry) return entry.path end)
    end,
  }
  return apply(v, folder, true).files
end

return M
