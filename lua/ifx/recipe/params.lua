-- params.lua: the parameters of a recipe: read, checked, explained. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local schema = require 'ifx.schema'

local params = {}

local reserved = {
  accept = true, apply = true, exit_code = true, help = true, json = true, more = true, out = true, plan = true,
  set = true, yes = true,
}

--- The parameters that a recipe declares.
---@param found ifx.recipe.Found
---@param declared any
---@return table<string, ifx.Field>
--- Raises `config`.
function params.check(found, declared)
  local op = 'load the recipe'
  local checked = schema.check_schema(declared, { op = op .. ' ' .. found.path }, { 'params' })
  for name in pairs(checked) do
    if reserved[name] then
      err.raise {
        kind = 'config', op = op, file = found.path,
        message = ("a parameter cannot be called '%s': it is an option of ifx run"):format(name),
      }
    end
  end
  return checked
end

local function check_options(loaded)
  return {
    kind = 'argument', op = 'recipe ' .. loaded.name,
    hint = ('ifx run %s --help shows its parameters'):format(loaded.name),
  }
end

--- The parameters of a recipe out of the words given for them: read by type, defaults filled in, unknown ones refused.
---@param loaded ifx.Recipe
---@param given table<string, string> text by name ('true' for a flag); - in a name means _
---@return table values; with `more`, those that the recipe takes beyond its own, as text
--- Raises `argument`.
function params.read(loaded, given)
  local values, more, options = {}, {}, check_options(loaded)
  for name, text in pairs(given) do
    local known = loaded.params[name] and name or name:gsub('-', '_')
    local field = loaded.params[known]
    if not field and loaded.more then
      more[name] = text
    elseif not field then
      values[known] = text -- the check below refuses it, with the nearest name
    elseif field.type == 'path' then
      values[known] = fs.normalize(fs.join(fs.cwd(), schema.from_text(field, text, known, options)))
    else
      values[known] = schema.from_text(field, text, known, options)
    end
  end
  values = schema.check(loaded.params, values, options)
  values.more = loaded.more and more or nil
  return values
end

local function add_rows(lines, fields)
  for _, row in ipairs(schema.rows(fields)) do
    local need = row[3] ~= '' and (' (%s)'):format(row[3]) or ''
    local left = ('--%s %s'):format(row[1]:gsub('_', '-'), row[2]):gsub(' boolean$', '')
    lines[#lines + 1] = ('  %-26s %s%s'):format(left, row[4], need)
  end
end

--- The lines that `ifx run RECIPE --help` prints.
---@param loaded ifx.Recipe
---@param whose string?  what brings further parameters along: 'the layout x'
---@param fields table<string, ifx.Field>?
---@return string
function params.help(loaded, whose, fields)
  local lines = { loaded.summary, '', ('usage: ifx run %s [--plan|--apply] [--NAME VALUE]… [-C DIR]'):format(loaded.name) }
  if next(loaded.params) == nil then
    lines[#lines + 1] = '\nIt has no parameters.'
  else
    lines[#lines + 1] = '\nparameters (--NAME VALUE or --set NAME=VALUE; a boolean is set by --NAME alone):'
  end
  add_rows(lines, loaded.params)
  if whose then
    lines[#lines + 1] = next(fields) and ('\nparameters of %s:'):format(whose) or ('\n%s has no parameters.'):format(whose)
    add_rows(lines, fields)
  elseif loaded.more then
    lines[#lines + 1] = ('  %-26s %s'):format('--NAME VALUE …', loaded.more)
  end
  return table.concat(lines, '\n') .. '\n'
end

return params
