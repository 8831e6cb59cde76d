-- replicas.lua: how many pods workloads of a name have. SPDX-License-Identifier: Apache-2.0
local places = require './build/places'

local compiled = places.once(function(specs)
  local out = {}
  for i, spec in ipairs(specs) do out[i] = { spec = spec, fields = node.fields { spec } } end
  return out
end)

local function means(spec, name, id)
  return id.name == name and places.is_for(spec, id)
end

local function is_meant(spec, name, resource)
  if means(spec, name, resource.id) then return true end
  for _, id in ipairs(resource.before) do
    if means(spec, name, id) then return true end
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
    for _, each in ipairs(specs) do
      if is_meant(each.spec, name, resource) then
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
