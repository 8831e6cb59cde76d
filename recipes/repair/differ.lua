-- differ.lua: what the first good build after a repair does, against the last one before. SPDX-License-Identifier: Apache-2.0
local k8s = require 'ifx.k8s.objects'
local repair = require 'ifx.layout.repair'

local M = {}

-- Who would act on what a folder no longer renders.
local WATCHERS = { 'flux.watch', 'argocd.watch' }

-- The objects that a folder renders from files, by identity: their content, and where it stands.
local function objects_of(ctx, known, folder, after)
  local applied = ctx:transform('kustomize.applied', { folder = folder, deep = true, after = after }, known)
  local out = {}
  for _, file in ipairs(list.keys(applied.files)) do
    local document
    for _, object in ipairs((after and known.objects_after or known.objects)(file)) do
      document = document or yaml.document((after and known.read_after or known.read)(file), { file = file })
      if object.name then out[k8s.id(object)] = { file = file, content = json.encode(document:get(object.path, object.doc)) } end
    end
  end
  return out
end

local function add_rows(rows, folder, before, after)
  for _, id in ipairs(list.keys(before)) do
    if not after[id] then
      rows[#rows + 1] = { folder, id, 'goes', before[id].file }
    elseif after[id].content ~= before[id].content then
      rows[#rows + 1] = { folder, id, 'changes', after[id].file }
    end
  end
  for _, id in ipairs(list.keys(after)) do
    if not before[id] then rows[#rows + 1] = { folder, id, 'comes', after[id].file } end
  end
end

-- Folders by the last state in which all that they miss now was there.
local function states(ctx, repository, unbuildable)
  local out, unknown = {}, {}
  for _, root in ipairs(unbuildable) do
    local paths = {}
    for _, ref in ipairs(root.missing) do paths[ref.target or ref.builds] = true end
    local good = #root.missing > 0 and ctx:complete(repository.head, list.keys(paths))
    if good then
      out[good] = out[good] or {}
      out[good][root.folder] = true
    elseif #root.missing > 0 then
      unknown[#unknown + 1] = root.folder
    end
  end
  return out, unknown
end

---Compare what each folder rendered when it could last be built with what it renders afterwards.
---@param ctx ifx.recipe.Context
---@param repository table
---@param unbuildable ifx.repo.Unbuildable[]
---@param outcome ifx.layout.Outcome
---@param moves table<string, string>
---@return table  rows, since and unknown for the report; hazards, blocked, cut and repositories as of an outcome
function M.since(ctx, repository, unbuildable, outcome, moves)
  local groups, unknown = states(ctx, repository, unbuildable)
  local out = {
    rows = {}, hazards = {}, blocked = {}, cut = {}, repositories = {}, since = {}, unknown = unknown,
  }
  for _, good in ipairs(list.keys(groups)) do
    local tree = ctx:tree(good)
    local known = repair.facts(tree, ctx:references(tree, { text = false }), outcome, moves, groups[good])
    for _, folder in ipairs(list.keys(groups[good])) do
      out.since[#out.since + 1] = ('%s could last be built at %s'):format(folder, good:sub(1, 12))
      add_rows(out.rows, folder, objects_of(ctx, known, folder), objects_of(ctx, known, folder, true))
    end
    for _, watcher in ipairs(WATCHERS) do
      local result = ctx:transform(watcher, {}, known)
      for _, key in ipairs { 'hazards', 'blocked' } do
        table.move(result[key] or {}, 1, #(result[key] or {}), #out[key] + 1, out[key])
      end
    end
  end
  return out
end

return M
