-- schemas.lua: what files say of own kinds by chance, for `crds` and `openapi`. SPDX-License-Identifier: Apache-2.0
local C = part 'chance'

local one_of, chance = C.one_of, C.chance

local M = {}

local TEXT = { { 'type', 'string' } }

-- What a definition may say of a field: who it refers to, or that it holds labels, annotations or a name.
local MARKS = {
  { { 'x-kubernetes-object-ref-api-version', 'v1' }, { 'x-kubernetes-object-ref-kind', 'ConfigMap' } },
  { { 'x-kubernetes-object-ref-api-version', 'v1' }, { 'x-kubernetes-object-ref-kind', 'Secret' },
    { 'x-kubernetes-object-ref-name-key', 'name' } },
  { { 'x-kubernetes-annotation', '""' } }, { { 'x-kubernetes-label-selector', '""' } }, { { 'x-kubernetes-identity', '""' } },
  { { 'x-kubernetes-object-ref-kind', 'ConfigMap' } },
}

local function property(percent, more)
  local out = { { 'type', more and 'object' or 'string' } }
  for _, mark in ipairs(chance(percent) and one_of(MARKS) or {}) do out[#out + 1] = mark end
  for _, field in ipairs(more or {}) do out[#out + 1] = field end
  return out
end

local function definition(...) return { { 'Schema', { { 'properties', { ... } } } } } end

---The definitions of a kind, as `crds` reads them.
function M.crds()
  local spec = 'example.org.v1.OwnSpec'
  return {
    { 'example.org.v1.Own', definition({ 'apiVersion', TEXT }, { 'kind', TEXT }, { 'metadata', property(0, {}) },
      { 'spec', chance(90) and { { '$ref', spec } } or property(40, {}) }) },
    { spec, definition({ 'ref', property(70) }, { 'image', property(20) }, { 'labels', property(25, {}) },
      { 'any', chance(30) and { { '$ref', 'example.org.v1.Any' } } or property(25, {}) }) },
    { 'example.org.v1.Any', definition({ 'a', property(40) }, { 'x.y', property(20) }, { 'b', property(20) }) },
  }
end

local function items()
  local out = { { 'type', 'array' }, { 'items', { { 'type', 'object' }, { 'properties', { { 'name', TEXT }, { 'value', TEXT } } } } } }
  if chance(80) then
    out[#out + 1] = { 'x-kubernetes-patch-strategy', one_of { 'merge', 'merge', '"merge,retainKeys"', 'replace' } }
    out[#out + 1] = { 'x-kubernetes-patch-merge-key', one_of { 'name', 'name', 'value' } }
  end
  return out
end

---A schema, as `openapi` reads it.
function M.openapi()
  local spec = { { 'type', 'object' }, { 'properties', { { 'parts', items() }, { 'ref', TEXT } } } }
  local inline = chance(50)
  local out = { { 'v1.Own', { { 'type', 'object' },
    { 'x-kubernetes-group-version-kind', { list = { { { 'group', 'example.org' }, { 'version', 'v1' }, { 'kind', 'Own' } } } } },
    { 'properties', { { 'apiVersion', TEXT }, { 'kind', TEXT }, { 'metadata', { { 'type', 'object' } } },
      { 'spec', inline and spec or { { '$ref', "'#/definitions/v1.OwnSpec'" } } } } } } } }
  if not inline then out[2] = { 'v1.OwnSpec', spec } end
  return { { 'definitions', out } }
end

return M
