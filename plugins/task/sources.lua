-- sources.lua: which Taskfile includes which, and the folder that its tasks run in. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local templates = require './templates'

local shell = ifx.use 'shell'.library

local M = {}

local DEFAULTS = {
  'Taskfile.yml', 'taskfile.yml', 'Taskfile.yaml', 'taskfile.yaml', 'Taskfile.dist.yml', 'taskfile.dist.yml',
  'Taskfile.dist.yaml', 'taskfile.dist.yaml',
}

local IS_DEFAULT = {}
for _, name in ipairs(DEFAULTS) do
  IS_DEFAULT[name] = true
end

--- The Taskfile that a path means: a folder stands for the one in it.
---@param ctx table
---@param target string
---@return string|nil
function M.taskfile(ctx, target)
  local kind = target == '' and 'dir' or ctx.exists(target)
  if kind ~= 'dir' then
    return kind == 'file' and target or nil
  end
  for _, name in ipairs(DEFAULTS) do
    if ctx.exists(path.join(target, name)) == 'file' then
      return path.join(target, name)
    end
  end
  for _, entry in ipairs(ctx.tree:list(target)) do -- as a file system finds it that ignores case
    if path.dirname(entry.path) == target and IS_DEFAULT[path.basename(entry.path):lower()] then
      return entry.path
    end
  end
end

---@class task.Source
---@field path string
---@field top table decoded
---@field base string|false|nil folder that its tasks run in; false: several include it from different ones
---@field root string|false|nil folder of the Taskfile that it all begins with
---@field values table<string, string> variables of those that include it

local function decoded(ctx, p)
  local entry = ctx.tree:entry(p)
  local document = entry and entry.mode:sub(1, 3) == '100' and ctx.file(entry).yaml()
  local top = finder.decoded(document or nil)
  return type(top) == 'table' and not ifx.is_list(top) and top or nil
end

--- The job of a file, before anything is read of it.
---@param source task.Source
---@return task.Job
function M.job(source)
  local folder = path.dirname(source.path)
  local values = {}
  for name, value in pairs(source.values) do
    values[name] = value
  end
  values.ROOT_DIR, values.TASKFILE_DIR = source.root or nil, folder
  return { folder = folder, base = source.base or nil, values = values, constants = {}, used = {}, env = {} }
end

--- The place that the value of a variable stands for.
---@param job task.Job
---@param value any
---@return string|nil
function M.value(job, value)
  if type(value) == 'table' and type(value.sh) == 'string' then
    return shell.place(value.sh, shell.start(job.base, { top = '', folders = templates.folders(job, value.sh) }))
  elseif type(value) == 'string' and value:find('^/?{{') then
    return templates.place(job, value, nil)
  end
end

local function add_values(job, source, key)
  local given = source.top[key]
  local names = type(given) == 'table' and not ifx.is_list(given) and list.keys(given) or {}
  local changed
  local passes = 0
  repeat -- a value may use any other
    changed = false
    for _, name in ipairs(names) do
      local value = M.value(job, given[name])
      changed = changed or job.values[name] ~= value
      job.values[name] = value
    end
    passes = passes + 1
  until not changed or passes > #names
end

local visit

-- Tasks of a file that is included by its path alone run where those of the including one do; else in a folder that counts
-- from the including file.
local function include(ctx, sources, source, given, job)
  local written_path = type(given) == 'table' and given.taskfile or given
  local target = type(written_path) == 'string' and templates.place(job, written_path, job.folder)
  local found = target and M.taskfile(ctx, target)
  if not found then
    return
  end
  local base = source.base
  if type(given) == 'table' then
    base = given.dir == nil and job.folder
      or type(given.dir) == 'string' and templates.place(job, given.dir, job.folder) or false
  end
  visit(ctx, sources, { path = found, base = base, root = source.root, values = job.values })
end

function visit(ctx, sources, source)
  local known = sources[source.path]
  if known then
    known.base = known.base == source.base and known.base
    known.root = known.root == source.root and known.root
    for name, value in pairs(known.values) do
      known.values[name] = source.values[name] == value and value or nil
    end
    return
  end
  local values = {}
  for name, value in pairs(source.values) do
    values[name] = value
  end
  source.values, source.top = values, decoded(ctx, source.path)
  if not source.top then
    return
  end
  sources[source.path] = source
  local job = M.job(source)
  add_values(job, source, 'vars')
  add_values(job, source, 'env')
  local includes = source.top.includes
  for _, name in ipairs(type(includes) == 'table' and list.keys(includes) or {}) do
    include(ctx, sources, source, includes[name], job)
  end
end

local function included(ctx, top, folder)
  local out = {}
  for _, given in pairs(type(top.includes) == 'table' and top.includes or {}) do
    local written_path = type(given) == 'table' and given.taskfile or given
    local job = { values = { TASKFILE_DIR = folder } }
    local target = type(written_path) == 'string' and templates.place(job, written_path, folder)
    out[#out + 1] = target and M.taskfile(ctx, target) or nil
  end
  return out
end

-- Those that no other one includes are where it begins.
local function read(ctx)
  local sources, roots, used = {}, {}, {}
  for _, p in ipairs(ctx.tree:paths()) do
    local top = IS_DEFAULT[path.basename(p)] and decoded(ctx, p)
    if top then
      roots[#roots + 1] = p
      for _, target in ipairs(included(ctx, top, path.dirname(p))) do
        used[target] = target ~= p or nil
      end
    end
  end
  for _, p in ipairs(roots) do
    if not used[p] then
      visit(ctx, sources, { path = p, base = path.dirname(p), root = path.dirname(p), values = {} })
    end
  end
  return sources
end

local known = setmetatable({}, { __mode = 'k' })

--- What is known of the Taskfiles of a tree, by their paths.
---@param ctx table
---@return table<string, task.Source>
function M.all(ctx)
  local sources = known[ctx.tree]
  if not sources then
    sources = read(ctx)
    known[ctx.tree] = sources
  end
  return sources
end

--- The paths of the Taskfiles of a tree.
---@param ctx table
---@return string[]
function M.paths(ctx)
  return list.filter(list.keys(M.all(ctx)), function(p)
    return p:find('%.ya?ml$') ~= nil
  end)
end

return M
