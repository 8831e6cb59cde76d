-- task: structured concurrency over the host's scheduler. SPDX-License-Identifier: Apache-2.0
local host = require 'host'
local err = require 'err'

local M = {}

---Suspend the calling task.
---@param seconds number
M.sleep = host.sleep

---Is the calling task cancelled (and not shielded)? Its next wait would raise.
---@return boolean
M.cancelled = host.cancelled

---Let the other tasks and the event loop run first.
function M.yield()
  host.sleep(0)
end

local function finish(group, ok, ...)
  if not ok then group:fail((...)) end
  local first = group:join()
  if first ~= nil then error(first, 0) end
  host.check()
  return ...
end

---Run f(s); `s:go(g, …)` starts tasks. Returns f's results when f and all tasks have ended. The first error
---cancels the rest and is raised here. No task outlives its scope.
---@generic T
---@param f fun(s: ifx.Scope): T?
---@return T?
function M.scope(f)
  local group <close> = host.group() -- a budget may raise anywhere: then the tasks are cancelled, and waited for
  return finish(group, pcall(f, group))
end

---Call f on every item, `limit` at a time; results in the order of the items.
---@generic T, R
---@param list T[]
---@param f fun(item: T, index: integer): R
---@param opts? { limit?: integer }  default limit: 16
---@return R[]
function M.map(list, f, opts)
  local results, next_index, count = {}, 0, #list
  local limit = opts and opts.limit or 16
  if math.type(limit) ~= 'integer' or limit < 1 then
    err.raise { kind = 'argument', message = 'task.map: limit: a whole number from 1 expected, got ' .. tostring(limit) }
  end
  M.scope(function(s)
    for _ = 1, math.min(limit, count) do
      s:go(function()
        while next_index < count do
          next_index = next_index + 1
          local i = next_index
          results[i] = f(list[i], i)
        end
      end)
    end
  end)
  return results
end

---Call f; when it has not ended after that time, it is cancelled and an error of kind 'timeout' is raised.
---@generic R
---@param seconds number
---@param f fun(): R?
---@return R?
function M.deadline(seconds, f, ...)
  if not math.type(seconds) or seconds ~= seconds or seconds < 0 then -- before the scope is open: nothing would close it again
    err.raise { kind = 'argument', message = 'task.deadline: seconds from 0 expected, got ' .. tostring(seconds) }
  end
  local group <close> = host.group()
  local _alarm <close> = host.alarm(group, seconds)
  local results
  group:go(function(...)
    results = table.pack(f(...))
  end, ...)
  local first = group:join()
  if group:expired() then
    err.raise { kind = 'timeout', message = ('not done after %g s'):format(seconds), cause = first }
  end
  if first ~= nil then error(first, 0) end
  host.check()
  return table.unpack(results, 1, results.n)
end

---Call f until it succeeds. Only errors with `retry = true` are tried again, after a jittered delay that doubles each
---time; an error's `retry_after` (seconds) is honoured.
---@generic R
---@param opts { times?: integer, delay?: number, max_delay?: number }  defaults: 5 times, from 0.5 s, at most 20 s
---@param f fun(attempt: integer): R?
---@return R?
function M.retry(opts, f)
  local times, delay, max_delay = opts.times or 5, opts.delay or 0.5, opts.max_delay or 20
  for attempt = 1, times do
    local results = table.pack(pcall(f, attempt))
    if results[1] then return table.unpack(results, 2, results.n) end
    local e = results[2]
    if attempt == times or not err.is(e) or not e.retry then error(e, 0) end
    local pause = math.min(max_delay, delay * 2 ^ (attempt - 1))
    M.sleep(math.max(e.retry_after or 0, pause * (0.5 + math.random() / 2)))
  end
end

---Call f, which for at most that time is not told that its task was cancelled: for cleaning up.
---@generic R
---@param seconds number
---@param f fun(): R?
---@return R?
function M.shield(seconds, f, ...)
  local _shield <close> = host.shield(seconds)
  return f(...)
end

return M
