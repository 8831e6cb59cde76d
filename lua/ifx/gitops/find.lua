-- find.lua: the objects of a tree that are entry points. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local ifx = require 'ifx'
local node = require 'node'
local objects = require 'ifx.k8s.objects'

local find = {}

local function text_at(object, ...)
  local value = object:get(...)
  return type(value) == 'string' and value or nil
end

find.text_at = text_at

---What an object is called: 'KIND.GROUP', or 'KIND' for the core group.
---@param object node.Node
---@return string|nil
function find.kind_of(object)
  if object:kind() ~= 'map' then return nil end
  local kind, group = text_at(object, 'kind'), objects.split(text_at(object, 'apiVersion') or '')
  return kind and (group == '' and kind or kind .. '.' .. group)
end

local function add(out, object, file)
  local kind = object:kind() == 'map' and text_at(object, 'kind')
  local items = kind and kind:sub(-4) == 'List' and object:get 'items'
  if type(items) == 'userdata' and items ~= ifx.null and items:kind() == 'list' then
    for i = 1, #items do
      local item = items:get(i)
      if type(item) == 'userdata' and item ~= ifx.null then add(out, item, file) end
    end
  elseif kind then
    out[#out + 1] = { node = object, file = file, line = object:line() }
  end
end

---The objects of a text, lists of objects taken apart; {} for one that does not parse.
---@param text string
---@param file string
---@return ifx.gitops.Object[]
function find.objects(text, file)
  local out = {}
  local ok, found = pcall(node.manifests, text, { file = file })
  if not ok then
    if not err.is(found, 'parse') then error(found, 0) end
    return out
  end
  for _, object in ipairs(found) do add(out, object, file) end
  return out
end

-- A word of each kind, which a file must hold to be read.
local function words_of(types)
  local words = {}
  for kind in pairs(types) do words[kind:match '%.(.*)$' or kind] = true end
  return words
end

local function mentions(text, words)
  for word in pairs(words) do
    if text:find(word, 1, true) then return true end
  end
  return false
end

---The objects of a tree whose kinds are asked for, in the order of files and lines.
---@param context ifx.repo.Context
---@param types table<string, any>  by 'KIND.GROUP'
---@return ifx.gitops.Object[]
function find.run(context, types)
  local out, words = {}, words_of(types)
  for _, entry in ipairs(context.tree:files()) do
    local is_manifest = entry.mode:sub(1, 3) == '100' and not entry.missing
      and objects.is_manifest(entry.path, context.exists)
    local text = is_manifest and context.read(entry.path)
    for _, object in ipairs(text and mentions(text, words) and find.objects(text, entry.path) or {}) do
      local name = text_at(object.node, 'metadata', 'name')
      if name and types[find.kind_of(object.node)] and not name:find '[{<$]' then out[#out + 1] = object end
    end
  end
  return out
end

return find
