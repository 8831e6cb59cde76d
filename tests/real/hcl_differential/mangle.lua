-- mangle.lua: of each file in the folder STYLE some further from the canonical style. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'

local function older(text)
  text = text:gsub('= (var%.[%w_.]+) *\n', '="${ %1 }"\n'):gsub('\n(%l+) "(%w[%w_]*)"', '\n%1   %2')
  return (text:gsub('type%s*= (%l+) *\n', 'type="%1"\n'):gsub('type%s*= (%l+)%b() *\n', 'type =  %1\n'))
end

local ways = {
  flat = function(text) return (text:gsub('\n[ \t]+', '\n'):gsub('  +', ' ')) end,
  tight = function(text) return (text:gsub(' ?([=,?:(){}%[%]]) ?', '%1')) end,
  wide = function(text) return (text:gsub('([,?(){}%[%]])', '   %1  ')) end,
  crlf = function(text) return (text:gsub('\r?\n', '\r\n')) end,
  older = older,
}

for _, file in ipairs(fs.list(STYLE)) do
  local path = fs.join(STYLE, file.name)
  local text = fs.read(path)
  for way, change in pairs(ways) do fs.write(path:gsub('tf$', way .. '.tf'), change(text), { sync = false }) end
end
