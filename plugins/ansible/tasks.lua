-- tasks.lua: what the tasks of playbooks and roles name. SPDX-License-Identifier: Apache-2.0

local excerpt = require 'ifx.repo.excerpt'
local globs = require 'ifx.repo.globs'
local paths = require './paths'
local search = require './search'
local shape = require './shape'
local written = require 'ifx.repo.written'

local below = shape.below

local M = {}

-- Modules that read a file of the machine that Ansible runs on: the argument, and the folders it is looked for in.
local SOURCES = {
  copy = { 'src', 'files' }, win_copy = { 'src', 'files' }, template = { 'src', 'templates' },
  win_template = { 'src', 'templates' },
  unarchive = { 'src', 'files' }, script = { 'cmd', 'files' }, win_script = { 'cmd', 'files' }, patch = { 'src', 'files' },
  synchronize = { 'src', 'files' }, k8s = { 'src', 'files' }, load_vars = { 'file', 'vars' },
}
local KIND = { files = 'ansible.file', templates = 'ansible.template', vars = 'ansible.vars' }

local function r_of(job, sub)
  return {
    kind = KIND[sub], folders = search.folders(job.index, job.file, sub),
    optional = job.index.kinds[job.file] == 'vars' and 'looked for from the task that uses the variable' or nil,
  }
end

local function is_true(value)
  return value == true or value == 'yes' or value == 'true' or value == 'True'
end

-- The items that a task is repeated for, when they stand in it.
local LOOPS = { 'loop', 'with_items', 'with_flattened' }

local function loop_of(task)
  for _, name in ipairs(LOOPS) do
    if type(task[name]) == 'table' and ifx.is_list(task[name]) then
      return task[name], name
    end
  end
end

-- `{{ item }}` and `{{ item.key }}` stand for what the loop says.
local function add_items(job, document, task, at, text, r)
  local field = text:match('^{{%s*item%.([%w_]+)%s*}}$')
  if not field and not text:find('^{{%s*item%s*}}$') then
    return false
  end
  local items, name = loop_of(task)
  for i in ipairs(items or {}) do
    local place = below(at, name, i)
    paths.whole(job, document, field and below(place, field) or place, r)
  end
  return items ~= nil
end

