-- json.lua: fields as a JSON schema, for editors. SPDX-License-Identifier: Apache-2.0
local ifx = require 'ifx'
local list = require 'ifx.list'

local M = {}

local of_field

local PLAIN = {
  string = 'string', path = 'string', url = 'string', integer = 'integer', number = 'number', boolean = 'boolean',
}

local function of_fields(fields)
  local out = { type = 'object', additionalProperties = false, properties = {} }
  local required = list.filter(list.keys(fields), function(name) return fields[name].required == true end)
  for name, field in pairs(fields) do out.properties[name] = of_field(field) end
  if #required > 0 then out.required = ifx.list(required) end
  return out
end

local function of_map(field)
  if field.fields then return of_fields(field.fields) end
  return { type = 'object', additionalProperties = field.values and of_field(field.values) or true }
end

local function of_type(field)
  local element = field.type:match '^(.+)%[%]$'
  if element or field.type == 'list' then
    local items = element and setmetatable({ type = element, doc = false, json = false }, { __index = field })
      or field.items or { type = 'any' }
    return { type = 'array', items = of_field(items), minItems = field.min, maxItems = field.max }
  elseif field.type == 'map' then
    return of_map(field)
  elseif field.type == 'enum' then
    return { enum = ifx.list(field.values) }
  elseif field.accepts then
    return { anyOf = ifx.list(list.map(field.accepts, of_field)) }
  elseif field.type == 'duration' then
    return { type = ifx.list { 'string', 'number' } }
  elseif field.type == 'secret' then
    return { type = 'object' }
  end
  local out = { type = PLAIN[field.type] }
  local is_number = out.type == 'integer' or out.type == 'number'
  -- Longest texts are counted in bytes here and in characters there: only the least length means the same, when it is one.
  if is_number then out.minimum, out.maximum = field.min, field.max end
  if out.type == 'string' and field.min == 1 then out.minLength = 1 end
  return out
end

function of_field(field)
  local out = of_type(field)
  out.description = field.doc or nil
  if type(field.default) ~= 'table' then out.default = field.default end
  for keyword, value in pairs(field.json or {}) do out[keyword] = value end
  return out
end

---The JSON schema (draft 7) of a map with these fields. What only code checks is in `json`, keywords that a field brings.
---@param fields table<string, ifx.Field>
---@param title string
---@return table
function M.of(fields, title)
  local out = of_fields(fields)
  out['$schema'], out.title = 'http://json-schema.org/draft-07/schema#', title
  return out
end

return M
