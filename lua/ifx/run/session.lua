-- session.lua: one run being worked on: operations applied, undone, and noted in the journal. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local json = require 'json'
local operations = require 'ifx.operations'
local plan = require 'ifx.plan'
local store = require 'ifx.run.store'
local task = require 'task'

local CLEANUP_SECONDS = 10 -- for the journal's last words when a run is cancelled

local session = {}

---@class ifx.run.Session
---@field id string
---@field plan ifx.Plan
---@field steps ifx.run.Step[]
---@field journal journal.Journal
local Session = {}
Session.__index = Session

--- Work on a run, whose target is locked.
---@param record { id: string, plan: ifx.Plan, dir: string, operations: ifx.run.Step[], state: string }
---@param journal journal.Journal
---@param opts ifx.run.Options
---@return ifx.run.Session
function session.open(record, journal, opts)
  return setmetatable({
    id = record.id, plan = record.plan, steps = record.operations, dir = record.dir, journal = journal,
    state = record.state, operations = operations.open(opts.registry), notify = opts.notify or function() end, pending = {},
  }, Session)
end

-- Entries are gathered and written in one commit with the next that must be on disk.
function Session:note(id, phase, data)
  self.steps[id].state = store.after[phase]
  table.insert(self.pending, { op = id, phase = phase, data = data or '' })
end

function Session:commit()
  if #self.pending > 0 then
    self.journal:record(self.id, self.pending)
    self.pending = {}
  end
end

--- What an operation type is told about where it runs.
---@param id integer
---@return { dir: string, run: string, operation: integer, again: boolean } again: it was begun before, and cut short
function Session:context(id)
  local state = self.steps[id].state
  return { dir = self.dir, run = self.id, operation = id, again = state ~= 'waiting' and state ~= 'done' }
end

function Session:args(id)
  local results = {}
  for i, step in ipairs(self.steps) do
    results[i] = step.result
  end
  return plan.resolve(self.plan.operations[id].args, results)
end

--- Call a function of an operation's type.
---@param id integer
---@param verb string
---@return any …
function Session:call(id, verb, ...)
  return self.operations:call(self.plan.operations[id].type, verb, ...)
end

function Session:finished(id, result)
  if result ~= nil and type(result) ~= 'table' then
    err.raise { kind = 'plugin', op = self.steps[id].type, message = 'apply must return a table, or nothing' }
  end
  self.steps[id].result = result or {}
  self:note(id, 'done', json.encode(result or {}))
  self.notify('done', self.steps[id])
end

--- Did an operation that was begun and not ended take effect? Its result; nil when it did not.
---@param id integer
---@return table?
function Session:find_effect(id)
  local answer, result = self:call(id, 'check', self:args(id), self:context(id))
  if answer == 'done' then
    return result or {}
  elseif answer ~= 'absent' then
    err.raise { kind = 'plugin', op = self.steps[id].type,
      message = ("check must return 'done' or 'absent', not %s"):format(tostring(answer)) }
  end
end

function Session:apply_one(id)
  local step = self.steps[id]
  if step.state == 'done' then
    return
  end
  if step.state == 'begun' or step.state == 'failed' then
    local result = self:find_effect(id)
    if result then
      return self:finished(id, result)
    end
  end
  local context = self:context(id)
  self:note(id, 'begun')
  self:commit()
  self.notify('begin', step)
  self:finished(id, self:call(id, 'apply', self:args(id), context))
end

local function describe_error(e)
  return json.encode { kind = err.is(e) and e.kind or 'plugin', message = tostring(e):gsub('[\128-\255]+', function(bytes)
    return utf8.len(bytes) and bytes or '?'
  end) }
end

-- The journal's last words: also while being cancelled, for a bounded time.
function Session:last_words(e, failed)
  task.shield(CLEANUP_SECONDS, function()
    local cancelled = err.is(e, 'cancelled')
    if failed and not cancelled then
      self.steps[failed].error = tostring(e)
      self:note(failed, 'failed', describe_error(e))
    end
    self:commit()
    self.journal:state(self.id, cancelled and 'interrupted' or 'failed')
  end)
end

-- Call work(id) for each operation in that order; then the run is in state `final`. What is raised is noted, and raised
-- again with the operation's name.
function Session:each(first, last, step, work, final, note_failure)
  local at
  local ok, e = pcall(function()
    if self.state ~= 'running' then self.journal:state(self.id, 'running') end
    for id = first, last, step do
      at = id
      if task.cancelled() then
        err.raise { kind = 'cancelled', message = 'interrupted' }
      end
      work(self, id)
    end
    at = nil
    self:commit()
    self.journal:state(self.id, final)
  end)
  if not ok then
    self:last_words(e, note_failure and at)
    local where = at and (', operation %d (%s)'):format(at, self.steps[at].summary) or ''
    local forward = final == 'done' and ('ifx runs resume %s goes on with it, '):format(self.id) or ''
    local wrapped = err.wrap(e, 'run ' .. self.id .. where)
    local own = wrapped.hint and wrapped.hint .. '; then ' or ''
    wrapped.hint = ('%s%sifx runs rollback %s %s'):format(own, forward, self.id,
      final == 'done' and 'undoes it' or 'goes on with it')
    error(wrapped, 0)
  end
end

--- Apply every operation that is not done.
function Session:apply()
  self:each(1, #self.steps, 1, self.apply_one, 'done', true)
end

--- Refuse to undo what cannot be undone, or cannot as things stand. Nothing is changed, and nothing noted.
---@param id integer
function Session:check_undo(id)
  local step, irreversible = self.steps[id], self.plan.operations[id].irreversible
  local asks = not irreversible and self.operations:has(step.type, 'undoable')
  if step.state == 'waiting' or step.state == 'undone' or not (irreversible or asks) then
    return
  end
  local result = step.result
  if step.state == 'begun' or step.state == 'failed' then
    result = self:find_effect(id)
  end
  if result and irreversible then
    err.raise {
      kind = 'unsupported', op = 'roll back ' .. self.id,
      message = ('operation %d (%s) cannot be undone: %s'):format(id, step.summary, irreversible),
      hint = 'nothing was undone; ifx runs show ' .. self.id .. ' says what the run did',
    }
  elseif result then
    local fine, why, remedy = self:call(id, 'undoable', self:args(id), result, self:context(id))
    if not fine then
      err.raise {
        kind = 'conflict', op = 'roll back ' .. self.id, hint = remedy,
        message = ('operation %d (%s): %s; nothing was undone'):format(id, step.summary, why or 'no reason given'),
      }
    end
  end
end

function Session:undo_one(id)
  local step = self.steps[id]
  if step.state == 'waiting' or step.state == 'undone' then
    return
  end
  if step.state == 'begun' or step.state == 'failed' then
    local result = self:find_effect(id)
    if not result then
      return self.notify('skip', step)
    end
    self:finished(id, result)
  end
  local context = self:context(id)
  self:note(id, 'undo_begun')
  self:commit()
  self.notify('undo', step)
  self:call(id, 'undo', self:args(id), step.result, context)
  self:note(id, 'undone')
  self.notify('undone', step)
end

--- Undo every operation that took effect, the last one first; none, when any cannot be undone.
function Session:roll_back()
  for id = #self.steps, 1, -1 do
    self:check_undo(id)
  end
  self:each(#self.steps, 1, -1, self.undo_one, 'rolled_back', false)
end

return session
