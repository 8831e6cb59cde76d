-- hazards.lua: what Flux would delete when the tree becomes the other one. SPDX-License-Identifier: Apache-2.0
local M = {}

M.kinds = {
  ['flux.prune-moved'] = 'a Kustomization deletes an object that another one applies from now on',
  ['flux.prune-renamed'] = 'a Kustomization that goes takes along what others apply from now on',
  ['flux.self-pruned'] = 'a Kustomization deletes itself, and with that all it applied',
  ['flux.prune-removed'] = 'an object that nobody renders any more is deleted',
  ['flux.left-behind'] = 'a Kustomization that nobody renders any more stays in the cluster, and goes on',
  ['flux.two-owners'] = 'two Kustomizations apply one object, and take it from each other',
  ['flux.fails'] = 'a Kustomization cannot be built any more',
}

local GROUP = 'kustomize.toolkit.fluxcd.io'

-- What is lost with the object is more than the object.
local PRECIOUS = {
  PersistentVolumeClaim = true, PersistentVolume = true, StatefulSet = true, Namespace = true, CustomResourceDefinition = true,
}

local function is_kustomization(entry) return entry.plugin == 'flux' and entry.kind == 'Kustomization' end

local function short(entry) return ('Kustomization %s/%s'):format(entry.namespace, entry.name) end

-- Read at the live object: what the last apply left there.
local EXCLUDED = { prune = 'disabled', reconcile = 'disabled', ssa = 'ignore' }

local function is_excluded(object)
  for word, value in pairs(EXCLUDED) do
    for _, field in ipairs { 'annotations', 'labels' } do
      local found = object:get('metadata', field, GROUP .. '/' .. word)
      if type(found) == 'string' and found:lower() == value then return true end
    end
  end
  return false
end

local function deletes_with_itself(spec)
  local policy = spec.deletionPolicy or 'MirrorPrune'
  return policy == 'Delete' or policy == 'WaitForTermination' or policy == 'MirrorPrune' and spec.prune == true
end

-- ---- who waits for whom ----

-- Does `entry` wait for one of `wanted`, directly or through others of its cluster?
local function waits_for(entry, wanted, by_id, seen)
  for _, other in ipairs(entry.depends or {}) do
    local id = ('%s:%s.%s/%s/%s'):format(entry.home, entry.kind, entry.group, other.namespace or entry.namespace, other.name)
    local found = by_id[id]
    if found and not seen[found] then
      seen[found] = true
      if wanted[id] or waits_for(found, wanted, by_id, seen) then return true end
    end
  end
  return false
end

local function source_of(entry)
  local ref = entry.parameters.sourceRef or {}
  return ('%s/%s/%s'):format(ref.kind or '', ref.namespace or entry.namespace, ref.name or '')
end

-- The old owner has waited for the new ones before and does so still: it prunes when they have applied.
local function waits_for_new_owner(found, pair, owners)
  local before, after = {}, {}
  for _, id in ipairs(owners) do
    local other = found.entry[id]
    if not other or not other.before or source_of(other.after) ~= source_of(pair.after) then return false end
    before[other.before.id], after[other.after.id] = true, true
  end
  return #owners > 0 and waits_for(pair.before, before, found.before.by_id, {})
    and waits_for(pair.after, after, found.after.by_id, {})
end

local function is_waited_for(found, pair, owners)
  for _, id in ipairs(owners) do
    local other = found.entry[id]
    if other and waits_for(other.after, { [pair.after.id] = true }, found.after.by_id, {}) then return true end
  end
  return false
end

-- ---- one object that an owner loses ----

local PROTECT = 'in a commit before: spec.prune: false of %s; move when Flux has applied that; then prune: true again'

local function hazard(id, severity, change, pair, reason, remedy, field, value)
  local object = (change.before or change.after).object
  return { id = id, severity = severity, object = change.id, entry = pair.id, reason = reason, remedy = remedy,
    file = object.file, line = object.line, protect = field and { entry = pair.id, path = { 'spec', field }, value = value } }
end

local function moved(found, change, pair, owners)
  local old, new = pair.before.parameters, pair.after.parameters
  if old.prune ~= true and new.prune ~= true or pair.before.suspended and pair.after.suspended then return nil end
  if waits_for_new_owner(found, pair, owners) then return nil end
  local name = short(pair.after)
  if change.id == pair.id then
    return hazard('flux.self-pruned', 'high', change, pair,
      ('%s does not render itself any more: it prunes itself, and its finalizer deletes all it applied'):format(name),
      PROTECT:format(name), 'prune', false)
  end
  local order = is_waited_for(found, pair, owners) and 'the new owner waits for it, so it always comes first'
    or 'whether it or the new owner comes first is a toss'
  return hazard('flux.prune-moved', 'high', change, pair,
    ('%s prunes what it does not render any more, as long as the object bears its label; %s'):format(name, order),
    PROTECT:format(name), 'prune', false)
