-- reference_fields.lua: the fields of objects that name other objects. SPDX-License-Identifier: Apache-2.0

local M = {}

---The groups of the kinds that are named; those of the core group are not listed.
---@type table<string, string>
M.GROUPS = {
  Issuer = 'cert-manager.io', ClusterIssuer = 'cert-manager.io', IngressClass = 'networking.k8s.io',
  StorageClass = 'storage.k8s.io', PriorityClass = 'scheduling.k8s.io', RuntimeClass = 'node.k8s.io',
  Gateway = 'gateway.networking.k8s.io', GatewayClass = 'gateway.networking.k8s.io', Role = 'rbac.authorization.k8s.io',
  ClusterRole = 'rbac.authorization.k8s.io', SecretStore = 'external-secrets.io', ClusterSecretStore = 'external-secrets.io',
  CiliumLoadBalancerIPPool = 'cilium.io', IPAddressPool = 'metallb.io', GitRepository = 'source.toolkit.fluxcd.io',
  OCIRepository = 'source.toolkit.fluxcd.io', HelmRepository = 'source.toolkit.fluxcd.io',
  HelmChart = 'source.toolkit.fluxcd.io', Bucket = 'source.toolkit.fluxcd.io',
  ExternalArtifact = 'source.toolkit.fluxcd.io', Kustomization = 'kustomize.toolkit.fluxcd.io',
  HelmRelease = 'helm.toolkit.fluxcd.io', ImageRepository = 'image.toolkit.fluxcd.io',
  ImagePolicy = 'image.toolkit.fluxcd.io', Provider = 'notification.toolkit.fluxcd.io', AppProject = 'argoproj.io',
  VolumeSnapshotClass = 'snapshot.storage.k8s.io', Cluster = 'postgresql.cnpg.io', Deployment = 'apps',
}

---Kinds that no namespace is looked at for: they have none, or their users do not say it.
---@type table<string, true>
M.ANYWHERE = list.set { 'ClusterIssuer', 'IngressClass', 'StorageClass', 'PriorityClass', 'RuntimeClass', 'GatewayClass',
  'ClusterRole', 'ClusterSecretStore', 'CiliumLoadBalancerIPPool', 'IPAddressPool', 'VolumeSnapshotClass', 'PersistentVolume',
  'AppProject' }

---Kinds that people write themselves: where a tree has some, one that it has not is a slip of the pen.
---@type table<string, true>
M.WRITTEN = list.set { 'ClusterIssuer', 'Issuer', 'CiliumLoadBalancerIPPool', 'IPAddressPool', 'SecretStore',
  'ClusterSecretStore', 'Gateway', 'GitRepository', 'OCIRepository', 'HelmRepository', 'Bucket' }

---Annotations that name an object: the kind of it.
---@type table<string, string>
M.ANNOTATIONS = {
  ['cert-manager.io/cluster-issuer'] = 'ClusterIssuer', ['cert-manager.io/issuer'] = 'Issuer',
  ['io.cilium/lb-ipam-pool'] = 'CiliumLoadBalancerIPPool', ['lbipam.cilium.io/pool'] = 'CiliumLoadBalancerIPPool',
  ['kubernetes.io/ingress.class'] = 'IngressClass',
  ['metallb.universe.tf/address-pool'] = 'IPAddressPool', ['metallb.io/address-pool'] = 'IPAddressPool',
}

-- { PATH, KIND }: a name, or a map: {} with the name in `name`, {NAME} with the name there, {?} with a name and, it may be,
-- kind, namespace, group or apiVersion.
local POD = {
  { 'serviceAccountName', 'ServiceAccount' }, { 'imagePullSecrets.*{}', 'Secret' }, { 'priorityClassName', 'PriorityClass' },
  { 'runtimeClassName', 'RuntimeClass' }, { 'volumes.*.configMap{}', 'ConfigMap' },
  { 'volumes.*.secret{secretName}', 'Secret' }, { 'volumes.*.persistentVolumeClaim{claimName}', 'PersistentVolumeClaim' },
  { 'volumes.*.projected.sources.*.configMap{}', 'ConfigMap' }, { 'volumes.*.projected.sources.*.secret{}', 'Secret' },
}
for _, containers in ipairs { 'containers', 'initContainers' } do
  list.append(POD, {
    { containers .. '.*.envFrom.*.configMapRef{}', 'ConfigMap' }, { containers .. '.*.envFrom.*.secretRef{}', 'Secret' },
    { containers .. '.*.env.*.valueFrom.configMapKeyRef{}', 'ConfigMap' },
    { containers .. '.*.env.*.valueFrom.secretKeyRef{}', 'Secret' },
  })
