-- units.lua: Terragrunt's units, and the files that they include. SPDX-License-Identifier: Apache-2.0

local M = {}

local UNIT = 'terragrunt.hcl'

-- Functions that only Terragrunt has: a file that calls one is read by it whatever its name.
local FUNCTIONS = {
  'find_in_parent_folders', 'read_terragrunt_config', 'get_terragrunt_dir', 'get_parent_terragrunt_dir',
  'path_relative_to_include', 'path_relative_from_include', 'get_repo_root', 'get_path_to_repo_root',
  'get_path_from_repo_root', 'get_original_terragrunt_dir',
}

--- Does Terragrunt read this file?
---@param p string
---@param text_of string
---@return boolean
function M.is_config(p, text_of)
  local base = path.basename(p)
  if base == UNIT or base == 'terragrunt.stack.hcl' then
    return true
  end
  return list.find(FUNCTIONS, function(name) return text_of:find(name .. '(', 1, true) ~= nil end) ~= nil
end

---@class terraform.Units
local Units = {}
Units.__index = Units

local indexes = setmetatable({}, { __mode = 'k' })

--- The units of a tree, found when they are asked for.
---@param ctx table the context as a finder gets it
---@return terraform.Units
function M.of(ctx)
  local index = indexes[ctx]
  if not index then
    index = setmetatable({ ctx = ctx }, Units)
    indexes[ctx] = index
  end
  return index
end

--- What find_in_parent_folders gives to a unit.
---@param dir string folder of the unit
---@param name string|nil
---@return string|nil file
function Units:above(dir, name)
  while dir ~= '' do
    dir = path.dirname(dir)
    local file = self.ctx.resolve(dir, name and name ~= '' and name or UNIT)
    if file and self.ctx.exists(file) then
      return file
    end
  end
end

--- The paths that a call or a folder of one, written in a unit, yields; nil for any other expression.
---@param expression string
---@param dir string folder of the unit
---@param own string|nil folder of the file that holds the expression, when the unit includes it
---@return string|nil path
function Units:eval(expression, dir, own)
  local inner = expression:match '^%s*dirname%((.*)%)%s*$'
  if inner then
    local file = self:eval(inner, dir, own)
    return file and path.dirname(file)
  end
  local called, arguments = expression:match '^%s*([%w_]+)%(%s*(.-)%s*%)%s*$'
  local name = arguments and arguments:match '^"([^"$%%\\]*)"'
  if called == 'find_in_parent_folders' then
    return (name or arguments == '') and self:above(dir, name) or nil
  elseif called == 'get_parent_terragrunt_dir' or called == 'path_relative_from_include' then
    return own or self:parent(dir, name)
  elseif arguments ~= '' then
    return nil
  elseif called == 'get_terragrunt_dir' or called == 'get_original_terragrunt_dir' then
    return dir
  elseif called == 'get_repo_root' or called == 'get_path_to_repo_root' then
    return ''
  end
end

-- The file that an include names, for the unit in `dir`.
local function included(self, document, attribute, dir)
  local text_of = document:text():sub(attribute.expr_start, attribute.expr_stop)
  local file = self:eval(text_of, dir)
  if file then
    return file
  end
  local whole = text_of:match '^"%${(.*)}"$'
  if whole and not whole:find('${', 1, true) then
    return self:eval(whole, dir)
  end
  local lead, rest = text_of:match '^"%${(.*)}/([^"$]*)"$'
  local base = lead and self:eval(lead, dir)
  if base then
    return self.ctx.resolve(base, rest)
  end
  local value = document:value(attribute)
  return type(value) == 'string' and self.ctx.resolve(dir, value) or nil
end

local function read_includes(self)
  self.includers, self.included = {}, {}
  for _, entry in ipairs(self.ctx.tree:files()) do
    local text_of = path.basename(entry.path) == UNIT and not entry.missing and self.ctx.read(entry.path)
    local ok, document = pcall(hcl.document, text_of or '', { file = entry.path })
    for _, block in ipairs(ok and document:blocks 'include' or {}) do
      local attribute, dir = document:find(block, 'path'), path.dirname(entry.path)
      local file = attribute and included(self, document, attribute, dir)
      if file then
        self.includers[file] = self.includers[file] or {}
        table.insert(self.includers[file], dir)
        self.included[dir] = self.included[dir] or {}
        table.insert(self.included[dir], { name = block.labels[1] or '', file = file })
      end
    end
  end
end

--- The folder of the file that a unit includes, of the one with a name where there are several; its own without any.
---@param dir string folder of the unit
---@param name string|nil
---@return string|nil
function Units:parent(dir, name)
  if not self.includers then
    read_includes(self)
  end
  local all = self.included[dir] or {}
  local one = name and list.find(all, function(include) return include.name == name end) or #all == 1 and all[1]
  if #all == 0 then
    return dir
  end
  return one and path.dirname(one.file) or nil
end

--- The folders of the units in whose place a file is read: those that include it, else its own.
---@param file string
---@return string[]
---@return boolean included
function Units:of_file(file)
  if not self.includers then
    read_includes(self)
  end
  local of = self.includers[file]
  return of or { path.dirname(file) }, of ~= nil
end

return M
