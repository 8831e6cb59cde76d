-- parse.lua: the lines of a Makefile: includes, variables, rules, recipes. SPDX-License-Identifier: Apache-2.0

local M = {}

---@class make.Word
---@field text string
---@field from integer its first byte in the file

---@class make.Item
---@field type string include, variable, rule
---@field optional boolean|nil an include that may be missing
---@field words make.Word[]|nil of an include; the targets of a rule
---@field needs make.Word[]|nil what a rule needs
---@field name string|nil
---@field value make.Word|nil of a variable, trimmed
---@field append boolean|nil += adds to it
---@field lines integer[][]|nil the lines of a recipe: spans of {first, last} byte, line ends included, without the tab

-- Logical lines: one that ends in a backslash goes on in the next. Their bytes are those of the file.
local function logical(s)
  local at, size = 1, #s
  return function()
    if at > size then
      return nil
    end
    local first = at
    local newline
    repeat
      newline = s:find('\n', at, true)
      at = (newline or size) + 1
    until not newline or not s:find('^\\\r?\n', newline - 1) and not s:find('^\\\r\n', newline - 2)
    return first, newline or size
  end
end

-- Everything behind a # is a comment, but in a recipe.
local function without_comment(line)
  local at = line:find('#', 1, true)
  while at and line:sub(at - 1, at - 1) == '\\' do
    at = line:find('#', at + 1, true)
  end
  return at and line:sub(1, at - 1) or line
end

-- The byte behind a variable that begins at a byte; behind the line when it never ends.
local function behind_variable(line, at)
  local after = line:match('^%$%b()()', at) or line:match('^%$%b{}()', at)
  return after or line:find('^%$[({]', at) and #line + 1 or at + 2
end

-- The words of a part of a line: variables with spaces in them stay whole.
local function words(line, from, first)
  local out, at = {}, from
  while true do
    at = line:find('[^%s\\]', at)
    if not at then
      return out
    end
    local start = at
    while at <= #line and not line:find('^[%s]', at) and not line:find('^\\\r?\n', at) do
      at = line:sub(at, at) == '$' and math.min(behind_variable(line, at), #line + 1) or at + 1
    end
    out[#out + 1] = { text = line:sub(start, at - 1), from = first + start - 1 }
  end
end

-- The place of a sign that no variable holds.
local function outside(line, sign)
  local at = 1
  while at <= #line do
    local char = line:sub(at, at)
    if char == '$' then
      at = behind_variable(line, at)
    elseif char == sign then
      return at
    else
      at = at + 1
    end
  end
end

local function include(line, first)
  local mark, at = line:match('^%s*([-s]?)include%s+()')
  return at and { type = 'include', optional = mark ~= '', words = words(line, at, first) }
end

local OPERATORS = { '^%s*:?:?:?=()', '^%s*%?=()', '^%s*%+=()', '^%s*!=()' }

local function variable(line, first)
  local at = line:match('^%s*export%s+()') or line:match('^%s*override%s+()') or line:match('^%s*()')
  local name, after = line:match('^([%a_][%w_.-]*)()', at)
  for i, pattern in ipairs(name and OPERATORS or {}) do
    local behind = line:match(pattern, after)
    if behind then
      local value = words(line, behind, first)
      local one = #value == 1 and i ~= 4 and value[1]
      local whole = line:find('%S', behind)
      return {
        type = 'variable', name = name, append = i == 3,
        value = one or whole and { text = line:sub(whole):match('^.*%S'), from = first + whole - 1, several = true } or nil,
      }
    end
  end
end

local function rule(line, first)
  local colon = outside(line, ':')
  local equals = outside(line, '=')
  if not colon or equals and equals < colon then
    return nil
  end
  local after = line:match('^:+()', colon)
  local stop = outside(line:sub(after), ';')
  local rest = line:sub(1, stop and after + stop - 2 or #line)
  local item = { type = 'rule', words = words(line:sub(1, colon - 1), 1, first), needs = {}, lines = {} }
  if not rest:find('=', after, true) then -- no variable of a target
    item.needs = words(rest, after, first)
  end
  return item
end

local ITEMS = { include, variable, rule }

-- A line of a recipe: its span without the tab and the marks before the command.
local function recipe_line(s, first, last)
  local from = s:match('^\t%s*[@+-]*[ \t]*()', first)
  return { math.min(from, last), last }
end

--- The items of a Makefile, in their order.
---@param s string
---@return make.Item[]
function M.items(s)
  local items, open, defining = {}, nil, false
  for first, last in logical(s) do
    local line = s:sub(first, last)
    if defining then
      defining = not line:find('^%s*endef')
    elseif open and line:sub(1, 1) == '\t' then
      open.lines[#open.lines + 1] = recipe_line(s, first, last)
    elseif line:find('^%s*define%s') then
      defining = true
    elseif line:find('%S') then
      line = without_comment(line)
      for _, read in ipairs(line:find('%S') and ITEMS or {}) do
        local item = read(line, first)
        if item then
          items[#items + 1] = item
          open = item.type == 'rule' and item or nil
          break
        end
      end
    end
  end
  return items
end

return M
