-- handover.lua: which files, with which objects, change hands between entry points. SPDX-License-Identifier: Apache-2.0
local k8s = require 'ifx.k8s.objects'
local list = require 'ifx.list'

local M = {}

---What applies files: `id` is the same before and after, `files` the set of what it applies.
---@class ifx.layout.Owner
---@field id string
---@field files table<string, true>
---@field opaque? boolean  what it makes of its files is not known file by file: none is idle

---What one owner loses, or what nobody applied before.
---@class ifx.layout.Handover
---@field owner? ifx.layout.Owner
---@field files string[]     paths before (losses) or after (gains), sorted
---@field objects integer    objects in them
---@field data string[]      those whose deletion takes data with it: 'PersistentVolumeClaim NAMESPACE/NAME', sorted

local function sorted(set)
  local out = {}
  for name in pairs(set) do out[#out + 1] = name end
  table.sort(out)
  return out
end

local function describe(owner, set, objects_of)
  local out = { owner = owner, files = {}, objects = 0, data = {} }
  for _, file in ipairs(sorted(set)) do
    out.files[#out.files + 1] = file
    for _, object in ipairs(objects_of(file)) do
      if object.name then
        out.objects = out.objects + 1
        if k8s.precious[object.kind] then
          local namespace = object.namespace and object.namespace .. '/' or ''
          out.data[#out.data + 1] = ('%s %s%s'):format(object.kind, namespace, object.name)
        end
      end
    end
  end
  table.sort(out.data)
  return out
end

local function add_ids(ids, objects)
  for _, object in ipairs(objects) do
    if object.name then ids[k8s.id(object)] = true end
  end
end

-- The objects of a file that documents were taken out of, without those that are still among what is applied.
local function taken_out(facts, file, still)
  local ids = {}
  for _, made in ipairs(facts.parts[file]) do
    if still[made] then add_ids(ids, facts.objects_after(made)) end
  end
  return list.filter(facts.objects(file), function(object) return object.name and not ids[k8s.id(object)] end)
end

local function by_id(owners)
  local out = {}
  for _, owner in ipairs(owners) do out[owner.id] = owner end
  return out
end

-- A list that goes, with nothing in it that anybody could miss.
local function is_idle(facts, file)
  if facts.exists_after(facts.moved(file) or file) then return false end
  for _, object in ipairs(facts.objects(file)) do
    if object.name then return false end
  end
  return true
end

-- So many files are asked for at once.
local WINDOW = 1000

-- Read the objects of what owners do not apply any more: whether it is missed, and what it holds, is asked of each.
local function read_lost(facts, before, later)
  local set = {}
  for _, owner in ipairs(before) do
    local still = later[owner.id] and later[owner.id].files or {}
    for file in pairs(owner.files) do set[file] = set[file] or not still[facts.moved(file) or file] or nil end
  end
  local files = sorted(set)
  for from = 1, #files, WINDOW do
    local window = table.move(files, from, math.min(from + WINDOW - 1, #files), 1, {})
    facts.expect(window)
    for _, file in ipairs(window) do facts.objects(file) end
  end
end

---What each owner applies today and will not apply afterwards, in the order of the owners; those that lose nothing
---are left out. None where the facts say that only gains count.
---@param facts ifx.layout.Facts
---@param before ifx.layout.Owner[]
---@param after ifx.layout.Owner[]
---@return ifx.layout.Handover[]
function M.losses(facts, before, after)
  if facts.gains_only then return {} end
  local out, later = {}, by_id(after)
  read_lost(facts, before, later)
  for _, owner in ipairs(before) do
    local lost, still, some = {}, later[owner.id] and later[owner.id].files or {}, {}
    for file in pairs(owner.files) do
      if facts.parts[file] then
        some[file] = taken_out(facts, file, still)
        lost[file] = #some[file] > 0 or nil
      elseif not still[facts.moved(file) or file] and (owner.opaque or not is_idle(facts, file)) then
        lost[file] = true
      end
    end
    local loss = describe(owner, lost, function(file) return some[file] or facts.objects(file) end)
    if #loss.files > 0 then out[#out + 1] = loss end
  end
  return out
end

-- Is this file made of documents that nobody applies today?
local function idle_source(facts, file, known)
  for _, source in ipairs(facts.sources[file] or {}) do
    if not known[facts.moved(source) or source] then return true end
  end
  return false
end

---What no owner applies today and some owner will; nil when there is no such object.
---@param facts ifx.layout.Facts
---@param before ifx.layout.Owner[]
---@param after ifx.layout.Owner[]
---@return ifx.layout.Handover?
function M.gains(facts, before, after)
  local known, gained = {}, {}
  for _, owner in ipairs(before) do
    for file in pairs(owner.files) do known[facts.moved(file) or file] = true end
  end
  for _, owner in ipairs(after) do
    for file in pairs(owner.files) do
      -- A file that the restructure makes is no object that somebody left unapplied, unless it is made of what was there.
      if not known[file] and (facts.exists(file) or facts.origin(file) or idle_source(facts, file, known)) then
        gained[file] = true
      end
    end
  end
  local gain = describe(nil, gained, facts.objects_after)
  return gain.objects > 0 and gain or nil
end

---A loss in words: '2 files with 8 objects (PersistentVolumeClaim x/y)'.
---@param change ifx.layout.Handover
---@return string
function M.words(change)
  local function number(n, word) return ('%d %s%s'):format(n, word, n == 1 and '' or 's') end
  local text = ('%s with %s'):format(number(#change.files, 'file'), number(change.objects, 'object'))
  if #change.data == 0 then return text end
  local shown = table.concat(change.data, ', ', 1, math.min(10, #change.data))
  return ('%s (%s%s)'):format(text, shown, #change.data > 10 and (' and %d more'):format(#change.data - 10) or '')
end

return M
