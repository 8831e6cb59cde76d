-- dangling.lua: objects that name others, which are not there any more. SPDX-License-Identifier: Apache-2.0

local common = require './hazards/common'
local fields = require './hazards/reference_fields'
local references = require './hazards/references'
local suggest = require 'ifx.suggest'

local M = {}

-- Kinds that controllers make of other objects.
local MADE = { Secret = true, ConfigMap = true }

-- ---- what there is ----

-- The names of objects by kind, in a cluster: each with the namespaces of those that are called so.
local function add_name(index, cluster, kind, name, namespace, value)
  local key = cluster .. ':' .. kind
  index[key] = index[key] or {}
  index[key][name] = index[key][name] or {}
  index[key][name][namespace] = value
end

-- The value of a name in that namespace; nothing says the namespace of some.
local function lookup(index, cluster, ref)
  local by_namespace = (index[cluster .. ':' .. ref.kind] or {})[ref.name]
  if not by_namespace then return nil end
  if not ref.namespace or ref.namespace == '' then return select(2, next(by_namespace)) end
  return by_namespace[ref.namespace] or by_namespace['']
end

local function gone_of(found)
  local gone = {}
  for _, change in ipairs(found.changes) do
    if change.before and not change.after and not change.uncertain then
      local owned = change.before
      add_name(gone, common.cluster_of(change, owned), common.kind_of(owned), owned.name, owned.namespace, change)
    end
  end
  return gone
end

-- The names of what is there after, of the kinds that are asked for.
local function there_of(found, wanted)
  local there = {}
  for _, item in ipairs(found.objects) do
    local owned = item.after
    local kind = owned and common.kind_of(owned)
    if kind and wanted(owned.cluster .. ':' .. kind, kind) then
      add_name(there, owned.cluster, kind, owned.name, owned.namespace, owned)
    end
  end
  return there
end

-- What controllers make of other objects.
local function made_of(found)
  local made = {}
  for _, item in ipairs(found.objects) do
    local owned = item.after
    if owned and owned.group ~= '' then
      for name in pairs(references.made(owned)) do
        add_name(made, owned.cluster, 'Secret', name, owned.namespace, owned)
        add_name(made, owned.cluster, 'ConfigMap', name, owned.namespace, owned)
      end
    end
  end
  return made
end

-- By cluster an entry point whose objects are not known: any, and one that is new or not what it was.
local function doubts_of(found)
  local any, new = {}, {}
  for _, unknown in ipairs(found.unknown) do
    local after, before = unknown.after, found.entry[unknown.id].before
    if after then
      any[after.cluster] = any[after.cluster] or after
      local is_as_before = unknown.same and before and before.object.node:equal(after.object.node)
      if not is_as_before then new[after.cluster] = new[after.cluster] or after end
    end
  end
  return any, new
end

-- ---- one reference ----

local WRITTEN = {}
for kind in pairs(fields.WRITTEN) do WRITTEN[('%s.%s'):format(kind, fields.GROUPS[kind])] = true end

local function name_of(ref) return ('%s %s'):format(ref.kind:match '^[^.]+', ref.name) end

local function unless(doubt)
  return doubt and (', unless %s %s/%s makes it, whose objects are not known'):format(doubt.kind, doubt.namespace, doubt.name)
    or ''
end

