-- ini.lua: reads sections with lines of `key = value`. SPDX-License-Identifier: Apache-2.0
local text = require 'ifx.text'

-- A section is a map whose text is its name; what stands before the first one is in the section ''. Each line of a value
-- is a node of its own, below the same path.
local function add_value(build, path, first, from, value)
  if value == '' then return end
  local start = first + from - 1
  build.add(path, {
    kind = 'scalar', value = value, text = value, start = start, stop = start + #value - 1, inner_start = start,
    inner_stop = start + #value - 1,
  })
end

---Adds the nodes of a text.
---@param build table
return function(build)
  local section, key = '', nil
  for line, first in text.lines(build.content) do
    local name = line:match('^%[(.*)%]%s*$') or line:match('^%[(.*)%]%s*[#;]')
    if name then
      section, key = name, nil
      build.add({ name }, {
        kind = 'map', text = name, start = first, stop = first + #name + 1, inner_start = first + 1, inner_stop = first + #name,
      })
    elseif line:find('^%s+%S') and key and not line:find('^%s*[#;]') then
      local from, value = line:match('^%s*()(.-)%s*$')
      add_value(build, { section, key }, first, from, value)
    elseif not line:find('^%s*[#;]') then
      local found, from, value = line:match('^%s*([^=:%s][^=:]-)%s*[=:]%s*()(.-)%s*$')
      key = found
      if found then
        local behind = value:find('%s;')
        add_value(build, { section, key }, first, from, behind and value:sub(1, behind - 1):gsub('%s+$', '') or value)
      end
    end
  end
end
