-- build.lua: the objects that a folder with a kustomization stands for. SPDX-License-Identifier: Apache-2.0
local accumulate = require './build/accumulate'
local copies = require 'ifx.vendor.files'
local keeping = require './build/keeping'
local kustomizations = require './build/kustomization'
local loaders = require './build/loader'
local metadata = require './build/metadata'
local order = require './build/order'
local references = require './build/references'

local M = {}

local LOCAL = 'config.kubernetes.io/local-config'

-- Objects for the tools on the way, not for a cluster. They were there to be patched and copied from.
local function is_wanted(resource)
  local value = resource.node:get('metadata', 'annotations', LOCAL)
  return value == nil or value == 'false'
end

local function finish(set, env)
  references(set, env)
  if env.vars then require('./build/vars').resolve(set, env) end
  for _, resource in ipairs(set.list) do
    local id = resource.id
    if id.kind == '' or id.name == '' and id.kind:sub(-4) ~= 'List' then
      err.raise { kind = 'config', message = id.kind == '' and 'missing kind in object' or 'missing metadata.name in object',
        file = resource.origin and resource.origin.file, line = resource.origin and resource.origin.line,
        hint = 'a patch or a replacement took it away' }
    end
  end
  set:filter(is_wanted)
  set:check()
  local options = env.build.options
  if env.kustomization.sortOptions then
    order(set, env.kustomization.sortOptions)
  elseif options.reorder ~= 'none' then
    order(set, { order = 'legacy' })
  end
end

local function wants_hash(set)
  for _, resource in ipairs(set.list) do
    if resource.wants_hash then return true end
  end
  return false
end

M.missing = kustomizations.missing

---@param files kustomize.Files
---@param folder string  from the root of the files
---@return boolean
function M.is_root(files, folder)
  for _, name in ipairs(kustomizations.NAMES) do
    if files:kind(path.join(folder, name)) == 'file' then return true end
  end
  return false
end

local NAMES = list.set(kustomizations.NAMES)

-- Components and Flux's object of the same name are no roots. What cannot be read is one: to build it says why.
local function is_own(text)
  if not (text:find('Component', 1, true) or text:find('toolkit', 1, true)) then return true end
  local read, document = pcall(node.document, text, { repeated_keys = true })
  if not read or document:kind() ~= 'map' then return true end
  local version = document:get 'apiVersion'
  local foreign = type(version) == 'string' and version:find '^kustomize%.toolkit%.fluxcd%.io/'
  return document:get 'kind' ~= 'Component' and not foreign
end

---The folders that are built by themselves.
---@param files kustomize.Files
---@param paths string[]  of all files
---@return string[]
function M.roots(files, paths)
  local out = {}
  for _, at in ipairs(paths) do
    if NAMES[path.basename(at)] and files:kind(at) == 'file' and is_own(files:read(at) or '') then
      out[#out + 1] = path.dirname(at)
    end
  end
  return out
end

---@param files kustomize.Files
---@param folder string  from the root of the files
---@param options kustomize.Options
---@return ifx.render.Result
function M.run(files, folder, options)
  local real, kept = files:real(folder), keeping.of(options.kept)
  kept.files = kept.files or copies.open(files)
  local build = {
    files = kept.files, options = options, warnings = {}, warned = {}, objects = {}, trail = {}, met = {},
    kept = kept, entered = 0, added = 0, bytes = 0,
  }
  local loader = loaders.new(kept.files, real, { restricted = options.load_restrictor ~= 'none' })
  local set, env = accumulate.run(build, loader)
  if wants_hash(set) then require './build/hash'(set) end
  finish(set, env)
  local objects, origins = ifx.list {}, {}
  for i, resource in ipairs(set.list) do
    objects[i], origins[i] = metadata.finish(resource, env.kustomization), resource.origin or false
  end
  return { objects = objects, origins = origins, warnings = build.warnings }
end

return M
