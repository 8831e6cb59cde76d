-- collections.lua: the functions of templates for lists, maps and defaults. SPDX-License-Identifier: Apache-2.0
local values = require './gotemplate/values'

local function fail(message) err.raise { kind = 'config', message = ('failed to execute go template: %s'):format(message) } end

local function is_empty(value) return not values.is_true(value) end

-- An argument that may be any list.
local function items(value, name)
  if not values.is_list(value) then fail(('cannot find %s on type %s'):format(name, values.type_of(value))) end
  return value
end

local function part(value, from, to, name)
  return ifx.list(table.move(items(value, name), math.max(from, 1), to, 1, {}))
end

-- sprig compares deeply.
local function same(a, b)
  if type(a) ~= 'table' or type(b) ~= 'table' then return a == b and math.type(a) == math.type(b) end
  if values.type_of(a) ~= values.type_of(b) then return false end
  for key, item in pairs(a) do
    if not same(item, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

local function holds(all, wanted)
  for _, item in ipairs(all) do
    if same(item, wanted) then return true end
  end
  return false
end

local function dig(...)
  local arguments = { ... }
  local n = select('#', ...)
  local map, default = arguments[n], arguments[n - 1]
  for i = 1, n - 2 do
    if values.type_of(map) ~= 'map[string]interface {}' then
      fail(('interface conversion: interface {} is %s, not map[string]interface {}'):format(values.type_of(map)))
    end
    if type(arguments[i]) ~= 'string' then fail 'a key of dig is no string' end
    if map[arguments[i]] == nil then return default end
    map = map[arguments[i]]
  end
  return map
end

local function dict(...)
  local out, arguments, n = {}, { ... }, select('#', ...)
  for i = 1, n, 2 do
    local value = arguments[i + 1]
    if i + 1 > n then value = '' elseif value == nil then value = ifx.null end
    out[values.text(arguments[i])] = value
  end
  return out
end

local function chosen(map, names, wanted)
  local out, set = {}, list.set(names)
  for key, value in pairs(map) do
    if (set[key] ~= nil) == wanted then out[key] = value end
  end
  return out
end

-- What the first map does not have, or has empty, comes from the others.
local function merged(over)
  local function merge(into, from)
    for key, value in pairs(from) do
      if values.is_map(into[key]) and values.is_map(value) then
        merge(into[key], value)
      elseif over and not is_empty(value) or is_empty(into[key]) then
        into[key] = value
      end
    end
    return into
  end
  return function(into, ...)
    for i = 1, select('#', ...) do merge(into, (select(i, ...))) end
    return into
  end
end

local function texts_of(value)
  if values.is_list(value) then
    return list.map(list.filter(value, function(item) return not values.is_nil(item) end), values.text)
  end
  return values.is_nil(value) and {} or { values.text(value) }
end

local function split(separator, text)
  if separator == '' then err.raise { kind = 'unsupported', message = 'split at an empty text is not followed here' } end
  local out, at = ifx.list {}, 1
  while true do
    local first, last = text:find(separator, at, true)
    if not first then break end
    out[#out + 1], at = text:sub(at, first - 1), last + 1
  end
  out[#out + 1] = text:sub(at)
  return out
end

local function numbers(count)
  local out = ifx.list {}
  if count > 10000 then err.raise { kind = 'limit', message = 'a template counts beyond 10000' } end
  for i = 0, count - 1 do out[#out + 1] = i end
  return out
end

return {
  default = { 'aa*', function(default, ...)
    if select('#', ...) == 0 or is_empty((...)) then return default end
    return (...)
  end },
  empty = { 'a', is_empty },
  coalesce = { 'a*', function(...)
    for i = 1, select('#', ...) do
      if not is_empty((select(i, ...))) then return (select(i, ...)) end
    end
  end },
  ternary = { 'aab', function(yes, no, is) if is then return yes end return no end },
  fail = { 's', fail },
  list = { 'a*', function(...)
    local out = ifx.list { ... }
    for i = 1, select('#', ...) do
      if out[i] == nil then out[i] = ifx.null end
    end
    return out
  end },
  first = { 'a', function(value) return items(value, 'first')[1] end },
  last = { 'a', function(value) return items(value, 'last')[#value] end },
  rest = { 'a', function(value) return part(value, 2, #items(value, 'rest'), 'rest') end },
  initial = { 'a', function(value) return part(value, 1, #items(value, 'initial') - 1, 'initial') end },
  reverse = { 'a', function(value)
    local out = ifx.list {}
    for i = #items(value, 'reverse'), 1, -1 do out[#out + 1] = value[i] end
    return out
  end },
  slice = { 'ai*', function(value, from, to)
    from, to = from or 0, to or #items(value, 'slice')
    if from < 0 or to > #items(value, 'slice') or from > to then fail(('slice index out of range: %d:%d'):format(from, to)) end
    return part(value, from + 1, to, 'slice')
  end },
  append = { 'aa', function(value, item)
    local out = part(value, 1, #items(value, 'append'), 'append')
    out[#out + 1] = item
    return out
  end },
  prepend = { 'aa', function(value, item)
    return ifx.list(table.move(items(value, 'prepend'), 1, #value, 2, { item }))
  end },
  concat = { 'a*', function(...)
    local out = ifx.list {}
    for i = 1, select('#', ...) do list.append(out, items((select(i, ...)), 'concat')) end
    return out
  end },
  uniq = { 'a', function(value)
    local out = ifx.list {}
    for _, item in ipairs(items(value, 'uniq')) do
      if not holds(out, item) then out[#out + 1] = item end
    end
    return out
  end },
  without = { 'aa*', function(value, ...)
    local unwanted = { ... }
    return ifx.list(list.filter(items(value, 'without'), function(item) return not holds(unwanted, item) end))
  end },
  has = { 'aa', function(item, value)
    if values.is_nil(value) then return false end
    return holds(items(value, 'has'), item)
  end },
  join = { 'sa', function(separator, value) return table.concat(texts_of(value), separator) end },
  sortAlpha = { 'a', function(value)
    local out = texts_of(value)
    table.sort(out)
    return ifx.list(out)
  end },
  splitList = { 'ss', split },
  split = { 'ss', function(separator, text)
    local out = {}
    for i, item in ipairs(split(separator, text)) do out['_' .. i - 1] = item end
    return values.texts(out)
  end },
  ['until'] = { 'i', numbers },
  dict = { 'a*', dict },
  get = { 'ms', function(map, key)
    if map[key] == nil then return '' end
    return map[key]
  end },
  set = { 'msa', function(map, key, value)
    map[key] = value == nil and ifx.null or value
    return map
  end },
  hasKey = { 'ms', function(map, key) return map[key] ~= nil end },
  keys = { 'm*', function(...)
    local out = ifx.list {}
    for _, map in ipairs { ... } do list.append(out, list.keys(map)) end
    return out
  end },
  values = { 'm', function(map)
    return ifx.list(list.map(list.keys(map), function(key) return map[key] end))
  end },
  pick = { 'ms*', function(map, ...) return chosen(map, { ... }, true) end },
  omit = { 'ms*', function(map, ...) return chosen(map, { ... }, false) end },
  pluck = { 'sm*', function(key, ...)
    local out = ifx.list {}
    for _, map in ipairs { ... } do
      if map[key] ~= nil then out[#out + 1] = map[key] end
    end
    return out
  end },
  merge = { 'mm*', merged(false) },
  mergeOverwrite = { 'mm*', merged(true) },
  dig = { 'aaaa*', dig },
}
