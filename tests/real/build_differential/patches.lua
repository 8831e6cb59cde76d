-- patches.lua: objects and patches by chance, as texts in flow style. SPDX-License-Identifier: Apache-2.0
local chance = part 'chance'

local random, one_of = math.random, chance.one_of
chance = chance.chance

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

---One object and one patch of it, as a kustomization.
---@param tag string  names end in it
---@return table<string, string> files
return function(tag)
  local name, kind = 'r' .. tag, one_of(KINDS)
  local files, has_target = { ['top/object.yaml'] = maker(false):object(kind, name) .. '\n' }, chance(50)
  if chance(15) then
    files['top/patch.yaml'], has_target = maker(true):operations(), true
  else
    files['top/patch.yaml'] = maker(true):object(kind, name) .. '\n'
  end
  files['top/kustomization.yaml'] = 'resources: [object.yaml]\npatches:\n- path: patch.yaml\n'
    .. (has_target and ('  target: {name: %s}\n'):format(name) or '')
  return files
end
