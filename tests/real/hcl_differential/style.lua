-- style.lua: hcl.format of the files in STYLE against what terraform has made of the same files in THEIRS.
-- SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local hcl = require 'hcl'

local same, refused, different = 0, 0, 0
for _, file in ipairs(fs.list(STYLE)) do
  local text, theirs = fs.read(fs.join(STYLE, file.name)), fs.read(fs.join(THEIRS, file.name))
  local ok, ours = pcall(hcl.format, text)
  if not ok then
    refused = refused + 1
    ours = text -- terraform leaves alone what it refuses
  end
  if ours == theirs then
    same = same + 1
  else
    different = different + 1
    print('DIFFERENT ' .. file.name)
  end
end
print(('%d files in canonical style as terraform fmt writes them (%d refused), %d different'):format(same, refused, different))
if different > 0 then error('the canonical style differs', 0) end
