-- known.lua: a kustomization without the fields that kustomize does not know. SPDX-License-Identifier: Apache-2.0
local FIELDS = require './build/fields'

local function named(fields, name)
  if fields[name] then return name end
  for known in pairs(fields) do
    if known:lower() == name:lower() then return known end
  end
end

local kept

local function kept_items(value, of)
  local out = ifx.is_list(value) and ifx.list {} or {}
  for key, item in pairs(value) do out[key] = kept(item, of) end
  return out
end

local function kept_fields(value, fields)
  local out = {}
  for name, item in pairs(value) do
    local known = named(fields, name)
    if known and item ~= ifx.null and (known == name or value[known] == nil) then out[known] = kept(item, fields[known]) end
  end
  return out
end

function kept(value, wanted)
  if type(value) ~= 'table' or type(wanted) ~= 'table' then return value end
  if wanted.fields then return ifx.is_list(value) and value or kept_fields(value, wanted.fields) end
  return kept_items(value, wanted.list or wanted.map)
end

---What readers keep of a kustomization that pass over unknown fields: all that is known, under its right name. Types are
---not looked at.
---@param value any
---@return any
return function(value)
  return kept(value, FIELDS)
end
