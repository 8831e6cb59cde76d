-- helm_spec.lua: the laws of finders, for Helm's charts. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('helm', function()
  local plugin = contract.plugin()

  it('keeps the laws of finders in charts and their locks', function()
    contract.references(plugin, {
      files = {
        ['é/web/Chart.yaml'] = "name: é\r\ndependencies:\r\n- { name: é, version: '*', repository: 'file://../lib' }\r\n",
        ['é/web/Chart.lock'] = 'dependencies:\n- name: é\n  repository: "file://../gone"\n  version: 1.0.0\ndigest: sha256:0\n',
        ['é/web/templates/a.yaml'] = 'é: {{ .Files.Get "a.ini" }}\r\n{{ include (print $.Template.BasePath "/a.yaml") . }}\r\n',
        ['é/web/a.ini'] = 'x\n', ['é/lib/Chart.yaml'] = 'name: lib\n',
        ['é/web/values.schema.json'] = '{"é": {"$ref": "a.ini#/x"}}\n',
        ['é/web/tests/a_test.yaml'] = 'templates: [a.yaml]\ntests:\n- asserts: []\n',
        ['ct.yaml'] = '# é\nchart-dirs:\n  - é\n',
      },
      expect = {
        { kind = 'helm.chart_testing', line = 3, column = 5, text = 'é', resolved = true },
        { kind = 'helm.locked_dependency', line = 3, column = 23, text = '../gone', resolved = false },
        { kind = 'helm.lock_digest', line = 5, text = 'sha256:0' },
        { kind = 'helm.dependency', line = 3, column = 48, text = '../lib', target = 'é/lib', resolved = true },
        { kind = 'helm.file', line = 1, column = 19, text = 'a.ini', target = 'é/web/a.ini', resolved = true },
        { kind = 'helm.template', line = 2, text = 'a.yaml', target = 'é/web/templates/a.yaml', resolved = true },
        { kind = 'helm.test', text = 'a.yaml', resolved = true },
        { kind = 'helm.schema', line = 1, column = 17, text = 'a.ini', resolved = true },
      },
    })
  end)
end)
