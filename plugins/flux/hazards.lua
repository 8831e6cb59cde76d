-- hazards.lua: what Flux would delete when the tree becomes the other one. SPDX-License-Identifier: Apache-2.0
local k8s = require 'ifx.k8s.objects'

local M = {}

M.kinds = {
  ['flux.prune-moved'] = 'a Kustomization deletes an object that another one applies from now on',
  ['flux.path-changed'] = 'a Kustomization may build its old path with the new files',
  ['flux.prune-renamed'] = 'a Kustomization that goes takes along what others apply from now on',
  ['flux.self-pruned'] = 'a Kustomization deletes itself, and with that all it applied',
  ['flux.prune-removed'] = 'an object that nobody renders any more is deleted',
  ['flux.left-behind'] = 'a Kustomization that nobody renders any more stays in the cluster, and goes on',
  ['flux.two-owners'] = 'two Kustomizations apply one object, and take it from each other',
  ['flux.fails'] = 'a Kustomization cannot be built any more',
}

local GROUP = 'kustomize.toolkit.fluxcd.io'

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

-- Does `entry` wait for one of `wanted`, directly or through others of its cluster? Who is passed must be `usable`.
local function waits_for(entry, wanted, by_id, seen, usable)
  for _, other in ipairs(entry.depends or {}) do
    local id = ('%s:%s.%s/%s/%s'):format(entry.home, entry.kind, entry.group, other.namespace or entry.namespace, other.name)
    local found = by_id[id]
    if found and not seen[found] and (not usable or usable(found)) then
      seen[found] = true
      if wanted[id] or waits_for(found, wanted, by_id, seen, usable) then return true end
    end
  end
  return false
end

local function source_of(entry)
  local ref = entry.parameters.sourceRef or {}
  return ('%s/%s/%s'):format(ref.kind or '', ref.namespace or entry.namespace, ref.name or '')
end

-- The old owner has waited for the new ones before and does so still: it prunes when they have applied. One whose definition
-- changes as well may report the new revision as applied with its old path. Of one with another source it is only asked that
-- it is ready, which it is from before: who waits through it does not wait.
local function waits_for_new_owner(found, pair, owners)
  local before, after = {}, {}
  local function follows(entry)
    return function(other) return is_kustomization(other) and source_of(other) == source_of(entry) end
  end
  for _, id in ipairs(owners) do
    local other = found.entry[id]
    local same = other and other.before and other.before.object.node:equal(other.after.object.node)
    if not same or source_of(other.after) ~= source_of(pair.after) then return false end
    before[other.before.id], after[other.after.id] = true, true
  end
  return #owners > 0 and waits_for(pair.before, before, found.before.by_id, {}, follows(pair.before))
    and waits_for(pair.after, after, found.after.by_id, {}, follows(pair.after))
end

local function is_waited_for(found, pair, owners)
  for _, id in ipairs(owners) do
    local other = found.entry[id]
    if other and waits_for(other.after, { [pair.after.id] = true }, found.after.by_id, {}) then return true end
  end
  return false
end

