-- task_spec.lua: the laws of finders, for Taskfiles and mise. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('task', function()
  it('keeps the laws of finders', function()
    contract.references(contract.plugin(), {
      files = {
        ['Taskfile.yml'] = '# é\r\nincludes:\r\n  é: x/é.yml\r\ntasks:\r\n  a:\r\n  - |\r\n    é && cat "docs/a.md"\r\n',
        ['x/é.yml'] = 'tasks: { a: cat docs/a.md }\n',
        ['mise.toml'] = 'tasks.é = 1\n[tasks]\na = "é; cat docs/a.md"\n',
        ['docs/a.md'] = 'x\n',
      },
      expect = {
        { kind = 'task.include', line = 3, column = 6, text = 'x/é.yml', target = 'x/é.yml', resolved = true },
        { kind = 'task.command', line = 7, column = 15, text = 'docs/a.md', target = 'docs/a.md', resolved = true },
        { kind = 'task.command', file = 'x/é.yml', line = 1, column = 17, text = 'docs/a.md', base = '', resolved = true },
      },
    })
  end)
end)
