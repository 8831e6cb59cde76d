-- chunk.lua: a function that a spec gives as text, for worker threads. SPDX-License-Identifier: Apache-2.0
local host = require 'host'

---@param setup { text: string, argument: any }  the text returns what a module for `worker.map` returns
return function(setup)
  return host.chunk(setup.text, 'worker', _G)()(setup.argument)
end
