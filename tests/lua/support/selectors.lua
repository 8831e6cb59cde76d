-- selectors.lua: holds selectors to their laws on any bytes, for a fuzz target and a spec. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local node = require 'node'

local M = {}

local function load()
  local source = 'plugins/kustomize/build/select.lua'
  local env = setmetatable({ err = err, regex = require 'regex' }, { __index = _G })
  return require 'host'.chunk(fs.read(source), source, env)()
end

-- The result, or nil and what is wrong: an error must be one that a person can act on.
local function try(f, ...)
  local ok, result = pcall(f, ...)
  if ok then return result end
  if not err.is(result) or not (result.kind == 'config' or result.kind == 'limit') or (result.message or '') == '' then
    return nil, 'raised ' .. tostring(result)
  end
end

local function lines_of(bytes)
  local lines = {}
  for line in (bytes .. '\n'):gmatch '(.-)\n' do lines[#lines + 1] = line end
  return lines
end

-- The labels of lines from the fourth on, key=value; those that no object could have are left out.
local function labels_of(lines)
  local labels = {}
  for i = 4, math.min(#lines, 40) do
    local key, value = lines[i]:match '^(.-)=(.*)$'
    if key and utf8.len(key) and utf8.len(value) then labels[key] = value end
  end
  return labels
end

local function object(kind, name, labels)
  local id = { group = 'apps', version = 'v1', kind = kind, name = name, namespace = '', space = 'default' }
  return { id = id, original = function() return id end,
    node = node.of { kind = kind, metadata = { name = name, labels = labels, annotations = labels } } }
end

-- ---- the laws ----

-- Selectors of one key that an object has, and of one that it has not, with what they are to say.
local function about(key, value)
  return {
    [key] = true, ['!' .. key] = false, [('%s=%s'):format(key, value)] = true, [('%s!=%s'):format(key, value)] = false,
    [('%s=%sx'):format(key, value)] = false, [('%s != %sx'):format(key, value)] = true,
    [('%s in (%s)'):format(key, value)] = true, [('%s in (x%s,)'):format(key, value)] = false,
    [('%s notin (x, %s)'):format(key, value)] = false, [('%s notin (x%s)'):format(key, value)] = true,
    ['zz'] = false, ['!zz'] = true, ['zz!=x'] = true, ['zz notin (x)'] = true, ['zz in (x,)'] = false,
  }
end

-- Of a key and a value that need no care.
local function is_plain(labels, key, value)
  return labels.zz == nil and key ~= 'in' and key ~= 'notin' and key:find '^%w+$' and #key < 60 and value:find '^%w*$'
    and value ~= 'x' and value ~= '' and #value < 60
end

-- What a key holds decides, with itself and with another requirement.
local function check_labels(select, text, labels)
  local function holds(selector)
    local chosen, wrong = try(select.labels, selector)
    if not chosen then return nil, wrong end
    return chosen(function(key) return labels[key] end)
  end
  local alone, wrong = holds(text)
  if alone == nil then return wrong end
  if type(alone) ~= 'boolean' then return 'neither true nor false' end
  if text:gsub('[^()]', ''):gsub('%(%)', '') ~= '' then return 'parentheses that are not closed, or in each other' end
  if holds(' ' .. text .. '\t') ~= alone then return 'white space around it counts' end
  if not text:find '[^ \t\r\n]' then return not alone and 'nothing is required, and something is missing' or nil end
  if holds(text .. ',' .. text) ~= alone then return 'twice the same is something else' end
  for key, value in pairs(labels) do
    for more, found in pairs(is_plain(labels, key, value) and about(key, value) or {}) do
      if holds(more) ~= found then return 'of the object itself: ' .. more end
      if holds(text .. ',' .. more) ~= (alone and found) then return 'with another one: ' .. more end
    end
  end
end

-- What is chosen stands in the set, in its order, and a plain word means itself.
local function check_objects(select, selector, set)
  local chosen, wrong = try(select.select, set, selector)
  if not chosen then return wrong end
  local at = 0
  for _, resource in ipairs(chosen) do
    repeat at = at + 1 until at > #set.list or set.list[at] == resource
    if at > #set.list then return 'chosen, and not in the set, or in another order' end
  end
  local narrower = { kind = selector.kind, name = 'web' }
  local named = selector.name == 'web' and try(select.select, set, narrower) or {}
  for _, resource in ipairs(named) do
    if resource.id.name ~= 'web' then return 'a word that means another' end
  end
  if (selector.name or '') == '' and (selector.kind or '') == '' and not selector.labelSelector and #chosen ~= #set.list then
    return 'nothing was asked, and something is missing'
  end
end

---A check of bytes: line 1 is a selector of labels, 2 and 3 are expressions for kind and name, what follows are labels. It
---returns nil, or what is wrong.
---@return fun(bytes: string): string?
function M.open()
  local select = load()
  return function(bytes)
    local lines = lines_of(bytes)
    local labels = labels_of(lines)
    local set = { list = { object('ConfigMap', 'web', labels), object('Service', 'web', {}), object('Secret', 'api', labels) } }
    return check_labels(select, lines[1], labels)
      or check_objects(select, { kind = lines[2], name = lines[3] }, set)
      or check_objects(select, { labelSelector = lines[1], annotationSelector = lines[1], name = lines[3] }, set)
  end
end

return M
