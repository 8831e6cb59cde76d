-- remote.lua: does a text name a repository or a file elsewhere? SPDX-License-Identifier: Apache-2.0
local M = {}

-- Whatever is remote says so by one of these.
local function has_sign(named) return named:find '[:@]' or named:lower():find '^github%.com/' end

---The repository that a text names; nil when it names none.
---@param named string
---@return kustomize.Repository|nil
function M.repository(named)
  if not has_sign(named) or named:sub(1, 1) == '/' then return nil end
  return require './build/repository'.of(named)
end

---Is it an address that a file is read from?
---@param named string
---@return boolean
function M.is_address(named) return named:lower():find '^https?://' ~= nil end

---Does this name something that is not in the tree? A repository, or a file behind an address.
---@param named string
---@return boolean
function M.is_remote(named)
  return has_sign(named) ~= nil and (M.is_address(named) or M.repository(named) ~= nil)
end

---Where a resource or a folder may stand, is the address one of a file? kustomize asks the server; here the text decides: a
---repository is marked as one, or the name is not that of a manifest.
---@param named string
---@return boolean
function M.is_file(named)
  if not M.is_address(named) then return false end
  local address, query = named:match '^%a+://([^?]*)%??(.*)$'
  if address:find('//', 1, true) or address:find('%.git/') or address:find('%.git$') or address:find('_git/', 1, true) then
    return false
  end
  local said = require './build/repository'.query(query)
  local manifest = address:find '%.ya?ml$' or address:find '%.json$'
  return (manifest and not (said.ref or said.version)) or address:find('/releases/download/', 1, true) ~= nil
    or address:find '^raw%.githubusercontent%.com/' ~= nil
end

return M
