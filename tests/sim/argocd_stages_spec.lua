-- argocd_stages_spec.lua: whoever follows the stages between Applications loses nothing. SPDX-License-Identifier: Apache-2.0
-- IFX_MOVES, IFX_SEED: see moves.lua.
local find = require 'ifx.gitops.find'
local list = require 'ifx.list'
local moves = dofile 'tests/sim/moves.lua'

local OPTIONS = 'argocd.argoproj.io/sync-options'

-- ---- trees made by chance: { apps = { name = { … } }, objects = { name = { owner, options } } } ----

local dice

local function copy(value)
  if type(value) ~= 'table' then return value end
  local out = {}
  for key, one in pairs(value) do out[key] = copy(one) end
  return out
end

local function app(name)
  return { path = name, automated = dice:chance(85), prune = dice:chance(80), heal = dice:chance(70), empty = dice:chance(30),
    finalizer = dice:chance(35) }
end

local function object(owner)
  return { owner = owner, options = dice:chance(15) and dice:pick { 'Prune=false', 'Delete=false', 'Prune=false,Delete=false' } }
end

local function first_plan()
  local plan = { apps = {}, objects = {} }
  for i = 1, 1 + dice:roll(3) do plan.apps['a' .. i] = app('a' .. i) end
  local names = list.keys(plan.apps)
  for i = 1, 4 + dice:roll(8) do plan.objects['x' .. i] = object(dice:pick(names)) end
  for i, name in ipairs(names) do
    if dice:chance(80) then plan.objects['stays' .. i] = object(name) end
  end
  return plan
end

local function rename(plan, old, new)
  plan.apps[new], plan.apps[old] = plan.apps[old], nil
  if dice:chance(50) then plan.apps[new].path = new end
  for _, one in pairs(plan.objects) do
    if one.owner == old then one.owner = new end
  end
end

-- Its objects go to others; sometimes one of them takes over its path.
local function remove(plan, old)
  local path = plan.apps[old].path
  plan.apps[old] = nil
  local names = list.keys(plan.apps)
  if dice:chance(40) then plan.apps[dice:pick(names)].path = path end
  for _, one in pairs(plan.objects) do
    if one.owner == old then one.owner = names[1] end
  end
end

local function other_paths(plan)
  local names = list.keys(plan.apps)
  local one, other = plan.apps[dice:pick(names)], plan.apps[dice:pick(names)]
  one.path, other.path = other.path, one.path
  if dice:chance(50) then one.path = 'elsewhere' end
end

local function next_plan(before)
  local plan = copy(before)
  if dice:chance(30) then plan.apps.new = app 'new' end
  if dice:chance(30) then rename(plan, dice:pick(list.keys(before.apps)), 'renamed') end
  if dice:chance(20) and #list.keys(plan.apps) > 1 then remove(plan, dice:pick(list.keys(plan.apps))) end
  if dice:chance(25) then other_paths(plan) end
  if dice:chance(30) then
    local one = plan.apps[dice:pick(list.keys(plan.apps))]
    one[dice:pick { 'automated', 'prune', 'heal', 'empty', 'finalizer' }] = dice:chance(50)
  end
  local names = list.keys(plan.apps)
  for _, name in ipairs(list.keys(plan.objects)) do
    if name:find '^x' and dice:chance(35) then plan.objects[name].owner = dice:pick(names) end
    if name:find '^x' and dice:chance(4) then plan.objects[name] = nil end
  end
  plan.objects.added = object(dice:pick(names))
  local moved = 0
  for name, one in pairs(before.objects) do
    if plan.objects[name] and plan.objects[name].owner ~= one.owner then moved = moved + 1 end
  end
  return plan, moved
end

local APPLICATION = [[
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: %s, namespace: argocd%s }
spec:
  project: default
  destination: { server: "https://kubernetes.default.svc", namespace: n }
  source: { repoURL: "https://git.example/own/tree", path: %s }
  syncPolicy: { %s }
---
]]

local function definition(name, one)
  local automated = ('automated: { prune: %s, selfHeal: %s, allowEmpty: %s }'):format(one.prune, one.heal, one.empty)
  return APPLICATION:format(name, one.finalizer and ', finalizers: [resources-finalizer.argocd.argoproj.io]' or '', one.path,
    one.automated and automated or '')
end

local OBJECT = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s, namespace: n%s }\n---\n'

local function files_of(plan)
  local out = { ['root.yaml'] = definition('root', { path = 'top', automated = true, prune = true, heal = true, empty = false }),
    ['top/x.yaml'] = '' }
  for _, name in ipairs(list.keys(plan.apps)) do
    local one = plan.apps[name]
    out['top/x.yaml'] = out['top/x.yaml'] .. definition(name, one)
    out[one.path .. '/README.md'] = name
  end
  for _, name in ipairs(list.keys(plan.objects)) do
    local one = plan.objects[name]
    local file = plan.apps[one.owner].path .. '/x.yaml'
    local annotations = one.options and (', annotations: { %s: "%s" }'):format(OPTIONS, one.options) or ''
    out[file] = (out[file] or '') .. OBJECT:format(name, annotations)
  end
  return out
end

-- ---- a stage as the simulator has it ----

local function thing(rendered)
  local out = moves.thing(rendered)
  out.annotations = { [OPTIONS] = find.text_at(rendered.node, 'metadata', 'annotations', OPTIONS) }
  return out
end

local function entry_of(entry)
  local automated = (entry.parameters.syncPolicy or {}).automated
  local policy = automated or {}
  local finalizer = entry.object.node:get('metadata', 'finalizers', 1)
  local out = { kind = 'argocd', namespace = entry.namespace, name = entry.name, path = entry.source.path,
    automated = automated ~= nil, prune = policy.prune, self_heal = policy.selfHeal, allow_empty = policy.allowEmpty,
    finalizer = type(finalizer) == 'string' }
  out.parent = entry.parents[1] and moves.name_of(entry.parents[1], 'argocd')
  out.objects = list.filter(list.map(entry.objects, thing), function(one) return not one.id:find '^Application%.' end)
  return out
end

-- What does not sync by itself, or gave up, a person syncs, until it is done; nobody prunes by hand.
local function by_hand(world, entries)
  for _, entry in ipairs(entries) do
    local name = 'argocd:argocd/' .. entry.name
    local last = world:status(name).last
    local todo = not entry.automated or last ~= nil and not last.ok
    while todo do
      world:sync(name)
      if not world:run() then error 'it does not come to rest' end
      todo = not world:status(name).last.ok
    end
  end
end

describe('the stages between Applications', function()
  it('keep every object that stays, in any order, whatever fails', function()
    local total, without = moves.check {
      make = function(of_case)
        dice = of_case
        local before = first_plan()
        local after, moved = next_plan(before)
        return files_of(before), files_of(after), moved
      end,
      entry_of = entry_of,
      by_hand = by_hand,
    }
    assert.is_true(without > total / 10, 'the control run lost too little to show anything')
  end)
end)
