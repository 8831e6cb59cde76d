-- ci_spec.lua: the laws of finders, for workflows and pipelines. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('ci', function()
  it('keeps the laws of finders in every kind of file', function()
    contract.references(contract.plugin(), {
      files = {
        ['.github/workflows/a.yml'] = 'on: { push: { paths: ["docs/**"] } }\r\njobs:\r\n  é:\r\n    steps:\r\n'
          .. '    - run: |\r\n        # é\r\n        cd docs && cat "a.md"\r\n    - run: \'cat docs/a.md\'\r\n',
        ['.github/labeler.yml'] = 'é: [docs/*]\n',
        ['.github/dependabot.yml'] = 'updates: [{ directory: /docs }]\n',
        ['.gitlab-ci.yml'] = 'include: gone.yml\njob:\n  script:\n  - >-\n    cat\n    docs/a.md\n',
        ['action.yml'] = 'runs: { using: node20, main: docs/a.md }\n',
        ['docs/a.md'] = 'x\n',
      },
      expect = {
        { kind = 'ci.directory', line = 1, column = 25, text = 'docs', target = 'docs', resolved = true },
        { kind = 'ci.paths', file = '.github/labeler.yml', column = 5, text = 'docs/*', resolved = true },
        { kind = 'ci.paths', line = 1, column = 24, text = 'docs/**', target = 'docs/**', resolved = true },
        { kind = 'ci.run', line = 7, column = 12, text = 'docs', target = 'docs', resolved = true },
        { kind = 'ci.run', line = 7, column = 25, text = 'a.md', target = 'docs/a.md', base = 'docs', resolved = true },
        { kind = 'ci.run', line = 8, column = 17, text = 'docs/a.md', target = 'docs/a.md', resolved = true },
        { kind = 'ci.include', text = 'gone.yml', resolved = false },
        { kind = 'ci.run', file = '.gitlab-ci.yml', line = 6, column = 5, text = 'docs/a.md', resolved = true },
        { kind = 'ci.uses', file = 'action.yml', text = 'docs/a.md', resolved = true },
      },
    })
  end)
end)
