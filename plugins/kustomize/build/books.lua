-- books.lua: what kustomize notes about an object in its annotations, where patches meet it. SPDX-License-Identifier: Apache-2.0
local metadata = require './build/metadata'
local select = require './build/select'

local M = {}

local PREFIX = 'internal.config.kubernetes.io/'

local function joined(list, word)
  local out = {}
  for i, item in ipairs(list) do out[i] = word and word(item) or item end
  return #out > 0 and table.concat(out, ',') or nil
end

-- Each note by its name: what it says of a resource, nil for nothing; and what is forgotten with it.
local NOTES = {
  previousNames = {
    says = function(resource) return joined(resource.before, function(id) return id.name end) end,
    forget = function(resource) resource.before = {} end,
  },
  previousNamespaces = { says = function(resource) return joined(resource.before, select.space) end },
  previousKinds = { says = function(resource) return joined(resource.before, function(id) return id.kind end) end },
  prefixes = {
    says = function(resource) return joined(resource.prefixes) end,
    forget = function(resource) resource.prefixes = {} end,
  },
  suffixes = {
    says = function(resource) return joined(resource.suffixes) end,
    forget = function(resource) resource.suffixes = {} end,
  },
  needsHashSuffix = {
    says = function(resource) return resource.wants_hash and 'enabled' or nil end,
    forget = function(resource) resource.wants_hash = false end,
  },
  generatorBehavior = {
    says = function(resource) return resource.wants_hash ~= nil and (resource.behavior or 'unspecified') or nil end,
    forget = function(resource) resource.behavior = nil end,
  },
}

-- These two are not brought back after a JSON patch.
local SOURCES = {
  [metadata.ORIGIN] = {
    says = function(resource) return resource.source and metadata.text(resource.source) end,
    forget = function(resource) resource.source = nil end,
  },
  [metadata.TRANSFORMATIONS] = {
    says = function(resource) return resource.transformed and metadata.text(ifx.list(resource.transformed)) end,
    forget = function(resource) resource.transformed = nil end,
  },
}

local function each(f)
  for name, note in pairs(NOTES) do f(PREFIX .. name, note, true) end
  for name, note in pairs(SOURCES) do f(name, note, false) end
end

---The object with its notes.
---@param resource kustomize.Resource
---@return node.Node
function M.open(resource)
  local object = resource.node
  each(function(name, note)
    local text = note.says(resource)
    if text then object = object:with(text, 'metadata', 'annotations', name) end
  end)
  return object
end

---A changed object without its notes; the resource forgets what is not among them any more.
---@param resource kustomize.Resource
---@param object node.Node
---@param keeps_history boolean  all but where it comes from
---@return node.Node
function M.close(resource, object, keeps_history)
  local annotations = object:get('metadata', 'annotations')
  local is_map = type(annotations) == 'userdata' and annotations ~= ifx.null
  each(function(name, note, is_history)
    local there = is_map and annotations:get(name) ~= nil
    if there then
      object = object:with(nil, 'metadata', 'annotations', name)
    elseif note.forget and note.says(resource) and not (is_history and keeps_history) then
      note.forget(resource)
    end
  end)
  return object
end

return M
