-- taskfile.lua: what a Taskfile names. SPDX-License-Identifier: Apache-2.0

local excerpt = require 'ifx.repo.excerpt'
local objects = require 'ifx.k8s.objects'
local sources = require './sources'
local templates = require './templates'
local written = require 'ifx.repo.written'

local below = objects.below

local M = {}

-- Calls f with every text at a place.
local function each(job, document, pattern, f)
  for _, match in ipairs(document:query(pattern, 1)) do
    if match.kind == 'scalar' and type(match.value) == 'string' and match.value ~= '' then
      f(excerpt.scalar(job.c, match), match)
    end
  end
end

local function is_taskfile(ctx)
  return function(target)
    return not sources.taskfile(ctx, target) and 'a folder without a Taskfile' or nil
  end
end

local function includes(job, document, top)
  local given = type(top.includes) == 'table' and top.includes or {}
  for _, place in ipairs { { 'includes', '*' }, { 'includes', '*', 'taskfile' } } do
    each(job, document, place, function(view, match)
      local entry = given[match.path[2]]
      if view.text:find('^%a[%w+.-]*:') or view.text:find('^git@') then
        return job.c:add(match, { kind = 'task.include', target_kind = 'remote', why = 'on the network' })
      end
      templates.add(job, view, job.folder, {
        kind = 'task.include', check = is_taskfile(job.c.ctx),
        optional = type(entry) == 'table' and entry.optional == true and 'it is included only where it is there' or nil,
      })
    end)
  end
  each(job, document, { 'includes', '*', 'dir' }, function(view)
    templates.add(job, view, job.folder, { kind = 'task.directory', check = written.want_folder, guess = 'task makes it' })
  end)
end

-- A literal value is a path of the tree when a path that is there begins with it.
local function constant(job, name, view)
  local text_of = view.text
  local target = job.base and text_of:find('^[%w_.][%w_./-]*$') and job.c.ctx.resolve(job.base, text_of)
  if target and target ~= '' and job.c.ctx.exists(target) then
    job.values[name], job.constants[name] = target, view
  end
end

-- Variables in the order of the file, since a value may use those above it. Returns the constants among them.
local function variables(job, document, place, in_env)
  for _, match in ipairs(document:query(below(place, '*'), 1)) do
    local name = match.path[#match.path]
    job.values[name], job.constants[name] = nil, nil
    if match.kind == 'scalar' and type(match.value) == 'string' and match.value ~= '' then
      local view = excerpt.scalar(job.c, match)
      templates.add(job, view, nil, { kind = 'task.variable', found_only = true, quiet = true })
      job.values[name] = sources.value(job, match.value)
      if not job.values[name] then
        constant(job, name, view)
      end
    end
  end
  each(job, document, below(place, '*', 'sh'), function(view, match)
    templates.command(job, view)
    job.values[match.path[#match.path - 1]] = sources.value(job, { sh = view.text })
  end)
  for _, match in ipairs(in_env and document:query(below(place, '*'), 1) or {}) do
    local name = match.path[#match.path]
    job.env[name] = not job.constants[name] and job.values[name] or nil
  end
end

local function constants(job, values)
  for name, view in pairs(values) do
    if job.used[name] then
      templates.add(job, view, job.base, { kind = 'task.variable', found_only = true })
    end
  end
end

local function dotenv(job, document, place, base)
  each(job, document, below(place, 'dotenv', '*'), function(view)
    templates.add(job, view, base, { kind = 'task.dotenv', guess = 'it is read only where it is there' })
  end)
end

local COMMANDS = {
  { 'cmds', '*' }, { 'cmds', '*', 'cmd' }, { 'cmds', '*', 'defer' }, { 'cmds', '*', 'defer', 'cmd' }, { 'cmd' }, { '*' }, {},
  { 'preconditions', '*' }, { 'preconditions', '*', 'sh' }, { 'status', '*' }, { 'if' }, { 'cmds', '*', 'if' },
}

-- A task may be a text, or a list of commands.
local function is_command(match, shape, depth)
  if #shape == 1 and shape[1] == '*' then
    return math.type(match.path[depth + 1]) == 'integer'
  end
  return true
end

local function files(job, document, place)
  for key, why in pairs { sources = false, generates = 'the task may make it' } do
    for _, shape in ipairs { below(place, key, '*'), below(place, key, '*', 'exclude') } do
      each(job, document, shape, function(view)
        templates.add(job, view, job.base, {
          kind = 'task.files', guess = why or nil, optional = not why and 'no file is there now' or nil, quiet = true,
        })
      end)
    end
  end
end

-- A job of one task: what it sets is its own.
local function task_job(job)
  local own = setmetatable({}, { __index = job })
  for _, key in ipairs { 'values', 'constants', 'env' } do
    own[key] = {}
    for name, value in pairs(job[key]) do
      own[key][name] = value
    end
  end
  return own
end

local function task(job, document, place, value)
  local own = task_job(job)
  local has = type(value) == 'table' and not ifx.is_list(value)
  variables(own, document, below(place, 'vars'))
  if has and value.dir ~= nil then
    each(own, document, below(place, 'dir'), function(view)
      templates.add(own, view, job.base, { kind = 'task.directory', check = written.want_folder, guess = 'task makes it' })
    end)
    own.base = type(value.dir) == 'string' and templates.place(own, value.dir, job.base) or false
    own.values.TASK_DIR = own.base or nil
  end
  for name in pairs(own.base ~= job.base and job.constants or {}) do
    own.values[name] = nil -- it is relative to the folder of other tasks
  end
  variables(own, document, below(place, 'env'), true)
  dotenv(own, document, place, own.base)
  files(own, document, place)
  for _, shape in ipairs(COMMANDS) do
    each(own, document, below(place, table.unpack(shape)), function(view, match)
      if is_command(match, shape, #place) then
        templates.command(own, view)
      end
    end)
  end
  local mine = {}
  for name, view in pairs(own.constants) do
    mine[name] = view ~= job.constants[name] and view or nil
  end
  constants(own, mine)
end

--- Finds what a Taskfile names.
---@param c ifx.repo.Collector
---@param source task.Source
function M.find(c, source)
  local document = c:document()
  local top = document and source.top
  if not top then
    return
  end
  local job = sources.job(source)
  job.c = c
  variables(job, document, { 'vars' })
  variables(job, document, { 'env' }, true)
  includes(job, document, top)
  dotenv(job, document, {}, job.base)
  local tasks = type(top.tasks) == 'table' and not ifx.is_list(top.tasks) and top.tasks or {}
  for _, name in ipairs(list.keys(tasks)) do
    task(job, document, { 'tasks', name }, tasks[name])
  end
  constants(job, job.constants)
end

return M
