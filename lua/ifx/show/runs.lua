-- runs.lua: runs as people read them. SPDX-License-Identifier: Apache-2.0
local term = require 'ifx.term'

local clean = require('term').clean

local runs = {}

local state_style = { done = 'green', rolled_back = 'yellow', failed = 'bold red', interrupted = 'bold yellow', running = 'bold' }

--- A run as text: its state, and where each operation stands.
---@param to table the page
---@param record ifx.run.Record
---@return string
function runs.one(to, record)
  to:line(('run %s  %s'):format(record.id, term.style(record.state, state_style[record.state])))
  to:line(('  recipe %s, in %s'):format(clean(record.recipe), clean(record.dir)))
  to:line(('  started %s%s'):format(record.started, record.ended and ', ended ' .. record.ended or ''))
  to:title('Operations')
  for _, step in ipairs(record.operations) do
    to:line(('  %2d  %-10s %-12s %s'):format(step.id, step.state, clean(step.type), clean(step.summary)))
    for _, name in ipairs(require('ifx').keys(step.result or {})) do
      to:line(('        %s %s'):format(clean(name), clean(tostring(step.result[name]))))
    end
    if step.error then
      to:plain(step.error, '        ')
    end
  end
  return to:text()
end

--- Runs as a table.
---@param list table[] of `run.list`
---@return string
function runs.list(list)
  local rows = {}
  for i, record in ipairs(list) do
    rows[i] = { record.id, record.state, record.started, clean(record.recipe), clean(record.dir) }
  end
  return term.table(rows, { header = { 'run', 'state', 'started', 'recipe', 'directory' } })
end

return runs
