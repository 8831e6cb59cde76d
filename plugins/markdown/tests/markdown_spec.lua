-- markdown_spec.lua: the laws of finders, for Markdown. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('markdown', function()
  it('keeps the laws of finders in every form of a link', function()
    contract.references(contract.plugin(), {
      files = {
        ['README.md'] = '\xef\xbb\xbf[é](docs/a.md#x) ![i](<docs/b c.png>)\r\n[e](docs/b%20c.png)\r\n\r\n[d]: ./gone.md "t"\r\n',
        ['docs/a.md'] = '<img src="../docs/b c.png">\n', ['docs/b c.png'] = 'x',
      },
      expect = {
        { kind = 'markdown.link', line = 1, text = 'docs/a.md', target = 'docs/a.md', resolved = true },
        { kind = 'markdown.image', text = 'docs/b c.png', resolved = true },
        { kind = 'markdown.link', line = 2, column = 5, text = 'docs/b c.png', target = 'docs/b c.png', resolved = true },
        { kind = 'markdown.definition', line = 4, column = 6, text = './gone.md', resolved = false },
        { kind = 'markdown.html', file = 'docs/a.md', text = '../docs/b c.png', target = 'docs/b c.png', resolved = true },
      },
    })
  end)
end)
