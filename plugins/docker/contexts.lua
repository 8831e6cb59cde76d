-- contexts.lua: from which folders the files of a tree say that a Dockerfile is built. SPDX-License-Identifier: Apache-2.0

local commands = require './commands'
local compose = require './compose'
local env = require './env'
local paths = require './paths'

local M = {}

---@class docker.Context
---@field folder string  of the tree
---@field by string      the file that says so
---@field clean boolean  nothing runs before the build that could make files

local function is_known(value)
  return type(value) == 'string' and not paths.variable(value) and not paths.is_remote(value)
    and not paths.is_of_machine(value)
end

local function add(contexts, dockerfile, context)
  if dockerfile and context.folder then
    contexts[dockerfile] = contexts[dockerfile] or {}
    table.insert(contexts[dockerfile], context)
  end
end

local function of_build(ctx, contexts, file, build, defined)
  build = type(build) == 'table' and build or { context = build }
  local function given(value)
    value = type(value) == 'string' and env.fill(value, defined) or value
    return is_known(value) and value or nil
  end
  local context = given(build.context or build.dockerfile and '.')
  local named = given(build.dockerfile == nil and 'Dockerfile' or build.dockerfile)
  local folder = context and ctx.resolve(path.dirname(file.path), context)
  if folder and named then
    add(contexts, ctx.resolve(folder, named), { folder = folder, by = file.path, clean = true })
  end
end

local function of_compose(ctx, contexts, file)
  local document = compose.is_compose(file) and file.yaml()
  local readable, services = pcall(function() return document and #document > 0 and document:get({ 'services' }, 1) end)
  if not readable or type(services) ~= 'table' or ifx.is_list(services) then
    return
  end
  local defined = env.of_project(ctx, path.dirname(file.path))
  for _, name in ipairs(list.keys(services)) do
    if type(services[name]) == 'table' then
      of_build(ctx, contexts, file, services[name].build, defined)
    end
  end
end

-- The action that builds: its context is the root unless it says another, its file counts from the root.
local function of_workflow(ctx, contexts, file)
  local document = file.yaml()
  for _, match in ipairs(document and #document > 0 and document:query({ '**', 'uses' }, 1) or {}) do
    if type(match.value) == 'string' and match.value:find('^docker/build%-push%-action@') then
      local step = table.move(match.path, 1, #match.path - 1, 1, {})
      step[#step + 1] = 'with'
      local given = document:get(step, 1)
      local context = type(given) == 'table' and given.context or '.'
      local named = type(given) == 'table' and given.file
      local folder = is_known(context) and ctx.resolve('', context)
      if folder and (named == nil or is_known(named)) then
        add(contexts, ctx.resolve(named and '' or folder, named or 'Dockerfile'), { folder = folder, by = file.path })
      end
    end
  end
end

local known = setmetatable({}, { __mode = 'k' })

local function of_file(ctx, contexts, file)
  local content = file.text()
  if content:find('docker/build-push-action', 1, true) then
    of_workflow(ctx, contexts, file)
  elseif content:find('build:', 1, true) and content:find('services:', 1, true) then
    of_compose(ctx, contexts, file)
  end
end

-- What a tool reads comes before what a command line gives.
local function collect(ctx)
  local contexts, lines = {}, {}
  for _, entry in ipairs(ctx.tree:files()) do
    local readable = entry.mode:sub(1, 3) == '100' and not entry.missing
    if readable and entry.path:find('%.ya?ml$') then
      of_file(ctx, contexts, ctx.file(entry))
    end
    if readable and commands.may_hold(entry.path) then
      lines[#lines + 1] = ctx.file(entry)
    end
  end
  for _, file in ipairs(lines) do
    commands.each(ctx, file, function(dockerfile, folder)
      add(contexts, dockerfile, { folder = folder, by = file.path })
    end)
  end
  return contexts
end

--- The contexts that a Dockerfile is built from, as far as files of the tree say so.
---@param ctx table
---@param dockerfile string
---@return docker.Context[]
function M.of(ctx, dockerfile)
  local contexts = known[ctx.tree]
  if not contexts then
    contexts = collect(ctx)
    known[ctx.tree] = contexts
  end
  return contexts[dockerfile] or {}
end

return M
