-- owners.lua: the patterns of CODEOWNERS. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local patterns = require 'ifx.repo.patterns'
local spans = require 'ifx.repo.spans'

local M = {}

M.kinds = { ['codeowners.pattern'] = 'files that somebody owns' }

-- Where GitHub, GitLab and Gitea look.
M.files = { 'CODEOWNERS', '.github/CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS', '.gitea/CODEOWNERS' }

-- The pattern of a line: up to the first blank that no backslash escapes. Sections of GitLab have none.
local function first_word(line)
  local from = line:match('^%s*()[^%s#]')
  if not from or line:find('^%^?%[', from) then
    return nil
  end
  local to = from
  while to <= #line and not line:find('^%s', to) do
    to = to + (line:sub(to, to) == '\\' and 2 or 1)
  end
  if line:sub(from, from) == '!' then
    from = from + 1
  end
  return from, math.min(to - 1, #line)
end

--- Finds the patterns of a CODEOWNERS file.
---@param file table
---@param ctx table
---@return table[] references, table[] unknown
function M.find(file, ctx)
  local c, place = finder.collect('gitfiles', file, ctx), spans.of(file)
  for line, first in text.lines(file.text()) do
    local from, to = first_word(line)
    if from and from <= to then
      patterns.add(c, place(first + from - 1, first + to - 1), {
        kind = 'codeowners.pattern', base = '', anchor = 'root', missing = false, why = 'matches no tracked file',
      })
    end
  end
  return c:result()
end

return M
