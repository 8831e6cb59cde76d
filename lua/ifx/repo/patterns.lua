-- patterns.lua: patterns in the language of .gitignore as references. SPDX-License-Identifier: Apache-2.0
local globs = require 'ifx.repo.globs'
local names = require 'ifx.repo.names'
local path = require 'ifx.path'
local text = require 'ifx.text'

local M = {}

-- Is there a tracked path below the folder whose last segment is this name?
local function named(tree, dir, name)
  for _, found in ipairs(names.of(tree).by_name[name] or {}) do
    if path.within(found, dir) then
      return true
    end
  end
  return false
end

local function matches(tree, dir, line, body)
  if not globs.is_glob(body) then
    local target = path.join(dir, body)
    return tree:exists(target) ~= nil
  end
  return globs.covered(tree, dir, line) ~= nil
end

-- A name without a slash (but for one at its end) means every path of that name, wherever it is.
local function anywhere(c, match, r, body)
  r.target_kind, r.note = 'glob', 'a name at any depth'
  if globs.is_glob(body) then
    r.resolved = globs.covered(c.ctx.tree, r.base, match.text) ~= nil or r.missing
  else
    r.resolved = named(c.ctx.tree, r.base, body) or r.missing
  end
end

local function anchored(c, match, r, body)
  r.target = path.normalize(path.join(r.base, body))
  r.target_kind = globs.is_glob(body) and 'glob' or c.ctx.exists(r.target) or 'path'
  r.resolved = matches(c.ctx.tree, r.base, match.text, body) or r.missing
  r.rewrite = 'pattern'
end

--- Adds one pattern. `r.missing` is what `resolved` becomes when nothing tracked matches (nil or
--- false), `r.why` the reason to give then; `r.rooted`: a name without a slash stands at the base,
--- not anywhere below it.
---@param c ifx.repo.Collector
---@param match table the pattern without '!'
---@param r table kind, base, missing, why, rooted, anchor
function M.add(c, match, r)
  if match.text:find('\\', 1, true) then
    return c:doubt(match, match.text, 'a pattern with escapes')
  end
  local body = match.text:gsub('^/+', ''):gsub('/+$', '')
  if body == '' then
    return c:doubt(match, match.text, 'a pattern that names the root')
  elseif body:find('^%.%.?/') or body:find('/%.%.?/') then
    return c:doubt(match, match.text, 'a pattern with . or .. matches nothing')
  end
  if r.rooted or match.text:find('/.') then
    anchored(c, match, r, body)
  else
    anywhere(c, match, r, body)
  end
  if r.resolved then
    r.why = nil
  end
  r.missing, r.rooted = nil, nil
  c:add(match, r)
end

--- Says a pattern anew. It cannot climb out of the folder that it is read from, and a single name
--- needs a slash before it to keep its place.
---@param ref table
---@param move table
---@return string|nil text
---@return string|nil why
function M.rewrite(ref, move)
  if not path.within(move.new_target, move.new_base) or move.new_target == move.new_base then
    return nil, 'a pattern reaches only what is below the folder it is read from'
  end
  local new = path.relative(move.new_target, move.new_base)
  if new:find('[%s\\]') or ref.target_kind ~= 'glob' and globs.is_glob(new) then
    return nil, 'the new path would need escapes in a pattern'
  end
  if ref.text:sub(1, 1) == '/' or not new:find('/', 1, true) or new:find('^[!#]') then
    new = '/' .. new
  end
  return ref.text:sub(-1) == '/' and new .. '/' or new
end

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

--- Adds the patterns of a text, one in a line; `place(from, to)` gives the match of a part of it. What is no pattern of a
--- path (a plain extension, a name of nothing that is tracked) is left out.
---@param c ifx.repo.Collector
---@param content string
---@param r table kind, base, rooted, why
---@param place fun(from: integer, to: integer): table
function M.add_lines(c, content, r, place)
  for line, first in text.lines(content) do
    local from, to = line_pattern(line)
    if from and says_path(c, line:sub(from, to), r.base) then
      M.add(c, place(first + from - 1, first + to - 1), {
        kind = r.kind, base = r.base, rooted = r.rooted, why = r.why or WHY,
      })
    end
  end
end

--- Adds the patterns of a scalar: a list's item, or a block with a pattern in each line.
---@param c ifx.repo.Collector
---@param match yaml.Match
---@param r table as for add_lines
function M.add_scalar(c, match, r)
  if not c:text(match) then
    return
  end
  if match.inner_start and not match.text:find('\n', 1, true) then
    return M.add_lines(c, match.text, r, function(from, to)
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
  M.add_lines(inside, match.text, r, function(from, to)
    local line, column = position(from)
    return {
      text = match.text:sub(from, to), style = match.style, start = from, stop = to, inner_start = from, inner_stop = to,
      line = line, column = column,
    }
  end)
end

return M
