-- apply: apply a plan that was written before, exactly that. SPDX-License-Identifier: Apache-2.0
local term = require 'term'

local verbs = {
  begin = 'doing', done = 'done', undo = 'undoing', undone = 'undone', skip = 'was not applied',
}

local command = {
  summary = 'Apply a plan that `ifx run --out` wrote',
  usage = 'apply PLAN.json [--json]',
  doc = 'It applies exactly that plan, and refuses it when what it was computed from has changed.',
  options = { { 'json', doc = 'the run as JSON' } },
  args = { 1, 1 },
}

--- One line for each step, to standard error.
---@param event string
---@param step ifx.run.Step
function command.notify(event, step)
  term.error(('%-8s %2d  %s\n'):format(verbs[event], step.id, term.clean(step.summary)))
end

--- Show a run that has ended.
---@param record ifx.run.Record
---@param opts { json: boolean? }
function command.show(record, opts)
  if opts.json then
    term.write(require('json').encode(record, { pretty = true }) .. '\n')
  else
    term.write('\n' .. require('ifx.show').run(record))
  end
end

--- Apply a plan and show its run.
---@param p ifx.Plan
---@param registry table
---@param opts { json: boolean? }
---@return integer exit_status
function command.apply(p, registry, opts)
  local record = require('ifx.run').apply(p, { registry = registry, notify = command.notify })
  command.show(record, opts)
  if not opts.json then
    if p.next then term.write(('\nNext: %s\n'):format(term.clean(p.next))) end
    term.write(('\nTo undo it: ifx runs rollback %s\n'):format(record.id))
  end
  return 0
end

function command.missing()
  return 'a plan is missing: the file that `ifx run RECIPE --out PLAN.json` writes'
end

function command.run(opts, words)
  local path = words[1]
  if not require('fs').stat(path) then
    require('err').raise {
      kind = 'not_found', op = 'read the plan', file = path, message = 'there is no such file',
      hint = '`ifx run RECIPE --out PLAN.json` writes one',
    }
  end
  local p = require('ifx.plan').decode(require('fs').read(path), path)
  return command.apply(p, require('ifx.plugin').registry { dir = p.dir }, opts)
end

return command
