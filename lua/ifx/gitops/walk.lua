-- walk.lua: from the entry points of a tree to what they render, and on from there. SPDX-License-Identifier: Apache-2.0
local clusters = require 'ifx.gitops.clusters'
local err = require 'err'
local find = require 'ifx.gitops.find'
local list = require 'ifx.list'
local node = require 'node'
local objects = require 'ifx.k8s.objects'
local path = require 'ifx.path'
local worlds = require 'ifx.gitops.world'

-- So often everything is looked at anew, until nothing changes any more.
local PASSES = 16

---@class ifx.gitops.Walk
---@field types table<string, { plugin: string, name: string, value: ifx.gitops.Type }>  by 'KIND.GROUP'
---@field around ifx.gitops.Surroundings
---@field candidates ifx.gitops.Object[]  of the files of the tree
---@field done table<string, table[]>     what was worked out, by definition
---@field overrides table<string, ifx.gitops.Object>  definitions that replace those of files, by id
---@field forced table<ifx.gitops.Object, true>  begun with although somebody renders them: a ring without a beginning

local walk = {}

local function types_of(registry)
  local out = {}
  for _, item in ipairs(registry:contributions 'entrypoints') do
    for kind in pairs(item.value.kinds) do out[kind] = out[kind] or item end
  end
  return out
end

local function name_of(object)
  local at = find.text_at
  return ('%s/%s/%s'):format(find.kind_of(object.node), at(object.node, 'metadata', 'namespace') or 'default',
    at(object.node, 'metadata', 'name') or '')
end

-- Where a definition stands; nil for one that is from no file.
local function place_of(object)
  return object.file and ('%s:%s:%d'):format(object.repository or '', object.file, object.line or 0) or nil
end

local function problem(kind, message, severity, object)
  return { kind = kind, message = message, severity = severity, file = object.file, line = object.line }
end

-- ---- one entry point ----

local function protected(f, ...)
  local ok, value, more = pcall(f, ...)
  if ok then return value, more end
  if err.is(value, 'cancelled') then error(value, 0) end
  return nil, nil, value
end

local function identity(object, item)
  local at, group = find.text_at, objects.split(find.text_at(object.node, 'apiVersion') or '')
  return {
    plugin = item.plugin, type = item.name, kind = at(object.node, 'kind'), group = group, object = object,
    namespace = at(object.node, 'metadata', 'namespace') or 'default', name = at(object.node, 'metadata', 'name') or '',
  }
end

-- The first thing that went wrong, where it went wrong.
local function failure(e, object, world)
  local found = { kind = 'failed', severity = 'error', message = not err.is(e) and tostring(e) or nil }
  while err.is(e) do
    found.message, found.hint = e.message or found.message, e.hint or found.hint
    if e.file then found.file, found.line, found.column = e.file, e.line, e.column end
    if e.missing then found.file, found.line, found.column = e.missing, nil, nil end
    e = e.cause
  end
  found.hint = found.file and world.untracked(found.file) or found.hint
  if not found.file then found.file, found.line = object.file, object.line end
  found.message = found.message or 'it cannot be rendered'
  return found
end

-- What the plugin makes of a definition: parameters and result, or what it raised.
local function work_out(item, object, world)
  local out = { objects = {}, warnings = {}, problems = {} }
  local parameters, why, e = protected(item.value.read, object, world)
  out.parameters, out.failed = parameters or { parameters = {} }, e
  if not parameters and not e then out.parameters.why = why or 'it is no entry point' end
  if parameters and not parameters.why then
    local entry = identity(object, item)
    for key, value in pairs(parameters) do entry[key] = value end
    local rendered, _, wrong = protected(item.value.render, entry, world)
    out.failed = wrong
    for key, value in pairs(rendered or {}) do out[key] = value end
    out.problems = list.append(list.append({}, parameters.problems or {}), out.problems)
  elseif out.parameters.why then
    local found = problem('not-checkable', out.parameters.why, 'error', object)
    found.line = world.line(object, table.unpack(out.parameters.why_at or {}))
    out.problems = list.append(list.append({}, out.parameters.problems or {}), { found })
  end
  if out.failed then table.insert(out.problems, failure(out.failed, object, world)) end
  return out
