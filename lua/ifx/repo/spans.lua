-- spans.lua: places in a file that is not YAML, as a collector takes them. SPDX-License-Identifier: Apache-2.0
local text = require 'ifx.text'

local spans = {}

---Makes matches of spans, which are asked for in rising order.
---@param file ifx.repo.File
---@return fun(start: integer, stop: integer, meaning?: string): table match  `meaning`: what the bytes say, unescaped
function spans.of(file)
  local content = file.text()
  local position = text.positions(content)
  return function(start, stop, meaning)
    local line, column = position(start)
    return {
      text = meaning or content:sub(start, stop), start = start, stop = stop, inner_start = start, inner_stop = stop,
      line = line, column = column,
    }
  end
end

return spans
