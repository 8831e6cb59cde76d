-- fill.lua: templates of layouts: ${name}, ${name.base}. SPDX-License-Identifier: Apache-2.0
local err = require 'err'

local M = {}

local function show(value)
  return type(value) == 'table' and table.concat(value, ',') or tostring(value)
end

-- The variables of a match are numbered: how many there are is known only when a file matches.
local function wildcards(vars, name)
  if not name:find '^%d+$' then return nil end
  local n = 0
  while vars[tostring(n + 1)] ~= nil do n = n + 1 end
  return n == 0 and 'no wildcard of the row matched a part of the file; ${base}, ${stem}, ${dir} and ${path} are always there'
    or ('the wildcards of the row are ${1} to ${%d}'):format(n)
end

local function variable(vars, name, template, place)
  local value = vars[name]
  local base = value == nil and name:match '^(.*)%.base$'
  if base and vars[base] ~= nil then return (show(vars[base]):match '([^/]*)/*$') end
  if value == nil then
    err.raise {
      kind = 'config', op = 'fill in ' .. template, message = ("there is no variable '%s' here"):format(name),
      file = place.file, line = place.line, column = place.column, hint = wildcards(vars, name),
    }
  end
  return show(value)
end

---Replace `${name}` by its value, `${name.base}` by the last step of the path that it is. Unknown names raise
---kind 'config'.
---@param template string
---@param vars table<string, any>
---@param quote? fun(text: string): string
---@param place? { file: string, line: integer, column: integer }  where it is written, for errors
---@return string
function M.text(template, vars, quote, place)
  return (template:gsub('%$(%b{})', function(braced)
    local text = variable(vars, braced:sub(2, -2), template, place or {})
    return quote and quote(text) or text
  end))
end

-- The first variable of a template that is a list, and its values.
local function list_in(template, vars)
  for braced in type(template) == 'string' and template:gmatch '%$(%b{})' or function() end do
    local name = braced:sub(2, -2)
    if type(vars[name]) == 'table' then return name, vars[name] end
  end
end

local function fill_items(items, vars)
  local out = {}
  for _, item in ipairs(items) do
    local name, values = list_in(item, vars)
    for _, value in ipairs(values or { false }) do
      out[#out + 1] = M.deep(item, name and setmetatable({ [name] = value }, { __index = vars }) or vars)
    end
  end
  return out
end

---The same for every text in a value. An item of a list that names a list stands for one item for each of its values.
---@param value any
---@param vars table<string, any>
---@return any
function M.deep(value, vars)
  if type(value) == 'string' then return M.text(value, vars) end
  if type(value) ~= 'table' then return value end
  if value[1] ~= nil then return fill_items(value, vars) end
  local out = {}
  for k, v in pairs(value) do out[k] = M.deep(v, vars) end
  return out
end

---A text as a glob that matches just that text.
---@param text string
---@return string
function M.escape_glob(text)
  return (text:gsub('[*?%[%]{}\\]', '\\%0'))
end

return M
