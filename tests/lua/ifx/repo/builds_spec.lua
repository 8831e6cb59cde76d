-- builds_spec.lua: which folders cannot be built. SPDX-License-Identifier: Apache-2.0
local builds = require 'ifx.repo.builds'

local function ref(folder, resolved, target, more)
  local one = { builds = folder, exact = true, resolved = resolved, target = target }
  for key, value in pairs(more or {}) do one[key] = value end
  return one
end

describe('ifx.repo.builds', function()
  it('finds folders that miss something, and those that need them, with who applies them', function()
    local gone = ref('base', false, 'base/a.yaml')
    local entry = { entry = 'flat', exact = true, resolved = true, target = 'overlay' }
    local found = builds.broken {
      ref('top', true, 'overlay'), ref('overlay', true, 'base'), gone, entry, ref('other', true, 'x'),
    }
    assert.same({
      { folder = 'base', missing = { gone }, entries = {} },
      { folder = 'overlay', missing = {}, through = 'base', entries = { entry } },
      { folder = 'top', missing = {}, through = 'overlay', entries = {} },
    }, found)
  end)

  it('finds none where nothing is missing, or what is missing is no part of a build', function()
    assert.same({}, builds.broken { ref('a', true, 'b'), ref(nil, false, 'c'), ref('a', nil, 'd'), ref('b', true, 'a') })
    assert.same({}, builds.broken { ref('a', false, 'b', { exact = false }) })
  end)
end)
