-- search.lua: which plugins there are, and in which order. SPDX-License-Identifier: Apache-2.0
local dirs = require 'ifx.dirs'
local err = require 'err'
local fs = require 'fs'
local host = require 'host'
local ifx = require 'ifx'

local search = {}

---A plugin that was found, usable or not.
---@class ifx.plugin.Entry
---@field name string
---@field dir string
---@field source 'installed'|'user'|'repository'
---@field state 'ready'|'untrusted'|'broken'
---@field why string|nil       why it is not ready
---@field error any            what raised it, when it is broken
---@field manifest ifx.Manifest|nil
---@field snapshot ifx.trust.Snapshot|nil  of a repository's plugin: its files as they were hashed

---The folders that are searched, in their order.
---@param dir string|nil  the repository
---@return { source: string, path: string }[]
function search.roots(dir)
  local roots = {
    { source = 'installed', path = fs.join(host.dir, 'plugins') },
    { source = 'user', path = fs.join(dirs.config(), 'plugins') },
  }
  if dir then roots[3] = { source = 'repository', path = fs.join(dir, 'plugins') } end
  return roots
end

local function break_entry(entry, e)
  entry.state, entry.error = 'broken', e
  entry.why = err.is(e) and (e.message or tostring(e)) or tostring(e)
end

