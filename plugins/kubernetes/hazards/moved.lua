-- moved.lua: objects that get another name or namespace, and so are new ones. SPDX-License-Identifier: Apache-2.0

local common = require './hazards/common'

local M = {}

-- What becomes of these and of all that they apply is said by the plugins of their tools.
local OWN = { ['Kustomization.kustomize.toolkit.fluxcd.io'] = true, ['Application.argoproj.io'] = true,
  ['ApplicationSet.argoproj.io'] = true }

local FEW = 16 -- so many of one kind are compared each with each
local AFFIXES = 8

---@class kubernetes.Rename
---@field before ifx.gitops.Change  what goes
---@field after ifx.gitops.Change   what comes

-- ---- gone and new objects, by what they have in common ----

local function entry_of(groups, key)
  local group = groups[key]
  if not group then
    group = { gone = {}, new = {}, by_name = {} }
    groups[key], groups[#groups + 1] = group, group
  end
  return group
end

local function groups_of(changes, key_of)
  local groups = {}
  for _, change in ipairs(changes) do
    local owned = change.before or change.after
    local group = entry_of(groups, key_of(change, owned))
    table.insert(change.before and group.gone or group.new, change)
    if change.after then group.by_name[owned.name] = change end
  end
  return list.filter(groups, function(group) return #group.gone > 0 and #group.new > 0 end)
end

local function candidates(found)
  return list.filter(found.changes, function(change)
    local owned = change.before or change.after
    return not (change.before and change.after) and not change.uncertain and common.is_named(owned)
      and not OWN[common.kind_of(owned)]
  end)
end

-- ---- another namespace ----

-- What only one that goes, or comes, is called: by cluster, kind and name; false for what several are called.
local function by_name(changes, side)
  local out = {}
  for _, change in ipairs(changes) do
    local owned = change[side]
    if owned then
      local key = ('%s:%s/%s'):format(common.cluster_of(change, owned), common.kind_of(owned), owned.name)
      out[key] = out[key] == nil and owned.namespace ~= '' and change
    end
  end
  return out
end

local function of_namespaces(changes, out, taken)
  local gone, new = by_name(changes, 'before'), by_name(changes, 'after')
  for _, key in ipairs(list.keys(gone)) do
    local old, come = gone[key], new[key]
    if old and come then
      out[#out + 1] = { before = old, after = come }
      taken[old], taken[come] = true, true
    end
  end
end

-- ---- another name ----

-- What was put around a name, or taken from it: { prefix, suffix, added }.
local function affix_of(old, new)
  local first, last = new:find(old, 1, true)
  if first and #new > #old then return { prefix = new:sub(1, first - 1), suffix = new:sub(last + 1), added = true } end
  first, last = old:find(new, 1, true)
  if first and #old > #new then return { prefix = old:sub(1, first - 1), suffix = old:sub(last + 1), added = false } end
end

local function apply(affix, name)
  if affix.added then return affix.prefix .. name .. affix.suffix end
  local rest = #name - #affix.prefix - #affix.suffix
  local is_inside = rest > 0 and name:sub(1, #affix.prefix) == affix.prefix and name:sub(#affix.prefix + 1 + rest) == affix.suffix
  return is_inside and name:sub(#affix.prefix + 1, #affix.prefix + rest) or nil
end

-- A kustomization puts one affix around all its names: those that most names have come first.
local function affixes_of(groups)
  local by_word, all = {}, {}
  for _, group in ipairs(groups) do
    for i = 1, math.min(FEW, #group.gone) do
      for j = 1, math.min(FEW, #group.new) do
        local affix = affix_of(group.gone[i].before.name, group.new[j].after.name)
        local word = affix and ('%s%s\0%s'):format(affix.added and '+' or '-', affix.prefix, affix.suffix)
        if word and not by_word[word] then
          affix.word, affix.count = word, 0
          by_word[word], all[#all + 1] = affix, affix
        end
        if word then by_word[word].count = by_word[word].count + 1 end
      end
    end
  end
  all = list.sorted(all, function(a, b)
    if a.count ~= b.count then return a.count > b.count end
    return a.word < b.word
  end)
  return table.move(all, 1, math.min(AFFIXES, #all), 1, {})
end

-- Is it the same but for names that got the affix?
local function is_same(a, b, affix)
  if a == b then return true end
  if type(a) == 'string' and type(b) == 'string' then return apply(affix, a) == b end
  if type(a) ~= 'table' or type(b) ~= 'table' then return false end
  for key, value in pairs(a) do
    if b[key] == nil or not is_same(value, b[key], affix) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

local function is_renamed(old, new, affix)
  if not common.is_known(new) then return false end
  local a, b = old.object.node, new.object.node
  return a:with(new.name, 'metadata', 'name'):equal(b) or is_same(a:value(), b:value(), affix)
end

local function by_affix(groups, taken, out)
  local affixes = affixes_of(groups)
  local function partner(group, old)
    for _, affix in ipairs(affixes) do
      local name = apply(affix, old.before.name)
      local new = name and group.by_name[name]
      if new and not taken[new] and is_renamed(old.before, new.after, affix) then return new end
    end
  end
  for _, group in ipairs(groups) do
    for _, old in ipairs(group.gone) do
      local new = common.is_known(old.before) and partner(group, old)
      if new then
        out[#out + 1] = { before = old, after = new }
        taken[old], taken[new] = true, true
      end
    end
  end
end

local function contents(changes, side, taken)
  local out = {}
  for _, change in ipairs(changes) do
    local owned = change[side]
    if not taken[change] and common.is_known(owned) and common.loss(owned) ~= 'low' then
      out[#out + 1] = { change = change, content = owned.object.node:with(nil, 'metadata', 'name') }
    end
  end
  return out
end

-- Equal contents under any name, where only one goes and only one comes that has them. Of what loses nothing, many are equal
-- by chance.
local function by_content(groups, taken, out)
  for _, group in ipairs(groups) do
    local few = #group.gone <= FEW and #group.new <= FEW
    local gone, new = few and contents(group.gone, 'before', taken) or {}, few and contents(group.new, 'after', taken) or {}
    for _, old in ipairs(gone) do
      local function equals(one) return one.content:equal(old.content) end
      local there = list.filter(new, equals)
      if #there == 1 and #list.filter(gone, equals) == 1 then
        out[#out + 1] = { before = old.change, after = there[1].change }
      end
    end
  end
end

---What got another namespace, and what another name with the same content.
---@param found ifx.gitops.Comparison
---@return { namespaces: kubernetes.Rename[], names: kubernetes.Rename[] }
function M.renames(found)
  local out, taken = { namespaces = {}, names = {} }, {}
  local changes = candidates(found)
  of_namespaces(changes, out.namespaces, taken)
  local rest = list.filter(changes, function(change) return not taken[change] end)
  local groups = groups_of(rest, function(change, owned)
    return ('%s:%s/%s'):format(common.cluster_of(change, owned), common.kind_of(owned), owned.namespace)
  end)
  by_affix(groups, taken, out.names)
  by_content(groups, taken, out.names)
  return out
end

-- ---- what is lost ----

local function hazard(id, pair, what, remedy)
  local severity, lost = common.loss(pair.after.after)
  return common.hazard(id, severity, pair.after, pair.after.after,
    ('%s: a new object, and the old one is deleted or left behind%s'):format(what, lost and '; ' .. lost or ''),
    severity == 'high' and remedy .. ', or bring along what it holds before the old one goes' or remedy)
end

---@param renames { namespaces: kubernetes.Rename[], names: kubernetes.Rename[] }
---@param out ifx.gitops.Hazard[]
function M.find(renames, out)
  for _, pair in ipairs(renames.namespaces) do
    out[#out + 1] = hazard('kubernetes.namespace-changed', pair,
      ('it was in the namespace %s'):format(pair.before.before.namespace), 'keep the namespace')
  end
  for _, pair in ipairs(renames.names) do
    out[#out + 1] = hazard('kubernetes.renamed', pair, ('it was called %s'):format(pair.before.before.name),
      'keep the name (namePrefix and nameSuffix change it, too)')
  end
end

return M
