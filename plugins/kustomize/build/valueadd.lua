-- valueadd.lua: one text put into a field, or into a path that a field holds. SPDX-License-Identifier: Apache-2.0
local DEEPEST = 500 -- levels of a value

local function refuse(message, kind) err.raise { kind = kind or 'config', message = message } end

-- spec/a\/b is two steps.
local function split(field)
  local steps = {}
  for step in (field .. '/'):gmatch '([^/]*)/' do
    if steps[1] and steps[#steps]:sub(-1) == '\\' then
      steps[#steps] = steps[#steps]:sub(1, -2) .. '/' .. step
    else
      steps[#steps + 1] = step
    end
  end
  if #steps > DEEPEST then refuse(('a fieldPath of more than %d steps'):format(DEEPEST), 'limit') end
  return steps
end

-- The place of the item [name=x] in a list; one behind the last when there is none.
local function place_of(items, name, wanted)
  for i = 1, #items do
    local item = items:get(i)
    if name == '' and item == wanted then return i end
    if name ~= '' and type(item) == 'userdata' and item ~= ifx.null and item:get(name) == wanted then return i end
  end
  return #items + 1
end

local put

local function put_item(items, name, wanted, steps, at, change)
  local i, all = place_of(items, name, wanted), {}
  for j = 1, #items do all[j] = items:get(j) end
  local item = all[i] or (name == '' and wanted or node.of { [name] = wanted })
  all[i] = put(item, steps, at + 1, change)
  return node.of(ifx.list(all))
end

-- What stands at the steps from `at` on, after the change. Missing maps, lists and items are made.
function put(value, steps, at, change)
  local step = steps[at]
  if not step then
    if type(value) == 'userdata' and value ~= ifx.null then refuse 'wrong node kind: expected ScalarNode' end
    return change(type(value) == 'string' and value or '')
  end
  local name, wanted = step:match '^%[([^=]*)=(.*)%]$'
  if value == nil or value == ifx.null then value = node.of(name and ifx.list {} or {}) end
  if name then
    if type(value) ~= 'userdata' or value:kind() ~= 'list' then refuse 'wrong node kind: expected SequenceNode' end
    return put_item(value, name, wanted, steps, at, change)
  end
  if type(value) ~= 'userdata' or value:kind() ~= 'map' then refuse 'wrong node kind: expected MappingNode' end
  return value:with(put(value:get(step), steps, at + 1, change), step)
end

-- The path with one more segment at `position`, from 1; behind all when it has not so many.
local function insert(named, position, segment)
  if named == '' then return segment end
  local absolute, parts = named:sub(1, 1) == '/', {}
  for part in named:gmatch '[^/]+' do parts[#parts + 1] = part end
  table.insert(parts, math.min(position, #parts + 1), segment)
  return (absolute and '/' or '') .. table.concat(parts, '/')
end

local function targets_of(config, env)
  local out = table.move(config.targets or {}, 1, #(config.targets or {}), 1, {})
  if (config.targetFilePath or '') ~= '' then
    local text, at = env:read(config.targetFilePath)
    local value = node.document(text, { file = env:show(at) }):value()
    local more = type(value) == 'table' and value.targets or {}
    table.move(more, 1, #more, #out + 1, out)
  end
  if #out == 0 then refuse 'must specify at least one target' end
  for _, target in ipairs(out) do
    if (target.fieldPath or '') == '' then refuse 'fieldPath cannot be empty' end
    local position = target.filePathPosition or 0
    if position < 0 then refuse(('value of FilePathPosition (%d) cannot be negative'):format(position)) end
  end
  return out
end

local function selected(set, target)
  return target.selector and require './build/select'.select(set, target.selector) or set.list
end

local function add(resource, target, value)
  local position = target.filePathPosition or 0
  local changed = put(resource.node, split(target.fieldPath), 1, function(old)
    return position > 0 and insert(old, position, value) or value
  end)
  resource:set(changed)
end

---@param set kustomize.Set
---@param config { value: string|nil, targets: table[]|nil, targetFilePath: string|nil }
---@param env kustomize.Env
return function(set, config, env)
  local value = (config.value or ''):match '^%s*(.-)%s*$'
  if value == '' then value = path.basename(env.folder) end
  for _, target in ipairs(targets_of(config, env)) do
    if target.fieldPath == 'metadata/namespace' then
      local some = { list = selected(set, target), current = function() return {} end } -- equal ids are nobody's matter here
      require './build/namespace'(some, { metadata = { namespace = value }, fieldSpecs = {} }, env)
    else
      for _, resource in ipairs(selected(set, target)) do add(resource, target, value) end
    end
  end
end