-- Words of names: a word more, a word less, or another word.
local function differs_by_word(a, b)
  local x, y = {}, {}
  for word in a:gmatch '[^-]+' do x[#x + 1] = word end
  for word in b:gmatch '[^-]+' do y[#y + 1] = word end
  if #x > #y then x, y = y, x end
  if #y - #x > 1 or #x == #y and #x < 2 then return false end
  local first, last = 0, 0
  while first < #x and x[first + 1] == y[first + 1] do first = first + 1 end
  while last < #x - first and x[#x - last] == y[#y - last] do last = last + 1 end
  return first + last >= (#x == #y and #x - 1 or #x)
end

local function nearest(ref, names)
  local sorted = list.keys(names)
  return suggest(ref.name, sorted) or list.find(sorted, function(name) return differs_by_word(ref.name, name) end)
end

local function dangling(item, ref, what, remedy, doubt)
  return common.hazard('kubernetes.dangling', doubt and 'low' or 'medium', item, item.after,
    ('%s names %s, %s%s'):format(ref.path, name_of(ref), what, unless(doubt)), remedy)
end

local function lost(self, item, ref)
  local cluster = item.after.cluster
  local change = lookup(self.gone, cluster, ref)
  if not change or lookup(self.there, cluster, ref) then return nil end
  if MADE[ref.kind] and lookup(self.made(), cluster, ref) then return nil end
  local new = self.renamed[change]
  local what = new and ('which is %s now'):format(common.called(new.after)) or 'which goes'
  return dangling(item, ref, what, new and ('name %s (kustomize follows a name only where its nameReference says so)'):format(
    common.called(new.after)) or 'take the reference away first, or keep what it names', not new and self.new_doubts[cluster]
      or nil)
end

local function had(self, item, ref)
  if not item.before then return false end
  return list.find(self.references(item.before), function(one) return one.kind == ref.kind and one.name == ref.name end) ~= nil
end

-- The name of an object of the tree that was meant, false where none is near; each is looked for once.
local function meant(self, cluster, ref)
  local key = ('%s:%s/%s/%s'):format(cluster, ref.kind, ref.namespace or '', ref.name)
  if self.meant[key] == nil then
    local names = {}
    for name, namespaces in pairs(self.there[cluster .. ':' .. ref.kind] or {}) do
      if not ref.namespace or namespaces[ref.namespace] or namespaces[''] then names[name] = true end
    end
    self.meant[key] = nearest(ref, names) or false
  end
  return self.meant[key]
end

local function misspelt(self, item, ref)
  local cluster = item.after.cluster
  if not self.changed[item.id] or not WRITTEN[ref.kind] or lookup(self.there, cluster, ref) then return nil end
  local near = meant(self, cluster, ref)
  if not near or had(self, item, ref) then return nil end
  return dangling(item, ref, ('which is not in the tree; %s is'):format(near), ('name %s, or add %s'):format(near, name_of(ref)),
    self.any_doubts[cluster])
end

-- ---- all of them ----

-- An entry point that cannot be rendered any more says so itself.
local function fails_now(found, id)
  local pair = found.entry[id]
  return pair ~= nil and pair.after ~= nil and pair.after.failed ~= nil and not (pair.before and pair.before.failed)
end

local function of_object(self, item, refs, out)
  local seen = {}
  for _, ref in ipairs(refs) do
    local key = ref.kind .. '/' .. ref.name
    local hazard = not seen[key] and (lost(self, item, ref) or misspelt(self, item, ref))
    if hazard then out[#out + 1], seen[key] = hazard, true end
  end
end

local function renamed_of(renames)
  local out = {}
  for _, pairs_of in ipairs { renames.namespaces, renames.names } do
    for _, pair in ipairs(pairs_of) do out[pair.before] = pair.after end
  end
  return out
end

local function once(f)
  local value
  return function()
    value = value or f()
    return value
  end
end

-- What references to these kinds are looked for: to what goes, and from what changes to what people write.
local function readers(gone)
  local kinds = {}
  for key in pairs(gone) do kinds[key:match '([^:.]+)[^:]*$'] = true end
  local of_gone = references.reader(function(kind) return kinds[kind] == true end)
  local of_all = references.reader(function(kind) return kinds[kind] or fields.WRITTEN[kind] == true end)
  return of_gone, of_all
end

---@param found ifx.gitops.Comparison
---@param renames { namespaces: kubernetes.Rename[], names: kubernetes.Rename[] }
---@param out ifx.gitops.Hazard[]
function M.find(found, renames, out)
  if #found.changes == 0 then return end
  local gone = gone_of(found)
  local of_gone, of_all = readers(gone)
  local self = { gone = gone, renamed = renamed_of(renames), changed = {}, meant = {}, references = of_all,
    made = once(function() return made_of(found) end) }
  for _, change in ipairs(found.changes) do self.changed[change.id] = change.after ~= nil end
  self.any_doubts, self.new_doubts = doubts_of(found)
  self.there = there_of(found, function(key, kind) return gone[key] ~= nil or WRITTEN[kind] end)
  for _, item in ipairs(found.objects) do
    local read = item.after and (self.changed[item.id] and of_all or next(gone) and of_gone)
    local refs = read and read(item.after) or {}
    if #refs > 0 and common.is_known(item.after) and not fails_now(found, item.id) then of_object(self, item, refs, out) end
  end
end

return M
