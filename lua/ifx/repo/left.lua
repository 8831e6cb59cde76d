-- left.lua: where the old name of a moved file still stands, in any kind of file. SPDX-License-Identifier: Apache-2.0
local list = require 'ifx.list'
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

local function patterns_of(tree, moves, moved_dirs)
  local known, wanted, info, index = names.of(tree), {}, {}, {}
  local function add(pattern, item)
    if not index[pattern] then
      wanted[#wanted + 1] = pattern
      index[pattern], info[#wanted] = #wanted, item
    end
  end
  for old, new in pairs(moves) do
    local tail = known:shortest_end(old, path.extension(old) == '' and 2 or 1)
    add(tail, { old = old, new = new, tail = tail })
  end
  for old, new in pairs(moved_dirs) do
    if old:find('/', 1, true) then
      local tail = known:shortest_end(old, 2)
      add(tail, { old = old, new = new, tail = tail, dir = true })
    end
  end
  return wanted, info
end

local PATH_BYTES = '[%w_./+@~%%*?${}\128-\255-]'

-- What stands around a hit, up to the ends of its word. Backwards it is read from behind: a match that ends at the end
-- would be tried from each byte before it.
local function behind(content, last) return content:sub(last + 1, last + 500):match('^' .. PATH_BYTES .. '*') end

local function around(content, first, last)
  local before = content:sub(math.max(1, first - 500), first - 1):reverse():match('^' .. PATH_BYTES .. '*')
  return before:reverse(), behind(content, last)
end

-- Does the word name something here and now? Then it is not left over.
local function still_means(known, dir, word)
  word = word:gsub('^%$[%w_]+/', ''):gsub('^%${[^{}]*}/', ''):gsub('%?%w*$', ''):gsub('[.*_]+$', '')
  local plain = word:gsub('^/+', '')
  local meaning = known:near(dir, word) or known:near('', plain) or (plain:find('^[^.]') and known:tail(plain, dir))
  return meaning and meaning.target ~= '' and meaning or nil
end

-- Does the hit begin and end where a name does?
local function bounded(content, first, last, is_dir)
  if first > 1 and content:find('^[%w_.-]', first - 1) then return false end
  if is_dir then return content:find('^[/.*]', last + 1) ~= nil or not content:find('^' .. PATH_BYTES, last + 1) end
  return not content:find('^[%w_-]', last + 1)
end

local function by_place(a, b)
  if a[1] ~= b[1] then return a[1] < b[1] end
  return #a[2].tail > #b[2].tail
end

-- Calls f(item, first, last) for every hit in a text, from its beginning; the longest one first.
local function each_hit(matcher, info, content, f)
  local flat, hits = matcher:find(content), {}
  for i = 1, #flat, 2 do hits[#hits + 1] = { flat[i], info[flat[i + 1]] } end
  if #hits > 1 then table.sort(hits, by_place) end
  for _, hit in ipairs(hits) do f(hit[2], hit[1], hit[1] + #hit[2].tail - 1) end
end

-- An address without the name of a repository that is meant here is one of somebody else: the end of a path that it shares
-- with a file says nothing.
local function is_foreign(repositories, lead)
  if not repositories or not lead:find('//', 1, true) then return false end
  for step in lead:gmatch('[^/]+') do
    if repositories[step] or repositories[step:match('^(.*)%.git$')] then return false end
  end
  return true
end

-- Is the hit, which begins `from` bytes into its word, part of what was written anew?
local function is_written(edits, word, from, tail)
  for _, edit in ipairs(edits or {}) do
    local first, last = word:find(edit.new, 1, true)
    while first do
      if first <= from and from + #tail - 1 <= last then return true end
      first, last = word:find(edit.new, first + 1, true)
    end
  end
  return false
end

-- Is the hit part of what a tool looks for in another repository?
local function is_remote(references, first, last)
  for _, ref in ipairs(references or {}) do
    if ref.start <= first and last <= ref.stop then return true end
  end
  return false
end

local function by_file(items)
  local out = {}
  for _, item in ipairs(items or {}) do
    out[item.file] = out[item.file] or {}
    table.insert(out[item.file], item)
  end
  return out
end

---What is known of words beside the trees.
---@class ifx.repo.LeftOptions
---@field elsewhere? fun(word: string): boolean  does a word name something in another repository?
---@field edits? ifx.repo.Edit[]            what was written anew
---@field references? ifx.repo.Reference[]  of the changed tree
---@field names? string[]                   of the repositories that are meant, in addresses

-- What a hit is when it is no old name: by file, as a function of what each_hit gives.
local function explainer(options)
  options = options or {}
  local edits, repositories = by_file(options.edits), options.names and list.set(options.names)
  local remote = by_file(list.filter(options.references or {}, function(ref)
    return ref.exact and ref.target_kind == 'remote'
  end))
  return function(p, item, word, first, lead, via)
    return options.elsewhere and options.elsewhere(word) or is_written(edits[p], word, #lead + 1, item.tail)
      or is_remote(remote[p], first, first + #item.tail - 1) or via == 'tail' and is_foreign(repositories, lead)
  end
end

local function search(found, known, matcher, info, p, content, explained)
  local position, judged, dir = nil, 0, path.dirname(p)
  each_hit(matcher, info, content, function(item, first, last)
    if first <= judged or not bounded(content, first, last, item.dir) then return end
    local lead, tail = around(content, first, last)
    local word = lead .. content:sub(first, last) .. tail
    local via = (lead .. item.tail):sub(-#item.old) == item.old and 'path' or 'tail'
    -- What a word means does not depend on which of its parts was found; it is said once.
    local means = still_means(known, dir, word)
    if not means and explained(p, item, word, first, lead, via) then return end
    judged = last + #tail
    if means then return end
    position = position or text.positions(content)
    local line, column = position(first - #lead)
    found[#found + 1] = {
      file = p, line = line, column = column, text = word, old = item.old, new = item.new, via = via,
    }
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
---@param options? ifx.repo.LeftOptions
---@return ifx.repo.Left[] found by file and place
---@return string[] skipped files too large to be searched
function left.find(before, after, moves, moved_dirs, options)
  local wanted, info = patterns_of(before, moves, moved_dirs)
  local found, explained = {}, explainer(options)
  if #wanted == 0 then return found, {} end
  local matcher <close> = scan.matcher(wanted)
  local known = names.of(after)
  return found, each_text(after, function(p, content) search(found, known, matcher, info, p, content, explained) end)
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
---@param options? ifx.repo.LeftOptions
---@return ifx.repo.Left[]  `old`: the folder
function left.nowhere(before, after, touched, repository, options)
  local wanted, info, found, explained = {}, {}, {}, explainer(options)
  for dir in pairs(touched) do
    if not dir:find('/', 1, true) then
      wanted[#wanted + 1] = dir .. '/'
      info[#wanted] = { tail = dir .. '/' }
    end
  end
  if #wanted == 0 then return found end
  local matcher <close> = scan.matcher(wanted)
  each_text(after, function(p, content)
    local position, seen = nil, {}
    each_hit(matcher, info, content, function(item, first, last)
      if not content:find('^[%w_.]', last + 1) then return end
      local named = (item.tail .. behind(content, last)):gsub('[./:,]+$', '')
      if before:exists(named) or after:exists(named) or named:find('[*?${}~%%@]')
        or named:find '^[%w.-]+/v%d+%w*$' then -- the version of an API: apps/v1
        return
      end
      local folder, lead, tail = folder_above(before, named), around(content, first, last)
      local word, start = lead .. item.tail .. tail, first - #lead
      if seen[start] or not touched[folder] or not from_the_top(lead, repository)
        or explained(p, item, word, first, lead, 'path') then
        return
      end
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
