-- plan.lua: a plan: operations as data, and what they were computed from. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local ifx = require 'ifx'
local json = require 'json'
local make = require 'ifx.plan.make'

local plan = { FORMAT = make.FORMAT, new = make.plan }

local key_order = {
  'format', 'version', 'recipe', 'params', 'dir', 'created', 'from', 'plugins', 'accepted', 'blocked', 'hazards',
  'operations', 'report', 'id', 'type', 'summary', 'irreversible', 'args', 'name', 'path', 'title', 'kind',
}

local function refuse(message, file)
  err.raise { kind = 'parse', op = 'read the plan', message = message, file = file }
end

--- The plan as JSON: the same plan is always the same bytes.
---@param p ifx.Plan
---@return string
function plan.encode(p)
  return json.encode(p, { pretty = true, keys = key_order }) .. '\n'
end

local shape = {
  { 'version', 'string' }, { 'recipe', 'table' }, { 'params', 'table' }, { 'dir', 'string' }, { 'created', 'string' },
  { 'from', 'table' }, { 'plugins', 'table' }, { 'accepted', 'table' }, { 'operations', 'table' }, { 'report', 'table' },
  { 'hazards', 'table' }, { 'blocked', 'table' },
}

local function check_results(value, id, file)
  if type(value) ~= 'table' then
    return
  end
  local target = value['$result']
  if target ~= nil and not (math.type(target) == 'integer' and target >= 1 and target < id and type(value.field) == 'string') then
    refuse(('operation %d uses a result that does not come earlier'):format(id), file)
  end
  for _, item in pairs(value) do
    check_results(item, id, file)
  end
end

local function check_operation(op, id, file)
  if type(op) ~= 'table' or op.id ~= id or type(op.type) ~= 'string' or type(op.args) ~= 'table'
    or type(op.summary) ~= 'string' then
    refuse(('operation %d is not { id = %d, type, args, summary }'):format(id, id), file)
  end
  check_results(op.args, id, file)
end

--- The plan that JSON text holds.
---@param text string
---@param file string? for messages
---@return ifx.Plan
--- Raises `parse` when the text is no JSON or no plan, `unsupported` when it is of another format version.
function plan.decode(text, file)
  local p = json.decode(text, { file = file })
  if type(p) ~= 'table' or type(p.format) ~= 'string' or not p.format:find('^ifx%.plan/') then
    refuse("this is no plan: a plan is what 'ifx run RECIPE --out FILE' writes", file)
  elseif p.format ~= plan.FORMAT then
    err.raise {
      kind = 'unsupported', op = 'read the plan', file = file,
      message = ("format '%s'; this ifx (%s) reads '%s'"):format(p.format, ifx.version, plan.FORMAT),
      hint = 'make the plan again with this ifx',
    }
  end
  for _, field in ipairs(shape) do
    if type(p[field[1]]) ~= field[2] then
      refuse(("'%s' is missing or is not a %s"):format(field[1], field[2] == 'table' and 'list or map' or field[2]), file)
    end
  end
  if p.next ~= nil and type(p.next) ~= 'string' then refuse("'next' is not a string", file) end
  for _, source in ipairs(p.from) do
    if type(source) ~= 'table' or type(source.what) ~= 'string' or type(source.id) ~= 'string' then
      refuse("'from' is not a list of { what, id }", file)
    end
  end
  for id, op in ipairs(p.operations) do
    check_operation(op, id, file)
  end
  return p
end

--- What still blocks a plan from being applied: entries whose accept id the caller has not named.
---@param p ifx.Plan
---@return { id: string, why: string, accept: string }[]
function plan.blockers(p)
  local accepted, left = {}, {}
  for _, id in ipairs(p.accepted) do
    accepted[id] = true
  end
  for _, entry in ipairs(p.blocked) do
    if not (entry.accept and accepted[entry.accept]) then
      left[#left + 1] = entry
    end
  end
  return left
end

--- The ids that lift all that still blocks a plan, each once: 'prune,context'; empty when nothing blocks it.
---@param p ifx.Plan
---@return string
function plan.acceptance(p)
  local ids, seen = {}, {}
  for _, entry in ipairs(plan.blockers(p)) do
    if not seen[entry.accept] then
      seen[entry.accept], ids[#ids + 1] = true, entry.accept
    end
  end
  return table.concat(ids, ',')
end

local function copy_of(value)
  local copy = {}
  for key, item in pairs(value) do
    copy[key] = item
  end
  return ifx.is_list(value) and ifx.list(copy) or copy
end

--- The arguments of an operation with the results of earlier ones in their places. What holds none of them is not copied.
---@param args any
---@param results table<integer, table>
---@return any
function plan.resolve(args, results)
  if type(args) ~= 'table' then
    return args
  end
  local target = args['$result']
  if target ~= nil then
    local value = results[target] and results[target][args.field]
    if value == nil then
      err.raise {
        kind = 'plugin', op = ('plan operation %d'):format(target), message = ("its result has no '%s'"):format(args.field),
      }
    end
    return value
  end
  local changed
  for key, item in pairs(args) do
    local value = plan.resolve(item, results)
    if value ~= item then
      changed = changed or copy_of(args)
      changed[key] = value
    end
  end
  return changed or args
end

return plan
