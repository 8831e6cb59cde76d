-- just_spec.lua: the laws of finders, for justfiles. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('just', function()
  it('keeps the laws of finders', function()
    contract.references(contract.plugin(), {
      files = {
        ['.justfile'] = "# é\r\nimport 'x/é.just'\r\nd := justfile_dir() / 'docs'\r\n\r\n"
          .. 'a:\r\n\tcat {{ d }}/a.md é "docs/a.md"\r\n',
        ['x/é.just'] = 'b:\n  cat docs/a.md\n',
        ['docs/a.md'] = 'x\n',
      },
      expect = {
        { kind = 'just.import', line = 2, column = 9, text = 'x/é.just', target = 'x/é.just', resolved = true },
        { kind = 'just.variable', line = 3, column = 24, text = 'docs', target = 'docs', resolved = true },
        { kind = 'just.recipe', line = 6, column = 14, text = 'a.md', target = 'docs/a.md', base = 'docs', resolved = true },
        { kind = 'just.recipe', line = 6, column = 22, text = 'docs/a.md', target = 'docs/a.md', resolved = true },
        { kind = 'just.recipe', file = 'x/é.just', line = 2, column = 7, text = 'docs/a.md', base = '', resolved = true },
      },
    })
  end)
end)
