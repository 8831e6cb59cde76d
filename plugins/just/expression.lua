-- expression.lua: what an expression of just stands for, where it is a path of the tree. SPDX-License-Identifier: Apache-2.0

local parse = require './parse'

local M = {}

---@class just.Scope
---@field source string folder of this file
---@field base string|nil folder that its module runs in
---@field root string|nil folder of the justfile that it all begins with
---@field values table<string, just.Value> variables that are known
---@field add fun(from: integer, to: integer, base: string) adds a path
---@field output fun(command: string): string|nil the place that a command prints

---@class just.Value
---@field place string|nil a path of the tree
---@field text just.Text|nil a literal text

local FUNCTIONS = {
  justfile_directory = 'root', justfile_dir = 'root', source_directory = 'source', source_dir = 'source',
  module_directory = 'module', module_dir = 'module',
}

-- One term: its value, and the byte behind it; nil where it is not understood.
local function term(scope, s, at, offset)
  local quoted, after = parse.quoted(s, at)
  if quoted then
    quoted.from = quoted.from + offset
    return { text = quoted }, after
  end
  local name
  name, after = s:match('^([%a_]+)%(%s*%)()', at)
  if name then
    local field = FUNCTIONS[name]
    return { place = scope[field == 'module' and 'source' or field or ''] }, after
  end
  name, after = s:match('^([%a_][%w_-]*)()', at)
  if name and not s:find('^%s*%(', after) then
    return scope.values[name] or {}, after
  end
  local command
  command, after = s:match('^`([^`]*)`()', at)
  if command then
    return { place = scope.output(command) }, after
  end
end

local function join(scope, left, right, operator)
  local text_of = right.text
  if not left.place or not text_of then
    return {}
  end
  local slashes = #text_of.text:match('^/*')
  if operator == '+' and slashes == 0 or operator == '/' and slashes > 0 or not text_of.raw then
    return {}
  end
  local rest = text_of.text:sub(slashes + 1)
  local place = rest ~= '' and path.normalize(path.join(left.place, rest)) or nil
  if place and text_of.from then
    scope.add(text_of.from + slashes, text_of.from + #text_of.text - 1, left.place)
  end
  return { place = place == '.' and '' or place }
end

--- The value of an expression; empty where it is not understood. Adds the literal paths in it.
---@param scope just.Scope
---@param s string
---@param offset integer of the expression in the file: its first byte less one
---@return just.Value
function M.value(scope, s, offset)
  local at = s:match('^%s*()')
  local value, after = term(scope, s, at, offset)
  while value do
    local operator, behind = s:match('^%s*([/+])%s*()', after)
    if not operator then
      break
    end
    local right
    right, after = term(scope, s, behind, offset)
    value = right and join(scope, value, right, operator)
  end
  return value and s:find('^%s*$', after) and value or value and s:find('^%s*#', after) and value or {}
end

return M
