-- scripts.lua: the shell scripts of a job. SPDX-License-Identifier: Apache-2.0

local paths = require './paths'

local shell = ifx.use 'shell'.library

local M = {}

-- Variables and expressions that hold a folder of the workspace.
local WORKSPACE = { 'github.workspace', 'GITHUB_WORKSPACE', 'CI_PROJECT_DIR' }
local OWN_FOLDER = { 'github.action_path', 'GITHUB_ACTION_PATH' }

--- The state at the beginning of a script.
---@param base string|nil folder of the workspace that it starts in; nil: it is not known
---@param own_folder string|nil of a composite action
---@return shell.State
function M.start(base, own_folder)
  local folders = {}
  for _, name in ipairs(WORKSPACE) do
    folders[name] = ''
  end
  for _, name in ipairs(OWN_FOLDER) do
    folders[name] = own_folder
  end
  return shell.start(base, { folders = folders })
end

--- Adds the paths of a script.
---@param job ci.Job
---@param view ifx.repo.Excerpt
---@param state shell.State where it starts
---@return shell.State where it ends
function M.find(job, view, state)
  return shell.find(view, state, {
    kind = 'ci.run',
    add = function(_, from, to, r) return paths.literal(job, view, from, to, r) end,
  })
end

--- Writes a word of a script anew.
M.rewrite = shell.rewrite

return M
