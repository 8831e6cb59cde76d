-- schema.lua: typed fields: configuration, parameters, manifests, layouts. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local suggest = require 'ifx.suggest'
local kinds = require 'ifx.schema.types'

local schema = { types = kinds.types, seconds = kinds.seconds }
local types, is_list = kinds.types, kinds.is_list

---A field. `type` is one of the names in `schema.types`, or any of them followed by `[]`.
---@class ifx.Field
---@field type string
---@field doc string|nil        one line
---@field required boolean|nil
---@field default any
---@field values any            enum: the list of its words; map: the field of every value
---@field fields table<string, ifx.Field>|nil  map: its closed set of fields
---@field items ifx.Field|nil   list: the field of every item
---@field min number|nil        integer, number, duration: smallest; text and lists: least length
---@field max number|nil
---@field env string|nil        environment variable that fills it when it is not configured
---@field accepts ifx.Field[]|nil  any: what it may be, where code checks that; for editors
---@field json table|nil        keywords of the JSON schema for what `check` and other code refuse
---@field check nil|fun(value: any): string|nil  a further rule; returns why the value is refused

---@class ifx.schema.Options
---@field op string|nil         what was attempted: 'read plugin.yaml'
---@field kind string|nil       kind of the error raised, 'config' unless told
---@field where nil|fun(path: any[], key: boolean): table|nil  the place { file=, line=, column= } of a value, or of its key
---@field hint string|nil

-- Lua's own word for a value, in the words of the files people write.
local WORDS = { string = 'text', number = 'a number', boolean = 'true or false', table = 'a map', ['nil'] = 'nothing' }

local function word(value)
  if is_list(value) then return 'a list' end
  return WORDS[type(value)] or 'nothing'
end

-- Checking ---------------------------------------------------------------------------------------

local function show_path(path)
  local out = ''
  for _, step in ipairs(path) do
    if math.type(step) then out = out .. '[' .. step .. ']' else out = out .. (out == '' and '' or '.') .. tostring(step) end
  end
  return out
end

local function refuse(ctx, path, message, more)
  more = more or {}
  local place = ctx.where and ctx.where(path, more.key or false) or {}
  local name = show_path(path)
  err.raise {
    kind = ctx.kind or 'config', op = ctx.op, message = (name == '' and '' or name .. ': ') .. message,
    hint = more.hint or ctx.hint, file = place.file, line = place.line, column = place.column,
  }
end

local function by_text(a, b) return tostring(a) < tostring(b) end

