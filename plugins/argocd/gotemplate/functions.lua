-- functions.lua: the functions that templates call. SPDX-License-Identifier: Apache-2.0
local collections = require './gotemplate/collections'
local strings = require './gotemplate/strings'
local values = require './gotemplate/values'

local M = {}

local function fail(message) err.raise { kind = 'config', message = ('failed to execute go template: %s'):format(message) } end

-- ---- of the templates themselves ----

local function number_of(value) return math.type(value) and value end

-- Numbers and texts are compared with their like alone.
local function comparable(a, b)
  local one, other = values.type_of(a), values.type_of(b)
  if one ~= other then fail 'incompatible types for comparison' end
  if type(a) == 'table' then fail 'non-comparable type' end
end

local function equal(a, b)
  if values.is_nil(a) or values.is_nil(b) then return values.is_nil(a) and values.is_nil(b) end
  comparable(a, b)
  return a == b
end

local function less(a, b)
  comparable(a, b)
  if type(a) == 'boolean' or values.is_nil(a) then fail 'invalid type for comparison' end
  return a < b
end

local function index_one(value, key)
  if values.is_nil(value) then fail 'index of untyped nil' end
  if values.is_list(value) then
    local i = number_of(key) and math.type(key) == 'integer' and key
    if not i then fail(('cannot index slice/array with type %s'):format(values.type_of(key))) end
    if i < 0 or i >= #value then fail(('index out of range: %d'):format(i)) end
    return value[i + 1]
  elseif values.is_map(value) then
    if type(key) ~= 'string' then fail(('value has type %s; should be string'):format(values.type_of(key))) end
    local found = value[key]
    if found == nil and values.is_texts(value) then return '' end
    return found
  end
  fail(("can't index item of type %s"):format(values.type_of(value)))
end

local function length(value)
  if type(value) == 'string' then return #value end
  if values.is_list(value) then return #value end
  if values.is_map(value) then return #list.keys(value) end
  fail(('len of type %s'):format(values.type_of(value)))
end

local function printed(arguments, n)
  local out, before_text = {}, true
  for i = 1, n do
    local is_text = type(arguments[i]) == 'string'
    if i > 1 and not is_text and not before_text then out[#out + 1] = ' ' end
    out[#out + 1], before_text = values.text(arguments[i]), is_text
  end
  return table.concat(out)
end

local VERBS = {
  v = values.text,
  s = function(value)
    if type(value) == 'string' or type(value) == 'table' then return values.text(value) end
    return ('%%!s(%s=%s)'):format(values.type_of(value), values.text(value))
  end,
  d = function(value, flags)
    if math.type(value) == 'integer' then return ('%' .. flags .. 'd'):format(value) end
    return ('%%!d(%s=%s)'):format(values.type_of(value), values.text(value))
  end,
  q = function(value)
    if type(value) == 'string' then return values.quoted(value) end
    err.raise { kind = 'unsupported', message = 'printf "%q" of what is no text is not followed here' }
  end,
  t = function(value)
    if type(value) == 'boolean' then return tostring(value) end
    return ('%%!t(%s=%s)'):format(values.type_of(value), values.text(value))
  end,
}

local function formatted(arguments, n)
  local at = 1
  local text = arguments[1]:gsub('%%([-+ #0]*%d*%.?%d*)(.?)', function(flags, verb)
    if verb == '%' then return '%' end
    local write = VERBS[verb]
    if not write or flags ~= '' and (verb ~= 'd' and verb ~= 's' or flags:find '[#.+ ]') then
      err.raise { kind = 'unsupported', message = ('printf "%%%s%s" is not followed here'):format(flags, verb) }
    end
    at = at + 1
    if at > n then return ('%%!%s(MISSING)'):format(verb) end
    local written = write(arguments[at], flags)
    return verb == 's' and flags ~= '' and ('%' .. flags:gsub('^0+', '') .. 's'):format(written) or written
  end)
  if at < n then err.raise { kind = 'unsupported', message = 'printf with more values than verbs is not followed here' } end
  return text
end

local BUILTIN = {
  ['not'] = { 'a', function(value) return not values.is_true(value) end },
  eq = { 'aa*', function(a, ...)
    for i = 1, select('#', ...) do
      if equal(a, (select(i, ...))) then return true end
    end
    return false
  end },
  ne = { 'aa', function(a, b) return not equal(a, b) end },
  lt = { 'aa', less },
  le = { 'aa', function(a, b) return less(a, b) or a == b end },
  gt = { 'aa', function(a, b) return less(b, a) end },
  ge = { 'aa', function(a, b) return less(b, a) or a == b end },
  index = { 'aa*', function(value, ...)
    for i = 1, select('#', ...) do value = index_one(value, (select(i, ...))) end
    return value
  end },
  len = { 'a', length },
  print = { 'a*', function(...) return printed({ ... }, select('#', ...)) end },
  println = { 'a*', function(...)
    return table.concat(list.map({ ... }, values.text), ' ') .. '\n'
  end },
  printf = { 'sa*', function(...) return formatted({ ... }, select('#', ...)) end },
}

-- ---- calling ----

local WANTED = { s = 'string', i = 'int', b = 'bool', m = 'map[string]interface {}', l = '[]interface {}' }

-- Does a value go into a parameter? A parameter is s(tring), i(nt), b(ool), m(ap), l(ist) or a(nything).
local function check(letter, value)
  if letter == 'a' then return end
  if values.is_nil(value) then fail(('invalid value; expected %s'):format(WANTED[letter])) end
  local found = values.type_of(value)
  if found ~= WANTED[letter] then fail(('wrong type for value; expected %s; got %s'):format(WANTED[letter], found)) end
end

local function find(name)
  return BUILTIN[name] or strings[name] or collections[name]
end

---@param name string
---@param arguments any[]  nil is nothing
---@param n integer
---@return any
---Raises 'config' where Go refuses, 'unsupported' for a function that is not followed.
function M.call(name, arguments, n)
  local known = find(name)
  if not known then
    err.raise { kind = 'unsupported', message = ('the function %s of a template is not followed here'):format(name) }
  end
  local letters, repeats = known[1]:match '^(%a*)(%*?)$'
  local least = repeats == '*' and #letters - 1 or #letters
  if n < least or repeats == '' and n > #letters then
    fail(('wrong number of args for %s: want %s%d got %d'):format(name, repeats == '*' and 'at least ' or '', least, n))
  end
  for i = 1, n do check(letters:sub(math.min(i, #letters), math.min(i, #letters)), arguments[i]) end
  return known[2](table.unpack(arguments, 1, n))
end

return M
