-- index.lua: which files of a tree are Ansible's, and from which playbooks they are reached. SPDX-License-Identifier: Apache-2.0

local settings = require 'ifx.settings'
local shape = require './shape'

local M = {}

---@class ansible.Index
---@field kinds table<string, string> path of a file -> 'playbook', 'tasks', 'meta', 'vars', 'requirements', 'molecule', 'config'
---@field roles table<string, string> path of a file -> folder of the role it is part of
---@field plays table<string, table<string, boolean>> path of a file, or folder of a role -> folders of playbooks that use it
---@field galaxy table<string, boolean> names of roles that requirements bring
---@field values table<string, any> path -> decoded value, for those that were read

local EXTENSIONS = { '.yml', '.yaml' }
local PARTS = { 'tasks', 'handlers', 'defaults', 'vars', 'meta' }
local BESIDE = { 'handlers', 'defaults', 'vars', 'meta', 'templates', 'files' }
local KIND_OF_PART = { tasks = 'tasks', handlers = 'tasks', defaults = 'vars', vars = 'vars', meta = 'meta' }

-- Without any of these there is nothing of Ansible, and no file has to be read to know that.
local SIGNS = {
  ['ansible.cfg'] = true, ansible = true, playbooks = true, roles = true, group_vars = true, host_vars = true,
  inventories = true, inventory = true,
}

--- A path of a file of YAML without its extension: the first that is there.
---@param ctx table
---@param stem string
---@return string|nil
function M.yaml_file(ctx, stem)
  for _, extension in ipairs(EXTENSIONS) do
    if ctx.exists(stem .. extension) then
      return stem .. extension
    end
  end
end

--- Is this folder a role: does it lie in a folder `roles`, or beside its tasks what else only roles have?
---@param ctx table
---@param folder string
---@return boolean
function M.is_role(ctx, folder)
  for _, part in ipairs(PARTS) do
    if M.yaml_file(ctx, path.join(folder, part, 'main')) and ('/' .. folder):find('/roles/.') then
      return true
    end
  end
  if ctx.exists(path.join(folder, 'tasks')) == 'dir' and path.basename(path.dirname(folder)) == 'roles' then
    return true
  end
  if not M.yaml_file(ctx, path.join(folder, 'tasks', 'main')) then
    return false
  end
  return list.find(BESIDE, function(name) return ctx.exists(path.join(folder, name)) == 'dir' end) ~= nil
end

-- The folder of the role that a file is part of, and the part.
local function role_of(ctx, file, known)
  local above = path.dirname(file)
  while above ~= '' do
    local part, folder = path.basename(above), path.dirname(above)
    if KIND_OF_PART[part] and folder ~= '' then
      if known[folder] == nil then
        known[folder] = M.is_role(ctx, folder)
      end
      if known[folder] then
        return folder, part
      end
    end
    above = folder
  end
end

