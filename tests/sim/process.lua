-- process.lua: one worker of a controller: straight code that stops before each request. SPDX-License-Identifier: Apache-2.0

---@class sim.Process
---@field name string
---@field owner string what it works for: 'flux:ns/name', 'argocd:ns/name', 'source:repo', 'finalizers'
---@field controller string all its processes are restarted together
---@field world table
---@field id string|nil the object that it works for
---@field due boolean|nil it is in the queue
---@field waiting integer|nil nothing to do until the server is at another version than this
---@field has_work (fun(process: sim.Process): any)|nil work that is no matter of the queue
local Process = {}
Process.__index = Process

-- Raised by a request that fails, for the controller's own handling of failures.
local FAULT = setmetatable({}, { __tostring = function() return 'injected failure' end })

---@param of table the fields above, and `body`
---@return sim.Process
function Process.new(of) return setmetatable(of, Process) end

---Makes one request, when the scheduler lets it: everything else may happen before. A fault makes it fail, before
---it had its effect or after ("the answer got lost").
---@param did string what the log calls it
---@param id string
---@param effect function
---@param ... any its arguments
---@return any
function Process:call(did, id, effect, ...)
  self.pending = did
  local fault = coroutine.yield()
  self.world.api:note(did, id)
  if fault == 'before' then error(FAULT, 0) end
  local results = table.pack(effect(...))
  if fault == 'after' then error(FAULT, 0) end
  return table.unpack(results, 1, results.n)
end

---Runs a function whose requests may fail.
---@param f function
---@param ... any
---@return boolean ok
---@return any result
function Process.try(f, ...)
  local ok, result = pcall(f, ...)
  if not ok and result ~= FAULT then error(result, 0) end
  return ok, result
end

---Comes back when something has changed since it began: a retry before that would go as this attempt went.
function Process:wait() self.waiting = self.began end

---Loses what it had in memory and begins again.
function Process:restart()
  self.thread, self.waiting, self.due = nil, nil, true
end

---@return boolean
function Process:can_run()
  if self.thread or self.due then return true end
  local waited = self.waiting and self.waiting ~= self.world.api.version
  return (waited or self.has_work and self:has_work()) and true or false
end

local function resume(self, ...)
  local thread = self.thread
  local ok, e = coroutine.resume(thread, ...)
  if coroutine.status(thread) == 'dead' then self.thread = nil end
  if ok then return end
  if e ~= FAULT then error(debug.traceback(thread, tostring(e)), 0) end
  self.due = true -- what failed is tried again
end

---Goes on up to the next request; begins when it is not under way.
---@param faults fun(did: string): 'before'|'after'|nil
function Process:step(faults)
  if not self.thread then
    self.due, self.waiting, self.began = nil, nil, self.world.api.version
    self.thread = coroutine.create(self.body)
    resume(self, self)
  end
  if self.thread then resume(self, faults(self.pending)) end
end

return Process
