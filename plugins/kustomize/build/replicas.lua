-- replicas.lua: how many pods workloads of a name have. SPDX-License-Identifier: Apache-2.0
local places = require './build/places'

local compiled = places.once(function(specs)
  local out = {}
  for i, spec in ipairs(specs) do out[i] = { spec = spec, fields = node.fields { spec } } end
  return out
end)

-- The ids of that name which a resource has or had; nil when there are none.
local function ids_named(resource, name)
  local ids
  for i = 0, #resource.before do
    local id = i == 0 and resource.id or resource.before[i]
    if id.name == name then
      ids = ids or {}
      ids[#ids + 1] = id
    end
  end
  return ids
end

local function is_for_any(spec, ids)
  for _, id in ipairs(ids) do
    if places.is_for(spec, id) then return true end
  end
  return false
end

local function shown(specs)
  local out = {}
  for i, each in ipairs(specs) do
    local spec = each.spec
    out[i] = ('%s.%s.%s'):format(spec.kind or '[noKind]', spec.version or '[noVer]', spec.group or '[noGrp]')
  end
  return table.concat(out, ' ')
end

---@type kustomize.Transformer
return function(set, config)
  local replica, specs = config.replica or {}, compiled(config.fieldSpecs)
  local name, count, found = replica.name or '', node.of(replica.count or 0), false
  places.change(set, function(object, resource)
    local ids = ids_named(resource, name)
    if not ids then return object end
    for _, each in ipairs(specs) do
      if is_for_any(each.spec, ids) then
        found = true
        object = each.fields:put(object, count)
      end
    end
    return object
  end)
  if not found then
    err.raise { kind = 'not_found',
      message = ('resource with name %s does not match a config with the following GVK [%s]'):format(name, shown(specs)),
      hint = 'replicas names an object as it is called before or after prefixes; remove the entry when the object is gone' }
  end
end
