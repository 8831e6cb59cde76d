-- worker: work that needs processors, on all of them: threads with a Lua state each. SPDX-License-Identifier: Apache-2.0
local host = require 'host'

local M = {}

-- Each worker loads what it works with: beyond so many that costs more than it saves.
local MOST = 16
-- So many pieces for each.
local PIECES = 8

-- The limit of memory is one for all: with less than this for each, fewer start.
local LEAST_MEMORY = 128 << 20

---How many workers `map` starts for as many items.
---@param items integer
---@return integer
function M.count(items)
  local limit = host.memory_limit()
  local fit = limit > 0 and math.max(0, limit - host.memory()) // LEAST_MEMORY or MOST
  return math.max(1, math.min(host.cores(), MOST, items, fit))
end

---Shares of a list, for items of `map`: small enough that the last worker to end is not waited for long.
---@param count integer
---@return integer[][] pieces  {first, last}
function M.pieces(count)
  local pieces, size = {}, math.max(1, math.ceil(count / (M.count(count) * PIECES)))
  for first = 1, count, size do pieces[#pieces + 1] = { first, math.min(first + size - 1, count) } end
  return pieces
end

-- So many seconds pass between two reports.
local OFTEN = 0.1

-- What `host.workers` does, and somebody who says how far it has come.
local function watched(report, job)
  if not report then return host.workers(table.unpack(job)) end
  local task, told, over, results, failed = require 'task', 0, {}, nil, nil
  local _, e = pcall(task.scope, function(scope)
    scope:go(function()
      while true do
        task.sleep(OFTEN)
        local done = host.worked() or told
        if done > told then report(done - told) end
        told = done
      end
    end)
    results, failed = host.workers(table.unpack(job))
    error(over, 0) -- nothing else ends one task of a scope
  end)
  if e ~= over then error(e, 0) end
  if results and #results > told then report(#results - told) end
  return results, failed
end

---Call a function on every item, on all processors at once; results in the order of the items. `module` is one of the
---library; it returns `function(setup)`, which each worker calls once for itself and which returns the function for the
---items and, where something has to be ended, a second value that is closed. Whatever passes is copied: plain values
---only (nil, booleans, numbers, strings, null, tables of these, lists, errors).
---@param module string
---@param setup any
---@param items any[]
---@param report? fun(n: integer)  told now and then how many more items are done
---@return any[] results
---Raises what the first item that fails raises (items are begun in order; those that were begun are ended before), kind
---'argument' for what cannot be copied.
function M.map(module, setup, items, report)
  local packed = {}
  for i, item in ipairs(items) do packed[i] = host.pack(item) end
  if #packed == 0 then return {} end
  local results, failed = watched(report, { module, host.pack(setup), packed, M.count(#packed) })
  if not results then error(type(failed) == 'string' and host.unpack(failed) or failed, 0) end
  for i, bytes in ipairs(results) do results[i] = host.unpack(bytes) end
  return results
end

-- The life of a worker.
function M.main(module, setup, take, give)
  local work, _ <close> = require(module)(host.unpack(setup))
  for _, bytes in take do give(host.pack((work(host.unpack(bytes))))) end
end

return M
