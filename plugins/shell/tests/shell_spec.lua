-- shell_spec.lua: the laws of finders, for shell scripts. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('shell', function()
  it('keeps the laws of finders', function()
    contract.references(contract.plugin(), {
      files = {
        ['s/é.sh'] = '#!/bin/sh\r\n# é\r\ncd "$(dirname "$0")/.."\r\ncat "docs/a.md" docs/gone.md\r\n. "$(dirname "$0")/b.sh"\n',
        ['s/run'] = '#!/usr/bin/env bash\ncd "$(git rev-parse --show-toplevel)" && é=1 cat docs/a.md\n',
        ['.envrc'] = 'PATH_add docs\n',
        ['docs/a.md'] = 'x\n',
      },
      expect = {
        { file = '.envrc', line = 1, column = 10, text = 'docs', target = 'docs', resolved = true },
        { file = 's/run', line = 2, column = 50, text = 'docs/a.md', base = '', resolved = true },
        { file = 's/é.sh', line = 3, column = 21, text = '..', base = 's', target = '', resolved = true },
        { file = 's/é.sh', line = 4, column = 6, text = 'docs/a.md', target = 'docs/a.md', resolved = true },
        { file = 's/é.sh', line = 5, column = 20, text = 'b.sh', target = 's/b.sh', resolved = false },
      },
    })
  end)
end)