local function add(out, item) out[#out + 1] = item end

-- ---- one object that an owner loses ----

local PROTECT = 'in a commit before: spec.prune: false of %s; move when Flux has applied that; then prune: true again'

local OBSERVED = "'{.spec.%s} {.metadata.generation} {.status.observedGeneration}'"

-- What keeps it from happening, and how it is seen that the controller knows.
local function protection(pair, field, value)
  local entry = pair.before or pair.after
  return { entry = pair.id, path = { 'spec', field }, value = value, check = {
    command = ('kubectl -n %s get kustomizations.%s %s -o jsonpath=' .. OBSERVED):format(entry.namespace, GROUP,
      entry.name, field),
    expect = ('%s and twice the same number'):format(value) } }
end

local function hazard(id, severity, change, pair, reason, remedy, field, value)
  local object = (change.before or change.after).object
  return { id = id, severity = severity, object = change.id, entry = pair.id, reason = reason, remedy = remedy,
    file = object.file, line = object.line, protect = field and protection(pair, field, value) or nil }
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

-- With the files of the new revision a Kustomization may still build its old path, as long as its parent has not told it
-- otherwise: is that path still there?
local function may_build_old_path(found, pair)
  local source = pair.before.source
  return source and not pair.before.suspended and found.after.context.tree:exists(source.path) == 'dir'
end

local is_deleted

local pairs_before = setmetatable({}, { __mode = 'k' })

-- The pair of an entry point, by its id before.
local function pair_of(found, id)
  local known = pairs_before[found] or {}
  for _, pair in ipairs(pairs_before[found] and {} or found.entries) do
    if pair.before then known[pair.before.id] = pair end
  end
  pairs_before[found] = known
  return known[id]
end

-- Would this parent delete what it does not render any more? Itself: where it can still build the path that does not hold it.
local function is_deleted_by(found, parent, pair, seen)
  if not is_kustomization(parent) then return true end
  local parents = pair_of(found, parent.id)
  local after = parents and parents.after
  if parent.suspended and (not after or after.suspended) then return false end
  if parent == pair.before then return parent.parameters.prune == true and may_build_old_path(found, pair) end
  if parent.parameters.prune == true or after and after.parameters.prune == true then return true end
  return parents ~= nil and not after and deletes_with_itself(parent.parameters) and is_deleted(found, parents, seen)
end

-- Does anybody delete this Kustomization, which is not there any more?
is_deleted = function(found, pair, seen)
  seen = seen or {}
  if seen[pair] or is_excluded(pair.before.object.node) then return false end
  seen[pair] = true
  for _, id in ipairs(pair.before.parents) do
    local parent = found.before.by_id[id]
    if parent and is_deleted_by(found, parent, pair, seen) then return true end
  end
  return false
end

-- Would the old Kustomization, which builds its path until it is deleted, still find the object there?
local function is_in_old_path(found, pair, owners)
  local path = pair.before.source and pair.before.source.path
  return list.find(owners, function(id)
    local other = found.entry[id] and found.entry[id].after
    return other and other.source and other.source.path == path and source_of(other) == source_of(pair.before)
  end) ~= nil
end

local function gone(found, change, pair, owners, out)
  local name, spec = short(pair.before), pair.before.parameters
  if pair.before.suspended then return end
  if spec.prune == true and may_build_old_path(found, pair) and not is_in_old_path(found, pair, owners) then
    add(out, hazard('flux.prune-moved', 'high', change, pair,
      ('%s, as long as it is in the cluster, prunes what its path does not hold any more'):format(name),
      PROTECT:format(name), 'prune', false))
  end
  if is_deleted(found, pair) and deletes_with_itself(spec) then
    add(out, hazard('flux.prune-renamed', 'high', change, pair,
      ('%s goes, and its finalizer deletes all it applied before a new owner has it'):format(name),
      ('in a commit before: spec.deletionPolicy: Orphan of %s; go on when Flux has observed that'):format(name),
      'deletionPolicy', 'Orphan'))
  end
end

local function removed(found, change, pair)
  local old, new = pair.before.parameters, pair.after and pair.after.parameters
  local is_idle = pair.before.suspended and (not pair.after or pair.after.suspended)
  local prunes = new and (old.prune == true or new.prune == true) or not new and (deletes_with_itself(old)
    and is_deleted(found, pair) or old.prune == true and may_build_old_path(found, pair))
  if is_idle or not prunes then return nil end
  local precious = k8s.precious[change.before.kind]
  return hazard('flux.prune-removed', precious and 'high' or 'low', change, pair,
    ('%s deletes it%s'):format(short(pair.before), precious and ', and what it holds' or ''),
    ('where it must stay: the annotation %s/prune: disabled in a commit before'):format(GROUP))
end

local function lost(found, change, id, owners, out)
  local pair = found.entry[id]
  if not pair or not is_kustomization(pair.before) then return end
  for _, claim in ipairs(change.before.claims) do
    if claim.entry == pair.before and is_excluded(claim.object.node) then return end
  end
  if not change.after then
    add(out, removed(found, change, pair))
  elseif not pair.after then
    gone(found, change, pair, owners, out)
  else
    add(out, moved(found, change, pair, owners))
  end
end

local function two_owners(found, change, owners)
  local ids = list.filter(owners.after, function(id)
    local pair = found.entry[id]
    return pair ~= nil and pair.after ~= nil and is_kustomization(pair.after)
  end)
  if #ids < 2 or #owners.before >= 2 then return nil end
  local names = list.map(ids, function(id) return short(found.entry[id].after) end)
  return hazard('flux.two-owners', 'medium', change, found.entry[ids[1]],
    ('%s apply it in turns: each run takes it from the other, and the first that drops it may delete it'):format(
      table.concat(names, ' and ')), 'let one of them render it')
end

local function of_change(found, change, out)
  if not change.before then
    local ids = list.map(change.after.claims, function(one) return one.entry.id end)
    add(out, two_owners(found, change, { before = {}, after = ids }))
  end
  if change.uncertain or not change.before then return end
  local owners = change.owners or change.after and { before = {}, after = {} }
    or { before = found.owners(change.before), after = {} }
  local still = list.set(owners.after)
  for _, id in ipairs(owners.before) do
    if not still[id] then lost(found, change, id, owners.after, out) end
  end
  if change.owners then add(out, two_owners(found, change, change.owners)) end
end

-- ---- entry points themselves ----

-- It takes over what is in its old path now, and deletes that with itself.
local function old_path_of_gone(found, pair, out)
  local known = list.find(out, function(one) return one.entry == pair.id and one.id == 'flux.prune-renamed' end)
  if known or not is_deleted(found, pair) or not may_build_old_path(found, pair)
    or not deletes_with_itself(pair.before.parameters) then return nil end
  local name = short(pair.before)
  return { id = 'flux.prune-renamed', severity = 'high', entry = pair.id, file = pair.before.object.file,
    line = pair.before.object.line, protect = protection(pair, 'deletionPolicy', 'Orphan'),
    reason = ('%s goes, but may build its old path once more, which is still there: it takes what that holds now from its owner, '
      .. 'and deletes it with itself'):format(name),
    remedy = ('in a commit before: spec.deletionPolicy: Orphan of %s; go on when Flux has observed that'):format(name) }
end

local function old_path(found, pair)
  local before, after = pair.before.source, pair.after.source
  local same = not before or not after or before.path == after.path
  local prunes = pair.before.parameters.prune == true or pair.after.parameters.prune == true
  if same or not prunes or not may_build_old_path(found, pair) then return nil end
  local name = short(pair.after)
  return { id = 'flux.path-changed', severity = 'high', entry = pair.id, file = pair.after.object.file,
    line = pair.after.object.line, protect = protection(pair, 'prune', false), remedy = PROTECT:format(name),
    reason = ('%s may build its old path %s once more, which is still there: it prunes what that does not hold any more'):format(
      name, before.path == '' and '.' or before.path) }
end

local function of_entry(found, pair, out)
  local entry = pair.before
  if not entry or not is_kustomization(entry) then return end
  local item = { entry = pair.id, file = entry.object.file, line = entry.object.line }
  if pair.after and pair.after.failed and not entry.failed then
    item.id, item.severity = 'flux.fails', 'medium'
    item.reason = ('%s cannot be built any more: it applies and prunes nothing until it can be'):format(short(entry))
    item.remedy = 'mend it in the same push: ' .. found.reason(pair.after)
    add(out, item)
  elseif pair.after and not pair.after.failed then
    add(out, old_path(found, pair))
  elseif not pair.after and not found.hidden(pair) and is_deleted(found, pair) then
    add(out, old_path_of_gone(found, pair, out))
  elseif not pair.after and not found.hidden(pair) then
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
