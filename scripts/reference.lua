-- reference.lua: prints docs/reference.md, made of lua/meta (see `make reference`). SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'

-- One function: its description, its typed parameters and results, from the comment above it.
local function entry(signature, comment)
  local out, params, returns = {}, {}, {}
  for _, line in ipairs(comment) do
    local tag, rest = line:match '^@(%w+)%s*(.*)$'
    if tag == 'param' then
      local name, kind, doc = rest:match '^(%S+)%s+(%b{}%S*)%s*(.*)$'
      if not name then name, kind, doc = rest:match '^(%S+)%s+(%S+)%s*(.*)$' end
      params[#params + 1] = ('- `%s` `%s` %s'):format(name, kind or '', doc or '')
    elseif tag == 'return' then
      returns[#returns + 1] = ('- returns `%s`'):format(rest)
    elseif not tag then
      out[#out + 1] = line
    end
  end
  return ('### `%s`\n\n%s\n%s%s'):format(signature, table.concat(out, '\n'),
    #params > 0 and '\n' .. table.concat(params, '\n') .. '\n' or '',
    #returns > 0 and (#params > 0 and '' or '\n') .. table.concat(returns, '\n') .. '\n' or '')
end

local function module_page(name, text)
  local out, comment = { ('## Module `%s`\n'):format(name) }, {}
  for line in (text .. '\n'):gmatch '(.-)\n' do
    local words = line:match '^%-%-%-%s?(.*)$'
    local signature = line:match '^function%s+(.-)%s*end%s*$' or line:match '^function%s+(M%..*%))$' or line:match '^(M%.[%w_]+) ='
    signature = signature and signature:gsub('^M%.', name .. '.')
    if words then
      comment[#comment + 1] = words
    elseif signature then
      out[#out + 1] = entry(signature, comment)
      comment = {}
    else
      comment = {}
    end
  end
  return table.concat(out, '\n')
end

local pages = {
  '# Reference: the modules of the host\n\nMade from `lua/meta/` by `make reference`; do not edit.\n'
    .. '\nErrors are raised: one structured value with `kind`, `message` and a place (module `err`).\n',
}
for _, file in ipairs(fs.list 'lua/meta') do
  local name = file.name:match '^(.+)%.lua$'
  if name then pages[#pages + 1] = module_page(name:gsub('_.*', ''), fs.read('lua/meta/' .. file.name)) end
end
for _, module in ipairs { 'ifx', 'task' } do -- these are written in Lua, with their own comments
  pages[#pages + 1] = module_page(module, fs.read(module == 'ifx' and 'lua/ifx/init.lua' or 'lua/ifx/task.lua'))
end
require('term').write(table.concat(pages, '\n'))
