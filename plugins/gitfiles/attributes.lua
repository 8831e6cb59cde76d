-- attributes.lua: the patterns of .gitattributes. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local patterns = require 'ifx.repo.patterns'
local spans = require 'ifx.repo.spans'

local M = {}

M.kinds = { ['gitattributes.pattern'] = 'files that attributes are given to' }
M.files = { '**/.gitattributes' }

--- Finds the patterns of a .gitattributes file that name a path, or a tracked file beside it.
---@param file table
---@param ctx table
---@return table[] references, table[] unknown
function M.find(file, ctx)
  local c, place, base = finder.collect('gitfiles', file, ctx), spans.of(file), path.dirname(file.path)
  for line, first in text.lines(file.text()) do
    local from, word = line:match('^%s*()([^%s#"]%S*)')
    local quoted = line:match('^%s*()"')
    if quoted then
      c:doubt(place(first + quoted - 1, first + #line - 1), line:sub(quoted), 'a pattern in quotes, with escapes')
    elseif word and not word:find('^%[attr%]')
      and (word:find('/', 1, true) or c.ctx.exists(path.join(base, word))) then
      patterns.add(c, place(first + from - 1, first + from + #word - 2), {
        kind = 'gitattributes.pattern', base = base, why = 'matches no tracked file',
      })
    end
  end
  return c:result()
end

return M
