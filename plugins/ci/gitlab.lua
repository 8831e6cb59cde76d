-- gitlab.lua: what pipelines of GitLab name. SPDX-License-Identifier: Apache-2.0

local excerpt = require 'ifx.repo.excerpt'
local filter = require './filter'
local github = require './github'
local globs = require 'ifx.repo.globs'
local objects = require 'ifx.k8s.objects'
local paths = require './paths'
local scripts = require './scripts'
local workspace = require './workspace'

local M = {}

local below = objects.below
local each = github.each

-- Where a file is included, as text or under a key.
local INCLUDES = { { 'include' }, { 'include', '*' }, { '*', 'trigger', 'include' }, { '*', 'trigger', 'include', '*' } }

-- Calls f with every text that names a file of this project, as `local` or without a key.
local function each_local(document, f)
  for _, place in ipairs(INCLUDES) do
    for _, shape in ipairs { place, below(place, 'local') } do
      for _, match in ipairs(document:query(shape, 1)) do
        local key = match.path[#match.path]
        local named = key == 'local' or key == 'include' or math.type(key) == 'integer'
        if named and match.kind == 'scalar' and type(match.value) == 'string' and not match.value:find('://', 1, true) then
          f(match)
        end
      end
    end
  end
end

local function visit(ctx, set, p)
  local entry = not set[p] and ctx.tree:entry(p)
  if not entry or entry.mode:sub(1, 3) ~= '100' then
    return
  end
  set[p] = true
  local document = ctx.file(entry).yaml()
  if not document or #document == 0 then
    return
  end
  each_local(document, function(match)
    local target = ctx.resolve('', (match.value:gsub('^/+', '')))
    if target and not globs.is_glob(target) then
      visit(ctx, set, target)
    elseif target then
      for _, found in ipairs(globs.all(ctx.tree, target)) do
        visit(ctx, set, found)
      end
    end
  end)
end

--- The names that tell a pipeline.
M.FILES = { '.gitlab-ci.{yml,yaml}', '**/*.gitlab-ci.{yml,yaml}', '.gitlab/ci/**/*.{yml,yaml}' }

--- The project's own pipeline, and what it includes.
---@param ctx table
---@return string[]
function M.included(ctx)
  local set, found = {}, {}
  visit(ctx, set, '.gitlab-ci.yml')
  for p in pairs(set) do
    if p:find('%.ya?ml$') then found[#found + 1] = p end
  end
  return found
end

local function includes(job, document)
  each_local(document, function(match)
    local view = excerpt.scalar(job.c, match)
    local from = view.text:match('^/*()')
    paths.add(job, view, from, #view.text, { kind = 'ci.include', base = '' })
  end)
  for _, place in ipairs(INCLUDES) do
    for _, key in ipairs { 'project', 'remote', 'component' } do
      each(job.c, document, below(place, key), function(_, match)
        job.c:add(match, { kind = 'ci.include', target_kind = 'remote', why = 'on the network' })
      end)
    end
  end
end

local FILTERS = {
  { '*', 'rules', '*', 'KEY' }, { 'include', '*', 'rules', '*', 'KEY' }, { '*', 'only', 'KEY' }, { '*', 'except', 'KEY' },
  { '*', 'KEY' },
}

local function filters(c, document, key, r)
  for _, place in ipairs(FILTERS) do
    local shape = table.move(place, 1, #place - 1, 1, {})
    shape[#shape + 1] = key
    for _, items in ipairs { below(shape, '*'), below(shape, 'paths', '*') } do
      each(c, document, items, function(view, match)
        local last = match.path[#match.path]
        if math.type(last) == 'integer' then
          filter.add(c, view, r)
        end
      end)
    end
  end
end

-- The scripts below a key, one after the other in one shell.
local function run(job, document, place, state)
  for _, shape in ipairs { place, below(place, '*'), below(place, '*', '*') } do
    each(job.c, document, shape, function(view)
      job.texts[#job.texts + 1] = view.text
      state = scripts.find(job, view, state)
    end)
  end
  return state
end

-- Does a script enter the folder that a variable holds?
local function is_entered(job, name)
  for _, content in ipairs(job.texts) do
    if content:find('%f[%w]cd%s+["\']?%${?' .. name:gsub('%W', '%%%0') .. '}?["\']?%f[^%w_"\'}]') then
      return true
    end
  end
  return false
end

-- Values of a matrix: folders where a script enters them, else texts where something is there.
local function matrix(job, document, name)
  for _, shape in ipairs { { name, 'parallel', 'matrix', '*', '*' }, { name, 'parallel', 'matrix', '*', '*', '*' } } do
    each(job.c, document, shape, function(view, match)
      local entered = is_entered(job, tostring(match.path[5]))
      if entered or view.text:find('/', 1, true) and not view.text:find('%s') then
        paths.add(job, view, 1, #view.text, {
          kind = 'ci.matrix', base = '', exact = entered, found_only = not entered,
        })
      end
    end)
  end
end

local function variables(job, document)
  for _, shape in ipairs { { 'variables', '*' }, { 'variables', '*', 'value' }, { '*', 'variables', '*' } } do
    each(job.c, document, shape, function(view, match)
      if view.text:find('/', 1, true) and not view.text:find('%s') and match.path[1] ~= 'include' then
        paths.add(job, view, 1, #view.text, { kind = 'ci.env', base = '', exact = false, found_only = true })
      end
    end)
  end
end

-- What jobs keep and cache: mostly made by them.
local KEPT = {
  { 'ci.artifacts', { '*', 'artifacts', 'paths', '*' } }, { 'ci.artifacts', { '*', 'artifacts', 'exclude', '*' } },
  { 'ci.artifacts', { '*', 'artifacts', 'reports', '*' } }, { 'ci.artifacts', { '*', 'artifacts', 'reports', '*', '*' } },
  { 'ci.cache', { 'cache', 'paths', '*' } }, { 'ci.cache', { 'cache', '*', 'paths', '*' } },
  { 'ci.cache', { '*', 'cache', 'paths', '*' } }, { 'ci.cache', { '*', 'cache', '*', 'paths', '*' } },
  { 'ci.cache', { 'cache', 'key', 'files', '*' } }, { 'ci.cache', { '*', 'cache', 'key', 'files', '*' } },
}

local function kept(job, document)
  for _, item in ipairs(KEPT) do
    each(job.c, document, item[2], function(view, match)
      local key = match.path[#match.path]
      if key ~= 'coverage_format' then
        paths.add(job, view, 1, #view.text, { kind = item[1], base = '', guess = 'the job may make it' })
      end
    end)
  end
end

local function jobs(c, document, top)
  local function job_of()
    return { c = c, workspace = workspace.whole(), texts = {} }
  end
  local shared = scripts.start ''
  for _, place in ipairs { { 'before_script' }, { 'default', 'before_script' } } do
    shared = run(job_of(), document, place, shared)
  end
  for _, place in ipairs { { 'after_script' }, { 'default', 'after_script' } } do
    run(job_of(), document, place, scripts.start '')
  end
  for _, name in ipairs(list.keys(top)) do
    local value = top[name]
    if type(value) == 'table' and not ifx.is_list(value) and name ~= 'default' then
      local job = job_of()
      local state = value.before_script == nil and shared
        or run(job, document, { name, 'before_script' }, scripts.start '')
      run(job, document, { name, 'script' }, scripts.start(state.base))
      run(job, document, { name, 'after_script' }, scripts.start '')
      matrix(job, document, name)
    end
  end
end

--- Finds what a pipeline names.
---@param c ifx.repo.Collector
---@param document yaml.Document
---@param top table decoded
function M.pipeline(c, document, top)
  local job = { c = c, workspace = workspace.whole(), texts = {} }
  includes(job, document)
  filters(c, document, 'changes', { kind = 'ci.paths', dialect = 'gitlab' })
  filters(c, document, 'exists', { kind = 'ci.paths', dialect = 'gitlab', optional = 'the rule asks whether it exists' })
  jobs(c, document, top)
  variables(job, document)
  kept(job, document)
end

return M
