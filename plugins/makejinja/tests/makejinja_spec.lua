-- makejinja_spec.lua: the laws of finders, for makejinja. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('makejinja', function()
  it('keeps the laws of finders', function()
    contract.references(contract.plugin(), {
      files = {
        ['makejinja.toml'] = "# é\r\n[makejinja]\r\ninputs = [ 'é', \"gone\" ]\r\nplugins = ['p:P']\r\n", ['p.py'] = 'x\n',
        ['é/a.j2'] = 'x\n',
      },
      expect = {
        { kind = 'makejinja.path', line = 3, column = 13, text = 'é', target = 'é', resolved = true },
        { kind = 'makejinja.path', line = 3, column = 18, text = 'gone', resolved = false },
        { kind = 'makejinja.plugin', line = 4, column = 13, text = 'p', target = 'p.py', resolved = true },
      },
    })
  end)
end)
