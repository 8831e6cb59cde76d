-- scopes_spec.lua: which kinds of Kubernetes itself belong to a namespace. SPDX-License-Identifier: Apache-2.0
local scopes = require 'ifx.k8s.scopes'

describe('the scope of a kind', function()
  it('is known of what an API server serves by itself', function()
    assert.is_true(scopes.is_namespaced('', 'ConfigMap'))
    assert.is_true(scopes.is_namespaced('apps', 'Deployment'))
    assert.is_false(scopes.is_namespaced('', 'Namespace'))
    assert.is_false(scopes.is_namespaced('rbac.authorization.k8s.io', 'ClusterRole'))
    assert.is_true(scopes.is_namespaced('rbac.authorization.k8s.io', 'Role'))
    assert.is_true(scopes.is_namespaced('', 'Name'))
  end)

  it('is not known of other groups', function()
    assert.is_nil(scopes.is_namespaced('cert-manager.io', 'ClusterIssuer'))
  end)
end)