end

-- The parent that would delete the Kustomization: one that prunes.
local function is_deleted(found, pair)
  for _, id in ipairs(pair.before.parents) do
    local parent = found.before.by_id[id]
    if parent and id ~= pair.before.id and (not is_kustomization(parent) or parent.parameters.prune == true) then return true end
  end
  return false
end

local function gone(found, change, pair)
  local name = short(pair.before)
  if not is_deleted(found, pair) or is_excluded(pair.before.object.node) then return nil end
  if pair.before.suspended or not deletes_with_itself(pair.before.parameters) then return nil end
  return hazard('flux.prune-renamed', 'high', change, pair,
    ('%s goes, and its finalizer deletes all it applied before a new owner has it'):format(name),
    ('in a commit before: spec.deletionPolicy: Orphan of %s; go on when Flux has observed that'):format(name), 'deletionPolicy', 'Orphan')
end

local function removed(change, pair)
  local prunes = pair.after and (pair.before.parameters.prune == true or pair.after.parameters.prune == true)
    or not pair.after and deletes_with_itself(pair.before.parameters)
  if not prunes then return nil end
  local precious = PRECIOUS[change.before.kind]
  return hazard('flux.prune-removed', precious and 'high' or 'low', change, pair,
    ('%s deletes it%s'):format(short(pair.before), precious and ', and what it holds' or ''),
    ('where it must stay: the annotation %s/prune: disabled in a commit before'):format(GROUP))
end

local function lost(found, change, id, owners)
  local pair = found.entry[id]
  if not pair or not is_kustomization(pair.before) then return nil end
  for _, claim in ipairs(change.before.claims) do
    if claim.entry == pair.before and is_excluded(claim.object.node) then return nil end
  end
  if not change.after then return removed(change, pair) end
  if not pair.after then return gone(found, change, pair) end
  return moved(found, change, pair, owners)
end

local function two_owners(found, change)
  local ids = list.filter(change.owners.after, function(id)
    local pair = found.entry[id]
    return pair ~= nil and pair.after ~= nil and is_kustomization(pair.after)
  end)
  if #ids < 2 or #change.owners.before >= 2 then return nil end
  local names = list.map(ids, function(id) return short(found.entry[id].after) end)
  return hazard('flux.two-owners', 'medium', change, found.entry[ids[1]],
    ('%s apply it in turns: each run takes it from the other, and the first that drops it may delete it'):format(
      table.concat(names, ' and ')), 'let one of them render it')
end

local function add(out, item) out[#out + 1] = item end

local function of_change(found, change, out)
  if change.uncertain or not change.before then return end
  local owners = change.owners or change.after and { before = {}, after = {} }
    or { before = found.owners(change.before), after = {} }
  local still = list.set(owners.after)
  for _, id in ipairs(owners.before) do
    if not still[id] then add(out, lost(found, change, id, owners.after)) end
  end
  if change.owners then add(out, two_owners(found, change)) end
end

-- ---- entry points themselves ----

local function of_entry(found, pair, out)
  local entry = pair.before
  if not entry or not is_kustomization(entry) then return end
  local item = { entry = pair.id, file = entry.object.file, line = entry.object.line }
  if pair.after and pair.after.failed and not entry.failed then
    item.id, item.severity = 'flux.fails', 'medium'
    item.reason = ('%s cannot be built any more: it applies and prunes nothing until it can be'):format(short(entry))
    item.remedy = 'mend it in the same push: ' .. found.reason(pair.after)
    add(out, item)
  elseif not pair.after and not found.hidden(pair) and not is_deleted(found, pair) then
    item.id, item.severity = 'flux.left-behind', 'medium'
    item.reason = ('nobody deletes %s from the cluster: it goes on with what its path holds then'):format(short(entry))
    item.remedy = 'kubectl delete it by hand when its objects have their new owners (deletionPolicy: Orphan before that)'
    add(out, item)
  end
end

---@param found ifx.gitops.Comparison
---@return ifx.gitops.Hazard[]
function M.find(found)
  local out = {}
  for _, change in ipairs(found.changes) do of_change(found, change, out) end
  for _, pair in ipairs(found.entries) do of_entry(found, pair, out) end
  return out
end

return M
