-- stages_spec.lua: whoever follows the computed stages loses nothing. SPDX-License-Identifier: Apache-2.0
-- IFX_MOVES=10000: so many objects are moved (default 400), from IFX_SEED on (default 1).
local contract = require 'ifx.contract'
local find = require 'ifx.gitops.find'
local list = require 'ifx.list'
local path = require 'ifx.path'
local sim = dofile 'tests/sim/world.lua'
local stages = require 'ifx.gitops.stages'
local trees = require 'ifx.repo.tree'

local MOVES = tonumber(os.getenv 'IFX_MOVES') or 400
local SEED = tonumber(os.getenv 'IFX_SEED') or 1
local FAULTS = { request = 0.05, fetch = 0.2, restart = 0.02, interval = 0.02 }

local registry = require('ifx.plugin').registry { dir = '/' }

-- ---- trees made by chance: { kustomizations = { name = { … } }, objects = { name = owner } } ----

local state

local function random(n)
  state = (state * 1103515245 + 12345) % 2147483648
  return state // 65536 % n + 1
end

local function chance(percent) return random(100) <= percent end

local function pick(items) return items[random(#items)] end

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
  return { prune = chance(80), policy = chance(15) and pick { 'Orphan', 'Delete', 'MirrorPrune' } or nil, path = name }
end

-- Nobody waits for somebody behind him, so nobody waits for himself.
local function waiting(plan)
  local names = list.keys(plan.kustomizations)
  for i = 2, #names do
    plan.kustomizations[names[i]].waits = chance(40) and names[random(i - 1)] or nil
  end
end

local function first_plan()
  local plan = { kustomizations = {}, objects = {} }
  for i = 1, 1 + random(3) do plan.kustomizations['k' .. i] = kustomization('k' .. i) end
  waiting(plan)
  local names = list.keys(plan.kustomizations)
  for i = 1, 4 + random(8) do plan.objects['x' .. i] = pick(names) end
  for i, name in ipairs(names) do plan.objects['stays' .. i] = name end
  return plan
end

local function rename(plan, old, new)
  plan.kustomizations[new], plan.kustomizations[old] = plan.kustomizations[old], nil
  if chance(50) then plan.kustomizations[new].path = new end
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
  if chance(30) then plan.kustomizations.new = kustomization 'new' end
  if chance(30) then rename(plan, pick(list.keys(before.kustomizations)), 'renamed') end
  if chance(25) then -- another folder, perhaps that of another one
    local names = list.keys(plan.kustomizations)
    local one, other = plan.kustomizations[pick(names)], plan.kustomizations[pick(names)]
    one.path, other.path = other.path, one.path
    if chance(50) then one.path = 'elsewhere' end
  end
  if chance(20) then waiting(plan) end
  if chance(20) then plan.kustomizations[pick(list.keys(plan.kustomizations))].prune = chance(50) end
  local names = list.keys(plan.kustomizations)
  for _, name in ipairs(list.keys(plan.objects)) do
    if name:find '^x' and chance(35) then plan.objects[name] = pick(names) end
    if name:find '^x' and chance(4) then plan.objects[name] = nil end
  end
  plan.objects.added = pick(names)
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

local function short(id) return 'flux:' .. id:match '/([^/]+/[^/]+)$' end

local function thing(object)
  local at = find.text_at
  local namespace, name = at(object.node, 'metadata', 'namespace') or '', at(object.node, 'metadata', 'name')
  return { id = ('%s/%s/%s'):format(find.kind_of(object.node), namespace, name) }
end

local function entry_of(entry)
  local spec, out = entry.parameters, { kind = 'flux', namespace = entry.namespace, name = entry.name }
  out.parent = entry.parents[1] and short(entry.parents[1])
  out.path, out.prune, out.deletion_policy = entry.source.path, spec.prune, spec.deletionPolicy
  out.depends = list.map(entry.depends or {}, function(one) return (one.namespace or 'f') .. '/' .. one.name end)
  out.objects = list.filter(list.map(entry.objects, thing), function(one) return not one.id:find '^Kustomization%.' end)
  return out
end

local function state_of(stage) return { entries = list.map(stage.side.result.entries, entry_of) } end

local function stages_of(before, after)
  return contract.with_files(files_of(before), function(one)
    return contract.with_files(files_of(after), function(two)
      local first <close> = trees.folder(one)
      local second <close> = trees.folder(two)
      local walk = { registry = registry }
      return stages.find({ before = first, after = second }, { registry = registry, before = walk, after = walk })
    end)
  end)
end

-- ---- one run ----

local function uids(world, kept)
  local out = {}
  for _, id in ipairs(kept) do out[id] = world:live(id) and world:live(id).uid or 'none' end
  return out
end

-- Pushes these in turn, each when nothing is left to do; the ids whose objects are not those that they were.
local function lost(seed, steps, kept)
  local world = sim.new { seed = seed, faults = FAULTS }
  world:push(state_of(steps[1]))
  assert(world:run(), 'it does not come to rest')
  local before, out = uids(world, kept), {}
  for i = 2, #steps do
    world:push(state_of(steps[i]))
    assert(world:run(), 'it does not come to rest')
  end
  local after = uids(world, kept)
  for _, id in ipairs(kept) do
    if after[id] ~= before[id] or before[id] == 'none' then out[#out + 1] = id end
  end
  return out
end

local function kept_of(found)
  local out = {}
  for _, object in ipairs(found.found.objects) do
    if object.before and object.after then out[#out + 1] = object.id:match ':(.*)$' end
  end
  return out
end

-- The stages, sometimes back and forth on the way.
local function walked(all)
  if #all == 2 or chance(50) then return all end
  return { all[1], all[2], all[3], all[2], all[3], all[4], chance(50) and all[3] or nil }
end

describe('the stages', function()
  it('keep every object that stays, in any order, whatever fails', function()
    local moves, cases, without, seed = 0, 0, 0, SEED
    while moves < MOVES do
      state = seed * 7919
      local before = first_plan()
      local after, moved = next_plan(before)
      local found = stages_of(before, after)
      assert.same({ {}, {} }, { found.open, found.unprotected }, ('seed %d'):format(seed))
      local kept, all = kept_of(found), found.stages
      assert.same({}, lost(seed, walked(all), kept), ('seed %d'):format(seed))
      without = without + #lost(seed, { all[1], all[#all] }, kept)
      moves, cases, seed = moves + moved, cases + 1, seed + 1
    end
    print(('%d objects moved in %d changes; without the stages %d are lost'):format(moves, cases, without))
    assert.is_true(without > moves / 10, 'the control run lost too little to show anything')
  end)
end)
