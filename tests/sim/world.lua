-- world.lua: a cluster, its Git and both controllers, with every request an own step. SPDX-License-Identifier: Apache-2.0
local Api = dofile 'tests/sim/api.lua'
local Process = dofile 'tests/sim/process.lua'
local argocd = dofile 'tests/sim/argocd.lua'
local err = require 'err'
local flux = dofile 'tests/sim/flux.lua'
local git = dofile 'tests/sim/git.lua'
local list = require 'ifx.list'

---@class sim.Faults probabilities, each from 0 to below 1
---@field request number|nil any request fails, before it had its effect or after
---@field fetch number|nil in place of `request`, for what asks Git (the fetch is late)
---@field apply number|nil likewise
---@field delete number|nil likewise
---@field restart number|nil at each step: a controller loses what it had in memory
---@field interval number|nil at each step: the interval of one worker has passed

---@class sim.World
---@field api table
---@field log sim.Entry[] every request, and every object created, changed, deleted and gone
---@field seed integer
local World = {}
World.__index = World

local sim = { NONE = Api.NONE }

local function refuse(message) err.raise { kind = 'argument', op = 'simulate', message = message } end

---A world with nothing in it. The same seed and the same calls make the same log.
---@param opts { seed: integer, faults: sim.Faults|nil }
---@return sim.World
function sim.new(opts)
  local api = Api.new()
  local world = setmetatable({
    api = api, log = api.log, seed = opts.seed, faults = opts.faults or {}, steps = 0,
    state = opts.seed * 2 + 1, revisions = {}, fetched = {}, processes = {}, by_name = {},
  }, World)
  api.on_change = function(old, new) world:changed(old, new) end
  world:add {
    name = 'finalizers', owner = 'finalizers', controller = 'others', body = World.finish_one, has_work = World.terminating,
  }
  return world
end

---A number from 0 to below 1 (a linear congruential generator, whose upper bits are used).
---@return number
function World:random()
  self.state = self.state * 6364136223846793005 + 1442695040888963407
  return (self.state >> 11) * 0x1p-53
end

