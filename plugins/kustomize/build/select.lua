-- select.lua: the resources that a selector means. SPDX-License-Identifier: Apache-2.0

---group, version, kind, name and namespace are regular expressions for the whole text.
---@class kustomize.Selector
---@field group string|nil
---@field version string|nil
---@field kind string|nil
---@field name string|nil
---@field namespace string|nil
---@field labelSelector string|nil       app=web, tier in (a, b), !old
---@field annotationSelector string|nil

local M = {}

local function refuse(message, hint)
  err.raise { kind = 'config', message = message, hint = hint }
end

-- ---- regular expressions ----

local function anything() return true end

local function matcher(pattern)
  if (pattern or '') == '' then return anything end
  if not pattern:find '[^%w-]' then
    return function(text) return text == pattern end
  end
  local ok, compiled = pcall(regex.compile, '^(?:' .. pattern .. ')\\z', 'go')
  if not ok then
    refuse(("error parsing regexp: '%s': %s"):format(pattern, compiled.message or tostring(compiled)),
      'the parts of a target are regular expressions, matched against the whole text')
  end
  return function(text) return compiled:match(text) end
end

-- ---- selectors of labels ----

local SYMBOLS = { ['='] = true, ['!'] = true, ['('] = true, [')'] = true, [','] = true, ['<'] = true, ['>'] = true }

-- The next token of a selector and the position behind it: a symbol, or a word; '' at the end.
local function token(text, at)
  at = text:find('[^ \t\r\n]', at) or #text + 1
  local two = text:sub(at, at + 1)
  if two == '==' or two == '!=' then return two, at + 2, true end
  local one = text:sub(at, at)
  if SYMBOLS[one] then return one, at + 1, true end
  local word = text:match('^[^ \t\r\n=!(),<>]+', at) or ''
  return word, at + #word, word == ''
end

---@class kustomize.LabelReader
local Reader = {}
Reader.__index = Reader

function Reader:peek()
  local word, _, symbol = token(self.text, self.at)
  return word, symbol
end

function Reader:take()
  local word, next_at, symbol = token(self.text, self.at)
  self.at = next_at
  return word, symbol
end

function Reader:fail(found, expected)
  refuse(("unable to parse requirement: found '%s', expected: %s"):format(found, expected),
    ("in the selector '%s'"):format(self.text))
end

function Reader:word(expected)
  local word, symbol = self:take()
  if symbol then self:fail(word, expected) end
  return word
end

local function is_name(text)
  return #text <= 63 and text:find '^%w[%w_.-]*$' ~= nil and text:find '%w$' ~= nil
end

local function check_key(key)
  local prefix, name = key:match '^([^/]*)/(.*)$'
  local domain = not prefix or #prefix <= 253 and prefix:find '^[%l%d][%l%d.-]*$' ~= nil
    and not prefix:find '%.%.' and not prefix:find '%.%-' and not prefix:find '%-%.' and prefix:find '[%l%d]$' ~= nil
  if not domain or not is_name(name or key) then
    refuse(('unable to parse requirement: invalid label key "%s"'):format(key),
      'a key is a name of at most 63 letters, digits, -, _ and ., with a domain and / before it or none')
  end
end

local function check_value(key, value)
  if value ~= '' and not is_name(value) then
    refuse(('unable to parse requirement: invalid label value: "%s": at key: "%s"'):format(value, key))
  end
end

-- The texts between the parentheses; nothing between two commas is the empty text.
function Reader:values()
  local values = {}
  local open = self:take()
  if open ~= '(' then self:fail(open, "'('") end
  local word = ''
  while true do
    local found, symbol = self:take()
    if found == ')' or found == ',' then
      values[word] = true
      word = ''
      if found == ')' then return values end
    elseif symbol or word ~= '' then
      self:fail(found, "',' or ')'")
    else
      word = found
    end
  end
end

local OPERATORS = { ['='] = 'in', ['=='] = 'in', ['in'] = 'in', ['!='] = 'notin', ['notin'] = 'notin', ['<'] = '<', ['>'] = '>' }

function Reader:one_value()
  local found = self:peek()
  if found == '' or found == ',' then return '' end
  return self:word 'identifier'
