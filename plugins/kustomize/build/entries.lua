-- entries.lua: labels and annotations: the same entries in every map that field specs name. SPDX-License-Identifier: Apache-2.0
local places = require './build/places'

---@param name 'labels'|'annotations'  of the configuration's field
---@return kustomize.Transformer
return function(name)
  return function(set, config)
    if not config[name] or next(config[name]) == nil then return end
    local entries, fields = node.of(config[name]), places.fields(config.fieldSpecs)
    places.change(set, function(object) return fields:put(object, entries) end)
  end
end
