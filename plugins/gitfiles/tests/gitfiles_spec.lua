-- gitfiles_spec.lua: the laws of finders, for Git's own files. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('gitfiles', function()
  it('keeps the laws of finders in every kind of file', function()
    contract.references(contract.plugin(), {
      files = {
        ['.gitattributes'] = 'docs/*.md text\r\n',
        ['.gitmodules'] = '[submodule "x"]\n  path = gone\n  url = ../x\n',
        ['.sourceignore'] = '# é\r\n!docs/a.md\r\nnone/\r\n',
        CODEOWNERS = 'docs/ @é\n/gone/ @a\n', ['docs/a.md'] = 'x\n',
      },
      expect = {
        { kind = 'gitattributes.pattern', text = 'docs/*.md', target = 'docs/*.md', resolved = true },
        { kind = 'gitmodules.path', line = 2, column = 10, text = 'gone', resolved = false },
        { kind = 'gitmodules.url', text = '../x' },
        { kind = 'ignore.pattern', line = 2, column = 2, text = 'docs/a.md', target = 'docs/a.md', resolved = true },
        { kind = 'ignore.pattern', text = 'none/' },
        { kind = 'codeowners.pattern', text = 'docs/', resolved = true },
        { kind = 'codeowners.pattern', text = '/gone/', resolved = false },
      },
    })
  end)
end)
