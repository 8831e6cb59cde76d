-- make.lua: a plan out of what a recipe returned. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local ifx = require 'ifx'
local text = require 'ifx.text'

---@class ifx.plan.Operation
---@field id integer             its place, from 1
---@field type string            'git.commit'; a plugin owns it
---@field args table             data; { ['$result'] = id, field = name } stands for what an earlier operation returns
---@field summary string         one line for people
---@field irreversible string?   why it cannot be undone

---@class ifx.plan.Section
---@field title string
---@field kind 'text'|'list'|'table'|'tree'|'diff'
---@field text string?      text: paragraphs; diff: a unified diff, when `files` is absent
---@field items (string|ifx.term.Node)[]?   list: text; tree: paths, or { path =, mark =, note = }
---@field header string[]?  table
---@field rows string[][]?  table
---@field files { file: string, new_file: string?, old: string?, new: string? }[]?  diff

---@class ifx.Plan
---@field format 'ifx.plan/1'
---@field version string           of ifx
---@field recipe { name: string, path: string, sha256: string?, summary: string }
---@field params table             as the recipe saw them
---@field dir string               the target directory, absolute
---@field created string           ISO 8601
---@field from { what: string, id: string }[]    what was read: a later state of these makes the plan stale
---@field plugins table<string, string>          name -> version and hash of those whose operations are used
---@field accepted string[]        hazards that the caller accepted by name
---@field operations ifx.plan.Operation[]
---@field report ifx.plan.Section[]
---@field hazards { id: string, severity: string, object: string?, reason: string, remedy: string? }[]
---@field blocked { id: string, why: string, accept: string }[]
---@field next string?             what a person does when it has been applied

local make = { FORMAT = 'ifx.plan/1' }

local function defect(where, message)
  err.raise { kind = 'plugin', op = 'plan ' .. where, message = message }
end

local function check_text(value, where)
  local length, bad = utf8.len(value)
  if not length then
    err.raise {
      kind = 'unsupported', op = 'plan ' .. where,
      message = ("a plan is JSON, and this text is not UTF-8 at byte %d: '%s'"):format(bad,
        text.readable(value:sub(math.max(1, bad - 40), bad + 20))),
      hint = 'leave files with such names or bytes out of the operation',
    }
  end
  return value
end

-- What is data already: sections of the report, which are frozen one by one.
local frozen = setmetatable({}, { __mode = 'k' })

