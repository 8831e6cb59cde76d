-- facts.lua: what transforms may ask: the trees before and after the moves, the references. SPDX-License-Identifier: Apache-2.0
local documents = require 'ifx.layout.documents'
local k8s = require 'ifx.k8s.objects'
local list = require 'ifx.list'
local yaml = require 'yaml'

local M = {}

---What a transform is given. Plain functions over data: a transform reads nothing else and writes nothing.
---@class ifx.layout.Facts
---@field references table[]      references of the tree before the moves
---@field references_in fun(path: string): table[]  those in a file
---@field references_after? table[]  of the finished tree: only for transforms that watch
---@field entries { dir: string, deep: boolean }[]  folders that a controller applies without a list of files
---@field exists fun(path: string): string?         before the moves
---@field exists_after fun(path: string): string?   after them, with what earlier transforms create
---@field read fun(path: string): string            before the moves
---@field read_after fun(path: string): string
---@field list fun(folder: string): string[]        files below a folder before the moves
---@field list_after fun(folder: string): string[]  files below a folder after the moves
---@field moved fun(old: string): string?           where a file or folder went; nil: it stays, or was split
---@field origin fun(new: string): string?          the file or folder that came to lie there
---@field sources table<string, string[]>         files made of documents of others: the others, before the moves
---@field parts table<string, string[]>           the same, from the others to what is made of them
---@field note_cut fun(change: ifx.layout.Change)
---@field taken fun(reference: table): boolean     does an earlier transform take this reference away?
---@field each_move fun(): fun(): string?, string?  iterates over the moved files, sorted
---@field expect fun(paths: string[])              these files are asked for next: all at once is cheaper, where no more than a
---few thousand are named
---@field expect_after fun(paths: string[])
---@field objects fun(path: string): table[]        Kubernetes objects of a file before the moves
---@field objects_after fun(path: string): table[]
---@field value fun(path: string, doc: integer, at: table): any  of a YAML file before the moves; nil: nothing stands there
---@field value_after fun(path: string, doc: integer, at: table): any
---@field gains_only? boolean  the finished tree is another repository's: who loses something is said of the one that it leaves
---@field repository? { name: string, url: string }  the other repository, when the finished tree is its
---@field made? { name: string, url: string }[]     all other repositories, for transforms that watch
---@field below fun(path: table, ...): table        a longer YAML path

---What a transform returns.
---@class ifx.layout.Result
---@field changes? ifx.layout.Change[]
---@field notes? string[]      lines for the report
---@field hazards? table[]
---@field blocked? table[]
---@field needs? string[]      steps of the run-book: what must be there for files that another repository has now

-- Beyond this a file is data, not a manifest.
local MAX_BYTES = 8 * 1024 * 1024

-- Documents that values were asked of stay until their texts come to so much.
local KEPT_BYTES = 4 * 1024 * 1024

-- Objects and values of YAML files. Whoever asks for objects asks for values next, and for others of the same file later; of
-- thousands of files only the objects are asked for, and their documents are not kept.
local function parser(read)
  local last = {}
  local kept, bytes = {}, 0
  local function parse(path, text)
    local known = kept[path] or last
    if known.text ~= text then
      known = { text = text, document = yaml.document(text) }
      last = known
    end
    return known
  end
  local function keep(path, one)
    if bytes + #one.text > KEPT_BYTES then kept, bytes = {}, 0 end
    kept[path], bytes = one, bytes + #one.text
  end
  return function(path)
    local text = read(path)
    if not text:find('apiVersion', 1, true) then return {} end -- every object says it: kustomizations and values need no parsing
    local ok, parsed = pcall(parse, path, text)
    return ok and k8s.read(parsed.document) or {}
  end, function(path, doc, at)
    local parsed = parse(path, read(path))
    if kept[path] ~= parsed then keep(path, parsed) end
    return parsed.document:get(at, doc)
  end
end

local function may_hold_objects(tree, path)
  local entry = path:find '%.ya?ml$' and tree:entry(path)
  return entry and entry.mode:sub(1, 3) == '100' and tree:size(path) <= MAX_BYTES
end

