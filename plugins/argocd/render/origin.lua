-- origin.lua: where the files of a source are. SPDX-License-Identifier: Apache-2.0
local owner = require './owner'
local shape = require './render/shape'

local M = {}

local function inside(text)
  local at = path.normalize(text == '' and '.' or text)
  return at == '.' and '' or at
end

---The source as entry points name it; nothing is opened.
---@param spec table  repoURL, path, chart, targetRevision
---@param world ifx.gitops.World
---@return ifx.gitops.Source
---@return string|nil why  its files cannot be known
function M.locate(spec, world)
  local url, taken = spec.repoURL or '', inside(spec.path or '')
  local out = { kind = shape.word(spec.chart) and 'helm' or 'git', url = shape.word(url), path = taken or '' }
  if out.kind == 'helm' then return out, ('the chart %s is in the repository %s'):format(spec.chart, url) end
  if url == '' then return out, 'it says no repoURL' end
  if not taken or taken:sub(1, 1) == '/' then return out, ('app path %s leads out of the repository'):format(spec.path) end
  if url:find '^oci://' then return out, ('the artifact %s is in a registry'):format(url) end
  out.tree = not world.is_given(url) and owner.is_own(world.context, url) == true or nil
  if owner.pinned(spec.targetRevision) then out.revision = spec.targetRevision end
  return out
end

return M
