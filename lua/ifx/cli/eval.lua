-- eval: run a piece of Lua with the library at hand. SPDX-License-Identifier: Apache-2.0
local host = require 'host'

local function show(...)
  local values = table.pack(...)
  for i = 1, values.n do values[i] = tostring(values[i]) end
  require('term').write(table.concat(values, '\t') .. '\n')
end

return {
  summary = 'Run Lua code with the library at hand',
  usage = 'eval CODE',
  doc = 'All modules can be required; `print` writes to standard output; what the code returns is printed.',
  args = { 1, 1 },
  run = function(_, args)
    local env = setmetatable({ print = show }, { __index = _G })
    local results = table.pack(host.chunk(args[1], '(eval)', env)())
    if results.n > 0 then show(table.unpack(results, 1, results.n)) end
  end,
}
