-- entrypoints.lua: the shape of what makes entry points of objects and renders them. SPDX-License-Identifier: Apache-2.0
local names = require 'ifx.contract.names'

local M = {}

---What a plugin brings for one sort of controller.
---@class ifx.gitops.Type
---@field kinds table<string, string>  'Kustomization.kustomize.toolkit.fluxcd.io' to what it is, in one line
---@field read fun(object: ifx.gitops.Object, world: ifx.gitops.World): ifx.gitops.Parameters?, string?  nil: this is no
---entry point (a patch for one, a part of one), and why
---@field render fun(entry: ifx.gitops.Entry, world: ifx.gitops.World): ifx.gitops.Rendered

local function check_type(name, entry_type, broken)
  if type(entry_type) ~= 'table' then broken(('entrypoints.%s must be a table { kinds, read, render }'):format(name)) end
  for _, field in ipairs { 'read', 'render' } do
    if type(entry_type[field]) ~= 'function' then broken(('entrypoints.%s.%s must be a function'):format(name, field)) end
  end
  local kinds = names.keys(('entrypoints.%s.kinds'):format(name), entry_type.kinds, broken)
  if #kinds == 0 then broken(('entrypoints.%s.kinds names no kind'):format(name)) end
  for _, kind in ipairs(kinds) do
    if type(entry_type.kinds[kind]) ~= 'string' then
      broken(('entrypoints.%s.kinds[%s] must be its documentation, one line'):format(name, kind))
    end
  end
end

---Is this what the manifest promises?
---@param value any        what init.lua returned
---@param listed string[]  the names in the manifest
---@param broken fun(message: string, hint: string|nil)  raises
function M.check(value, listed, broken)
  local given = names.keys('entrypoints', value, broken)
  for _, name in ipairs(given) do check_type(name, value[name], broken) end
  names.same('entrypoints', listed, given, broken)
end

---@param value table
---@return { name: string, value: ifx.gitops.Type }[]
function M.items(value) return names.items('entrypoints', value) end

return M
