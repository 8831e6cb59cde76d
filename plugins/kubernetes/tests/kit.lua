-- kit.lua: trees of objects, and what is said of them. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

local M = {}

local plugin = contract.plugin 'kubernetes'

M.FLUX = 'kustomize.toolkit.fluxcd.io'

function M.root(name, rest)
  return ('apiVersion: %s/v1\nkind: Kustomization\nmetadata: { name: %s, namespace: f }\n'
    .. 'spec: { interval: 10m, path: "./%s", sourceRef: { kind: GitRepository, name: own }%s }\n---\n'):format(M.FLUX, name, name,
    rest and ', ' .. rest or '')
end

M.SOURCE = 'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: own, namespace: f }\n'
  .. 'spec: { interval: 1m, url: "https://git.example/own/tree" }\n---\n'

-- A tree whose Kustomization `a` renders these objects.
function M.tree(text, rest) return { ['root.yaml'] = M.SOURCE .. M.root('a', 'prune: true' .. (rest or '')),
  ['a/x.yaml'] = text } end

function M.check(before, after, expect)
  return contract.hazards(plugin, { before = before, after = after, expect = expect })
end

local VERSIONS = {
  Deployment = 'apps/v1', DaemonSet = 'apps/v1', StatefulSet = 'apps/v1', ReplicaSet = 'apps/v1', Job = 'batch/v1',
  StorageClass = 'storage.k8s.io/v1', RoleBinding = 'rbac.authorization.k8s.io/v1', Ingress = 'networking.k8s.io/v1',
  ClusterRoleBinding = 'rbac.authorization.k8s.io/v1', IngressClass = 'networking.k8s.io/v1',
    ClusterIssuer = 'cert-manager.io/v1',
  CustomResourceDefinition = 'apiextensions.k8s.io/v1', Certificate = 'cert-manager.io/v1',
    PriorityClass = 'scheduling.k8s.io/v1',
  HelmRelease = 'helm.toolkit.fluxcd.io/v2', HelmRepository = 'source.toolkit.fluxcd.io/v1', RuntimeClass = 'node.k8s.io/v1',
  CiliumLoadBalancerIPPool = 'cilium.io/v2alpha1', HTTPRoute = 'gateway.networking.k8s.io/v1', CSIDriver = 'storage.k8s.io/v1',
  Gateway = 'gateway.networking.k8s.io/v1',
  ExternalSecret = 'external-secrets.io/v1', EndpointSlice = 'discovery.k8s.io/v1',
  ResourceClaim = 'resource.k8s.io/v1', VolumeAttributesClass = 'storage.k8s.io/v1',
}
local CLUSTER = { StorageClass = true, ClusterRoleBinding = true, IngressClass = true, ClusterIssuer = true, PriorityClass = true,
  CustomResourceDefinition = true, CiliumLoadBalancerIPPool = true, PersistentVolume = true, RuntimeClass = true,
    CSIDriver = true,
  VolumeAttributesClass = true, Namespace = true }

function M.object(kind, name, rest, metadata)
  return ('apiVersion: %s\nkind: %s\nmetadata: { name: %s%s%s }\n%s\n---\n'):format(VERSIONS[kind] or 'v1', kind, name,
    CLUSTER[kind] and '' or ', namespace: n', metadata and ', ' .. metadata or '', rest or '')
end

function M.word(id, kind, name)
  local group = (VERSIONS[kind] or ''):match '^(.*)/'
  return ('kubernetes.%s %s%s/%s/%s'):format(id, kind, group and '.' .. group or '', CLUSTER[kind] and '' or 'n', name)
end

return M
