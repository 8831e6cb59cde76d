-- read.lua: the objects that a text of manifests holds. SPDX-License-Identifier: Apache-2.0
local text_at = require './build/resource'.text_at

local M = {}

local function is_list(object) return text_at(object, 'kind'):sub(-4) == 'List' end

local function refuse(object, file, message, hint)
  err.raise { kind = 'parse', message = message, file = file, line = object:line() > 0 and object:line() or nil, hint = hint }
end

local function check(object, file)
  if object:kind() ~= 'map' then
    refuse(object, file, ('a %s stands where an object was expected'):format(object:kind()),
      'a manifest is a map with apiVersion, kind and metadata')
  elseif text_at(object, 'kind') == '' then
    refuse(object, file, 'missing kind in object', 'every object says apiVersion, kind and metadata.name')
  elseif not is_list(object) and text_at(object, 'metadata', 'name') == '' then
    refuse(object, file, 'missing metadata.name in object of kind ' .. text_at(object, 'kind'))
  end
end

local function is_empty(object)
  return object:kind() == 'null' or ((object:kind() == 'map' or object:kind() == 'list') and #object == 0)
end

local function items_of(list, file)
  local items = list:get('items')
  if items == nil then return nil end
  if items == ifx.null then return {} end
  if type(items) == 'string' or items:kind() ~= 'list' then
    refuse(list, file, ('expected array in %s/items'):format(text_at(list, 'kind')))
  end
  local out = {}
  for i = 1, #items do
    local item = items:get(i)
    if type(item) == 'string' then refuse(list, file, 'a text stands where an object was expected') end
    if item ~= ifx.null and not is_empty(item) then
      check(item, file)
      out[#out + 1] = item
    end
  end
  return out
end

-- Only where it is the one document of its text. What is in it may be anything that a document may be.
local function unwrapped(objects, file)
  local kind = #objects == 1 and objects[1]:kind() == 'map' and text_at(objects[1], 'kind')
  if kind ~= 'List' and kind ~= 'ResourceList' then return objects end
  return items_of(objects[1], file) or objects
end

-- What a list of objects holds comes behind all other objects, and went through JSON.
local THROUGH_JSON

local function inlined(objects, file)
  local out, todo, next_one = {}, objects, 1
  while todo[next_one] do
    local object = todo[next_one]
    next_one = next_one + 1
    local items = is_list(object) and items_of(object, file)
    if items then
      THROUGH_JSON = THROUGH_JSON or node.of(ifx.list {})
      for _, item in ipairs(items) do todo[#todo + 1] = item:patch(THROUGH_JSON) end
    else
      out[#out + 1] = object
    end
  end
  return out
end

---The objects of a text, lists of objects replaced by what they hold. Raises 'parse' with file and line.
---@param text string
---@param file string|nil  as errors name it
---@param share? boolean  are other threads going to read it?
---@return node.Node[]
function M.objects(text, file, share)
  local all = {}
  for _, object in ipairs(unwrapped(node.manifests(text, { file = file, share = share }), file)) do
    if not is_empty(object) then
      check(object, file)
      all[#all + 1] = object
    end
  end
  return inlined(all, file)
end

return M
