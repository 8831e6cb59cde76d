-- references.lua: the objects that an object names, and those that controllers make of it. SPDX-License-Identifier: Apache-2.0

local common = require './hazards/common'
local fields = require './hazards/reference_fields'
local objects = require 'ifx.k8s.objects'

local M = {}

---@class kubernetes.Reference
---@field kind string       'KIND.GROUP', or 'KIND' for the core group
---@field name string
---@field namespace string|nil  nil: any
---@field path string       where it stands

local function is_node(value) return type(value) == 'userdata' and value ~= ifx.null end

local function compiled(row)
  local path, field, own = row[1]:match '^(.-){([^?]*)(%??)}$'
  return { kind = row[2], own = own == '?', field = path and (field == '' and 'name' or field), word = path or row[1] }
end

-- The steps of a row among those of the rows before it.
local function insert(tree, row)
  for step in row.word:gmatch '[^.]+' do
    if not tree.by_step[step] then
      tree.by_step[step] = { step = step, by_step = {}, rows = {} }
      table.insert(tree, tree.by_step[step])
    end
    tree = tree.by_step[step]
  end
  table.insert(tree.rows, row)
end

-- The rows of each kind as one tree of steps, made when the kind is met: what they have in common is walked once.
local function reader(table_of, is_wanted)
  local known = {}
  return function(kind)
    if known[kind] == nil then
      local rows = list.filter(list.map(table_of[kind] or {}, compiled), is_wanted)
      known[kind] = #rows > 0 and { by_step = {}, rows = {} } or false
      for _, row in ipairs(rows) do insert(known[kind], row) end
    end
    return known[kind]
  end
end

-- What stands at the ends of the paths, in every item of lists on the way.
local function each(value, tree, visit)
  for _, row in ipairs(tree.rows) do visit(row, value) end
  if #tree == 0 or not is_node(value) then return end
  for _, sub in ipairs(tree) do
    if sub.step ~= '*' then
      local found = value:get(sub.step)
      if found ~= nil then each(found, sub, visit) end
    elseif value:kind() == 'list' then
      for j = 1, #value do each(value:get(j), sub, visit) end
    end
  end
end

local function with_group(kind, group)
  group = group or fields.GROUPS[kind] or ''
  return group == '' and kind or kind .. '.' .. group
end

local function add(out, kind, group, name, namespace, path)
  if type(name) ~= 'string' or name == '' or kind == 'ServiceAccount' and name == 'default' then return end
  out[#out + 1] = { kind = with_group(kind, group), name = name, path = path,
    namespace = not fields.ANYWHERE[kind] and namespace or nil }
end

local function add_map(out, row, map, namespace)
  local text = common.text
  if not is_node(map) or map:kind() ~= 'map' or text(map, 'optional') == 'true' then return end
  if not row.own then return add(out, row.kind, nil, map:get(row.field), namespace, row.word) end
  local group = text(map, 'group') or text(map, 'apiGroup')
  local version = text(map, 'apiVersion')
  if not group and version then group = objects.split(version) end
  add(out, text(map, 'kind') or row.kind, group, map:get(row.field), text(map, 'namespace') or namespace, row.word)
end

local function add_annotations(out, map, namespace, path)
  for _, key in ipairs(is_node(map) and map:kind() == 'map' and map:keys() or {}) do
    local kind = fields.ANNOTATIONS[key]
    if kind then add(out, kind, nil, map:get(key), namespace, path .. '.' .. key) end
  end
end

-- Annotations among the values of a chart, wherever it wants them.
local function add_values(out, value, namespace)
  if not is_node(value) then return end
  if value:kind() == 'list' then
    for i = 1, #value do add_values(out, value:get(i), namespace) end
  elseif value:kind() == 'map' then
    add_annotations(out, value, namespace, 'spec.values')
    for _, key in ipairs(value:keys()) do add_values(out, value:get(key), namespace) end
  end
end

---Reads the objects that an object names.
---@param is_wanted fun(kind: string): boolean  leaves out those of other kinds ('Secret', without its group)
---@return fun(owned: ifx.gitops.Owned): kubernetes.Reference[]
function M.reader(is_wanted)
  local rows_of = reader(fields.FIELDS, function(row) return row.own or is_wanted(row.kind) end)
  local has_annotations = list.find(list.keys(fields.ANNOTATIONS), function(key) return is_wanted(fields.ANNOTATIONS[key]) end)
  return function(owned)
    local out, object, kind, namespace = {}, owned.object.node, common.kind_of(owned), owned.namespace
    local rows = rows_of(kind)
    if rows then
      each(object, rows, function(row, value)
        if row.field then
          add_map(out, row, value, namespace)
        else
          add(out, row.kind, nil, value, namespace, row.word)
        end
      end)
    end
    if has_annotations then
      add_annotations(out, object:get('metadata', 'annotations'), namespace, 'metadata.annotations')
      if kind == 'HelmRelease.helm.toolkit.fluxcd.io' then add_values(out, object:get('spec', 'values'), namespace) end
    end
    return out
  end
end

local made_of = reader(fields.MADE, function() return true end)

---The names of Secrets and ConfigMaps that controllers make of an object: those that it says, and its own where its kind
---stands for one.
---@param owned ifx.gitops.Owned
---@return table<string, true>
function M.made(owned)
  local kind, out = common.kind_of(owned), {}
  if owned.kind:find 'Secret$' or fields.NAMESAKES[kind] then out[owned.name] = true end
  local rows = made_of(kind)
  if rows then
    each(owned.object.node, rows, function(_, value)
      if type(value) == 'string' then out[value] = true end
    end)
  end
  return out
end

return M