end

local function still_true(known, home)
  for _, question in ipairs(known.questions) do
    if question.ask(home) ~= question.answer then return false end
  end
  return true
end

---The same definition is worked out once, as long as what was asked about its cluster is answered as before.
---@return table
local function result_of(self, object, home)
  local item = self.types[find.kind_of(object.node)]
  local key = ('%s\0%s\0%s'):format(item.plugin, (object.repository or '') .. ':' .. (object.file or ''), node.print(object.node))
  self.done[key] = self.done[key] or {}
  for _, known in ipairs(self.done[key]) do
    if still_true(known, home) then return known end
  end
  local questions = {}
  local result = work_out(item, object, worlds.new(self.around, item.plugin, home, object.file, questions))
  result.questions, self.serial = questions, self.serial + 1
  result.serial = self.serial
  table.insert(self.done[key], result)
  return result
end

-- ---- from the roots down ----

local function is_entry(self, object) return self.types[find.kind_of(object.node) or ''] ~= nil end

local function make(self, object, home, id)
  local entry = identity(object, self.types[find.kind_of(object.node)])
  local result = result_of(self, object, home)
  for key, value in pairs(result.parameters) do entry[key] = value end
  entry.id, entry.home, entry.cluster = id, home, result.parameters.cluster and home .. '/' .. result.parameters.cluster or home
  entry.parents, entry.objects, entry.opaque, entry.failed = {}, result.objects, result.opaque, result.failed
  entry.warnings, entry.problems = list.append({}, result.warnings), list.append({}, result.problems)
  return entry, result.serial
end

local function has(items, wanted)
  for _, item in ipairs(items) do
    if item == wanted then return true end
  end
  return false
end

-- Somebody renders an entry point that is there already.
local function met_again(self, state, entry, item)
  if not has(entry.parents, item.parent) then table.insert(entry.parents, item.parent) end
  if entry.object.node:equal(item.object.node) then return end
  if state.from_file[entry.id] then
    self.overrides[entry.id] = item.object
    state.changed = true
  elseif not self.overrides[entry.id] then
    table.insert(entry.problems, problem('two-definitions', ('%s renders it otherwise'):format(item.parent), 'warning',
      item.object))
  end
end

