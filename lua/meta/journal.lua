-- journal.lua: definitions of the C module `journal`. SPDX-License-Identifier: Apache-2.0
---@meta journal

---The durable record of runs, one SQLite file. When a call that writes has returned, what it wrote survives a crash of the
---program and of the machine. Every call except `close` waits and must be made in a task; a task that is cancelled
---meanwhile still waits for its call, which takes effect. Calls of several tasks are done in their order.
---
---Every call raises `conflict` (with `retry`) when another process holds the journal for longer than the timeout, and
---`io` or `permission` as they come.
---@class journal
local journal = {}

---@class journal.OpenOptions
---@field timeout? number seconds to wait for another process, 0 to 3600; default 5

---Opens the journal at `path`, which is made when absent: missing folders with mode 0700, the file with 0600.
---Raises `unsupported` for a journal of a newer version, a file that is no journal, and a file system that cannot hold one.
---@param path string
---@param opts? journal.OpenOptions
---@return journal.Journal
function journal.open(path, opts) end

---@class journal.Journal
local Journal = {}

---@alias journal.Phase 'begun'|'done'|'undo_begun'|'undone'|'failed'
---@alias journal.State 'running'|'done'|'failed'|'interrupted'|'rolled_back'

---@class journal.Run
---@field id string
---@field recipe string
---@field dir? string where it works; absent when an older ifx did not note it
---@field plan? string JSON; absent in `runs()`
---@field state journal.State
---@field started number Unix seconds
---@field ended? number Unix seconds; absent while it is running

---@class journal.NewEntry
---@field op integer which operation of the plan
---@field phase journal.Phase
---@field data? string opaque bytes

---@class journal.Entry : journal.NewEntry
---@field seq integer from 1, without gaps, in each run
---@field at number Unix seconds

---@class journal.NewRun
---@field id string
---@field recipe string
---@field dir string where it works
---@field plan string JSON

---Begins a run in state `running`. Raises `exists` when the id is taken.
---@param run journal.NewRun
function Journal:begin_run(run) end

---Records all entries in their order, or none, by one commit. Raises `not_found` for an unknown run and `argument` for an
---unknown phase.
---@param run string its whole id
---@param entries journal.NewEntry[]
---@return integer seq of the run's last entry, 0 when it has none
function Journal:record(run, entries) end

---Sets the state of a run, and its end unless the state is `running`. Raises `not_found` for an unknown run and `argument`
---for an unknown state.
---@param run string its whole id
---@param state journal.State
function Journal:state(run, state) end

---All runs, newest first, without their plans.
---@return journal.Run[]
function Journal:runs() end

---The run of that id, or the only one whose id begins with it; nil when there is none. Raises `argument` when there are
---several.
---@param id string
---@return journal.Run|nil
function Journal:run(id) end

---The entries of a run in the order of their recording. Raises `not_found` for an unknown run.
---@param run string its whole id
---@return journal.Entry[]
function Journal:entries(run) end

---Closes the journal; calls of other tasks that are under way are completed. Harmless when repeated; done by `<close>`.
function Journal:close() end

return journal
