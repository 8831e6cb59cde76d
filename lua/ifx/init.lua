-- ifx: the values that have no form of their own in Lua. SPDX-License-Identifier: Apache-2.0
local host = require 'host'

---@class ifx
---@field null lightuserdata   JSON's and YAML's null inside lists and maps
---@field version string       version of the program
---@field dir string           absolute folder that holds lua/, plugins/ and recipes/
local M = { null = host.null, version = host.version, dir = host.dir }

---Mark a table as a list, so that an empty one is written as `[]`.
---@generic T : table
---@param t T
---@return T
M.list = host.mark_list

---Is it a list: marked, or with something at index 1?
---@param t any
---@return boolean
M.is_list = host.is_list

---A map that keeps the order of its keys when it is encoded.
---@param pairs_list table[]  list of {key, value}
---@return table
function M.ordered(pairs_list)
  local map, keys = {}, {}
  for i, pair in ipairs(pairs_list) do
    map[pair[1]] = pair[2]
    keys[i] = pair[1]
  end
  return host.set_order(map, keys)
end

---The keys of a map: in their order where it keeps one (keys added later follow, sorted), else sorted.
---@param map table
---@return any[]
function M.keys(map)
  local keys, seen, rest = {}, {}, {}
  for _, key in ipairs(host.order(map) or {}) do
    if map[key] ~= nil and not seen[key] then
      keys[#keys + 1], seen[key] = key, true
    end
  end
  for key in pairs(map) do
    if not seen[key] then rest[#rest + 1] = key end
  end
  table.sort(rest, function(a, b)
    local ta, tb = type(a), type(b)
    if ta ~= tb then return ta < tb end
    if ta == 'boolean' then return b and not a end
    return a < b
  end)
  return table.move(rest, 1, #rest, #keys + 1, keys)
end

return M
