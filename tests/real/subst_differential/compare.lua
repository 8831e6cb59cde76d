-- compare.lua: subst.expand against THEIRS, a program, on COUNT texts made from SEED. SPDX-License-Identifier: Apache-2.0
local proc = require 'proc'
local subst = require 'subst'

local seed = SEED
local function random(n)
  seed = (seed * 6364136223846793005 + 1442695040888963407)
  return (seed >> 33) % n + 1
end

local function one_of(list) return list[random(#list)] end

local VALUES = {
  '', 'x', 'Hello World', '/usr/local/bin', 'a.b.c', 'ÄÖßé ı İ ǆ 10€', '\xff\xc3', 'aaaa', 'a]b[c*d?', '$x ${y} $$', '12', '-3', '[a-z]*',
}
local NAMES = { 'a', 'b', 'cluster_name', '_x1', 'none', 'é', '0' }
local WORDS = {
  'x', 'Hello', 'o', '/', '*', '?', '[a-z]', '[^a-c]*', 'a*c', '*/', '/*', '\\', '\\/', '\\\\', '$', '$$', ':', '0', '1', '-1', '3', '-4',
  '99', ' ', '}', '{', '.', '=', '-', '+', '#', '%', ',', '^', 'é', 'ß', '\xc3', '[', '[]', '[a', '[z-a]', '\n', '"', '1_0', '+2', '',
}
local OPERATORS = {
  '', ':-', ':=', ':?', ':+', '=', '-', '?', '+', '#', '##', '%', '%%', '/', '//', '/#', '/%', ',', ',,', '^', '^^', ':', ',^', '###', ':::',
}
local text

local function word(depth)
  local out = {}
  for i = 1, random(3) do out[i] = depth < 3 and random(6) == 1 and text(depth + 1) or one_of(WORDS) end
  return table.concat(out)
end

local function variable(depth)
  if random(12) == 1 then return '${#' .. one_of(NAMES) .. '}' end
  local op = one_of(OPERATORS)
  local out = '${' .. one_of(NAMES) .. op
  if op ~= '' and not op:find '^[,^]' then out = out .. word(depth) end
  local separator = op:find '^/' and '/' or op == ':' and random(2) == 1 and ':'
  if separator then out = out .. separator .. word(depth) end
  return out .. (random(20) == 1 and '' or '}')
end

function text(depth)
  local out = {}
  for i = 1, random(3) do out[i] = random(3) == 1 and one_of(WORDS) or variable(depth) end
  return table.concat(out)
end

-- Some bytes changed: what no grammar makes.
local function mangled(s)
  if random(4) > 1 or #s == 0 then return s end
  local at = random(#s)
  return s:sub(1, at - 1) .. one_of(WORDS) .. s:sub(at + random(3))
end

local function hex(s) return (s:gsub('.', function(c) return ('%02x'):format(c:byte()) end)) end
local function bytes(s) return (s:gsub('%x%x', function(c) return string.char(tonumber(c, 16)) end)) end

local cases, lines = {}, {}
for i = 1, COUNT do
  local case = { text = mangled(text(1)), strict = random(5) == 1, vars = {} }
  local fields = { case.strict and 's' or '-', hex(case.text) }
  for _, name in ipairs { 'a', 'b', 'cluster_name', '_x1' } do
    if random(4) > 1 then
      case.vars[name] = one_of(VALUES)
      fields[#fields + 1], fields[#fields + 2] = hex(name), hex(case.vars[name])
    end
  end
  cases[i], lines[i] = case, table.concat(fields, ' ')
end

local theirs = proc.run({ THEIRS }, { stdin = table.concat(lines, '\n') .. '\n', max_output = 1 << 28 }).stdout
local i, different, refused = 0, 0, 0
for sign, result in theirs:gmatch '([=!]) (%x*)\n' do
  i = i + 1
  local case = cases[i]
  local ok, mine = pcall(subst.expand, case.text, case.vars, { strict = case.strict })
  if not ok then mine = mine.message end
  if sign == '!' then refused = refused + 1 end
  if ok ~= (sign == '=') or mine ~= bytes(result) then
    different = different + 1
    if different <= 5 then
      print(('DIFFERENT %q (%s)\n  theirs %s %q\n  ours   %s %q'):format(case.text, require 'json'.encode(
        { a = case.vars.a and hex(case.vars.a), b = case.vars.b and hex(case.vars.b), strict = case.strict }),
        sign, bytes(result), ok and '=' or '!', mine))
    end
  end
end
print(('%d texts with variables as Flux expands them (%d refused by both), %d different'):format(i - different, refused,
  different))
if i ~= COUNT or different > 0 then error(('%d of %d texts were compared, %d differ'):format(i, COUNT, different), 0) end
