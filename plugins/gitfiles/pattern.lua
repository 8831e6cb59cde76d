-- pattern.lua: patterns in the language of .gitignore as references. SPDX-License-Identifier: Apache-2.0

local globs = require 'ifx.repo.globs'
local names = require 'ifx.repo.names'

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

return M