---@param from any[]
---@return any
function World:pick(from) return from[1 + math.floor(self:random() * #from)] end

function World:add(of)
  local known = self.by_name[of.name]
  if known then return known end
  of.world = self
  local process = Process.new(of)
  self.by_name[of.name] = process
  self.processes[#self.processes + 1] = process
  return process
end

-- Git and what is fetched of it -----------------------------------------------

---The newest revision: a number, nil before the first.
---@return integer|nil
function World:latest() return #self.revisions > 0 and #self.revisions or nil end

---The revision of a source that Flux has fetched.
---@param source string
---@return integer|nil
function World:artifact(source) return self.fetched[source] end

---What a path renders at a revision.
---@param revision integer|nil
---@param path string
---@return { objects: table<string, table>, ids: string[], fails: boolean|nil }|nil
function World:path(revision, path) return revision and self.revisions[revision].paths[path] end

local function fetch(process)
  local world, source = process.world, process.source
  local revision = process:call('fetch', source, world.latest, world)
  if revision == world.fetched[source] then return end
  world.fetched[source] = revision
  for _, each in ipairs(world.processes) do
    local live = each.controller == 'flux' and world.api:get(each.id)
    if live and live.fields['spec/source'] == source then each.due = true end
  end
end

local function is_behind(process) return process.world.fetched[process.source] ~= process.world:latest() end

function World:add_source(source)
  local name = 'source:' .. source
  self:add { name = name, owner = name, controller = 'source', source = source, body = fetch, has_work = is_behind }
end

---A new revision. What has no parent a person applies at once; what renders itself too, as long as it is not there.
---Nothing is deleted from the cluster by this: see World:delete.
---@param state { entries: sim.State.Entry[] }
---@return integer revision
function World:push(state)
  local revision = git.revision(state)
  self.revisions[#self.revisions + 1] = revision
  self.api:note('push', tostring(#self.revisions))
  for _, root in ipairs(revision.roots) do
    if not (root.own and self.api:get(root.id)) then self:apply(root.id, root.fields, 'kubectl') end
  end
  return #self.revisions
end

-- What the controllers watch ---------------------------------------------------

local function add_worker(world, name, object)
  local kind, id = name:match '^%a+', object.id
  if kind == 'flux' then
    world:add_source(object.fields['spec/source'])
    return world:add { name = name, owner = name, controller = kind, id = id, body = flux.body }
  end
  local refresher = world:add {
    name = name, owner = name, controller = kind, id = id, body = argocd.refresh, has_work = argocd.is_behind,
  }
  world:add {
    name = name .. ' operation', owner = name, controller = kind, id = id,
    refresher = refresher, body = argocd.operate, has_work = argocd.has_operation,
  }
  return refresher
end

function World:changed(old, new)
  local name = git.entry_name((new or old).id)
  if name and new and (not old or old.generation ~= new.generation) then add_worker(self, name, new).due = true end
  for _, process in ipairs(self.processes) do
    local watches = process.body == argocd.refresh and (argocd.watches(process.owner, old) or argocd.watches(process.owner, new))
    if watches then process.due = true end
  end
end

-- Whatever else has put a finalizer on an object takes it away some time after the deletion.
local function foreign(object)
  for _, name in ipairs(object.deleting and list.keys(object.fields) or {}) do
    if name:find('finalizers/', 1, true) == 1 and not git.entry_name(object.id) then return name end
  end
end

function World.terminating(process)
  local api = process.world.api
  return next(api.deleting) ~= nil and #api:select(foreign) > 0
end

function World.finish_one(process)
  local api = process.world.api
  local id = process.world:pick(api:select(foreign))
  local name = id and foreign(api:get(id)) -- none left: the request that failed had done its work
  if name then process:call('finalize', id, api.patch, api, 'others', id, { [name] = api.NONE }) end
end

-- The scheduler ----------------------------------------------------------------

local function fault_of(world, did)
  local chance = world.faults[did] or world.faults.request
  if not chance or world:random() >= chance then return nil end
  return world:random() < 0.5 and 'before' or 'after'
end

local function disturb(world)
  local faults = world.faults
  if faults.restart and world:random() < faults.restart then world:restart(world:pick { 'flux', 'argocd' }) end
  if faults.interval and world:random() < faults.interval then world:reconcile(world:pick(world.processes).name) end
end

local function step(world, process)
  world.steps = world.steps + 1
  world.api.step, world.api.by = world.steps, process.name
  process:step(function(did) return fault_of(world, did) end)
  world.api.by = 'person'
  disturb(world)
end

local function runnable(world, owner)
  local found = {}
  for _, process in ipairs(world.processes) do
    if (not owner or process.owner == owner) and process:can_run() then found[#found + 1] = process end
  end
  return found
end

-- The processes of each owner in turn, one step each, until none has anything to do.
local function run_in_turn(world, owners, last_step)
  local moved
  repeat
    moved = false
    for _, owner in ipairs(owners) do
      local process = runnable(world, owner)[1]
      if process and world.steps < last_step then
        step(world, process)
        moved = true
      end
    end
  until not moved
end

-- Who is named may be in Git alone yet, and come into being while the others work.
local function owners_of(world, item)
  local owners = type(item) == 'table' and item or { item }
  local newest = world.revisions[#world.revisions]
  for _, owner in ipairs(owners) do
    local known = world.by_name[owner] or newest and newest.entries[owner]
    if not known then refuse(('nothing in this world is called "%s"'):format(owner)) end
  end
  return owners
end

---Lets the controllers work: first what `order` names, each until it has nothing to do (a list within it: in turn, one
---step each), then whatever can, picked by chance, until nothing has anything to do or max_steps are done.
---@param opts { order: (string|string[])[]|nil, only_order: boolean|nil, max_steps: integer|nil, faults: sim.Faults|nil }|nil
---@return boolean idle
---@return integer steps
function World:run(opts)
  opts = opts or {}
  local first, faults = self.steps, self.faults
  local last = first + (opts.max_steps or 20000)
  self.faults = opts.faults or faults
  for _, item in ipairs(opts.order or {}) do run_in_turn(self, owners_of(self, item), last) end
  local ready = opts.only_order and {} or runnable(self)
  while #ready > 0 and self.steps < last do
    step(self, self:pick(ready))
    ready = runnable(self)
  end
  self.faults = faults
  return #runnable(self) == 0, self.steps - first
end

---Restarts 'flux' or 'argocd': nothing in memory is left, everything is looked at again.
---@param controller string
function World:restart(controller)
  self.api:note('restart', controller)
  for _, process in ipairs(self.processes) do
    if process.controller == controller then process:restart() end
  end
end

-- What a person does -----------------------------------------------------------

---Server-side apply with force. Fields are flat: 'annotations/K', 'labels/K', 'spec/K'.
---@param id string
---@param fields table<string, any>
---@param manager string|nil (default: 'person')
function World:apply(id, fields, manager) self.api:apply(manager or 'person', id, fields) end

---A merge patch; sim.NONE takes a field away.
---@param id string
---@param fields table<string, any>
---@param manager string|nil (default: 'kubectl-patch', whose fields Flux takes back)
function World:patch(id, fields, manager)
  if not self.api:patch(manager or 'kubectl-patch', id, fields) then refuse(('there is no object "%s"'):format(id)) end
end

---kubectl annotate. value sim.NONE: takes it away.
---@param id string
---@param key string
---@param value string|table
function World:annotate(id, key, value) self:patch(id, { ['annotations/' .. key] = value }, 'kubectl-annotate') end

---flux suspend kustomization, resume: by the field manager "flux".
---@param name string 'flux:namespace/name'
function World:suspend(name) self:patch(git.id(name), { ['spec/suspend'] = true }, 'flux') end

---@param name string
function World:resume(name) self:patch(git.id(name), { ['spec/suspend'] = Api.NONE }, 'flux') end

---kubectl delete.
---@param id_or_name string an id, 'flux:namespace/name' or 'argocd:namespace/name'
function World:delete(id_or_name)
  local id = id_or_name:find('^%a+:') and git.id(id_or_name) or id_or_name
  if not self.api:delete(id) then refuse(('there is no object "%s"'):format(id)) end
end

---flux reconcile, or a refresh of an Application; without a name: every interval has passed.
---@param name string|nil
function World:reconcile(name)
  for _, process in ipairs(self.processes) do
    if process.controller ~= 'others' and (not name or process.name == name) then process.due = true end
  end
end

---argocd app sync: of the newest revision, also where nothing is automated.
---@param name string 'argocd:namespace/name'
---@param opts { prune: boolean|nil }|nil
function World:sync(name, opts)
  local live = self.api:get(git.id(name)) or refuse(('there is no "%s"'):format(name))
  if live.status.operation then refuse(('another operation of "%s" is in progress'):format(name)) end
  self.api:set_status(live.id, {
    operation = { path = live.fields['spec/path'], prune = opts and opts.prune, retries = 0 },
  })
end

-- What a person sees -----------------------------------------------------------

local function nested(object, place)
  local found = {}
  for name, value in pairs(object.fields) do
    local key = name:match('^' .. place .. '/(.+)$')
    if key then found[key] = value end
  end
  return found
end

---The object as it is now; nil: there is none.
---@param id string
---@return { uid: string, version: integer, generation: integer, deleting: boolean, labels: table, annotations: table,
---  finalizers: table, spec: table, managers: table, status: table, owner: string|nil }|nil
function World:live(id)
  local object = self.api:get(id)
  if not object then return nil end
  local view = { deleting = object.deleting or false, owner = self:owner(id) }
  for _, field in ipairs { 'uid', 'version', 'generation', 'managers', 'status' } do view[field] = object[field] end
  for _, place in ipairs { 'labels', 'annotations', 'finalizers', 'spec' } do view[place] = nested(object, place) end
  return view
end

---Who the object's mark names: the labels of Flux, or else the tracking id of Argo CD.
---@param id string
---@return string|nil name
function World:owner(id)
  local object = self.api:get(id)
  if not object then return nil end
  local by_label = flux.owner(object)
  if by_label then return by_label end
  local process = list.find(self.processes, function(each)
    return each.controller == 'argocd' and argocd.owns(each.owner, object)
  end)
  return process and process.owner
end

---The status of a Kustomization (inventory, ready, applied, observed) or an Application (sync, compared, operation, last).
---@param name string
---@return table status empty when there is no such object
function World:status(name)
  local object = self.api:get(git.id(name))
  return object and object.status or {}
end

---Whether it has made the newest revision real, and its own newest spec.
---@param name string
---@return boolean
function World:ready(name)
  local object = self.api:get(git.id(name))
  local status = object and object.status or {}
  if not object or object.deleting or status.observed ~= object.generation then return false end
  if name:find '^flux:' then return status.ready == true and status.applied == self:latest() end
  return status.sync == 'Synced' and status.compared == self:latest() and not status.operation
end

---The deletions so far: DELETEs that the server accepted.
---@param id string|nil of this object alone
---@return sim.Entry[]
function World:deletions(id)
  return list.filter(self.log, function(entry) return entry.did == 'deleted' and (not id or entry.id == id) end)
end

return sim
