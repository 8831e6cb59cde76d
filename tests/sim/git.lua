-- git.lua: what each path of a revision renders, from a state that is plain data. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local json = require 'json'
local list = require 'ifx.list'

---@class sim.Thing an object in Git
---@field id string 'Kind.group/namespace/name', 'Kind/namespace/name' of the core group
---@field labels table<string, string>|nil
---@field annotations table<string, string>|nil
---@field finalizers string[]|nil that another controller takes away, some time after the deletion
---@field healthy boolean|nil false: never becomes healthy
---@field spec any

---@class sim.State.Entry a Kustomization of Flux or an Application of Argo CD
---@field kind 'flux'|'argocd'
---@field namespace string
---@field name string
---@field parent string|nil 'flux:namespace/name' that renders this one; nil: a person applies it when it is pushed
---@field source string|nil the Git repository ('repo'); each is fetched at its own time
---@field path string|nil what it renders (default: a path of its own); entries may share one
---@field path_fails boolean|nil the path does not build
---@field objects sim.Thing[]|nil
---@field labels table<string, string>|nil
---@field annotations table<string, string>|nil
---@field prune boolean|nil
---@field suspend boolean|nil Flux
---@field wait boolean|nil Flux: health checks of all it applies
---@field deletion_policy string|nil Flux: MirrorPrune, Delete or Orphan
---@field depends string[]|nil Flux: 'namespace/name', or 'flux:namespace/name'
---@field automated boolean|nil Argo CD, as the others below
---@field self_heal boolean|nil
---@field allow_empty boolean|nil
---@field finalizer boolean|nil deleting it deletes its objects

local M = {}

local function refuse(message) err.raise { kind = 'argument', op = 'simulate', message = message } end

M.CASCADE = 'finalizers/resources-finalizer.argocd.argoproj.io'
local KINDS = { flux = 'Kustomization.kustomize.toolkit.fluxcd.io', argocd = 'Application.argoproj.io' }
local SPEC = {
  prune = 'spec/prune', suspend = 'spec/suspend', wait = 'spec/wait', deletion_policy = 'spec/deletionPolicy',
  automated = 'spec/automated', self_heal = 'spec/selfHeal', allow_empty = 'spec/allowEmpty',
}
local OTHERS = list.set {
  'kind', 'namespace', 'name', 'parent', 'source', 'path', 'path_fails', 'objects', 'labels', 'annotations', 'depends',
  'finalizer',
}

---@param entry sim.State.Entry
---@return string name 'flux:namespace/name'
function M.name(entry) return ('%s:%s/%s'):format(entry.kind, entry.namespace, entry.name) end

---@param name string 'flux:namespace/name'
---@return string id
function M.id(name)
  local kind, rest = name:match '^(%a+):(.+)$'
  if not KINDS[kind] then refuse(('no entry is called "%s"'):format(name)) end
  return KINDS[kind] .. '/' .. rest
end

---The name of the Kustomization or Application that has this id; nil for another object.
---@param id string
---@return string|nil name
function M.entry_name(id)
  local kind, rest = id:match '^([^/]+)/(.+)$'
  for short, long in pairs(KINDS) do
    if kind == long then return short .. ':' .. rest end
  end
end

local function metadata(thing)
  local fields = {}
  for _, place in ipairs { 'labels', 'annotations' } do
    for key, value in pairs(thing[place] or {}) do fields[place .. '/' .. key] = value end
  end
  return fields
end

local function thing_fields(thing)
  local fields = metadata(thing)
  for _, name in ipairs(thing.finalizers or {}) do fields['finalizers/' .. name] = true end
  fields['spec/healthy'] = thing.healthy
  fields['spec/content'] = thing.spec ~= nil and json.encode(thing.spec) or nil
  return fields
end

local function entry_fields(entry)
  local fields = metadata(entry)
  for key, value in pairs(entry) do
    if SPEC[key] then
      fields[SPEC[key]] = value
    elseif not OTHERS[key] then
      refuse(('%s: an entry has no "%s"'):format(M.name(entry), key))
    end
  end
  fields['spec/path'] = entry.path or M.name(entry)
  fields['spec/source'] = entry.source or 'repo'
  fields['spec/dependsOn'] = entry.depends and table.concat(entry.depends, ' '):gsub('flux:', '') or nil
  fields[M.CASCADE] = entry.finalizer or nil
  return fields
end

local function path_of(paths, entry)
  local at = entry.path or M.name(entry)
  paths[at] = paths[at] or { objects = {} }
  return paths[at]
end

local function index(entries)
  local by_name, paths = {}, {}
  for _, entry in ipairs(entries) do
    local path = path_of(paths, entry)
    by_name[M.name(entry)] = entry
    path.fails = path.fails or entry.path_fails
    for _, thing in ipairs(entry.objects or {}) do path.objects[thing.id] = thing_fields(thing) end
  end
  return by_name, paths
end

---A revision: what every path renders, and the entries that a person applies.
---@param state { entries: sim.State.Entry[] }
---@return { paths: table<string, { objects: table<string, table>, ids: string[], fails: boolean|nil }>, roots: table[],
---  entries: table<string, sim.State.Entry> }
function M.revision(state)
  local by_name, paths = index(state.entries)
  local roots = {}
  for _, entry in ipairs(state.entries) do
    local name, fields = M.name(entry), entry_fields(entry)
    local parent = by_name[entry.parent]
    if entry.parent and not parent then refuse(('%s: no entry is called "%s"'):format(name, entry.parent)) end
    if parent then path_of(paths, parent).objects[M.id(name)] = fields end
    if not parent or parent == entry then
      roots[#roots + 1] = { id = M.id(name), fields = fields, own = parent ~= nil }
    end
  end
  for _, path in pairs(paths) do path.ids = list.keys(path.objects) end
  return { paths = paths, roots = roots, entries = by_name }
end

return M
