-- lint_spec.lua: the laws of finders, for configurations of linters. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('lint', function()
  it('keeps the laws of finders in every format', function()
    contract.references(contract.plugin(), {
      files = {
        ['.editorconfig'] = '; é\r\n[é/*.md]\r\n', ['.gitleaks.toml'] = "# é\r\n[allowlist]\r\npaths = ['''^é/''']\r\n",
        ['.markdownlint-cli2.jsonc'] = '\xef\xbb\xbf{ "globs": ["é/*.md"] }', ['.tflint.hcl'] = 'plugin_dir = "é"\r\n',
        ['.yamllint'] = 'ignore: |\r\n  # é\r\n  é/a.md\r\nignore-from-file: gone\r\n',
        ['.prettierrc'] = '{ overrides: [{ files: é/* }] }\n',
        ['.codespellrc'] = '[codespell]\nskip = é/a.md,é/*\n', ['é/a.md'] = 'x\n', ['.shellcheckrc'] = 'source-path=é\n',
      },
      expect = {
        { kind = 'lint.files', file = '.codespellrc', line = 2, column = 8, text = 'é/a.md', target = 'é/a.md', resolved = true },
        { kind = 'lint.files', line = 2, column = 15, text = 'é/*', resolved = true },
        { kind = 'lint.files', line = 2, column = 2, text = 'é/*.md', target = 'é/*.md', resolved = true },
        { kind = 'lint.expression', line = 3, column = 13, text = '^é/', resolved = true },
        { kind = 'lint.files', line = 1, column = 15, text = 'é/*.md', resolved = true },
        { kind = 'lint.files', file = '.prettierrc', text = 'é/*', resolved = true },
        { kind = 'lint.path', file = '.shellcheckrc', text = 'é', target = 'é', resolved = true },
        { kind = 'lint.path', file = '.tflint.hcl', line = 1, column = 15, text = 'é', target = 'é', resolved = true },
        { kind = 'lint.ignore', line = 3, column = 3, text = 'é/a.md', target = 'é/a.md', resolved = true },
        { kind = 'lint.path', line = 4, text = 'gone' },
      },
    })
  end)
end)
