-- argocd.lua: what the application controller does for one Application, request by request. SPDX-License-Identifier: Apache-2.0
local git = dofile 'tests/sim/git.lua'
local list = require 'ifx.list'

local M = {}

local TRACKING = 'annotations/argocd.argoproj.io/tracking-id'
local OPTIONS = 'annotations/argocd.argoproj.io/sync-options'
local MANAGER = 'argocd-controller'
local RETRIES = 5 -- of an automated operation

-- Applications outside of the controller's own namespace carry theirs in the name.
local function instance(owner)
  local namespace, name = owner:match '^argocd:([^/]+)/(.+)$'
  return namespace == 'argocd' and name or namespace .. '_' .. name
end

local function tracking_id(owner, id)
  local kind, group, namespace, name = id:match '^([^./]+)%.?([^/]*)/([^/]*)/(.+)$'
  return ('%s:%s/%s:%s/%s'):format(instance(owner), group, kind, namespace, name)
end

-- The cascade asks for no more than the name in the mark; a prune wants a mark that was made for this object.
local function carries_name(owner, object)
  return (object.fields[TRACKING] or ''):match '^[^:]*' == instance(owner)
end

---Whether the object carries this Application's mark, made for it.
---@param owner string 'argocd:namespace/name'
---@param object sim.Object
---@return boolean
function M.owns(owner, object) return object.fields[TRACKING] == tracking_id(owner, object.id) end

---Whether a change of this object has the Application compared again.
---@param owner string
---@param object sim.Object|nil
---@return boolean
function M.watches(owner, object) return object ~= nil and carries_name(owner, object) end

local function has_option(fields, option)
  return (',' .. (fields[OPTIONS] or '') .. ','):gsub('%s', ''):find(',' .. option .. ',', 1, true) ~= nil
end

local function tracked(owner, path)
  local target = {}
  for _, id in ipairs(path.ids) do
    target[id] = { [TRACKING] = tracking_id(owner, id) }
    for name, value in pairs(path.objects[id]) do target[id][name] = value end
  end
  return target
end

