-- json.lua: local modules in the JSON syntax of Terraform. SPDX-License-Identifier: Apache-2.0

local reader = require './reader'
local sources = require './source'

local M = {}

-- A module is an object, or a list of them.
local SOURCES = { { 'module', '*', 'source' }, { 'module', '*', '*', 'source' } }

--- Adds the sources of modules; files that hold any other path of Terraform are listed.
---@param c ifx.repo.Collector
function M.find(c)
  local document = c:document()
  for _, pattern in ipairs(document and SOURCES or {}) do
    for _, found in ipairs(document:query(pattern, 1)) do
      local source = found.value
      if type(source) == 'string' and source:find('${', 1, true) then
        c:doubt(found, source, 'a variable')
      elseif type(source) == 'string' and source:find '^%.%.?/' then
        c:path(found, {
          kind = 'terraform.module', base = path.dirname(c.file.path), check = reader.want 'dir', rewrite = 'source',
        })
      elseif type(source) == 'string' and source ~= '' then
        sources.elsewhere(c, found, source)
      end
    end
  end
  if c.file.text():find('${path.', 1, true) then
    c:doubt(nil, c.file.path, 'expressions in JSON are not read')
  end
end

return M
