-- paths.lua: adds paths of a job as references. SPDX-License-Identifier: Apache-2.0

local written = require 'ifx.repo.written'

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

M.is_elsewhere, M.want_folder, M.want_file = written.is_elsewhere, written.want_folder, written.want_file

--- Adds a literal path, or a pattern, as ifx.repo.written does; `r.base` is a folder of the workspace.
---@param job ci.Job
---@param view ifx.repo.Excerpt
---@param from integer
---@param to integer
---@param r table
---@return string|nil target the path of the tree, when it is there
function M.literal(job, view, from, to, r)
  local given = view.text:sub(from, to)
  if given:find('^%.+/?$') then
    return nil -- the folder itself names nothing
  end
  local base, offset = job.workspace:read(r.base, given)
  if not base then
    if not r.found_only then
      job.c:doubt(view:part(from, to), given, offset)
    end
    return nil
  elseif offset > #given then
    return job.c.ctx.resolve(base, '')
  end
  r.base = base
  return written.add(view, from + offset - 1, to, r)
end

-- The folder before the first thing that is filled in names a folder whatever fills the rest.
local function before_variable(job, view, from, to, r)
  local given = view.text:sub(from, to)
  local folder = given:match('^([^$]*)/[^/$]*%$')
  job.c:doubt(view:part(from, to), given, 'a variable or an expression fills it in')
  if folder and folder ~= '' and not folder:find('^%.+$') then
    M.literal(job, view, from, from + #folder - 1, { kind = r.kind, base = r.base, found_only = true, rewrite = r.rewrite })
  end
end

--- Adds a path that may begin with the workspace's folder, or hold variables.
---@param job ci.Job
---@param view ifx.repo.Excerpt
---@param from integer
---@param to integer
---@param r table as for `literal`
---@return string|nil target
function M.add(job, view, from, to, r)
  local given = view.text:sub(from, to)
  local root, own = behind(ROOTS, given), job.own_folder and behind(OWN_FOLDER, given)
  if root then
    r.base, from = '', from + root - 1
  elseif own then
    r.base, from = job.own_folder, from + own - 1
  end
  given = view.text:sub(from, to)
  if given:find('$', 1, true) then
    before_variable(job, view, from, to, r)
  elseif given ~= '' and not written.is_elsewhere(given) then
    return M.literal(job, view, from, to, r)
  end
end

--- Calls f for every line that holds something, or every part between commas.
---@param view ifx.repo.Excerpt
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

return M
