-- variables.lua: the variables of a Makefile that hold a path of the tree. SPDX-License-Identifier: Apache-2.0

local M = {}

local shell = ifx.use 'shell'.library

---@class make.Variables
---@field folders table<string, string> what variables stand for
---@field programs table<string, string> variables that hold the name of a program
---@field constants table<string, make.Word> those whose value is a literal path, by their names

-- No expression for the folder of a Makefile is longer.
local MAX_VALUE = 300

-- What may surround the name of the file without making it anything but a folder of it.
local function of_makefile(value, own, base)
  if #value > MAX_VALUE or not value:find('MAKEFILE_LIST', 1, true) then
    return nil
  end
  local list = value:find('firstword', 1, true) and base or own
  local rest = value:gsub('%$[({]MAKEFILE_LIST[)}]', ''):gsub('[%a]+word%s', ''):gsub('patsubst%s+%%/,%%,', '')
  local folders = select(2, rest:gsub('%f[%w]dir%s', '')) + select(2, rest:gsub('%f[%w]dirname%s', ''))
  rest = rest:gsub('%f[%w]dirname%s', ''):gsub('%f[%w]dir%s', ''):gsub('abspath%s', ''):gsub('realpath%s', ''):gsub('shell%s', '')
  return folders == 1 and not rest:find('[^$(){}%s"]') and list or nil
end

local function of_value(value, own, base, folders)
  local name, rest = value:match('^%$[({]([%w_]+)[)}]/*(.*)$')
  local command = value:match('^%$[({]shell%s+(.*)[)}]$')
  if value == '$(CURDIR)' or value == '${CURDIR}' then
    return base
  elseif name and not rest:find('$', 1, true) and folders[name] then
    local found = path.normalize(path.join(folders[name], rest == '' and '.' or rest))
    return found == '.' and '' or found
  elseif command and not value:find('MAKEFILE_LIST', 1, true) then
    return shell.place(command:gsub('%$%$', '$'), shell.start(base, { top = '' }))
  end
  return of_makefile(value, own, base)
end

local function is_literal(value)
  return not value.several and value.text:find('^[%w_./-]+$') ~= nil and not value.text:find('^[/-]')
end

-- A literal value is a program, or a path when it is one of the tree.
local function of_literal(out, item, base, ctx)
  local word = item.value.text
  if not word:find('/', 1, true) then
    out.programs[item.name] = word
  end
  local target = base and ctx.resolve(base, word)
  if target and target ~= '' and ctx.exists(target) then
    out.folders[item.name], out.constants[item.name] = target, item.value
  end
end

--- Reads the variables: one that is set twice, or added to, is not known.
---@param items make.Item[]
---@param own string folder of the file
---@param base string|nil folder that make runs in
---@param ctx table
---@return make.Variables
function M.read(items, own, base, ctx)
  local out, set = { folders = { CURDIR = base }, programs = { MAKE = 'make' }, constants = {} }, {}
  for _, item in ipairs(items) do
    if item.type == 'variable' then
      local again = set[item.name] or item.append
      set[item.name] = true
      out.folders[item.name], out.programs[item.name], out.constants[item.name] = nil, nil, nil
      if not again and item.value then
        out.folders[item.name] = of_value(item.value.text, own, base, out.folders)
      end
      if not again and item.value and not out.folders[item.name] and is_literal(item.value) then
        of_literal(out, item, base, ctx)
      end
    end
  end
  return out
end

return M
