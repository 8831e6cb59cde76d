-- templates.lua: paths that begin with a template. SPDX-License-Identifier: Apache-2.0

local written = require 'ifx.repo.written'

local shell = ifx.use 'shell'.library

local M = {}

---@class task.Job
---@field c ifx.repo.Collector
---@field folder string of the file
---@field base string|nil folder that the task runs in
---@field values table<string, string> variables that stand for a path of the tree
---@field constants table<string, ifx.repo.Excerpt> variables whose value is literal, and a path of the tree
---@field used table<string, boolean> those of them that a path begins with
---@field env table<string, string> variables of the environment that stand for a path of the tree

-- The variable that a template is, and nothing else.
local function variable(source)
  return source:match('^%-?%s*%.([%w_]+)%s*%-?$') or source:match('^%-?%s*(config_root)%s*%-?$')
end

--- What the templates of a text stand for, and which of them are relative to the folder of the task.
---@param job task.Job
---@param text_of string
---@return table<string, string>
---@return table<string, boolean>
function M.folders(job, text_of)
  local out, relative = {}, {}
  for name, place in pairs(job.env) do
    out[name] = place
  end
  for _, at in ipairs(shell.templates(text_of)) do
    local source = text_of:sub(at[1], at[2])
    local name = variable(source)
    out[source] = name and job.values[name] or nil
    relative[source] = name and job.constants[name] ~= nil or nil
  end
  return out, relative
end

--- Notes that a path begins with a variable.
---@param job task.Job
---@param source string the template
function M.note(job, source)
  local name = variable(source)
  if name then
    job.used[name] = true
  end
end

--- Where the literal path of a text begins, and the folder that it counts from.
---@param job task.Job
---@param text_of string
---@param base string|nil of a path without a template
---@return string|nil base nil: it is not known
---@return integer at
---@return string|nil source the template that it begins with
function M.locate(job, text_of, base)
  local first = shell.templates(text_of)[1]
  if not first or not text_of:find('^/?{{') then
    return not written.is_elsewhere(text_of) and base or nil, 1
  end
  local source = text_of:sub(first[1], first[2])
  local name, at = variable(source), text_of:match('^%s*%-?}}/*()', first[2] + 1)
  return name and at and job.values[name] or nil, at or 1, source
end

local function normal(found)
  return found == '.' and '' or found
end

--- The path of the tree that a text stands for.
---@param job task.Job
---@param text_of string
---@param base string|nil
---@return string|nil
function M.place(job, text_of, base)
  local from, at = M.locate(job, text_of, base)
  local rest = text_of:sub(at)
  if not from or rest:find('[{$*?]') then
    return nil
  end
  return rest == '' and from or normal(path.normalize(path.join(from, rest)))
end

--- Adds a path; lists one that a template fills in.
---@param job task.Job
---@param view ifx.repo.Excerpt
---@param base string|nil of a path without a template; nil: it is not known
---@param r table as for ifx.repo.written; quiet: what is not known is not listed
function M.add(job, view, base, r)
  local quiet = r.quiet
  r.quiet = nil
  local text_of = view.text
  local from, at, source = M.locate(job, text_of, base)
  if from and not text_of:find('[{$]', at) then
    if at <= #text_of then
      r.base, r.anchor = from, from == job.folder and 'file' or nil
      local there = written.add(view, at, #text_of, r)
      if there and source then
        M.note(job, source)
      end
    elseif source then
      M.note(job, source)
    end
  elseif source and variable(source) == 'USER_WORKING_DIR' then
    return -- the folder of the caller
  elseif not quiet and not written.is_elsewhere(text_of) then
    job.c:doubt(view:part(), text_of, 'a template or a variable fills it in')
  end
end

--- Adds the paths of a command.
---@param job task.Job
---@param view ifx.repo.Excerpt
function M.command(job, view)
  local folders, relative = M.folders(job, view.text)
  local start = shell.start(job.base, {
    own = job.base == job.folder, folders = folders, relative = relative, top = '',
  })
  shell.find(view, start, {
    kind = 'task.command', terse = true, syntax = { templates = true }, used = function(source) M.note(job, source) end,
  })
end

return M
