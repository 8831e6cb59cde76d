-- near.lua: the path that a misspelt one was likely meant to be. SPDX-License-Identifier: Apache-2.0
local path = require 'ifx.path'
local suggest = require 'ifx.suggest'

---"did you mean '../base'?" where a neighbour of the first segment that is not there has a name near to it.
---@param files ifx.render.Files
---@param folder string  that the path is taken from, from the root of the files
---@param named string   relative, as it was written
---@param how? { prefix: string?, kind: 'file'|'dir'|nil }  prefix: written before it; kind: what it must be, nil: either
---@return string?
return function(files, folder, named, how)
  local prefix, kind = how and how.prefix or '', how and how.kind
  local segments = {}
  for segment in named:gmatch '[^/]+' do segments[#segments + 1] = segment end
  local absolute = named:sub(1, 1) == '/'
  local at = absolute and files:from_absolute '/' or folder
  for i, segment in ipairs(segments) do
    local below = at and path.normalize(path.join(at, segment))
    if not below then return nil end
    if not files:kind(below) then
      segments[i] = files:kind(at == '' and '.' or at) == 'dir' and suggest(segment, files:list(at))
      local other = segments[i] and (absolute and '/' or '') .. table.concat(segments, '/')
      local whole = other and path.normalize(path.join(at, table.concat(segments, '/', i)))
      local found = whole and files:kind(whole)
      return found and (not kind or found == kind) and ("did you mean '%s%s'?"):format(prefix, other) or nil
    end
    at = below
  end
end
