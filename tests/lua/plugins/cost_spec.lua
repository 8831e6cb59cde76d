-- cost_spec.lua: what a plugin costs a tree that it finds nothing in. SPDX-License-Identifier: Apache-2.0

-- Most files of every repository have these names.
local ANY = { ['**/*'] = true, ['**/*.yaml'] = true, ['**/*.yml'] = true, ['**/*.json'] = true }

describe('a finder of files that every repository is full of', function()
  it('says which words they must hold, or chooses them', function()
    local careless = {}
    for _, item in ipairs(require 'ifx.plugin'.registry {}:contributions 'references') do
      for _, pattern in ipairs(item.value.files or {}) do
        if ANY[pattern] and not item.value.needs then careless[#careless + 1] = item.plugin .. ' ' .. pattern end
      end
    end
    assert.same({}, careless)
  end)
end)
