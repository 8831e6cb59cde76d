-- release.lua: what the releases of a helmfile name. SPDX-License-Identifier: Apache-2.0

local excerpt = require 'ifx.repo.excerpt'
local finder = require 'ifx.repo.finder'
local paths = require './paths'
local states = require './states'
local written = require 'ifx.repo.written'

local shell = ifx.use 'shell'.library

local M = {}

local LENIENT = { Warn = true, Info = true, Debug = true }

--- Why a file may be missing, by what is set beside it, or for the whole helmfile.
---@param job helmfile.Job
---@param match yaml.Match
---@param way yaml.Step[]
---@param up integer steps from the scalar to where it is set
---@return string|nil
function M.missing(job, match, way, up)
  local handler = paths.beside(job, match, way, up, 'missingFileHandler')
  if handler == nil then
    handler = job.document:get({ 'missingFileHandler' }, match.doc)
  end
  return LENIENT[handler] and ('missingFileHandler is %s'):format(handler) or nil
end

--- An item of a list of files below a release.
---@param job helmfile.Job
---@param kind string
---@param prefixed boolean|nil `valuesPathPrefix` stands before it
---@return ifx.repo.Shape
function M.files(job, kind, prefixed)
  return { items = { text = function(match, way)
    local prefix, base = prefixed and paths.beside(job, match, way, 2, 'valuesPathPrefix'), nil
    if type(prefix) == 'string' then
      local folder = prefix:find('/$') and not states.is_remote(prefix) and not prefix:find('^t%d') and prefix
      base = folder and job.c.ctx.resolve(paths.folder(job, folder), folder)
      if not base then
        return job.c:doubt(match, match.text, 'valuesPathPrefix stands before it')
      end
    end
    paths.add(job, match, {
      kind = kind, base = base, check = written.want_file, optional = M.missing(job, match, way, 2),
    })
  end } }
end

-- Is this the name of a chart in a repository? Helmfile reads what begins with a dot, has no slash, or more than two,
-- as a folder, and Helm any other that is one.
local function is_of_repository(job, text)
  local repository = text:match('^([^/]+)/')
  if text:find('^%.%.?/') then
    return false
  elseif job.repositories[repository or ''] then
    return true
  end
  local _, slashes = text:gsub('/', '')
  local target = job.c.ctx.resolve(paths.folder(job, text), text)
  return (slashes == 1 or slashes == 2) and not (target and finder.locate(job.c.ctx, target))
end

local function is_plain(job, match)
  return type(match.value) == 'string' and not job.content:sub(match.start, match.stop):find('{{', 1, true)
end

local function chart(job)
  return { text = function(match)
    local text = is_plain(job, match) and match.value
    if text and not states.is_remote(text) and is_of_repository(job, text) then
      job.c:add(match, { kind = 'helmfile.chart', target_kind = 'remote', why = 'a chart of a repository' })
    else
      paths.add(job, match, { kind = 'helmfile.chart', rewrite = 'chart' })
    end
  end }
end

local SHELLS = { sh = true, bash = true, ash = true, dash = true, zsh = true }

local function is_script(job, match, way)
  local command = paths.beside(job, match, way, 2, 'command')
  local last = way[#way]
  local before = math.type(last) == 'integer' and last > 1 and paths.beside(job, match, way, 1, last - 1)
  return type(command) == 'string' and SHELLS[command:match('[^/]*$')]
    and type(before) == 'string' and before:find('^%-%a*c$') ~= nil
end

-- A hook runs in the folder of the helmfile.
local function argument(job)
  return function(match, way)
    local folder = job.folders[1]
    local anchor = folder == path.dirname(job.c.file.path)
    local view = excerpt.scalar(job.c, match)
    if is_script(job, match, way) and is_plain(job, match) then
      shell.find(view, shell.start(folder, { own = anchor }), { kind = 'helmfile.hook' })
      return
    end
    local from = match.text and match.text:match('^%-%-?[%w-]+=()') or 1
    local text = is_plain(job, match) and match.text:sub(from) or ''
    if text:find('/', 1, true) and not written.is_elsewhere(text) then
      written.add(view, from, #match.text, {
        kind = 'helmfile.hook', base = folder, anchor = anchor and 'file' or nil, exact = false, found_only = true,
      })
    end
  end
end

local function program(job, kind)
  return { text = function(match)
    if match.text:find('/', 1, true) then
      paths.add(job, match, { kind = kind, base = job.folders[1], check = written.want_file, rewrite = 'program' })
    end
  end }
end

--- A list of hooks.
---@param job helmfile.Job
---@return ifx.repo.Shape
function M.hooks(job)
  local function applied(match)
    paths.add(job, match, { kind = 'helmfile.hook', base = job.folders[1] })
  end
  return { items = { keys = {
    command = program(job, 'helmfile.hook'), args = { items = { text = argument(job) } },
    kubectlApply = { keys = { filename = { text = applied }, kustomize = { text = applied } } },
  } } }
end

--- The program that changes what Helm renders.
---@param job helmfile.Job
---@return ifx.repo.Shape
function M.post_renderer(job)
  return program(job, 'helmfile.post_renderer')
end

-- They count from the folder of the chart.
local function unit_tests(job)
  return { items = { text = function(match, way)
    local text = paths.beside(job, match, way, 2, 'chart')
    local is_local = type(text) == 'string' and not states.is_remote(text) and not is_of_repository(job, text)
    local base = is_local and job.c.ctx.resolve(paths.folder(job, text), text)
    if base then
      paths.add(job, match, { kind = 'helmfile.unit_tests', base = base })
    else
      job.c:add(match, { kind = 'helmfile.unit_tests', target_kind = 'remote', why = 'in a chart elsewhere' })
    end
  end } }
end

--- A release, or a template of releases.
---@param job helmfile.Job
---@return ifx.repo.Shape
function M.shape(job)
  local values, patches = M.files(job, 'helmfile.values', true), M.files(job, 'helmfile.patches')
  local set = { items = { keys = { file = { text = function(match)
    paths.add(job, match, { kind = 'helmfile.set_file', check = written.want_file })
  end } } } }
  return { keys = {
    chart = chart(job), dependencies = { items = { keys = { chart = chart(job) } } },
    values = values, valuesTemplate = values, secrets = M.files(job, 'helmfile.secrets', true),
    set = set, setString = set, setTemplate = set,
    strategicMergePatches = patches, jsonPatches = patches, transformers = patches,
    hooks = M.hooks(job), postRenderer = M.post_renderer(job),
    unitTests = unit_tests(job),
  } }
end

--- What does not begin with a dot would be a chart of a repository, or a program somewhere else.
---@param _ table
---@param move ifx.repo.Movement
---@return string|nil text
---@return string|nil why
function M.rewrite_local(_, move)
  if move.text:find('[^%w_./@+-]') then
    return nil, 'the new path has signs that need quotes'
  end
  return move.text:find('^%.') and move.text or './' .. move.text
end

return M
