-- finders.lua: holds every finder to its laws on any bytes, for a fuzz target and a spec. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local graphs = require 'ifx.repo.graph'
local path = require 'ifx.path'
local spelling = require 'ifx.repo.spelling'
local text = require 'ifx.text'

local finders = {}

---@class Finders
---@field seeds { name: string, tree: string, path: string }[]  every file of every fixture, by name
---@field by_name table<string, table>
local Finders = {}
Finders.__index = Finders

-- The files of one fixture: path -> bytes.
local function read_tree(dir)
  local files = {}
  for _, entry in ipairs(fs.walk(dir)) do
    if entry.type == 'file' then files[entry.path] = fs.read(path.join(dir, entry.path)) end
  end
  return files
end

---All finders of all plugins, and the fixtures below a folder: one tree for each.
---@param dir string
---@return Finders
function finders.open(dir)
  local registry = require 'ifx.plugin'.registry {}
  local self = setmetatable({ registry = registry, plugins = registry:contributions 'references', trees = {}, seeds = {},
    by_name = {} }, Finders)
  for _, entry in ipairs(fs.list(dir)) do
    if entry.type == 'dir' and entry.name ~= 'expected' then
      self.trees[entry.name] = read_tree(path.join(dir, entry.name))
      for p in pairs(self.trees[entry.name]) do
        self.seeds[#self.seeds + 1] = { name = entry.name .. '/' .. p, tree = entry.name, path = p }
      end
    end
  end
  table.sort(self.seeds, function(a, b) return a.name < b.name end)
  for _, seed in ipairs(self.seeds) do self.by_name[seed.name] = seed end
  return self
end

---The bytes of a seed as the fixture has them.
function Finders:content(seed) return self.trees[seed.tree][seed.path] end

-- The tree of a seed, in which one file has other bytes.
local function changed_tree(self, seed, bytes)
  local files, entries = self.trees[seed.tree], {}
  for p in pairs(files) do entries[#entries + 1] = { path = p, mode = '100644' } end
  return require 'ifx.repo.base'.new({ kind = 'folder' }, entries, function(_, entry)
    return entry.path == seed.path and bytes or files[entry.path]
  end)
end

local function wrong_place(ref, bytes)
  if ref.start < 1 or ref.stop < ref.start - 1 or ref.stop > #bytes then
    return ('the span %d-%d is not inside the file of %d bytes'):format(ref.start, ref.stop, #bytes)
  end
  local line, column = text.position(bytes, ref.start)
  if ref.line ~= line or ref.column ~= column then
    return ('it stands at %d:%d, not at %d:%d'):format(line, column, ref.line, ref.column)
  end
end

-- What a rewriting that changes nothing makes of the bytes: themselves, or a refusal that says why. A finder's own rewriting
-- may choose another spelling of the same.
local function wrong_identity(graph, ref, old)
  if not ref.editable or not ref.target or not ref.base or ref.resolved ~= true or ref.target_kind == 'object' then return nil end
  if not ref.rewrite then
    local new, why = spelling.bytes(ref, old, ref.text)
    return not new and not why and 'it is not written anew, and nothing says why'
      or new and old == ref.text and new ~= old and ('written anew for the same target it becomes %q'):format(new) or nil
  end
  local f = graph:rewriter(ref)
  if not f then return 'its plugin has no rewriting function ' .. ref.rewrite end
  local ok, new = pcall(f, ref, {
    file = ref.file, new_file = ref.file, base = ref.base, new_base = ref.base, target = ref.target, new_target = ref.target,
    text = ref.text, moves = {},
  })
  if not ok then return 'its rewriting failed: ' .. tostring(new) end
  if new ~= nil and type(new) ~= 'string' then return 'its rewriting returned a ' .. type(new) end
end

local function wrong(graph, ref, bytes)
  local place = wrong_place(ref, bytes)
  if place then return place end
  local old = bytes:sub(ref.start, ref.stop)
  if ref.editable and not ref.rewrite and old ~= ref.text and ref.style ~= 'double' and ref.style ~= 'single' then
    return ('its span holds %q'):format(old)
  end
  if ref.resolved == false and not ref.why then return 'it does not resolve, and nothing says why' end
  return wrong_identity(graph, ref, old)
end

local function build(self, seed, bytes)
  return graphs.build(changed_tree(self, seed, bytes), {
    plugins = self.plugins, text = false, part = seed.path, repo_urls = { 'https://github.com/example/fixture.git' },
  })
end

---The plugins that find something in a file of a fixture as it is.
---@param seed table
---@return table<string, true>
function Finders:plugins_of(seed)
  local found = {}
  for _, ref in ipairs(build(self, seed, self:content(seed)).references) do found[ref.plugin] = true end
  return found
end

---Looks at some bytes in place of a file of a fixture.
---@param seed table
---@param bytes string
---@return string|nil what is wrong
function Finders:check(seed, bytes)
  local graph = build(self, seed, bytes)
  for _, e in ipairs(graph.errors) do
    if e.plugin then return ('%s: %s'):format(seed.name, e.message) end
  end
  for _, ref in ipairs(graph.references) do
    local why = wrong(graph, ref, bytes)
    if why then return ('%s: %s %q: %s'):format(seed.name, ref.kind, ref.text, why) end
  end
end

return finders
