-- left.lua: where the old name of a moved file still stands, in any kind of file. SPDX-License-Identifier: Apache-2.0
local graph = require 'ifx.repo.graph'
local list = require 'ifx.list'
local mentions = require 'ifx.repo.mentions'
local names = require 'ifx.repo.names'
local path = require 'ifx.path'
local trees = require 'ifx.repo.tree'
local worker = require 'ifx.worker'

local left = {}

---@class ifx.repo.Left
---@field file string     path after the moves
---@field line integer
---@field column integer  where the word begins
---@field text string     the word that the old name stands in
---@field old string
---@field new string?     nil: a directory whose files went to different places
---@field via 'path'|'tail'  the whole old path, or the shortest end of it that named only this file

-- The strings to be looked for, and what each stands for: the shortest ends of the paths that moved, and the top folders
-- that files leave.
local function sought_for(tree, moves, moved_dirs, touched)
  local known, strings, ends, items, seen = names.of(tree), {}, {}, {}, {}
  local function add(text, where, item)
    if seen[text] then return end
    seen[text], item.tail = true, text
    local i = #items + 1
    strings[i], ends[i], items[i] = text, where, item
  end
  for old, new in pairs(moves) do
    add(known:shortest_end(old, path.extension(old) == '' and 2 or 1), 'file', { old = old, new = new })
  end
  for old, new in pairs(moved_dirs) do
    if old:find('/', 1, true) then add(known:shortest_end(old, 2), 'folder', { old = old, new = new }) end
  end
  for dir in pairs(touched) do
    if not dir:find('/', 1, true) then add(dir .. '/', 'below', { top = true }) end
  end
  return { strings = strings, ends = ends }, items
end

-- Does the word name something here and now? Then it is not left over.
local function still_means(known, dir, word)
  word = word:gsub('^%$[%w_]+/', ''):gsub('^%${[^{}]*}/', ''):gsub('%?%w*$', ''):gsub('[.*_]+$', '')
  local plain = word:gsub('^/+', '')
  local meaning = known:near(dir, word) or known:near('', plain) or (plain:find('^[^.]') and known:tail(plain, dir))
  return meaning and meaning.target ~= '' and meaning or nil
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

---What is known of words beside the trees, and what else to look for.
---@class ifx.repo.LeftOptions
---@field elsewhere? fun(word: string): boolean  does a word name something in another repository?
---@field edits? ifx.repo.Edit[]            what was written anew
---@field references? ifx.repo.Reference[]  of the changed tree
---@field names? string[]                   of the repositories that are meant, in addresses
---@field touched? table<string, true>      folders whose files move: words that name nothing below them are looked for, too
---@field repository? string                the repository's name in addresses

