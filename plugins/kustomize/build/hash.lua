-- hash.lua: names of generated objects end in a hash of what they hold. SPDX-License-Identifier: Apache-2.0

-- Letters and digits that cannot make a word.
local SAFE = { ['0'] = 'g', ['1'] = 'h', ['3'] = 'k', a = 'm', e = 't' }

-- What of an object is hashed: its name is not.
local FIELDS = {
  ConfigMap = { always = { 'data' }, maps = { 'binaryData' } },
  Secret = { always = { 'data', 'type' }, maps = { 'stringData' } },
}

-- Of a field the JSON of what it holds: lists come as null, scalars as texts.
local function json_of(value)
  if value == nil then value = '' end
  local of_map = type(value) == 'userdata' and value ~= ifx.null
  if of_map and value:kind() == 'list' then value = ifx.null end
  return (of_map and value ~= ifx.null and value or node.of(value)):json()
end

local function content(object, kind)
  local parts = { kind = node.of(kind):json(), name = '""' }
  for _, field in ipairs(FIELDS[kind].always) do parts[field] = json_of(object:get(field)) end
  for _, field in ipairs(FIELDS[kind].maps) do
    local value = object:get(field)
    if type(value) == 'userdata' and value ~= ifx.null then parts[field] = json_of(value) end
  end
  local out = {}
  for i, key in ipairs(list.keys(parts)) do out[i] = ('"%s":%s'):format(key, parts[key]) end
  return '{' .. table.concat(out, ',') .. '}'
end

local function hash_of(object, kind)
  local hex = hash.sha256(content(object, kind))
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
