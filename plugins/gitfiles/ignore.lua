-- ignore.lua: ignore files, and the lists of patterns in yamllint's configuration. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local pattern = require './pattern'
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

local WHY = 'nothing tracked matches: ignore patterns usually name what is not tracked'

-- A pattern without a slash that is no plain name of something tracked says nothing about paths.
local function says_path(c, body, dir)
  if body:find('/', 1, true) then
    return true
  end
  return not body:find('[*?%[]') and c.ctx.exists(path.join(dir, body)) ~= nil
end

local function line_pattern(line)
  local body = line:gsub('^%s+$', '')
  if body == '' or body:sub(1, 1) == '#' then
    return nil
  end
  local from = body:sub(1, 1) == '!' and 2 or 1
  local to = #(body:gsub('%s+$', ''))
  return from, to
end

-- Adds the patterns of a text; `place(from, to)` gives the match of a part of it.
local function add_lines(c, content, r, place)
  for line, first in text.lines(content) do
    local from, to = line_pattern(line)
    if from and says_path(c, line:sub(from, to), r.base) then
      pattern.add(c, place(first + from - 1, first + to - 1), {
        kind = 'ignore.pattern', base = r.base, rooted = r.rooted, why = WHY,
      })
    end
  end
end

--- Finds the patterns of an ignore file.
---@param file table
---@param ctx table
---@return table[] references, table[] unknown
function M.find(file, ctx)
  local c = finder.collect('gitfiles', file, ctx)
  local r = { base = path.dirname(file.path), rooted = ROOTED[path.basename(file.path)] }
  add_lines(c, file.text(), r, spans.of(file))
  return c:result()
end

-- A list item, or a block with a pattern in each line.
local function add_scalar(c, match, base)
  if not c:text(match) then
    return
  end
  if match.inner_start and not match.text:find('\n', 1, true) then
    return add_lines(c, match.text, { base = base }, function(from, to)
      local part = {}
      for key, value in pairs(match) do
        part[key] = value
      end
      part.inner_start, part.inner_stop = match.inner_start + from - 1, match.inner_start + to - 1
      part.text = match.text:sub(from, to)
      return part
    end)
  end
  local inside = c:inside(match)
  local position = text.positions(match.text)
  add_lines(inside, match.text, { base = base }, function(from, to)
    local line, column = position(from)
    return {
      text = match.text:sub(from, to), style = match.style, start = from, stop = to, inner_start = from, inner_stop = to,
      line = line, column = column,
    }
  end)
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
          add_scalar(c, match, base)
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
