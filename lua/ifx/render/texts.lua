-- texts.lua: the text of many objects, in pieces. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local node = require 'node'

-- So many bytes become one piece: all of them at once would be there twice.
local ENOUGH = 1 << 18

-- Values can stand in each other so often that nobody could want their text.
local MOST = 512 << 20

---Their canonical texts with --- between, in pieces that stand one behind the other. Raises 'limit' for more than 512 MiB.
---@param objects node.Node[]
---@return string[]
return function(objects)
  local out, next_one, bytes = {}, 1, 0
  while next_one do
    out[#out + 1], next_one = node.print(objects, next_one, ENOUGH)
    bytes = bytes + #out[#out]
    if bytes > MOST then
      err.raise { kind = 'limit', message = ('what comes out is longer than %d bytes'):format(MOST),
        hint = 'is a long value put into many objects, or a base named very often?' }
    end
  end
  return out
end
