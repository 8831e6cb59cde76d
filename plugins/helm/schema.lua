-- schema.lua: the files that the schema of a chart's values refers to. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local written = require 'ifx.repo.written'

local M = {}

M.kinds = { ['helm.schema'] = 'a file that the schema of a chart\'s values refers to' }

M.files = { '**/values.schema.json' }

--- Finds the files in `$ref`.
---@param file table
---@param ctx table
---@return table[] references, table[] unknown
function M.find(file, ctx)
  local c = finder.collect('helm', file, ctx)
  local document = c:document()
  for _, match in ipairs(document and #document > 0 and document:query({ '**', '$ref' }, 1) or {}) do
    local text = type(match.value) == 'string' and match.value or '#'
    local name = text:match('^[^#]*')
    if name ~= '' and not text:find('^%a[%w+.-]*:') and not text:find('^/') then
      c:path(match, {
        kind = 'helm.schema', base = path.dirname(file.path), to = #name, check = written.want_file,
        optional = 'Helm reads a schema without knowing its folder',
      })
    end
  end
  return c:result()
end

return M
