-- names.lua: what a plugin returns against what its manifest lists. SPDX-License-Identifier: Apache-2.0
local names = {}

local function missing(these, those)
  local has, list = {}, {}
  for _, name in ipairs(those) do has[name] = true end
  for _, name in ipairs(these) do
    if not has[name] then list[#list + 1] = name end
  end
  table.sort(list)
  return table.concat(list, ', ')
end

---Both must be the same set.
---@param sort string       the contribution
---@param listed string[]   in the manifest
---@param given string[]    by init.lua
---@param broken fun(message: string, hint: string|nil)  raises
function names.same(sort, listed, given, broken)
  local absent, extra = missing(listed, given), missing(given, listed)
  if absent ~= '' then broken(('plugin.yaml lists %s %s, which init.lua does not return'):format(sort, absent)) end
  if extra ~= '' then broken(('init.lua returns %s %s, which plugin.yaml does not list'):format(sort, extra)) end
end

---The keys of a map, sorted; anything else is broken.
---@param sort string
---@param map any
---@param broken fun(message: string, hint: string|nil)
---@return string[]
function names.keys(sort, map, broken)
  if type(map) ~= 'table' then broken(('%s must be a table'):format(sort)) end
  local keys = {}
  for key in pairs(map) do
    if type(key) ~= 'string' then broken(('%s: the key %s is not a name'):format(sort, tostring(key))) end
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

---One item for each name of a map, in the order of the names.
---@param sort string
---@param map table
---@return { name: string, value: any }[]
function names.items(sort, map)
  local items = {}
  for _, name in ipairs(names.keys(sort, map, error)) do items[#items + 1] = { name = name, value = map[name] } end
  return items
end

---The contract of contributions that are functions by name: `check` raises through `broken` what is not as the manifest
---promises, `items` lists them.
---@param sort string
---@return { check: fun(value: any, listed: string[], broken: fun(message: string, hint: string|nil)), items: fun(value: table) }
function names.functions(sort)
  local contract = {}
  function contract.check(value, listed, broken)
    local given = names.keys(sort, value, broken)
    for _, name in ipairs(given) do
      if type(value[name]) ~= 'function' then broken(('%s.%s must be a function'):format(sort, name)) end
    end
    names.same(sort, listed, given, broken)
  end
  function contract.items(value) return names.items(sort, value) end
  return contract
end

return names
