-- quoted.lua: strings with escapes, as JSON5 and TOML write them. SPDX-License-Identifier: Apache-2.0

local CONTROL = { n = '\n', t = '\t', r = '\r', b = '\b', f = '\f', v = '\v', e = '\27', ['0'] = '\0' }
local HEX = { x = '^%x%x', u = '^%x%x%x%x', U = '^%x%x%x%x%x%x%x%x' }

local function code_point(content, at, digits)
  local code, after = tonumber(digits, 16), at + #digits
  local low = code >= 0xD800 and code < 0xDC00 and content:match('^\\u([Dd][C-Fc-f]%x%x)', after)
  if low then
    return utf8.char(0x10000 + ((code - 0xD800) << 10) + tonumber(low, 16) - 0xDC00), after + 6
  end
  return code < 0x110000 and utf8.char(code) or nil, after
end

-- What stands behind a backslash, and the first byte after it.
local function escaped(build, at)
  local char = build.content:sub(at, at)
  local digits = HEX[char] and build.content:match(HEX[char], at + 1)
  if digits then
    local meaning, after = code_point(build.content, at + 1, digits)
    return meaning or build.fail(at, 'an escape beyond Unicode'), after
  elseif char == '' then
    build.fail(at, 'ends inside a string')
  elseif char == '\n' or char == '\r' then
    return '', build.content:match('^\r?\n%s*()', at) or at + 1
  end
  return CONTROL[char] or char, at + 1
end

---Reads on behind the opening quote up to the closing one.
---@param build table
---@param at integer first byte behind the opening quote
---@param quote string the closing quote
---@return string meaning
---@return integer stop last byte before the closing quote
return function(build, at, quote)
  local parts, first = {}, at
  local mark = '[\\' .. (#quote == 1 and '\n' or '') .. quote:sub(1, 1) .. ']'
  while true do
    local found = build.content:find(mark, at)
    if not found or build.content:sub(found, found) == '\n' then
      build.fail(found or #build.content, 'a string without its closing quote')
    end
    parts[#parts + 1] = build.content:sub(at, found - 1)
    if build.content:sub(found, found) == '\\' then
      parts[#parts + 1], at = escaped(build, found + 1)
    elseif build.content:sub(found, found + #quote - 1) == quote then
      return table.concat(parts), math.max(found - 1, first - 1)
    else
      parts[#parts + 1], at = quote:sub(1, 1), found + 1
    end
  end
end
