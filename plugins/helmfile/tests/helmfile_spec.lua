-- helmfile_spec.lua: the laws of finders, for helmfiles. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('helmfile', function()
  local plugin = contract.plugin()

  it('keeps the laws of finders in templates and their values', function()
    contract.references(plugin, {
      files = {
        ['é/helmfile.yaml.gotmpl'] = "{{- $é := 1 }}\r\nreleases:\r\n  - name: {{ .é }}\r\n    chart: './charts/é'\r\n"
          .. '    values: [ "{{ `é` }}.yaml", "values/é.yaml", {{ "é" }}.yaml, "gone.yaml"]\r\n',
        ['é/charts/é/Chart.yaml'] = '', ['é/values/é.yaml'] = 'a: {{ readFile "é.yaml" }}\n',
        ['é/values/x.gotmpl'] = 'é: {{ readFile "é.yaml" }}\r\n',
      },
      expect = {
        { kind = 'helmfile.chart', line = 4, column = 13, text = './charts/é', target = 'é/charts/é', resolved = true },
        { kind = 'helmfile.values', line = 5, column = 34, text = 'values/é.yaml', resolved = true },
        { kind = 'helmfile.values', line = 5, column = 67, text = 'gone.yaml', resolved = false },
        { kind = 'helmfile.template', line = 1, column = 17, text = 'é.yaml', target = 'é/values/é.yaml', resolved = true },
      },
    })
  end)
end)
