-- moves.lua: trees that change by chance, and whoever follows the computed stages. SPDX-License-Identifier: Apache-2.0
-- IFX_MOVES=10000: so many objects are moved (default 400), from IFX_SEED on (default 1).
local contract = require 'ifx.contract'
local find = require 'ifx.gitops.find'
local list = require 'ifx.list'
local sim = dofile 'tests/sim/world.lua'
local stages = require 'ifx.gitops.stages'
local trees = require 'ifx.repo.tree'

local MOVES = tonumber(os.getenv 'IFX_MOVES') or 400
local SEED = tonumber(os.getenv 'IFX_SEED') or 1
local FAULTS = { request = 0.05, fetch = 0.2, restart = 0.02, interval = 0.02 }

local registry = require('ifx.plugin').registry { dir = '/' }

local moves = {}

-- ---- chance ----

---@class sim.Dice
---@field state integer
local Dice = {}
Dice.__index = Dice

---@param n integer
---@return integer  from 1 to n
function Dice:roll(n)
  self.state = (self.state * 1103515245 + 12345) % 2147483648
  return self.state // 65536 % n + 1
end

---@param percent integer
---@return boolean
function Dice:chance(percent) return self:roll(100) <= percent end

---@param items any[]
---@return any
function Dice:pick(items) return items[self:roll(#items)] end

-- ---- a stage as the simulator has it ----

---@param id string  of an entry point
---@param kind string|nil
---@return string    'flux:NAMESPACE/NAME'
function moves.name_of(id, kind) return ('%s:%s'):format(kind or 'flux', id:match '/([^/]+/[^/]+)$') end

---@param object ifx.gitops.Object
---@return sim.Thing
function moves.thing(object)
  local at = find.text_at
  local namespace, name = at(object.node, 'metadata', 'namespace') or '', at(object.node, 'metadata', 'name')
  return { id = ('%s/%s/%s'):format(find.kind_of(object.node), namespace, name) }
end

local function stages_of(before, after)
  return contract.with_files(before, function(one)
    return contract.with_files(after, function(two)
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

local function settle(world, stage, of)
  local state = { entries = list.map(stage.side.result.entries, of.entry_of) }
  world:push(state)
  assert(world:run(), 'it does not come to rest')
  if of.by_hand then of.by_hand(world, state.entries) end
end

-- Pushes these in turn, each when nothing is left to do; the ids whose objects are not those that they were.
local function lost(seed, steps, kept, of)
  local world = sim.new { seed = seed, faults = FAULTS }
  settle(world, steps[1], of)
  local before, out = uids(world, kept), {}
  for i = 2, #steps do settle(world, steps[i], of) end
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
local function walked(all, dice)
  if #all == 2 or dice:chance(50) then return all end
  return { all[1], all[2], all[3], all[2], all[3], all[4], dice:chance(50) and all[3] or nil }
end

local function expect_none(what, items, seed)
  if #items > 0 then error(('seed %d: %s: %s'):format(seed, what, contract.show(items)), 0) end
end

---Changes by chance, until enough objects are moved: whoever follows the stages loses nothing that stays.
---@param of { make: fun(dice: sim.Dice): table, table, integer  files before, files after, how many objects move
---, entry_of: fun(entry: ifx.gitops.Entry): sim.State.Entry
---, by_hand: nil|fun(world: sim.World, entries: sim.State.Entry[])  what a person does at each stage }
---@return integer moved
---@return integer without  objects lost without the stages
function moves.check(of)
  local total, cases, without, seed = 0, 0, 0, SEED
  while total < MOVES do
    local dice = setmetatable({ state = seed * 7919 }, Dice)
    local before, after, moved = of.make(dice)
    local found = stages_of(before, after)
    expect_none('open', found.open, seed)
    expect_none('unprotected', found.unprotected, seed)
    local kept, all = kept_of(found), found.stages
    expect_none('lost', lost(seed, walked(all, dice), kept, of), seed)
    without = without + #lost(seed, { all[1], all[#all] }, kept, of)
    total, cases, seed = total + moved, cases + 1, seed + 1
  end
  print(('%d objects moved in %d changes; without the stages %d are lost'):format(total, cases, without))
  return total, without
end

return moves