-- What Git wants and what is live at this moment. A sync acts on it later, when it may be true no more.
local function compare(process, revision, path_name)
  local world, owner = process.world, process.owner
  local path = world:path(revision, path_name)
  if not path or path.fails then return { status = 'Unknown' } end
  local found = { revision = revision, target = tracked(owner, path), apply = {}, prune = {}, live = {} }
  for _, id in ipairs(path.ids) do
    if world.api:drifted(MANAGER, id, found.target[id]) then found.apply[#found.apply + 1] = id end
  end
  found.prune = world.api:select(function(object) return not found.target[object.id] and M.owns(owner, object) end)
  for _, id in ipairs(found.prune) do found.live[id] = world.api:get(id) end
  found.status = #found.apply + #found.prune > 0 and 'OutOfSync' or 'Synced'
  return found
end

local function set_status(process, status)
  local api = process.world.api
  process:call('status', process.id, api.set_status, api, process.id, status)
end

-- Time that passes between attempts to heal is not modelled: the same attempt is not made again while nothing changed.
local function attempt_of(process, found)
  local state = { found.revision }
  for _, id in ipairs(list.append(list.sorted(found.apply), found.prune)) do
    local live = process.world.api:get(id)
    state[#state + 1] = id .. '@' .. (live and live.version or 'none')
  end
  return table.concat(state, ' ')
end

local function operation(seen, found, only)
  return {
    revision = found.revision, path = seen.fields['spec/path'], only = only,
    prune = seen.fields['spec/prune'], automated = true, retries = 0,
  }
end

local function attempted(seen, found)
  local last = seen.status.last
  return last and last.revision == found.revision and last.path == seen.fields['spec/path'] and last
end

-- What automated sync would start now, and the attempt to heal that it is; nil when one of its conditions is not met.
local function automatic(process, seen, found)
  local fields, last = seen.fields, attempted(seen, found)
  if not fields['spec/automated'] or seen.status.operation or found.status ~= 'OutOfSync' then return nil end
  if not fields['spec/prune'] and #found.apply == 0 then return nil end
  if fields['spec/prune'] and not fields['spec/allowEmpty'] and not next(found.target) then return nil end
  if not last then return operation(seen, found) end
  local attempt = attempt_of(process, found)
  if not last.ok or not fields['spec/selfHeal'] or process.healed == attempt then return nil end
  return operation(seen, found, list.set(list.append(list.sorted(found.apply), found.prune))), attempt
end

local function start(api, id, new)
  local live = api:get(id)
  if live and not live.status.operation and not live.deleting then api:set_status(id, { operation = new }) end
end

---The body of a process: compares with Git, and starts an automated sync.
---@param process sim.Process
function M.refresh(process)
  local api, world, id = process.world.api, process.world, process.id
  local seen = process:call('read', id, api.get, api, id)
  if not seen or seen.deleting then return end
  process.seen = process:call('fetch', id, world.latest, world)
  local found = process:call('compare', id, compare, process, process.seen, seen.fields['spec/path'])
  set_status(process, { sync = found.status, compared = process.seen, observed = seen.generation })
  local new, attempt = automatic(process, seen, found)
  if new then process:call('start', id, start, api, id, new) end
  process.healed = attempt or process.healed -- not one that a failure or a restart kept from being made
end

local function prune_all(process, found, op)
  local api = process.world.api
  for _, id in ipairs(found.prune) do
    local live = found.live[id]
    local skipped = not op.prune or op.only and not op.only[id] or has_option(live.fields, 'Prune=false') or live.deleting
    if not skipped then process:call('delete', id, api.delete, api, id) end
  end
end

local function sync_all(process, found, op)
  local api = process.world.api
  prune_all(process, found, op)
  for _, id in ipairs(list.keys(found.target)) do
    if not op.only or op.only[id] then process:call('apply', id, api.apply, api, MANAGER, id, found.target[id]) end
  end
end

local function with(op, changes)
  for key, value in pairs(op) do
    if changes[key] == nil then changes[key] = value end
  end
  return changes
end

-- A failure is retried at the same revision; when there were too many, that revision is not synced by itself again.
local function done(process, op, ok)
  if not ok and op.automated and op.retries < RETRIES then
    return set_status(process, { operation = with(op, { retries = op.retries + 1 }) })
  end
  set_status(process, { operation = process.world.api.NONE, last = { revision = op.revision, path = op.path, ok = ok } })
  process.refresher.due = true
end

local function sync(process, op)
  local world, id = process.world, process.id
  op = with(op, { revision = op.revision or process:call('fetch', id, world.latest, world) })
  local found = process:call('compare', id, compare, process, op.revision, op.path)
  local ok = found.status ~= 'Unknown' and process.try(sync_all, process, found, op)
  done(process, op, ok)
end

local function cascades(api, owner, own_id)
  local ids = api:select(function(object)
    return carries_name(owner, object) and object.id ~= own_id and not has_option(object.fields, 'Delete=false')
      and object.id:find('CustomResourceDefinition.', 1, true) ~= 1
  end)
  return ids, list.find(ids, function(id) return api:get(id).deleting end)
end

local function cascade(process)
  local api, id = process.world.api, process.id
  local ids, terminating = process:call('list', id, cascades, api, process.owner, id)
  if terminating then return process:wait() end
  for _, each in ipairs(ids) do process:call('delete', each, api.delete, api, each) end
  if #process:call('list', id, cascades, api, process.owner, id) > 0 then return process:wait() end
  process:call('finalize', id, api.patch, api, MANAGER, id, { [git.CASCADE] = api.NONE })
end

---The body of a process: carries out the operation that was started, or the deletion.
---@param process sim.Process
function M.operate(process)
  local api, id = process.world.api, process.id
  local seen = process:call('read', id, api.get, api, id)
  if not seen then return end
  if seen.status.operation then
    sync(process, seen.status.operation)
  elseif seen.deleting and seen.fields[git.CASCADE] then
    cascade(process)
  end
end

---Whether Git has a revision that the Application was not compared with.
---@param process sim.Process
---@return boolean
function M.is_behind(process)
  local live = process.world.api:get(process.id)
  return live ~= nil and not live.deleting and process.seen ~= process.world:latest()
end

---Whether there is an operation or a deletion to carry out.
---@param process sim.Process
---@return boolean
function M.has_operation(process)
  local live = process.world.api:get(process.id)
  if not live or process.waiting then return false end
  return live.status.operation ~= nil or (live.deleting and live.fields[git.CASCADE]) == true
end

return M
