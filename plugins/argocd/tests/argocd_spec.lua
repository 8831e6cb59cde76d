-- argocd_spec.lua: the laws of finders, for Argo CD. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

local APPLICATION = [[
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  sources:
  - repoURL: https://github.com/example/gitops
    path: "apps/web"
    ref: here
  - repoURL: https://charts.example.org
    chart: nginx
    helm: {valueFiles: [$here/apps/web/values.yaml, values.yaml]}
]]

local SET = [[
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: all}
spec:
  generators:
  - git: {repoURL: https://github.com/example/gitops, directories: [{path: apps/*}]}
  template:
    spec:
      source: {repoURL: https://github.com/example/gitops, path: '{{path}}'}
]]

describe('argocd', function()
  local plugin = contract.plugin()

  it('keeps the laws of finders', function()
    contract.references(plugin, {
      files = { ['apps/web/application.yaml'] = APPLICATION, ['apps/web/values.yaml'] = 'a: 1\n' },
      expect = {
        { kind = 'argocd.repo_url', line = 6, resolved = true },
        { kind = 'argocd.path', line = 7, column = 12, text = 'apps/web', target = 'apps/web', resolved = true },
        { kind = 'argocd.repo_url', line = 9 },
        { kind = 'argocd.chart', line = 10, text = 'nginx' },
        { kind = 'argocd.value_files', line = 11, text = 'apps/web/values.yaml', resolved = true },
        { kind = 'argocd.value_files', line = 11, text = 'values.yaml' },
      },
    })
  end)

  it('keeps them for sets, and lists what only the controller can fill in', function()
    local graph = contract.references(plugin, {
      files = { ['set.yaml'] = SET, ['apps/web/x.yaml'] = 'a: 1\n', ['apps/db/x.yaml'] = 'a: 1\n' },
      expect = {
        { kind = 'argocd.repo_url', resolved = true },
        { kind = 'argocd.generator_directories', text = 'apps/*', target = 'apps/*', resolved = true },
        { kind = 'argocd.repo_url', resolved = true },
      },
    })
    assert.equal('{{path}}', graph.unknown[1].text)
    assert.matches('apps/%*', graph.unknown[1].why)
  end)
end)
