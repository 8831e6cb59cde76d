-- plays.lua: what plays, and the dependencies of roles, name. SPDX-License-Identifier: Apache-2.0

local paths = require './paths'
local search = require './search'
local shape = require './shape'
local tasks = require './tasks'
local written = require 'ifx.repo.written'

local below = shape.below

local M = {}

-- Names of roles in a list: each a text, or a map with the name at one of two keys.
local function roles(job, document, value, at)
  for i, item in ipairs(type(value) == 'table' and ifx.is_list(value) and value or {}) do
    local place = below(at, i)
    if not shape.is_map(item) then
      paths.role(job, document, place)
    elseif item.role ~= nil or item.src == nil then
      paths.role(job, document, below(place, item.role ~= nil and 'role' or 'name'))
    end
  end
end

-- Files of variables; a list inside of the list means the first that is there.
local function vars_files(job, document, value, at)
  local folder = path.dirname(job.file)
  for i, item in ipairs(type(value) == 'table' and ifx.is_list(value) and value or {}) do
    local r = { kind = 'ansible.vars', folders = search.spots({ folder }, { 'vars', '' }), check = written.want_file }
    if type(item) == 'table' and ifx.is_list(item) then
      r.optional = 'the first of the list that is there counts'
      for j = 1, #item do
        paths.whole(job, document, below(at, i, j), r)
      end
    else
      r.folders = search.first(job.c.ctx, r.folders, tostring(item)) and r.folders or search.spots({ folder }, { '' })
      paths.whole(job, document, below(at, i), r)
    end
  end
end

local function play(job, document, value, at)
  local imported, key = shape.named(value, 'import_playbook')
  local name = type(imported) == 'string' and imported or ''
  local of_collection = name:find('^[%w_]+%.[%w_]+%.[%w_]+$') and not name:find('%.ya?ml$')
  if imported ~= nil and not of_collection then
    paths.whole(job, document, below(at, key), {
      kind = 'ansible.playbook', folders = search.spots({ path.dirname(job.file) }, { '' }), check = written.want_file,
      static = true,
    })
  end
  roles(job, document, value.roles, below(at, 'roles'))
  vars_files(job, document, value.vars_files, below(at, 'vars_files'))
end

--- Finds what a playbook, or a file of tasks, names.
---@param job ansible.Job
---@param document yaml.Document
---@param value any
function M.find(job, document, value)
  if shape.is_playbook(value) then
    for i, one in ipairs(value) do
      play(job, document, one, { i })
    end
  end
  shape.each(value, function(task, at) tasks.task(job, document, task, at) end)
  tasks.texts(job, document)
end

--- Finds the roles that a role depends on.
---@param job ansible.Job
---@param document yaml.Document
---@param value any
function M.dependencies(job, document, value)
  if shape.is_map(value) then
    roles(job, document, value.dependencies, { 'dependencies' })
  end
end

return M
