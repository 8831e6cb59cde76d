-- context.lua: what a recipe's plan is called with, and what comes of it. SPDX-License-Identifier: Apache-2.0
local clock = require 'ifx.clock'
local err = require 'err'
local ifx = require 'ifx'

local context = {}

---@class ifx.recipe.Context
---@field dir string                     the target directory, absolute
---@field args string[]                  words after --
---@field accepted table<string, true>   hazards that the caller accepts by name: --set accept=a,b
---@field created integer                seconds since 1970: the plan's own time, for dates that it fixes
local Context = {}

function Context:__index(name) -- luacheck: ignore 212
  return require('ifx.recipe.methods')[name]
end

-- What belongs to a context and is none of the recipe's business.
local hidden = setmetatable({}, { __mode = 'k' })

--- A context for one planning.
---@param opts { dir: string, args: string[]?, accepted: string[], registry: table }
---@return ifx.recipe.Context
function context.open(opts)
  local accepted = {}
  for _, id in ipairs(opts.accepted) do
    accepted[id] = true
  end
  local ctx = setmetatable({
    dir = opts.dir, args = opts.args or {}, accepted = accepted, created = clock.now(),
  }, Context)
  hidden[ctx] = {
    registry = opts.registry, dir = opts.dir, created = ctx.created,
    trees = {}, read = {}, from = {}, report = {}, hazards = {}, blocked = {},
  }
  return ctx
end

--- What is kept for a context.
---@param ctx ifx.recipe.Context
---@return table
function context.state(ctx)
  return hidden[ctx]
end

function Context:__close()
  for _, tree in ipairs(hidden[self].trees) do
    tree:close()
  end
end

local function is_operation(value)
  return type(value) == 'table' and type(value.type) == 'string' and type(value.args) == 'table'
end

local function check_list(value, what)
  if type(value) ~= 'table' or (next(value) ~= nil and not ifx.is_list(value)) then
    err.raise { kind = 'plugin', op = 'plan', message = ('the recipe returned %s that are no list'):format(what) }
  end
  return value
end

local function joined(first, second)
  local out = table.move(first, 1, #first, 1, {})
  return table.move(second, 1, #second, #out + 1, out)
end

--- The fields of a plan out of what the recipe returned and said meanwhile.
---@param ctx ifx.recipe.Context
---@param returned any a list of operations, or { operations =, report =, hazards =, blocked =, next = }
---@return ifx.plan.Fields
function context.collect(ctx, returned)
  local own = hidden[ctx]
  local result = returned == nil and {} or returned
  if type(result) ~= 'table' then
    err.raise { kind = 'plugin', op = 'plan', message = 'plan must return a list of operations, or nothing' }
  elseif is_operation(result) then
    result = { result }
  end
  if result[1] ~= nil then
    result = { operations = result }
  end
  return {
    operations = check_list(result.operations or {}, 'operations'), created = clock.iso(own.created), from = own.from,
    report = joined(own.report, check_list(result.report or {}, 'report sections')),
    hazards = joined(own.hazards, check_list(result.hazards or {}, 'hazards')),
    blocked = joined(own.blocked, check_list(result.blocked or {}, 'blocked entries')), next = result.next,
  }
end

return context
