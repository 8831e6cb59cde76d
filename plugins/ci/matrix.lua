-- matrix.lua: values of a matrix that fill in paths. SPDX-License-Identifier: Apache-2.0

local excerpt = require 'ifx.repo.excerpt'
local objects = require 'ifx.k8s.objects'
local paths = require './paths'

local below = objects.below

local M = {}

-- The values that a matrix has for a name such as `dir` or `app.path`.
local function each_value(job, document, name, f)
  local steps = {}
  for step in name:gmatch('[^.]+') do
    steps[#steps + 1] = step
  end
  local root = below(job.prefix, 'strategy', 'matrix')
  for _, shape in ipairs { below(root, steps[1], '*'), below(root, 'include', '*', steps[1]) } do
    for _, match in ipairs(document:query(below(shape, table.unpack(steps, 2)), 1)) do
      if match.kind == 'scalar' and type(match.value) == 'string' and match.value ~= '' then
        f(excerpt.scalar(job.c, match))
      end
    end
  end
end

--- A path that is filled in by one value of the matrix: the values are the references.
---@param job ci.Job
---@param document yaml.Document
---@param view ifx.repo.Excerpt
---@param r table kind, check
---@return boolean found false: it is no such path
function M.follow(job, document, view, r)
  local lead, name, tail = view.text:match('^([^$]*)%${{%s*matrix%.([%w_.-]+)%s*}}([^$]*)$')
  if not name or not job.prefix or lead ~= '' and lead:sub(-1) ~= '/' or tail ~= '' and tail:sub(1, 1) ~= '/' then
    return false
  end
  local base = path.normalize(lead == '' and '.' or lead)
  if not base or lead:sub(1, 1) == '/' then
    return false
  end
  base = base == '.' and '' or base
  local any = false
  each_value(job, document, name, function(value)
    any = true
    job.followed = job.followed or {}
    job.followed[value.match.start] = true
    paths.add(job, value, 1, #value.text, { kind = 'ci.matrix', base = base, check = tail == '' and r.check or nil })
  end)
  if any and base ~= '' then
    paths.literal(job, view, 1, #lead:gsub('/+$', ''), { kind = r.kind, base = '', found_only = true })
  end
  return any
end

local function text_value(job, view)
  if view.text:find('/', 1, true) and not view.text:find('%s') and not (job.followed or {})[view.match.start] then
    paths.add(job, view, 1, #view.text, { kind = 'ci.matrix', base = '', exact = false, found_only = true })
  end
end

--- Values of a job's matrix that read like paths, and are there.
---@param job ci.Job
---@param document yaml.Document
function M.values(job, document)
  for _, match in ipairs(document:query(below(job.prefix, 'strategy', 'matrix', '**'), 1)) do
    if match.kind == 'scalar' and type(match.value) == 'string' then
      text_value(job, excerpt.scalar(job.c, match))
    end
  end
end

return M
