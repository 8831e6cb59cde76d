-- hazards.lua: what Argo CD would delete when the tree becomes the other one. SPDX-License-Identifier: Apache-2.0
local k8s = require 'ifx.k8s.objects'
local policy = require './policy'
local protection = require './protection'
local url = require 'ifx.repo.url'

local M = {}

M.kinds = {
  ['argocd.prune-moved'] = 'an Application deletes an object that another one applies from now on',
  ['argocd.path-changed'] = 'an Application may sync its old path with the new files',
  ['argocd.application-removed'] = 'an Application goes: what it applied is deleted with it, or stays without an owner',
  ['argocd.applicationset-removed'] = 'an ApplicationSet goes or makes fewer Applications, which go with what they applied',
  ['argocd.prune-removed'] = 'an object that nobody renders any more is deleted',
  ['argocd.two-owners'] = 'two Applications apply one object, and take it from each other',
  ['argocd.empty'] = 'an Application renders nothing any more, and refuses to sync that',
  ['argocd.fails'] = 'an Application cannot be rendered any more',
}

local function short(entry) return ('%s %s/%s'):format(entry.kind, entry.namespace, entry.name) end

local function add(out, item) out[#out + 1] = item end

-- ---- paths ----

-- The folders of the tree that its sources take; another repository does not change with it.
local function folders_of(entry)
  local first, spec, out = entry.source, entry.parameters, {}
  if not first or not first.tree or first.revision then return out end
  out[first.path] = true
  for _, source in ipairs(spec.sources or {}) do
    local same = type(source.repoURL) == 'string' and url.identity(source.repoURL) == url.identity(first.url)
    local folder = same and type(source.path) == 'string' and path.normalize(source.path == '' and '.' or source.path)
    if folder then out[folder == '.' and '' or folder] = true end
  end
  return out
end

-- Those that it may sync with the files of the new revision, before it knows that they are not its own any more.
local function old_folders(found, pair)
  local out, after = {}, pair.after and folders_of(pair.after) or {}
  if not policy.automated(pair.before) then return out end
  for folder in pairs(folders_of(pair.before)) do
    if not after[folder] and found.after.context.tree:exists(folder) == 'dir' then out[folder] = true end
  end
  return out
end

local function shares_folder(folders, entry)
  for folder in pairs(entry and policy.is_application(entry) and folders_of(entry) or {}) do
    if folders[folder] then return true end
  end
  return false
end

-- ---- who deletes an Application or an ApplicationSet ----

-- The one that makes an Application, before.
local function set_of(found, entry)
  local id = list.find(entry.parents, function(parent)
    local made_by = found.before.by_id[parent]
    return made_by ~= nil and policy.is_set(made_by)
  end)
  return id and found.before.by_id[id]
end

local pairs_of = setmetatable({}, { __mode = 'k' })

-- By the entry point before: its id may have another name for the cluster.
local function pair_of(found, entry)
  local known = pairs_of[found]
  if not known then
    known = {}
    for _, pair in ipairs(found.entries) do
      if pair.before then known[pair.before] = pair end
    end
    pairs_of[found] = known
  end
  return known[entry]
end

local function deletes(found, parent, pair, seen)
  local of_parent = pair_of(found, parent)
  local goes_too = of_parent and not of_parent.after
  if policy.is_set(parent) then
    return policy.set_deletes(parent) and (not goes_too or M.is_deleted(found, of_parent, seen))
  elseif not policy.is_application(parent) then
    return true
  end
  local node = pair.before.object.node
  local prunes = policy.prunes(parent) or policy.prunes(of_parent and of_parent.after)
  if prunes and policy.may_prune(node, parent) then return true end
  local cascades = policy.cascades(parent) and policy.may_delete(node, parent)
  return goes_too and cascades and M.is_deleted(found, of_parent, seen) or false
end

---Does anybody delete this entry point when it is rendered no more?
---@param found ifx.gitops.Comparison
---@param pair ifx.gitops.EntryPair
---@param seen table<ifx.gitops.Entry, true>|nil
---@return boolean
function M.is_deleted(found, pair, seen)
  seen = seen or {}
  if seen[pair.before] then return false end
  seen[pair.before] = true
  for _, id in ipairs(pair.before.parents) do
    local parent = found.before.by_id[id]
    if parent and parent ~= pair.before and deletes(found, parent, pair, seen) then return true end
  end
  return false
end

-- ---- one object that an owner loses ----

local function hazard(id, severity, change, entry_id, reason, remedy, protect)
  local object = (change.before or change.after).object
  return { id = id, severity = severity, object = change.id, entry = entry_id, reason = reason, remedy = remedy,
    file = object.file, line = object.line, protect = protect }
end

local NO_PRUNE = 'in a commit before: spec.syncPolicy.automated.prune: false of %s; move when Argo CD has that; prune: true '
  .. 'again when the new owner is synced'

local function prune_moved(found, change, pair, reason)
  return hazard('argocd.prune-moved', 'high', change, pair.id, reason, NO_PRUNE:format(short(pair.before)),
    protection.no_prune(pair, set_of(found, pair.before)))
end

-- Automated sync refuses to prune all there is, as long as that is all there is to do.
local function refuses(found, pair)
  local after = pair.after
  return after ~= nil and #after.objects == 0 and not after.failed and not after.why and not after.opaque
    and not policy.allows_empty(pair.before) and not policy.allows_empty(after) and next(old_folders(found, pair)) == nil
end

local function prunes(found, pair)
  return (policy.prunes(pair.before) or policy.prunes(pair.after)) and not refuses(found, pair)
end

-- Both specs have a say: the one before may be acted on when the files are the new ones.
local function may_prune(claim, pair)
  return policy.may_prune(claim.object.node, pair.before) or pair.after ~= nil and policy.may_prune(claim.object.node, pair.after)
end

local function moved(found, change, pair, claim)
  if not prunes(found, pair) or not may_prune(claim, pair) then return nil end
  local name, child = short(pair.before), found.entry[change.id]
  local reason = ('%s prunes what it does not render any more, as long as the tracking-id of the object names it; whether it or '
    .. 'the new owner syncs first is a toss'):format(name)
  if change.id == pair.id then
    reason = ('%s does not render itself any more, and prunes itself'):format(name)
  end
  if child and child.before and policy.is_application(child.before) and policy.cascades(child.before) then
    reason = reason .. '; the finalizer of the Application deletes all that it applied'
  end
  return prune_moved(found, change, pair, reason)
end

local function removal_id(found, entry)
  return set_of(found, entry) and 'argocd.applicationset-removed' or 'argocd.application-removed'
end

local function gone(found, change, pair, claim, owners, out)
  local name, old = short(pair.before), old_folders(found, pair)
  local still_there = list.find(owners, function(id)
    local other = found.entry[id] and found.entry[id].after
    return shares_folder(old, other)
  end)
  if policy.prunes(pair.before) and next(old) and not still_there and may_prune(claim, pair) then
    add(out, prune_moved(found, change, pair,
      ('%s, as long as it is in the cluster, prunes what its path does not hold any more'):format(name)))
  end
  local cascades = policy.cascades(pair.before) and policy.may_delete(claim.object.node, pair.before)
  if cascades and M.is_deleted(found, pair) then
    local set = set_of(found, pair.before)
    add(out, hazard(removal_id(found, pair.before), 'high', change, pair.id,
      ('%s goes, and its finalizer deletes what it applied before a new owner has it'):format(name),
      protection.keep_advice(pair, set), protection.no_cascade(pair, set)))
  end
end

-- What is in another cluster from now on it does not look for in the old one.
local function goes_elsewhere(pair)
  local function place(entry) return entry.cluster:sub(#entry.home + 1) end
  return pair.after ~= nil and place(pair.before) ~= place(pair.after)
end

local KEEP = 'where it must stay: the annotation argocd.argoproj.io/sync-options: %s=false in a commit before'

local function removed(found, change, pair, claim)
  local precious = k8s.precious[change.before.kind] and 'high' or 'low'
  local and_more = precious == 'high' and ', and what it holds' or ''
  local name, node = short(pair.before), claim.object.node
  local is_pruned = pair.after and not goes_elsewhere(pair) and prunes(found, pair)
    or not pair.after and policy.prunes(pair.before) and next(old_folders(found, pair)) ~= nil
  if is_pruned and may_prune(claim, pair) then
    return hazard('argocd.prune-removed', precious, change, pair.id, ('%s deletes it%s'):format(name, and_more),
      KEEP:format 'Prune')
  elseif not pair.after and policy.cascades(pair.before) and policy.may_delete(node, pair.before)
    and M.is_deleted(found, pair) then
    return hazard('argocd.prune-removed', precious, change, pair.id,
      ('%s goes, and its finalizer deletes it%s'):format(name, and_more), KEEP:format 'Delete')
  end
end

-- An Application that its set makes no more, and somebody else does.
local function left_set(found, change, pair)
  local child = found.entry[change.id]
  local goes_on = not pair.after and not M.is_deleted(found, pair)
  if not child or not child.before or not policy.set_deletes(pair.before) or goes_on then return nil end
  local cascades = policy.cascades(child.before)
  local reason = ('%s deletes it before somebody else makes it again%s'):format(short(pair.before),
    cascades and ', and its finalizer what it applied' or '; what it applied stays')
  return hazard('argocd.applicationset-removed', cascades and 'high' or 'low', change, pair.id, reason,
    protection.keep_advice(child, pair.before), cascades and protection.no_cascade(child, pair.before) or nil)
end

local function claim_of(change, entry)
  return list.find(change.before.claims, function(claim) return claim.entry == entry end)
end

local function lost(found, change, id, owners, out)
  local pair = found.entry[id]
  local before = pair and pair.before
  if not before or before.plugin ~= 'argocd' then return end
  if policy.is_set(before) then
    if change.after then add(out, left_set(found, change, pair)) end
    return
  end
  local claim, entry = claim_of(change, before), found.entry[change.id]
  if not change.after then
    local is_own = entry and entry.before and entry.before.plugin == 'argocd'
    if not is_own then add(out, removed(found, change, pair, claim)) end
  elseif not pair.after then
    gone(found, change, pair, claim, owners, out)
  else
    add(out, moved(found, change, pair, claim))
  end
end

local function two_owners(found, change)
  local ids = list.filter(change.owners.after, function(id)
    local pair = found.entry[id]
    return pair ~= nil and pair.after ~= nil and policy.is_application(pair.after)
  end)
  if #ids < 2 or #change.owners.before >= 2 then return nil end
  local names = list.map(ids, function(id) return short(found.entry[id].after) end)
  return hazard('argocd.two-owners', 'medium', change, ids[1],
    ('%s both apply it (SharedResourceWarning): each sync takes it from the other, and who drops it may prune it'):format(
      table.concat(names, ' and ')), 'let one of them render it')
end

local function of_change(found, change, out)
  if change.uncertain or not change.before then return end
  local owners = change.owners or change.after and { before = {}, after = {} }
    or { before = found.owners(change.before), after = {} }
  local still = list.set(owners.after)
  for _, id in ipairs(owners.before) do
    if not still[id] then lost(found, change, id, owners.after, out) end
  end
  if change.owners and change.after then add(out, two_owners(found, change)) end
end

-- ---- entry points themselves ----

local function of_pair(id, severity, pair, reason, remedy, protect)
  local object = (pair.after or pair.before).object
  return { id = id, severity = severity, entry = pair.id, reason = reason, remedy = remedy, protect = protect,
    file = object.file, line = object.line }
end

-- Who is taken from, and does not take back by himself.
local function healers(found, pair, old, out)
  for _, other in ipairs(found.entries) do
    local after = other.after
    local automated = after and other ~= pair and shares_folder(old, after) and policy.automated(after)
    if automated and automated.selfHeal ~= true then
      add(out, of_pair('argocd.path-changed', 'high', pair,
        ('%s may sync its old path once more, and take what %s applies, which does not heal: who prunes later deletes it'):format(
          short(pair.after), short(after)),
        ('in a commit before: spec.syncPolicy.automated.selfHeal: true of %s, until both are synced'):format(short(after)),
        protection.heal(other)))
    end
  end
end

local function path_changed(found, pair, out)
  local old = old_folders(found, pair)
  if next(old) == nil or not prunes(found, pair) then return end
  local shown = list.map(list.keys(old), function(folder) return folder == '' and '.' or folder end)
  add(out, of_pair('argocd.path-changed', 'high', pair,
    ('%s may sync its old path %s once more, which is still there: it takes what that holds, and prunes what it does not'):format(
      short(pair.after), table.concat(shown, ', ')), NO_PRUNE:format(short(pair.after)),
    protection.no_prune(pair, set_of(found, pair.before))))
  healers(found, pair, old, out)
end

local function still_there(found, pair, out)
  local after = pair.after
  if after.failed and not pair.before.failed then
    add(out, of_pair('argocd.fails', 'medium', pair,
      ('%s cannot be rendered any more: it syncs and prunes nothing until it can be'):format(short(after)),
      'mend it in the same push: ' .. found.reason(after)))
  elseif not after.failed then
    path_changed(found, pair, out)
    if refuses(found, pair) and policy.prunes(after) and #pair.before.objects > 0 then
      add(out, of_pair('argocd.empty', 'low', pair,
        ('%s renders nothing any more: without allowEmpty it refuses to sync that, and is OutOfSync while it has objects'):format(
          short(after)), 'delete the Application, or set allowEmpty when its objects shall be deleted'))
    end
  end
end

-- It takes over what is in its old path now, and deletes that with itself.
local function takes_along(found, pair, id, out)
  local old = old_folders(found, pair)
  local known = list.find(out, function(one) return one.entry == pair.id and one.id == id and one.object ~= nil end)
  if known or not policy.cascades(pair.before) or next(old) == nil then return nil end
  local set = set_of(found, pair.before)
  return of_pair(id, 'high', pair,
    ('%s goes, but may sync its old path once more, which is still there: it takes what that holds now from its owner, and its '
      .. 'finalizer deletes it'):format(short(pair.before)), protection.keep_advice(pair, set), protection.no_cascade(pair, set))
end

local function application_removed(found, pair, out)
  local name, id = short(pair.before), removal_id(found, pair.before)
  local set = set_of(found, pair.before)
  if not M.is_deleted(found, pair) then
    return of_pair(id, 'medium', pair,
      ('nobody deletes %s from the cluster: it goes on with what its path holds then'):format(name),
      'delete it by hand, without its finalizer, when its objects have their new owners')
  end
  local along = takes_along(found, pair, id, out)
  if along then return along end
  local maker = set and ('%s does not make it any more: '):format(short(set)) or ''
  if policy.cascades(pair.before) then
    return of_pair(id, 'high', pair, ('%s%s goes, and its finalizer deletes what it applied'):format(maker, name),
      protection.keep_advice(pair, set))
  end
  return of_pair(id, 'low', pair,
    ('%s%s goes, and leaves what it applied: what nobody else renders has no owner then'):format(maker, name),
    'delete by hand what is not wanted')
end

local function set_removed(found, pair)
  local name, id = short(pair.before), 'argocd.applicationset-removed'
  if not M.is_deleted(found, pair) then
    return of_pair(id, 'medium', pair, ('nobody deletes %s from the cluster: it goes on making Applications'):format(name),
      'kubectl delete it by hand, with --cascade=orphan where its Applications shall stay')
  elseif not policy.set_deletes(pair.before) then
    return of_pair(id, 'low', pair, ('%s goes, and leaves its Applications'):format(name), 'delete by hand what is not wanted')
  end
  local cascades = list.find(pair.before.objects, function(object)
    return policy.cascades { object = object }
  end)
  return of_pair(id, cascades and 'high' or 'low', pair, ('%s goes, and its Applications with it%s'):format(name,
    cascades and ', with what they applied' or '; what they applied stays'), protection.keep_advice(pair, pair.before))
end

local function of_entry(found, pair, out)
  local entry = pair.before
  if not entry or entry.plugin ~= 'argocd' then return end
  if policy.is_set(entry) then
    if not pair.after and not found.hidden(pair) then add(out, set_removed(found, pair)) end
  elseif pair.after then
    still_there(found, pair, out)
  elseif not found.hidden(pair) then
    add(out, application_removed(found, pair, out))
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
