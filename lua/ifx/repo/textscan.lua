-- textscan.lua: paths in prose, comments and any other text: words that read like a path of the tree, and are one.
-- SPDX-License-Identifier: Apache-2.0
local drawing = require 'ifx.repo.drawing'
local globs = require 'ifx.repo.globs'
local names = require 'ifx.repo.names'
local path = require 'ifx.path'
local scan = require 'scan'
local url = require 'ifx.repo.url'
local words = require 'ifx.repo.words'

local textscan = {}

local SLASH, TILDE = 47, 126
local PLAIN, URL = 0, 2 -- sorts of words

-- One word with its place; fields: word, first, last (bytes in the content), plus what trimming found.
local function add(search, first, word, meaning, more)
  local ref = {
    plugin = search.plugin, kind = search.kind, exact = false, file = search.file.path, start = first,
    stop = first + #word - 1, text = word, base = meaning.base, via = meaning.via, target = meaning.target,
    target_kind = meaning.kind, resolved = true, editable = true,
  }
  if more then
    for key, value in next, more do ref[key] = value end
  end
  search.found[#search.found + 1] = ref
end

-- The line that a byte is in; asked in rising order.
local function advance(search, byte)
  while search.newline and search.newline < byte do
    search.line_start = search.newline + 1
    search.newline = search.content:find('\n', search.line_start, true)
  end
end

-- The fields of a place are worked out when a rule asks for them: most words are decided by one or two.
local fields = {
  before = function(place)
    advance(place.search, place.first)
    return place.search.content:sub(math.max(place.search.line_start, place.first - 400), place.first - 1)
  end,
  previous = function(place) return place.first > 1 and place.search.content:sub(place.first - 1, place.first - 1) or '' end,
  following = function(place) return place.search.content:sub(place.last + 1, place.last + 2) end,
  class = function(place)
    local search = place.search
    if search.class == 'prose' then return 'prose' end
    search.marks = search.marks or words.comment_marks(search.content)
    return search.marks[1] and words.class_at(search.class, place.before, search.marks) or search.class
  end,
  comment = function(place) return place.class == 'prose' and place.search.class ~= 'prose' end,
}

local Place = {
  __index = function(place, field)
    local value = fields[field](place)
    place[field] = value
    return value
  end,
}

local function place_of(search, first, last)
  return setmetatable({ search = search, first = first, last = last }, Place)
end

local function own_address(search, first, word)
  search.own = search.own or url.own_identities(search.ctx)
  if next(search.own) == nil then return end
  word = word:gsub('[.,;:!?*]+$', '')
  local remote = url.remote_path(word)
  if not remote or remote.to < remote.from or not search.own[remote.repository] then return end
  local text = word:sub(remote.from, remote.to):gsub('/+$', '')
  local target = search.ctx.resolve('', text)
  local kind = target and search.tree:exists(target)
  if not kind or target == '' then return end
  local more = { target_kind = kind == 'dir' and 'dir' or 'file', address = true }
  if words.is_pinned(remote.revision) then
    more.editable, more.locked = false, 'pinned to the revision ' .. remote.revision .. ', which keeps its paths'
  end
  add(search, first + remote.from - 1, text, { target = target, base = '', via = 'root', kind = more.target_kind }, more)
end

local function matches_glob(search, base, pattern)
  local full = search.ctx.resolve(base, pattern)
  if not full then return nil end
  local known = search.names.globs -- the same comment often stands in every file of its kind
  if known[full] == nil then known[full] = globs.first(search.tree, full) ~= nil end
  return known[full] and full or nil
end

-- A glob is a reference when a directory stands before its first wildcard and it matches something.
local function glob(search, first, word)
  if not word:find('^[%w_.][^*?{]*/') or word:find('[{}]', 1) and not word:find('{[^{}]*,[^{}]*}') then return end
  for _, base in ipairs { search.dir, '' } do
    local target = matches_glob(search, base, word)
    if target then
      return add(search, first, word, {
        target = target, base = base, kind = 'glob', via = base == '' and 'root' or 'file',
      })
    end
  end
end

-- $ROOT/x, ${ROOT}/x, $(…)/x, {{ root }}/x: the part behind the variable, where it exists below the root or nearby.
local function behind_variable(search, first, rest, variable)
  local meaning
  if rest:sub(1, 2) == '..' then
    meaning = search.names:near(search.dir, rest)
  else
    meaning = search.names:near('', rest) or search.names:near(search.dir, rest)
  end
  if not meaning and words.segments(rest) > 1 then meaning = search.names:tail(rest, search.dir) end
  if not meaning or meaning.target == '' then return end
  if words.variable_counts(place_of(search, first, first + #rest - 1), variable, rest, meaning) then
    add(search, first, rest, meaning)
  end
end

-- The only path of the tree that ends in a word, where the word cannot mean one from the file's own folder only.
local function tail(search, word, place, counts)
  if search.class == 'data' and words.is_entry(place) then return nil end
  local meaning, below = search.names:tail(word, search.dir)
  local only = meaning and #(search.names.by_name[word] or {}) == 1
  return meaning and counts(place, word, below ~= '' and below == search.dir, only) and meaning or nil
end

local function absolute(search, first, word, place)
  local text = word:gsub('^/+', '')
  local meaning = text ~= '' and search.names:near('', text)
  if meaning and meaning.target ~= '' and words.absolute_counts(place, word, meaning) then
    add(search, first, word, meaning, { anchor = 'root' })
  end
end

local function relative(search, first, word)
  local meaning, place = search.names:near(search.dir, word), nil
  if not meaning and word:sub(1, 3) == '../' and search.class == 'code' then
    meaning = search.names:above(search.dir, word)
  end
  if not meaning and word:sub(1, 1) ~= '.' and words.segments(word) + (word:sub(-1) == '/' and 1 or 0) > 1 then
    place = place_of(search, first, first + #word - 1)
    meaning = tail(search, word, place, words.tail_counts)
  end
  if not meaning or meaning.target == '' then return end
  if words.counts(place or place_of(search, first, first + #word - 1), word, meaning) then
    add(search, first, word, meaning)
  end
end

local function bare(search, first, word)
  local place = place_of(search, first, first + #word - 1)
  if place.class == 'data' then return end
  local meaning = search.names:near(search.dir, word) or tail(search, word, place, words.bare_tail_counts)
  if meaning and words.bare_counts(place, word, meaning) then
    add(search, first, word, meaning)
  end
end

local function enter(search, first, word)
  local base = search.tree:is_dir(path.join(search.dir, word)) and search.dir
    or search.tree:is_dir(word) and '' or nil
  if base then
    add(search, first, word, {
      target = path.join(base, word), base = base, kind = 'dir', via = base == '' and 'root' or 'file',
    })
  end
end

-- The directory that a shell enters, named without a slash: cd terraform.
local function entered(search)
  for _, mark in ipairs(words.entering) do
    local at = search.content:find(mark[1], 1, true)
    while at do
      local first, word = search.content:match(mark[2], at)
      if first then enter(search, first, word) end
      at = search.content:find(mark[1], first and first + #word or at + 1, true)
    end
  end
end

local function with_signs(search, first, text)
  local variable, rest = words.variable(text)
  if variable then
    behind_variable(search, first + #text - #rest, rest, variable)
  elseif text:find('[*?{]') and not text:find('[$%%~]') then
    glob(search, first, text)
  end -- else a variable inside: where it leads is not known
end

local function from_root(search, first, text)
  local place = place_of(search, first, first + #text - 1)
  if place.previous == ')' or place.previous == '}' then
    behind_variable(search, first + 1, text:sub(2), place.previous)
  else
    absolute(search, first, text, place)
  end
end

-- A word as the scanner cut it out, without the signs around it that prose adds.
local function one(search, first, last, plain)
  local text = search.content:sub(first, last)
  if not plain then
    local offset
    offset, text = words.trim(text)
    first = first + offset
    if text:find('[$*?{}%%]') then return with_signs(search, first, text) end
    if text == '' or text:byte() == TILDE then return end
  end
  if text:byte() == SLASH then
    from_root(search, first, text)
  elseif text:find('/', 1, true) then
    relative(search, first, text)
  else
    bare(search, first, text)
  end
end

local function drawings(search)
  local found, spans = drawing.find(search.content, search.dir, search.names)
  for _, item in ipairs(found) do
    add(search, item.start, item.text, { target = item.target, base = item.base, via = 'drawing' }, {
      kind = 'text.tree', editable = item.leaf, locked = not item.leaf and 'a tree drawing' or nil,
      target_kind = search.tree:is_dir(item.target) and 'dir' or 'file',
    })
  end
  return spans
end

---@class ifx.repo.TextOptions
---@field plugin? string  default 'text'
---@field kind? string    default 'text'
---@field prose? boolean  everything is prose, whatever the file's name says

---Search one file. Every reference is `exact = false` and resolves: a word that leads nowhere is only a word. `via`
---says how it was understood; names in tree drawings have the kind 'text.tree'; those with others below
---them are never edited.
---@param file ifx.repo.File
---@param ctx ifx.repo.Context
---@param opts? ifx.repo.TextOptions
---@return ifx.repo.Reference[]
function textscan.find(file, ctx, opts)
  opts = opts or {}
  local content = file.text()
  local search = {
    file = file, ctx = ctx, tree = ctx.tree, content = content, dir = path.dirname(file.path), names = names.of(ctx.tree),
    class = opts.prose and 'prose' or words.class_of(file.path), found = {}, line_start = 1,
    newline = content:find('\n', 1, true), plugin = opts.plugin or 'text', kind = opts.kind or 'text',
  }
  local spans, s = drawings(search), 1
  local flat = scan.words(content, search.names.of_files, search.names.all)
  for i = 1, #flat, 3 do
    local first, last, sort = flat[i], flat[i + 1], flat[i + 2]
    while spans[s] and spans[s][2] < first do s = s + 1 end
    if sort == URL then
      own_address(search, first, content:sub(first, last))
    elseif not (spans[s] and spans[s][1] <= last) then
      one(search, first, last, sort == PLAIN)
    end
  end
  entered(search)
  return search.found
end

textscan.finder = {
  plugin = 'text', find = textscan.find,
  kinds = { text = 'a path in prose, a comment or any other text', ['text.tree'] = 'a name in a drawing of a directory tree' },
}

return textscan
