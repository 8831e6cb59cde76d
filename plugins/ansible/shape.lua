-- shape.lua: plays and tasks, told by their keys and walked one by one. SPDX-License-Identifier: Apache-2.0

local M = {}

M.TASK_LISTS = { 'tasks', 'pre_tasks', 'post_tasks', 'handlers' }

local BLOCKS = { 'block', 'rescue', 'always' }

--- A key without the collection that it is named with: `ansible.builtin.copy` is `copy`.
---@param key any
---@return string|nil
function M.short(key)
  return type(key) == 'string' and key:match('[^.]*$') or nil
end

--- The value of a map at a key, whatever collection the key is named with; its key as it is written.
---@param map table
---@param name string
---@return any value
---@return string|nil key
function M.named(map, name)
  if map[name] ~= nil then
    return map[name], name
  end
  for key, value in pairs(map) do
    if M.short(key) == name then
      return value, key
    end
  end
end

local function is_map(value)
  return type(value) == 'table' and value ~= ifx.null and not ifx.is_list(value)
end
M.is_map = is_map

--- Is this the value of a playbook: a list of plays, each for some hosts or the import of another playbook?
---@param value any
---@return boolean
function M.is_playbook(value)
  if type(value) ~= 'table' or not ifx.is_list(value) or #value == 0 then
    return false
  end
  for _, play in ipairs(value) do
    if not is_map(play) or play.hosts == nil and M.named(play, 'import_playbook') == nil then
      return false
    end
  end
  return true
end

--- Calls f for every task of a list, those inside of blocks too.
---@param tasks any
---@param at table path of the list
---@param f fun(task: table, at: table)
function M.each_task(tasks, at, f)
  if type(tasks) ~= 'table' or not ifx.is_list(tasks) then
    return
  end
  for i, task in ipairs(tasks) do
    local here = M.below(at, i)
    if is_map(task) then
      f(task, here)
      for _, name in ipairs(BLOCKS) do
        M.each_task(task[name], M.below(here, name), f)
      end
    end
  end
end

--- Calls f for every task of a file: of the plays of a playbook, or of a list of tasks.
---@param value any
---@param f fun(task: table, at: table)
function M.each(value, f)
  if not M.is_playbook(value) then
    return M.each_task(value, {}, f)
  end
  for i, play in ipairs(value) do
    for _, name in ipairs(M.TASK_LISTS) do
      M.each_task(play[name], { i, name }, f)
    end
  end
end

--- A path with more steps.
---@param at table
---@param ... string|integer
---@return table
function M.below(at, ...)
  return list.append(table.move(at, 1, #at, 1, {}), { ... })
end

return M
