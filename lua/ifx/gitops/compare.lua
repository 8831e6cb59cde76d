-- compare.lua: what controllers would apply, remove and hand over between two trees. SPDX-License-Identifier: Apache-2.0
local difference = require 'ifx.k8s.difference'
local err = require 'err'
local list = require 'ifx.list'

---One of two trees, walked.
---@class ifx.gitops.Side
---@field result ifx.gitops.Result
---@field ownership ifx.gitops.Ownership
---@field origin ifx.gitops.Origin|nil
---@field registry ifx.Registry

---An object that is not the same in both: at least one of `before` and `after` is there.
---@class ifx.gitops.Change
---@field id string  in the clusters of `after`
---@field before ifx.gitops.Owned|nil
---@field after ifx.gitops.Owned|nil
---@field fields ifx.k8s.Difference[]   of an object that is on both sides
---@field owners { before: string[], after: string[] }|nil  ids of entry points: other ones than before
---@field uncertain string|nil          why nobody can say: the id of an entry point whose objects are not known on one side

---An entry point whose objects are not known on at least one side.
---@class ifx.gitops.Unknown
---@field id string
---@field before ifx.gitops.Entry|nil  nil: it is not on that side, or what it applies is known there
---@field after ifx.gitops.Entry|nil
---@field same boolean  unknown on both sides for the same reason

---@class ifx.gitops.Comparison
---@field changes ifx.gitops.Change[]   by id
---@field unknown ifx.gitops.Unknown[]  by id
---@field same integer                  objects that are equal, with the same owners
---@field objects { id: string, before: ifx.gitops.Owned?, after: ifx.gitops.Owned? }[]  all of them, by id
---@field verdict 'equal'|'changed'|'unknown'  unknown: some objects are not known, or there
---is no entry point, and nothing else changes
---@field entries ifx.gitops.EntryPair[]        by id
---@field entry table<string, ifx.gitops.EntryPair>
---@field before ifx.gitops.Result  as it was walked: ids in its own clusters
---@field after ifx.gitops.Result
---@field owners fun(owned: ifx.gitops.Owned): string[]  of an object before: ids in the clusters of `after`, sorted
---@field reason fun(entry: ifx.gitops.Entry): string    why its objects are not known
---@field hidden fun(pair: ifx.gitops.EntryPair): string?  is it not known whether it is there after? What hides it
---@field hazards ifx.gitops.Hazard[]|nil        once they were looked for

---An entry point, before and after.
---@class ifx.gitops.EntryPair
---@field id string
---@field before ifx.gitops.Entry|nil
---@field after ifx.gitops.Entry|nil

local compare = {}

local function is_not_checkable(problem) return problem.kind == 'not-checkable' and problem.severity == 'error' end

---Are the objects of this entry point not known, or not all of them?
---@param entry ifx.gitops.Entry
---@return boolean
function compare.is_unknown(entry)
  return entry.failed ~= nil or entry.why ~= nil or entry.opaque ~= nil or list.find(entry.problems, is_not_checkable) ~= nil
end

