-- written.lua: a path or a pattern as scripts, command lines and settings write it. SPDX-License-Identifier: Apache-2.0
local finder = require 'ifx.repo.finder'
local globs = require 'ifx.repo.globs'

local written = {}

---Is it surely no path of the tree: absolute, below a home, on another host, an address?
---@param text string
---@return boolean
function written.is_elsewhere(text)
  return text:find('^[/~]') ~= nil or text:find('://', 1, true) ~= nil or text:find('^%a[%w.-]*@[%w.-]+:') ~= nil
end

---A check: the path must be a folder.
---@param _ string
---@param kind string
---@return string|nil why it is none
function written.want_folder(_, kind)
  return kind == 'file' and 'a file where a folder is expected' or nil
end

---A check: the path must be a file.
---@param _ string
---@param kind string
---@return string|nil why it is none
function written.want_file(_, kind)
  return kind == 'dir' and 'a folder where a file is expected' or nil
end

local function add_glob(c, part, r)
  local ref = c:add(part, r)
  ref.target, ref.target_kind = c.ctx.resolve(r.base, part.text), 'glob'
  local found, why
  if ref.target then found, why = globs.first(c.ctx.tree, ref.target, true) end
  ref.resolved = found and true or r.missing
  ref.why = not found and (why or r.optional or 'matches no tracked file') or nil
  ref.missing, ref.optional = nil, nil
end

-- Does something stand there? A pattern that begins with a wildcard says nothing.
local function is_there(ctx, target, is_glob)
  if not is_glob then return finder.locate(ctx, target) ~= nil end
  return globs.folder(target) ~= '' and globs.first(ctx.tree, target, true) ~= nil
end

-- Is the first folder of a path there?
local function begins(ctx, target)
  return target and target:find('/', 1, true) and ctx.exists(target:match('^[^/]*')) ~= nil
end

---Adds a literal path, or a pattern. `r.base` is the folder of the tree it counts from; `r.optional` says why it may be
---missing; `r.guess` the same, where that is likely: then only a path whose beginning is there is a reference;
---`r.found_only`: what is not there is none; `r.missing`: whether a pattern that matches nothing is broken; `r.climbs`: ..
---alone is a path too, because the folder it counts from is only as deep as the file.
---@param view ifx.repo.Excerpt
---@param from integer
---@param to integer
---@param r table kind, base, exact, check, optional, guess, found_only, missing, rewrite, anchor
---@return string|nil target the path of the tree, when it is there
function written.add(view, from, to, r)
  local c, text = view.c, view.text:sub(from, to)
  if text == '' or text:find('^%./?$') then return nil end -- the folder itself names nothing
  if not r.climbs and text:find('^%.+/?$') then return nil end
  local target, is_glob = c.ctx.resolve(r.base, text), globs.is_glob(text)
  local there = target and is_there(c.ctx, target, is_glob)
  if r.found_only and not there then
    return nil
  elseif r.guess and not there and not begins(c.ctx, target) then
    c:doubt(view:part(from, to), text, ('not in this tree: %s'):format(r.guess))
    return nil
  end
  r.anchor, r.found_only, r.optional, r.guess = r.anchor or 'root', nil, r.optional or r.guess, nil
  r.through, r.climbs = text:find('^[./]+$') ~= nil or nil, nil
  local part = view:part(from, to)
  if not part.inner_start then
    c:doubt(part, text, 'written with escapes or over several lines')
    return there and target or nil
  end
  if is_glob then
    r.check = nil
    add_glob(c, part, r)
  else
    c:path(part, r)
  end
  return there and target or nil
end

return written