end

local function number(text)
  return text:find '^[+-]?%d+$' and math.tointeger(tonumber(text)) or nil
end

local function bound(operator, value)
  local limit = number(value)
  if not limit then refuse("unable to parse requirement: for 'Gt', 'Lt' operators, the value must be an integer") end
  return { operator = operator, limit = limit }
end

function Reader:requirement()
  local absent = self:peek() == '!' and self:take() ~= nil
  local key = self:word 'identifier'
  check_key(key)
  local following = self:peek()
  if following == '' or following == ',' then return { key = key, operator = absent and 'absent' or 'exists' } end
  local word = self:take()
  local operator = OPERATORS[word]
  if not operator then self:fail(word, "'=', '!=', '==', 'in', notin'") end
  local values = (word == 'in' or word == 'notin') and self:values() or { [self:one_value()] = true }
  for value in pairs(values) do check_value(key, value) end
  local out = (word == '<' or word == '>') and bound(operator, (next(values))) or { operator = operator, values = values }
  out.key = key
  return out
end

local HOLDS = {
  exists = function(_, value) return value ~= nil end,
  absent = function(_, value) return value == nil end,
  ['in'] = function(r, value) return value ~= nil and r.values[value] == true end,
  notin = function(r, value) return value == nil or not r.values[value] end,
  ['<'] = function(r, value) return value ~= nil and number(value) ~= nil and number(value) < r.limit end,
  ['>'] = function(r, value) return value ~= nil and number(value) ~= nil and number(value) > r.limit end,
}

---A function that says whether labels are meant, given one that says what a key holds (nil: it is not there). Raises
---'config' for what is no selector.
---@param text string
---@return fun(value_of: fun(key: string): string|nil): boolean
function M.labels(text)
  local reader = setmetatable({ text = text, at = 1 }, Reader)
  local requirements = {}
  while reader:peek() ~= '' do
    requirements[#requirements + 1] = reader:requirement()
    local separator = reader:take()
    if separator == '' then break end
    if separator ~= ',' then reader:fail(separator, "',' or 'end of string'") end
    if reader:peek() == '' then reader:fail('', "identifier after ','") end
  end
  return function(value_of)
    for _, requirement in ipairs(requirements) do
      if not HOLDS[requirement.operator](requirement, value_of(requirement.key)) then return false end
    end
    return true
  end
end

local function metadata(resource, field)
  return function(key)
    local value = resource.node:get('metadata', field, key)
    if value == nil then return nil end
    return type(value) == 'string' and value or ''
  end
end

-- ---- all parts ----

local NOWHERE = '_non_namespaceable_' -- what the real tool calls the namespace of kinds that are in none

---@param id kustomize.Id
---@return string
function M.space(id) return id.space == '' and NOWHERE or id.space end

local function chosen(text)
  return (text or '') ~= '' and M.labels(text) or nil
end

---A function that says whether the labels and annotations of a resource are those that a selector means. Raises 'config'.
---@param selector kustomize.Selector
---@return fun(resource: kustomize.Resource): boolean
function M.texts(selector)
  local labels, annotations = chosen(selector.labelSelector), chosen(selector.annotationSelector)
  return function(resource)
    return (not labels or labels(metadata(resource, 'labels')))
      and (not annotations or annotations(metadata(resource, 'annotations')))
  end
end

---The resources that a selector means, in their order; name and namespace may be those of now or those they began with.
---Raises 'config'.
---@param set kustomize.Set
---@param selector kustomize.Selector
---@return kustomize.Resource[]
function M.select(set, selector)
  local group, version, kind = matcher(selector.group), matcher(selector.version), matcher(selector.kind)
  local name, namespace = matcher(selector.name), matcher(selector.namespace)
  local texts = M.texts(selector)
  local out = {}
  for _, resource in ipairs(set.list) do
    local now = resource.id
    local first = resource:original()
    if kind(now.kind) and (name(first.name) or name(now.name)) and group(now.group) and version(now.version)
      and (namespace(M.space(first)) or namespace(M.space(now))) and texts(resource) then
      out[#out + 1] = resource
    end
  end
  return out
end

return M
