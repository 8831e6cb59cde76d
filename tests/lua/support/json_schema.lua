-- json_schema.lua: as much of JSON schema as ifx writes; gives why a value is refused. SPDX-License-Identifier: Apache-2.0
local regex = require 'regex'

local validate

local function kind(value)
  if type(value) == 'table' then return (value[1] ~= nil or require('ifx').is_list(value)) and 'array' or 'object' end
  return math.type(value) == 'integer' and 'integer' or type(value) == 'string' and 'string' or type(value)
end

local function is_type(wanted, value)
  for _, one in ipairs(type(wanted) == 'table' and wanted or { wanted }) do
    local got = kind(value)
    local empty = one == 'object' and type(value) == 'table' and next(value) == nil
    if got == one or empty or one == 'number' and got == 'integer' then return true end
  end
  return false
end

local function contains(list, value)
  for _, one in ipairs(list) do
    if one == value then return true end
  end
  return false
end

local function count(schemas, value)
  local n = 0
  for _, one in ipairs(schemas) do n = n + (validate(one, value) and 0 or 1) end
  return n
end

local function object(schema, value)
  for _, name in ipairs(schema.required or {}) do
    if value[name] == nil then return name .. ' is missing' end
  end
  for name, item in pairs(value) do
    local own = (schema.properties or {})[name]
    if own == nil then own = schema.additionalProperties end
    if own == false then return 'unknown ' .. tostring(name) end
    local why = type(own) == 'table' and validate(own, item)
    if why then return ('%s: %s'):format(name, why) end
  end
end

local RULES = {
  type = function(s, v) return is_type(s.type, v) end,
  enum = function(s, v) return contains(s.enum, v) end,
  const = function(s, v) return v == s.const end,
  anyOf = function(s, v) return count(s.anyOf, v) > 0 end,
  oneOf = function(s, v) return count(s.oneOf, v) == 1 end,
  ['not'] = function(s, v) return validate(s['not'], v) ~= nil end,
  ['if'] = function(s, v) return not validate(validate(s['if'], v) and s['else'] or s['then'], v) end,
  pattern = function(s, v) return type(v) ~= 'string' or regex.compile(s.pattern):match(v) end,
  minLength = function(s, v) return type(v) ~= 'string' or #v >= s.minLength end,
  minItems = function(s, v) return kind(v) ~= 'array' or #v >= s.minItems end,
  minimum = function(s, v) return not math.type(v) or v >= s.minimum end,
  maximum = function(s, v) return not math.type(v) or v <= s.maximum end,
}

function validate(schema, value)
  for keyword, rule in pairs(RULES) do
    if schema[keyword] ~= nil and not rule(schema, value) then return 'not ' .. keyword end
  end
  if type(value) ~= 'table' then return nil end
  for i, item in ipairs(schema.items and value or {}) do
    local why = validate(schema.items, item)
    if why then return ('%d: %s'):format(i, why) end
  end
  if kind(value) == 'object' then return object(schema, value) end
end

return validate
