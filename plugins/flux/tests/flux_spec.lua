-- flux_spec.lua: the laws of finders, for Flux. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

local SYNC = [[
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec:
  url: ssh://git@github.com/example/fleet
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec:
  path: './clusters/prod'
  sourceRef: {kind: GitRepository, name: flux-system}
]]

describe('flux', function()
  local plugin = contract.plugin()

  it('keeps the laws of finders', function()
    contract.references(plugin, {
      files = { ['clusters/prod/flux-system/gotk-sync.yaml'] = SYNC },
      expect = {
        { kind = 'flux.url', line = 5, column = 8, resolved = true },
        { kind = 'flux.path', line = 11, column = 10, text = './clusters/prod', target = 'clusters/prod', resolved = true },
        { kind = 'flux.source_ref', line = 12, column = 42, text = 'flux-system', resolved = true },
      },
    })
  end)

  it('keeps them in JSON and in lists', function()
    contract.references(plugin, {
      files = {
        ['a.json'] = '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "helm.toolkit.fluxcd.io/v2",'
          .. ' "kind": "HelmRelease", "metadata": {"name": "x"}, "spec": {"chartRef": {"kind": "HelmChart", "name": "y"}}}]}\n',
      },
      expect = { { kind = 'flux.source_ref', text = 'y' } },
    })
  end)
end)
