-- finders_spec.lua: every finder of every plugin keeps its laws on files that were damaged. SPDX-License-Identifier: Apache-2.0
local finders = dofile 'tests/lua/support/finders.lua'
local fs = require 'fs'

-- What formats give a meaning to, and what no format expects.
local WORDS = {
  '{{', '}}', '{{ .X }}', '${', '}', '$(', ')', '`', '"', "'", '"""', "'''", '\\', '\\\n', '\n', '\r\n', '\t', '  ', '|',
  '|-\n', '>-\n', '&a ', '*a', '<<: ', '- ', ': ', ':', '#', ' # ', '//', '/*', '../', './', '/', '~', '*', '**', '?', '[', ']',
  '{',
  '<<EOF\n', '=', ':=', ',',
  '\0', '\xff', '\xef\xbb\xbf', 'é', '%', '@', '!', '---\n', '...\n', 'null', '1', ('x'):rep(300),
  ('['):rep(300), ('$('):rep(300),
}

-- The same numbers on every machine.
local function generator(seed)
  local state = seed
  return function(n)
    state = (state * 6364136223846793005 + 1442695040888963407) & 0x7fffffffffffffff
    return (state >> 24) % n + 1
  end
end

local function damage(random, s, other)
  for _ = 1, random(4) do
    local from = random(#s + 1)
    local to = math.min(#s, from + random(20) - 1)
    local way = random(6)
    if way <= 2 then
      s = s:sub(1, from - 1) .. WORDS[random(#WORDS)] .. s:sub(from)
    elseif way == 3 then
      s = s:sub(1, from - 1) .. WORDS[random(#WORDS)] .. s:sub(to + 1)
    elseif way == 4 then
      s = s:sub(1, from - 1) .. s:sub(to + 1)
    elseif way == 5 then
      s = s:sub(1, to) .. s:sub(from)
    else
      s = random(4) == 1 and s:sub(1, from) or s:sub(1, from - 1) .. other:sub(random(#other + 1))
    end
  end
  return s
end

describe('every finder', function()
  local all = finders.open 'tests/fixtures/refs'

  it('keeps its laws on the fixtures as they are', function()
    for _, seed in ipairs(all.seeds) do assert.is_nil(all:check(seed, all:content(seed))) end
  end)

  it('is looked at: each plugin that finds references has a fixture that one of its kinds is found in', function()
    local found = {}
    for _, seed in ipairs(all.seeds) do
      for name in pairs(all:plugins_of(seed)) do found[name] = true end
    end
    for _, item in ipairs(all.plugins) do assert.truthy(found[item.plugin], item.plugin .. ' finds nothing in any fixture') end
  end)

  it('keeps its laws on damaged files', function()
    local random = generator(tonumber(fs.env 'IFX_SEED' or 1))
    for _ = 1, tonumber(fs.env 'IFX_INPUTS' or 1500) do
      local seed, other = all.seeds[random(#all.seeds)], all.seeds[random(#all.seeds)]
      local bytes = damage(random, all:content(seed), all:content(other))
      local wrong = all:check(seed, bytes)
      assert.is_nil(wrong, wrong and ('%s\n%q'):format(wrong, bytes))
    end
  end)
end)
