-- spans.lua: places in a file that is not YAML, as a collector takes them. SPDX-License-Identifier: Apache-2.0
local text = require 'ifx.text'

local spans = {}

---Makes matches of spans; cheapest when they are asked for in rising order.
---@param file ifx.repo.File
---@return fun(start: integer, stop: integer, meaning?: string): table match  `meaning`: what the bytes say, unescaped
function spans.of(file)
  local content = file.text()
  local position, last = text.positions(content), 0
  return function(start, stop, meaning)
    if start < last then position = text.positions(content) end
    last = start
    local line, column = position(start)
    return {
      text = meaning or content:sub(start, stop), start = start, stop = stop, inner_start = start, inner_stop = stop,
      line = line, column = column,
    }
  end
end

return spans
