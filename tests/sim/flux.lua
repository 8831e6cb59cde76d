-- flux.lua: what kustomize-controller does for one Kustomization, request by request. SPDX-License-Identifier: Apache-2.0
local git = dofile 'tests/sim/git.lua'
local list = require 'ifx.list'

local M = {}

local GROUP = 'kustomize.toolkit.fluxcd.io/'
local NAME, NAMESPACE = 'labels/' .. GROUP .. 'name', 'labels/' .. GROUP .. 'namespace'
local FINALIZER = 'finalizers/finalizers.fluxcd.io'
local MANAGER, OWN_MANAGER = 'kustomize-controller', 'gotk-kustomize-controller' -- of what it applies; of finalizer and status

---The Kustomization that an object's labels name.
---@param object sim.Object
---@return string|nil name 'flux:namespace/name'
function M.owner(object)
  local name = object.fields[NAME]
  return name and ('flux:%s/%s'):format(object.fields[NAMESPACE], name) or nil
end

local function excluded(api, fields, keys)
  for key, value in pairs(keys) do
    if api.marked(fields, GROUP .. key, value) then return true end
  end
  return false
end

local NOT_APPLIED = { reconcile = 'disabled', ssa = 'Ignore' }
local NOT_PRUNED = { prune = 'disabled', reconcile = 'disabled', ssa = 'Ignore' }

local function owned(process, fields)
  local new = {}
  for name, value in pairs(fields) do new[name] = value end
  new[NAMESPACE], new[NAME] = process.owner:match '^flux:([^/]+)/(.+)$'
  return new
end

-- What `kubectl` set becomes the controller's own, and so goes with the next apply unless Git has it.
local function plan_one(process, id, fields)
  local api = process.world.api
  local live = api:get(id)
  local kept = live and live.fields or {}
  if excluded(api, fields, NOT_APPLIED) or excluded(api, kept, NOT_APPLIED) then return false end
  if live and api.marked(fields, GROUP .. 'ssa', 'IfNotPresent') then return false end
  local merged = api.marked(fields, GROUP .. 'ssa', 'Merge') or api.marked(kept, GROUP .. 'ssa', 'Merge')
  local drifted = api:drifted(MANAGER, id, fields)
  return not merged and api:fold(id, 'kubectl', MANAGER) or drifted
end

-- All dry runs come before the first apply.
local function apply_all(process, path)
  local api, wanted = process.world.api, {}
  for _, id in ipairs(path.ids) do
    local fields = owned(process, path.objects[id])
    wanted[id] = process:call('plan', id, plan_one, process, id, fields) and fields or nil
  end
  for _, id in ipairs(path.ids) do
    if wanted[id] then process:call('apply', id, api.apply, api, MANAGER, id, wanted[id]) end
  end
end

-- The labels are read, and then the object is deleted, whatever has become of it in between.
local function delete_one(process, id)
  local api = process.world.api
  local live = process:call('read', id, api.get, api, id)
  if not live or M.owner(live) ~= process.owner or excluded(api, live.fields, NOT_PRUNED) then return end
  process:call('delete', id, api.delete, api, id)
end

local function delete_all(process, ids)
  local survivors = {}
  for at = #ids, 1, -1 do
    if not process.try(delete_one, process, ids[at]) then survivors[#survivors + 1] = ids[at] end
  end
  return survivors
end

local function stale(old, new)
  local kept = list.set(new)
  return list.filter(old or {}, function(id) return not kept[id] end)
end

local function equal(old, new)
  return old and table.concat(old, ' ') == table.concat(new, ' ') and old or new
end

local function deletes_with_it(seen)
  local policy = seen.fields['spec/deletionPolicy'] or 'MirrorPrune'
  if seen.fields['spec/suspend'] or policy == 'Orphan' then return false end
  return policy ~= 'MirrorPrune' or seen.fields['spec/prune']
end

local function finalize(process, seen)
  local api = process.world.api
  local survivors = deletes_with_it(seen) and delete_all(process, seen.status.inventory or {}) or {}
  if #survivors > 0 then process.due = true return end
  process:call('finalize', process.id, api.patch, api, OWN_MANAGER, process.id, { [FINALIZER] = api.NONE })
end

local function up_to_date(world, seen, revision, dependency)
  local live = world.api:get(git.id('flux:' .. dependency))
  if not live or not live.status.ready or live.status.observed ~= live.generation then return false end
  local same_source = live.fields['spec/source'] == seen.fields['spec/source']
  return not same_source or live.status.applied == revision
end

local function dependencies_ready(process, seen, revision)
  local own_namespace = process.owner:match '^flux:([^/]+)'
  for dependency in (seen.fields['spec/dependsOn'] or ''):gmatch '%S+' do
    if not dependency:find '/' then dependency = own_namespace .. '/' .. dependency end
    if not process:call('depends', process.id, up_to_date, process.world, seen, revision, dependency) then return false end
  end
  return true
end

local function healthy(world, own_id, ids)
  for _, id in ipairs(ids) do
    local live = world.api:get(id)
    local entry = git.entry_name(id)
    if not live or live.fields['spec/healthy'] == false then return false end
    local current = live.status.ready and live.status.observed == live.generation
    if entry and entry:find '^flux:' and id ~= own_id and not current then return false end
  end
  return true
end

local function set_status(process, status)
  local api = process.world.api
  process:call('status', process.id, api.set_status, api, process.id, status)
end

local function finish(process, seen, status, ids)
  if seen.fields['spec/wait'] and not process:call('health', process.id, healthy, process.world, process.id, ids) then
    set_status(process, status)
    return process:wait()
  end
  status.ready, status.applied, status.observed = true, status.attempted, seen.generation
  set_status(process, status)
end

-- The inventory is written at the end: what stops before leaves the old one, and what was not deleted stays in it.
local function reconcile(process, seen, revision, path)
  apply_all(process, path)
  local survivors = {}
  if seen.fields['spec/prune'] then survivors = delete_all(process, stale(seen.status.inventory, path.ids)) end
  local inventory = list.sorted(list.append(list.map(path.ids, function(id) return id end), survivors))
  local status = { inventory = equal(seen.status.inventory, inventory), attempted = revision, ready = false }
  if #survivors == 0 then return finish(process, seen, status, path.ids) end
  set_status(process, status)
  process.due = true
end

local function begin(process, seen)
  local world = process.world
  local revision = process:call('source', process.id, world.artifact, world, seen.fields['spec/source'])
  if not revision or not dependencies_ready(process, seen, revision) then
    set_status(process, { ready = false })
    return process:wait()
  end
  set_status(process, { ready = false })
  local path = world:path(revision, seen.fields['spec/path'])
  if not path or path.fails then return process:wait() end
  reconcile(process, seen, revision, path)
end

---The body of a process: one reconciliation.
---@param process sim.Process
function M.body(process)
  local api, id = process.world.api, process.id
  local seen = process:call('read', id, api.get, api, id)
  if not seen then return end
  if seen.deleting then return finalize(process, seen) end
  if not seen.fields[FINALIZER] then
    process.due = true
    process:call('adopt', id, api.patch, api, OWN_MANAGER, id, { [FINALIZER] = true })
  elseif not seen.fields['spec/suspend'] then
    begin(process, seen)
  elseif seen.status.ready then
    set_status(process, { observed = seen.generation })
  end
end

return M
