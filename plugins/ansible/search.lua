-- search.lua: where Ansible looks for tasks, roles, files and templates. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local indexes = require './index'

local M = {}

-- The folders of the playbooks that use a file; where none is known to, that of the roles it is one of.
local function play_folders(index, file)
  local role = index.roles[file]
  local known = index.plays[file] or role and index.plays[role]
  local folders = known and list.keys(known) or {}
  if #folders == 0 and role then
    local above = ('/' .. role):match('^/(.*)/roles/') or not role:find('^roles/') and path.dirname(role) or ''
    folders[1] = above
  end
  return folders
end
M.play_folders = play_folders

---@class ansible.Spot a folder that is looked in: it goes where its owner goes, whatever becomes of what is in it
---@field owner string folder of the role, of the playbook or of the file itself
---@field under string folder below the owner; '' is the owner itself
---@field path string

--- The spots below some owners, in their order.
---@param owners string[]
---@param unders string[]
---@return ansible.Spot[]
function M.spots(owners, unders)
  local out, seen = {}, {}
  for _, owner in ipairs(owners) do
    for _, under in ipairs(unders) do
      local place = under == '' and owner or path.join(owner, under)
      if not seen[place] then
        seen[place] = true
        out[#out + 1] = { owner = owner, under = under, path = place }
      end
    end
  end
  return out
end

--- The folders that a path of a task counts from, in their order.
---@param index ansible.Index
---@param file string file of the task
---@param kind string 'files', 'templates' or 'vars'
---@return ansible.Spot[]
function M.folders(index, file, kind)
  local owners = { index.roles[file] or path.dirname(file), path.dirname(file) }
  return M.spots(list.append(owners, play_folders(index, file)), { kind, '' })
end

--- The folders that an included file of tasks counts from.
---@param index ansible.Index
---@param file string
---@return ansible.Spot[]
function M.task_folders(index, file)
  local role, out = index.roles[file], M.spots({ path.dirname(file) }, { '' })
  list.append(out, role and M.spots({ role }, { 'tasks', 'handlers', '' }) or {})
  return list.append(out, M.spots(play_folders(index, file), { '' }))
end

--- The first of some folders from which a path leads somewhere.
---@param ctx table
---@param folders ansible.Spot[]
---@param text string
---@return ansible.Spot|nil
---@return string|nil target
function M.first(ctx, folders, text)
  for _, spot in ipairs(folders) do
    local target = ctx.resolve(spot.path, text)
    if target and finder.locate(ctx, target) then
      return spot, target
    end
  end
end

--- The file that an include of tasks names.
---@param index ansible.Index
---@param ctx table
---@param file string
---@param text string
---@return string|nil
function M.tasks(index, ctx, file, text)
  if text:find('{{', 1, true) or text:find('^[/~]') then
    return nil
  end
  local _, target = M.first(ctx, M.task_folders(index, file), text)
  return target
end

--- The folders that roles are looked for in.
---@param index ansible.Index
---@param ctx table
---@param file string
---@return string[]
function M.role_folders(index, ctx, file)
  local out, role = {}, index.roles[file]
  local plays = play_folders(index, file)
  if index.kinds[file] == 'playbook' then
    plays = { path.dirname(file) }
  end
  for _, folder in ipairs(plays) do
    out[#out + 1] = path.join(folder, 'roles')
    list.append(out, indexes.roles_paths(index, ctx, folder))
    out[#out + 1] = folder
  end
  if role then
    out[#out + 1] = path.dirname(role)
    out[#out + 1] = ('/' .. role):match('^/(.*/roles)/') or role:match('^(roles)/')
  end
  local project = ('/' .. file):match('^/(.-)/?molecule/[^/]+/[^/]+$')
  if project then
    list.append(out, { path.dirname(project), path.join(project, 'roles') })
  end
  return list.map(list.filter(out, function(folder) return path.normalize(folder) ~= nil end), function(folder)
    local normal = path.normalize(folder)
    return normal == '.' and '' or normal
  end)
end

-- Is it a role? What a submodule holds is in another repository: its name is what says so.
local function holds_role(ctx, folder)
  if finder.locate(ctx, folder) == 'submodule' then
    return true
  end
  for _, part in ipairs { 'tasks', 'meta', 'handlers', 'defaults', 'vars' } do
    if finder.locate(ctx, path.join(folder, part)) == 'dir' then
      return true
    end
  end
  return false
end

--- The folder of a role.
---@param index ansible.Index
---@param ctx table
---@param file string the file that names it
---@param name string
---@return { base: string, target: string }|nil
function M.role(index, ctx, file, name)
  if name:find('{{', 1, true) or name:find('^[/~]') then
    return nil
  end
  for _, folder in ipairs(M.role_folders(index, ctx, file)) do
    local target = ctx.resolve(folder, name)
    if target and target ~= '' and holds_role(ctx, target) then
      return { base = folder, target = target }
    end
  end
end

return M
