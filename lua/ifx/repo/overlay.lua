-- overlay.lua: a tree with changes that exist only in memory. SPDX-License-Identifier: Apache-2.0
local base = require 'ifx.repo.base'
local err = require 'err'
local list = require 'ifx.list'
local path = require 'ifx.path'

local overlay = {}

---@class ifx.repo.Changes
---@field moves? table<string, string>   old path -> new path (files and links; all moves happen at once)
---@field write? table<string, string|{bytes: string, mode: string?}> path after the moves -> new content
---@field remove? string[]               paths before the moves

local function clash(p, message)
  err.raise { kind = 'conflict', op = 'change the tree', message = message, file = p }
end

-- A constructor, not a loop: there is one for each file.
local function entry_at(p, e)
  return {
    path = p, mode = e.mode, oid = e.oid, size = e.size, missing = e.missing, sparse = e.sparse, unmerged = e.unmerged,
    assumed = e.assumed, on_disk = e.on_disk,
  }
end

-- Where each kept file of the tree below comes to stand.
local function placed(below, changes)
  local gone, from, moves = {}, {}, changes.moves or {}
  for _, p in ipairs(changes.remove or {}) do gone[p] = true end
  for p in pairs(moves) do
    if not below:entry(p) then clash(p, 'the file to be moved is not in the tree') end
  end
  for _, entry in ipairs(below:files()) do
    if not gone[entry.path] then
      local to = moves[entry.path] or entry.path
      if from[to] then clash(to, ('%s and %s would both be here'):format(from[to].path, entry.path)) end
      from[to] = entry
    end
  end
  return from
end

local function written(entries, write)
  local contents = {}
  for p, content in pairs(write) do
    local item = type(content) == 'table' and content or { bytes = content }
    local old = entries[p]
    entries[p] = { path = p, mode = item.mode or (old and old.mode) or '100644', size = #item.bytes }
    contents[p] = item.bytes
  end
  return contents
end

local function check_directories(tree)
  if not list.find(list.keys(tree:dirs()), function(dir) return tree:entry(dir) end) then return end
  for _, entry in ipairs(tree:files()) do
    local dir = path.dirname(entry.path)
    while dir ~= '' do
      if tree:entry(dir) then clash(dir, ('it is a file, and %s would be below it'):format(entry.path)) end
      dir = path.dirname(dir)
    end
  end
end

local function describe(under, entries, origins, contents)
  local kept, from, texts = {}, {}, {}
  for _, entry in ipairs(entries) do
    local old = origins[entry.path]
    from[entry.path], texts[entry.path] = old, contents[entry.path]
    if old then kept[#kept + 1] = under:entry(old) end
  end
  local below = base.describe(under, kept)
  return below and { below = below, entries = entries, origins = from, contents = texts }
end

-- Entries that stand for files of the tree below (`origins`: path to its path there) or for new bytes (`contents`).
local function over(below, entries, origins, contents)
  return base.new({
    kind = 'overlay', below = below, repository = below.repository, _prefetch = function(_, paths)
      local old = {}
      for _, p in ipairs(paths) do
        if origins[p] and not contents[p] then old[#old + 1] = origins[p] end
      end
      below:prefetch(old)
    end,
    keep = function() end, -- the tree below keeps what it reads
    origin = function(_, p) return origins[p] end,
    object_id = function(_, p)
      local old = not contents[p] and origins[p]
      return old and below:object_id(old) or nil
    end,
    size = function(tree, p)
      local entry = tree:entry(p)
      return entry and entry.size or below:size(origins[p])
    end,
  }, entries, function(_, entry)
    return contents[entry.path] or below:read(origins[entry.path])
  end, function(some) return describe(below, some, origins, contents) end)
end

---The tree `below` with moves, new contents and removals. Nothing is written anywhere. The tree below stays open as
---long as this one is used. Raises 'conflict' when two files would share a path, or one would be a directory too.
---@param below ifx.repo.Tree
---@param changes ifx.repo.Changes
---@return ifx.repo.Tree
function overlay.open(below, changes)
  local from, entries, origins = placed(below, changes), {}, {}
  for to, entry in pairs(from) do entries[to], origins[to] = entry_at(to, entry), entry.path end
  local contents = written(entries, changes.write or {})
  local ordered = list.map(list.keys(entries), function(p) return entries[p] end)
  local tree = over(below, ordered, origins, contents)
  check_directories(tree)
  return tree
end

---@param description table
---@return ifx.repo.Tree  closed with the tree below it
function overlay.reopen(description)
  local below = require('ifx.repo.tree').reopen(description.below)
  local tree = over(below, description.entries, description.origins, description.contents)
  tree._close = function() below:close() end
  return tree
end

return overlay
