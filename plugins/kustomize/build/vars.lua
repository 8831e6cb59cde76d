-- vars.lua: variables: fields of objects that stand as $(NAME) in others. SPDX-License-Identifier: Apache-2.0
local places = require './build/places'
local resources = require './build/resource'

local M = {}

---@class kustomize.Var
---@field name string
---@field target kustomize.Id
---@field path string
---@field place { file: string|nil, line: integer|nil, column: integer|nil }

local function shown(var)
  return ('%s (%s %s)'):format(var.name, resources.show(var.target), var.path)
end

local function refuse(var, kind, message, hint)
  local place = var.place
  err.raise { kind = kind, message = message, hint = hint, file = place.file, line = place.line, column = place.column }
end

local function add(vars, var)
  if vars[var.name] then
    refuse(var, 'conflict', ("var '%s' already encountered"):format(var.name),
      'the names of variables count for the whole build: rename one')
  end
  vars[var.name] = var
end

local function target_of(ref)
  local group, version = ref.group or '', ref.version or ''
  if ref.apiVersion and ref.apiVersion ~= '' then group, version = resources.split(ref.apiVersion) end
  return resources.id(group, version, ref.kind or '', ref.name or '', ref.namespace or '')
end

-- Without a namespace an object of any one is meant.
local function means(target, id)
  if id.name ~= target.name or id.kind ~= target.kind or id.group ~= target.group or id.version ~= target.version then
    return false
  end
  return (target.namespace == '' and target.space ~= '') or id.space == target.space
end

local function is_target(target, resource)
  if means(target, resource.id) then return true end
  for _, id in ipairs(resource.before) do
    if means(target, id) then return true end
  end
  return false
end

-- The object is looked for now, under the names that it has on this level; its field is read at the end.
local function mark(set, var)
  local found
  for _, resource in ipairs(set.list) do
    if is_target(var.target, resource) then
      if found then
        refuse(var, 'conflict', ('found several resId matches for var %s (unable to disambiguate)'):format(shown(var)),
          'say the namespace of the object: objref.namespace')
      end
      found = resource
    end
  end
  if found then
    found.vars = found.vars or {}
    found.vars[var.name] = true
  end
end

---The variables of a kustomization, with the objects of it and of what is below it.
---@param set kustomize.Set
---@param vars table[]
---@param env kustomize.Env
function M.register(set, vars, env)
  local own = {}
  for i, var in ipairs(vars) do
    local file, line, column = env.kustomization.where('vars', i)
    local path = var.fieldref and var.fieldref.fieldPath or ''
    own[i] = { name = var.name, target = target_of(var.objref or {}), path = path ~= '' and path or 'metadata.name',
      place = { file = file, line = line, column = column } }
    mark(set, own[i])
  end
  env.vars = env.vars or {}
  for _, var in ipairs(own) do add(env.vars, var) end
end

---Variables of a base are known above it. Raises 'conflict' for two of one name.
---@param env kustomize.Env
---@param below kustomize.Env
function M.merge(env, below)
  env.vars = env.vars or {}
  for _, name in ipairs(list.keys(below.vars)) do add(env.vars, below.vars[name]) end
end

-- ---- values ----

