-- order.lua: the order in which the objects of a build are printed. SPDX-License-Identifier: Apache-2.0
local kinds = require './build/kinds'

local function or_else(text, absent) return text == '' and absent or text end

local function keys_of(list, rank)
  local keys = {}
  for _, resource in ipairs(list) do
    local key = rank(resource.id)
    key.name = or_else(resource.id.namespace, '~X') .. '|' .. or_else(resource.id.name, '~N')
    keys[resource] = key
  end
  return keys
end

local function precedes(a, b)
  if a.rank == b.rank and a.type == b.type then return a.name < b.name end
  return kinds.precedes(a, b)
end

local function check(options)
  if options.order ~= 'fifo' and options.order ~= 'legacy' then
    err.raise { kind = 'config', message = "the field 'sortOptions.order' must be one of [fifo, legacy]" }
  elseif options.order == 'fifo' and options.legacySortOptions then
    err.raise { kind = 'config', message =
      "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'" }
  end
end

---Puts the objects in order.
---@param set kustomize.Set
---@param options { order: 'fifo'|'legacy', legacySortOptions: { orderFirst: string[]|nil, orderLast: string[]|nil }|nil }
return function(set, options)
  check(options)
  if options.order == 'fifo' then return end
  if #set.list < 2 then return end
  local own = options.legacySortOptions
  local keys = keys_of(set.list, own and kinds.ranks(own.orderFirst or {}, own.orderLast or {}) or kinds.rank)
  set:sort(function(a, b) return precedes(keys[a], keys[b]) end)
end
