-- filter.lua: path filters: which changed files start a pipeline. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local globs = require 'ifx.repo.globs'

local M = {}

-- GitHub lets two stars stand inside a segment, and knows no braces; both as a glob of this project.
local function from_github(pattern)
  local segments = {}
  for segment in pattern:gsub('[{}]', '\\%0'):gmatch('[^/]+') do
    if segment ~= '**' and segment:find('^%*%*') then
      segments[#segments + 1] = '**'
    end
    local simple = segment == '**' and segment or segment:gsub('%*%*+', '*')
    segments[#segments + 1] = simple
    if segment ~= '**' and segment:find('[^*]%*%*$') then
      segments[#segments] = ('{%s,%s/**}'):format(simple, simple)
    end
  end
  return table.concat(segments, '/')
end

-- Ruby's rules: two stars are special before a slash alone.
local function from_gitlab(pattern)
  return (pattern:gsub('([^/])%*%*+', '%1*'):gsub('%*%*+([^/])', '**/*%1'))
end

local DIALECTS = {
  github = { translate = from_github, odd = '[?+]' },
  gitlab = { translate = from_gitlab, odd = '[?+]%(' },
  plain = { translate = function(pattern) return pattern end, odd = '[@+!]%(' },
}

local NOTHING = 'matches no tracked file'

local function literal(ctx, target)
  local kind, why = finder.locate(ctx, target)
  if kind == 'dir' then
    return 'dir', false, 'a folder; the filter asks for files, as in ' .. target .. '/**'
  end
  return kind or 'path', kind ~= nil, not kind and (why == 'does not exist' and NOTHING or why) or nil
end

local function pattern_of(ctx, target, dialect)
  local found, why = globs.first(ctx.tree, dialect.translate(target))
  if found then
    return 'glob', true, nil
  end
  local folder = globs.folder(target)
  if not why and folder ~= '' and not finder.locate(ctx, folder) then
    return 'glob', false, ('matches no tracked file: there is no folder %s'):format(folder)
  end
  return 'glob', nil, why or 'matches no tracked file now'
end

--- Adds one filter, which counts from the root.
---@param c ifx.repo.Collector
---@param view ifx.repo.Excerpt
---@param r table kind, dialect, optional=why it may match nothing
---@param from integer|nil
---@param to integer|nil
function M.add(c, view, r, from, to)
  from, to = from or 1, to or #view.text
  if view.text:sub(from, from) == '!' then
    from = from + 1
  end
  local written, dialect = view.text:sub(from, to), DIALECTS[r.dialect]
  if written:find('$', 1, true) then
    return c:doubt(view:part(from, to), written, 'a variable or an expression fills it in')
  elseif written == '' or written:find('^[/.]/?$') or written:find('^%*+$') then
    return -- everything, or nothing
  elseif written:find('\\', 1, true) or written:find(dialect.odd) then
    return c:doubt(view:part(from, to), written, 'a pattern with signs that are not understood')
  end
  local part = view:part(from, to)
  if not part.inner_start then
    return c:doubt(part, written, 'written with escapes or over several lines')
  end
  local ref = c:add(part, { kind = r.kind, base = '', anchor = 'root' })
  ref.target = c.ctx.resolve('', written)
  if not ref.target or written:find('^%./') then
    ref.target_kind, ref.resolved, ref.why = 'glob', false, 'no changed file has a name like this'
    return
  end
  local is_glob = globs.is_glob(r.dialect == 'github' and written:gsub('[{}]', '') or written)
  if is_glob then
    ref.target_kind, ref.resolved, ref.why = pattern_of(c.ctx, ref.target, dialect)
  else
    ref.target_kind, ref.resolved, ref.why = literal(c.ctx, ref.target)
  end
  if ref.resolved == false and r.optional then
    ref.resolved, ref.why = nil, ref.why .. '; ' .. r.optional
  end
end

return M
