-- graph.lua: every reference of a tree: which bytes of which file name what else. SPDX-License-Identifier: Apache-2.0
local list = require 'ifx.list'
local reload = require 'ifx.plugin.reload'
local search = require 'ifx.repo.search'
local trees = require 'ifx.repo.tree'
local worker = require 'ifx.worker'

local graph = {}

---@class ifx.repo.Graph: ifx.repo.Found
---@field tree ifx.repo.Tree
---@field finders ifx.repo.Finder[]
local Graph = {}
Graph.__index = Graph

---@class ifx.repo.GraphOptions: ifx.repo.SearchOptions
---@field part? string  only files in this directory
---@field reload? table  of `Registry:reload`: another thread can load the same finders; without it only this thread searches

-- Fewer files are searched sooner than workers are ready.
graph.MANY_FILES = 1500

local function order(a, b)
  if a.file ~= b.file then return a.file < b.file end
  if a.line ~= b.line then return (a.line or 0) < (b.line or 0) end
  if a.column ~= b.column then return (a.column or 0) < (b.column or 0) end
  return (a.message or a.why) < (b.message or b.why)
end

-- In the order of the files, whoever found them; what several workers say of the same file, once.
local function in_order(items)
  local out, last = {}, nil
  for _, item in ipairs(list.sorted(items, order)) do
    if not last or order(last, item) or last.plugin ~= item.plugin or last.text ~= item.text then out[#out + 1] = item end
    last = item
  end
  return out
end

---Are there processors and files enough for workers?
---@param count integer  of files
---@return boolean
function graph.pays(count) return count >= graph.MANY_FILES and worker.count(count) > 1 end

-- On all processors; nil where that is not possible or does not pay.
local function run_parallel(tree, entries, opts)
  local plugins = reload.argument(opts.reload)
  local description = plugins and not opts.guard and graph.pays(#entries) and trees.describe(tree)
  if not description then return nil end
  return worker.map('ifx.repo.searcher', {
    tree = description, reload = plugins, part = opts.part,
    options = { only = opts.only, text = opts.text, text_in = opts.text_in, repo_urls = opts.repo_urls or trees.urls(tree) },
  }, worker.pieces(#entries))
end

---The files that a search of a part of a tree looks at.
---@param tree ifx.repo.Tree
---@param part? string  directory or file
---@return ifx.repo.Entry[]
function graph.entries(tree, part)
  local one = part and tree:entry(part)
  return one and { one } or tree:list(part or '')
end

---Find every reference of a tree. A finder that fails, and a file that does not parse, become entries of `errors`.
---@param tree ifx.repo.Tree
---@param opts? ifx.repo.GraphOptions
---@return ifx.repo.Graph
function graph.build(tree, opts)
  opts = opts or {}
  local entries = graph.entries(tree, opts.part)
  local built = setmetatable({ tree = tree, references = {}, unknown = {}, errors = {} }, Graph)
  local pieces = run_parallel(tree, entries, opts)
  if pieces then
    built.finders = search.finders(opts.plugins)
  else
    local one = search.new(tree, opts)
    built.finders, pieces = one.finders, { one:run(entries, 1, #entries) }
  end
  for _, found in ipairs(pieces) do
    for _, key in ipairs { 'references', 'unknown', 'errors' } do list.append(built[key], found[key]) end
  end
  built.unknown, built.errors = in_order(built.unknown), in_order(built.errors)
  return built
end

local function grouped(self, field)
  local cache = '_by_' .. field
  if not self[cache] then
    local map = {}
    for _, ref in ipairs(self.references) do
      local key = ref[field]
      if key then
        map[key] = map[key] or {}
        table.insert(map[key], ref)
      end
    end
    self[cache] = map
  end
  return self[cache]
end

---The references to a path, or {}.
---@param p string
---@return ifx.repo.Reference[]
function Graph:by_target(p) return grouped(self, 'target')[p] or {} end

---The references in a file, or {}.
---@param p string
---@return ifx.repo.Reference[]
function Graph:by_file(p) return grouped(self, 'file')[p] or {} end

local function own_function(self, ref, field)
  if not ref.rewrite then return nil end
  for _, finder in ipairs(self.finders) do
    if finder.plugin == ref.plugin and finder[field] and finder[field][ref.rewrite] then return finder[field][ref.rewrite] end
  end
end

---The own rewriting function of a reference's finder, if it names one.
---@param ref ifx.repo.Reference
---@return function?
function Graph:rewriter(ref) return own_function(self, ref, 'rewrite') end

---The same for what is in another repository afterwards.
---@param ref ifx.repo.Reference
---@return function?
function Graph:crosser(ref) return own_function(self, ref, 'cross') end

return graph