-- A link in plugins/ of a repository could name any folder of the machine.
local function check_inside(root, path)
  local real, inside = fs.realpath(path), fs.realpath(root)
  if not real or real:sub(1, #inside + 1) ~= inside .. '/' then
    err.raise { kind = 'trust', op = 'read ' .. path,
      message = path .. ' is a symbolic link that leads outside of the repository' }
  end
end

local function read_entry(entry, root)
  local ok, e = pcall(function()
    local manifest = require 'ifx.plugin.manifest'
    if entry.source ~= 'repository' then
      entry.manifest = manifest.find(entry.dir)
      return
    end
    check_inside(root, entry.dir)
    local trust = require 'ifx.plugin.trust'
    entry.manifest = manifest.find(entry.dir)
    entry.snapshot = trust.snapshot(entry.dir)
    local good, why = trust.check(entry.snapshot)
    if not good then entry.state, entry.why = 'untrusted', why end
  end)
  if not ok then
    if err.is(e, 'cancelled') then error(e, 0) end
    break_entry(entry, e)
  end
end

-- Is there a manifest? With a word: one that has such a key, for none can bring what its text does not name.
local function has_manifest(dir, word)
  local file = fs.join(dir, 'plugin.yaml')
  if not word then return fs.stat(file) ~= nil end
  local text = fs.try_read(file, { max = require 'ifx.plugin.manifest'.max_bytes })
  return text ~= nil and text:find(word, 1, true) ~= nil and text:find(word .. '["\']?%s*:') ~= nil
end

local GLOBALS = { list = ifx.list, null = host.null }

-- The manifest of a plugin of this program as it was checked when it was built (ifx.plugin.ahead); nil when there is none of
-- this text, false when it does not bring what the word says.
local function made_ahead(dir, word)
  local file = dir .. '/plugin.yaml'
  local chunk = host.chunk_ahead(file, GLOBALS, word)
  if not chunk then return chunk end
  local manifest = chunk()
  manifest.file, manifest.dir = file, dir
  return (not word or manifest.contributes[word] ~= nil) and manifest
end

local function entry_of(root, name, source, word)
  local dir, made = fs.join(root, name), nil
  if source == 'installed' then made = made_ahead(dir, word) end
  if made == false or not made and not has_manifest(dir, word) then return nil end
  local entry = { name = name, dir = dir, source = source, state = 'ready', manifest = made }
  if not made then read_entry(entry, root) end
  return entry
end

local function find_in(root, source, word)
  local entries = {}
  local stat = fs.stat(root)
  if not stat or stat.type ~= 'dir' then return entries end
  for _, item in ipairs(fs.list(root)) do entries[#entries + 1] = entry_of(root, item.name, source, word) end
  return entries
end

local function duplicate(first, second)
  return err.new { kind = 'config', op = 'find plugins',
    message = ('two plugins are named %s: %s and %s'):format(first.name, first.dir, second.dir),
    hint = 'rename or remove one of them' }
end

-- A stranger's repository must not be able to stop ifx by the name of a folder: there a duplicate is listed as
-- broken and never used. Everywhere else it is an error at once.
local function add(entries, by_name, entry)
  entries[#entries + 1] = entry
  local first = by_name[entry.name]
  if not first then
    by_name[entry.name] = entry
  elseif entry.source == 'repository' and entry.state ~= 'ready' then
    break_entry(entry, duplicate(first, entry))
  else
    error(duplicate(first, entry), 0)
  end
end

local function broken_requirement(entry, needed, by_name)
  local other = by_name[needed]
  local why = not other and 'which is not there'
    or other.state ~= 'ready' and ('which is %s: %s'):format(other.state, other.why)
  if not why then return nil end
  return err.new { kind = 'config', op = 'order plugins', file = entry.manifest.file,
    message = ('%s requires %s, %s'):format(entry.name, needed, why),
    hint = not other and ('install %s, or remove it from requires'):format(needed)
      or other.state == 'untrusted' and ('look at it, then: ifx trust %s'):format(other.dir) or nil }
end

local function cycle(stack, name)
  local members, from = {}, 1
  for i, member in ipairs(stack) do
    if member == name then from = i end
  end
  table.move(stack, from, #stack, 1, members)
  members[#members + 1] = name
  return members, err.new { kind = 'config', op = 'order plugins',
    message = 'plugins require each other in a circle: ' .. table.concat(members, ' -> '),
    hint = 'remove one of these from the requires of its plugin.yaml' }
end

-- Depth first: what is required stands before what requires it; otherwise the order of the search.
local function order(entries, by_name)
  local ordered, done, stack = {}, {}, {}
  local function visit(entry)
    if done[entry] or entry.state ~= 'ready' then return end
    if done[entry] == false then
      local members, e = cycle(stack, entry.name)
      for _, member in ipairs(members) do break_entry(by_name[member], e) end
      return
    end
    done[entry] = false
    stack[#stack + 1] = entry.name
    for _, needed in ipairs(entry.manifest.requires) do
      if by_name[needed] then visit(by_name[needed]) end
      local e = entry.state == 'ready' and broken_requirement(entry, needed, by_name)
      if e then break_entry(entry, e) end
    end
    stack[#stack] = nil
    done[entry] = true
    if entry.state == 'ready' then ordered[#ordered + 1] = entry end
  end
  for _, entry in ipairs(entries) do visit(entry) end
  return ordered
end

local function requires_others(entries, by_name)
  for _, entry in ipairs(entries) do
    for _, needed in ipairs(entry.manifest and entry.manifest.requires or {}) do
      if not by_name[needed] then return true end
    end
  end
  return false
end

---Everything that is found for a repository (or none): reads manifests, runs nothing.
---@param dir string|nil
---@param word string|nil  only plugins whose manifest has this key, unless one of them requires another
---@return ifx.plugin.Entry[] entries   in the order of the search
---@return table<string, ifx.plugin.Entry> by_name
---@return ifx.plugin.Entry[] ordered  those that are ready, each after what it requires
---Raises kind 'config' when two plugins that count have one name, naming both folders.
function search.run(dir, word)
  local entries, by_name, seen = {}, {}, {}
  for _, root in ipairs(search.roots(dir)) do
    local real = fs.realpath(root.path)
    if real and not seen[real] then -- a checkout of ifx itself is both installed and repository
      seen[real] = true
      for _, entry in ipairs(find_in(root.path, root.source, word)) do add(entries, by_name, entry) end
    end
  end
  if word and requires_others(entries, by_name) then return search.run(dir) end
  return entries, by_name, order(entries, by_name)
end

return search
