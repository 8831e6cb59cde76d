-- strings.lua: the functions of templates that make texts and numbers. SPDX-License-Identifier: Apache-2.0
local values = require './gotemplate/values'

local function refuse(what) err.raise { kind = 'unsupported', message = ('%s is not followed here'):format(what) } end

local SPACE = '[ \t\n\v\f\r]'

local function trimmed(text) return (text:gsub('^' .. SPACE .. '+', ''):gsub(SPACE .. '+$', '')) end

-- Without the characters of a set at the ends.
local function without(set, text, left, right)
  if set == '' or text == '' then return text end
  local class = '[' .. set:gsub('[%^%]%-%%]', '%%%0') .. ']'
  if left then text = text:gsub('^' .. class .. '+', '') end
  return right and text:gsub(class .. '+$', '') or text
end

local function ascii(text, name)
  if text:find '[\128-\255]' then refuse(('%s of letters beyond ASCII'):format(name)) end
  return text
end

local function replaced(old, new, text)
  if old == '' then refuse 'replace of an empty text' end
  local out, at = {}, 1
  while true do
    local first, last = text:find(old, at, true)
    if not first then break end
    out[#out + 1] = text:sub(at, first - 1)
    out[#out + 1] = new
    at = last + 1
  end
  out[#out + 1] = text:sub(at)
  return table.concat(out)
end

local function indented(n, text) return (' '):rep(n) .. text:gsub('\n', '\n' .. (' '):rep(n)) end

---A name as DNS takes it: small letters, digits, '-' and '.'.
---@param name string
---@return string
local function normalized(name)
  name = ascii(name:gsub(utf8.charpattern, function(c) return #c > 1 and '-' or nil end), 'normalize'):lower()
  return without('-.', name:gsub('[^-a-z0-9.]', '-'):sub(1, 253), true, true)
end

-- As sprig reads numbers from anything.
local function integer(value)
  if math.type(value) == 'integer' then return value end
  if math.type(value) == 'float' then return math.tointeger(value < 0 and math.ceil(value) or math.floor(value)) or 0 end
  if type(value) == 'boolean' then return value and 1 or 0 end
  if type(value) == 'string' and value:find '^[+-]?%d+$' then
    if value:find '^[+-]?0%d' then refuse 'a number that begins with 0' end
    return math.tointeger(tonumber(value)) or 0
  end
  return 0
end

local function sum(...)
  local total = 0
  for _, value in ipairs { ... } do total = total + integer(value) end
  return total
end

local function quotient(a, b)
  a, b = integer(a), integer(b)
  if b == 0 then err.raise { kind = 'config', message = 'failed to execute go template: integer divide by zero' } end
  local q = a // b
  return (q < 0 and q * b ~= a) and q + 1 or q
end

local function extreme(pick)
  return function(...)
    local best
    for _, value in ipairs { ... } do best = best and pick(best, integer(value)) or integer(value) end
    return best
  end
end

local function cut(length, text)
  if length >= 0 then return text:sub(1, length) end
  return #text + length > 0 and text:sub(length) or text
end

-- An expression is Go's; `$1` in what replaces it is not followed.
local function expression(source)
  local compiled = regex.compile(source, 'go')
  return compiled
end

local function regex_replaced(source, text, new)
  if new:find('$', 1, true) then refuse 'a group in what replaces an expression' end
  local compiled, out, at = expression(source), {}, 1
  while at <= #text + 1 do
    local first, last = compiled:find(text, at)
    if not first then break end
    out[#out + 1] = text:sub(at, first - 1) .. new
    if last < first then out[#out + 1] = text:sub(first, first) end
    at = math.max(last, first) + 1
  end
  out[#out + 1] = text:sub(at)
  return table.concat(out)
end

local function quoted_all(quote)
  return function(...)
    local out = {}
    for i = 1, select('#', ...) do
      local value = select(i, ...)
      if not values.is_nil(value) then out[#out + 1] = quote(values.text(value)) end
    end
    return table.concat(out, ' ')
  end
end

local function escaped_json(value)
  return (json.encode(values.is_nil(value) and ifx.null or values.plain(value)):gsub('[<>&]', function(c)
    return ('\\u%04x'):format(c:byte())
  end))
end

local function yaml_text(value)
  return (node.print(node.of(values.is_nil(value) and ifx.null or values.plain(value))):gsub('\n$', ''))
end

local function decoded(decode, wanted)
  return function(text)
    local value = decode(text)
    local good = value == nil or wanted == nil or wanted(value)
    if not good then err.raise { kind = 'config', message = 'failed to execute go template: error unmarshaling a text' } end
    return values.of(value)
  end
end

local function unbase64(text)
  local ok, bytes = pcall(hash.unbase64, text)
  return ok and bytes or refuse 'b64dec of what is no base64'
end

return {
  lower = { 's', function(text) return ascii(text, 'lower'):lower() end },
  upper = { 's', function(text) return ascii(text, 'upper'):upper() end },
  title = { 's', function(text)
    return (ascii(text, 'title'):gsub('(%f[%w_])(%l)', function(_, c) return c:upper() end))
  end },
  trim = { 's', trimmed },
  trimAll = { 'ss', function(set, text) return without(set, text, true, true) end },
  trimPrefix = { 'ss', function(start, text) return text:sub(1, #start) == start and text:sub(#start + 1) or text end },
  trimSuffix = { 'ss', function(stop, text)
    return stop ~= '' and text:sub(-#stop) == stop and text:sub(1, -#stop - 1) or text
  end },
  replace = { 'sss', replaced },
  contains = { 'ss', function(part, text) return text:find(part, 1, true) ~= nil end },
  hasPrefix = { 'ss', function(start, text) return text:sub(1, #start) == start end },
  hasSuffix = { 'ss', function(stop, text) return stop == '' or text:sub(-#stop) == stop end },
  trunc = { 'is', cut },
  substr = { 'iis', function(from, to, text)
    if from < 0 then return text:sub(1, to) end
    return (to < 0 or to > #text) and text:sub(from + 1) or text:sub(from + 1, to)
  end },
  ['repeat'] = { 'is', function(n, text)
    if n * #text > 1024 * 1024 then refuse 'repeat beyond a megabyte' end
    return text:rep(n)
  end },
  nospace = { 's', function(text) return (text:gsub(SPACE, '')) end },
  indent = { 'is', indented },
  nindent = { 'is', function(n, text) return '\n' .. indented(n, text) end },
  quote = { 'a*', quoted_all(values.quoted) },
  squote = { 'a*', quoted_all(function(text) return "'" .. text .. "'" end) },
  cat = { 'a*', function(...)
    local out = {}
    for i = 1, select('#', ...) do
      local value = select(i, ...)
      if not values.is_nil(value) then out[#out + 1] = values.text(value) end
    end
    return table.concat(out, ' ')
  end },
  toString = { 'a', values.text },
  normalize = { 's', normalized },
  regexMatch = { 'ss', function(source, text) return expression(source):match(text) end },
  regexFind = { 'ss', function(source, text)
    local first, last = expression(source):find(text)
    return first and text:sub(first, last) or ''
  end },
  regexReplaceAll = { 'sss', regex_replaced },
  atoi = { 's', function(text) return text:find '^[+-]?%d+$' and math.tointeger(tonumber(text)) or 0 end },
  int = { 'a', integer }, int64 = { 'a', integer },
  float64 = { 'a', function(value) return (tonumber(value) or 0) + 0.0 end },
  add = { 'a*', sum }, add1 = { 'a', function(value) return integer(value) + 1 end },
  sub = { 'aa', function(a, b) return integer(a) - integer(b) end },
  mul = { 'aa*', function(...)
    local product = 1
    for _, value in ipairs { ... } do product = product * integer(value) end
    return product
  end },
  div = { 'aa', quotient },
  mod = { 'aa', function(a, b) return integer(a) - quotient(a, b) * integer(b) end },
  max = { 'aa*', extreme(math.max) }, min = { 'aa*', extreme(math.min) },
  b64enc = { 's', function(text) return hash.base64(text) end },
  b64dec = { 's', unbase64 },
  sha256sum = { 's', function(text) return hash.sha256(text) end },
  toJson = { 'a', escaped_json },
  fromJson = { 's', decoded(function(text) return json.decode(text) end) },
  toYaml = { 'a', yaml_text },
  fromYaml = { 's', decoded(function(text) return yaml.decode(text) or {} end, values.is_map) },
  fromYamlArray = { 's', decoded(function(text) return yaml.decode(text) or ifx.list {} end, values.is_list) },
  base = { 's', function(text) return text == '' and '.' or path.basename((text:gsub('(.)/+$', '%1'))) end },
}
