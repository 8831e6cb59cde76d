-- chance.lua: what is left to chance, and YAML in the ways that people write it. SPDX-License-Identifier: Apache-2.0
--
-- A value to be written is a text (a scalar as it is spelled), { block = '|-', lines = { … } }, { list = { … } }, or a map:
-- a list of { key, value }.
local M = {}
local random = math.random

function M.one_of(list) return list[random(#list)] end
function M.chance(percent) return random(1000) <= percent * 10 end

-- Each of these spellings is read in one way by one part of kustomize and in another way by the next.
local SPELLINGS = {
  'yes', 'no', 'y', 'n', 'on', 'off', 'Yes', 'ON', 'true', 'True', 'TRUE', 'false', 'null', 'Null', 'NULL', '~', '1', '01',
  '017', '0o17', '0O17', '0x1F', '0b101', '1_000', '0777', '08', '09', '+1', '-1', '-0', '1.0', '1.50', '1.', '.5', '1e3',
  '1E3', '1e-3', '1e+3', '1.5e3', '1e21', '1e20', '1e-7', '0.000001', '0.0000001', '100000000000000000000',
  '123456789012345678901234567890', '9223372036854775807', 
  '18446744073709551616', '-9223372036854775808', '-9223372036854775809', '2020-01-01', '2020-1-1',
  '2020-01-01T00:00:00Z', '2020-01-01t00:00:00.123+02:00', '12:30:45', '1:20', '190:20:30', '1.2.3',
  '0x1.8p3', '1__0', '0.1', '3.14159265358979323846', '1e400', '-.5', '+.5', '0.', '00', '-017', '0x', '1e', '1.0e0',
  '12e03', '.e1', '=', '<<x', '0b2', '0o8', '0x1FFFFFFFFFFFFFFFF', '1_0.5', '!!str 1', '2.0', '1e2',
  '100e-2', '16777217.0', '1.7976931348623157e308', '5e-324', '0.30000000000000004', '9007199254740993',
  '9007199254740993.0', '123456.7', '1234567.5', '0.00001234', '-1e3', '1e19', '!!int "3"', '!!float 1', '!!str true',
}

local TEXTS = {
  'x', 'hello', 'two words', 'a:b', 'a#b', '-a', 'http://example.org:80/x?y=z', 'UPPER', 'straße', '日本語', '🚀', 'é',
  '"1"', '"true"', '"yes"', '"null"', '"~"', '""', "''", "'1.50'", '"0x1F"', '"2020-01-01"', '"1e3"', '"a: b"', '"# no"',
  "'it''s'", '"a\\tb"', '"two\\nlines"', '"ends\\n"', '" lead"', '"trail "', '"\\u263a"', '"a\\\\b"', '"say \\"x\\""', '"- a"',
  '"{}"', '"[a]"', '"*a"', '"&a"', '"!a"', '"|"', '">"', '"%"', '"@a"', '"`a`"', '"12:30"', '"="', '"---"', '"a\\n\\n\\nb"',
  '"a \\nb"', '"\\n"', '" \\n"', '"$(VAR)"', '"${VAR}"', '"a, b"', '"?"', '"? a"', '"\\u2028x"', '"\\e[0m"', '"0b1"', '"+.inf"',
  '"long ' .. ('words and ' ):rep(14) .. 'end"', ('word-'):rep(30), 'plain ' .. ('and more '):rep(13) .. 'plain',
  "'single " .. ('quoted text '):rep(10) .. "'",
}

local LINES = {
  { 'one' }, { 'one', 'two' }, { 'one', '', 'two' }, { 'key: value', 'list:', '  - a' }, { '#!/bin/sh', 'echo "$X"' },
  { 'a', '  indented', 'b' }, { 'trailing ', 'x' }, { 'tab\there' }, { ('long words '):rep(12) .. 'end', 'next' }, { 'ünïcode', '日本' },
  { 'a', '', '', 'b' }, { '{{ .Values.x }}' }, { '- a', '- b' }, { 'a', '', '  b', '', 'c' }, { 'x', '  y', '    z' },
  { '# comment', 'x' },
}

function M.block()
  return { block = M.one_of { '|', '|-', '|+', '>', '>-', '>+', '|', '|-' }, lines = M.one_of(LINES) }
end

-- A scalar; `quoted` for places where only texts may be.
function M.scalar()
  local n = random(100)
  if n <= 45 then return M.one_of(SPELLINGS) end
  if n <= 90 then return M.one_of(TEXTS) end
  return M.block()
end

local QUOTED = { 'x', 'web', 'two words', '"1"', '"true"', '"yes"', '"0777"', '"1.50"', '"null"', "'a: b'", '"é"', '""', '"2020-01-01"', '"1e3"' }
function M.text() return M.one_of(QUOTED) end

-- ---- writing ----

local Writer = {}
Writer.__index = Writer

local function is_list(value) return value.list ~= nil end

local function fits_flow(text)
  if text:find '^["\']' then return true end
  return not text:find '[,%[%]{}]' and not text:find '^[?:]' and text ~= '' and not text:find '^[!&*]'
end

-- The value in flow style; nil when something in it cannot be.
local function flow(value)
  if type(value) == 'string' then return fits_flow(value) and value or nil end
  if value.block then return nil end
  local parts = {}
  for i, item in ipairs(value.list or value) do
    local text = flow(is_list(value) and item or item[2])
    if not text or not is_list(value) and not fits_flow(item[1]) then return nil end
    parts[i] = is_list(value) and text or item[1] .. ': ' .. text
  end
  return (is_list(value) and '[%s]' or '{%s}'):format(table.concat(parts, ', '))
end
M.flow = flow
M.SPELLINGS = SPELLINGS

function Writer:line(text) self.out[#self.out + 1] = text end

function Writer:comment(indent)
  if M.chance(self.comments) then self:line((' '):rep(indent) .. M.one_of { '# comment', '#', '# a: b', '# - x' }) end
end

function Writer:block(head, value, indent)
  self:line(head .. ' ' .. value.block)
  for _, line in ipairs(value.lines) do self:line(line == '' and '' or (' '):rep(indent + 2) .. line) end
end

-- Writes `head`, which ends in : or -, and the value behind it or below it.
function Writer:value(head, value, indent)
  if type(value) == 'string' then
    return self:line(head .. (value == '' and '' or ' ' .. value) .. (M.chance(self.comments) and ' # why' or ''))
  elseif value.block then
    return self:block(head, value, indent)
  elseif #(value.list or value) == 0 then
    return self:line(head .. (is_list(value) and ' []' or ' {}'))
  end
  local text = M.chance(self.flows) and flow(value)
  if text then return self:line(head .. ' ' .. text) end
  self:line(head)
  if is_list(value) then
    self:items(value.list, indent + (head:find ':$' and self.step or 2))
  else
    self:fields(value, indent + 2)
  end
end

-- The first field of a map in a list stands behind the dash.
function Writer:item(item, indent)
  local dash = (' '):rep(indent) .. '-'
  if type(item) == 'string' or item.block or is_list(item) or #item == 0 or M.chance(5) then
    return self:value(dash, item, indent)
  end
  local at = #self.out + 1
  self:fields(item, indent + 2, true)
  self.out[at] = dash .. self.out[at]:sub(indent + 2)
end

function Writer:items(items, indent)
  for _, item in ipairs(items) do
    self:comment(indent)
    self:item(item, indent)
  end
end

function Writer:fields(fields, indent, behind_dash)
  for i, field in ipairs(fields) do
    if i > 1 or not behind_dash then self:comment(indent) end
    self:value((' '):rep(indent) .. field[1] .. ':', field[2], indent)
  end
end

---The text of a map or a list; how it is written is left to chance.
function M.yaml(map)
  local writer = setmetatable({ out = {}, comments = M.one_of { 0, 0, 4 }, flows = M.one_of { 0, 5, 25 },
    step = M.one_of { 0, 2 } }, Writer)
  if M.chance(2) and flow(map) then return flow(map) .. '\n' end
  if is_list(map) then
    writer:items(map.list, 0)
  else
    writer:fields(map, 0)
  end
  return table.concat(writer.out, '\n') .. '\n'
end

return M