local function value_of(index, ctx, file)
  if index.values[file] == nil then
    local document = ctx.tree:entry(file) and ctx.file(ctx.tree:entry(file)).yaml()
    local readable, value = pcall(function() return document and #document > 0 and document:value(1) end)
    index.values[file] = readable and value or false
  end
  return index.values[file]
end

local function mark(map, key, folder)
  map[key] = map[key] or {}
  local is_new = not map[key][folder]
  map[key][folder] = true
  return is_new
end

local function by_position(ctx, file, index, known)
  local name = path.basename(file)
  if name == 'ansible.cfg' then
    return 'config'
  elseif not name:find('%.ya?ml$') then
    return nil
  elseif name == 'molecule.yml' and file:find('%f[^/\0]molecule/[^/]+/molecule%.yml$') then
    return 'molecule'
  elseif name == 'requirements.yml' or name == 'requirements.yaml' then
    return 'requirements'
  end
  local role, part = role_of(ctx, file, known)
  index.roles[file] = role
  return role and KIND_OF_PART[part] or (file:find('%f[^/\0]group_vars/') or file:find('%f[^/\0]host_vars/')) and 'vars' or nil
end

local function may_be_playbook(content)
  return (content:find('hosts:', 1, true) or content:find('import_playbook:', 1, true))
    and (content:find('^%s*%- ') or content:find('\n%s*%- ')) and not content:find('\nkind:', 1, true)
end

local function collect(ctx, index)
  local known, playbooks = {}, {}
  for _, entry in ipairs(ctx.tree:files()) do
    local file = entry.path
    local readable = entry.mode:sub(1, 3) == '100' and not entry.missing
    if readable and (file:find('%.ya?ml$') or path.basename(file) == 'ansible.cfg') then
      index.kinds[file] = by_position(ctx, file, index, known)
      if not index.kinds[file] and may_be_playbook(ctx.tree:read(file)) and shape.is_playbook(value_of(index, ctx, file)) then
        index.kinds[file] = 'playbook'
        playbooks[#playbooks + 1] = file
      end
    end
  end
  return playbooks
end

local function has_sign(ctx)
  for folder in pairs(ctx.tree:dirs()) do
    if SIGNS[path.basename(folder)] then
      return true
    end
  end
  for _, p in ipairs(ctx.tree:paths()) do
    if SIGNS[path.basename(p)] then
      return true
    end
  end
  return false
end

-- Roles that requirements bring: a list, or lists below `roles`.
local function read_requirements(index, ctx)
  for file, kind in pairs(index.kinds) do
    local value = kind == 'requirements' and value_of(index, ctx, file)
    local roles = shape.is_map(value) and value.roles or value
    for _, item in ipairs(type(roles) == 'table' and ifx.is_list(roles) and roles or {}) do
      local name = type(item) == 'table' and (item.name or item.src) or item
      if type(name) == 'string' then
        index.galaxy[name] = true
      end
    end
  end
end

-- What a file of tasks or a playbook includes: tasks, other playbooks' tasks, roles.
local function follow(index, ctx, search, file, folder)
  local value = value_of(index, ctx, file)
  local function role(name)
    local found = type(name) == 'string' and search.role(index, ctx, file, name)
    if found and mark(index.plays, found.target, folder) then
      for _, part in ipairs { 'tasks', 'handlers' } do
        for _, entry in ipairs(ctx.tree:list(path.join(found.target, part))) do
          if index.kinds[entry.path] == 'tasks' and mark(index.plays, entry.path, folder) then
            follow(index, ctx, search, entry.path, folder)
          end
        end
      end
    end
  end
  for _, play in ipairs(index.kinds[file] == 'playbook' and value or {}) do
    for _, item in ipairs(type(play.roles) == 'table' and play.roles or {}) do
      role(type(item) == 'table' and (item.role or item.name) or item)
    end
  end
  shape.each(value, function(task)
    for _, name in ipairs { 'include_tasks', 'import_tasks', 'include' } do
      local given = shape.named(task, name)
      given = shape.is_map(given) and given.file or given
      local target = type(given) == 'string' and search.tasks(index, ctx, file, given)
      if target and (not index.kinds[target] or index.kinds[target] == 'tasks') then
        index.kinds[target] = 'tasks'
        if mark(index.plays, target, folder) then
          follow(index, ctx, search, target, folder)
        end
      end
    end
    for _, name in ipairs { 'include_role', 'import_role' } do
      local given = shape.named(task, name)
      role(shape.is_map(given) and given.name)
    end
  end)
end

--- What stands before a path of an ansible.cfg when that names its own folder: Ansible reads the file of the folder that
--- it is run in.
---@param text string
---@return string lead '' when nothing does
function M.own_folder(text)
  return text:match('^%$PWD/+') or text:match('^%${PWD}/+') or text:match('^{{%s*CWD%s*}}/+') or ''
end

-- The roles_path of the ansible.cfg that rules a folder: beside it or above.
local function roles_paths(ctx, folder, known)
  local from = folder
  while known[folder] == nil do
    local content = ctx.tree:try_read(path.join(from, 'ansible.cfg'))
    local read = content and settings.read('ini', content)
    if read then
      known[folder] = {}
      for item in tostring(read:get { 'defaults', 'roles_path' } or ''):gmatch('[^:]+') do
        item = item:match('^%s*(.-)%s*$')
        item = item:sub(#M.own_folder(item) + 1)
        local target = item:find('^[/~$]') == nil and ctx.resolve(from, item)
        known[folder][#known[folder] + 1] = target or nil
      end
    elseif from == '' then
      known[folder] = {}
    end
    from = path.dirname(from)
  end
  return known[folder]
end

--- Where the ansible.cfg that rules a folder looks for roles.
---@param index ansible.Index
---@param ctx table
---@param folder string
---@return string[]
function M.roles_paths(index, ctx, folder)
  return roles_paths(ctx, folder, index.configured)
end

--- The folder of the one inventory that the ansible.cfg beside a folder, or above it, names.
---@param ctx table
---@param folder string
---@return string|nil
function M.inventory(ctx, folder)
  local content = ctx.tree:try_read(path.join(folder, 'ansible.cfg'))
  local read = content and settings.read('ini', content)
  local given = read and read:get { 'defaults', 'inventory' }
  if given and not given:find('^[/~$]') and not given:find(',', 1, true) then
    local target = ctx.resolve(folder, given)
    return ctx.exists(target or '..') == 'file' and path.dirname(target) or ctx.exists(target or '..') == 'dir' and target or nil
  elseif not content and folder ~= '' then
    return M.inventory(ctx, path.dirname(folder))
  end
end

local built = setmetatable({}, { __mode = 'k' })

--- The index of a tree, built once.
---@param ctx table
---@param search table how Ansible looks for what is named
---@return ansible.Index
function M.of(ctx, search)
  local index = built[ctx]
  if index then
    return index
  end
  index = { kinds = {}, roles = {}, plays = {}, galaxy = {}, values = {}, configured = {} }
  built[ctx] = index
  if has_sign(ctx) then
    local playbooks = collect(ctx, index)
    read_requirements(index, ctx)
    for _, file in ipairs(playbooks) do
      mark(index.plays, file, path.dirname(file))
      if not file:find('%f[^/\0]molecule/') then -- a test of a role is not where it is used
        follow(index, ctx, search, file, path.dirname(file))
      end
    end
  end
  index.values = nil
  return index
end

return M
