-- others.lua: files beside the workflows: labels by path, and what dependabot watches. SPDX-License-Identifier: Apache-2.0

local filter = require './filter'
local github = require './github'
local paths = require './paths'
local workspace = require './workspace'

local M = {}

-- Globs stand below changed-files, or (before version 5) directly in the lists of the labels.
local SHAPES = {
  { '*', '*' }, { '*', '*', 'any', '*' }, { '*', '*', 'all', '*' },
  { '**', 'changed-files', '*', '*' }, { '**', 'changed-files', '*', '*', '*' },
}

--- Finds the globs of a configuration of actions/labeler.
---@param c ifx.repo.Collector
---@param document yaml.Document
function M.labeler(c, document)
  for _, shape in ipairs(SHAPES) do
    github.each(c, document, shape, function(view)
      filter.add(c, view, { kind = 'ci.paths', dialect = 'plain' })
    end)
  end
end

--- Finds the folders that dependabot watches.
---@param c ifx.repo.Collector
---@param document yaml.Document
function M.dependabot(c, document)
  local job = { c = c, workspace = workspace.whole() }
  for _, shape in ipairs { { 'updates', '*', 'directory' }, { 'updates', '*', 'directories', '*' } } do
    github.each(c, document, shape, function(view)
      local from = view.text:match('^/*()')
      if from <= #view.text then
        paths.add(job, view, from, #view.text, { kind = 'ci.directory', base = '' })
      end
    end)
  end
end

return M
