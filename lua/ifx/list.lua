-- list.lua: small functions over plain lists. SPDX-License-Identifier: Apache-2.0
local list = {}

local function getter(f)
  if type(f) == 'function' then return f end
  return function(item) return item[f] end
end

---A new list of `f(item, index)`; a string or number plucks that field. A nil result raises: lists have no holes.
---@param t any[]
---@param f function|string|integer
---@return any[]
function list.map(t, f)
  local get, out = getter(f), {}
  for i, item in ipairs(t) do
    local value = get(item, i)
    if value == nil then error(('list.map: item %d maps to nil'):format(i), 2) end
    out[i] = value
  end
  return out
end

---The items for which `f(item, index)` is true, in order.
---@param t any[]
---@param f function|string
---@return any[]
function list.filter(t, f)
  local keep, out = getter(f), {}
  for i, item in ipairs(t) do
    if keep(item, i) then out[#out + 1] = item end
  end
  return out
end

---The first item for which `f(item, index)` is true, and its index; nil when there is none.
---@param t any[]
---@param f function|string
---@return any item, integer? index
function list.find(t, f)
  local wanted = getter(f)
  for i, item in ipairs(t) do
    if wanted(item, i) then return item, i end
  end
  return nil
end

---A sorted copy: by `<`, by a field, or by a comparing function of two items. Equal items keep their order.
---@param t any[]
---@param by? string|function
---@return any[]
function list.sorted(t, by)
  local less = by
  if by == nil then
    less = function(a, b) return a < b end
  elseif type(by) == 'string' then
    less = function(a, b) return a[by] < b[by] end
  end
  local order, out = {}, {}
  for i, item in ipairs(t) do order[i] = { item, i } end
  table.sort(order, function(a, b)
    if less(a[1], b[1]) then return true end
    if less(b[1], a[1]) then return false end
    return a[2] < b[2]
  end)
  for i, pair in ipairs(order) do out[i] = pair[1] end
  return out
end

---The keys of a map, sorted (numbers before strings).
---@param map table
---@return any[]
function list.keys(map)
  local keys, kind, mixed = {}, type((next(map))), false
  for key in pairs(map) do
    keys[#keys + 1] = key
    mixed = mixed or type(key) ~= kind
  end
  table.sort(keys, mixed and function(a, b)
    if type(a) == type(b) then return a < b end
    return type(a) == 'number'
  end or nil)
  return keys
end

---A set of the items: `{[item] = true}`.
---@param t any[]
---@return table<any, true>
function list.set(t)
  local set = {}
  for _, item in ipairs(t) do set[item] = true end
  return set
end

---Append all items of `more` to `t`, which is returned.
---@param t any[]
---@param more any[]
---@return any[]
function list.append(t, more)
  table.move(more, 1, #more, #t + 1, t)
  return t
end

return list
