-- served.lua: definitions of kinds that go, and versions that they do not serve. SPDX-License-Identifier: Apache-2.0

local common = require './hazards/common'

local M = {}

local CRD = 'CustomResourceDefinition.apiextensions.k8s.io'

-- What a definition makes, 'CLUSTER:KIND.GROUP'.
local function made_by(item, crd)
  local object = crd.object.node
  local group, kind = common.text(object, 'spec', 'group'), common.text(object, 'spec', 'names', 'kind')
  return group and kind and ('%s:%s.%s'):format(common.cluster_of(item, crd), kind, group)
end

local function kind_of(item, owned) return ('%s:%s.%s'):format(common.cluster_of(item, owned), owned.kind, owned.group) end

local function add_versions(object, versions)
  local single, all = common.text(object, 'spec', 'version'), object:get('spec', 'versions')
  if single then versions[single] = true end
  for i = 1, type(all) == 'userdata' and all ~= ifx.null and #all or 0 do
    local name = all:get(i, 'name')
    if name and all:get(i, 'served') ~= 'false' then versions[name] = true end
  end
end

-- The versions that the definitions of one side serve, by cluster and kind. What is not known of one serves everything.
local function served_by(found, side)
  local out, unknown = {}, {}
  for _, item in ipairs(found.objects) do
    local owned = item[side]
    local is_crd = owned and owned.kind == 'CustomResourceDefinition' and common.kind_of(owned) == CRD
    local key = is_crd and made_by(item, owned)
    if key then
      out[key] = out[key] or {}
      for _, claim in ipairs(owned.claims) do add_versions(claim.object.node, out[key]) end
      add_versions(owned.object.node, out[key])
      unknown[key] = unknown[key] or not common.is_known(owned)
    end
  end
  for key in pairs(unknown) do
    if unknown[key] then out[key] = nil end
  end
  return out
end

local function is_refused(item, owned, served)
  local versions = served[kind_of(item, owned)]
  return versions ~= nil and next(versions) ~= nil and not versions[owned.version]
end

local function not_served(item, before, after, out)
  if not is_refused(item, item.after, after) then return end
  local same = item.before and item.before.version == item.after.version
  if same and is_refused(item, item.before, before) then return end
  local versions = table.concat(list.keys(after[kind_of(item, item.after)]), ', ')
  out[#out + 1] = common.hazard('kubernetes.not-served', 'medium', item, item.after,
    ('its definition in the tree does not serve %s of %s, but %s: it is refused, and with it all that is applied with it'):format(
      item.after.version, item.after.group, versions), 'write it in a version that is served: ' .. versions)
end

local KEPT = { { 'kustomize.toolkit.fluxcd.io/prune', 'disabled' }, { 'argocd.argoproj.io/sync-options', 'Prune=false' },
  { 'helm.sh/resource-policy', 'keep' } }

-- Does it stay in the cluster without an owner? What was applied last says so.
local function is_kept(owned)
  return list.find(KEPT, function(mark) return common.annotated(owned.object.node, mark[1], mark[2]) end) ~= nil
end

local function removed(change, left)
  local many = left[made_by(change, change.before)] or 0
  local what = many > 0 and ('%d of its objects stay in the tree, and cannot be applied any more'):format(many)
    or 'none of them is in the tree; others may have made some'
  local item = common.hazard('kubernetes.crd-removed', many > 0 and 'high' or 'medium', change, change.before,
    ('with the definition every object of its kind is deleted, in all namespaces, whoever made it: %s'):format(what),
    'keep it, or let it stay in the cluster by an annotation in a commit before (prune: disabled, or Prune=false)')
  item.entry = nil
  return item
end

-- How many objects of kinds there are after, by cluster and kind.
local function counted(found, wanted)
  local out = {}
  for _, item in ipairs(found.objects) do
    local key = item.after and item.after.group ~= '' and kind_of(item, item.after)
    if key and wanted[key] then out[key] = (out[key] or 0) + 1 end
  end
  return out
end

---@param found ifx.gitops.Comparison
---@param out ifx.gitops.Hazard[]
function M.find(found, out)
  if #found.changes == 0 then return end
  local before, after = served_by(found, 'before'), served_by(found, 'after')
  if next(after) then
    for _, item in ipairs(found.objects) do
      if item.after and item.after.group ~= '' then not_served(item, before, after, out) end
    end
  end
  local gone, kinds = {}, {}
  for _, change in ipairs(found.changes) do
    local is_gone = change.before and not change.after and not change.uncertain and common.kind_of(change.before) == CRD
    local key = is_gone and not is_kept(change.before) and made_by(change, change.before)
    if key then gone[#gone + 1], kinds[key] = change, true end
  end
  local left = #gone > 0 and counted(found, kinds) or {}
  for _, change in ipairs(gone) do out[#out + 1] = removed(change, left) end
end

return M
