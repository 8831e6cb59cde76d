-- hash.lua: names of generated objects end in a hash of what they hold. SPDX-License-Identifier: Apache-2.0

-- Letters and digits that cannot make a word.
local SAFE = { ['0'] = 'g', ['1'] = 'h', ['3'] = 'k', a = 'm', e = 't' }

local ESCAPES = { ['"'] = '\\"', ['\\'] = '\\\\', ['\b'] = '\\b', ['\f'] = '\\f', ['\n'] = '\\n', ['\r'] = '\\r', ['\t'] = '\\t' }
local BEYOND = { ['\u{2028}'] = '\\u2028', ['\u{2029}'] = '\\u2029' }

local function escaped(char) return ESCAPES[char] or ('\\u%04x'):format(char:byte()) end

-- As Go's encoding/json writes it.
local function quoted(value)
  value = value:gsub('[%c"\\<>&]', function(char) return char == '\127' and char or escaped(char) end)
  return '"' .. value:gsub('\u{2028}', BEYOND):gsub('\u{2029}', BEYOND) .. '"'
end

local EXACT = 1 << 53

local function number(value)
  if math.type(value) ~= 'integer' or value > EXACT or value < -EXACT then
    err.raise { kind = 'unsupported', message = ('%s in the data of a generated object'):format(value),
      hint = 'the values of data are texts: quote it' }
  end
  return tostring(value)
end

local encode

local function encode_table(value)
  local out = {}
  if ifx.is_list(value) then
    for i, item in ipairs(value) do out[i] = encode(item) end
    return '[' .. table.concat(out, ',') .. ']'
  end
  for i, key in ipairs(list.keys(value)) do out[i] = quoted(key) .. ':' .. encode(value[key]) end
  return '{' .. table.concat(out, ',') .. '}'
end

-- Keys in the order of their bytes, no blanks.
function encode(value)
  if type(value) == 'table' then return encode_table(value) end
  if type(value) == 'string' then return quoted(value) end
  if type(value) == 'number' then return number(value) end
  return value == ifx.null and 'null' or tostring(value)
end

-- What of an object is hashed: its name is not.
local FIELDS = {
  ConfigMap = { always = { 'data' }, maps = { 'binaryData' } },
  Secret = { always = { 'data', 'type' }, maps = { 'stringData' } },
}

local function is_map(value) return type(value) == 'userdata' and value ~= ifx.null and value:kind() == 'map' end

local function content(object, kind)
  local out = { kind = kind, name = '' }
  for _, field in ipairs(FIELDS[kind].always) do
    local value = object:get(field)
    out[field] = value == nil and '' or type(value) == 'userdata' and value ~= ifx.null and value:value() or value
  end
  for _, field in ipairs(FIELDS[kind].maps) do
    local value = object:get(field)
    if is_map(value) then out[field] = value:value() end
  end
  return out
end

local function hash_of(object, kind)
  local hex = hash.sha256(encode(content(object, kind)))
  return (hex:sub(1, 10):gsub('.', SAFE))
end

---@param set kustomize.Set
return function(set)
  for _, resource in ipairs(set.list) do
    if resource.wants_hash then
      local id = resource.id
      if not FIELDS[id.kind] then
        err.raise { kind = 'unsupported', message = ('a %s cannot have a hash in its name'):format(id.kind),
          hint = 'set disableNameSuffixHash for what becomes of it' }
      end
      resource:remember()
      resource:set(resource.node:with(id.name .. '-' .. hash_of(resource.node, id.kind), 'metadata', 'name'))
    end
  end
end
