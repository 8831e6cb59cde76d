-- hazards.lua: what an API server refuses, and what is lost with the name of an object. SPDX-License-Identifier: Apache-2.0

local dangling = require './hazards/dangling'
local immutable = require './hazards/immutable'
local moved = require './hazards/moved'
local served = require './hazards/served'

local M = {}

M.kinds = {
  ['kubernetes.immutable'] = 'a field changes that the API server does not let change',
  ['kubernetes.namespace-changed'] = 'an object goes to another namespace: it is a new one there',
  ['kubernetes.renamed'] = 'an object gets another name: it is a new one',
  ['kubernetes.crd-removed'] = 'a CustomResourceDefinition goes, and all objects of its kind with it',
  ['kubernetes.not-served'] = 'an object has a version that the CustomResourceDefinition of its kind does not serve',
  ['kubernetes.dangling'] = 'an object names another one that is not there any more',
}

---@param found ifx.gitops.Comparison
---@return ifx.gitops.Hazard[]
function M.find(found)
  local out, renames = {}, moved.renames(found)
  immutable.find(found, out)
  moved.find(renames, out)
  served.find(found, out)
  dangling.find(found, renames, out)
  return out
end

return M
