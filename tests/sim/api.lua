-- api.lua: an API server that knows who manages which field, and logs what happens. SPDX-License-Identifier: Apache-2.0
---An object as it was read: never written to again, so that what a controller read stays what it read.
---@class sim.Object
---@field id string Kind.group/namespace/name
---@field uid string
---@field version integer of the whole server, at its last change
---@field generation integer
---@field fields table<string, any> flat: 'labels/K', 'annotations/K', 'finalizers/K', 'spec/K'
---@field managers table<string, table<string, boolean>> the fields that each manager has set
---@field status table
---@field deleting boolean|nil

---@class sim.Entry
---@field step integer number of the scheduler's step
---@field by string a process, or 'person'
---@field did string a request as 'read', 'apply', 'delete', or what came of it: 'created', 'changed', 'deleted', 'gone'
---@field id string
---@field uid string|nil

local Api = {}
Api.__index = Api

---For Api:patch: the field goes.
Api.NONE = setmetatable({}, { __tostring = function() return 'NONE' end })

---@return table api
function Api.new()
  return setmetatable({
    objects = {}, deleting = {}, log = {}, version = 0, uids = 0, step = 0, by = 'person', on_change = function() end,
  }, Api)
end

---Adds a line to the log.
---@param did string
---@param id string
---@param uid string|nil
function Api:note(did, id, uid)
  self.log[#self.log + 1] = { step = self.step, by = self.by, did = did, id = id, uid = uid }
end

---@param id string
---@return sim.Object|nil
function Api:get(id) return self.objects[id] end

local function copy(of)
  local new = {}
  for key, value in pairs(of) do new[key] = value end
  return new
end

-- A copy to write to, for one manager: the sets of the others are shared until they change.
local function draft(old, manager)
  local new = copy(old)
  new.fields, new.managers = copy(old.fields), copy(old.managers)
  new.managers[manager] = copy(old.managers[manager] or {})
  return new
end

local function blank(self, id)
  self.uids = self.uids + 1
  return { id = id, uid = ('uid-%d'):format(self.uids), generation = 1, fields = {}, managers = {}, status = {} }
end

local function has_finalizers(object)
  for name in pairs(object.fields) do
    if name:find('finalizers/', 1, true) == 1 then return true end
  end
  return false
end

local function store(self, old, new, did)
  self.version = self.version + 1
  new.version = self.version
  local gone = new.deleting and not has_finalizers(new)
  self.objects[new.id] = not gone and new or nil
  self.deleting[new.id] = not gone and new.deleting or nil
  self:note(gone and 'gone' or did, new.id, new.uid)
  self.on_change(old, not gone and new or nil)
  return new
end

---One field set by one manager; who had set it to something else manages it no more.
local function set_field(new, manager, name, value)
  local differs = new.fields[name] ~= value
  local added = not new.managers[manager][name]
  for other, set in pairs(differs and new.managers or {}) do
    if set[name] and other ~= manager then
      new.managers[other] = copy(set)
      new.managers[other][name] = nil
    end
  end
  new.fields[name] = value
  new.managers[manager][name] = true
  return differs, added
end

local function managed(object, name)
  for _, set in pairs(object.managers) do
    if set[name] then return true end
  end
  return false
end

---What the manager set before and does not set now; the field goes when nobody else manages it.
local function drop_field(new, manager, name)
  new.managers[manager][name] = nil
  local goes = not managed(new, name)
  if goes then new.fields[name] = nil end
  return goes
end

---The object after a server-side apply with force.
---@return sim.Object new
---@return boolean differs a field is another one
---@return boolean|nil managers who manages it is another one
local function applied(base, manager, fields)
  local new, differs, managers = draft(base, manager), false, false
  for name, value in pairs(fields) do
    local other, added = set_field(new, manager, name, value)
    differs, managers = differs or other, managers or added
  end
  for name in pairs(base.managers[manager] or {}) do
    if fields[name] == nil then
      differs, managers = drop_field(new, manager, name) or differs, true
    end
  end
  return new, differs, managers
end

local function touches_spec(old, new)
  for _, pair in ipairs { { old, new }, { new, old } } do
    for name, value in pairs(pair[1].fields) do
      if name:find('spec/', 1, true) == 1 and pair[2].fields[name] ~= value then return true end
    end
  end
  return false
end

local function write(self, old, new)
  if touches_spec(old, new) then new.generation = old.generation + 1 end
  return store(self, old, new, 'changed')
end

---Server-side apply with force; creates the object when it is not there.
---@param manager string
---@param id string
---@param fields table<string, any> everything that this manager sets
---@return sim.Object
function Api:apply(manager, id, fields)
  local old = self.objects[id]
  local new, differs, managers = applied(old or blank(self, id), manager, fields)
  if not old then return store(self, nil, new, 'created') end
  return (differs or managers) and write(self, old, new) or old
end

---Whether an apply would change a field, as a dry run says.
---@param manager string
---@param id string
---@param fields table<string, any>
---@return boolean
function Api:drifted(manager, id, fields)
  local old = self.objects[id]
  return not old or (select(2, applied(old, manager, fields)))
end

---A merge patch (an Update): sets these fields, takes away those that are NONE. Not found: nil.
---@param manager string
---@param id string
---@param fields table<string, any>
---@return sim.Object|nil
function Api:patch(manager, id, fields)
  local old = self.objects[id]
  if not old then return nil end
  local new = draft(old, manager)
  for name, value in pairs(fields) do
    set_field(new, manager, name, value ~= Api.NONE and value or nil)
    if value == Api.NONE then new.managers[manager][name] = nil end
  end
  return write(self, old, new)
end

---Gives what managers of this prefix manage to another one; says whether there was anything.
---@param id string
---@param prefix string
---@param manager string
---@return boolean
function Api:fold(id, prefix, manager)
  local old = self.objects[id]
  local new, found = old and draft(old, manager), false
  for name, set in pairs(old and old.managers or {}) do
    if name:find(prefix, 1, true) == 1 and next(set) then
      found, new.managers[name] = true, nil
      for field in pairs(set) do new.managers[manager][field] = true end
    end
  end
  if found then store(self, old, new, 'changed') end
  return found
end

---DELETE without a precondition: whatever object has this id now. With finalizers it stays until they are gone.
---@param id string
---@return boolean found
function Api:delete(id)
  local old = self.objects[id]
  if not old then return false end
  if old.deleting then return true end
  local new = copy(old)
  new.deleting, new.generation = true, old.generation + 1
  self:note('deleted', id, old.uid)
  store(self, old, new, 'changed')
  return true
end

---Merges into the status; what is equal already is no change. Not found: nil.
---@param id string
---@param changes table<string, any> NONE takes a field away
---@return sim.Object|nil
function Api:set_status(id, changes)
  local old = self.objects[id]
  local new, differs = old and copy(old), false
  if not old then return nil end
  new.status = copy(old.status)
  for name, value in pairs(changes) do
    if value == Api.NONE then value = nil end
    differs = differs or new.status[name] ~= value
    new.status[name] = value
  end
  return differs and store(self, old, new, 'changed') or old
end

---The ids of the objects of which a function says yes, sorted.
---@param wanted fun(object: sim.Object): any
---@return string[]
function Api:select(wanted)
  local ids = {}
  for id, object in pairs(self.objects) do
    if wanted(object) then ids[#ids + 1] = id end
  end
  table.sort(ids)
  return ids
end

local function is(has, value) return has ~= nil and tostring(has):lower() == value:lower() end

---Whether a label or an annotation has this value.
---@param fields table<string, any>
---@param key string
---@param value string
---@return boolean
function Api.marked(fields, key, value)
  return is(fields['labels/' .. key], value) or is(fields['annotations/' .. key], value)
end

return Api
