-- stages_spec.lua: whoever follows the computed stages loses nothing. SPDX-License-Identifier: Apache-2.0
-- IFX_MOVES=10000: so many objects are moved (default 400), from IFX_SEED on (default 1).
local list = require 'ifx.list'
local moves = dofile 'tests/sim/moves.lua'
local path = require 'ifx.path'

-- ---- trees made by chance: { kustomizations = { name = { … } }, objects = { name = owner } } ----

local dice

local function copy(plan)
  local out = { kustomizations = {}, objects = {} }
  for name, one in pairs(plan.kustomizations) do out.kustomizations[name] = { table.unpack(one) } end
  for name, one in pairs(plan.kustomizations) do
    for key, value in pairs(one) do out.kustomizations[name][key] = value end
  end
  for name, owner in pairs(plan.objects) do out.objects[name] = owner end
  return out
end

local function kustomization(name)
  return { path = name, prune = dice:chance(80),
    policy = dice:chance(15) and dice:pick { 'Orphan', 'Delete', 'MirrorPrune' } or nil }
end

-- Nobody waits for somebody behind him, so nobody waits for himself.
local function waiting(plan)
  local names = list.keys(plan.kustomizations)
  for i = 2, #names do
    plan.kustomizations[names[i]].waits = dice:chance(40) and names[dice:roll(i - 1)] or nil
  end
end

local function first_plan()
  local plan = { kustomizations = {}, objects = {} }
  for i = 1, 1 + dice:roll(3) do plan.kustomizations['k' .. i] = kustomization('k' .. i) end
  waiting(plan)
  local names = list.keys(plan.kustomizations)
  for i = 1, 4 + dice:roll(8) do plan.objects['x' .. i] = dice:pick(names) end
  for i, name in ipairs(names) do plan.objects['stays' .. i] = name end
  return plan
end

local function rename(plan, old, new)
  plan.kustomizations[new], plan.kustomizations[old] = plan.kustomizations[old], nil
  if dice:chance(50) then plan.kustomizations[new].path = new end
  for name, owner in pairs(plan.objects) do
    if owner == old then plan.objects[name] = new end
  end
  for _, one in pairs(plan.kustomizations) do
    if one.waits == old then one.waits = new end
  end
end

-- The tree afterwards, and how many objects have another owner.
local function next_plan(before)
  local plan = copy(before)
  if dice:chance(30) then plan.kustomizations.new = kustomization 'new' end
  if dice:chance(30) then rename(plan, dice:pick(list.keys(before.kustomizations)), 'renamed') end
  if dice:chance(25) then -- another folder, perhaps that of another one
    local names = list.keys(plan.kustomizations)
    local one, other = plan.kustomizations[dice:pick(names)], plan.kustomizations[dice:pick(names)]
    one.path, other.path = other.path, one.path
    if dice:chance(50) then one.path = 'elsewhere' end
  end
  if dice:chance(20) then waiting(plan) end
  if dice:chance(20) then plan.kustomizations[dice:pick(list.keys(plan.kustomizations))].prune = dice:chance(50) end
  local names = list.keys(plan.kustomizations)
  for _, name in ipairs(list.keys(plan.objects)) do
    if name:find '^x' and dice:chance(35) then plan.objects[name] = dice:pick(names) end
    if name:find '^x' and dice:chance(4) then plan.objects[name] = nil end
  end
  plan.objects.added = dice:pick(names)
  local moved = 0
  for name, owner in pairs(before.objects) do
    if plan.objects[name] and plan.objects[name] ~= owner then moved = moved + 1 end
  end
  return plan, moved
end

local KUSTOMIZATION = [[
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: %s, namespace: f }
spec:
  path: ./%s
  prune: %s
  sourceRef: { kind: GitRepository, name: own }
]]

local function definition(name, one)
  local text = KUSTOMIZATION:format(name, one.path, one.prune)
  if one.policy then text = text .. ('  deletionPolicy: %s\n'):format(one.policy) end
  if one.waits then text = text .. ('  dependsOn: [{ name: %s }]\n'):format(one.waits) end
  return text .. '---\n'
end

local OBJECT = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s, namespace: n }\n---\n'

local SOURCE = 'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: own, namespace: f }\n'
  .. 'spec: { url: "https://git.example/own/tree" }\n---\n'

local function files_of(plan)
  local out = { ['root.yaml'] = SOURCE .. definition('root', { path = 'top', prune = true }), ['top/x.yaml'] = '' }
  for _, name in ipairs(list.keys(plan.kustomizations)) do
    local one = plan.kustomizations[name]
    out['top/x.yaml'] = out['top/x.yaml'] .. definition(name, one)
    out[one.path .. '/kustomization.yaml'] = 'resources: [x.yaml]\n'
    out[one.path .. '/x.yaml'] = ''
  end
  for _, name in ipairs(list.keys(plan.objects)) do
    local file = plan.kustomizations[plan.objects[name]].path .. '/x.yaml'
    out[file] = out[file] .. OBJECT:format(name)
  end
  for _, p in ipairs(list.keys(out)) do
    local folder = path.dirname(p)
    if out[p] == '' then out[p] = OBJECT:format('empty-' .. folder) end
  end
  return out
end

-- ---- a stage as the simulator has it ----

local function entry_of(entry)
  local spec, out = entry.parameters, { kind = 'flux', namespace = entry.namespace, name = entry.name }
  out.parent = entry.parents[1] and moves.name_of(entry.parents[1])
  out.path, out.prune, out.deletion_policy = entry.source.path, spec.prune, spec.deletionPolicy
  out.depends = list.map(entry.depends or {}, function(one) return (one.namespace or 'f') .. '/' .. one.name end)
  out.objects = list.filter(list.map(entry.objects, moves.thing), function(one) return not one.id:find '^Kustomization%.' end)
  return out
end

-- ---- all of it ----

describe('the stages', function()
  it('keep every object that stays, in any order, whatever fails', function()
    local total, without = moves.check {
      make = function(of_case)
        dice = of_case
        local before = first_plan()
        local after, moved = next_plan(before)
        return files_of(before), files_of(after), moved
      end,
      entry_of = entry_of,
    }
    assert.is_true(without > total / 10, 'the control run lost too little to show anything')
  end)
end)
