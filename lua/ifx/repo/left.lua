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

-- The whole word around a hit.
local function word_around(content, first, last)
  local from = math.max(1, first - 500)
  local lead = content:sub(from, first - 1):match(PATH_BYTES .. '*$')
  local tail = content:sub(last + 1, last + 500):match('^' .. PATH_BYTES .. '*')
  return lead .. content:sub(first, last) .. tail, first - #lead, lead, tail
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

local function search(found, known, matcher, info, p, content, elsewhere)
  local flat = matcher:find(content)
  if #flat == 0 then return end
  local position, seen = text.positions(content), {}
  local dir = path.dirname(p)
  local hits = {}
  for i = 1, #flat, 2 do hits[#hits + 1] = { flat[i], info[flat[i + 1]] } end
  table.sort(hits, function(a, b)
    if a[1] ~= b[1] then return a[1] < b[1] end
    return #a[2].tail > #b[2].tail
  end)
  for _, hit in ipairs(hits) do
    local first, item = hit[1], hit[2]
    local word, start, lead, tail = word_around(content, first, first + #item.tail - 1)
    if not seen[start] and bounded(item, lead, tail) and not still_means(known, dir, word)
      and not (elsewhere and elsewhere(word)) then
      seen[start] = true
      local line, column = position(start)
      found[#found + 1] = {
        file = p, line = line, column = column, text = word, old = item.old, new = item.new,
        via = (lead .. item.tail):sub(-#item.old) == item.old and 'path' or 'tail',
      }
    end
  end
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
  local found, skipped = {}, {}
  if #list == 0 then return found, skipped end
  local matcher <close> = scan.matcher(list)
  local known = names.of(after)
  for _, entry in ipairs(after:files()) do
    if entry.mode ~= '160000' and not entry.missing then
      if after:size(entry.path) > MAX_BYTES then
        skipped[#skipped + 1] = entry.path
      else
        local content = after:read(entry.path)
        if not text.is_binary(content) then search(found, known, matcher, info, entry.path, content, elsewhere) end
      end
    end
  end
  return found, skipped
end

return left
