-- sops_spec.lua: the laws of finders, for SOPS. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('sops', function()
  local plugin = contract.plugin()

  it('keeps the laws of finders', function()
    contract.references(plugin, {
      files = {
        ['.sops.yaml'] = "creation_rules:\n- path_regex: secrets/.*\n- path_regex: 'none/it''s'\n- path_regex: \"a\\\\.b\"\n",
        ['secrets/a.yaml'] = 'a: 1\n',
      },
      expect = {
        { kind = 'sops.path_regex', line = 2, column = 15, text = 'secrets/.*', resolved = true },
        { line = 3, text = "none/it's" },
        { line = 4, text = 'a\\.b' },
      },
    })
  end)
end)
