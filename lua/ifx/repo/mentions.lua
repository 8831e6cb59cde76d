-- mentions.lua: where strings stand in the texts of a tree, and in which words. SPDX-License-Identifier: Apache-2.0
local scan = require 'scan'
local text = require 'ifx.text'

local mentions = {}

---Strings that are looked for, and where one that is meant ends: that of a file where a name does, that of a folder where a
---name does or goes on below it, that of a top folder (with its slash) where a name begins.
---@class ifx.repo.Sought
---@field strings string[]
---@field ends ('file'|'folder'|'below')[]

---@class ifx.repo.Mention
---@field what integer    index of the string
---@field first integer   its first byte
---@field lead string     the word that it stands in: before it,
---@field tail string     and behind it
---@field line integer
---@field column integer  where the word begins

---What was seen in the files of a tree, in their order.
---@class ifx.repo.Mentions
---@field files { path: string, hits: ifx.repo.Mention[] }[]  hits by place, the longest string first
---@field skipped string[]  files too large to be searched

local MAX_BYTES = 64 * 1024 * 1024
-- So many files are asked for at once.
local WINDOW = 2000

local PATH_BYTES = '[%w_./+@~%%*?${}\128-\255-]'

-- What stands around a hit, up to the ends of its word. Backwards it is read from behind: a match that ends at the end
-- would be tried from each byte before it.
local function around(content, first, last)
  local before = content:sub(math.max(1, first - 500), first - 1):reverse():match('^' .. PATH_BYTES .. '*')
  return before:reverse(), content:sub(last + 1, last + 500):match('^' .. PATH_BYTES .. '*')
end

local function starts_a_name(content, first)
  return first == 1 or not content:find('^[%w_.-]', first - 1)
end

-- Does a hit begin and end where a name does?
local bounded = {
  file = function(content, first, last)
    return starts_a_name(content, first) and not content:find('^[%w_-]', last + 1)
  end,
  folder = function(content, first, last)
    return starts_a_name(content, first)
      and (content:find('^[/.*]', last + 1) ~= nil or not content:find('^' .. PATH_BYTES, last + 1))
  end,
  below = function(content, _, last) return content:find('^[%w_.]', last + 1) ~= nil end,
}

local function by_place(a, b)
  if a.first ~= b.first then return a.first < b.first end
  return a.last > b.last
end

local function hits_in(content, scanner)
  local flat, hits, sought = scanner.matcher:find(content), {}, scanner.sought
  for i = 1, #flat, 2 do
    local first, what = flat[i], flat[i + 1]
    local last = first + #sought.strings[what] - 1
    if bounded[sought.ends[what]](content, first, last) then hits[#hits + 1] = { what = what, first = first, last = last } end
  end
  if #hits == 0 then return nil end
  table.sort(hits, by_place)
  local position = text.positions(content)
  for _, hit in ipairs(hits) do
    hit.lead, hit.tail = around(content, hit.first, hit.last)
    hit.line, hit.column = position(hit.first - #hit.lead)
    hit.last = nil
  end
  return hits
end

---@class ifx.repo.Scanner
local Scanner = {}
Scanner.__index = Scanner

---@param sought ifx.repo.Sought
---@return ifx.repo.Scanner  to be closed
function mentions.scanner(sought)
  return setmetatable({ sought = sought, matcher = scan.matcher(sought.strings) }, Scanner)
end

local function look(self, tree, entry, seen)
  if entry.mode == '160000' or entry.missing then return end
  if tree:size(entry.path) > MAX_BYTES then
    seen.skipped[#seen.skipped + 1] = entry.path
    return
  end
  local content = tree:read(entry.path)
  local hits = not text.is_binary(content) and hits_in(content, self)
  if hits then seen.files[#seen.files + 1] = { path = entry.path, hits = hits } end
end

---Search every text file of a tree: one pass over each, for however many strings.
---@param tree ifx.repo.Tree
---@return ifx.repo.Mentions
function Scanner:run(tree)
  local entries, seen = tree:files(), { files = {}, skipped = {} }
  for from = 1, #entries, WINDOW do
    local window, to = {}, math.min(from + WINDOW - 1, #entries)
    for i = from, to do window[#window + 1] = entries[i].path end
    tree:prefetch(window)
    for i = from, to do look(self, tree, entries[i], seen) end
  end
  return seen
end

function Scanner:close() self.matcher:close() end

Scanner.__close = Scanner.close

return mentions
