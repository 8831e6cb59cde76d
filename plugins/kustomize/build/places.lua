-- places.lua: the fields that specs name, and the same work on every resource. SPDX-License-Identifier: Apache-2.0

---@class kustomize.FieldSpec  as configurations and the facts write it
---@field group string|nil
---@field version string|nil
---@field kind string|nil
---@field path string
---@field create boolean|nil

local M = {}

local NONE = {}

---A function that makes something of a list of field specs, once for each list: lists are not changed afterwards.
---@generic T
---@param make fun(specs: kustomize.FieldSpec[]): T
---@return fun(specs: kustomize.FieldSpec[]|nil): T
function M.once(make)
  local known = setmetatable({}, { __mode = 'k' })
  return function(specs)
    specs = specs or NONE
    local made = known[specs]
    if made == nil then
      made = make(specs)
      known[specs] = made
    end
    return made
  end
end

---The specs as fields that can be put.
M.fields = M.once(function(specs) return node.fields(specs) end)

---Is a type one that the spec means?
---@param spec { group: string|nil, version: string|nil, kind: string|nil }
---@param id kustomize.Id
---@return boolean
function M.is_for(spec, id)
  local kind, group, version = spec.kind, spec.group, spec.version
  return (not kind or kind == id.kind or kind == '') and (not group or group == id.group or group == '')
    and (not version or version == id.version or version == '')
end

---Does something with every resource of a set. What fails says where the resource was read.
---@param set kustomize.Set
---@param work fun(resource: kustomize.Resource)
function M.each(set, work)
  local at
  local function all()
    for _, resource in ipairs(set.list) do
      at = resource
      work(resource)
    end
  end
  local ok, e = pcall(all)
  if ok then return end
  local origin = at and at.origin
  if origin and err.is(e) and not e.file then e.file, e.line = origin.file, e.line or origin.line end
  error(e, 0)
end

---Gives every resource the node that `change` makes of its own.
---@param set kustomize.Set
---@param change fun(node: node.Node, resource: kustomize.Resource): node.Node
function M.change(set, change)
  M.each(set, function(resource)
    local now = change(resource.node, resource)
    if now ~= resource.node then resource:set(now) end
  end)
end

return M
