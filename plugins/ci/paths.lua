-- paths.lua: adds paths of a job as references. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local globs = require 'ifx.repo.globs'

local M = {}

---@class ci.Job
---@field c ifx.repo.Collector
---@field workspace ci.Workspace
---@field own_folder string|nil folder of a composite action

-- Expressions and variables that name a folder, up to the slash behind them.
local ROOTS = { '^%${{%s*github%.workspace%s*}}/+()', '^%$GITHUB_WORKSPACE/+()', '^%${GITHUB_WORKSPACE}/+()',
  '^%$CI_PROJECT_DIR/+()', '^%${CI_PROJECT_DIR}/+()' }
local OWN_FOLDER = { '^%${{%s*github%.action_path%s*}}/+()', '^%$GITHUB_ACTION_PATH/+()', '^%${GITHUB_ACTION_PATH}/+()' }

local function behind(patterns, text_of)
  for _, pattern in ipairs(patterns) do
    local from = text_of:match(pattern)
    if from then
      return from
    end
  end
end

local function is_elsewhere(text_of)
  return text_of:find('^[/~]') or text_of:find('://', 1, true) or text_of:find('^%a[%w.-]*@[%w.-]+:')
end
M.is_elsewhere = is_elsewhere

--- A check: the path must be a folder.
---@param _ string
---@param kind string
---@return string|nil why it is none
function M.want_folder(_, kind)
  return kind == 'file' and 'a file where a folder is expected' or nil
end

--- A check: the path must be a file.
---@param _ string
---@param kind string
---@return string|nil why it is none
function M.want_file(_, kind)
  return kind == 'dir' and 'a folder where a file is expected' or nil
end

local function add_glob(c, part, r)
  local ref = c:add(part, r)
  ref.target, ref.target_kind = c.ctx.resolve(r.base, part.text), 'glob'
  local found, why
  if ref.target then
    found, why = globs.first(c.ctx.tree, ref.target, true)
  end
  ref.resolved = found and true or r.missing
  ref.why = not found and (why or r.optional or 'matches no tracked file') or nil
  ref.missing, ref.optional = nil, nil
end

--- Adds a literal path, or a pattern. `r.base` is a folder of the workspace; `r.optional` says why
--- it may be missing; `r.guess` the same, where that is likely: then only a path whose beginning is
--- there is a reference; `r.found_only`: what is not there is none.
---@param job ci.Job
---@param view ci.View
---@param from integer
---@param to integer
---@param r table kind, base, exact, check, optional, guess, found_only, rewrite
---@return string|nil target the path of the tree, when it is there
function M.literal(job, view, from, to, r)
  local c, written = job.c, view.text:sub(from, to)
  if written:find('^%.+/?$') then
    return nil -- the folder itself names nothing
  end
  local base, offset = job.workspace:read(r.base, written)
  if not base then
    if not r.found_only then
      c:doubt(view:part(from, to), written, offset)
    end
    return nil
  end
  local rest = written:sub(offset)
  local target = c.ctx.resolve(base, rest)
  if rest == '' then
    return target
  end
  local is_glob = globs.is_glob(rest)
  local there = target and (is_glob and globs.folder(target) ~= '' and globs.first(c.ctx.tree, target, true)
    or not is_glob and finder.locate(c.ctx, target))
  if r.found_only and not there then
    return nil
  elseif r.guess and not there and not (target and target:find('/', 1, true) and c.ctx.exists(target:match('^[^/]*'))) then
    c:doubt(view:part(from, to), written, ('not in this tree: %s'):format(r.guess))
    return nil
  end
  r.base, r.anchor, r.found_only, r.optional, r.guess = base, 'root', nil, r.optional or r.guess, nil
  local part = view:part(from + offset - 1, to)
  if not part.inner_start then
    c:doubt(part, rest, 'written with escapes or over several lines')
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

-- The folder before the first thing that is filled in names a folder whatever fills the rest.
local function before_variable(job, view, from, to, r)
  local written = view.text:sub(from, to)
  local folder = written:match('^([^$]*)/[^/$]*%$')
  job.c:doubt(view:part(from, to), written, 'a variable or an expression fills it in')
  if folder and folder ~= '' and not folder:find('^%.+$') then
    M.literal(job, view, from, from + #folder - 1, { kind = r.kind, base = r.base, found_only = true, rewrite = r.rewrite })
  end
end

--- Adds a path that may begin with the workspace's folder, or hold variables.
---@param job ci.Job
---@param view ci.View
---@param from integer
---@param to integer
---@param r table as for `literal`
---@return string|nil target
function M.add(job, view, from, to, r)
  local written = view.text:sub(from, to)
  local root, own = behind(ROOTS, written), job.own_folder and behind(OWN_FOLDER, written)
  if root then
    r.base, from = '', from + root - 1
  elseif own then
    r.base, from = job.own_folder, from + own - 1
  end
  written = view.text:sub(from, to)
  if written:find('$', 1, true) then
    before_variable(job, view, from, to, r)
  elseif written ~= '' and not is_elsewhere(written) then
    return M.literal(job, view, from, to, r)
  end
end

--- Calls f for every line that holds something, or every part between commas.
---@param view ci.View
---@param separator string|nil class of what stands between: line ends by default
---@param f fun(from: integer, to: integer)
function M.each(view, separator, f)
  for from, item in view.text:gmatch('()([^' .. (separator or '\n') .. ']+)') do
    local lead, body = item:match('^(%s*)(.-)%s*$')
    if body ~= '' and body:sub(1, 1) ~= '#' then
      f(from + #lead, from + #lead + #body - 1)
    end
  end
end

--- Writes a word of a script anew; one that would need quotes is left to a person.
---@param _ table
---@param move table
---@return string|nil text
---@return string|nil why
function M.rewrite_word(_, move)
  if move.text:find('[^%w_./@+:,=%%*?-]') or not move.text:find('^[%w_./]') then
    return nil, 'the new path would need quotes in the shell'
  end
  return move.text
end

return M
