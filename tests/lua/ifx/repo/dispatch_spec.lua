-- dispatch_spec.lua: a finder sees exactly the files that its patterns match. SPDX-License-Identifier: Apache-2.0
local dispatch = require 'ifx.repo.dispatch'
local fs = require 'fs'

local PATTERNS = {
  '**/*.yaml', '**/kustomization.yaml', '**/*', '**/*_test.yaml', '**/{,.}[jJ]ustfile', 'Makefile', 'docs/CODEOWNERS',
  '.ci/*.{yml,yaml}', '.ci/**/*.yml', '*.yml', '**/templates/**', '**/.config/mise/**/*.toml', '**/{,.}mise/config.toml',
  '**/{,.}mise/config.*.toml', '**/{a/b,c}.toml', '**/x/{a,b/c}', '**/sub/[ab]', '**/x/**', '{apps,.ci}/**/*.yaml',
}

local PATHS = {
  'Makefile', 'sub/Makefile', 'docs/CODEOWNERS', 'CODEOWNERS', 'a.yml', 'apps/a.yml', '.ci/a.yml', '.ci/b/a.yml', '.ci/a.yaml',
  'kustomization.yaml', 'apps/x/kustomization.yaml', 'apps/x/a_test.yaml', 'justfile', 'sub/.Justfile', 'c/templates/a',
  'c/templates/d/a.yaml', 'templates/a.tpl', 'a/.config/mise/conf.d/x.toml', '.config/mise/x.toml', 'a/mise/config.toml',
  '.mise/config.toml', '.mise/config.local.toml', 'mise/config.toml', 'q/a/b.toml', 'q/c.toml', 'c.toml', 'x/a', 'y/x/b/c',
  'y/x/c', 'sub/a', 'y/sub/b', 'y/x/ab', 'apps/p/q.yaml',
}

describe('dispatch', function()
  it('asks the finders whose patterns match, in their order', function()
    local finders = {}
    for i, pattern in ipairs(PATTERNS) do finders[i] = { files = { pattern } } end
    local dispatched = dispatch.new(finders)
    local seen = 0
    for _, path in ipairs(PATHS) do
      local found, wanted = {}, {}
      for _, finder in ipairs(dispatched:of { path = path, mode = '100644' }) do found[#found + 1] = finder.files[1] end
      for _, pattern in ipairs(PATTERNS) do
        if fs.glob(pattern):match(path) then wanted[#wanted + 1] = pattern end
      end
      assert.are.same(wanted, found, path)
      seen = seen + #found
    end
    assert.is_true(seen > 2 * #PATHS)
  end)

  it('asks every pattern of each place where names are alike', function()
    local dispatched = dispatch.new { { files = { '**/{,.}mise/config.toml' } } }
    assert.are.equal(0, #dispatched:of { path = 'a/config.toml', mode = '100644' })
    assert.are.equal(1, #dispatched:of { path = 'a/mise/config.toml', mode = '100644' })
    assert.are.equal(0, #dispatched:of { path = 'b/config.toml', mode = '100755' })
  end)

  it('shows a finder the files that it chose, whatever they are, and others no link', function()
    local chooser = { files = { '*.txt' } }
    chooser.choose = true
    local dispatched = dispatch.new({ chooser }, function() return { 'link', 'sub' } end)
    assert.are.equal(1, #dispatched:of { path = 'link', mode = '120000' })
    assert.are.equal(1, #dispatched:of { path = 'sub', mode = '160000' })
    assert.are.equal(0, #dispatched:of { path = 'a.txt', mode = '120000' })
    assert.are.equal(1, #dispatched:of { path = 'a.txt', mode = '100644' })
  end)
end)