end

local function pod(prefix, more)
  local out = list.map(POD, function(row) return { prefix .. '.' .. row[1], row[2] } end)
  return list.append(out, more or {})
end

local function below(prefix, kind, ...)
  local out = {}
  for i, name in ipairs { ... } do out[i] = { prefix .. '.' .. name, kind } end
  return out
end

local TEMPLATE = pod 'spec.template.spec'

local SOURCE = below('spec', 'Secret', 'secretRef{}', 'certSecretRef{}', 'proxySecretRef{}')

local ROUTE = { { 'spec.parentRefs.*{?}', 'Gateway' }, { 'spec.rules.*.backendRefs.*{?}', 'Service' } }

local BINDING = { { 'roleRef{?}', 'ClusterRole' }, { 'subjects.*{?}', 'ServiceAccount' } }

---By 'KIND.GROUP'.
---@type table<string, { [1]: string, [2]: string }[]>
M.FIELDS = {
  Pod = pod 'spec', ['Deployment.apps'] = TEMPLATE, ['DaemonSet.apps'] = TEMPLATE, ['ReplicaSet.apps'] = TEMPLATE,
  ['Job.batch'] = TEMPLATE, ['CronJob.batch'] = pod 'spec.jobTemplate.spec.template.spec',
  ['StatefulSet.apps'] = pod('spec.template.spec', {
    { 'spec.serviceName', 'Service' }, { 'spec.volumeClaimTemplates.*.spec.storageClassName', 'StorageClass' },
  }),
  ServiceAccount = { { 'imagePullSecrets.*{}', 'Secret' } },
  PersistentVolumeClaim = {
    { 'spec.storageClassName', 'StorageClass' }, { 'spec.volumeName', 'PersistentVolume' },
  },
  ['Ingress.networking.k8s.io'] = {
    { 'spec.ingressClassName', 'IngressClass' }, { 'spec.tls.*.secretName', 'Secret' },
    { 'spec.defaultBackend.service{}', 'Service' }, { 'spec.rules.*.http.paths.*.backend.service{}', 'Service' },
  },
  ['Gateway.gateway.networking.k8s.io'] = {
    { 'spec.gatewayClassName', 'GatewayClass' }, { 'spec.listeners.*.tls.certificateRefs.*{?}', 'Secret' },
  },
  ['HTTPRoute.gateway.networking.k8s.io'] = ROUTE, ['GRPCRoute.gateway.networking.k8s.io'] = ROUTE,
  ['TLSRoute.gateway.networking.k8s.io'] = ROUTE, ['TCPRoute.gateway.networking.k8s.io'] = ROUTE,
  ['UDPRoute.gateway.networking.k8s.io'] = ROUTE,
  ['RoleBinding.rbac.authorization.k8s.io'] = BINDING, ['ClusterRoleBinding.rbac.authorization.k8s.io'] = BINDING,
  ['HorizontalPodAutoscaler.autoscaling'] = { { 'spec.scaleTargetRef{?}', 'Deployment' } },
  ['ScaledObject.keda.sh'] = { { 'spec.scaleTargetRef{?}', 'Deployment' } },
  ['VolumeSnapshot.snapshot.storage.k8s.io'] = {
    { 'spec.volumeSnapshotClassName', 'VolumeSnapshotClass' },
    { 'spec.source.persistentVolumeClaimName', 'PersistentVolumeClaim' },
  },
  ['Certificate.cert-manager.io'] = { { 'spec.issuerRef{?}', 'Issuer' } },
  ['Issuer.cert-manager.io'] = {
    { 'spec.ca.secretName', 'Secret' }, { 'spec.acme.solvers.*.dns01.cloudflare.apiTokenSecretRef{}', 'Secret' },
  },
  ['ExternalSecret.external-secrets.io'] = { { 'spec.secretStoreRef{?}', 'SecretStore' } },
  ['ReplicationSource.volsync.backube'] = {
    { 'spec.sourcePVC', 'PersistentVolumeClaim' }, { 'spec.restic.repository', 'Secret' },
  },
  ['ScheduledBackup.postgresql.cnpg.io'] = { { 'spec.cluster{}', 'Cluster' } },
  ['Kustomization.kustomize.toolkit.fluxcd.io'] = {
    { 'spec.sourceRef{?}', 'GitRepository' }, { 'spec.dependsOn.*{?}', 'Kustomization' },
    { 'spec.postBuild.substituteFrom.*{?}', 'ConfigMap' }, { 'spec.decryption.secretRef{}', 'Secret' },
    { 'spec.kubeConfig.secretRef{}', 'Secret' }, { 'spec.serviceAccountName', 'ServiceAccount' },
  },
  ['HelmRelease.helm.toolkit.fluxcd.io'] = {
    { 'spec.chart.spec.sourceRef{?}', 'HelmRepository' }, { 'spec.chartRef{?}', 'OCIRepository' },
    { 'spec.dependsOn.*{?}', 'HelmRelease' }, { 'spec.valuesFrom.*{?}', 'ConfigMap' },
    { 'spec.kubeConfig.secretRef{}', 'Secret' }, { 'spec.serviceAccountName', 'ServiceAccount' },
  },
  ['GitRepository.source.toolkit.fluxcd.io'] = SOURCE, ['OCIRepository.source.toolkit.fluxcd.io'] = SOURCE,
  ['HelmRepository.source.toolkit.fluxcd.io'] = SOURCE, ['Bucket.source.toolkit.fluxcd.io'] = SOURCE,
  ['HelmChart.source.toolkit.fluxcd.io'] = { { 'spec.sourceRef{?}', 'HelmRepository' } },
  ['ImageUpdateAutomation.image.toolkit.fluxcd.io'] = { { 'spec.sourceRef{?}', 'GitRepository' } },
  ['ImagePolicy.image.toolkit.fluxcd.io'] = { { 'spec.imageRepositoryRef{?}', 'ImageRepository' } },
  ['ImageRepository.image.toolkit.fluxcd.io'] = { { 'spec.secretRef{}', 'Secret' } },
  ['Alert.notification.toolkit.fluxcd.io'] = { { 'spec.providerRef{}', 'Provider' } },
  ['Provider.notification.toolkit.fluxcd.io'] = { { 'spec.secretRef{}', 'Secret' } },
  ['Receiver.notification.toolkit.fluxcd.io'] = { { 'spec.secretRef{}', 'Secret' } },
  ['Application.argoproj.io'] = { { 'spec.project', 'AppProject' } },
}

