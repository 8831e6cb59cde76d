-- difference.lua: where two objects differ, field by field. SPDX-License-Identifier: Apache-2.0
local ifx = require 'ifx'
local list = require 'ifx.list'
local node = require 'node'

---A field that is not the same. A value that is nil is not there.
---@class ifx.k8s.Difference
---@field path string   'spec.containers[name=web].image', 'metadata.labels["app.kubernetes.io/name"]', 'args[2]' (from 1)
---@field before any
---@field after any
---@field masked boolean|nil  the values are secret, and are not told

-- What tells the items of a list apart, where all of them have it.
local KEYS = { 'name', 'key', 'mountPath', 'containerPort', 'port', 'ip', 'host' }

local LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

local function step(path, key)
  if key:find '^[%a_][%w_-]*$' then return path == '' and key or path .. '.' .. key end
  return ('%s[%q]'):format(path, key)
end

-- The items by the value of a field; nil when one lacks it, or two have the same.
local function by_field(items, field)
  local out = {}
  for _, item in ipairs(items) do
    local value = type(item) == 'table' and not ifx.is_list(item) and item[field]
    if not value or type(value) == 'table' or value == ifx.null or out[value] ~= nil then return nil end
    out[value] = item
  end
  return out
end

local function matched(a, b)
  for _, field in ipairs(KEYS) do
    local x, y = by_field(a, field), by_field(b, field)
    if x and y and #a + #b > 0 then return field, x, y end
  end
end

local compare

local function same_order(a, b, field)
  local order, other = {}, {}
  local has = {}
  for _, item in ipairs(b) do has[item[field]] = true end
  for _, item in ipairs(a) do
    if has[item[field]] then order[#order + 1] = item[field] end
  end
  has = list.set(order)
  for _, item in ipairs(b) do
    if has[item[field]] then other[#other + 1] = item[field] end
  end
  for i, value in ipairs(order) do
    if other[i] ~= value then return false end
  end
  return true
end

local function compare_lists(out, path, a, b)
  local field, x, y = matched(a, b)
  if not field then
    for i = 1, math.max(#a, #b) do compare(out, ('%s[%d]'):format(path, i), a[i], b[i]) end
    return
  end
  if not same_order(a, b, field) then
    local function names(items) return ifx.list(list.map(items, field)) end
    out[#out + 1] = { path = path, before = names(a), after = names(b), order = true }
  end
  for _, value in ipairs(list.keys(x)) do compare(out, ('%s[%s=%s]'):format(path, field, value), x[value], y[value]) end
  for _, value in ipairs(list.keys(y)) do
    if x[value] == nil then compare(out, ('%s[%s=%s]'):format(path, field, value), nil, y[value]) end
  end
end

local function compare_maps(out, path, a, b)
  local keys = list.set(list.keys(a))
  for _, key in ipairs(list.keys(b)) do keys[key] = true end
  for _, key in ipairs(list.keys(keys)) do compare(out, step(path, key), a[key], b[key]) end
end

local function is_same(a, b)
  return a == b and math.type(a) == math.type(b)
end

function compare(out, path, a, b)
  local both = type(a) == 'table' and type(b) == 'table'
  if both and ifx.is_list(a) and ifx.is_list(b) then
    compare_lists(out, path, a, b)
  elseif both and not ifx.is_list(a) and not ifx.is_list(b) then
    compare_maps(out, path, a, b)
  elseif both or not is_same(a, b) then
    out[#out + 1] = { path = path, before = a, after = b }
  end
end

-- What of a Secret is no secret. A copy of all of it may stand in an annotation.
local TOLD = { apiVersion = true, kind = true, type = true, immutable = true, metadata = true, sops = true }

local function holds_copy(value)
  if type(value) == 'string' then return value:find('"stringData"', 1, true) or value:find('"data"', 1, true) end
  for key, one in pairs(type(value) == 'table' and value or {}) do
    if key == LAST_APPLIED or holds_copy(one) then return true end
  end
  return false
end

local function may_tell(difference)
  return TOLD[difference.path:match '^[%w_-]+'] and not difference.path:find(LAST_APPLIED, 1, true)
    and not holds_copy(difference.before) and not holds_copy(difference.after)
end

local function is_secret(value) return value.kind == 'Secret' and value.apiVersion == 'v1' end

---What differs, in the order of keys. The values of a Secret are masked.
---@param before node.Node
---@param after node.Node
---@return ifx.k8s.Difference[]  {} for equal ones alone
return function(before, after)
  local out = {}
  if before:equal(after) then return out end
  local a, b = before:value(), after:value()
  compare(out, '', a, b)
  if #out == 0 then out[1] = { path = '', before = node.print(before), after = node.print(after) } end -- spelt otherwise
  for _, difference in ipairs(out) do
    if (is_secret(a) or is_secret(b)) and not may_tell(difference) then
      difference.before, difference.after, difference.masked = nil, nil, true
    end
  end
  return out
end
