-- edits.lua: patches, replacements and paths that fit the objects they are for, mostly. SPDX-License-Identifier: Apache-2.0
local C = part 'chance'
local objects = part 'objects'

local one_of, chance, random = C.one_of, C.chance, math.random

local M = {}

local function is_map(value) return type(value) == 'table' and not value.list and not value.block end

local KEPT = { apiVersion = true, kind = true, metadata = true }

-- ---- strategic merge ----

-- A value in the place of another, which a patch may change into one of its shape only; of any shape where there is none.
local function leaf(old)
  local n = random(100)
  if n <= 10 then return 'null' end
  if n <= 12 then return objects.anything(1) end
  if type(old) == 'string' or old and old.block then return C.scalar() end
  local verb = n <= 22 and { { '$patch', one_of { 'delete', 'replace', 'merge' } }, { 'a', C.scalar() } }
  if old and old.list then return { list = verb and { verb } or { C.scalar(), n <= 50 and C.scalar() or nil } } end
  return verb or (old or n <= 60) and objects.map(3, C.scalar) or objects.anything(1)
end

local change

local function change_fields(value)
  local out, seen = {}, {}
  for _ = 1, random(2) do
    local field = one_of(value)
    if not seen[field[1]] and field[1] ~= '<<' then out[#out + 1] = { field[1], change(field[2]) } end
    seen[field[1]] = true
  end
  if chance(25) and not seen.added then out[#out + 1] = { 'added', leaf() } end
  return out
end

local function change_item(item)
  local out = { item[1] }
  local field = one_of(item)
  if field ~= item[1] then out[2] = { field[1], change(field[2]) } end
  if chance(8) then out[#out + 1] = { '$patch', one_of { 'delete', 'replace', 'merge' } } end
  return out
end

function change(value)
  if is_map(value) and #value > 0 and chance(88) then return change_fields(value) end
  if type(value) == 'table' and value.list and is_map(value.list[1] or '') and #value.list[1] > 0 and chance(90) then
    return { list = { change_item(one_of(value.list)) } }
  end
  return type(value) == 'table' and chance(60) and value or leaf(value)
end

local function metadata(known)
  local out = { { 'name', known.name } }
  if known.namespace and chance(95) then out[2] = { 'namespace', known.namespace } end
  objects.put(out, 'labels', 20, function() return objects.added() end)
  objects.put(out, 'annotations', 20, function() return objects.added(C.scalar) end)
  if chance(2) then
    out[#out][2] = out[#out][1] == 'annotations' and one_of { 'null', { { '$patch', one_of { 'replace', 'delete' } }, { 'a', 'x' } } }
      or out[#out][2]
  end
  return out
end

---@param known table  an object of a tree
---@return table       a patch of it, a map to be written
function M.merge(known)
  local out = { { 'apiVersion', known.api }, { 'kind', known.kind }, { 'metadata', metadata(known) } }
  if chance(3) then out[4] = { '$patch', one_of { 'delete', 'replace', 'merge' } } end
  for _, field in ipairs(known.made) do
    if not KEPT[field[1]] and chance(80) then out[#out + 1] = { field[1], change(field[2]) } end
  end
  return out
end

-- ---- paths ----

local function bare(key) return (key:gsub('^["\'](.*)["\']$', '%1')) end

-- The steps to something in an object, and what stands there.
local function walk(value, steps)
  local at, parent = value, nil
  for _ = 1, random(2, 7) do
    local items = type(at) == 'table' and (at.list or not at.block and at) or {}
    if #items == 0 then break end
    parent = at
    if at.list then
      local i = random(#items)
      steps[#steps + 1], at = { index = i - 1, item = items[i] }, items[i]
    else
      local field = one_of(items)
      steps[#steps + 1], at = { key = bare(field[1]) }, field[2]
    end
  end
  return at, parent
end

local function pointer(steps)
  local out = {}
  for i, step in ipairs(steps) do out[i] = step.key and step.key:gsub('~', '~0'):gsub('/', '~1') or tostring(step.index) end
  return '/' .. table.concat(out, '/')
end

local function dotted(steps)
  local out = {}
  for i, step in ipairs(steps) do
    if step.key then
      out[i] = step.key:find '[./]' and (chance(50) and '[' .. step.key .. ']' or (step.key:gsub('%.', '\\.'))) or step.key
    elseif is_map(step.item) and step.item[1] and type(step.item[1][2]) == 'string' and chance(60) then
      out[i] = ('[%s=%s]'):format(step.item[1][1], bare(step.item[1][2]))
    else
      out[i] = chance(20) and '*' or tostring(step.index)
    end
  end
  return table.concat(out, '.')
end

local function quoted(text) return "'" .. text:gsub("'", "''") .. "'" end

-- ---- JSON patches ----

local function operation(known)
  local steps = {}
  local at, parent = walk(known.made, steps)
  if steps[1].key ~= 'metadata' and KEPT[steps[1].key] or pointer(steps) == '/metadata/name' then
    return { { 'op', 'add' }, { 'path', '/metadata/annotations' }, { 'value', objects.added() } }
  end
  local op = one_of { 'replace', 'replace', 'add', 'add', 'remove', 'test', 'copy', 'move' }
  local out = { { 'op', op }, { 'path', quoted(pointer(steps)) } }
  if op == 'copy' or op == 'move' then
    out[2][2] = quoted('/new')
    out[3] = { 'from', quoted(pointer(steps)) }
  elseif op == 'test' then
    out[3] = { 'value', chance(93) and at or C.scalar() }
  elseif op ~= 'remove' then
    if op == 'add' and parent and parent.list and chance(50) then
      steps[#steps].index = '-'
      out[2][2] = quoted(pointer(steps))
    end
    out[3] = { 'value', chance(60) and C.scalar() or objects.anything(1) }
  end
  return out
end

---@param known table
---@return table  a list of operations to be written
function M.operations(known)
  local out = {}
  for i = 1, random(2) do out[i] = operation(known) end
  return { list = out }
end

-- ---- selectors ----

local function as_regex(text)
  local n = random(10)
  if n <= 6 then return text end
  if n <= 8 then return "'.*'" end
  return n == 9 and quoted('(' .. text .. '|none)') or quoted(text:gsub('%.', '\\.') .. '.*')
end

---What chooses an object, and others by chance, as targets of patches do.
function M.target(known)
  local out = {}
  objects.put(out, 'kind', 70, function() return as_regex(known.kind) end)
  objects.put(out, 'name', 85, function() return as_regex(known.name) end)
  objects.put(out, 'version', 10, known.api:match '[^/]*$')
  objects.put(out, 'group', 10, known.api:match '^(.*)/' or '""')
  if #out == 0 or chance(15) then
    out[#out + 1] = { 'labelSelector', one_of { 'app=web', 'app', "'!app'", 'app in (web, db)', 'app!=web', "'app notin (db),tier'", '""' } }
  end
  if chance(5) then out[#out + 1] = { 'annotationSelector', one_of { 'a', 'a=x', "'!note'" } } end
  return out
end

---What chooses exactly this one.
function M.exact(known)
  local out = { { 'kind', known.kind }, { 'name', known.name } }
  if known.namespace and chance(30) then out[3] = { 'namespace', known.namespace } end
  return out
end

---A path of replacements to something in it.
function M.path(known)
  local steps = {}
  walk(known.made, steps)
  if steps[1].key == 'apiVersion' or steps[1].key == 'kind' then return 'metadata.name' end
  return dotted(steps)
end

---The same, to a scalar where one is found.
function M.path_to_scalar(known)
  for _ = 1, 6 do
    local steps = {}
    local at = walk(known.made, steps)
    if type(at) == 'string' and at ~= '' and steps[1].key ~= 'apiVersion' and steps[1].key ~= 'kind' then return dotted(steps) end
  end
  return 'metadata.name'
end

M.quoted = quoted

return M
