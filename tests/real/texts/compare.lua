-- compare.lua: texts as values and as keys, as IFX and as kubectl print them. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local proc = require 'proc'

local BATCH, MOST = 4000, 20
local MARKS = { ' ', '\n', '\t', '\r', '-', '?', ':', '#', "'", '"', '\\', ',', '[', '{', '|', '>', '%', '@', '&', '!', '*',
  '=', '<', '~', '.', '+', '_', '0', '1', 'e', 'x', 'y', 'a', '\u{a0}', '\u{2028}', '\u{feff}', '\u{1f600}', '\u{e9}' }
local WORDS = { 'y', 'no', 'On', 'OFF', 'true', 'False', 'null', '~', '<<', '=', '.inf', '-.Inf', '.nan', '0', '-1', '+1', '007', '08',
  '0x1F', '0b11', '0o17', '1_000', '1.5', '.5', '1.', '1e3', '1E+3', '1e', '12:30', '12:30:45.6', '1:60', '190:20:30', '2020-01-01',
  '2020-1-1', '2020-13-01', '2020-01-01T01:02:03Z', '2020-01-01 1:2:3', '2020-01-01t1:2:3.4+01:00', '---', '...', '--- a', '-', '- a',
  '? a', ': a', 'a: b', 'a #b', '[]', '{}', '{{ a }}', 'a, b', '&a', '*a', '!a', '|', '>-', "it's", '"', '0x', '1a', '1.2.3', '' }
local AROUND = { '', ' ', '\n', '\t', '\r', ':', '\n\n', ' \n', '\n ', '\u{2028}', '\u{85}' }

-- What is refused is asked for alone, for one such text spoils all that are asked together; as a key, << is a merge to kubectl.
local REFUSED = { [false] = { '\x7f', '\u{80}', '\u{9f}', '\u{fffe}', '\u{ffff}', 'a\u{85}--- b', '\u{85}... ' },
  [true] = { '\x7f', '\u{80}', '\u{9f}', '\u{fffe}', '\u{ffff}', 'a\u{85}b', ('k'):rep(1023) } }

local values, keys = {}, {}
local function add(text)
  if not (text .. ' '):find '\u{85}[-.][-.][-.][ \xc2]' then values[#values + 1] = text end
  if not text:find '\u{85}' and text ~= '<<' then keys[#keys + 1] = text end
end

for code = 0, 0xffff do
  local surrogate, refused = code >= 0xd800 and code < 0xe000, code >= 0x7f and code < 0xa0 or code >= 0xfffe
  if not surrogate and not refused and (code < 0x3000 or code % 7 == 0 or code > 0xf000) then add(utf8.char(code)) end
end
for _, a in ipairs(MARKS) do
  for _, b in ipairs(MARKS) do
    add(a .. b)
    for _, c in ipairs(MARKS) do if #a + #b + #c == 3 then add(a .. b .. c) end end
  end
end
for _, word in ipairs(WORDS) do
  for _, before in ipairs(AROUND) do
    for _, after in ipairs(AROUND) do add(before .. word .. after) end
  end
end
local line = ('word '):rep(15)
for width = 1, 12 do
  for _, word in ipairs(WORDS) do add(line .. ('x'):rep(width) .. ' ' .. word .. '  ' .. line .. word) end
end

local function quoted(text)
  local out = {}
  for _, code in utf8.codes(text) do
    out[#out + 1] = (code < 256 and '\\x%02X' or code < 65536 and '\\u%04X' or '\\U%08X'):format(code)
  end
  return '"' .. table.concat(out) .. '"'
end

local dir <close> = setmetatable({ path = fs.tempdir() }, { __close = function(self) fs.remove_tree(self.path) end })
fs.write(fs.join(dir.path, 'kustomization.yaml'), 'resources: [all.yaml]\n')

-- What a command prints of an object with the texts from `first` to `last`; nil: it refuses.
local function printed(command, from, first, last)
  local lines = { 'apiVersion: example.org/v1\nkind: Texts\nmetadata: { name: texts }\nspec:' }
  for i = first, last do lines[#lines + 1] = (from.keys and '- ? %s\n  : v' or '- %s'):format(quoted(from[i])) end
  fs.write(fs.join(dir.path, 'all.yaml'), table.concat(lines, '\n') .. '\n')
  local argv = table.move(command, 1, #command, 1, {})
  argv[#argv + 1] = dir.path
  local result = proc.run(argv, { check = false, max_output = 1 << 28 })
  return result.status == 0 and result.stdout or nil
end

local compared, different = 0, 0
local function compare(from, first, last)
  local ours = printed({ IFX, 'build' }, from, first, last)
  local theirs = printed({ 'kubectl', 'kustomize' }, from, first, last)
  if ours == theirs and (ours or first == last) then
    compared = compared + last - first + 1
  elseif first < last and different < MOST then
    local middle = (first + last) // 2
    compare(from, first, middle)
    compare(from, middle + 1, last)
  elseif different < MOST then
    different = different + 1
    print(('DIFFERENT %s %q\n  kubectl %q\n  ifx     %q'):format(from.keys and 'key' or 'value', from[first], theirs, ours))
  end
end

keys.keys, REFUSED[true].keys = true, true
for _, texts in ipairs { values, keys } do
  for first = 1, #texts, BATCH do compare(texts, first, math.min(first + BATCH - 1, #texts)) end
end
for _, texts in pairs(REFUSED) do
  for i = 1, #texts do compare(texts, i, i) end
end
print(('%d texts as kubectl prints them, %d different'):format(compared, different))
if different > 0 then error('texts differ', 0) end
