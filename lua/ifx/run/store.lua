-- store.lua: runs in the journal, and the lock of what they work on. SPDX-License-Identifier: Apache-2.0
local clock = require 'ifx.clock'
local dirs = require 'ifx.dirs'
local err = require 'err'
local fs = require 'fs'
local host = require 'host'
local ifx = require 'ifx'
local json = require 'json'
local list = require 'ifx.list'
local plan = require 'ifx.plan'

local store = {}

---@class ifx.run.Step
---@field id integer
---@field type string
---@field summary string
---@field state 'waiting'|'begun'|'failed'|'done'|'undo begun'|'undone'
---@field result table?   what `apply` returned, once done
---@field error string?

---@class ifx.run.Record
---@field format 'ifx.run/1'
---@field id string
---@field recipe string
---@field dir string
---@field state 'running'|'done'|'failed'|'interrupted'|'rolled_back'
---@field started string
---@field ended string?
---@field operations ifx.run.Step[]
---@field plan ifx.Plan

-- ---------------------------------------------------------------- journal and lock

--- Where the journal is.
---@param opts { journal: string? }?
---@return string
function store.path(opts)
  return opts and opts.journal or fs.join(dirs.state(), 'journal.db')
end

--- The journal, made when it is absent.
---@param opts { journal: string? }?
---@return journal.Journal
function store.open(opts)
  local path = store.path(opts)
  local folder = fs.dirname(path)
  fs.mkdir(folder)
  -- Where the folder lies in a work tree, nobody commits it by mistake, and no search reads it.
  local ignore = fs.join(folder, '.gitignore')
  if folder == dirs.state() and not fs.lstat(ignore) then pcall(fs.write, ignore, '*\n') end
  return require('journal').open(path)
end

-- Every work tree of a repository shares its refs: the lock belongs to what they share.
local function lock_name(dir)
  local repo = fs.stat(dir) and require('ifx.repo.git').find(dir)
  local place = repo and repo.common_dir or fs.realpath(dir) or dir
  return require('hash').sha256(place):sub(1, 32)
end

local function lock_path(dir, opts)
  local folder = fs.join(fs.dirname(store.path(opts)), 'locks')
  fs.mkdir(folder)
  return fs.join(folder, lock_name(dir))
end

local function try_lock(path, seconds)
  local ok, lock = pcall(fs.lock, path, { timeout = seconds })
  if ok then
    return lock
  elseif err.is(lock, 'timeout') or err.is(lock, 'conflict') then
    return nil
  end
  error(lock, 0)
end

local function holder(path)
  local text = fs.try_read(path .. '.holder')
  local ok, value = pcall(json.decode, text or 'null')
  return ok and type(value) == 'table' and value or {}
end

--- Hold the lock of a directory's repository: one run at a time works on it.
---@param dir string
---@param id string of the run
---@param recipe string its name
---@param opts { journal: string? }?
---@return table lock with __close
--- Raises `conflict`, naming the run that holds it.
function store.lock(dir, id, recipe, opts)
  local path = lock_path(dir, opts)
  local held = try_lock(path, 1) -- who only asks whether it is held holds it for a moment
  if not held then
    local first = holder(path)
    err.raise {
      kind = 'conflict', op = 'lock ' .. dir, retry = true,
      message = ('run %s (%s, since %s) is working on it'):format(first.run or '?', first.recipe or '?', first.since or '?'),
      hint = 'wait until it has ended: ifx runs list',
    }
  end
  fs.write(path .. '.holder', json.encode { run = id, recipe = recipe, since = clock.iso(host.time()) } .. '\n')
  return held
end

local function is_running(record, opts)
  local path = lock_path(record.dir, opts)
  local held <close> = try_lock(path, 0)
  return not held and holder(path).run == record.id
end

-- ---------------------------------------------------------------- what the journal says

--- The state of an operation after an entry of that phase.
store.after = {
  begun = 'begun', done = 'done', failed = 'failed', undo_begun = 'undo begun', undone = 'undone',
}

--- Where each operation of a plan stands, by the entries of a run.
---@param p ifx.Plan
---@param entries journal.Entry[]
---@return ifx.run.Step[]
function store.steps(p, entries)
  local steps = {}
  for i, op in ipairs(p.operations) do
    steps[i] = { id = i, type = op.type, summary = op.summary, state = 'waiting' }
  end
  for _, entry in ipairs(entries) do
    local step = steps[entry.op]
    step.state = store.after[entry.phase]
    if entry.phase == 'done' then
      step.result, step.error = json.decode(entry.data), nil
    elseif entry.phase == 'failed' then
      step.error = json.decode(entry.data).message
    end
  end
  return ifx.list(steps)
end

--- A run without its plan and operations.
---@param row journal.Run
---@return { id: string, recipe: string, dir: string, state: string, started: string, ended: string? }
function store.summary(row)
  return {
    id = row.id, recipe = row.recipe, dir = row.dir, state = row.state,
    started = clock.iso(row.started), ended = row.ended and clock.iso(row.ended) or nil,
  }
end

--- A run as the journal has it.
---@param journal journal.Journal
---@param row journal.Run with its plan, unless
---@param p ifx.Plan?  it is at hand
---@return ifx.run.Record
function store.record(journal, row, p)
  p = p or plan.decode(row.plan)
  return {
    format = 'ifx.run/1', id = row.id, recipe = row.recipe, dir = p.dir, state = row.state,
    started = clock.iso(row.started),
    ended = row.ended and clock.iso(row.ended) or nil, operations = store.steps(p, journal:entries(row.id)), plan = p,
  }
end

--- A run as it is now, whose plan is at hand: it is long, and not read again.
---@param journal journal.Journal
---@param id string
---@param p ifx.Plan
---@return ifx.run.Record
function store.current(journal, id, p)
  return store.record(journal, list.find(journal:runs(), function(row) return row.id == id end), p)
end

--- The row of a run.
---@param journal journal.Journal
---@param id string a run's id, or the unique beginning of one
---@return journal.Run
--- Raises `not_found`.
function store.row(journal, id)
  local row = journal:run(id)
  if not row then
    err.raise {
      kind = 'not_found', op = 'find the run', message = ("there is no run '%s'"):format(id), hint = 'ifx runs list shows all',
    }
  end
  return row
end

--- The same record, as interrupted when it says "running" and its process is gone.
---@generic T: { id: string, dir: string, state: string }
---@param record T
---@param opts { journal: string? }?
---@return T
function store.settle(record, opts)
  if record.state == 'running' and not is_running(record, opts) then
    record.state = 'interrupted'
  end
  return record
end

return store
