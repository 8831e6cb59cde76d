-- names.lua: prefixes and suffixes of names. SPDX-License-Identifier: Apache-2.0
local places = require './build/places'

-- Kinds whose names stay, and the group where only that one is meant.
local UNTOUCHED = { CustomResourceDefinition = true, Namespace = true, APIService = 'apiregistration.k8s.io' }

local function is_untouched(id)
  local group = UNTOUCHED[id.kind]
  return group == true or (group ~= nil and group == id.group)
end

local compiled = places.once(function(specs)
  local out = {}
  for i, spec in ipairs(specs) do
    out[i] = { spec = spec, is_name = spec.path == 'metadata/name', fields = node.fields({ spec }, { create = true }) }
  end
  return out
end)

-- Which objects and fields are meant is asked of the id that an object began with, then of the one that it has.
local function rename(set, specs, added, note)
  places.each(set, function(resource)
    local id = resource:original()
    if is_untouched(id) then return end
    for _, each in ipairs(specs) do
      if places.is_for(each.spec, id) then
        if each.is_name then
          note(resource)
          resource:remember()
        end
        resource:set(each.fields:map(resource.node, added))
      end
    end
  end)
end

local function transformer(word, history, join)
  return function(set, config)
    local text = config[word] or ''
    if not config.fieldSpecs then
      err.raise { kind = 'config', message = 'fieldSpecs is not expected to be nil',
        hint = ('say which fields get the %s: fieldSpecs: [{ path: metadata/name }]'):format(word) }
    end
    if text == '' then return end
    rename(set, compiled(config.fieldSpecs), function(name) return join(name, text) end,
      function(resource) table.insert(resource[history], text) end)
  end
end

return {
  prefix = transformer('prefix', 'prefixes', function(name, text) return text .. name end),
  suffix = transformer('suffix', 'suffixes', function(name, text) return name .. text end),
}