local function source(job, document, task, at, r)
  local view = paths.view(job, document, at)
  if view and not add_items(job, document, task, { table.unpack(at, 1, #at - (r.depth or 2)) }, view.text, r) then
    paths.add(job, view, 1, #view.text, r)
  end
end

-- `src=x` among the words of a text.
local function word(job, document, at, name, r)
  local view = paths.view(job, document, at)
  local from, value = (' ' .. (view and view.text or '')):match('%s' .. name .. '=()["\']?([^%s"\']+)')
  if from then
    from = from - 1 + (view.text:find('^["\']', from - 1) and 1 or 0)
    paths.add(job, view, from, from + #value - 1, r)
  end
end

-- The first word of a text is the path.
local function first_word(job, document, at, r)
  local view = paths.view(job, document, at)
  local from, value = (view and view.text or ''):match('^%s*()(%S+)')
  if not from then
    return
  elseif value:find('^{{') or view.text:find('{{', 1, true) then
    paths.add(job, view, from, #view.text:gsub('%s+$', ''), r)
  elseif value:find('^%w+=') then
    word(job, document, at, 'file', r)
  else
    paths.add(job, view, from, from + #value - 1, r)
  end
end

local function module_source(job, document, task, at, name, value, key)
  local argument, r = SOURCES[name][1], r_of(job, SOURCES[name][2])
  if type(value) == 'string' then
    if name == 'script' or name == 'win_script' then
      first_word(job, document, below(at, key), r)
    elseif not value:find('remote_src=[yt]') then
      word(job, document, below(at, key), argument, r)
    end
  elseif shape.is_map(value) and type(value[argument]) == 'string' then
    local remote = value.remote_src
    if type(remote) == 'string' and remote:find('{{', 1, true) then
      r.optional = 'a variable says whether it is a file of the other machine'
    elseif is_true(remote) or value.mode == 'pull' then
      return
    end
    if argument == 'cmd' then
      first_word(job, document, below(at, key, argument), r)
    else
      source(job, document, task, below(at, key, argument), r)
    end
  end
  if name == 'k8s' and shape.is_map(value) then
    local template = r_of(job, 'templates')
    source(job, document, task, below(at, key, 'template'), template)
    if shape.is_map(value.template) then
      template.depth = 3
      source(job, document, task, below(at, key, 'template', 'path'), template)
    end
  end
end

local function include_tasks(job, document, task, at, value, key)
  local r = {
    kind = 'ansible.tasks', folders = search.task_folders(job.index, job.file), check = written.want_file,
    static = shape.short(key) == 'import_tasks',
  }
  if shape.is_map(value) then
    source(job, document, task, below(at, key, 'file'), r)
  elseif not add_items(job, document, task, at, type(value) == 'string' and value or '', r) then
    first_word(job, document, below(at, key), r)
  end
end

local function include_vars(job, document, task, at, value, key)
  local r = r_of(job, 'vars')
  if shape.is_map(value) then
    source(job, document, task, below(at, key, 'file'), r)
    source(job, document, task, below(at, key, 'dir'), r)
  else
    first_word(job, document, below(at, key), r)
  end
end

local FROM = { tasks_from = 'tasks', vars_from = 'vars', defaults_from = 'defaults', handlers_from = 'handlers' }

local function include_role(job, document, _, at, value, key)
  if not shape.is_map(value) then
    return
  end
  local role = paths.role(job, document, below(at, key, 'name'))
  for _, name in ipairs(list.keys(FROM)) do
    paths.role_file(job, document, below(at, key, name), role, FROM[name])
  end
end

local ACTIONS = {
  include_tasks = include_tasks, import_tasks = include_tasks, include_vars = include_vars, include_role = include_role,
  import_role = include_role,
}

local LISTS = { with_fileglob = 'files', with_file = 'files' }

local function add_glob(job, document, at, r)
  local view = paths.view(job, document, at)
  if view and not view.text:find('{{', 1, true) and not written.is_elsewhere(view.text) then
    local spot = search.first(job.c.ctx, r.folders, globs.folder(view.text)) or r.folders[1]
    written.add(view, 1, #view.text, {
      kind = r.kind, base = spot.path, anchor = spot.path == path.dirname(job.file) and 'file' or 'root',
      optional = 'a loop over no file is none',
    })
  elseif view then
    paths.add(job, view, 1, #view.text, r)
  end
end

--- Finds what one task names.
---@param job ansible.Job
---@param document yaml.Document
---@param task table
---@param at table
function M.task(job, document, task, at)
  for _, key in ipairs(list.keys(task)) do
    local name, value = shape.short(key), task[key]
    if ACTIONS[name] then
      ACTIONS[name](job, document, task, at, value, key)
    elseif SOURCES[name] then
      module_source(job, document, task, at, name, value, key)
    elseif LISTS[key] then
      for i = 1, type(value) == 'table' and #value or 0 do
        add_glob(job, document, below(at, key, i), r_of(job, LISTS[key]))
      end
    end
  end
end

-- The lookups that read a file, with the folders it is looked for in.
local LOOKUPS = { file = 'files', template = 'templates', unvault = 'files', fileglob = 'files', sops = 'files' }

local function lookups_of(job, match)
  local view = excerpt.scalar(job.c, match)
  for _, call in ipairs { 'lookup', 'query', 'q' } do
    local pattern = '%f[%w_]' .. call .. '%(%s*["\']([%w_.]+)["\']%s*,%s*(["\'])()(.-)()%2%s*([,)+~])'
    for name, _, from, value, to, sign in match.text:gmatch(pattern) do
      local sub = LOOKUPS[shape.short(name)]
      if sub and (sign == '+' or sign == '~') then
        paths.folder(job, view, from, value:match('^(.*)/') or '', r_of(job, sub))
      elseif sub and value ~= '' and not value:find('[*?]') then
        paths.add(job, view, from, to - 1, r_of(job, sub))
      end
    end
  end
end

--- Finds what any text of a file names: files that lookups read, paths below known folders.
---@param job ansible.Job
---@param document yaml.Document
function M.texts(job, document)
  for _, match in ipairs(document:query({ '**' }, 1)) do
    if match.kind == 'scalar' and type(match.value) == 'string' and match.text:find('{{', 1, true) then
      lookups_of(job, match)
      if not job.taken[match.start] then
        paths.prefixed(job, match)
      end
    end
  end
end

return M
