-- assign.lua: which row of a layout decides about which file. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local layout = require 'ifx.layout'
local path = require 'ifx.path'
local unused = require 'ifx.layout.unused'

local M = {}

---@class ifx.layout.Assignment
---@field moves table<string, string>   old path to new path, in this repository
---@field away table<string, table<string, string>>  key of another repository to old path to new path
---@field gone table<string, true>      files that leave this repository
---@field kept table<string, integer>   path to the row that keeps it
---@field by table<string, table>       path to the row that decided
---@field unassigned string[]           files that no row matches, sorted
---@field unused ifx.layout.Row[]       rows that decide about no file
---@field unmatched string[]            given values (app=blgo) that no row found anything for, and nothing is in place of

local function compile(globs)
  local out = {}
  for i, glob in ipairs(globs) do out[i] = fs.glob(glob) end
  return out
end

local function any(matchers, text)
  for _, matcher in ipairs(matchers) do
    if matcher:match(text) then return matcher end
  end
end

-- The outermost folder above a file that a row names, and that holds what the row wants.
local function matching_folder(row, file, classes)
  local from = 1
  while true do
    local slash = file:find('/', from, true)
    if not slash then return nil end
    local folder = file:sub(1, slash - 1)
    if any(row.matchers, folder) and (not row.holds or classes:folder_holds(folder, row.holds)) then return folder end
    from = slash + 1
  end
end

local function file_variables(row, file, matcher)
  local base = path.basename(file)
  local vars = { path = file, dir = path.dirname(file), base = base, stem = base:match '^(.+)%.[^.]*$' or base }
  for i, capture in ipairs(matcher:captures(file) or {}) do vars[tostring(i)] = capture end
  return setmetatable(vars, { __index = row.vars })
end

-- A target as Git spells it: `to: .` is the top, './a//b' is a/b. What leads outside is left for the check of moves to refuse.
local function spelled(target)
  return not target:find '/$' and path.normalize(target) or target
end