---What controllers make of an object: { PATH, KIND }, by 'KIND.GROUP'.
---@type table<string, { [1]: string, [2]: string }[]>
M.MADE = {
  ['Certificate.cert-manager.io'] = { { 'spec.secretName', 'Secret' } },
  ['SealedSecret.bitnami.com'] = { { 'spec.template.metadata.name', 'Secret' } },
  ['ExternalSecret.external-secrets.io'] = { { 'spec.target.name', 'Secret' } },
  ['ClusterExternalSecret.external-secrets.io'] = { { 'spec.externalSecretSpec.target.name', 'Secret' } },
  ['VaultStaticSecret.secrets.hashicorp.com'] = { { 'spec.destination.name', 'Secret' } },
  ['VaultDynamicSecret.secrets.hashicorp.com'] = { { 'spec.destination.name', 'Secret' } },
  ['InfisicalSecret.secrets.infisical.com'] = { { 'spec.managedSecretReference.secretName', 'Secret' } },
  ['SopsSecret.isindir.github.com'] = { { 'spec.secretTemplates.*.name', 'Secret' } },
  ['Ingress.networking.k8s.io'] = { { 'spec.tls.*.secretName', 'Secret' } },
  ['Gateway.gateway.networking.k8s.io'] = { { 'spec.listeners.*.tls.certificateRefs.*.name', 'Secret' } },
}

---Kinds of which a Secret or ConfigMap of the same name is made, beside those that are called so.
---@type table<string, true>
M.NAMESAKES = list.set { 'OnePasswordItem.onepassword.com', 'Bundle.trust.cert-manager.io' }

return M
