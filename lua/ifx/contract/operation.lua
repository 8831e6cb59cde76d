-- operation.lua: the laws that every operation type must keep. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

local function same(a, b, message)
  if not contract.equal(a, b) then contract.fail(message) end
end

local function check_describe(optype, args)
  local line = optype.describe(args)
  if type(line) ~= 'string' or line == '' or line:find('\n') then contract.fail('describe must return one line') end
end

local function check_fresh(optype, args, ctx)
  if not optype.fresh then return end
  local fresh, why = optype.fresh(args, ctx)
  if fresh ~= true then contract.fail('fresh says that the plan is stale at once: %s', tostring(why)) end
end

-- Undo from the result of apply, as it comes back from the journal.
local function check_undo(optype, args, result, ctx, look, before)
  if not optype.undo then return end
  local recorded = require 'json'.decode(contract.show(result))
  local fine, why = (optype.undoable or function() return true end)(args, recorded, ctx)
  if fine ~= true then contract.fail('undoable refuses what was just applied: %s', tostring(why)) end
  optype.undo(args, recorded, ctx)
  same(before, look(), 'after undo the world is not what it was')
  if optype.check(args, ctx) ~= 'absent' then contract.fail("check must say 'absent' after undo") end
  optype.undo(args, recorded, ctx)
  same(before, look(), 'a second undo, as after a crash, must change nothing')
end

---@class ifx.contract.OperationCase
---@field files table<string, string>|nil           what the folder holds
---@field prepare nil|fun(dir: string)              anything more
---@field args table|fun(dir: string): table
---@field look nil|fun(dir: string): any            what of the world counts (default: every file of the folder)

---Applies an operation in a folder of its own and checks: describe is one line; check says 'absent' before and 'done'
---after, with the result of apply; the result is data; undo brings back what was, also when it is repeated.
---@param plugin ifx.contract.Plugin
---@param name string  'git.commit'
---@param case ifx.contract.OperationCase
---@return table result
---Raises kind 'plugin' with what is broken.
return function(plugin, name, case)
  local optype = (plugin.value.operations or {})[name]
  if not optype then contract.fail('%s has no operation %s', plugin.name, name) end
  return (contract.with_files(case.files or {}, function(dir)
    if case.prepare then case.prepare(dir) end
    local args = type(case.args) == 'function' and case.args(dir) or case.args
    local silent = function() end
    local ctx = { dir = dir, progress = silent, log = { info = silent, warn = silent } }
    local function look() return (case.look or contract.files_of)(dir) end
    local before, args_before = look(), contract.show(args)
    check_describe(optype, args)
    check_fresh(optype, args, ctx)
    if optype.check(args, ctx) ~= 'absent' then contract.fail("check must say 'absent' before apply") end
    same(before, look(), 'describe, fresh or check changed something')
    local result = optype.apply(args, ctx)
    if contract.show(args) ~= args_before then contract.fail('%s changed its arguments', name) end
    local state, seen = optype.check(args, ctx)
    if state ~= 'done' then contract.fail("check must say 'done' after apply, not %s", tostring(state)) end
    same(result, seen, 'check must return what apply returned')
    check_undo(optype, args, result, ctx, look, before)
    return result
  end))
end
