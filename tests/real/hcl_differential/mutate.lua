-- mutate.lua: of each file in the folder FILES, COPIES broken ones; the same in every run. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'

local seed = 1
local function random(n)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed // 65536 % n + 1
end

local pieces = {
  '{', '}', '"', '${', '%{', '~}', '[', ']', '(', ')', '\n', '\r', ',', '=', '.', '*', '...', '?', ':', '::',
  '<<E', '\nE\n', '#', '/*', '*/', '//', '\\', '$', '%', 'for', 'in', 'if', '=>', '-', '!', '0', '1.', 'e5',
  '\xC3', '\xC3\xA4', '\xE2\x80\x9C', ' ', '\t', '\\u00', '$${', 'endif', "'", ';', '&&', '<', 'null',
}

local function mutant(text)
  local at, what = random(#text), random(4)
  local piece = pieces[random(#pieces)]
  if what == 1 then return text:sub(1, at - 1) .. text:sub(at + random(3)) end
  if what == 2 then return text:sub(1, at) .. piece .. text:sub(at + 1) end
  if what == 3 then return text:sub(1, at - 1) .. piece .. text:sub(at + #piece) end
  local from = random(#text)
  return text:sub(1, at) .. text:sub(from, from + random(40)) .. text:sub(at + 1)
end

for _, file in ipairs(fs.list(FILES)) do
  local path = fs.join(FILES, file.name)
  local text = fs.read(path)
  for copy = 1, #text > 0 and COPIES or 0 do fs.write(path .. '.' .. copy, mutant(text), { sync = false }) end
end
