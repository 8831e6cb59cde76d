-- scopes.lua: which kinds have a namespace, also those that CustomResourceDefinitions make. SPDX-License-Identifier: Apache-2.0
local builtin = require 'ifx.k8s.scopes'

local declared_by = setmetatable({}, { __mode = 'k' })

local function key(group, kind) return kind .. '.' .. group end

-- The scopes that definitions in files of the tree say.
local function declared_in(context)
  local known = declared_by[context]
  if known then return known end
  known = {}
  declared_by[context] = known
  local index = context.objects()
  for _, crd in ipairs(index:all('CustomResourceDefinition', 'apiextensions.k8s.io')) do
    local group, kind = index:get(crd, 'spec', 'group'), index:get(crd, 'spec', 'names', 'kind')
    if type(group) == 'string' and type(kind) == 'string' then known[key(group, kind)] = index:get(crd, 'spec', 'scope') end
  end
  return known
end

local function rendered_in(objects)
  local known = {}
  for _, object in ipairs(objects) do
    if object.node:get 'kind' == 'CustomResourceDefinition' then
      local group, kind = object.node:get('spec', 'group'), object.node:get('spec', 'names', 'kind')
      known[key(tostring(group), tostring(kind))] = object.node:get('spec', 'scope')
    end
  end
  return known
end

---Tells of kinds whether they have a namespace: true, false, or nil for one that nothing here declares.
---@param context ifx.repo.Context    the definitions of its files count
---@param rendered ifx.gitops.Object[]  those among these count before them
---@return fun(group: string, kind: string): boolean|nil
return function(context, rendered)
  local first = rendered_in(rendered)
  return function(group, kind)
    local known = builtin.is_namespaced(group, kind)
    if known ~= nil then return known end
    local scope = first[key(group, kind)] or declared_in(context)[key(group, kind)]
    if scope then return scope ~= 'Cluster' end
  end
end
