-- protection.lua: fields of Applications that keep what they applied. SPDX-License-Identifier: Apache-2.0
local policy = require './policy'
local shape = require './render/shape'

local M = {}

local AUTOMATED = { 'spec', 'syncPolicy', 'automated' }
local OF_SET = { 'spec', 'template' }

-- ' of the set' that makes it, where a set does: what is set there comes with its next generation.
local function at(set, ...) return list.append(list.append({}, set and OF_SET or {}), { ... }) end

local function check(entry, what, expect)
  return { expect = expect, command = ("kubectl -n %s get applications.argoproj.io %s -o jsonpath='%s'"):format(entry.namespace,
    entry.name, what) }
end

local SYNCED = ' {.operation}{.status.operationState.phase} {.status.sync.revision}'

local function automated(pair, set, field, value)
  local path = at(set, table.unpack(AUTOMATED))
  local entry = pair.before or pair.after
  return { entry = set and set.id or pair.id, path = list.append(list.append({}, path), { field }), value = value, where = path,
    check = check(entry, ('{.spec.syncPolicy.automated.%s}'):format(field) .. SYNCED,
      ('%s, Succeeded, and the commit that was pushed'):format(value)) }
end

---@param pair ifx.gitops.EntryPair
---@param set ifx.gitops.Entry|nil  the ApplicationSet that makes it
---@return ifx.gitops.Protection
function M.no_prune(pair, set) return automated(pair, set, 'prune', false) end

---@param pair ifx.gitops.EntryPair
---@return ifx.gitops.Protection
function M.heal(pair) return automated({ id = pair.id, before = pair.after }, nil, 'selfHeal', true) end

---@param pair ifx.gitops.EntryPair
---@param set ifx.gitops.Entry|nil
---@return ifx.gitops.Protection
function M.no_cascade(pair, set)
  local checked = check(pair.before, '{.metadata.finalizers}', 'nothing that begins with resources-finalizer')
  if set then
    return { entry = set.id, path = { 'spec', 'syncPolicy', 'preserveResourcesOnDeletion' }, value = true, check = checked }
  end
  local finalizers = shape.map(shape.field(pair.before.object, 'metadata')).finalizers
  return { entry = pair.id, path = { 'metadata', 'finalizers' }, check = checked,
    value = ifx.list(list.filter(finalizers, function(one) return not policy.is_cascade(one) end)) }
end

---What a person does so that what an Application applied stays when it goes.
---@param pair ifx.gitops.EntryPair
---@param set ifx.gitops.Entry|nil
---@return string
function M.keep_advice(pair, set)
  if set then
    return ('to keep what they applied, in a commit before: spec.syncPolicy.preserveResourcesOnDeletion: true of %s/%s; go on '
      .. 'when its Applications have lost their finalizers'):format(set.namespace, set.name)
  end
  return ('to keep what it applied, in a commit before: %s/%s without the finalizer; go on when that is gone'):format(
    pair.before.namespace, pair.before.name)
end

return M
