-- hazards.lua: what would be dangerous about a comparison, as all plugins see it. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local list = require 'ifx.list'

local hazards = {}

local ORDER = { high = 1, medium = 2, low = 3 }

local function check(item, kind, finder)
  local good = type(item) == 'table' and finder.kinds[item.id] and ORDER[item.severity]
    and type(item.reason) == 'string' and type(item.remedy) == 'string'
  if not good then
    err.raise { kind = 'plugin', op = ('find hazards of %s'):format(kind),
      message = 'a hazard has an id of `kinds`, a severity (high, medium, low), a reason and a remedy' }
  end
end

local function first(a, b)
  if a.severity ~= b.severity then return ORDER[a.severity] < ORDER[b.severity] end
  if a.id ~= b.id then return a.id < b.id end
  if (a.entry or '') ~= (b.entry or '') then return (a.entry or '') < (b.entry or '') end
  return (a.object or '') < (b.object or '')
end

---The hazards of a comparison, the most severe first. Raises what a plugin raises: a danger that is not known is none that is
---not there.
---@param registry ifx.Registry
---@param found ifx.gitops.Comparison
---@return ifx.gitops.Hazard[]
function hazards.of(registry, found)
  local out = {}
  for _, item in ipairs(registry:contributions 'hazards') do
    local of_plugin = item.value.find(found)
    for _, one in ipairs(of_plugin) do check(one, item.plugin .. '.' .. item.name, item.value) end
    list.append(out, of_plugin)
  end
  return list.sorted(out, first)
end

return hazards
