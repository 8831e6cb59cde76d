-- stages.lua: the way from one tree to another on which no controller deletes what stays. SPDX-License-Identifier: Apache-2.0
local compare = require 'ifx.gitops.compare'
local hazards = require 'ifx.gitops.hazards'
local json = require 'json'
local list = require 'ifx.list'
local overlay = require 'ifx.repo.overlay'
local owners = require 'ifx.gitops.owners'
local protect = require 'ifx.gitops.protect'

-- Protections may ask for others: who takes over must not delete on the way back.
local PASSES = 8

---A tree on the way. The first is the tree before, the last the tree after.
---@class ifx.gitops.Stage
---@field name 'before'|'protect'|'move'|'release'
---@field texts table<string, string>  files that are not as in the tree that it is made of: before, before, after, after
---@field side ifx.gitops.Side

---@class ifx.gitops.Stages
---@field stages ifx.gitops.Stage[]        four, or two where nothing needs protection
---@field protections ifx.gitops.Protection[]
---@field found ifx.gitops.Comparison      of the first with the last, with its hazards
---@field open ifx.gitops.Hazard[]         hazards of one step, forth or back, that no protection takes away
---@field unprotected ifx.gitops.Unprotected[]

local stages = {}

local function side_of(tree, options)
  local result = require 'ifx.gitops'.walk(tree, options)
  local _ <close> = result.repositories
  return { result = result, ownership = owners.of(result), registry = options.registry }
end

local function changed_side(tree, texts, options)
  if next(texts) == nil then return side_of(tree, options) end
  return side_of(overlay.open(tree, { write = texts }), options)
end

local function compared(before, after, options)
  local found = compare.sides(before, after, options.clusters)
  found.hazards = hazards.of(options.registry, found)
  return found
end

local function key(protection)
  return table.concat({ protection.entry, table.concat(protection.path, '.'), json.encode(protection.value) }, '\0')
end

-- Those that are not among `known` yet, which get them.
local function gather(known, seen, found)
  local more = false
  for _, hazard in ipairs(found) do
    local protection = hazard.protect
    if protection and not seen[key(protection)] then
      seen[key(protection)], known[#known + 1], more = true, protection, true
    end
  end
  return more
end

-- Names of clusters the other way round.
local function inverted(clusters)
  local out = {}
  for old, new in pairs(clusters or {}) do out[new] = old end
  return out
end

-- The pair of an entry point, by its id on either side: the way back has other names for clusters.
local function by_any_id(found)
  local out = {}
  for _, pair in ipairs(found.entries) do
    out[pair.id] = pair
    if pair.before then out[pair.before.id] = out[pair.before.id] or pair end
  end
  return out
end

local function protected(trees, sides, pairs_of, protections, options)
  local function of(which)
    return function(protection)
      local pair = pairs_of[protection.entry]
      return pair and pair[which]
    end
  end
  local first, failed = protect.texts(trees.before, of 'before', protections)
  local second, more = protect.texts(trees.after, of 'after', protections)
  return {
    { name = 'before', texts = {}, side = sides.before },
    { name = 'protect', texts = first, side = changed_side(trees.before, first, options.before) },
    { name = 'move', texts = second, side = changed_side(trees.after, second, options.after) },
    { name = 'release', texts = {}, side = sides.after },
  }, list.append(failed, more)
end

-- The hazards of all steps, forth and back. What the way back would delete counts, too: somebody may have to go it.
local function of_steps(all, options)
  local out = {}
  for i = 2, #all do
    local one, two = all[i - 1].side, all[i].side
    local clusters = i == #all // 2 + 1 and options.clusters or nil -- the others are steps from a tree to itself
    list.append(out, compared(one, two, { registry = options.registry, clusters = clusters }).hazards)
    list.append(out, compared(two, one, { registry = options.registry, clusters = inverted(clusters) }).hazards)
  end
  return out
end

---The way from one tree to another. Every step is walked and compared, forth and back: what is still dangerous stands in
---`open`.
---@param trees { before: ifx.repo.Tree, after: ifx.repo.Tree }
---@param options { registry: ifx.Registry, clusters: table<string, string>?, before: ifx.gitops.Options,
---after: ifx.gitops.Options }
---@return ifx.gitops.Stages
function stages.find(trees, options)
  local sides = { before = side_of(trees.before, options.before), after = side_of(trees.after, options.after) }
  local found = compared(sides.before, sides.after, options)
  local protections, seen, failed = {}, {}, {}
  local all = { { name = 'before', texts = {}, side = sides.before }, { name = 'release', texts = {}, side = sides.after } }
  local open
  for _ = 1, PASSES do
    open = of_steps(all, options)
    if not gather(protections, seen, open) then break end
    all, failed = protected(trees, sides, by_any_id(found), protections, options)
  end
  return { stages = all, protections = protections, found = found, unprotected = failed,
    open = list.filter(open, function(hazard) return hazard.protect ~= nil end) }
end

return stages
