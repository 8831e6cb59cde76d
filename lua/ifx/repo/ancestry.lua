-- ancestry.lua: the names that files had in earlier commits, as git tells renames and copies.
-- SPDX-License-Identifier: Apache-2.0
local git = require 'ifx.repo.git'
local list = require 'ifx.list'

local ancestry = {}

---@class ifx.repo.Step
---@field set table<string, { mode: string, oid: string, from: string?, same: boolean? }>  old name to what stands there; `from`
---it was called so in the parent, `same` with the same content
---@field removed string[]   old names that are no longer there

---@class ifx.repo.Ancestor
---@field id string
---@field tree string
---@field parents integer[]        places in the list, newest first
---@field steps ifx.repo.Step[]    one for each parent; for a root the one from nothing
---@field empty boolean            it changes no file at all
---@field names ifx.repo.Names     which old names the files have here

---What a commit's parent calls differently lies in a layer over the commit's own names: `pairs` sees that layer alone.
---@class ifx.repo.Names
---@field new_of table<string, string|false>  old name to the name that the file is given
---@field old_of table<string, string|false>
---@field below ifx.repo.Names?   what the layer lies on

local EMPTY_TREE = {
  sha1 = '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256 = '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74de5321fd',
}

-- Git's own limit for renames, whatever the user's configuration says: the same plan gives the same history.
local RENAMES = { '-M50%', '-l1000' }
-- Looking for copies compares a new file with every file that stays: commits with more pairs than the square of this are
-- searched among the changed files only (git's rule), and the whole search ends at MAX_PAIRS.
local COPY_LIMIT = 300
local COPIES = { '-M50%', '-C50%', '--find-copies-harder', '-l' .. COPY_LIMIT }
local MAX_PAIRS = 2000000

local function commits_of(dir, revision)
  local out, place = {}, {}
  local text = git.run(dir, { 'rev-list', '--topo-order', '--format=%T %P', revision }).stdout
  for id, tree, parents in text:gmatch('commit (%x+)\n(%x+) ?([%x ]*)\n') do
    out[#out + 1] = { id = id, tree = tree, parents = parents, steps = {} }
    place[id] = #out
  end
  for _, commit in ipairs(out) do
    local parents = {}
    for id in commit.parents:gmatch('%x+') do parents[#parents + 1] = place[id] end
    commit.parents = parents
  end
  return out
end

local function edges_of(commits, empty)
  local lines = {}
  for _, commit in ipairs(commits) do
    for k = 1, math.max(1, #commit.parents) do
      local parent = commit.parents[k]
      lines[#lines + 1] = ('%s %s\n'):format(parent and commits[parent].tree or empty, commit.tree)
    end
  end
  return table.concat(lines)
end

local function diff_tree(more)
  local args = { 'diff-tree', '--stdin', '-r', '-z', '--raw', '--no-abbrev', '--no-ext-diff', '--no-textconv' }
  return table.move(more, 1, #more, #args + 1, args)
end

-- Calls f(status, mode, old oid, new oid, path, source) for the changes that stand from a byte on; returns where they end.
local function each_change(text, at, f)
  while text:byte(at) == 58 do -- ':'
    local old_mode, mode, old, new, status, path, after =
      text:match('^:(%d+) (%d+) (%x+) (%x+) (%a)%d*%z([^%z]*)%z()', at)
    local source
    if status == 'R' or status == 'C' then
      source, path, after = path, text:match('^([^%z]*)%z()', after)
    end
    f(status, mode, old, new, path, source, old_mode)
    at = after
  end
  return at
end

-- ---------------------------------------------------------------- copies

local Search = {}
Search.__index = Search

function Search:close()
  if self.process then self.process:close_input() self.process:wait() end
  self.process = nil
end

Search.__close = Search.close

-- Where git sees the new files of one commit copied from: path to path.
function Search:copies(parent_tree, tree, count)
  self.pairs = self.pairs + math.min((count + 8) * self.files, COPY_LIMIT * COPY_LIMIT)
  if self.pairs > MAX_PAIRS then
    self.skipped = self.skipped + 1
    return {}
  end
  self.process = self.process or git.spawn(self.dir, diff_tree(COPIES), { timeout = 86400 })
  self.process:write(('%s %s\nend\n'):format(parent_tree, tree)) -- what is no id is echoed: the end of the answer
  self.process:line()
  local parts = {}
  repeat
    local line = self.process:line()
    parts[#parts + 1] = line
  until not line or line == 'end' or line:sub(-4) == '\0end'
  local found = {}
  each_change(table.concat(parts, '\n'), 1, function(_, _, _, _, path, source) found[path] = source end)
  return found
end

-- ---------------------------------------------------------------- names

local MAX_LAYERS = 50 -- a look-up goes through all of them

---All that a map in layers holds.
---@param map table<string, string|false>
---@return table<string, string>
function ancestry.whole(map)
  local out = {}
  while map do
    for key, value in pairs(map) do
      if out[key] == nil then out[key] = value end
    end
    map = (getmetatable(map) or {}).__index
  end
  for key, value in pairs(out) do
    if not value then out[key] = nil end
  end
  return out
end

local function copy_of(names)
  return { new_of = ancestry.whole(names.new_of), old_of = ancestry.whole(names.old_of), layers = 1 }
end

local function layer_over(names)
  local below = names.layers < MAX_LAYERS and names or copy_of(names)
  return {
    new_of = setmetatable({}, { __index = below.new_of }), old_of = setmetatable({}, { __index = below.old_of }),
    layers = below.layers + 1, below = below,
  }
end

-- The names in the parent: what was renamed or copied has its source's name there, unless another file has it.
local function before(names, step)
  local renamed = {}
  for path, entry in pairs(step.set) do
    if entry.from then renamed[#renamed + 1] = path end
  end
  if #renamed == 0 then return names end
  table.sort(renamed)
  local out = layer_over(names)
  for _, path in ipairs(renamed) do
    local new = names.new_of[path]
    if out.new_of[path] == new then out.new_of[path] = false end
    out.old_of[new] = false
  end
  for _, path in ipairs(renamed) do
    local new, source = names.new_of[path], step.set[path].from
    if not out.new_of[source] then out.new_of[source], out.old_of[new] = new, source end
  end
  return out
end

-- Two children that remember different names of a file: what the first says counts, the other fills gaps.
local function both(first, second)
  if not first or first == second then return second end
  local out
  for new, old in pairs(ancestry.whole(second.old_of)) do
    if not first.old_of[new] and not (out or first).new_of[old] then
      out = out or copy_of(first)
      out.new_of[old], out.old_of[new] = new, old
    end
  end
  return out or first
end

local function read_step(text, at, names)
  local step, added, changes = { set = {}, removed = {} }, {}, 0
  at = each_change(text, at, function(status, mode, old, new, path, source, old_mode)
    changes = changes + 1
    if status == 'D' then
      step.removed[#step.removed + 1] = path
    else
      if status == 'R' then step.removed[#step.removed + 1] = source end
      if names.new_of[path] then
        step.set[path] = { mode = mode, oid = new, from = source, same = source and old == new and mode == old_mode }
        if status == 'A' then added[#added + 1] = path end
      end
    end
  end)
  return step, at, added, changes
end

local function add_copies(search, commits, commit, step, added)
  if #added == 0 or #commit.parents ~= 1 then return end
  local sources = search:copies(commits[commit.parents[1]].tree, commit.tree, #added)
  for _, path in ipairs(added) do step.set[path].from = sources[path] end
end

---Every commit that a revision stands on, newest first, with what each did to some files under all names that they had.
---The names are found as `git log --follow` finds them: by renames, and for a file that is new by what it was copied
---from.
---@param repo ifx.git.Repository
---@param revision string full commit id
---@param files table<string, string>  path at the revision to the name that the file is given
---@return ifx.repo.Ancestor[] commits
---@return integer unsearched  commits whose new files were not compared with all others
function ancestry.read(repo, revision, files)
  local dir = repo.root or repo.git_dir
  local commits = commits_of(dir, revision)
  local first = { new_of = {}, old_of = {}, layers = 1 }
  for _, old in ipairs(list.keys(files)) do first.new_of[old], first.old_of[files[old]] = files[old], old end
  commits[1].names = first
  local edges = edges_of(commits, EMPTY_TREE[repo.format])
  local text = git.run(dir, diff_tree(RENAMES), { stdin = edges, max_output = 4 * 1024 * 1024 * 1024 }).stdout
  local search <close> = setmetatable({ dir = dir, pairs = 0, skipped = 0, files = 0 }, Search)
  search.files = select(2, git.run(dir, { 'ls-tree', '-r', '-z', '--name-only', revision }).stdout:gsub('%z', ''))
  local at = 1
  for _, commit in ipairs(commits) do
    commit.empty = true
    for k = 1, math.max(1, #commit.parents) do
      local step, added, changes
      at = text:find('\n', at, true) + 1
      step, at, added, changes = read_step(text, at, commit.names)
      add_copies(search, commits, commit, step, added)
      commit.steps[k], commit.empty = step, commit.empty and changes == 0
      local parent = commits[commit.parents[k]]
      if parent then parent.names = both(parent.names, before(commit.names, step)) end
    end
  end
  return commits, search.skipped
end

return ancestry