local function visit(self, state, item, queue)
  local id = ('%s:%s'):format(item.home, name_of(item.object))
  if state.by_id[id] then
    if item.parent then met_again(self, state, state.by_id[id], item) end
    return
  end
  local entry, serial = make(self, self.overrides[id] or item.object, item.home, id)
  state.by_id[id], state.entries[#state.entries + 1] = entry, entry
  state.from_file[id], state.serials[#state.serials + 1] = not item.parent, id .. '\0' .. serial
  entry.parents[1] = item.parent
  for _, object in ipairs(entry.objects) do
    if is_entry(self, object) then
      local place = place_of(object)
      if place and place ~= place_of(item.object) then state.claimed[place] = true end
      queue[#queue + 1] = { object = object, home = entry.cluster, parent = id }
    end
  end
end

-- Everything that comes out of these, in the order in which it is met.
local function descend(self, queue)
  local state, at = { entries = {}, by_id = {}, from_file = {}, serials = {}, claimed = {}, changed = false }, 1
  while queue[at] do
    visit(self, state, queue[at], queue)
    at = at + 1
  end
  return state
end

local function pass(self, roots)
  local homes, queue = clusters.of(roots, name_of), {}
  for i, root in ipairs(roots) do queue[i] = { object = root, home = homes[root] } end
  return descend(self, queue)
end

-- What is in each cluster after a pass.
local function learn(self, state)
  local known = {}
  local function add(cluster, object, namespace)
    local kind, name = find.kind_of(object.node), find.text_at(object.node, 'metadata', 'name')
    if not kind or not name then return end
    known[cluster] = known[cluster] or {}
    known[cluster][kind] = known[cluster][kind] or {}
    known[cluster][kind][worlds.key(find.text_at(object.node, 'metadata', 'namespace') or namespace, name)] = object
  end
  for _, entry in ipairs(state.entries) do
    if state.from_file[entry.id] then add(entry.home, entry.object) end
  end
  for _, entry in ipairs(state.entries) do
    for _, object in ipairs(entry.objects) do add(entry.cluster, object, entry.default_namespace) end
  end
  self.around.known = known
end

-- ---- which of them nobody renders ----

-- Before anything is known: what comes out of those that stand nearest to the root of the tree, for they are most often
-- what everything begins with, then of those that are left.
local function claimed_at_first(self)
  local depths, claimed = {}, {}
  for _, candidate in ipairs(self.candidates) do depths[candidate] = #path.split(candidate.file) end
  local nearest = list.sorted(self.candidates, function(a, b)
    if depths[a] ~= depths[b] then return depths[a] < depths[b] end
    return place_of(a) < place_of(b)
  end)
  for i, candidate in ipairs(nearest) do
    if not claimed[place_of(candidate)] then
      local state = descend(self, { { object = candidate, home = '?' .. i } })
      for place in pairs(state.claimed) do claimed[place] = true end
    end
  end
  return claimed
end

local function roots_of(self, claimed)
  local out = {}
  for _, candidate in ipairs(self.candidates) do
    if self.forced[candidate] or not claimed[place_of(candidate)] then out[#out + 1] = candidate end
  end
  return out
end

-- Of a ring that nobody outside renders, the first is begun with.
local function force_unreached(self, roots, claimed)
  local begun = {}
  for _, root in ipairs(roots) do begun[root] = true end
  for _, candidate in ipairs(self.candidates) do
    if not begun[candidate] and not claimed[place_of(candidate)] then
      self.forced[candidate] = true
      return true
    end
  end
  return false
end

local function settle(self)
  local claimed, before, state = claimed_at_first(self), nil, nil
  for turn = 1, PASSES do
    local roots = roots_of(self, claimed)
    state = pass(self, roots)
    learn(self, state)
    claimed = state.claimed
    local forced = force_unreached(self, roots, claimed)
    local now = table.concat(state.serials, '\n')
    if not state.changed and not forced and #roots_of(self, claimed) == #roots and now == before then return state end
    before = now
    if turn == PASSES and state.entries[1] then
      table.insert(state.entries[1].problems, problem('unsettled',
        'what is rendered changes what renders it, again and again', 'error', state.entries[1].object))
    end
  end
  return state
end

-- Is it an entry point as the file has it, or a part or a patch of one?
local function is_candidate(self, object)
  local item = self.types[find.kind_of(object.node)]
  local parameters, _, failed = protected(item.value.read, object, worlds.new(self.around, item.plugin, '', object.file, {}))
  return parameters ~= nil or failed ~= nil
end

-- The definitions in files of the tree, then of its further parts.
local function declared_in(self)
  local out = find.run(self.around.context, self.types)
  for _, part in ipairs(self.around.parts) do
    for _, object in ipairs(find.run(part.context, self.types)) do
      object.repository = part.url
      out[#out + 1] = object
    end
  end
  return out
end

---@param tree ifx.repo.Tree
---@param repositories ifx.gitops.Repositories
---@param options ifx.gitops.Options
---@return ifx.gitops.Result
function walk.run(tree, repositories, options)
  local self = {
    types = types_of(options.registry), done = {}, overrides = {},
    around = worlds.open(tree, repositories, options.helm == true, options.parts or {}), forced = {}, serial = 0, candidates = {},
  }
  local partial = {}
  for _, object in ipairs(declared_in(self)) do
    table.insert(is_candidate(self, object) and self.candidates or partial, object)
  end
  local state = settle(self)
  require 'ifx.gitops.depends'.check(state.entries, state.by_id)
  local seen = {}
  for _, entry in ipairs(state.entries) do seen[entry.home], seen[entry.cluster] = true, true end
  return { entries = state.entries, by_id = state.by_id, clusters = list.keys(seen), repositories = repositories,
    partial = partial, context = self.around.context }
end

return walk
