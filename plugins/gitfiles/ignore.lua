-- ignore.lua: ignore files, and the lists of patterns in yamllint's configuration. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local patterns = require 'ifx.repo.patterns'
local spans = require 'ifx.repo.spans'

local M = {}

M.kinds = {
  ['ignore.pattern'] = 'a pattern of an ignore file that names a path, or something tracked',
  ['ignore.file'] = 'an ignore file that a configuration reads',
}

-- Files in the language of .gitignore. Docker reads a name without a slash from the context's root.
local NAMES = {
  '.gitignore', '.sourceignore', '.helmignore', '.dockerignore', '.containerignore', '.prettierignore', '.eslintignore',
  '.stylelintignore', '.npmignore', '.gcloudignore', '.terraformignore', '.markdownlintignore', '.ignore', '.rgignore',
}
local ROOTED = { ['.dockerignore'] = true, ['.containerignore'] = true }

M.files = list.map(NAMES, function(name) return '**/' .. name end)
M.lint_files = { '**/.yamllint', '**/.yamllint.yaml', '**/.yamllint.yml' }

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

--- Finds the patterns in a configuration of yamllint, and the ignore files it reads.
---@param file table
---@param ctx table
---@return table[] references, table[] unknown
function M.find_lint(file, ctx)
  local c = finder.collect('gitfiles', file, ctx)
  local document, base = c:document(), path.dirname(file.path)
  if document and #document > 0 then
    for _, at in ipairs { { 'ignore' }, { 'ignore', '*' }, { 'rules', '*', 'ignore' }, { 'rules', '*', 'ignore', '*' } } do
      for _, match in ipairs(document:query(at, 1)) do
        if match.kind == 'scalar' then
          patterns.add_scalar(c, match, { kind = 'ignore.pattern', base = base })
        end
      end
    end
    for _, at in ipairs { { 'ignore-from-file' }, { 'ignore-from-file', '*' } } do
      for _, match in ipairs(document:query(at, 1)) do
        if match.kind == 'scalar' and c:text(match) then
          c:path(match, {
            kind = 'ignore.file', base = base, optional = 'it counts from the folder that yamllint runs in',
          })
        end
      end
    end
  end
  return c:result()
end

return M
