-- values.lua: values of Go as templates see them. SPDX-License-Identifier: Apache-2.0
-- A string is a string, an integer an int, a float a float64, a table a list or a map.

local M = {}

local texts = setmetatable({}, { __mode = 'k' })

---A map that holds texts alone, which Go tells from a map of anything: what it does not have is an empty text.
---@param map table<string, string>
---@return table
function M.texts(map)
  texts[map] = true
  return map
end

---@param value any
---@return boolean
function M.is_texts(value) return texts[value] == true end

---@param value any
---@return boolean
function M.is_nil(value) return value == nil or value == ifx.null end

---@param value any
---@return boolean
function M.is_list(value) return type(value) == 'table' and value ~= ifx.null and ifx.is_list(value) end

---@param value any
---@return boolean
function M.is_map(value) return type(value) == 'table' and value ~= ifx.null and not ifx.is_list(value) end

---Data as JSON brings it to Go: all numbers are float64.
---@param value any
---@return any
function M.of(value)
  if math.type(value) == 'integer' then return value + 0.0 end
  if type(value) ~= 'table' then return value end
  local out = ifx.is_list(value) and ifx.list {} or {}
  for key, item in pairs(value) do out[key] = M.of(item) end
  return out
end

---The other way: floats without a fraction are integers, so that they are written as JSON writes them.
---@param value any
---@return any
function M.plain(value)
  if math.type(value) == 'float' then
    return math.abs(value) < 1e15 and math.tointeger(value) or value
  end
  if type(value) ~= 'table' then return value end
  local out = ifx.is_list(value) and ifx.list {} or {}
  for key, item in pairs(value) do out[key] = M.plain(item) end
  return out
end

---What Go calls the type of a value.
---@param value any
---@return string
function M.type_of(value)
  if M.is_nil(value) then return 'nil' end
  if M.is_texts(value) then return 'map[string]string' end
  if M.is_list(value) then return '[]interface {}' end
  if type(value) == 'table' then return 'map[string]interface {}' end
  local numbers = { integer = 'int', float = 'float64' }
  return numbers[math.type(value) or ''] or type(value) == 'boolean' and 'bool' or type(value)
end

---Does a condition take it for true?
---@param value any
---@return boolean
function M.is_true(value)
  if M.is_nil(value) then return false end
  if type(value) == 'table' then return next(value) ~= nil end
  return value ~= false and value ~= '' and value ~= 0
end

local function digits_of(value)
  for precision = 1, 17 do
    local text = ('%%.%de'):format(precision - 1):format(value)
    if tonumber(text) == value then return text end
  end
end

-- The shortest text that reads back as the number, with an exponent from seven digits on as Go has it.
local function float(value)
  if value ~= value then return 'NaN' end
  if value == math.huge or value == -math.huge then return value > 0 and '+Inf' or '-Inf' end
  local sign, lead, rest, exponent = digits_of(value):match '^(%-?)(%d)%.?(%d*)e([+-]%d+)$'
  local digits, power = lead .. rest, tonumber(exponent)
  if power < -4 or power >= 6 then
    return ('%s%s%se%s%02d'):format(sign, lead, rest ~= '' and '.' .. rest or '', power < 0 and '-' or '+', math.abs(power))
  elseif power < 0 then
    return ('%s0.%s%s'):format(sign, ('0'):rep(-power - 1), digits)
  elseif power + 1 >= #digits then
    return sign .. digits .. ('0'):rep(power + 1 - #digits)
  end
  return ('%s%s.%s'):format(sign, digits:sub(1, power + 1), digits:sub(power + 2))
end

---A value as Go prints it.
---@param value any
---@return string
function M.text(value)
  if M.is_nil(value) then return '<nil>' end
  if math.type(value) == 'float' then return float(value) end
  if type(value) ~= 'table' then return tostring(value) end
  local out = {}
  if ifx.is_list(value) then
    for i, item in ipairs(value) do out[i] = M.text(item) end
    return ('[%s]'):format(table.concat(out, ' '))
  end
  for _, key in ipairs(list.keys(value)) do out[#out + 1] = ('%s:%s'):format(key, M.text(value[key])) end
  return ('map[%s]'):format(table.concat(out, ' '))
end

local QUOTED = { ['"'] = '\\"', ['\\'] = '\\\\', ['\n'] = '\\n', ['\t'] = '\\t', ['\r'] = '\\r', ['\a'] = '\\a', ['\b'] = '\\b',
  ['\f'] = '\\f', ['\v'] = '\\v' }

---A text in quotes, as Go's %q writes it.
---@param text string
---@return string
function M.quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(c) return QUOTED[c] or ('\\x%02x'):format(c:byte()) end) .. '"'
end

return M
