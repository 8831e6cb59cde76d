-- fixed.lua: folders that tools look for by name: nothing in them is proposed to be moved. SPDX-License-Identifier: Apache-2.0

local M = {}

---@param folder string
---@return boolean
function M.holds(folder)
  for name in folder:gmatch '[^/]+' do
    if name:sub(1, 1) == '.' or name == 'clusters' or name == 'flux-system' then return true end
  end
  return false
end

return M
