-- mise.lua: what the configuration of mise names. SPDX-License-Identifier: Apache-2.0

local excerpt = require 'ifx.repo.excerpt'
local settings = require 'ifx.settings'
local templates = require './templates'
local written = require 'ifx.repo.written'

local M = {}

-- The folder that paths count from: above the folders that hold nothing but configuration.
local function root_of(p)
  local folder = path.dirname(p)
  for _, own in ipairs { '.config/mise/conf.d', '.config/mise', '.config', '.mise', 'mise' } do
    if folder == own then
      return ''
    elseif folder:sub(-#own - 1) == '/' .. own then
      return folder:sub(1, -#own - 2)
    end
  end
  return folder
end

-- The text of a value; where the file writes it otherwise, its parts have no place.
local function view_of(c, node)
  if not node.inner_start or node.inner_stop < node.inner_start then
    return nil
  end
  return excerpt.spans(c, { { node.inner_start, node.inner_stop } })
end

local function each(c, found, pattern, f)
  for _, node in ipairs(found:query(pattern)) do
    if node.kind == 'scalar' and type(node.value) == 'string' and node.value ~= '' then
      local view = view_of(c, node)
      if view then
        f(view, node)
      else
        c:doubt(node, node.value, 'written with escapes')
      end
    end
  end
end

-- One file or several, as text or under `path`.
local function several(place)
  local function behind(...)
    return table.move({ ... }, 1, select('#', ...), #place + 1, table.move(place, 1, #place, 1, {}))
  end
  return { place, behind('*'), behind('path'), behind('*', 'path') }
end

local function add_all(job, found, place, r)
  for _, shape in ipairs(several(place)) do
    each(job.c, found, shape, function(view)
      local own = {}
      for key, value in pairs(r) do
        own[key] = value
      end
      templates.add(job, view, job.base, own)
    end)
  end
end

local function task(job, found, name)
  local own = setmetatable({}, { __index = job })
  local dir = found:get { 'tasks', name, 'dir' }
  if dir ~= nil then
    add_all(job, found, { 'tasks', name, 'dir' }, { kind = 'task.directory', check = written.want_folder })
    own.base = type(dir) == 'string' and templates.place(job, dir, job.base) or false
  end
  add_all(job, found, { 'tasks', name, 'file' }, { kind = 'task.include', check = written.want_file })
  add_all(own, found, { 'tasks', name, 'sources' }, { kind = 'task.files', optional = 'no file is there now', quiet = true })
  add_all(own, found, { 'tasks', name, 'outputs' }, { kind = 'task.files', guess = 'the task may make it', quiet = true })
  for _, shape in ipairs { { 'tasks', name }, { 'tasks', name, 'run' }, { 'tasks', name, 'run', '*' } } do
    each(job.c, found, shape, function(view) templates.command(own, view) end)
  end
end

local function environment(job, found)
  for _, table_of in ipairs { 'file', 'source', 'path' } do
    add_all(job, found, { 'env', '_', table_of }, {
      kind = 'task.dotenv', guess = 'it is read only where it is there', quiet = true,
    })
  end
  each(job.c, found, { 'env', '*' }, function(view, node)
    templates.add(job, view, nil, { kind = 'task.variable', found_only = true, quiet = true })
    job.env[node.path[2]] = templates.place(job, view.text, nil)
  end)
end

--- Finds what a configuration of mise names.
---@param c ifx.repo.Collector
function M.find(c)
  local found, why = settings.read('toml', c.file.text())
  if not found then
    return c:doubt(why, path.basename(c.file.path), 'does not parse as TOML: ' .. why.message)
  end
  local root = root_of(c.file.path)
  local job = {
    c = c, folder = path.dirname(c.file.path), base = root, values = { config_root = root }, constants = {}, used = {}, env = {},
  }
  environment(job, found)
  add_all(job, found, { 'task_config', 'includes' }, {
    kind = 'task.include', optional = 'it is read only where it is there',
  })
  local seen = {}
  for _, node in ipairs(found:query { 'tasks', '**' }) do
    local name = node.path[2]
    if name and not seen[name] then
      seen[name] = true
      task(job, found, name)
    end
  end
end

return M
