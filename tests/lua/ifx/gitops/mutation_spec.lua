-- mutation_spec.lua: whatever is changed in a result, the comparison finds it. SPDX-License-Identifier: Apache-2.0
local compare = require 'ifx.gitops.compare'
local find = require 'ifx.gitops.find'
local ifx = require 'ifx'
local list = require 'ifx.list'
local node = require 'node'
local proof = require 'ifx.gitops.proof'

local TIMES = 3000

local OBJECTS = [==[
{apiVersion: v1, kind: ConfigMap, metadata: {name: plain, namespace: a}, data: {one: "1", two: "", three: "null"}}
---
{apiVersion: v1, kind: Secret, metadata: {name: secret, namespace: a}, type: Opaque, data: {password: eA==}, stringData: {x: z}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: a, labels: {app.kubernetes.io/name: web, empty: ""}}
spec:
  replicas: 2
  paused: false
  template:
    spec:
      containers:
      - {name: web, image: "web:1", args: [a, b, a], ports: [{containerPort: 80, name: http}], env: [{name: A, value: "1"}]}
      - {name: side, image: side, resources: {limits: {cpu: 0.5, memory: 1Gi}}, command: []}
      nodeSelector: {}
---
apiVersion: example.org/v1
kind: Odd
metadata: {name: odd}
spec: {n: null, deep: [[1, [2]], [{a: {b: [true]}}]], big: 99999999999999999999, f: 1.50}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: b}
spec: {ports: [{port: 80}, {port: 81}], externalIPs: ["10.0.0.1"]}
]==]

local ENTRIES = { 'one', 'two' }

local function entry(name)
  return { id = 'c:Kustomization.g/f/' .. name, cluster = 'c', home = 'c', kind = 'Kustomization', group = 'g', namespace = 'f',
    name = name, parents = {}, problems = {}, objects = {} }
end

local function owned(object, owners)
  local at, made = find.text_at, { cluster = 'c', group = '', version = '', object = object, claims = {} }
  made.kind, made.name = at(object.node, 'kind'), at(object.node, 'metadata', 'name')
  made.namespace = at(object.node, 'metadata', 'namespace') or ''
  made.id = ('c:%s/%s/%s'):format(made.kind, made.namespace, made.name)
  for i, owner in ipairs(owners) do made.claims[i] = { entry = owner, object = object } end
  return made
end

-- A side of these: { { object =, owners = { name } } }.
local function side(items)
  local entries, by_id = {}, {}
  for i, name in ipairs(ENTRIES) do
    entries[i] = entry(name)
    by_id[entries[i].id] = entries[i]
  end
  local ownership = { owned = {}, by_id = {}, roots = {}, unowned = {} }
  for i, item in ipairs(items) do
    local one = owned(item.object, list.map(item.owners, function(n) return entries[n] end))
    ownership.owned[i], ownership.by_id[one.id] = one, one
  end
  return { result = { entries = entries, by_id = by_id, clusters = { 'c' } }, ownership = ownership,
    origin = { where = '.', files = '', repositories = {} } }
end

local function items_of(text)
  return list.map(find.objects(text, 'x.yaml'), function(object) return { object = object, owners = { 1 } } end)
end

-- ---- one change ----

local chance = 7

local function random(n)
  chance = (chance * 1103515245 + 12345) % 2147483648
  return chance // 65536 % n + 1
end

local function is_map(value) return type(value) == 'table' and not ifx.is_list(value) end

-- All places: { holder, key } of each field and item below a value.
local function places(value, out)
  if type(value) ~= 'table' then return out end
  for _, key in ipairs(is_map(value) and list.keys(value) or list.map(value, function(_) return 0 end)) do
    out[#out + 1] = { value, key }
  end
  if not is_map(value) then
    for i = 1, #value do out[#out - #value + i][2] = i end
  end
  for _, below in pairs(value) do places(below, out) end
  return out
end

local OTHERS = { 'other', 0, 1.5, true, ifx.null, '' }

local function another(value)
  local new = OTHERS[random(#OTHERS)]
  if new == value then return 'yet another' end
  return type(value) == 'table' and new or type(value) == 'number' and random(2) == 1 and tostring(value) or new
end

-- Changes, takes away or adds one thing of a value; says what. The id of the object stays.
local function change_one(value)
  local all = list.filter(places(value, {}), function(place) return not (place[1] == value or place[1] == value.metadata
    and (place[2] == 'name' or place[2] == 'namespace')) end)
  local place = all[random(#all)]
  local holder, key, what = place[1], place[2], random(4)
  if what == 1 and is_map(holder) then
    holder[key] = nil
    return 'without ' .. key
  elseif what == 1 then
    table.remove(holder, key)
    return 'without item ' .. key
  elseif what == 2 and is_map(holder) then
    holder.added = 'x'
    return 'with a field'
  elseif what == 2 then
    table.insert(holder, key, ifx.list { 'added' })
    return 'with an item'
  elseif what == 3 and not is_map(holder) and #holder > 1 and holder[1] ~= holder[#holder] then
    holder[1], holder[#holder] = holder[#holder], holder[1]
    return 'in another order'
  end
  holder[key] = another(holder[key])
  return 'another value of ' .. tostring(key)
end

-- A copy of the items with one change; the name of the object that differs, and what was done.
local function mutated(items)
  local out = list.map(items, function(item) return { object = item.object, owners = { table.unpack(item.owners) } } end)
  local at, what = random(#out), random(10)
  local item = out[at]
  local name = find.text_at(item.object.node, 'metadata', 'name')
  if what == 1 then
    table.remove(out, at)
    return out, name, 'removed'
  elseif what == 2 then
    out[#out + 1] = { object = { node = item.object.node:with('new', 'metadata', 'name') }, owners = { 1 } }
    return out, 'new', 'added'
  elseif what == 3 then
    item.owners = { 2 }
    return out, name, 'another owner'
  elseif what == 4 then
    item.owners = { 1, 2 }
    return out, name, 'a second owner'
  end
  local value = item.object.node:value()
  local done = change_one(value)
  item.object = { node = node.of(value) }
  return out, name, done
end

local function objects_of(found, one)
  return proof.make(found, one, one, { helm = false, clusters = {} })
end

describe('the comparison', function()
  it('misses nothing, and names the object that was changed', function()
    local items = items_of(OBJECTS)
    local before = side(items)
    local kinds = {}
    for turn = 1, TIMES do
      local changed, name, what = mutated(items)
      local after = side(changed)
      local found = compare.sides(before, after)
      local says = ('turn %d: %s of %s'):format(turn, what, name)
      assert.equal('changed', found.verdict, says)
      assert.equal(1, #found.changes, says)
      assert.equal(name, (found.changes[1].after or found.changes[1].before).name, says)
      kinds[what:match '^%S+ ?%S*'] = true
    end
    assert.is_true(#list.keys(kinds) >= 8, 'too few kinds of changes were made')
  end)

  it('finds nothing where nothing was changed', function()
    local found = compare.sides(side(items_of(OBJECTS)), side(items_of(OBJECTS)))
    assert.same({ 'equal', 0 }, { found.verdict, #found.changes })
  end)

  it('leaves no change out of a proof', function()
    local items = items_of(OBJECTS)
    local before = side(items)
    local same = objects_of(compare.sides(before, before), before)
    for turn = 1, 200 do
      local changed, name, what = mutated(items)
      local after = side(changed)
      local other = objects_of(compare.sides(before, after), after)
      assert.is_true(#proof.differences(same, other) > 0, ('turn %d: %s of %s'):format(turn, what, name))
    end
  end)
end)