-- What a hit is when it is no old name: by file, as a function of the hit.
local function explainer(options)
  local edits = by_file(options.edits)
  local remote = by_file(list.filter(options.references or {}, function(ref)
    return ref.exact and ref.target_kind == 'remote'
  end))
  return function(p, item, word, hit)
    return is_written(edits[p], word, #hit.lead + 1, item.tail) or is_remote(remote[p], hit.first, hit.first + #item.tail - 1)
  end
end

local function word_of(item, hit) return hit.lead .. item.tail .. hit.tail end

local function place(p, item, hit, old, via)
  return {
    file = p, line = hit.line, column = hit.column, text = word_of(item, hit), old = old, new = item.new, via = via,
  }
end

-- Keeps the old names among the hits of a file.
local function old_names(after, options, explained)
  local known, repositories = names.of(after), options.names and list.set(options.names)
  return function(found, p, items, hits)
    local judged, dir = 0, path.dirname(p)
    for _, hit in ipairs(hits) do
      local item = items[hit.what]
      if not item.top and hit.first > judged then
        local word, lead = word_of(item, hit), hit.lead
        local via = (lead .. item.tail):sub(-#item.old) == item.old and 'path' or 'tail'
        -- What a word means does not depend on which of its parts was found; it is said once.
        local means = still_means(known, dir, word)
        if means or not (options.elsewhere and options.elsewhere(word) or explained(p, item, word, hit)
          or via == 'tail' and is_foreign(repositories, lead)) then
          judged = hit.first + #item.tail - 1 + #hit.tail
          if not means then found[#found + 1] = place(p, item, hit, item.old, via) end
        end
      end
    end
  end
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

-- Keeps the words among the hits of a file that name a path below a touched folder, where nothing is and nothing was: nor in
-- another repository, or it would have been written anew.
local function nowhere(before, after, options, explained)
  local function folder_of(named)
    if before:exists(named) or after:exists(named) or named:find('[*?${}~%%@]')
      or named:find '^[%w.-]+/v%d+%w*$' then -- the version of an API: apps/v1
      return nil
    end
    local folder = folder_above(before, named)
    return options.touched[folder] and folder or nil
  end
  return function(found, p, items, hits)
    local seen = {}
    for _, hit in ipairs(hits) do
      local item, start = items[hit.what], hit.first - #hit.lead
      local folder = item.top and not seen[start] and folder_of((item.tail .. hit.tail):gsub('[./:,]+$', ''))
      if folder and from_the_top(hit.lead, options.repository) and not explained(p, item, word_of(item, hit), hit) then
        seen[start] = true
        found[#found + 1] = place(p, item, hit, folder, 'path')
      end
    end
  end
end

-- ---------------------------------------------------------------- the search

---What is looked for in a changed tree; `seen` when that is done.
---@class ifx.repo.Asked
---@field before ifx.repo.Tree
---@field after ifx.repo.Tree
---@field options ifx.repo.LeftOptions
---@field sought ifx.repo.Sought
---@field items table[]
---@field seen ifx.repo.Mentions[]

---Ask for the old path, and the shortest unique end of it, of everything that moved, however many files moved. Words that
---mean something where they stand are not left over (the new path often ends like the old one). With `options.touched`, words
---that name a path below these folders where nothing is and nothing was, too: they were wrong before, and nobody can write
---them anew.
---@param before ifx.repo.Tree
---@param after ifx.repo.Tree
---@param moves table<string, string>
---@param moved_dirs table<string, string>
---@param options? ifx.repo.LeftOptions
---@return ifx.repo.Asked
function left.ask(before, after, moves, moved_dirs, options)
  options = options or {}
  local sought, items = sought_for(before, moves, moved_dirs, options.touched or {})
  return { before = before, after = after, options = options, sought = sought, items = items, seen = {} }
end

---Is it looked for by workers? Else the calling thread does, and reads the tree: nobody else may read it meanwhile.
---@param asked ifx.repo.Asked
---@return boolean
function left.is_shared(asked)
  return #asked.items > 0 and graph.pays(#asked.after:files()) and trees.describe(asked.after, {}) ~= nil
end

local function add_shares(shares, tree, which)
  local entries = tree:files()
  for _, piece in ipairs(worker.pieces(#entries)) do
    local share = trees.describe(tree, table.move(entries, piece[1], piece[2], 1, {}))
    shares[#shares + 1] = { which = which, tree = share }
  end
end

---Search every text file of the changed trees: one pass over each, in the order of the files, by all processors where that
---pays.
---@param all ifx.repo.Asked[]
function left.look(all)
  local shares = {}
  for which, asked in ipairs(all) do
    if left.is_shared(asked) then
      add_shares(shares, asked.after, which)
    elseif #asked.items > 0 then
      local scanner <close> = mentions.scanner(asked.sought)
      asked.seen[1] = scanner:run(asked.after)
    end
  end
  local found = worker.map('ifx.repo.mentioner', list.map(all, 'sought'), shares)
  for i, share in ipairs(shares) do table.insert(all[share.which].seen, found[i]) end
end

---What is left over of what was seen.
---@param asked ifx.repo.Asked
---@return ifx.repo.Left[] found by file and place
---@return string[] skipped files too large to be searched
---@return ifx.repo.Left[] nowhere  `old`: the touched folder
function left.answer(asked)
  local found, skipped, lost, options, items = {}, {}, {}, asked.options, asked.items
  local explained = explainer(options)
  local add_old = old_names(asked.after, options, explained)
  local add_lost = nowhere(asked.before, asked.after, options, explained)
  for _, seen in ipairs(asked.seen) do
    list.append(skipped, seen.skipped)
    for _, file in ipairs(seen.files) do
      add_old(found, file.path, items, file.hits)
      add_lost(lost, file.path, items, file.hits)
    end
  end
  return found, skipped, lost
end

---All of that at once, for one tree.
function left.find(...)
  local asked = left.ask(...)
  left.look { asked }
  return left.answer(asked)
end

return left
