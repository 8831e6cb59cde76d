-- run.lua: Go templates, as far as ApplicationSets use them. SPDX-License-Identifier: Apache-2.0
local functions = require './gotemplate/functions'
local parse = require './gotemplate/parse'
local values = require './gotemplate/values'

local M = {}

-- So much may one template do, and so much may it write.
local STEPS, BYTES = 100000, 4 * 1024 * 1024

local function fail(message) err.raise { kind = 'config', message = ('failed to execute go template: %s'):format(message) } end

---@class argocd.template.State
---@field data table
---@field strict boolean  missingkey=error
---@field variables { name: string, value: any }[]
---@field out string[]
---@field steps integer
---@field bytes integer

local function step(state)
  state.steps = state.steps + 1
  if state.steps > STEPS then err.raise { kind = 'limit', message = ('a template takes more than %d steps'):format(STEPS) } end
end

local function write(state, text)
  state.bytes = state.bytes + #text
  if state.bytes > BYTES then err.raise { kind = 'limit', message = ('a template writes more than %d bytes'):format(BYTES) } end
  state.out[#state.out + 1] = text
end

-- ---- operands ----

-- What a missing key of a map gives is nothing, not a null: fields of it are nothing as well.
local function field(state, value, name)
  if value == nil then
    if state.strict then fail(('nil data; no entry for key %q'):format(name)) end
    return nil
  elseif value == ifx.null then
    fail(('nil pointer evaluating interface {}.%s'):format(name))
  elseif not values.is_map(value) then
    fail(("can't evaluate field %s in type %s"):format(name, values.type_of(value)))
  end
  local found = value[name]
  if found == nil and state.strict then fail(('map has no entry for key %q'):format(name)) end
  return found
end

local function fields(state, value, names)
  for _, name in ipairs(names or {}) do value = field(state, value, name) end
  return value
end

local function variable(state, name)
  for i = #state.variables, 1, -1 do
    if state.variables[i].name == name then return state.variables[i] end
  end
  err.raise { kind = 'parse', message = ('failed to parse template: undefined variable %q'):format(name) }
end

local evaluate, call

local OPERANDS = {
  dot = function(_, dot) return dot end,
  field = function(state, dot, one) return fields(state, dot, one.names) end,
  variable = function(state, _, one) return fields(state, variable(state, one.name).value, one.names) end,
  value = function(_, _, one) return one.value end,
  ['nil'] = function() fail 'nil is not a command' end,
  pipe = function(state, dot, one) return fields(state, evaluate(state, dot, one.value), one.names) end,
  ['function'] = function(state, dot, one) return call(state, dot, one.name, {}, 0) end,
}

local function operand(state, dot, one)
  step(state)
  return OPERANDS[one.kind](state, dot, one)
end

-- ---- calls ----

-- `and` and `or` look no further than they must.
local function short(state, dot, name, operands, n, last)
  local value
  for i = 1, n do
    if i <= #operands then value = operand(state, dot, operands[i]) else value = last end
    if values.is_true(value) == (name == 'or') then return value end
  end
  return value
end

function call(state, dot, name, operands, extra, last)
  local n = #operands + extra
  if name == 'and' or name == 'or' then
    if n == 0 then fail(('wrong number of args for %s: want at least 1 got 0'):format(name)) end
    return short(state, dot, name, operands, n, last)
  end
  local arguments = {}
  for i, one in ipairs(operands) do
    if one.kind ~= 'nil' then arguments[i] = operand(state, dot, one) end
  end
  if extra == 1 then arguments[n] = last end
  return functions.call(name, arguments, n)
end

local function run_command(state, dot, operands, extra, last)
  local first = operands[1]
  if first.kind == 'function' then
    return call(state, dot, first.name, table.move(operands, 2, #operands, 1, {}), extra, last)
  elseif #operands + extra > 1 then
    if first.kind == 'field' or first.kind == 'variable' then
      fail(('%s is not a method but has arguments'):format(first.name or '.' .. table.concat(first.names, '.')))
    end
    fail "can't give argument to non-function"
  end
  return operand(state, dot, first)
end

---The value of a pipeline; its variables are declared.
function evaluate(state, dot, pipeline)
  step(state)
  local value
  for i, command in ipairs(pipeline.commands) do
    value = run_command(state, dot, command, i > 1 and 1 or 0, value)
  end
  for _, name in ipairs(#pipeline.declares == 1 and pipeline.declares or {}) do
    if pipeline.sets then
      variable(state, name).value = value
    else
      table.insert(state.variables, { name = name, value = value })
    end
  end
  return value
end

-- ---- actions ----

local walk

local function scoped(state, f)
  local depth = #state.variables
  f()
  for i = #state.variables, depth + 1, -1 do state.variables[i] = nil end
end

local function declared(state, names, key, value)
  if #names == 2 then table.insert(state.variables, { name = names[1], value = key }) end
  if #names > 0 then table.insert(state.variables, { name = names[#names], value = value }) end
end

-- The items of what a range goes over, with their keys.
local function items_of(value)
  local out = {}
  if values.is_nil(value) then return out end
  if values.is_list(value) then
    for i, item in ipairs(value) do out[i] = { i - 1, item } end
  elseif values.is_map(value) then
    for i, key in ipairs(list.keys(value)) do out[i] = { key, value[key] } end
  elseif math.type(value) == 'integer' then
    for i = 0, math.min(value, STEPS) - 1 do out[#out + 1] = { i, i } end
  else
    fail(("range can't iterate over %s"):format(values.text(value)))
  end
  return out
end

local function range(state, dot, node)
  local names = node.pipe.declares
  local items = items_of(evaluate(state, dot, { commands = node.pipe.commands, declares = {} }))
  if #items == 0 then return walk(state, dot, node.other or {}) end
  for _, item in ipairs(items) do
    scoped(state, function()
      declared(state, names, item[1], item[2])
      walk(state, item[2], node.body)
    end)
  end
end

local function printed(value)
  if values.is_nil(value) then return '<no value>' end
  return values.text(value)
end

local ACTIONS = {
  text = function(state, _, node) write(state, node.text) end,
  print = function(state, dot, node)
    local value = evaluate(state, dot, node.pipe)
    if #node.pipe.declares == 0 then write(state, printed(value)) end
  end,
  ['if'] = function(state, dot, node)
    walk(state, dot, values.is_true(evaluate(state, dot, node.pipe)) and node.body or node.other or {})
  end,
  with = function(state, dot, node)
    local value = evaluate(state, dot, node.pipe)
    if values.is_true(value) then return walk(state, value, node.body) end
    walk(state, dot, node.other or {})
  end,
  range = range,
}

function walk(state, dot, nodes)
  for _, node in ipairs(nodes) do
    step(state)
    if node.kind == 'text' or node.kind == 'print' then
      ACTIONS[node.kind](state, dot, node)
    else
      scoped(state, function() ACTIONS[node.kind](state, dot, node) end)
    end
  end
end

local parsed = {}

---The text that a template becomes. Raises 'parse' and 'config' as Argo CD does, 'unsupported' for what is not followed,
---'limit' for a template without end.
---@param source string
---@param data table
---@param options string[]  missingkey=…
---@return string
function M.run(source, data, options)
  parsed[source] = parsed[source] or parse.parse(source)
  local state = { data = data, strict = false, variables = { { name = '$', value = data } }, out = {}, steps = 0, bytes = 0 }
  for _, option in ipairs(options) do
    if option ~= 'missingkey=error' and not option:find '^missingkey=' then
      err.raise { kind = 'config', message = ('unrecognized option: %s'):format(option) }
    end
    state.strict = option == 'missingkey=error'
  end
  walk(state, data, parsed[source])
  return table.concat(state.out)
end

return M