-- The same of a tree. Whoever compares owners asks for the same objects again and again.
local function reader(tree)
  local known, objects, value = {}, parser(function(path) return tree:read(path) end)
  return function(path)
    known[path] = known[path] or may_hold_objects(tree, path) and objects(path) or {}
    return table.move(known[path], 1, #known[path], 1, {})
  end, value
end

local readers = setmetatable({}, { __mode = 'k' })

-- The tree before the moves is the same for all transforms, watchers and repositories.
local function reader_of(tree)
  readers[tree] = readers[tree] or { reader(tree) }
  return table.unpack(readers[tree])
end

local function lister(tree)
  return function(folder)
    local out = {}
    for i, entry in ipairs(tree:list(folder)) do out[i] = entry.path end
    return out
  end
end

-- Folders whose controller applies every file: a finder marks such references with `entry`.
local function entry_folders(references)
  local out = {}
  for _, ref in ipairs(references) do
    if ref.entry and ref.resolved and ref.target then out[#out + 1] = { dir = ref.target, deep = ref.entry == 'deep' } end
  end
  return out
end

-- The tree after the moves together with the files that transforms make.
local function creations(after)
  local texts, folders, made, list_after = {}, {}, {}, lister(after)
  local objects_after, value_after = reader(after)
  function made.exists(path)
    return texts[path] and 'file' or after:exists(path) or (folders[path] and 'dir') or nil
  end
  function made.read(path) return texts[path] or after:read(path) end
  local objects, value = parser(function(path) return texts[path] end)
  function made.objects(path) return (texts[path] and objects or objects_after)(path) end
  function made.value(path, doc, at) return (texts[path] and value or value_after)(path, doc, at) end
  function made.list(folder)
    local out, count = list_after(folder), 0
    for file in pairs(texts) do
      if not after:exists(file) and (folder == '' or file:sub(1, #folder + 1) == folder .. '/') then
        out[#out + 1], count = file, count + 1
      end
    end
    if count > 0 then table.sort(out) end
    return out
  end
  -- A file that is there keeps its text when it is to be created, and is cut when it is made of documents.
  function made.note(change)
    if change.type == 'create' and not made.exists(change.file) then
      texts[change.file] = change.text
    elseif change.type == 'documents' then
      texts[change.file] = documents.take(change.parts, made.source)
    end
    for slash in change.file:gmatch '()/' do folders[change.file:sub(1, slash - 1)] = true end
  end
  function made.source(path) return after:read(path) end
  return made
end

local function add_to(map, key, value)
  map[key] = map[key] or {}
  table.insert(map[key], value)
end

---@param before ifx.repo.Tree
---@param after ifx.repo.Tree   the same with the moves done
---@param moves table<string, string>
---@param references table[]
---@param moved fun(old: string): string?
---@return ifx.layout.Facts facts
---@return fun(change: ifx.layout.Change) note  to be told of every change that a transform wants
function M.new(before, after, moves, references, moved)
  local olds, origins, taken, made = list.keys(moves), {}, {}, creations(after)
  for _, old in ipairs(olds) do origins[moves[old]] = old end
  local facts = { references = references, entries = entry_folders(references), moved = moved, below = k8s.below }
  facts.sources, facts.parts = {}, {}
  local by_file
  facts.references_in = function(path)
    if not by_file then
      by_file = {}
      for _, ref in ipairs(references) do add_to(by_file, ref.file, ref) end
    end
    return by_file[path] or {}
  end
  facts.exists = function(path) return before:exists(path) end
  facts.exists_after = made.exists
  facts.taken = function(reference) return taken[reference] == true end
  facts.read = function(path) return before:read(path) end
  facts.expect = function(paths) before:prefetch(paths) end
  facts.expect_after = function(paths) after:prefetch(paths) end
  facts.read_after = made.read
  facts.objects, facts.value = reader_of(before)
  facts.objects_after, facts.value_after = made.objects, made.value
  facts.list = lister(before)
  facts.list_after = made.list
  -- A folder comes from where all of its files come from.
  facts.origin = function(new)
    if origins[new] then return origins[new] end
    local from
    for _, entry in ipairs(after:list(new)) do
      local old = origins[entry.path]
      local rest = entry.path:sub(#new + 1)
      if not old or old:sub(-#rest) ~= rest then return nil end
      local folder = old:sub(1, #old - #rest)
      if from and from ~= folder then return nil end
      from = folder
    end
    return from
  end
  facts.note_cut = function(change)
    for _, part in ipairs(change.parts or {}) do
      local source = origins[part.file] or part.file
      add_to(facts.sources, change.file, source)
      add_to(facts.parts, source, change.file)
    end
  end
  facts.each_move = function()
    local i = 0
    return function()
      i = i + 1
      return olds[i], olds[i] and moves[olds[i]]
    end
  end
  return facts, function(change)
    if change.type == 'create' or change.type == 'documents' then made.note(change) end
    facts.note_cut(change)
    if change.reference then taken[change.reference] = true end
  end
end

return M
