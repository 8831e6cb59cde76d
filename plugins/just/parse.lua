-- parse.lua: the items of a justfile: imports, modules, settings, variables, recipes. SPDX-License-Identifier: Apache-2.0

local M = {}

---@class just.Text a quoted text of a justfile
---@field text string as it is written between its quotes
---@field from integer its first byte in the file
---@field raw boolean nothing in it is escaped

---@class just.Item
---@field type string import, module, setting, variable, recipe
---@field at integer its first byte in the file
---@field name string|nil
---@field name_at integer|nil
---@field optional boolean|nil import? and mod?
---@field text just.Text|nil path of an import or module, value of a setting
---@field value string|nil the expression of a variable, the value of a setting
---@field value_at integer|nil
---@field attributes table<string, just.Text|true>|nil of a recipe
---@field lines { [1]: integer, [2]: integer }[]|nil spans of the lines of a recipe, without line ends
---@field newline integer[]|nil the last byte of each line, line end included

--- The quoted text at a byte.
---@param s string
---@param at integer
---@return just.Text|nil
---@return integer|nil after
function M.quoted(s, at)
  for _, quote in ipairs { "'''", '"""', "'", '"' } do
    if s:sub(at, at + #quote - 1) == quote then
      local from = at + #quote
      local stop = s:find(quote, from, true)
      while stop and quote:sub(1, 1) == '"' and s:sub(from, stop - 1):find('[^\\]\\$') do
        stop = s:find(quote, stop + 1, true)
      end
      local inner = stop and s:sub(from, stop - 1)
      local raw = inner and (quote:sub(1, 1) == "'" or not inner:find('\\', 1, true))
      return inner and { text = inner, from = from, raw = raw }, stop and stop + #quote
    end
  end
end

local function import(s, line, first)
  local mark, at = line:match('^import(%??)%s+x?()["\']')
  local text_of = mark and M.quoted(s, first + at - 1)
  return text_of and { type = 'import', at = first, optional = mark == '?', text = text_of }
end

local function module(s, line, first)
  local mark, name_at, name, at = line:match('^mod(%??)%s+()([%a_][%w_-]*)%s*()')
  if not mark or line:find('^:', at) then
    return nil
  end
  local path_at = line:match('^x?()["\']', at)
  return {
    type = 'module', at = first, optional = mark == '?', name = name, name_at = first + name_at - 1,
    text = path_at and M.quoted(s, first + path_at - 1) or nil,
  }
end

local function setting(s, line, first)
  local name, at = line:match('^set%s+([%w-]+)%s*()')
  if not name then
    return nil
  end
  local value_at = line:match('^:=%s*()', at)
  return {
    type = 'setting', at = first, name = name, value = value_at and line:sub(value_at) or 'true',
    text = value_at and M.quoted(s, first + value_at - 1) or nil,
  }
end

local function variable(_, line, first)
  local name, at = line:match('^export%s+([%a_][%w_-]*)%s*:=%s*()')
  if not name then
    name, at = line:match('^([%a_][%w_-]*)%s*:=%s*()')
  end
  return name and {
    type = 'variable', at = first, name = name, value = line:sub(at), value_at = first + at - 1,
    exported = line:find('^export%s') ~= nil,
  }
end

local function recipe(_, line, first)
  local name, after = line:match('^@?([%a_][%w_-]*)()')
  if name and name ~= 'alias' and line:find(':', after, true) then
    return { type = 'recipe', at = first, name = name, lines = {}, newline = {} }
  end
end

-- [working-directory: 'x'], [no-cd], [script('bash')], several between commas
local function attributes(s, line, first, into)
  for at, name, after in line:gmatch('[%[,]%s*()([%a][%a-]*)%s*()') do
    if at > 0 then
      local quote = line:match('^[:(]%s*()["\']', after)
      into[name] = quote and M.quoted(s, first + quote - 1) or true
    end
  end
end

local ITEMS = { import, module, setting, variable, recipe }

--- The items of a justfile, in their order.
---@param s string
---@return just.Item[]
function M.items(s)
  local items, pending, open = {}, {}, nil
  for line, first, last in text.lines(s) do
    local body = open and (line == '' or line:find('^%s'))
    if body then
      open.lines[#open.lines + 1] = { first, last }
      open.newline[#open.newline + 1] = s:find('\n', last + 1, true) or #s
    elseif line:find('^%[') then
      open = nil
      attributes(s, line, first, pending)
    elseif not line:find('^%s') and line ~= '' and line:sub(1, 1) ~= '#' then
      open = nil
      for _, read in ipairs(ITEMS) do
        local item = read(s, line, first)
        if item then
          items[#items + 1] = item
          if item.type == 'recipe' then
            item.attributes, open = pending, item
          end
          break
        end
      end
      pending = {}
    end
  end
  return items
end

--- The settings of a justfile.
---@param items just.Item[]
---@return table<string, just.Item>
function M.settings(items)
  local out = {}
  for _, item in ipairs(items) do
    if item.type == 'setting' and item.value ~= 'false' then
      out[item.name] = item
    end
  end
  return out
end

return M