---Why its objects are not known.
---@param entry ifx.gitops.Entry
---@return string
function compare.reason(entry)
  local problem = not entry.failed and list.find(entry.problems, is_not_checkable) or entry.problems[#entry.problems]
  return entry.opaque or problem and problem.message or 'it is not known'
end

local is_unknown, reason = compare.is_unknown, compare.reason

-- The names of clusters before as they are after. One on each side is the same one, however its folder is called.
local function renamed(before, after, given)
  if #before == 1 and #after == 1 and not given[before[1]] then return { [before[1]] = after[1] } end
  return given
end

local function longest_first(a, b)
  if #a ~= #b then return #a > #b end
  return a < b
end

-- CLUSTER, CLUSTER/REST and CLUSTER:REST with the other name.
local function rename(word, names)
  for _, old in ipairs(list.sorted(list.keys(names), longest_first)) do
    local new = names[old]
    if word:sub(1, #old) == old and (#word == #old or word:find('^[/:]', #old + 1)) then return new .. word:sub(#old + 1) end
  end
  return word
end

local function refuse(old, new, message)
  err.raise { kind = 'argument', message = ('--cluster %s=%s: %s'):format(old, new, message),
    hint = '`ifx owners` says the names of clusters' }
end

-- Two clusters of one name would hide the objects of each other.
local function check_names(before, after, given)
  local is_before, is_after, by_name = list.set(before), list.set(after), {}
  for _, old in ipairs(list.keys(given)) do
    if not is_before[old] then refuse(old, given[old], 'there is no such cluster before') end
    if not is_after[given[old]] then refuse(old, given[old], 'there is no such cluster after') end
  end
  for _, old in ipairs(before) do
    local new = rename(old, given)
    if by_name[new] then refuse(old, new, ('%s before is the same one after'):format(by_name[new])) end
    by_name[new] = old
  end
end

local function by_renamed(items, names)
  local out = {}
  for _, item in ipairs(items) do out[rename(item.id, names)] = item end
  return out
end

-- All that is in the clusters, also what somebody applied by hand.
local function all_of(side, names)
  return by_renamed(list.append(list.append({}, side.ownership.owned), side.ownership.roots), names)
end

local function owner_ids(owned, names)
  return list.sorted(list.map(owned.claims, function(claim) return rename(claim.entry.id, names) end))
end

local function is_same_list(a, b) return table.concat(a, '\0') == table.concat(b, '\0') end

-- What differs between the contents that the owners give an object: each is held against its own before, a new one
-- against the first.
local function fields_of(before, after, names)
  local own, out, seen = {}, {}, {}
  for _, claim in ipairs(before.claims) do own[rename(claim.entry.id, names)] = claim.object end
  local function add(a, b)
    for _, field in ipairs(difference(a.node, b.node)) do
      if not seen[field.path] then out[#out + 1], seen[field.path] = field, true end
    end
  end
  for _, claim in ipairs(after.claims) do add(own[claim.entry.id] or before.object, claim.object) end
  if #after.claims == 0 then add(before.object, after.object) end
  return out
end

-- Whether the objects of an entry point of one side are known on the other: the id of what hides them.
local function hidden_by(entry, own_by_id, others, other_name, seen)
  if seen[entry] then return nil end
  seen[entry] = true
  local other = others[other_name(entry.id)]
  if other then return is_unknown(other) and other.id or nil end
  for _, id in ipairs(entry.parents) do
    local parent = own_by_id[id]
    local hidden = parent and hidden_by(parent, own_by_id, others, other_name, seen)
    if hidden then return hidden end
  end
end

local function uncertain(owned, own_by_id, others, other_name)
  for _, claim in ipairs(owned.claims) do
    local hidden = hidden_by(claim.entry, own_by_id, others, other_name, {})
    if hidden then return hidden end
  end
end

local function change_of(id, before, after, names)
  local change = { id = id, before = before, after = after, fields = {} }
  if before and after then
    change.fields = fields_of(before, after, names)
    local old, new = owner_ids(before, names), owner_ids(after, {})
    if not is_same_list(old, new) then change.owners = { before = old, after = new } end
    if #change.fields == 0 and not change.owners then return nil end
  end
  return change
end

local function unknown_of(before, after)
  local out = {}
  local ids = list.set(list.append(list.keys(before), list.keys(after)))
  for _, id in ipairs(list.keys(ids)) do
    local a, b = before[id], after[id]
    local old, new = a and is_unknown(a) and a or nil, b and is_unknown(b) and b or nil
    if old or new then
      out[#out + 1] = { id = id, before = old, after = new, same = old ~= nil and new ~= nil and reason(old) == reason(new) }
    end
  end
  return out
end

local function pairs_of(before, after)
  local out, by_id = {}, {}
  for i, id in ipairs(list.keys(list.set(list.append(list.keys(before), list.keys(after))))) do
    out[i] = { id = id, before = before[id], after = after[id] }
    by_id[id] = out[i]
  end
  return out, by_id
end

local function verdict_of(found)
  if #found.changes > 0 then return 'changed' end
  if #found.entries == 0 then return 'unknown' end
  for _, unknown in ipairs(found.unknown) do
    if not unknown.same then return 'unknown' end
  end
  return 'equal'
end

---@param before ifx.gitops.Side
---@param after ifx.gitops.Side
---@param clusters table<string, string>|nil  names of clusters after, by those before, where they differ
---@return ifx.gitops.Comparison
---Raises 'argument' for names that are of no cluster, and where two clusters would be one.
function compare.sides(before, after, clusters)
  check_names(before.result.clusters, after.result.clusters, clusters or {})
  local names = renamed(before.result.clusters, after.result.clusters, clusters or {})
  local old, new = all_of(before, names), all_of(after, {})
  local old_entries, new_entries = by_renamed(before.result.entries, names), after.result.by_id
  local found = { changes = {}, same = 0, objects = {} }
  for _, id in ipairs(list.keys(list.set(list.append(list.keys(old), list.keys(new))))) do
    local change = change_of(id, old[id], new[id], names)
    found.objects[#found.objects + 1] = { id = id, before = old[id], after = new[id] }
    if not change then
      found.same = found.same + 1
    else
      if not change.after then
        change.uncertain = uncertain(old[id], before.result.by_id, new_entries, function(entry) return rename(entry, names) end)
      elseif not change.before then
        change.uncertain = uncertain(new[id], new_entries, old_entries, function(entry) return entry end)
      end
      found.changes[#found.changes + 1] = change
    end
  end
  found.unknown = unknown_of(old_entries, new_entries)
  found.entries, found.entry = pairs_of(old_entries, new_entries)
  found.before, found.after, found.reason = before.result, after.result, compare.reason
  function found.owners(owned) return owner_ids(owned, names) end
  function found.hidden(pair)
    return hidden_by(pair.before, before.result.by_id, new_entries, function(entry) return rename(entry, names) end, {})
  end
  found.verdict = verdict_of(found)
  return found
end

return compare
