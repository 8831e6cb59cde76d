-- patches_differential.lua: patches made by chance, as ifx and kubectl kustomize apply them. SPDX-License-Identifier: Apache-2.0
-- In the environment: IFX_CASES (how many, default 300), IFX_SEED (default 1).
local fs = require 'fs'
local node = require 'node'
local proc = require 'proc'
local render = require 'ifx.render'

local count, seed = tonumber(fs.env 'IFX_CASES' or '300'), tonumber(fs.env 'IFX_SEED' or '1')
math.randomseed(seed)

local BATCH = 50
local registry = require('ifx.plugin').registry {}
local random = math.random

local function one_of(list) return list[random(#list)] end
local function chance(percent) return random(100) <= percent end

-- ---- values by chance, as the text of a flow collection ----

local SCALARS = {
  '1', '2', '"1"', 'x', 'y', '"yes"', 'yes', 'true', '"true"', '1.50', '0x1F', '017', '"a: b"', "'it''s'", '"two\\nlines"',
  '2020-01-01', '~', 'null', '1e3', '12345678901234567890', '""', '-0', '"${A}"', '[]', '{}', '[1, 2]', '{k: v}', '.5',
}

local function map_text(fields)
  local parts = {}
  for _, field in ipairs(fields) do parts[#parts + 1] = field[1] .. ': ' .. field[2] end
  return '{' .. table.concat(parts, ', ') .. '}'
end

local Maker = {}
Maker.__index = Maker

-- A patch has nulls and $patch here and there.
local function maker(is_patch) return setmetatable({ is_patch = is_patch }, Maker) end

function Maker:verb(fields, percent)
  if self.is_patch and chance(percent) then
    table.insert(fields, random(#fields + 1), { '$patch', one_of { 'delete', 'replace', 'merge' } })
  end
end

function Maker:field(fields, name, percent, make, ...)
  if not chance(percent) then return end
  local nothing = self.is_patch and 10 or 3
  fields[#fields + 1] = { name, chance(nothing) and one_of { '~', 'null' } or make(self, ...) }
end

function Maker:scalar() return one_of(SCALARS) end -- luacheck: ignore 212/self
function Maker:word(words) return one_of(words) end -- luacheck: ignore 212/self

function Maker:map(verbs)
  local fields = {}
  for _, name in ipairs { 'a', 'b', 'c10', 'c9' } do self:field(fields, name, 40, self.scalar) end
  self:field(fields, 'deep', 15, self.map, verbs)
  self:verb(fields, verbs or 8)
  return map_text(fields)
end

function Maker:list(most, make, ...)
  local items = {}
  for i = 1, random(0, most) do items[i] = make(self, ...) end
  if self.is_patch and chance(5) then
    table.insert(items, random(#items + 1), '{$patch: ' .. one_of { 'delete', 'replace', 'merge' } .. '}')
  end
  return '[' .. table.concat(items, ', ') .. ']'
end

-- An item of a list that merges by `keys`: { name, words, percent }, …
function Maker:item(keys, more)
  local fields = {}
  for _, key in ipairs(keys) do
    if chance(key[3] or 97) then fields[#fields + 1] = { key[1], one_of(key[2]) } end
  end
  self:field(fields, 'value', 50, self.scalar)
  -- What has two keys may be visited twice, the second time without the verbs below it: not copied from the real tool.
  self:field(fields, 'more', 20, self.map, #keys > 1 and 0 or nil)
  for _, field in ipairs(more or {}) do self:field(fields, field[1], 35, table.unpack(field, 2)) end
  self:verb(fields, 10)
  return map_text(fields)
end

local NAMES = { 'a', 'b', 'c' }
local ENV = { { 'name', { 'A', 'B', 'C' } } }
local PORTS = { { 'containerPort', { '80', '81' }, 100 }, { 'protocol', { 'TCP', 'UDP' }, 60 } }
local CONTAINER = {
  { 'env', Maker.list, 4, Maker.item, ENV }, { 'ports', Maker.list, 3, Maker.item, PORTS },
  { 'volumeMounts', Maker.list, 2, Maker.item, { { 'mountPath', { '/a', '/b' } } } },
  { 'args', Maker.list, 3, Maker.word, NAMES }, { 'envFrom', Maker.list, 2, Maker.map }, { 'resources', Maker.map },
}

function Maker:pod()
  local fields = {}
  self:field(fields, 'containers', 80, self.list, 3, self.item, { { 'name', NAMES } }, CONTAINER)
  self:field(fields, 'initContainers', 20, self.list, 2, self.item, { { 'name', NAMES } }, CONTAINER)
  self:field(fields, 'volumes', 30, self.list, 3, self.item, { { 'name', NAMES } })
  self:field(fields, 'topologySpreadConstraints', 15, self.list, 3, self.item,
    { { 'topologyKey', { 'x', 'y' }, 90 }, { 'whenUnsatisfiable', { 'm', 'n' }, 50 } })
  self:field(fields, 'tolerations', 15, self.list, 2, self.map)
  self:field(fields, 'nodeSelector', 20, self.map)
  self:verb(fields, 2)
  return map_text(fields)
end

function Maker:template()
  local fields = {}
  self:field(fields, 'metadata', 30, self.map)
  self:field(fields, 'spec', 95, self.pod)
  return map_text(fields)
end

function Maker:workload()
  local fields = {}
  self:field(fields, 'template', 95, self.template)
  self:field(fields, 'strategy', 30, self.map)
  self:field(fields, 'replicas', 30, self.scalar)
  self:verb(fields, 2)
  return map_text(fields)
end

function Maker:service()
  local fields = {}
  self:field(fields, 'ports', 90, self.list, 3, self.item,
    { { 'port', { '80', '81' } }, { 'protocol', { 'TCP', 'UDP' }, 60 } })
  self:field(fields, 'selector', 40, self.map)
  return map_text(fields)
end

function Maker:custom()
  local fields = {}
  self:field(fields, 'list', 60, self.list, 3, self.item, { { 'name', NAMES } })
  self:field(fields, 'map', 60, self.map)
  if chance(40) then
    fields[#fields + 1] = { 'object', ('{apiVersion: apps/v1, kind: Deployment, spec: %s}'):format(self:workload()) }
  end
  return map_text(fields)
end

local KINDS = {
  { 'apps/v1', 'Deployment', 'spec', Maker.workload }, { 'v1', 'Pod', 'spec', Maker.pod },
  { 'v1', 'Service', 'spec', Maker.service }, { 'example.org/v1', 'Own', 'spec', Maker.custom },
  { 'v1', 'ConfigMap', 'data', Maker.map },
}

function Maker:object(kind, name)
  local metadata, fields = { { 'name', name } }, { { 'apiVersion', kind[1] }, { 'kind', kind[2] } }
  self:field(metadata, 'finalizers', 25, self.list, 3, self.word, NAMES)
  self:field(metadata, 'labels', 25, self.map, 3)
  self:field(metadata, 'annotations', 25, self.map, 3)
  self:field(metadata, 'ownerReferences', 15, self.list, 2, self.item, { { 'uid', NAMES } })
  fields[#fields + 1] = { 'metadata', map_text(metadata) }
  self:field(fields, kind[3], 95, kind[4])
  self:field(fields, 'status', 10, self.map)
  self:verb(fields, 1)
  return map_text(fields)
end

-- ---- JSON patches ----

local STEPS = { 'spec', 'template', 'containers', 'list', 'map', 'a', 'b', 'data', '0', '1', '-', '-1', 'labels', 'new' }

local function pointer(op)
  local steps = { one_of { '/spec', '/metadata', '/spec/template/spec', '/spec/map' } }
  if op == 'add' and chance(80) then return one_of { '/spec', '/metadata', '' } .. '/' .. one_of(STEPS) end
  for _ = 1, random(0, 2) do steps[#steps + 1] = one_of(STEPS) end
  return table.concat(steps, '/')
end

function Maker:operations()
  local out = {}
  for i = 1, random(2) do
    local op = one_of { 'add', 'add', 'add', 'add', 'add', 'replace', 'remove', 'test', 'copy', 'move' }
    local fields = { { 'op', op }, { 'path', pointer(op) } }
    if op == 'copy' or op == 'move' then
      fields[3] = { 'from', pointer() }
    elseif op ~= 'remove' then
      fields[3] = { 'value', chance(70) and self:scalar() or self:map(0) }
    end
    out[i] = '- ' .. map_text(fields) .. '\n'
  end
  return table.concat(out)
end

-- ---- both sides ----

---@class Case
---@field object string
---@field patch string
---@field name string
---@field target boolean

local function make_case(i)
  local name, kind = 'r' .. i, one_of(KINDS)
  local case = { name = name, object = maker(false):object(kind, name), target = chance(50) }
  if chance(15) then
    case.patch, case.target = maker(false):operations(), true
  else
    case.patch = maker(true):object(kind, name)
  end
  return case
end

local function write(dir, cases)
  local objects, patches = {}, {}
  for i, case in ipairs(cases) do
    objects[i] = case.object .. '\n'
    fs.write(fs.join(dir, case.name .. '.yaml'), case.patch .. '\n')
    patches[i] = ('- path: %s.yaml\n%s'):format(case.name, case.target and ('  target: {name: %s}\n'):format(case.name) or '')
  end
  fs.write(fs.join(dir, 'all.yaml'), table.concat(objects, '---\n'))
  fs.write(fs.join(dir, 'kustomization.yaml'), 'resources: [all.yaml]\npatches:\n' .. table.concat(patches))
end

local function ours(dir)
  local ok, result = pcall(function()
    local real = fs.realpath(dir)
    local built = render.folder(registry, require('ifx.render.disk').open(), real:sub(2),
      { load_restrictor = 'root', reorder = 'legacy', enable_helm = false })
    return node.print(built.objects)
  end)
  return ok and result or nil, not ok and tostring(result) or nil
end

local function theirs(dir)
  local result = proc.run({ 'kubectl', 'kustomize', dir }, { check = false })
  return result.status == 0 and result.stdout or nil, result.status ~= 0 and result.stderr or nil
end

local function in_folder(cases, f)
  local dir = fs.tempdir()
  write(dir, cases)
  local ok, a, b = pcall(f, dir)
  fs.remove_tree(dir)
  if not ok then error(a, 0) end
  return a, b
end

local differences = 0

local function show(case, mine, why, real, error_text)
  differences = differences + 1
  print(('--- difference: target %s\n%s\n--- patch\n%s\n--- ifx\n%s--- kubectl\n%s'):format(case.target, case.object, case.patch,
    mine or why, real or error_text))
end

local function compare_one(case)
  in_folder({ case }, function(dir)
    local mine, why = ours(dir)
    local real, error_text = theirs(dir)
    if mine ~= real then show(case, mine, why, real, error_text) end
  end)
end

-- What ifx refuses is tried alone; all else at once, and in halves when that differs.
local function compare(cases)
  if #cases == 0 then
    return
  elseif #cases == 1 then
    return compare_one(cases[1])
  end
  local same = in_folder(cases, function(dir) return ours(dir) == theirs(dir) end)
  if same then return end
  local middle = #cases // 2
  compare(table.move(cases, 1, middle, 1, {}))
  compare(table.move(cases, middle + 1, #cases, 1, {}))
end

local refused = 0

for first = 1, count, BATCH do
  local good, bad = {}, {}
  for i = first, math.min(first + BATCH - 1, count) do
    local case = make_case(i)
    local into = in_folder({ case }, ours) and good or bad
    into[#into + 1] = case
  end
  compare(good)
  refused = refused + #bad
  for _, case in ipairs(bad) do compare_one(case) end
  if differences >= 5 then break end
end
print(('%d cases, %d of them refused, seed %d: %d differences'):format(count, refused, seed, differences))
if differences > 0 then error('ifx and kubectl kustomize differ', 0) end
