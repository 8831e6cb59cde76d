-- selectors_spec.lua: selectors on the inputs that fuzzing begins with. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'

describe('selectors', function()
  local check = dofile 'tests/lua/support/selectors.lua'.open()
  local corpus = 'tests/fuzz/corpus/selectors'
  for _, entry in ipairs(fs.list(corpus)) do
    it('keep their laws on ' .. entry.name, function() assert.is_nil(check(fs.read(corpus .. '/' .. entry.name))) end)
  end
end)
