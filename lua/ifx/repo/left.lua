-- left.lua: where the old name of a moved file still stands, in any kind of file. SPDX-License-Identifier: Apache-2.0
local names = require 'ifx.repo.names'
local path = require 'ifx.path'
local scan = require 'scan'
local text = require 'ifx.text'

local left = {}

---@class ifx.repo.Left
---@field file string     path after the moves
---@field line integer
---@field column integer  where the word begins
---@field text string     the word that the old name stands in
---@field old string
---@field new string?     nil: a directory whose files went to different places
---@field via 'path'|'tail'  the whole old path, or the shortest end of it that named only this file

local MAX_BYTES = 64 * 1024 * 1024

-- The shortest end of the path, in whole segments, that no other path of the tree ends with.
local function unique_tail(known, p, least)
  local tail, rest = path.basename(p), path.dirname(p)
  local segments = 1
  while segments < least or not known:tail(tail) do
    if rest == '' then return p end
    tail, rest = path.basename(rest) .. '/' .. tail, path.dirname(rest)
    segments = segments + 1
  end
  return tail
end

local function patterns_of(tree, moves, moved_dirs)
  local known, list, info, index = names.of(tree), {}, {}, {}
  local function add(pattern, item)
    if not index[pattern] then
      list[#list + 1] = pattern
      index[pattern], info[#list] = #list, item
    end
  end
  for old, new in pairs(moves) do
    local tail = unique_tail(known, old, path.extension(old) == '' and 2 or 1)
    add(tail, { old = old, new = new, tail = tail })
  end
  for old, new in pairs(moved_dirs) do
    if old:find('/', 1, true) then
      local tail = unique_tail(known, old, 2)
      add(tail, { old = old, new = new, tail = tail, dir = true })
    end
  end
  return list, info
end

local PATH_BYTES = '[%w_./+@~%%*?${}\128-\255-]'

-- What stands around a hit, up to the ends of its word. Backwards it is read from behind: a match that ends at the end
-- would be tried from each byte before it.
local function around(content, first, last)
  local before = content:sub(math.max(1, first - 500), first - 1):reverse():match('^' .. PATH_BYTES .. '*')
  return before:reverse(), content:sub(last + 1, last + 500):match('^' .. PATH_BYTES .. '*')
end

-- Does the word name something here and now? Then it is not left over.
local function still_means(known, dir, word)
  word = word:gsub('^%$[%w_]+/', ''):gsub('^%${[^{}]*}/', ''):gsub('%?%w*$', ''):gsub('[.*_]+$', '')
  local plain = word:gsub('^/+', '')
  local meaning = known:near(dir, word) or known:near('', plain) or (plain:find('^[^.]') and known:tail(plain, dir))
  return meaning and meaning.target ~= '' and meaning or nil
end

local function bounded(item, lead, tail)
  if lead ~= '' and lead:sub(-1) ~= '/' and lead:find('[%w_.-]$') then return false end
  if item.dir then return tail == '' or tail:find('^[/.*]') ~= nil end
  return not tail:find('^[%w_-]')
end

-- Calls f(item, word, start, lead, tail) for every hit in a text, from its beginning; the longest one first.
local function each_hit(matcher, info, content, f)
  local flat, hits = matcher:find(content), {}
  for i = 1, #flat, 2 do hits[#hits + 1] = { flat[i], info[flat[i + 1]] } end
  table.sort(hits, function(a, b)
    if a[1] ~= b[1] then return a[1] < b[1] end
    return #a[2].tail > #b[2].tail
  end)
  for _, hit in ipairs(hits) do
    local first, item = hit[1], hit[2]
    local last = first + #item.tail - 1
    local lead, tail = around(content, first, last)
    f(item, lead .. content:sub(first, last) .. tail, first - #lead, lead, tail)
  end
end

local function search(found, known, matcher, info, p, content, elsewhere)
  local position, seen, dir = nil, {}, path.dirname(p)
  each_hit(matcher, info, content, function(item, word, start, lead, tail)
    if not seen[start] and bounded(item, lead, tail) and not still_means(known, dir, word)
      and not (elsewhere and elsewhere(word)) then
      seen[start], position = true, position or text.positions(content)
      local line, column = position(start)
      found[#found + 1] = {
        file = p, line = line, column = column, text = word, old = item.old, new = item.new,
        via = (lead .. item.tail):sub(-#item.old) == item.old and 'path' or 'tail',
      }
    end
  end)
end

-- Calls f(path, content) for every text file of a tree; the names of those that are too large to be searched.
local function each_text(tree, f)
  local skipped = {}
  for _, entry in ipairs(tree:files()) do
    if entry.mode ~= '160000' and not entry.missing then
      if tree:size(entry.path) > MAX_BYTES then
        skipped[#skipped + 1] = entry.path
      else
        local content = tree:read(entry.path)
        if not text.is_binary(content) then f(entry.path, content) end
      end
    end
  end
  return skipped
end

---Search every text file of the changed tree for the old path, and the shortest unique end of it, of everything that
---moved: one pass over each file, however many files moved. Words that mean something where they stand are not left
---over (the new path often ends like the old one).
---@param before ifx.repo.Tree
---@param after ifx.repo.Tree
---@param moves table<string, string>
---@param moved_dirs table<string, string>
---@param elsewhere? fun(word: string): boolean  does a word name something in another repository?
---@return ifx.repo.Left[] found by file and place
---@return string[] skipped files too large to be searched
function left.find(before, after, moves, moved_dirs, elsewhere)
  local list, info = patterns_of(before, moves, moved_dirs)
  local found = {}
  if #list == 0 then return found, {} end
  local matcher <close> = scan.matcher(list)
  local known = names.of(after)
  return found, each_text(after, function(p, content) search(found, known, matcher, info, p, content, elsewhere) end)
end

-- ---------------------------------------------------------------- what was never there

-- Is a word that stands behind these bytes one that begins at the top of the tree? In an address, behind the repository's
-- name and a branch.
local function from_the_top(lead, repository)
  if lead:find('//', 1, true) then
    local name = repository and repository:gsub('%p', '%%%0')
    return name ~= nil and (lead:find('/' .. name .. '/[^/]+/$') or lead:find('/' .. name .. '/%a+/[^/]+/$')) ~= nil
  end
  return lead:gsub('^%$[%w_]+/', ''):gsub('^%.*/', ''):gsub('^%.%./', '') == ''
end

-- The deepest folder of the tree on the way to a path that is not there.
local function folder_above(tree, p)
  repeat p = path.dirname(p) until p == '' or tree:exists(p) == 'dir'
  return p
end

---Words that name a path below a folder whose files move, where nothing is and nothing was: they were wrong before, and
---nobody can write them anew.
---@param before ifx.repo.Tree
---@param after ifx.repo.Tree  its files are searched
---@param touched table<string, true>  these folders
---@param repository string?   the repository's name in addresses
---@return ifx.repo.Left[]  `old`: the folder
function left.nowhere(before, after, touched, repository)
  local list, info, found = {}, {}, {}
  for dir in pairs(touched) do
    if not dir:find('/', 1, true) then
      list[#list + 1] = dir .. '/'
      info[#list] = { tail = dir .. '/' }
    end
  end
  if #list == 0 then return found end
  local matcher <close> = scan.matcher(list)
  each_text(after, function(p, content)
    local position, seen = nil, {}
    each_hit(matcher, info, content, function(item, word, start, lead, tail)
      local named = (item.tail .. tail):gsub('[./:,]+$', '')
      local plain = not named:find('[*?${}~%%@]') and tail:find '^[%w_.]' and from_the_top(lead, repository)
        and not named:find '^[%w.-]+/v%d+%w*$' -- the version of an API: apps/v1
      if seen[start] or not plain or before:exists(named) or after:exists(named) then return end
      local folder = folder_above(before, named)
      if not touched[folder] then return end
      seen[start], position = true, position or text.positions(content)
      local line, column = position(start)
      found[#found + 1] = {
        file = p, line = line, column = column, text = word, old = folder, via = 'path',
      }
    end)
  end)
  return found
end

return left
