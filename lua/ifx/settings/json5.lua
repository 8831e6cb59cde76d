-- json5.lua: reads JSON5: JSON with comments, trailing commas, bare keys, single quotes. SPDX-License-Identifier: Apache-2.0
local quoted = require 'ifx.settings.quoted'

local MAX_DEPTH = 100
local WORDS = { ['true'] = true, ['false'] = false }

local value

-- The first byte that is no white space and in no comment.
local function skip(build, at)
  while true do
    at = build.content:match('^[%s\xA0\xC2\xEF\xBB\xBF]*()', at)
    if build.content:find('^//', at) then
      at = build.content:find('\n', at, true) or #build.content + 1
    elseif build.content:find('^/%*', at) then
      at = select(2, build.content:find('*/', at + 2, true)) or build.fail(at, 'a comment without its end')
      at = at + 1
    else
      return at
    end
  end
end

local function key(build, at)
  local quote = build.content:match('^["\']', at)
  if quote then
    local name, stop = quoted(build, at + 1, quote)
    return name, stop + 2
  end
  local name, after = build.content:match('^([%w_$\x80-\xff][%w_$\x80-\xff-]*)()', at)
  return name or build.fail(at, 'a key is expected'), after
end

-- The members between brackets: `member(at)` reads one and returns what is behind it.
local function members(build, at, closing, member)
  at = skip(build, at + 1)
  while build.content:sub(at, at) ~= closing do
    at = skip(build, member(at))
    local sign = build.content:sub(at, at)
    if sign == ',' then
      at = skip(build, at + 1)
    elseif sign ~= closing then
      build.fail(at, ('a comma or %s is expected'):format(closing))
    end
  end
  return at
end

local function collection(build, path, at)
  local is_map = build.content:sub(at, at) == '{'
  local node = build.add(path, { kind = is_map and 'map' or 'seq', start = at })
  local depth, count = #path + 1, 0
  if depth > MAX_DEPTH then build.fail(at, ('more than %d levels'):format(MAX_DEPTH)) end
  node.stop = members(build, at, is_map and '}' or ']', function(from)
    if is_map then
      path[depth], from = key(build, from)
      from = skip(build, from)
      if build.content:sub(from, from) ~= ':' then build.fail(from, 'a colon is expected') end
      from = skip(build, from + 1)
    else
      count = count + 1
      path[depth] = count
    end
    return value(build, path, from)
  end)
  path[depth] = nil
  return node.stop + 1
end

local function string_value(build, path, at, quote)
  local meaning, stop = quoted(build, at + 1, quote)
  local node = build.add(path, {
    kind = 'scalar', value = meaning, text = meaning, style = 'double', quote = quote, start = at, stop = stop + 1,
  })
  if build.content:sub(at + 1, stop) == meaning then node.inner_start, node.inner_stop = at + 1, stop end
  return stop + 2
end

function value(build, path, at)
  local sign = build.content:sub(at, at)
  if sign == '{' or sign == '[' then return collection(build, path, at) end
  if sign == '"' or sign == "'" then return string_value(build, path, at, sign) end
  local word, after = build.content:match('^([%w_.+-]+)()', at)
  if not word then build.fail(at, 'a value is expected') end
  local meaning = WORDS[word]
  if meaning == nil then meaning = tonumber(word) end
  build.add(path, {
    kind = 'scalar', value = meaning, text = word, style = 'plain', start = at, stop = after - 1, inner_start = at,
    inner_stop = after - 1,
  })
  return after
end

---Adds the nodes of a text.
---@param build table
return function(build)
  local at = skip(build, value(build, {}, skip(build, 1)))
  if at <= #build.content then build.fail(at, 'text behind the value') end
end
