-- lint_spec.lua: what configurations of linters name, and how it follows moves. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/lint'

describe('the finder of linters', function()
  it('finds every form of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'lint.txt', kit.lines(kit.graph(FIXTURE, 'lint')))
  end)

  it('lets patterns, expressions and paths follow what they name', function()
    local edits, listed, plan = kit.moves(FIXTURE, 'lint', { docs = 'handbook', apps = 'workloads', tools = 'scripts/tools' })
    assert.are.same({
      '.checkov.yaml:2 apps -> workloads',
      '.checkov.yaml:3 docs/.* -> handbook/.*',
      '.codespellrc:2 docs/*.md -> handbook/*.md',
      '.codespellrc:4 tools/words.txt -> scripts/tools/words.txt',
      '.config/ansible-lint.yml:1 docs/a.md -> handbook/a.md',
      '.editorconfig:5 apps/** -> workloads/**',
      '.gitleaks.toml:11 apps/web -> workloads/web',
      '.gitleaks.toml:5 docs/.*\\.md -> handbook/.*\\.md',
      [[.gitleaks.toml:9 "^apps/\\w+" -> "^workloads/\\w+"]],
      '.golangci.yml:1 apps -> workloads',
      '.golangci.yml:1 docs/.*\\.md -> handbook/.*\\.md',
      '.kube-linter.yaml:1 apps/web/* -> workloads/web/*',
      '.markdownlint-cli2.jsonc:3 docs/*.md -> handbook/*.md',
      '.markdownlint-cli2.jsonc:3 docs/b.md -> handbook/b.md',
      '.markdownlint-cli2.jsonc:4 tools/markdownlint.json -> scripts/tools/markdownlint.json',
      '.markdownlint.json:1 ./tools/markdownlint.json -> ./scripts/tools/markdownlint.json',
      '.prettierrc:2 docs/*.md -> handbook/*.md',
      '.prettierrc:3 docs/b.md -> handbook/b.md',
      '.shellcheckrc:3 tools -> scripts/tools',
      '.taplo.toml:1 docs/* -> handbook/*',
      '.taplo.toml:3 apps/** -> workloads/**',
      '.tflint.hcl:1 tools -> scripts/tools',
      '.tflint.hcl:3 docs/a.md -> handbook/a.md',
      '.trivyignore.yaml:3 apps/web/a.yaml -> workloads/web/a.yaml',
      '.yamlfmt:2 docs/** -> handbook/**',
      '.yamllint:10 ./tools/yamllint-base.yaml -> ./scripts/tools/yamllint-base.yaml',
      '.yamllint:7 docs/*.md -> handbook/*.md',
      'apps/.ansible-lint:2 ../docs/ -> ../handbook/',
      'apps/.ansible-lint:4 ../tools -> ../scripts/tools',
      'cspell.json:1 ./tools/words.txt -> ./scripts/tools/words.txt',
      'cspell.json:1 docs/** -> handbook/**',
      'cspell.json:1 docs/a.md -> handbook/a.md',
      'lychee.toml:1 docs -> handbook',
      'trivy.yaml:2 apps/web -> workloads/web',
      'trivy.yaml:3 docs/a.md -> handbook/a.md',
      'trivy.yaml:4 tools/words.txt -> scripts/tools/words.txt',
      'typos.toml:2 /tools/ -> /scripts/tools/',
      'typos.toml:2 docs/a.md -> handbook/a.md',
    }, edits)
    assert.are.same({
      ".editorconfig:4 docs/**.md: glob 'docs/**.md', character 8: '**' must be a whole segment of the path",
      '.taplo.toml:1 apps/*.toml: matches no tracked file',
      '.yamllint:11 apps/*.yml: nothing tracked matches: ignore patterns usually name what is not tracked',
    }, listed)
    assert.are.same({}, plan.problems)
  end)

  it('says where a configuration does not parse', function()
    assert.are.same({
      '.gitleaks.toml:1:2 unknown .gitleaks.toml: does not parse as TOML: an equals sign is expected',
      '.markdownlint.json:1:2 unknown .markdownlint.json: does not parse as JSON5: a key is expected',
    }, kit.of({ ['.gitleaks.toml'] = 'x', ['.markdownlint.json'] = '{', ['.editorconfig'] = '[' }, 'lint'))
  end)
end)
