-- render: the objects of a folder, by the plugin that knows what it is. SPDX-License-Identifier: Apache-2.0
local err = require 'err'

local render = {}

---@class ifx.render.Options
---@field load_restrictor 'root'|'none'  may a file outside of the folder that names it be read?
---@field reorder 'legacy'|'none'        the order in which objects are printed
---@field enable_helm boolean            may the program helm run?
---@field kept table|nil  of several builds of files that don't change meanwhile: what a renderer keeps between them

---@class ifx.render.Result
---@field objects node.Node[]
---@field origins ({ file: string, line: integer }|false)[]  where each object was read, as `files:show` names it; false: made
---@field warnings string[]

---The folders below one that are built by themselves, sorted, as the plugins that render know them.
---@param registry ifx.Registry
---@param files ifx.render.Files
---@param paths string[]  of files, from the root of the files
---@return string[]
function render.roots(registry, files, paths)
  local seen, out = {}, {}
  for _, item in ipairs(registry:contributions 'roots') do
    for _, folder in ipairs(item.value(files, paths)) do
      if not seen[folder] then out[#out + 1] = folder end
      seen[folder] = true
    end
  end
  table.sort(out)
  return out
end

-- What is wrong with the files is no fault of the plugin that read them: the level that names it is left out.
local FAULTS = { plugin = true, internal = true, budget = true, grant = true, trust = true }

local function told(e)
  local named = err.is(e) and not FAULTS[e.kind] and (e.op or ''):find '^plugin ' and not e.message and err.is(e.cause)
  return named and e.cause or e
end

---Asks every plugin that renders, until one knows the folder. Raises 'not_found' when none does, and what the plugin raises.
---@param registry ifx.Registry
---@param files ifx.render.Files
---@param folder string  from the root of the files
---@param options ifx.render.Options
---@return ifx.render.Result
function render.folder(registry, files, folder, options)
  local reasons = {}
  for _, item in ipairs(registry:contributions 'render') do
    local ok, result, why = pcall(item.value, files, folder, options)
    if not ok then error(told(result), 0) end
    if result then return result end
    reasons[#reasons + 1] = why
  end
  err.raise { kind = 'not_found', file = files:show(folder),
    message = #reasons > 0 and table.concat(reasons, '; ') or 'no plugin here can render anything' }
end

return render
