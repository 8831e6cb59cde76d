-- ignore.lua: ignore files. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local patterns = require 'ifx.repo.patterns'
local spans = require 'ifx.repo.spans'

local M = {}

M.kinds = { ['ignore.pattern'] = 'a pattern of an ignore file that names a path, or something tracked' }

-- Files in the language of .gitignore. Docker reads a name without a slash from the context's root.
local NAMES = {
  '.gitignore', '.sourceignore', '.helmignore', '.dockerignore', '.containerignore', '.prettierignore', '.eslintignore',
  '.stylelintignore', '.npmignore', '.gcloudignore', '.terraformignore', '.markdownlintignore', '.ignore', '.rgignore',
}
local ROOTED = { ['.dockerignore'] = true, ['.containerignore'] = true }

M.files = list.map(NAMES, function(name) return '**/' .. name end)

--- Finds the patterns of an ignore file.
---@param file table
---@param ctx table
---@return table[] references, table[] unknown
function M.find(file, ctx)
  local c = finder.collect('gitfiles', file, ctx)
  local r = { kind = 'ignore.pattern', base = path.dirname(file.path), rooted = ROOTED[path.basename(file.path)] }
  patterns.add_lines(c, file.text(), r, spans.of(file))
  return c:result()
end

return M
