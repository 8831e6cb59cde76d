-- references.lua: the shape of reference finders. SPDX-License-Identifier: Apache-2.0
local names = require 'ifx.contract.names'

local M = {}

local OPTIONAL = { files = 'table', choose = 'function', rewrite = 'table', cross = 'table', needs = 'table' }

local function check_finder(finder, i, broken)
  local function wrong(message) broken(('references[%d]: %s'):format(i, message)) end
  if type(finder) ~= 'table' then wrong('a finder is a table { kinds, files or choose, find }') end
  if type(finder.find) ~= 'function' then wrong('find must be a function') end
  for field, kind in pairs(OPTIONAL) do
    if finder[field] ~= nil and type(finder[field]) ~= kind then wrong(('%s must be a %s'):format(field, kind)) end
  end
  if not finder.files and not finder.choose then wrong('files (globs) or choose (a function) must say which files it reads') end
  for name, f in pairs(finder.rewrite or {}) do
    if type(f) ~= 'function' then wrong(('rewrite.%s must be a function'):format(tostring(name))) end
  end
  local kinds = names.keys(('references[%d].kinds'):format(i), finder.kinds, broken)
  for _, kind in ipairs(kinds) do
    if type(finder.kinds[kind]) ~= 'string' then wrong(('kinds[%s] must be its documentation, one line'):format(kind)) end
  end
  return kinds
end

---Is this what the manifest promises?
---@param value any        what init.lua returned
---@param listed string[]  the kinds in the manifest
---@param broken fun(message: string, hint: string|nil)  raises
function M.check(value, listed, broken)
  if type(value) ~= 'table' or #value == 0 then broken('references must be a list of finders') end
  local given = {}
  for i, finder in ipairs(value) do
    for _, kind in ipairs(check_finder(finder, i, broken)) do given[#given + 1] = kind end
  end
  names.same('references', listed, given, broken)
end

---One item for each finder, named by its kinds.
---@param value table
---@return { name: string, value: any }[]
function M.items(value)
  local items = {}
  for _, finder in ipairs(value) do
    items[#items + 1] = { name = table.concat(names.keys('kinds', finder.kinds, error), ' '), value = finder }
  end
  return items
end

return M
