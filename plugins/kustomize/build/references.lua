-- references.lua: names that objects refer to, after the objects were renamed. SPDX-License-Identifier: Apache-2.0
local places = require './build/places'

local ROLE = 'roleRef/name'

-- Those of all specs that a kind may meet.
local function among(name_reference)
  return function(kind)
    local out = {}
    for _, target in ipairs(name_reference) do
      for _, spec in ipairs(target.fieldSpecs or {}) do
        if (spec.kind or '') == '' or spec.kind == kind then out[#out + 1] = { spec = spec, target = target } end
      end
    end
    return out
  end
end

-- The fields of some specs, and for each the target that it names and its path. Nil for none.
local function compile(references)
  if #references == 0 then return nil end
  local specs, targets = {}, {}
  for i, reference in ipairs(references) do
    local spec = reference.spec
    specs[i] = { group = spec.group, version = spec.version, kind = spec.kind, path = spec.path }
    targets[i] = { type = reference.target, path = spec.path, is_role = spec.path:sub(-#ROLE) == ROLE }
  end
  return { fields = node.fields(specs, { each = true }), targets = targets }
end

-- What refers to what, for the kind of the referrer.
local compiled = places.once(function(tables)
  local referring, by_kind = tables.referring or among(tables.nameReference), {}
  return function(kind)
    if by_kind[kind] == nil then by_kind[kind] = compile(referring(kind)) or false end
    return by_kind[kind]
  end
end)

---Names in the fields that refer to objects follow those objects. To be run once, when all names are final; also where
---nothing was renamed, because fields that cannot be walked are refused.
---@param set kustomize.Set
---@param env kustomize.Env
return function(set, env)
  local specs_for, referrer_of = compiled(env.specs), nil
  places.change(set, function(object, resource)
    local specs = specs_for(resource:original().kind)
    if not specs then return object end
    referrer_of = referrer_of or require './build/referrer'(set)
    local referrer = referrer_of(resource)
    return specs.fields:map(object, function(value, spec, kind)
      return referrer:rename(value, specs.targets[spec], kind)
    end, resource:original())
  end)
end
