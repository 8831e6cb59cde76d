-- toml.lua: reads TOML, as far as finding values by their keys needs it. SPDX-License-Identifier: Apache-2.0
local quoted = require 'ifx.settings.quoted'

local MAX_DEPTH = 100
local WORDS = { ['true'] = true, ['false'] = false }

local value

local function skip(build, at)
  while true do
    at = build.content:match('^%s*()', at)
    if build.content:sub(at, at) ~= '#' then return at end
    at = build.content:find('\n', at, true) or #build.content + 1
  end
end

-- A string in any of its four forms: what it says, its first and its last byte between the quotes, what is behind it,
-- and does it know escapes?
local function string_at(build, at)
  local quote = build.content:match('^"""', at) or build.content:match("^'''", at) or build.content:match('^["\']', at)
  if not quote then return nil end
  local first = at + #quote
  if #quote == 3 then first = build.content:match('^\r?\n()', first) or first end
  if quote:sub(1, 1) == '"' then
    local meaning, stop = quoted(build, first, quote)
    return meaning, first, stop, stop + #quote + 1, true
  end
  local found = build.content:find(quote, first, true)
  local line_end = #quote == 1 and build.content:find('\n', first, true)
  if not found or line_end and line_end < found then build.fail(at, 'a string without its closing quote') end
  return build.content:sub(first, found - 1), first, found - 1, found + #quote, false
end

-- A dotted key: its steps are added to the path.
local function key(build, path, at)
  repeat
    local name, _, _, after = string_at(build, at)
    if not name then name, after = build.content:match('^([%w_-]+)()', at) end
    if not name then build.fail(at, 'a key is expected') end
    path[#path + 1] = name
    at = build.content:match('^[ \t]*()', after)
    local dot = build.content:match('^%.[ \t]*()', at)
    at = dot or at
  until not dot
  return at
end

local function pair(build, path, at)
  local depth = #path
  at = key(build, path, at)
  if #path > MAX_DEPTH then build.fail(at, ('more than %d levels'):format(MAX_DEPTH)) end
  local behind = build.content:match('^=[ \t]*()', at) or build.fail(at, 'an equals sign is expected')
  at = value(build, path, behind)
  for i = #path, depth + 1, -1 do path[i] = nil end
  return at
end

local function collection(build, path, at)
  local is_map = build.content:sub(at, at) == '{'
  local closing, depth, count = is_map and '}' or ']', #path + 1, 0
  if depth > MAX_DEPTH then build.fail(at, ('more than %d levels'):format(MAX_DEPTH)) end
  local node = build.add(path, { kind = is_map and 'map' or 'seq', start = at })
  at = skip(build, at + 1)
  while build.content:sub(at, at) ~= closing do
    count = count + 1
    if is_map then
      at = pair(build, path, at)
    else
      path[depth] = count
      at = value(build, path, at)
      path[depth] = nil
    end
    at = skip(build, at)
    local comma = build.content:sub(at, at) == ','
    if not comma and build.content:sub(at, at) ~= closing then build.fail(at, ('a comma or %s is expected'):format(closing)) end
    at = comma and skip(build, at + 1) or at
  end
  node.stop = at
  return at + 1
end

function value(build, path, at)
  local sign = build.content:sub(at, at)
  if sign == '{' or sign == '[' then return collection(build, path, at) end
  local meaning, first, stop, after, escapes = string_at(build, at)
  if meaning then
    local node = build.add(path, {
      kind = 'scalar', value = meaning, text = meaning, style = escapes and 'double' or nil, start = at, stop = after - 1,
    })
    if build.content:sub(first, stop) == meaning then node.inner_start, node.inner_stop = first, stop end
    return after
  end
  local word, behind = build.content:match('^([%w_.:+-]+)()', at)
  if not word then build.fail(at, 'a value is expected') end
  local plain = WORDS[word]
  if plain == nil then plain = tonumber(word) end
  build.add(path, { kind = 'scalar', value = plain, text = word, style = 'plain', start = at, stop = behind - 1 })
  return behind
end

-- The header of a table: the path that its keys stand below.
local function header(build, at, counts)
  local double = build.content:sub(at, at + 1) == '[['
  local path = {}
  local from = build.content:match('^[ \t]*()', at + (double and 2 or 1))
  local behind = key(build, path, from)
  local closing = double and ']]' or ']'
  if build.content:sub(behind, behind + #closing - 1) ~= closing then
    build.fail(behind, ('a %s is expected'):format(closing))
  end
  local full, name = {}, ''
  for i, step in ipairs(path) do
    full[#full + 1], name = step, name .. '\0' .. step
    if double and i == #path then counts[name] = (counts[name] or 0) + 1 end
    if counts[name] then full[#full + 1] = counts[name] end
  end
  return full, behind + #closing
end

---Adds the nodes of a text.
---@param build table
return function(build)
  local path, counts, at = {}, {}, skip(build, build.content:match('^\xEF\xBB\xBF()') or 1)
  while at <= #build.content do
    if build.content:sub(at, at) == '[' then
      path, at = header(build, at, counts)
    else
      at = pair(build, path, at)
    end
    at = build.content:match('^[ \t]*()', at)
    if not build.content:find('^[\r\n#]', at) and at <= #build.content then build.fail(at, 'the end of the line is expected') end
    at = skip(build, at)
  end
end
