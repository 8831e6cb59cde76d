-- immutable.lua: changes that the API server refuses, or that delete the object. SPDX-License-Identifier: Apache-2.0

local common = require './hazards/common'
local fields = require './hazards/immutable_fields'

local M = {}

local FLUX, ARGO = 'kustomize.toolkit.fluxcd.io/', 'argocd.argoproj.io/'

-- A value as data, nil for one that is as good as none.
local function value_of(object, row)
  local found = object:get(table.unpack(row.path))
  if found == nil or found == ifx.null or found == '' then return row.default end
  if type(found) == 'string' then return row.normal and row.normal(found) or found end
  local value = found:value()
  if next(value) == nil then return row.default end
  return row.normal and row.normal(value) or value
end

local function is_same(a, b)
  if a == nil or b == nil then return a == b end
  return node.of(a):equal(node.of(b))
end

-- 'none' may change, 'maybe' may be what the cluster has chosen, 'refused'.
local function verdict(row, before, after)
  local old, new = value_of(before, row), value_of(after, row)
  if is_same(old, new) or row.unless and row.unless(before, after) then return 'none' end
  if row.kept and new == nil or row.may_come and old == nil then return 'none' end
  return row.chosen and old == nil and new ~= 'None' and 'maybe' or 'refused'
end

-- Does its controller leave an object alone that is there?
local function is_left_alone(object)
  for _, word in ipairs { 'reconcile:disabled', 'ssa:ignore', 'ssa:ifnotpresent' } do
    local name, value = word:match '^(.-):(.*)$'
    local label = common.text(object, 'metadata', 'labels', FLUX .. name)
    if common.annotated(object, FLUX .. name, value) or label and label:lower() == value then return true end
  end
  return object:get('metadata', 'annotations', ARGO .. 'hook') ~= nil
    or object:get('metadata', 'annotations', 'helm.sh/hook') ~= nil
end

-- Does its controller delete an object that it cannot change, and make it anew?
local function is_replaced(owned)
  local object, sync = owned.object.node, ARGO .. 'sync-options'
  if common.annotated(object, FLUX .. 'force', 'enabled') then return true end
  if common.annotated(object, sync, 'Force=true') and common.annotated(object, sync, 'Replace=true') then return true end
  return list.find(owned.claims, function(claim)
    return claim.entry.kind == 'Kustomization' and claim.entry.parameters.force == true
  end) ~= nil
end

local function refused(change, names, why)
  return common.hazard('kubernetes.immutable', 'medium', change, change.after,
    ('the API server refuses another %s: %s; nothing of what is applied with it is applied'):format(names, why),
    'leave it as it is, or delete the object by hand when what it holds may go, or give the new one another name')
end

local function replaced(change, names, why)
  local severity, lost = common.loss(change.after)
  local is_set = common.kind_of(change.after) == 'StatefulSet.apps'
  if is_set then severity, lost = 'medium', 'its pods start anew; claims of the same name are taken again' end
  return common.hazard('kubernetes.immutable', severity, change, change.after,
    ('the API server refuses another %s: %s; so it is deleted and made anew, as force says%s'):format(names, why,
      lost and ': ' .. lost or ''), 'leave it as it is, or take force away until what it holds is somewhere else')
end

local function maybe(change, names, why)
  return common.hazard('kubernetes.immutable', 'low', change, change.after,
    ('%s said nothing, so the cluster chose: the API server refuses any other value (%s)'):format(names, why),
    'ask the cluster what it has, and write that')
end

local function of_change(change, rows, out)
  local hard, soft, why = {}, {}, nil
  for _, row in ipairs(rows) do
    local found = verdict(row, change.before.object.node, change.after.object.node)
    local name = table.concat(row.path, '.')
    if found == 'refused' then
      hard[#hard + 1], why = name, why or row.why
    elseif found == 'maybe' then
      soft[#soft + 1] = { name, row.why }
    end
  end
  if #hard > 0 then
    local tell = is_replaced(change.after) and replaced or refused
    out[#out + 1] = tell(change, table.concat(hard, ', '), why)
  elseif #soft > 0 then
    out[#out + 1] = maybe(change, table.concat(list.map(soft, 1), ', '), soft[1][2])
  end
end

---@param found ifx.gitops.Comparison
---@param out ifx.gitops.Hazard[]
function M.find(found, out)
  for _, change in ipairs(found.changes) do
    local both = change.before and change.after and #change.fields > 0
    local rows = both and fields[common.kind_of(change.after)]
    if rows and common.is_named(change.after) and common.is_known(change.before) and common.is_known(change.after)
      and not is_left_alone(change.after.object.node) then
      of_change(change, rows, out)
    end
  end
end

return M
