-- rows.lua: what becomes of one object over many seeds, for the specs. SPDX-License-Identifier: Apache-2.0
local sim = dofile 'tests/sim/world.lua'

local M = { X = 'ConfigMap/default/x' }

local SEEDS = 40
local FAULTS = { request = 0.08, fetch = 0.3, restart = 0.02, interval = 0.02 }

---Lets a world work until nothing is left to do; that this ends is part of every test.
---@param world sim.World
---@param opts table|nil of World:run
function M.settle(world, opts)
  assert(world:run(opts), 'it does not come to rest')
end

---Lets these work alone, in this order, each until it has nothing to do.
---@param world sim.World
---@param ... string|string[]
function M.only(world, ...)
  world:run { order = { ... }, only_order = true }
end

---@param world sim.World
---@param uid string of x before
---@return 'survived'|'recreated'|'gone'
function M.outcome(world, uid)
  local live = world:live(M.X)
  return not live and 'gone' or live.uid == uid and 'survived' or 'recreated'
end

local function run(seed, scenario, faults)
  local world = sim.new { seed = seed, faults = faults }
  local ok, result = xpcall(scenario, debug.traceback, world)
  if not ok then error(('seed %d%s: %s'):format(seed, faults and ', with faults' or '', result), 0) end
  return result
end

---How often a scenario ended in which way.
---@param scenario fun(world: sim.World): string
---@param faults sim.Faults|nil
---@return table<string, integer>
function M.count(scenario, faults)
  local counts = { survived = 0, recreated = 0, gone = 0 }
  for seed = 1, SEEDS do
    local result = run(seed, scenario, faults)
    counts[result] = counts[result] + 1
  end
  return counts
end

local function must_be(wanted, scenario, faults)
  for seed = 1, SEEDS do
    local result = run(seed, scenario, faults)
    if result ~= wanted then error(('seed %d%s: %s'):format(seed, faults and ', with faults' or '', result), 0) end
  end
end

---The scenario ends in this way with every seed, when nothing fails.
---@param wanted 'survived'|'recreated'|'gone'
---@param scenario fun(world: sim.World): string
function M.always(wanted, scenario) must_be(wanted, scenario) end

---The same also while requests fail, fetches are late and controllers restart.
---@param wanted 'survived'|'recreated'|'gone'
---@param scenario fun(world: sim.World): string
function M.whatever_fails(wanted, scenario)
  must_be(wanted, scenario)
  must_be(wanted, scenario, FAULTS)
end

---The object survives with some seeds, and is lost with others.
---@param scenario fun(world: sim.World): string
function M.race(scenario)
  local counts = M.count(scenario)
  local lost = counts.recreated + counts.gone
  assert(counts.survived > 0 and lost > 0, ('no race: %d survived, %d lost'):format(counts.survived, lost))
end

return M
