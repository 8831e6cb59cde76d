-- hazards.lua: the shape of what tells the dangers of a change. SPDX-License-Identifier: Apache-2.0
local names = require 'ifx.contract.names'

local M = {}

---Something that a live controller, an API server or a program would do when the tree becomes the other one.
---@class ifx.gitops.Hazard
---@field id string            one of `kinds`: what a person accepts it by
---@field severity 'high'|'medium'|'low'  high: something is deleted, or what is kept loses its data; medium: an outage or an
---error that somebody must mend; low: to be known
---@field object string|nil    id of the object
---@field entry string|nil     id of the entry point that would do it
---@field reason string        what happens, and why
---@field remedy string        what to do instead
---@field file string|nil
---@field line integer|nil
---@field protect ifx.gitops.Protection|nil  what keeps it from happening, when it stands in the tree a commit before

---A field of the definition of an entry point.
---@class ifx.gitops.Protection
---@field entry string    its id
---@field path string[]   { 'spec', 'prune' }
---@field value any       data
---@field where string[]|nil  { 'spec', 'syncPolicy', 'automated' }: only where that map is there
---@field check { command: string, expect: string }|nil  how a person sees that the controller acts on it

---What a plugin brings.
---@class ifx.gitops.HazardFinder
---@field kinds table<string, string>  'PLUGIN.NAME' to what it is about, in one line
---@field find fun(found: ifx.gitops.Comparison): ifx.gitops.Hazard[]

local function check_finder(name, finder, broken)
  if type(finder) ~= 'table' or type(finder.find) ~= 'function' then
    broken(('hazards.%s must be a table { kinds, find }'):format(name))
  end
  local kinds = names.keys(('hazards.%s.kinds'):format(name), finder.kinds, broken)
  if #kinds == 0 then broken(('hazards.%s.kinds names no kind'):format(name)) end
  for _, kind in ipairs(kinds) do
    if type(finder.kinds[kind]) ~= 'string' then
      broken(('hazards.%s.kinds[%s] must be its documentation, one line'):format(name, kind))
    end
  end
end

---Is this what the manifest promises?
---@param value any        what init.lua returned
---@param listed string[]  the names in the manifest
---@param broken fun(message: string, hint: string|nil)  raises
function M.check(value, listed, broken)
  local given = names.keys('hazards', value, broken)
  for _, name in ipairs(given) do check_finder(name, value[name], broken) end
  names.same('hazards', listed, given, broken)
end

---@param value table
---@return { name: string, value: ifx.gitops.HazardFinder }[]
function M.items(value) return names.items('hazards', value) end

return M