-- Where in the data a freezing is: { root =, places =, here =, readable =, steps… }, of which `depth` steps count.
local function where_is(at, depth)
  local out = { at.root }
  for i = 1, depth do
    out[#out + 1] = (math.type(at[i]) == 'integer' and '[%d]' or '.%s'):format(at[i])
  end
  return table.concat(out)
end

local freeze

-- An operation of this plan used as a value: its place, which must come first.
local function freeze_result(value, at, depth)
  local target = value['$result']
  local id = math.type(target) == 'integer' and target or at.places[target]
  if not id or id >= at.here or type(value.field) ~= 'string' then
    defect(where_is(at, depth), 'a result may only be taken from an operation that comes earlier in the plan')
  end
  return { ['$result'] = id, field = value.field }
end

local function check_key(key, at, depth)
  if type(key) ~= 'string' then
    defect(where_is(at, depth), ('the key %s is not a string'):format(tostring(key)))
  elseif key:find('\0', 1, true) then
    defect(where_is(at, depth), ("the key '%s' holds a NUL character"):format(key:gsub('%z', '\\0')))
  end
  return utf8.len(key) and key or check_text(key, where_is(at, depth))
end

local function freeze_table(value, at, depth)
  if frozen[value] then
    return value
  elseif depth > 100 then
    defect(where_is(at, depth), 'data is nested more than 100 deep, or contains itself')
  elseif value['$result'] ~= nil then
    return freeze_result(value, at, depth)
  end
  local copy = {}
  if ifx.is_list(value) then
    for i, item in ipairs(value) do
      at[depth + 1] = i
      copy[i] = freeze(item, at, depth + 1)
    end
    return ifx.list(copy)
  end
  for key, item in pairs(value) do
    at[depth + 1] = check_key(key, at, depth)
    copy[key] = freeze(item, at, depth + 1)
  end
  return copy
end

-- A copy that is data and nothing else: what comes back from the plan's JSON is the same.
function freeze(value, at, depth)
  local kind = type(value)
  if kind == 'table' then
    return freeze_table(value, at, depth)
  elseif kind == 'string' then
    return utf8.len(value) and value or at.readable and text.readable(value) or check_text(value, where_is(at, depth))
  elseif kind == 'number' and value - value == 0 or kind == 'boolean' or value == ifx.null then
    return value
  end
  defect(where_is(at, depth), kind == 'number' and 'a number that is not finite' or ('a %s is not data'):format(kind))
end

local function freeze_field(value, root)
  return freeze(value, { root = root, places = {}, here = 0 }, 0)
end

local function freeze_operation(op, id, places, known)
  local where = ('operation %d'):format(id)
  if type(op) ~= 'table' or type(op.type) ~= 'string' or type(op.args) ~= 'table' then
    defect(where, 'an operation is { type = …, args = { … } }')
  end
  where = ('%s (%s)'):format(where, op.type)
  local args = freeze(op.args, { root = where, places = places, here = id }, 0)
  places[op] = id
  local kind, summary = known:get(op.type), known:call(op.type, 'describe', args)
  if type(summary) ~= 'string' then
    defect(where, 'its type does not say in a line of text what it does')
  end
  return {
    id = id, type = op.type, args = args, summary = check_text(summary, where),
    irreversible = not kind.undo and (kind.irreversible or 'its type knows no way back') or nil,
  }
end

local function freeze_list(list, where)
  return freeze_field(ifx.list(list or {}), where)
end

---What a recipe says of files, as data: their names may be any bytes, and a plan is JSON. It is not copied again.
---@param value table
---@param where string for messages
---@return table
function make.said(value, where)
  local copy = freeze(value, { root = where, places = {}, here = 0, readable = true }, 0)
  frozen[copy] = true
  return copy
end

-- An empty `{}` of a section's field that is a list is written as one.
local function freeze_report(report)
  local sections = freeze_list(report, 'report')
  for _, section in ipairs(sections) do
    for _, name in ipairs { 'items', 'header', 'rows', 'files' } do
      if type(section[name]) == 'table' then
        ifx.list(section[name])
      end
    end
  end
  return sections
end

---@class ifx.plan.Fields
---@field recipe table
---@field params table?
---@field dir string
---@field created string
---@field from table[]?
---@field accepted string[]?
---@field operations table[]   { type =, args = }
---@field report table[]?
---@field hazards table[]?
---@field blocked table[]?
---@field next string?

--- A plan out of what a recipe returned: operations numbered, described, and reduced to data.
---@param fields ifx.plan.Fields
---@param known ifx.run.Operations? the operation types, where there are operations
---@return ifx.Plan
--- Raises `plugin` when an operation is not data, `unsupported` for text that is not UTF-8, `not_found` for a type nobody owns.
function make.plan(fields, known)
  local operations, places, used = {}, {}, {}
  for id, op in ipairs(fields.operations) do
    operations[id] = freeze_operation(op, id, places, known)
    local owner = known:find_owner(op.type)
    used[owner] = used[owner] or known:find_identity(owner)
  end
  return {
    format = make.FORMAT, version = ifx.version, recipe = freeze_field(fields.recipe, 'recipe'),
    params = freeze_field(fields.params or {}, 'params'), dir = check_text(fields.dir, 'dir'), created = fields.created,
    from = freeze_list(fields.from, 'from'), plugins = used, accepted = freeze_list(fields.accepted, 'accepted'),
    operations = ifx.list(operations), report = freeze_report(fields.report),
    hazards = freeze_list(fields.hazards, 'hazards'), blocked = freeze_list(fields.blocked, 'blocked'),
    next = fields.next and check_text(fields.next, 'next'),
  }
end

return make
