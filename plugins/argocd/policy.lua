-- policy.lua: what Argo CD syncs, prunes and deletes without being asked. SPDX-License-Identifier: Apache-2.0
local shape = require './render/shape'

local M = {}

local GROUP = 'argoproj.io'

-- Of its variants the part behind the slash says how Kubernetes deletes.
local FINALIZER = 'resources-finalizer.argocd.argoproj.io'

---@param entry ifx.gitops.Entry
---@return boolean
function M.is_application(entry) return entry.kind == 'Application' and entry.group == GROUP end

---@param entry ifx.gitops.Entry
---@return boolean
function M.is_set(entry) return entry.kind == 'ApplicationSet' and entry.group == GROUP end

---How it syncs by itself; nil where it does not.
---@param entry ifx.gitops.Entry
---@return table|nil
function M.automated(entry)
  local automated = shape.map(entry.parameters.syncPolicy).automated
  if type(automated) ~= 'table' or automated.enabled == false or entry.suspended then return nil end
  return automated
end

---@param entry ifx.gitops.Entry|nil
---@return boolean
function M.prunes(entry)
  local automated = entry and M.automated(entry)
  return automated ~= nil and automated.prune == true
end

---Does it sync where that deletes everything?
---@param entry ifx.gitops.Entry
---@return boolean
function M.allows_empty(entry)
  local automated = M.automated(entry)
  return automated ~= nil and automated.allowEmpty == true
end

---Does deleting the Application delete what it applied?
---@param entry ifx.gitops.Entry
---@return boolean
function M.cascades(entry)
  local finalizers = shape.map(shape.field(entry.object, 'metadata')).finalizers
  return type(finalizers) == 'table' and list.find(finalizers, M.is_cascade) ~= nil
end

---@param finalizer any
---@return boolean
function M.is_cascade(finalizer)
  return finalizer == FINALIZER or finalizer == FINALIZER .. '/foreground' or finalizer == FINALIZER .. '/background'
end

---Does the set delete Applications that it makes no more?
---@param entry ifx.gitops.Entry
---@return boolean
function M.set_deletes(entry)
  local policy = shape.map(entry.parameters.syncPolicy).applicationsSync
  return policy ~= 'create-only' and policy ~= 'create-update'
end

local function value_of(options, key)
  for _, option in ipairs(options) do
    local name, value = tostring(option):match '^%s*([^=]-)%s*=%s*(.-)%s*$'
    if name == key then return value end
  end
end

local function annotation(node, key)
  local value = node:get('metadata', 'annotations', key)
  return type(value) == 'string' and value or nil
end

-- An option of the object, else of the Application that applies it. 'confirm' waits for a person.
local function keeps(node, entry, key)
  local own = {}
  for option in (annotation(node, 'argocd.argoproj.io/sync-options') or ''):gmatch '[^,]+' do own[#own + 1] = option end
  local options = shape.map(entry.parameters.syncPolicy).syncOptions
  local value = value_of(own, key) or value_of(type(options) == 'table' and options or {}, key)
  return value == 'false' or value == 'confirm'
end

---Would the Application prune an object that it applied like this?
---@param node node
---@param entry ifx.gitops.Entry
---@return boolean
function M.may_prune(node, entry)
  local is_hook = annotation(node, 'argocd.argoproj.io/hook') or annotation(node, 'helm.sh/hook')
  return not is_hook and not keeps(node, entry, 'Prune')
end

---Would deleting the Application delete it, where that deletes anything?
---@param node node
---@param entry ifx.gitops.Entry
---@return boolean
function M.may_delete(node, entry)
  return node:get 'kind' ~= 'CustomResourceDefinition' and annotation(node, 'helm.sh/resource-policy') ~= 'keep'
    and not keeps(node, entry, 'Delete')
end

return M
