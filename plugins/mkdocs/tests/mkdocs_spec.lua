-- mkdocs_spec.lua: the laws of finders, for MkDocs. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('mkdocs', function()
  it('keeps the laws of finders', function()
    contract.references(contract.plugin(), {
      files = {
        ['mkdocs.yml'] = 'docs_dir: é\r\nnav:\r\n- É: "b.md"\r\n- gone.md\r\n', ['é/b.md'] = 'x\n',
        ['x/mkdocs.yaml'] = 'nav: [ a.md ]\n', ['x/docs/a.md'] = 'x\n',
      },
      expect = {
        { kind = 'mkdocs.docs_dir', line = 1, column = 11, text = 'é', target = 'é', resolved = true },
        { kind = 'mkdocs.page', line = 3, column = 7, text = 'b.md', target = 'é/b.md', base = 'é', resolved = true },
        { kind = 'mkdocs.page', line = 4, column = 3, text = 'gone.md', resolved = false },
        { kind = 'mkdocs.page', text = 'a.md', target = 'x/docs/a.md', resolved = true },
      },
    })
  end)
end)