-- How a row's templates become paths of a file; nil when the row does not match it.
local function filler(row, file, classes)
  if any(row.exceptions, file) then return nil end
  if row.whole then
    local folder = matching_folder(row, file, classes)
    if not folder then return nil end
    row.folders[folder] = true
    return function(template) return spelled(layout.fill(template, row.vars, nil, row.place) .. file:sub(#folder + 1)) end
  end
  local matcher = any(row.matchers, file)
  if not matcher or (row.holds and not classes:file_is(file, row.holds)) then return nil end
  local vars = file_variables(row, file, matcher)
  return function(template) return spelled(layout.fill(template, vars, nil, row.place)) end
end

local HERE = '' -- stands for this repository among the keys of the others

-- Where a row sends a file: repository to path, the file's own path where it stays; nil when the row does not match.
local function places(row, file, classes)
  local fill = filler(row, file, classes)
  if not fill then return nil end
  local out = { [row.repository or HERE] = row.to and fill(row.to) or file }
  for _, place in ipairs(row.also) do
    local id = place.repository or HERE
    if out[id] then
      err.raise {
        kind = 'config', op = 'assign files', file = file,
        message = ('row %d gives it two places in one repository: %s and %s'):format(row.row, out[id], fill(place.to)),
        hint = 'a copy goes to another repository; within one, a file has one place',
      }
    end
    out[id] = fill(place.to)
  end
  return out
end

local function note(out, file, row, found)
  out.by[file] = row
  for id, path_there in pairs(found) do
    if id ~= HERE then
      out.away[id] = out.away[id] or {}
      out.away[id][file] = path_there
    end
  end
  if not found[HERE] then
    out.gone[file] = true
  elseif found[HERE] == file then
    out.kept[file] = row.row
  else
    out.moves[file] = found[HERE]
  end
end

local function check_rows(rows, classes)
  for _, row in ipairs(rows) do
    if row.holds and not classes:known(row.holds) then
      err.raise { kind = 'config', op = 'read layout', message = ("there is no class of content called '%s'"):format(row.holds) }
    end
    row.matchers, row.exceptions, row.folders = compile(row.globs), compile(row.except), {}
  end
end

-- Two folders that one row (of one app) would pour into one: the person must say which is meant.
local function check_folders(rows)
  for _, row in ipairs(rows) do
    local names = {}
    for folder in pairs(row.folders) do names[#names + 1] = folder end
    table.sort(names)
    if row.to and #names > 1 then
      err.raise {
        kind = 'conflict', op = 'assign files',
        message = ('more than one folder would become %s: %s'):format(layout.fill(row.to, row.vars), table.concat(names, ', ')),
        hint = 'give the path of the folder instead of its name',
      }
    end
  end
end

-- The part of a row's target that is the same for all of its files, when a value of this repetition decides it.
local function fixed_place(row)
  local template, stop, decided = row.to, #row.to, row.whole
  for first, braced in template:gmatch '()%$(%b{})' do
    local name = braced:sub(2, -2):gsub('%.base$', '')
    if row.each[name] ~= nil then
      decided = true
    elseif row.vars[name] == nil then
      stop = first - 1
      break
    end
  end
  return decided and layout.fill(template:sub(1, stop), row.vars):gsub('/+$', '') or nil
end

-- Is what the row makes there already, or will it be? In another repository nobody can look: then whether anything moves says
-- it.
local function has_place(row, tree, filled, moving)
  local place = row.to and fixed_place(row)
  if not place then return false end
  if row.repository then return not moving end
  return filled[place] or tree:exists(place) ~= nil
end

-- Values of lists for which no row found a file, and whose place is and stays empty: a slip of the pen, most likely.
local function unmatched(rows, out, tree)
  local used, missed, seen, filled = {}, {}, {}, {}
  for _, to in pairs(out.moves) do
    for slash in to:gmatch '()/' do filled[to:sub(1, slash - 1)] = true end
  end
  local moving = next(out.moves) ~= nil or next(out.gone) ~= nil or next(out.away) ~= nil
  local function key_of(row)
    local words = {}
    for name, value in pairs(row.each) do words[#words + 1] = ('%s=%s'):format(name, value) end
    table.sort(words)
    return table.concat(words, ' ')
  end
  for _, row in pairs(out.by) do used[key_of(row)] = true end
  for _, row in ipairs(rows) do
    if has_place(row, tree, filled, moving) then used[key_of(row)] = true end
  end
  for _, row in ipairs(rows) do
    local key = key_of(row)
    if key ~= '' and not used[key] and not seen[key] then
      seen[key] = true
      missed[#missed + 1] = key
    end
  end
  return missed
end

---Decide about every file: the first row that matches it, in the order of the layout.
---@param tree ifx.repo.Tree
---@param rows table[]  from layout.rows
---@param classes ifx.layout.Classes
---@return ifx.layout.Assignment
function M.assign(tree, rows, classes)
  check_rows(rows, classes)
  local out = { moves = {}, away = {}, gone = {}, kept = {}, by = {}, unassigned = {}, unused = {}, unmatched = {} }
  for _, entry in ipairs(tree:files()) do
    local file, found = entry.path, nil
    for _, row in ipairs(rows) do
      found = places(row, file, classes)
      if found then
        note(out, file, row, found)
        break
      end
    end
    if not found then out.unassigned[#out.unassigned + 1] = file end
  end
  check_folders(rows)
  out.unused, out.unmatched = unused.rows(rows, out.by), unmatched(rows, out, tree)
  return out
end

---Why rows of an assignment decide about no file, and what to do.
---@param assignment ifx.layout.Assignment
---@param tree ifx.repo.Tree
---@param classes ifx.layout.Classes
---@return ifx.layout.Unused[]
function M.explain_unused(assignment, tree, classes)
  local moving = next(assignment.moves) ~= nil or next(assignment.gone) ~= nil or next(assignment.away) ~= nil
  local function matches(row, file)
    local named = any(row.matchers, row.whole and path.dirname(file) or file) ~= nil
    return named, filler(row, file, classes) ~= nil
  end
  return unused.explain(assignment.unused, tree, matches, moving)
end

---What a repository lacks that a layout says it must have; nil when it fits.
---@param spec ifx.Layout
---@param tree ifx.repo.Tree
---@param kinds table<string, true>  kinds of references that are there
---@return 'reference'|'file'|nil what, string? name  the kind of references, or the glob
function M.misses(spec, tree, kinds)
  for _, kind in ipairs(spec.fits.references) do
    if not kinds[kind] then return 'reference', kind end
  end
  for _, glob in ipairs(spec.fits.files) do
    local matcher, found = fs.glob(glob), false
    for _, entry in ipairs(tree:files()) do
      found = found or matcher:match(entry.path)
    end
    if not found then return 'file', glob end
  end
end

---How many files a layout would move, leave in place, and does not know.
---@param assignment ifx.layout.Assignment
---@return integer moved, integer kept, integer unknown
function M.count(assignment)
  local moved, kept = 0, 0
  for _, set in ipairs { assignment.moves, assignment.gone } do
    for _ in pairs(set) do moved = moved + 1 end
  end
  for _ in pairs(assignment.kept) do kept = kept + 1 end
  return moved, kept, #assignment.unassigned
end

return M
