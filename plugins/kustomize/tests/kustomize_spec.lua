-- kustomize_spec.lua: the laws of finders, for kustomize. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('kustomize', function()
  local plugin = contract.plugin()

  it('keeps the laws of finders in block and flow style, with keys and quotes', function()
    contract.references(plugin, {
      files = {
        ['app/kustomization.yaml'] = [[
resources: ["../base", ./deployment.yaml] # two
configMapGenerator:
- name: settings
  files: ['a.ini=files/a.ini']
]],
        ['base/kustomization.yml'] = 'resources:\r\n- gone.yaml\r\n',
        ['app/deployment.yaml'] = 'kind: Deployment\n',
        ['app/files/a.ini'] = '',
      },
      expect = {
        { kind = 'kustomize.resources', line = 1, column = 14, text = '../base', target = 'base', resolved = true },
        { text = './deployment.yaml', target = 'app/deployment.yaml', resolved = true },
        { kind = 'kustomize.generator_files', line = 4, column = 18, text = 'files/a.ini', resolved = true },
        { file = 'base/kustomization.yml', line = 2, text = 'gone.yaml', target = 'base/gone.yaml', resolved = false },
      },
    })
  end)

  it('keeps them for plugin configurations in place and in files', function()
    contract.references(plugin, {
      files = {
        ['kustomization.yaml'] = [[
transformers:
- t.yaml
- |
  apiVersion: builtin
  kind: PatchTransformer
  path: p.yaml
]],
        ['t.yaml'] = 'apiVersion: builtin\nkind: PatchTransformer\npath: "p.yaml"\n',
        ['p.yaml'] = '{}\n',
      },
      expect = {
        { kind = 'kustomize.transformers', text = 't.yaml', resolved = true },
        { kind = 'kustomize.patches', line = 6, column = 9, text = 'p.yaml', target = 'p.yaml', resolved = true },
        { kind = 'kustomize.patches', file = 't.yaml', line = 3, column = 8, text = 'p.yaml', resolved = true },
      },
    })
  end)
end)
