-- kit.lua: the references that one plugin finds in a fixture, a line for each. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local graphs = require 'ifx.repo.graph'
local path = require 'ifx.path'
local plugins = require 'ifx.plugin'
local rewrite = require 'ifx.repo.rewrite'
local trees = require 'ifx.repo.tree'

local kit = {}

---What builds the graph of one plugin.
---@param name string
---@param urls string[]|nil remotes of the repository
---@return ifx.repo.GraphOptions
function kit.options(name, urls)
  local registry = plugins.registry {}
  local finders = {}
  for _, finder in ipairs(registry:load(name).references) do
    finders[#finders + 1] = { plugin = name, value = finder }
  end
  return { plugins = finders, text = false, repo_urls = urls or { 'https://github.com/example/fixture.git' } }
end

---@param dir string
---@param plugin string
---@return ifx.repo.Graph
function kit.graph(dir, plugin)
  return graphs.build(trees.folder(path.join(fs.cwd(), dir)), kit.options(plugin))
end

---The same for files in memory; false is a submodule.
---@param files table<string, string|false>
---@param plugin string
---@param urls string[]|nil
---@return string[] lines
function kit.of(files, plugin, urls)
  local entries = {}
  for file, content in pairs(files) do entries[#entries + 1] = { path = file, mode = content and '100644' or '160000' } end
  local tree = require 'ifx.repo.base'.new({ kind = 'folder' }, entries, function(_, entry) return files[entry.path] end)
  return kit.lines(graphs.build(tree, kit.options(plugin, urls)))
end

local function names(ref)
  local object = ref.object
  if object then return ('%s %s/%s'):format(object.kind, object.namespace or '*', object.name) end
  return ('%s %s'):format(ref.target_kind, ref.target == '' and '(root)' or ref.target or '-')
end

local function state(ref)
  local said = ref.resolved and 'ok' or ref.resolved == false and 'BROKEN ' .. ref.why or '? ' .. tostring(ref.why)
  return said .. (ref.note and ', ' .. ref.note or '') .. (ref.locked and ', LOCKED ' .. ref.locked or '')
end

local function by_place(a, b)
  for _, field in ipairs { 'file', 'line', 'column', 'said' } do
    if a[field] ~= b[field] then return a[field] < b[field] end
  end
  return false
end

---Everything that was found, doubts included, by place.
---@param graph ifx.repo.Graph
---@return string[]
function kit.lines(graph)
  local found = {}
  for _, ref in ipairs(graph.references) do
    found[#found + 1] = { file = ref.file, line = ref.line, column = ref.column,
      said = ('%s %s -> %s: %s'):format(ref.kind, ref.text, names(ref), state(ref)) }
  end
  for _, item in ipairs(graph.unknown) do
    found[#found + 1] = { file = item.file, line = item.line or 0, column = item.column or 0,
      said = ('unknown %s: %s'):format(item.text or '', item.why) }
  end
  for _, item in ipairs(graph.errors) do
    found[#found + 1] = { file = item.file, line = item.line or 0, column = item.column or 0,
      said = ('error: %s'):format(item.plugin and item.message or 'does not parse') }
  end
  table.sort(found, by_place)
  for i, item in ipairs(found) do
    found[i] = ('%s:%d:%d %s'):format(item.file, item.line, item.column, item.said)
  end
  return found
end

local function lines_of(text)
  local lines = {}
  for line in text:gmatch('[^\n]+') do lines[#lines + 1] = line end
  return lines
end

---What stands in a file of expectations; empty lines and those that begin with '#' say nothing.
---@param name string
---@return string[]
function kit.expected(name)
  local lines = {}
  for _, line in ipairs(lines_of(fs.read(path.join(fs.cwd(), 'tests/fixtures/refs/expected', name)))) do
    if line:sub(1, 1) ~= '#' then lines[#lines + 1] = line end
  end
  return lines
end

---Every edit that moves of a fixture ask for, and what is left for a person.
---@param dir string
---@param plugin string
---@param folders table<string, string> old folder or file -> new
---@return string[] edits 'file:line old -> new', string[] listed, table plan
function kit.moves(dir, plugin, folders)
  local tree, moves = trees.folder(path.join(fs.cwd(), dir)), {}
  for _, entry in ipairs(tree:files()) do
    for old, new in pairs(folders) do
      if path.within(entry.path, old) then moves[entry.path] = new .. entry.path:sub(#old + 1) end
    end
  end
  local opts = kit.options(plugin)
  local plan = rewrite.plan(tree, moves, graphs.build(tree, opts), opts)
  local edits, listed = {}, {}
  for _, edit in ipairs(plan.edits) do
    edits[#edits + 1] = ('%s:%d %s -> %s'):format(edit.old_file, edit.line, edit.old, edit.new)
  end
  for _, item in ipairs(plan.listed) do
    listed[#listed + 1] = ('%s:%d %s: %s'):format(item.reference.file, item.reference.line, item.reference.text, item.why)
  end
  table.sort(edits)
  table.sort(listed)
  return edits, listed, plan
end

---The git directory of a real repository: $IFX_REPOS/NAME, with or without `repo` below it; nil where it is not.
---@param name string 'owner+name'
---@return string|nil
function kit.repository(name)
  local root = fs.env 'IFX_REPOS'
  for _, place in ipairs(root and { path.join(root, name, 'repo'), path.join(root, name) } or {}) do
    if fs.stat(path.join(place, 'HEAD')) or fs.stat(path.join(place, '.git')) then return place end
  end
end

---How many references of each kind a revision holds, and how many are broken.
---@param repository string
---@param revision string
---@param plugin string
---@return table<string, integer>
function kit.counts(repository, revision, plugin)
  local tree <close> = trees.revision(repository, revision)
  local counts = {}
  for _, ref in ipairs(graphs.build(tree, kit.options(plugin)).references) do
    counts[ref.kind] = (counts[ref.kind] or 0) + 1
    if ref.resolved == false then counts.broken = (counts.broken or 0) + 1 end
  end
  return counts
end

return kit
