-- scopes_spec.lua: kinds with and without a namespace. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local find = require 'ifx.gitops.find'
local scopes = require 'ifx.gitops.scopes'
local search = require 'ifx.repo.search'
local trees = require 'ifx.repo.tree'

local function crd(kind, scope)
  return ('apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: %s }\n'
    .. 'spec: { group: g.test, scope: %s, names: { kind: %s } }\n---\n'):format(kind, scope, kind)
end

describe('scopes', function()
  it('are those of Kubernetes, of rendered definitions, then of files', function()
    local file = crd('Wide', 'Cluster') .. crd('Both', 'Cluster') .. crd('Near', 'Namespaced')
    contract.with_files({ ['a.yaml'] = file }, function(dir)
      local tree <close> = trees.open(dir)
      local context = search.new(tree, { text = false }).ctx
      local is_namespaced = scopes(context, find.objects(crd('Both', 'Namespaced'), 'x.yaml'))
      assert.is_true(is_namespaced('', 'ConfigMap'))
      assert.is_false(is_namespaced('', 'Node'))
      assert.is_false(is_namespaced('g.test', 'Wide'))
      assert.is_true(is_namespaced('g.test', 'Near'))
      assert.is_true(is_namespaced('g.test', 'Both'))
      assert.is_nil(is_namespaced('g.test', 'Other'))
    end)
  end)
end)
