-- hazardous.lua: the laws that everything must keep that tells the dangers of a change. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local gitops = require 'ifx.gitops'
local list = require 'ifx.list'
local owners = require 'ifx.gitops.owners'

-- As much of a registry as hazards are asked of: this plugin alone.
local function registry_of(plugin)
  if not plugin.value.hazards then contract.fail('%s contributes no hazards', plugin.name) end
  local items = require 'ifx.contract.hazards'.items(plugin.value.hazards)
  for _, item in ipairs(items) do item.plugin = plugin.name end
  return { contributions = function() return items end }
end

-- The entry points are those of all plugins: an object may be owned by any.
local function side(plugin, files)
  return contract.with_files(files, function(dir)
    local tree <close> = require 'ifx.repo.tree'.folder(dir)
    local result = gitops.walk(tree, { registry = plugin.registry })
    local _ <close> = result.repositories
    return { result = result, ownership = owners.of(result), registry = plugin.registry }
  end)
end

local function find(plugin, before, after)
  return require 'ifx.gitops.hazards'.of(registry_of(plugin), require 'ifx.gitops.compare'.sides(before, after))
end

---A hazard as one word: 'flux.prune-moved ConfigMap/default/a', the entry point for one without an object.
---@param hazard ifx.gitops.Hazard
---@return string
local function word(hazard)
  local of = hazard.object or hazard.entry
  return of and ('%s %s'):format(hazard.id, of:gsub('^.-:', '')) or hazard.id
end

---@class ifx.contract.HazardCase
---@field before table<string, string>  path to bytes
---@field after table<string, string>
---@field expect string[]  'ID OBJECT' or 'ID ENTRY' without the cluster, in the order of the result

---Checks what a plugin says of the change from one tree to the other: it finds what is expected; it is data, the same at a
---second look; and of a tree that does not change there is nothing to say.
---@param plugin ifx.contract.Plugin
---@param case ifx.contract.HazardCase
---@return ifx.gitops.Hazard[]
---Raises kind 'plugin' with what is broken.
return function(plugin, case)
  local before, after = side(plugin, case.before), side(plugin, case.after)
  local found = find(plugin, before, after)
  local words = list.map(found, word)
  if not contract.equal(words, case.expect) then
    contract.fail('expected %s, found %s', contract.show(case.expect), contract.show(words))
  end
  local ok, shown = pcall(contract.show, found)
  if not ok then contract.fail('a hazard holds something that is not data: %s', tostring(shown)) end
  if contract.show(find(plugin, before, after)) ~= shown then contract.fail 'a second look finds something else' end
  for _, same in ipairs { before, after } do
    local nothing = find(plugin, same, same)
    if #nothing > 0 then contract.fail('where nothing changes it finds %s', contract.show(nothing)) end
  end
  return found
end
