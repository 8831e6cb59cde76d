-- run.lua: executions of plans: journalled, resumed, rolled back. SPDX-License-Identifier: Apache-2.0
local clock = require 'ifx.clock'
local err = require 'err'
local fs = require 'fs'
local host = require 'host'
local ifx = require 'ifx'
local json = require 'json'
local operations = require 'ifx.operations'
local plan = require 'ifx.plan'
local session = require 'ifx.run.session'
local store = require 'ifx.run.store'

local run = {}

---@class ifx.run.Options
---@field registry table?                of plugins; needed to apply, resume and roll back
---@field journal string?                path of the journal (default: the user's)
---@field notify fun(event: string, step: ifx.run.Step)?   'begin', 'done', 'undo', 'undone', 'skip'

-- ---------------------------------------------------------------- is the plan still true?

local function check_plugins(p, registry)
  for name, planned in pairs(p.plugins) do
    local now = operations.open(registry):find_identity(name)
    if now ~= planned then
      err.raise {
        kind = 'stale', op = 'apply the plan',
        message = ('it was made with plugin %s %s, and here is %s'):format(name, planned, now or 'none'),
        hint = 'make the plan again',
      }
    end
  end
end

local function refuse_stale(reasons, hint)
  if #reasons > 0 then
    err.raise {
      kind = 'stale', op = 'apply the plan', message = table.concat(reasons, '; '), hint = hint or 'make the plan again',
    }
  end
end

-- A plan may come as a file: what was shown is compared with what its operations say of themselves.
local function check_shown(s)
  for id, op in ipairs(s.plan.operations) do
    local says = s:call(id, 'describe', op.args)
    if says ~= op.summary then
      err.raise { kind = 'conflict', op = 'apply the plan', hint = 'make the plan again',
        message = ("operation %d (%s) is shown as '%s', and would do '%s'"):format(id, op.type, op.summary, tostring(says)) }
    end
  end
end

local function check_sources(p)
  local reasons = {}
  for _, source in ipairs(p.from) do
    local now = require('ifx.repo.revision').find_id(p.dir, source.what)
    if now ~= source.id then
      reasons[#reasons + 1] = ('%s was %s when the plan was made and is %s now'):format(source.what, source.id:sub(1, 12),
        now and now:sub(1, 12) or 'gone')
    end
  end
  refuse_stale(reasons)
end

local function check_fresh(s)
  check_sources(s.plan)
  local reasons, hint = {}, nil
  for id, op in ipairs(s.plan.operations) do
    local fresh, why, remedy = s:call(id, 'fresh', op.args, s:context(id))
    if not fresh then
      reasons[#reasons + 1] = ('operation %d (%s): %s'):format(id, op.type, why or 'no reason given')
      hint = hint or remedy
    end
  end
  refuse_stale(reasons, hint)
end

local function check_blocked(p)
  local left = plan.blockers(p)
  if #left > 0 then
    err.raise {
      kind = 'conflict', op = 'apply the plan',
      message = ('it is blocked: %s%s'):format(left[1].why, #left > 1 and (' (and %d more)'):format(#left - 1) or ''),
      hint = ('when that is what you want, plan again with --set accept=%s'):format(plan.acceptance(p)),
    }
  end
end

-- ---------------------------------------------------------------- the four verbs

--- Apply a plan: exactly that. Nothing is done when it is blocked, stale, or made with other plugins, or when another run is
--- working on the same repository.
---@param p ifx.Plan
---@param opts ifx.run.Options
---@return ifx.run.Record
--- Raises `conflict`, `stale`, or what an operation raised; the run is then in the journal as failed or interrupted.
function run.apply(p, opts)
  check_blocked(p)
  check_plugins(p, opts.registry)
  local id = clock.stamp(host.time()) .. '-' .. require('hash').hex(require('hash').random(3))
  local _ <close> = store.lock(p.dir, id, p.recipe.name, opts)
  local journal <close> = store.open(opts)
  local record = { id = id, plan = p, dir = p.dir, operations = store.steps(p, {}), state = 'running' }
  local s = session.open(record, journal, opts)
  check_shown(s)
  check_fresh(s)
  journal:begin_run { id = id, recipe = p.recipe.name, dir = p.dir, plan = json.encode(p) } -- only `plan.decode` reads it
  s:apply()
  return store.current(journal, id, p)
end

-- Open a run of the journal for more work, under the lock of its target.
local function reopen(id, opts, work)
  local journal <close> = store.open(opts)
  local row = store.row(journal, id)
  local record = store.record(journal, row)
  local p = record.plan
  local _ <close> = store.lock(record.dir, record.id, record.recipe, opts)
  record = store.current(journal, row.id, p) -- as it is under the lock
  work(session.open(record, journal, opts), record)
  return store.current(journal, row.id, p)
end

local function any(steps, states)
  for _, step in ipairs(steps) do
    if states[step.state] then
      return step
    end
  end
end

--- Continue a run that failed or was interrupted. Operations that were begun and not ended are asked first whether they took
--- effect; none is applied twice.
---@param id string a run's id, or the unique beginning of one
---@param opts ifx.run.Options
---@return ifx.run.Record
function run.resume(id, opts)
  return reopen(id, opts, function(s, record)
    if record.state == 'done' or record.state == 'rolled_back' then
      err.raise { kind = 'conflict', op = 'resume ' .. record.id,
        message = record.state == 'done' and 'it is done' or 'it was rolled back', hint = 'ifx runs show ' .. record.id }
    elseif any(s.steps, { ['undo begun'] = true, undone = true }) then
      err.raise { kind = 'conflict', op = 'resume ' .. record.id, message = 'it is being rolled back',
        hint = 'ifx runs rollback ' .. record.id }
    end
    check_plugins(s.plan, opts.registry)
    if not any(s.steps, { begun = true, done = true, failed = true }) then
      check_fresh(s)
    end
    s:apply()
  end)
end

--- Undo a run, last operation first. What was never applied is passed over; nothing is undone when any operation has no way
--- back, or cannot be undone as things stand; the run is then as it was.
---@param id string a run's id, or the unique beginning of one
---@param opts ifx.run.Options
---@return ifx.run.Record
function run.rollback(id, opts)
  return reopen(id, opts, function(s, record)
    if record.state == 'rolled_back' then
      err.raise { kind = 'conflict', op = 'roll back ' .. record.id, message = 'it was rolled back already',
        hint = ('ifx runs show %s says what it did; ifx runs list has the others'):format(record.id) }
    end
    s:roll_back()
  end)
end

--- All runs, newest first, without their plans and operations.
---@param opts ifx.run.Options?
---@return { id: string, recipe: string, dir: string, state: string, started: string, ended: string? }[]
function run.list(opts)
  if not fs.stat(store.path(opts)) then
    return ifx.list {}
  end
  local journal <close> = store.open(opts)
  local list = {}
  for i, row in ipairs(journal:runs()) do
    list[i] = store.settle(store.summary(row), opts)
  end
  return ifx.list(list)
end

--- One run as it stands now.
---@param id string a run's id, or the unique beginning of one
---@param opts ifx.run.Options?
---@return ifx.run.Record
function run.show(id, opts)
  local journal <close> = store.open(opts)
  local row = store.row(journal, id)
  return store.settle(store.record(journal, row), opts)
end

return run
