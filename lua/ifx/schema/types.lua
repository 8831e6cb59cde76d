-- types.lua: the types of fields: each checks a value and reads it from text. SPDX-License-Identifier: Apache-2.0
local suggest = require 'ifx.suggest'

local function is_list(value)
  return type(value) == 'table' and (value[1] ~= nil or require 'ifx'.is_list(value))
end

local UNITS = { ms = 0.001, s = 1, m = 60, h = 3600, d = 86400 }

---Seconds of a duration: a number of seconds, or text such as `1h30m`, `10m`, `500ms`.
---@param value string|number
---@return number|nil
local function to_seconds(value)
  if math.type(value) then return value >= 0 and value < math.huge and value or nil end
  if type(value) ~= 'string' then return nil end
  local total, rest = 0, value
  repeat
    local amount, unit, after = rest:match('^(%d+%.?%d*)(%a+)(.*)$')
    if not amount or not UNITS[unit] then return nil end
    total, rest = total + tonumber(amount) * UNITS[unit], after
  until rest == ''
  return total
end

-- Each type: checks a value and returns it as Lua code gets it, or nil and what it must be.
-- `from` reads it from the text of a command line or an environment variable.
local function text_type(value)
  if type(value) ~= 'string' then return nil, 'text' end
  if value:find('\0', 1, true) then return nil, 'text without a NUL byte' end
  return value
end

local types = {}

types.string = { doc = 'text', check = text_type, from = text_type }

types.path = {
  doc = 'a path',
  check = function(value)
    if type(value) ~= 'string' or value == '' or value:find('\0', 1, true) then return nil, 'a path' end
    return value
  end,
}
types.path.from = types.path.check

types.url = {
  doc = 'a URL with scheme and host',
  check = function(value)
    local ok = type(value) == 'string' and value:find('^%a[%w+.-]*://[^%s/]+[^%s]*$')
    if not ok then return nil, 'a URL such as https://host:port/path' end
    return value
  end,
}
types.url.from = types.url.check

types.integer = {
  doc = 'a whole number',
  check = function(value)
    if math.type(value) ~= 'integer' then return nil, 'a whole number' end
    return value
  end,
  from = function(text)
    local number = text:find('^%-?%d+$') and math.tointeger(tonumber(text))
    if not number then return nil, 'a whole number' end
    return number
  end,
}

types.number = {
  doc = 'a number',
  check = function(value)
    if not math.type(value) or value ~= value then return nil, 'a number' end
    return value
  end,
  from = function(text)
    local number = text:find('^%-?%d+%.?%d*[eE]?[+-]?%d*$') and tonumber(text)
    if not number then return nil, 'a number' end
    return number
  end,
}

types.boolean = {
  doc = 'true or false',
  check = function(value)
    if type(value) ~= 'boolean' then return nil, 'true or false' end
    return value
  end,
  from = function(text)
    if text ~= 'true' and text ~= 'false' then return nil, 'true or false' end
    return text == 'true'
  end,
}

types.duration = {
  doc = 'a duration: 90s, 10m, 1h30m',
  check = function(value)
    local seconds = to_seconds(value)
    if not seconds then return nil, 'a duration such as 90s, 10m or 1h30m' end
    return seconds
  end,
  from = function(text) return types.duration.check(tonumber(text) or text) end,
}

types.enum = {
  doc = 'one word of a list',
  check = function(value, field)
    for _, allowed in ipairs(field.values) do
      if value == allowed then return value end
    end
    local close = type(value) == 'string' and suggest(value, field.values)
    return nil, 'one of ' .. table.concat(field.values, ', '), close and ('did you mean %s?'):format(close)
  end,
}
types.enum.from = types.enum.check

-- The four places a secret may come from; the value itself never stands in a file that ifx reads.
local function secret_reference(value)
  local must = 'a reference: { env: NAME }, { file: PATH }, { command: [PROGRAM, ARG] } or { sops: { file: PATH, key: a.b } }'
  if type(value) ~= 'table' then return nil, must end
  local kind, target = next(value)
  if kind == nil or next(value, kind) ~= nil then return nil, must end
  local good
  if kind == 'env' or kind == 'file' then
    good = type(target) == 'string' and target ~= ''
  elseif kind == 'command' then
    good = is_list(target) and type(target[1]) == 'string'
    for _, argument in ipairs(good and target or {}) do good = good and type(argument) == 'string' end
  elseif kind == 'sops' then
    good = type(target) == 'table' and type(target.file) == 'string' and type(target.key) == 'string'
  end
  if not good then return nil, must end
  return { [kind] = target }
end

types.secret = {
  doc = 'a reference to a secret, never the secret itself',
  check = function(value)
    local reference, must = secret_reference(value)
    if reference then return reference end
    return nil, must, type(value) == 'string' and 'a secret is never written down: name where it is kept' or nil
  end,
  from = function(text)
    local kind, target = text:match('^(%a+):(.+)$')
    if kind ~= 'env' and kind ~= 'file' then return nil, 'env:NAME or file:PATH' end
    return { [kind] = target }
  end,
}

types.any = { doc = 'anything', check = function(value) return value end, from = function(text) return text end }
types.list = { doc = 'a list' }
types.map = { doc = 'a map' }

return { types = types, seconds = to_seconds, is_list = is_list }
