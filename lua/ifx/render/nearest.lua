-- nearest.lua: the folder that a missing one was most likely meant to be. SPDX-License-Identifier: Apache-2.0
local path = require 'ifx.path'
local suggest = require 'ifx.suggest'

---@param files ifx.render.Files
---@param folder string  that is not there
---@return string|nil hint  nil where no folder beside it has a name like that
return function(files, folder)
  local above, rest = '', path.split(folder)
  while rest[2] and files:kind(path.join(above, rest[1])) == 'dir' do above = path.join(above, table.remove(rest, 1)) end
  local names = {}
  for _, name in ipairs(files:list(above)) do
    if files:kind(path.join(above, name)) == 'dir' then names[#names + 1] = name end
  end
  local near = rest[1] and suggest(rest[1], names)
  if not near then return nil end
  rest[1] = near
  local meant = path.join(above, table.concat(rest, '/'))
  return ('did you mean %s?'):format(files:kind(meant) == 'dir' and meant or path.join(above, near))
end
