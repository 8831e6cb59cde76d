-- inputs.lua: inputs of actions that are paths. SPDX-License-Identifier: Apache-2.0

local actions = require './actions'
local excerpt = require 'ifx.repo.excerpt'
local filter = require './filter'
local matrix = require './matrix'
local objects = require 'ifx.k8s.objects'
local paths = require './paths'

local M = {}

local KIND = 'ci.input'
local MADE = 'the workflow may make it'

local CHECKS = { file = paths.want_file, files = paths.want_file, folder = paths.want_folder }

local function add(job, view, from, to, known, base)
  if view.text:sub(from, from) == '!' then
    from = from + 1
  end
  paths.add(job, view, from, to, {
    kind = KIND, base = base or '', check = CHECKS[known.what], guess = known.made and MADE or nil,
  })
end

-- Docker builds from a folder, from this repository's root or a folder of it, or from an address.
local function context(job, document, view, known)
  local written = view.text
  local folder = written:match('^{{defaultContext}}:()')
  if folder then
    add(job, view, folder, #written, known)
  elseif not written:find('^{{') and not matrix.follow(job, document, view, { kind = KIND, check = paths.want_folder }) then
    paths.add(job, view, 1, #written, { kind = KIND, base = '', check = paths.want_folder })
  end
end

-- A Dockerfile counts from the workspace, or from the root of a context that Git gives.
local function dockerfile(job, document, view, step)
  local given = step['with'].context
  local base = type(given) == 'string' and given:match('^{{defaultContext}}:(.*)$')
  if not matrix.follow(job, document, view, { kind = KIND }) then
    add(job, view, 1, #view.text, { what = 'file' }, base and path.normalize(base) or '')
  end
end

-- `filters`: lists of globs in a YAML text, or the file that holds it.
local function filters(job, view, match)
  if not view.text:find('\n') then
    return add(job, view, 1, #view.text, { what = 'file' })
  end
  local ok, inner = pcall(yaml.document, view.text)
  if not ok then
    return job.c:doubt(match, 'filters', 'does not parse as YAML')
  end
  for _, found in ipairs(inner:query({ '**' }, 1)) do
    if found.kind == 'scalar' and type(found.value) == 'string' and found.inner_start and found.value ~= '' then
      filter.add(job.c, view, { kind = KIND, dialect = 'plain' }, found.inner_start, found.inner_stop)
    end
  end
end

local SEVERAL = { files = '\n', globs = '\n', words = '%s' }

local function named(job, view)
  paths.each(view, '\n', function(from, to)
    local equals = view.text:sub(from, to):find('=', 1, true)
    if equals then
      add(job, view, from + equals, to, { what = 'file' })
    end
  end)
end

local function known_input(job, document, view, match, known, step)
  local separator = SEVERAL[known.what] or known.comma and ',\n'
  if known.what == 'context' then
    context(job, document, view, known)
  elseif known.what == 'filters' then
    filters(job, view, match)
  elseif known.what == 'named' then
    named(job, view)
  elseif separator then
    paths.each(view, separator, function(from, to) add(job, view, from, to, known) end)
  elseif known.what == 'file' and step.uses:find('^docker/build%-push%-action@') then
    dockerfile(job, document, view, step)
  elseif not matrix.follow(job, document, view, { kind = KIND, check = CHECKS[known.what] }) then
    add(job, view, 1, #view.text, known)
  end
end

-- An action that is not known may read its input as a path: a text, where something is there.
local function guessed(job, view)
  if not view.text:find('[\n ]') and (view.text:find('/', 1, true) or view.text:find('%.%w+$')) then
    paths.add(job, view, 1, #view.text, { kind = KIND, base = '', exact = false, found_only = true })
  end
end

--- Finds the paths among the inputs of a step.
---@param job ci.Job
---@param document yaml.Document
---@param prefix table path of the step
---@param step table decoded
function M.find(job, document, prefix, step)
  local known = actions.inputs(step.uses) or {}
  for _, match in ipairs(document:query(objects.below(prefix, 'with', '*'), 1)) do
    local name = match.path[#match.path]
    if type(name) == 'string' and match.kind == 'scalar' and type(match.value) == 'string' and match.value ~= '' then
      local view = excerpt.scalar(job.c, match)
      if known[name] then
        known_input(job, document, view, match, known[name], step)
      elseif actions.sounds_like_path(name) and not step.uses:find('^actions/checkout@') then
        guessed(job, view)
      end
    end
  end
end

return M
