-- rules.lua: which fields of which configurations name paths, and in which language. SPDX-License-Identifier: Apache-2.0

-- One item for each kind of configuration: its files, its format, and its fields by the language of their texts:
--   ignore      patterns in the language of .gitignore
--   globs       patterns that count from the folder of the configuration; without a slash they mean names anywhere
--   regex       expressions over paths from the root, in Go's syntax; python: in Python's
--   paths       files and folders; files_only: those with a slash
--   attributes  names of attributes (HCL) whose strings are files and folders
-- In `listed` a text holds several between commas.
-- A field is a path of keys with dots; `*` is any key or item, `[]` at its end: the value or the items of a list.
return {
  {
    tool = 'yamllint', format = 'yaml', files = { '.yamllint', '.yamllint.yaml', '.yamllint.yml' },
    ignore = { 'ignore[]', 'rules.*.ignore[]', 'yaml-files[]' }, paths = { 'ignore-from-file[]' }, files_only = { 'extends' },
  },
  {
    tool = 'ansible-lint', format = 'yaml', files = { '.ansible-lint', '.ansible-lint.yml', '.ansible-lint.yaml' },
    also = { '.config/ansible-lint.yml', '.config/ansible-lint.yaml' },
    globs = { 'exclude_paths[]', 'kinds.*.*' }, paths = { 'rulesdir[]' },
  },
  {
    tool = 'markdownlint', format = 'json5', files = { '.markdownlint.json', '.markdownlint.jsonc', '.markdownlintrc' },
    files_only = { 'extends' },
  },
  { tool = 'markdownlint', format = 'yaml', files = { '.markdownlint.yaml', '.markdownlint.yml' }, files_only = { 'extends' } },
  {
    tool = 'markdownlint-cli2', format = 'json5', files = { '.markdownlint-cli2.jsonc' },
    globs = { 'globs[]', 'ignores[]', 'overrides.*.files[]' }, files_only = { 'config.extends', 'customRules[]' },
  },
  {
    tool = 'markdownlint-cli2', format = 'yaml', files = { '.markdownlint-cli2.yaml' },
    globs = { 'globs[]', 'ignores[]' }, files_only = { 'config.extends', 'customRules[]' },
  },
  {
    tool = 'prettier', format = 'yaml', files = { '.prettierrc', '.prettierrc.yaml', '.prettierrc.yml', '.prettierrc.json' },
    globs = { 'overrides.*.files[]', 'overrides.*.excludeFiles[]' }, files_only = { 'plugins[]' },
  },
  {
    tool = 'prettier', format = 'json5', files = { '.prettierrc.json5' },
    globs = { 'overrides.*.files[]', 'overrides.*.excludeFiles[]' }, files_only = { 'plugins[]' },
  },
  {
    tool = 'prettier', format = 'toml', files = { '.prettierrc.toml' },
    globs = { 'overrides.*.files[]', 'overrides.*.excludeFiles[]' }, files_only = { 'plugins[]' },
  },
  { tool = 'editorconfig', format = 'ini', files = { '.editorconfig' }, sections = true },
  {
    tool = 'checkov', format = 'yaml', files = { '.checkov.yml', '.checkov.yaml' },
    paths = { 'directory[]', 'file[]', 'external-checks-dir[]', 'var-file[]', 'baseline' }, python = { 'skip-path[]' },
  },
  {
    tool = 'trivy', format = 'yaml', files = { 'trivy.yaml' },
    globs = { 'scan.skip-dirs[]', 'scan.skip-files[]' }, paths = { 'ignorefile', 'ignore-policy', 'secret.config' },
  },
  { tool = 'trivy', format = 'yaml', files = { '.trivyignore.yaml' }, globs = { '*.*.paths[]' } },
  {
    tool = 'gitleaks', format = 'toml', files = { '.gitleaks.toml' }, paths = { 'extend.path' },
    regex = {
      'allowlist.paths[]', 'allowlists.*.paths[]', 'rules.*.path', 'rules.*.allowlist.paths[]', 'rules.*.allowlists.*.paths[]',
    },
  },
  { tool = 'shellcheck', format = 'ini', files = { '.shellcheckrc', 'shellcheckrc' }, paths = { '.source-path' } },
  {
    tool = 'codespell', format = 'ini', files = { '.codespellrc' }, listed = true,
    globs = { 'codespell.skip' }, paths = { 'codespell.ignore-words', 'codespell.exclude-file' },
  },
  { tool = 'lychee', format = 'toml', files = { 'lychee.toml', '.lychee.toml' }, regex = { 'exclude_path[]' } },
  {
    tool = 'typos', format = 'toml', files = { 'typos.toml', '_typos.toml', '.typos.toml' },
    ignore = { 'files.extend-exclude[]' },
  },
  {
    tool = 'yamlfmt', format = 'yaml', files = { '.yamlfmt', '.yamlfmt.yaml', '.yamlfmt.yml' },
    globs = { 'include[]', 'exclude[]' }, paths = { 'gitignore_path' },
  },
  {
    tool = 'taplo', format = 'toml', files = { '.taplo.toml', 'taplo.toml' },
    globs = { 'include[]', 'exclude[]', 'rule.*.include[]', 'rule.*.exclude[]' },
  },
  {
    tool = 'cspell', format = 'json5', files = { 'cspell.json', '.cspell.json', 'cspell.config.json' },
    ignore = { 'ignorePaths[]' }, globs = { 'files[]', 'overrides.*.filename[]' },
    paths = { 'dictionaryDefinitions.*.path' }, files_only = { 'import[]' },
  },
  {
    tool = 'golangci-lint', format = 'yaml', files = { '.golangci.yml', '.golangci.yaml' },
    regex = {
      'run.skip-dirs[]', 'run.skip-files[]', 'issues.exclude-dirs[]', 'issues.exclude-files[]', 'issues.exclude-rules.*.path',
      'linters.exclusions.paths[]', 'linters.exclusions.rules.*.path', 'formatters.exclusions.paths[]',
    },
  },
  {
    tool = 'kube-linter', format = 'yaml', files = { '.kube-linter.yaml', '.kube-linter.yml' },
    globs = { 'checks.ignorePaths[]' },
  },
  { tool = 'tflint', format = 'hcl', files = { '.tflint.hcl' }, attributes = { plugin_dir = true, varfile = true } },
}
