-- make_spec.lua: the laws of finders, for Makefiles. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('make', function()
  it('keeps the laws of finders', function()
    contract.references(contract.plugin(), {
      files = {
        ['Makefile'] = '# é\r\ninclude x/é.mk\r\nD := docs\r\na: docs/a.md\r\n\t@cat $(D)/a.md é "docs/a.md"\r\n',
        ['x/é.mk'] = 'b:\n\tcat docs/a.md\n',
        ['docs/a.md'] = 'x\n',
      },
      expect = {
        { kind = 'make.include', line = 2, column = 9, text = 'x/é.mk', target = 'x/é.mk', resolved = true },
        { kind = 'make.variable', line = 3, column = 6, text = 'docs', target = 'docs', resolved = true },
        { kind = 'make.rule', line = 4, column = 4, text = 'docs/a.md', target = 'docs/a.md', resolved = true },
        { kind = 'make.recipe', line = 5, column = 12, text = 'a.md', target = 'docs/a.md', base = 'docs', resolved = true },
        { kind = 'make.recipe', line = 5, column = 20, text = 'docs/a.md', target = 'docs/a.md', resolved = true },
        { kind = 'make.recipe', file = 'x/é.mk', line = 2, column = 6, text = 'docs/a.md', base = '', resolved = true },
      },
    })
  end)
end)
