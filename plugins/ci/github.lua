-- github.lua: what workflows and actions of GitHub name. SPDX-License-Identifier: Apache-2.0

local excerpt = require 'ifx.repo.excerpt'
local filter = require './filter'
local inputs = require './inputs'
local matrix = require './matrix'
local objects = require 'ifx.k8s.objects'
local paths = require './paths'
local scripts = require './scripts'
local url = require 'ifx.repo.url'
local workspace = require './workspace'

local below = objects.below

local M = {}

--- Calls f with every text at a place of a document; lists aliases.
---@param c ifx.repo.Collector
---@param document yaml.Document
---@param pattern table
---@param f fun(view: ifx.repo.Excerpt, match: yaml.Match)
function M.each(c, document, pattern, f)
  for _, match in ipairs(document:query(pattern, 1)) do
    if match.kind == 'alias' then
      c:doubt(match, 'alias', 'a YAML alias: the text stands at its anchor')
    elseif match.kind == 'scalar' and type(match.value) == 'string' and match.value ~= '' then
      f(excerpt.scalar(c, match), match)
    end
  end
end

local function get(value, ...)
  for _, key in ipairs { ... } do
    value = type(value) == 'table' and value[key] or nil
  end
  return value
end

-- The working directory of a place: adds it, and returns the folder of the workspace, nil when it is not known.
local function working_directory(job, document, prefix, inherited)
  local folder = inherited
  M.each(job.c, document, below(prefix, 'working-directory'), function(view)
    local written = view.text
    if not matrix.follow(job, document, view, { kind = 'ci.working_directory', check = paths.want_folder }) then
      paths.add(job, view, 1, #written, { kind = 'ci.working_directory', base = '', check = paths.want_folder })
    end
    local root = written:match('^%${{%s*github%.workspace%s*}}/*(.*)$')
    local plain = root or written
    local place = not plain:find('$', 1, true) and not paths.is_elsewhere(plain) and path.normalize(plain == '' and '.' or plain)
    folder = place == '.' and '' or place or false
  end)
  return folder
end

local function is_posix(shell, runner)
  if type(shell) == 'string' then
    return shell:find('^bash') ~= nil or shell:find('^sh') ~= nil or shell:find('bash ', 1, true) ~= nil
  end
  return not (type(runner) == 'string' and runner:lower():find('windows', 1, true))
end

local function run(job, document, prefix, base, shell)
  M.each(job.c, document, below(prefix, 'run'), function(view, match)
    if not is_posix(shell, job.runner) then
      job.c:doubt(match, match.value:match('[^\n]*'), 'a script in another language than the shell')
    else
      scripts.find(job, view, scripts.start(base or nil, job.own_folder))
    end
  end)
end

-- What these names mean moves on with the repository; any other may be a tag.
local DEFAULT_BRANCHES = { main = true, master = true }

-- A local action or workflow, or one of another repository.
local function uses(job, document, prefix, check)
  M.each(job.c, document, below(prefix, 'uses'), function(view, match)
    local written = view.text
    local repository, rest, revision = written:match('^([%w_.-]+/[%w_.-]+)([^@]*)@(.*)$')
    if written:find('^%./') then
      paths.add(job, view, 1, #written, { kind = 'ci.uses', base = '', check = check })
    elseif repository and url.own_identities(job.c.ctx)['github.com/' .. repository:lower()] and #rest > 1 then
      job.c:path(view:part(#repository + 2, #repository + #rest), {
        kind = 'ci.uses', base = '', anchor = 'root',
        pinned = not DEFAULT_BRANCHES[revision] and ('pinned to the revision %s of this repository'):format(revision) or nil,
      })
    elseif not written:find('^docker:') then
      job.c:add(match, { kind = 'ci.uses', target_kind = 'remote', why = 'on the network' })
    end
  end)
end

local function is_action(ctx)
  return function(target, kind)
    if kind == 'file' then
      return 'a file where the folder of an action is expected'
    end
    for _, name in ipairs { 'action.yml', 'action.yaml', 'Dockerfile' } do
      if ctx.exists(path.join(target, name)) then
        return nil
      end
    end
    return 'a folder without action.yml'
  end
end

local function env(job, document, prefix)
  M.each(job.c, document, below(prefix, 'env', '*'), function(view)
    if view.text:find('/', 1, true) and not view.text:find('[\n ]') then
      paths.add(job, view, 1, #view.text, { kind = 'ci.env', base = '', exact = false, found_only = true })
    end
  end)
end

local function steps(job, document, prefix, base, defaults)
  local given = get(job.value, 'steps')
  for i, step in ipairs(type(given) == 'table' and given or {}) do
    local here = below(prefix, 'steps', i)
    local folder = working_directory(job, document, here, base)
    run(job, document, here, folder, get(step, 'shell') or defaults)
    uses(job, document, here, is_action(job.c.ctx))
    env(job, document, here)
    if type(get(step, 'uses')) == 'string' then
      inputs.find(job, document, here, step)
    end
  end
end

local function new_job(c, value, runner)
  return {
    c = c, value = value, runner = runner,
    workspace = workspace.of(get(value, 'steps'), url.own_identities(c.ctx)),
  }
end

local function one_job(c, document, name, value, base, shell)
  local job, prefix = new_job(c, value, get(value, 'runs-on')), { 'jobs', name }
  job.prefix = prefix
  local whole = { c = c, workspace = workspace.whole() }
  uses(whole, document, prefix)
  local folder = working_directory(job, document, below(prefix, 'defaults', 'run'), base)
  env(job, document, prefix)
  steps(job, document, prefix, folder, get(value, 'defaults', 'run', 'shell') or shell)
  matrix.values(job, document)
end

-- hashFiles('a', '**/b') in any expression of the file.
local function hash_files(c, document)
  local whole = { c = c, workspace = workspace.whole() }
  M.each(c, document, { '**' }, function(view)
    for first, arguments in view.text:gmatch('hashFiles%(()([^()]*)%)') do
      for from, pattern in arguments:gmatch("'!?()([^']*)'") do
        if pattern ~= '' then
          paths.add(whole, view, first + from - 1, first + from + #pattern - 2, {
            kind = 'ci.hash_files', base = '', guess = 'hashFiles gives an empty text then',
          })
        end
      end
    end
  end)
end

local function filters(c, document)
  for _, event in ipairs { 'push', 'pull_request', 'pull_request_target', 'workflow_run' } do
    for _, key in ipairs { 'paths', 'paths-ignore' } do
      M.each(c, document, { 'on', event, key, '*' }, function(view)
        filter.add(c, view, { kind = 'ci.paths', dialect = 'github' })
      end)
    end
  end
end

--- Finds what a workflow names.
---@param c ifx.repo.Collector
---@param document yaml.Document
---@param top table decoded
function M.workflow(c, document, top)
  filters(c, document)
  local any = new_job(c, {}, nil)
  local base = working_directory(any, document, { 'defaults', 'run' }, '')
  env(any, document, {})
  local jobs = type(top.jobs) == 'table' and not ifx.is_list(top.jobs) and top.jobs or {}
  for _, name in ipairs(list.keys(jobs)) do
    one_job(c, document, name, jobs[name], base, get(top, 'defaults', 'run', 'shell'))
  end
  hash_files(c, document)
end

--- Finds what an action's metadata name.
---@param c ifx.repo.Collector
---@param document yaml.Document
---@param top table decoded
function M.action(c, document, top)
  local folder = path.dirname(c.file.path)
  local job = new_job(c, get(top, 'runs'), nil)
  job.own_folder, job.prefix = folder, { 'runs' }
  for _, key in ipairs { 'main', 'pre', 'post', 'image' } do
    M.each(c, document, { 'runs', key }, function(view, match)
      if not view.text:find('^docker:') then
        c:path(match, { kind = 'ci.uses', base = folder, optional = 'a build may make it' })
      end
    end)
  end
  steps(job, document, { 'runs' }, '', nil)
  hash_files(c, document)
end

return M