-- spec.ports[0].port, containers.[name=x].image, data.a\.b
local function steps_of(path)
  local steps, depth, from = {}, 0, 1
  local function cut(to)
    local step = path:sub(from, to):gsub('\\%.', '.')
    local key, item = step:match('^([^%[%]]+)%[(%d+)%]$')
    if key then steps[#steps + 1] = key end
    steps[#steps + 1] = item or step
    from = to + 2
  end
  for i = 1, #path do
    local c = path:sub(i, i)
    if c == '[' then depth = depth + 1 elseif c == ']' then depth = depth - 1 end
    if c == '.' and depth == 0 and path:sub(i - 1, i - 1) ~= '\\' then cut(i - 1) end
  end
  cut(#path)
  return steps
end

local function matching(items, key, value)
  for i = 1, #items do
    local text = key == '' and items:get(i) or key ~= '' and items:get(i, key)
    if text == value then return i end
  end
end

-- Where a step leads: a key, or the number of an item.
local function place(value, step)
  if value:kind() == 'map' then return (step:gsub('^%[(.*)%]$', '%1')) end
  if step:find('^%d+$') then return math.tointeger(step) + 1 end
  if step == '-' then return #value end
  local key, wanted = step:match('^%[(.-)=(.*)%]$')
  return key and matching(value, key, wanted)
end

local function value_at(object, path)
  local at, value = {}, object
  for _, step in ipairs(steps_of(path)) do
    if type(value) ~= 'userdata' or value == ifx.null then return nil end
    local to = place(value, step)
    if not to then return nil end
    at[#at + 1] = to
    value = value:get(to)
    if value == nil then return nil end
  end
  return value, at
end

-- A scalar as a node, which keeps its kind where it is the whole of a field, and as the text that it is inside one.
local function replacement(object, var)
  local value, at = value_at(object, var.path)
  if value == nil then
    refuse(var, 'not_found', ("field specified in var '%s' not found in corresponding resource"):format(shown(var)),
      'fieldref.fieldPath is a path of keys between dots; an item of a list is [0], or [name=web]')
  end
  if value == ifx.null then return { text = 'null', value = 'null' } end
  if type(value) == 'userdata' then return nil end
  local last = table.remove(at)
  local holder = #at > 0 and object:get(table.unpack(at)) or object
  local typed = holder:value()[last]
  local text = math.type(typed) == 'integer' and tostring(typed) or type(typed) == 'boolean' and tostring(typed) or value
  return { text = text, value = typed }
end

local function values_of(set, vars)
  local holders, out = {}, {}
  for _, resource in ipairs(set.list) do
    for name in pairs(resource.vars or {}) do holders[name] = holders[name] or resource end
  end
  for _, name in ipairs(list.keys(vars)) do
    local var, holder = vars[name], holders[name]
    if not holder then
      refuse(var, 'not_found', ("var '%s' cannot be mapped to a field in the set of known resources"):format(shown(var)),
        'objref names an object of this kustomization or of a base, as it is called there')
    end
    out[name] = replacement(holder.node, var)
  end
  return out
end

-- ---- texts ----

-- A text is written anew where a variable could stand, whether one does or not: how it was written is forgotten.
local MOST = 64 << 20 -- bytes that all variables of a build become: as many as a file may have

local function count(used, name, bytes)
  used.bytes = used.bytes + bytes
  if used.bytes > MOST then
    err.raise { kind = 'limit', message = ('variables become more than %d bytes, the last one was %s'):format(MOST, name),
      hint = 'is a long value put somewhere again and again?' }
  end
end

-- $(NAME) becomes the value, $$ a dollar; what is unknown or not closed stays. A text that is one variable takes its type.
local function expand(text, values, used)
  local out, from, closed = {}, 1, true
  while true do
    local at = text:find('$', from, true)
    if not at or at == #text then break end
    out[#out + 1] = text:sub(from, at - 1)
    local next = text:sub(at + 1, at + 1)
    local close = closed and next == '(' and text:find(')', at + 2, true)
    closed = closed and (next ~= '(' or close ~= nil)
    if close then
      local name = text:sub(at + 2, close - 1)
      local value = values[name]
      if value then used.names[name] = true end
      if at == 1 and close == #text then return value and value.value or text end
      if value then count(used, name, #value.text) end
      out[#out + 1] = value and value.text or text:sub(at, close)
      from = close + 1
    else
      out[#out + 1] = next == '$' and '$' or '$' .. next
      from = at + 2
    end
  end
  return table.concat(out) .. text:sub(from)
end

local function expand_list(items, change)
  for i = 1, #items do
    if items:kind(i) ~= 'string' then
      err.raise { kind = 'config', message = 'invalid value type expect a string', line = items:line() }
    end
    items = items:with(change(items:get(i)), i)
  end
  return items
end

local function expand_map(map, change)
  for _, key in ipairs(map:keys()) do
    if map:kind(key) == 'string' then map = map:with(change(map:get(key)), key) end
  end
  return map
end

local function warn_of_unused(values, used, env)
  local unused = {}
  for _, name in ipairs(list.keys(values)) do
    if not used.names[name] then unused[#unused + 1] = name end
  end
  if #unused > 0 then env:warn('well-defined vars that were never replaced: ' .. table.concat(unused, ',')) end
end

---Puts the values of all variables where the field specs let them stand. To be run once, when all names are final.
---@param set kustomize.Set
---@param env kustomize.Env
function M.resolve(set, env)
  if not env.vars or next(env.vars) == nil then return end
  local values, used = values_of(set, env.vars), { names = {}, bytes = 0 }
  local fields = places.fields(env.specs.varReference)
  local function change(text) return expand(text, values, used) end
  places.change(set, function(object)
    return fields:map(object, function(value, _, kind)
      if kind == 'list' then return expand_list(value, change) end
      if kind == 'map' then return expand_map(value, change) end
      if kind ~= 'string' then return nil end
      return node.of(change(value)) -- the type of the variable counts, not what its text looks like
    end)
  end)
  warn_of_unused(values, used, env)
end

return M
