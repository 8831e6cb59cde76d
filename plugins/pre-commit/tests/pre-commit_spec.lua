-- pre-commit_spec.lua: the laws of finders, for pre-commit. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('pre-commit', function()
  it('keeps the laws of finders', function()
    contract.references(contract.plugin(), {
      files = {
        ['.pre-commit-config.yaml'] = 'exclude: |\r\n  (?x)^(\r\n  é/.*\r\n  )$\r\nrepos:\r\n- repo: local\r\n  hooks:\r\n'
          .. '  - { language: script, entry: "é/run.sh -x", args: ["--config=é/a.md"] }\r\n',
        ['.pre-commit-hooks.yaml'] = '- language: script\n  entry: gone\n',
        ['é/a.md'] = 'x\n', ['é/run.sh'] = 'x\n',
      },
      expect = {
        { kind = 'pre-commit.files', line = 1, column = 10, resolved = true, editable = false },
        { kind = 'pre-commit.entry', line = 8, column = 33, text = 'é/run.sh', target = 'é/run.sh', resolved = true },
        { kind = 'pre-commit.argument', line = 8, column = 64, text = 'é/a.md', target = 'é/a.md', resolved = true },
        { kind = 'pre-commit.entry', text = 'gone', resolved = false },
      },
    })
  end)
end)
