-- unused.lua: rows of a layout that decide about no file, and why. SPDX-License-Identifier: Apache-2.0
local layout = require 'ifx.layout'
local path = require 'ifx.path'
local suggest = require 'ifx.suggest'

local M = {}

---@class ifx.layout.Unused
---@field place { file: string, line: integer, column: integer }
---@field text string     what the row names
---@field why string
---@field hint? string    what to do
---@field harmless boolean  most likely done by an earlier run, or covered by an earlier row

-- What tells two repetitions of rows apart: several may stand for one name, each for one way to find it.
local function key_of(row)
  local words = {}
  for name, value in pairs(row.each) do words[#words + 1] = name .. '=' .. tostring(value) end
  table.sort(words)
  return #words > 0 and table.concat(words, ', ') or row.row
end

---The first of the rows of every name that none of its rows found a file for.
---@param rows ifx.layout.Row[]
---@param by table<string, ifx.layout.Row>
---@return ifx.layout.Row[]
function M.rows(rows, by)
  local used, out = {}, {}
  for _, row in pairs(by) do used[key_of(row)] = true end
  for _, row in ipairs(rows) do
    local name = key_of(row)
    if not used[name] then
      used[name], out[#out + 1] = true, row
    end
  end
  return out
end

local function is_literal(glob)
  return not glob:find '[*?%[{\\]'
end

-- Names of what lies directly in a folder ('' for the top).
local function names_in(tree, folder)
  local seen, out = {}, {}
  local prefix = folder == '' and '' or folder .. '/'
  for _, entry in ipairs(tree:files()) do
    local name = entry.path:sub(1, #prefix) == prefix and entry.path:sub(#prefix + 1):match '^[^/]+'
    if name and not seen[name] then seen[name], out[#out + 1] = true, name end
  end
  return out
end

-- Where a folder of this name lies, when only one has it.
local function elsewhere(tree, name)
  local found
  for folder in pairs(tree:dirs()) do
    if folder ~= '' and path.basename(folder) == name then
      if found then return nil end
      found = folder
    end
  end
  return found
end

-- The step of a glob that is not there, and what may be meant by it.
local function spelling(glob, tree)
  local above = ''
  for step in glob:gmatch '[^/]+' do
    if not is_literal(step) then return nil end
    local here = path.join(above, step)
    if not tree:exists(here) then
      local close = suggest(step, names_in(tree, above))
      local meant = close and path.join(above, close) or elsewhere(tree, step)
      return ("there is no '%s'%s"):format(here, meant and (": did you mean '%s'?"):format(meant) or '')
    end
    above = here
  end
end

-- A folder where the row wants a file, or a file where it wants a folder.
local function mismatch(row, tree)
  for _, glob in ipairs(row.globs) do
    local name = glob:gsub('/+$', '')
    local there = is_literal(name) and tree:exists(name)
    if there == 'dir' and not row.whole then
      return ("'%s' is a folder: did you mean `folder: %s` or `from: %s/**`?"):format(name, name, name)
    elseif there and there ~= 'dir' and row.whole then
      return ("'%s' is a file: did you mean `from: %s`?"):format(name, name)
    end
  end
end

local function misspelt(row, tree)
  for _, glob in ipairs(row.globs) do
    local hint = spelling(glob, tree)
    if hint then return hint end
  end
end

-- The part of a target that is the same for all files of a row; all of it where that is known.
local function target_of(row)
  local glob, vars = row.globs[1], row.vars
  if not row.whole and is_literal(glob) then
    local base = path.basename(glob)
    vars = setmetatable({ path = glob, dir = path.dirname(glob), base = base, stem = base:match '^(.+)%.[^.]*$' or base },
      { __index = row.vars })
  end
  for first, braced in row.to:gmatch '()%$(%b{})' do
    if vars[braced:sub(2, -2):gsub('%.base$', '')] == nil then
      return layout.fill(row.to:sub(1, first - 1), vars):match '^(.*)/[^/]*$' or ''
    end
  end
  return layout.fill(row.to, vars)
end

-- Has an earlier run done what the row says? Nobody can look into another repository.
local function is_done(row, tree, moving)
  if not row.to then return false end
  if next(row.each) then return true end
  if row.repository then return not moving end
  local target = path.normalize(target_of(row))
  return target ~= '' and target ~= '.' and tree:exists(target) ~= nil
end

local function explain(row, tree, matches, moving)
  local named, taken = false, false
  for _, entry in ipairs(tree:files()) do
    local found, whole = matches(row, entry.path)
    named, taken = named or found, taken or whole
  end
  if taken then return true, 'earlier rows decide about all that it names' end
  if named then
    return false, row.holds and ('nothing that it names holds %s'):format(row.holds) or '`except` takes out all that it names'
  end
  local wrong = mismatch(row, tree)
  if not wrong and is_done(row, tree, moving) then
    return true, 'no file matches, and there is something where it leads: an earlier run, most likely'
  end
  return false, 'no file matches', wrong or misspelt(row, tree) or 'look at the spelling'
end

---Why rows decide about no file, and what to do.
---@param rows ifx.layout.Row[]  those that do not
---@param tree ifx.repo.Tree
---@param matches fun(row: ifx.layout.Row, file: string): boolean, boolean  does it name the file; does it match it
---@param moving boolean  does the layout move anything?
---@return ifx.layout.Unused[]
function M.explain(rows, tree, matches, moving)
  local out = {}
  for i, row in ipairs(rows) do
    local harmless, why, hint = explain(row, tree, matches, moving)
    local each = key_of(row)
    local names = row.whole and 'folder: ' or 'from: '
    out[i] = {
      place = row.place, text = type(each) == 'string' and each or names .. table.concat(row.globs, ', '),
      why = why, hint = hint, harmless = harmless,
    }
  end
  return out
end

return M