local function sorted_keys(map)
  local keys, texts = {}, true
  for key in pairs(map) do
    keys[#keys + 1], texts = key, texts and type(key) == 'string'
  end
  table.sort(keys, not texts and by_text or nil)
  return keys
end

-- 'string' of 'string[]'; nil of a type that is no list.
local function element_of(name)
  return name:sub(-2) == '[]' and name:sub(1, -3) or nil
end

local function extend(path, step)
  local longer = table.move(path, 1, #path, 1, {})
  longer[#longer + 1] = step
  return longer
end

local check_value

local function check_bounds(field, value, path, ctx)
  local size = type(value) == 'string' and #value or type(value) == 'table' and #value or value
  if type(size) ~= 'number' then return end
  local of = size == value and '' or (type(value) == 'string' and ' bytes' or ' items')
  if field.min and size < field.min then refuse(ctx, path, ('must be at least %s%s'):format(field.min, of)) end
  if field.max and size > field.max then refuse(ctx, path, ('must be at most %s%s'):format(field.max, of)) end
end

local function check_list(items, value, path, ctx)
  if type(value) ~= 'table' or (next(value) ~= nil and not is_list(value)) then
    refuse(ctx, path, 'must be a list, not ' .. word(value))
  end
  local out = {}
  for i, item in ipairs(value) do out[i] = check_value(items, item, extend(path, i), ctx) end
  return out
end

local function unknown_field(fields, key, path, ctx)
  local names = sorted_keys(fields)
  local close = type(key) == 'string' and suggest(key, names)
  refuse(ctx, extend(path, key), 'unknown field', {
    key = true,
    hint = close and ('did you mean %s?'):format(close) or 'the fields here are ' .. table.concat(names, ', '),
  })
end

local function check_fields(fields, value, path, ctx)
  if type(value) ~= 'table' or is_list(value) and next(value) ~= nil then
    refuse(ctx, path, 'must be a map, not ' .. word(value))
  end
  for _, key in ipairs(sorted_keys(value)) do
    if not fields[key] then unknown_field(fields, key, path, ctx) end
  end
  local out = {}
  for _, name in ipairs(sorted_keys(fields)) do
    local field, given = fields[name], value[name]
    if given == nil then
      if field.required then refuse(ctx, path, ('%s is missing'):format(name)) end
      if field.default ~= nil then out[name] = check_value(field, field.default, extend(path, name), ctx) end
    else
      out[name] = check_value(field, given, extend(path, name), ctx)
    end
  end
  return out
end

local function check_map(field, value, path, ctx)
  if field.fields then return check_fields(field.fields, value, path, ctx) end
  if type(value) ~= 'table' or is_list(value) and next(value) ~= nil then
    refuse(ctx, path, 'must be a map, not ' .. word(value))
  end
  local out = {}
  for _, key in ipairs(sorted_keys(value)) do
    if type(key) ~= 'string' then refuse(ctx, extend(path, key), 'the key must be text', { key = true }) end
    out[key] = field.values and check_value(field.values, value[key], extend(path, key), ctx) or value[key]
  end
  return out
end

function check_value(field, value, path, ctx)
  local element = element_of(field.type)
  local out
  if element then
    out = check_list(setmetatable({ type = element }, { __index = field }), value, path, ctx)
  elseif field.type == 'list' then
    out = check_list(field.items or { type = 'any' }, value, path, ctx)
  elseif field.type == 'map' then
    out = check_map(field, value, path, ctx)
  else
    local must, hint
    out, must, hint = types[field.type].check(value, field)
    if out == nil then refuse(ctx, path, ('must be %s, not %s'):format(must, word(value)), { hint = hint }) end
  end
  if not element or type(out) == 'table' then check_bounds(field, out, path, ctx) end
  local why = field.check and field.check(out)
  if why then refuse(ctx, path, why) end
  return out
end

---Checks a map against its fields and returns it as code gets it: defaults filled in, durations in seconds.
---Raises `options.kind` ('config') at the place of the value: unknown field (with a suggestion), missing field, wrong type.
---@param fields table<string, ifx.Field>
---@param value any
---@param options ifx.schema.Options|nil
---@return table
function schema.check(fields, value, options)
  return check_fields(fields, value == nil and {} or value, {}, options or {})
end

---Checks one value, named `name` in messages.
---@param field ifx.Field
---@param value any
---@param name string
---@param options ifx.schema.Options|nil
---@return any
function schema.check_one(field, value, name, options)
  return check_value(field, value, { name }, options or {})
end

---Reads a value from the text of a command line or an environment variable (`a,b,c` for a list).
---@param field ifx.Field
---@param text string
---@param name string
---@param options ifx.schema.Options|nil  kind is 'argument' unless told
---@return any
function schema.from_text(field, text, name, options)
  local ctx = setmetatable({ kind = options and options.kind or 'argument' }, { __index = options })
  local element = element_of(field.type)
  local reader = types[element or field.type].from
  if not reader then refuse(ctx, { name }, ('a %s cannot be given as text'):format(field.type)) end
  local function read(part)
    local value, must, hint = reader(part, field)
    if value == nil then refuse(ctx, { name }, ("must be %s, not '%s'"):format(must, part), { hint = hint }) end
    return value
  end
  if not element then return check_value(field, read(text), { name }, ctx) end
  local list = {}
  for part in (text .. ','):gmatch('([^,]*),') do
    if part ~= '' then list[#list + 1] = read(part) end
  end
  return check_value(field, list, { name }, ctx)
end

-- Fields written by others -------------------------------------------------------------------------

local function type_name(value)
  local base = type(value) == 'string' and value:gsub('%[%]$', '') or ''
  if types[base] then return nil end
  local close = suggest(base, sorted_keys(types))
  return ('no such type%s; the types are %s'):format(close and (' (did you mean %s?)'):format(close) or '',
    table.concat(sorted_keys(types), ', '))
end

-- What a field may say when it is read from a file, so without functions.
local FIELD = {
  type = { type = 'string', required = true, check = type_name,
    json = { pattern = ('^(%s)(\\[\\])?$'):format(table.concat(sorted_keys(types), '|')) },
    doc = 'one of the types, or a type followed by []' },
  doc = { type = 'string', doc = 'what it means, in one line' },
  required = { type = 'boolean', doc = 'it must be given' },
  default = { type = 'any', doc = 'what it is when nobody says' },
  values = { type = 'any', doc = 'enum: the list of its words' },
  min = { type = 'number', doc = 'smallest number; least bytes of text, least items of a list' },
  max = { type = 'number', doc = 'largest number; most bytes, most items' },
  env = { type = 'string', doc = 'environment variable that fills it', check = function(name)
    return not name:find('^[A-Z_][A-Z0-9_]*$') and 'must be the name of an environment variable' or nil
  end },
}
schema.field = FIELD

local function check_field(field, path, ctx)
  local out = check_fields(FIELD, field, path, ctx)
  if out.type:find('^enum') then
    if not is_list(out.values) then refuse(ctx, path, 'an enum needs values: the list of its words') end
    out.values = check_list({ type = 'string' }, out.values, extend(path, 'values'), ctx)
  elseif out.values ~= nil then
    refuse(ctx, extend(path, 'values'), 'only an enum has values', { key = true })
  end
  if out.type == 'secret' and out.default ~= nil then
    refuse(ctx, extend(path, 'default'), 'a secret has no default', { key = true })
  end
  if out.default ~= nil then check_value(out, out.default, extend(path, 'default'), ctx) end
  return out
end

---Checks fields that a file describes (the `config` of a manifest).
---@param fields any
---@param options ifx.schema.Options|nil
---@param path any[]|nil  where they stand in the file
---@return table<string, ifx.Field>
function schema.check_schema(fields, options, path)
  path = path or {}
  local ctx = options or {}
  if type(fields) ~= 'table' or is_list(fields) and next(fields) ~= nil then
    refuse(ctx, path, 'must be a map, not ' .. word(fields))
  end
  local out = {}
  for _, name in ipairs(sorted_keys(fields)) do
    local here = extend(path, name)
    if type(name) ~= 'string' or not name:find('^[%a_][%w_]*$') then
      refuse(ctx, here, 'the name of a field is letters, digits and _', { key = true })
    end
    out[name] = check_field(fields[name], here, ctx)
  end
  return out
end

-- Documentation -----------------------------------------------------------------------------------

local function needed(field)
  if field.required then return 'required' end
  local default = field.default
  if type(default) == 'table' then default = default[1] and table.concat(default, ', ') end
  return default ~= nil and 'default ' .. tostring(default) or ''
end

local function add_rows(rows, fields, prefix)
  for _, name in ipairs(sorted_keys(fields)) do
    local field = fields[name]
    local doc = field.doc or ''
    if field.env then doc = doc .. (doc == '' and '' or '; ') .. 'filled by $' .. field.env end
    local kind = field.type == 'enum' and table.concat(field.values, '|') or field.type
    rows[#rows + 1] = { prefix .. name, kind, needed(field), doc }
    if field.fields then add_rows(rows, field.fields, prefix .. name .. '.') end
  end
  return rows
end

---Rows for a table: name, type, whether it must be given (or its default), what it means.
---@param fields table<string, ifx.Field>
---@return string[][]
function schema.rows(fields) return add_rows({}, fields, '') end

---The same as a Markdown table; documentation carries it and a test compares.
---@param fields table<string, ifx.Field>
---@return string
function schema.markdown(fields)
  local lines = { '| field | type | | meaning |', '|---|---|---|---|' }
  for _, row in ipairs(schema.rows(fields)) do
    lines[#lines + 1] = ('| `%s` | %s | %s | %s |'):format(row[1], (row[2]:gsub('|', '\\|')), row[3], row[4])
  end
  return table.concat(lines, '\n') .. '\n'
end

-- Where a key stands: the value knows the line of its key, so the key is looked for there, before the value.
local function key_column(document, match, key)
  local number, last = 0, match.line == match.key_line and match.column or math.huge
  for line in (document:text() .. '\n'):gmatch('([^\n]*)\n') do
    number = number + 1
    if number == match.key_line then
      local column, from = nil, line:find(tostring(key), 1, true)
      while from and from < last do
        column, from = from, line:find(tostring(key), from + 1, true)
      end
      return column and (utf8.len(line, 1, column - 1) or column - 1) + 1
    end
  end
end

---A function for `options.where`: the places of a YAML document's values and keys.
---@param document any  a `yaml.document`
---@param file string
---@return fun(path: any[], key: boolean): table
function schema.places(document, file)
  return function(path, key)
    for n = #path, 1, -1 do
      local match = document:at(table.move(path, 1, n, 1, {}))
      if match then
        local at_key = key and n == #path and match.key_line
        local column = at_key and key_column(document, match, path[n])
        return { file = file, line = at_key or match.line, column = column or match.column }
      end
    end
    return { file = file, line = 1, column = 1 }
  end
end

return schema
