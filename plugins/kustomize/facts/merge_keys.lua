-- merge_keys.lua: lists that merge, by which keys, in which kinds (scripts/facts.lua). SPDX-License-Identifier: Apache-2.0
return {
types = {
  t1 = { keys = { '' } },
  t2 = { keys = { 'uid' } },
  t3 = { fields = { finalizers = 't1', ownerReferences = 't2' } },
  t4 = { keys = { 'name' } },
  t5 = { fields = { metadata = 't3', webhooks = 't4' } },
  t6 = { fields = { metadata = 't3' } },
  t7 = { keys = { 'containerPort', 'protocol' } },
  t8 = { keys = { 'devicePath' } },
  t9 = { keys = { 'mountPath' } },
  t10 = { fields = { env = 't4', ports = 't7', volumeDevices = 't8', volumeMounts = 't9' } },
  t11 = { keys = { 'name' }, items = 't10' },
  t12 = { fields = { env = 't4', volumeDevices = 't8', volumeMounts = 't9' } },
  t13 = { keys = { 'name' }, items = 't12' },
  t14 = { keys = { 'ip' } },
  t15 = { keys = { 'topologyKey', 'whenUnsatisfiable' } },
  t16 = { fields = { volumeClaimTemplate = 't6' } },
  t17 = { fields = { ephemeral = 't16' } },
  t18 = { keys = { 'name' }, items = 't17' },
  t19 = { fields = { containers = 't11', ephemeralContainers = 't13', hostAliases = 't14', imagePullSecrets = 't4', initContainers = 't11', topologySpreadConstraints = 't15', volumes = 't18' } },
  t20 = { fields = { metadata = 't3', spec = 't19' } },
  t21 = { fields = { template = 't20' } },
  t22 = { keys = { 'type' } },
  t23 = { fields = { conditions = 't22' } },
  t24 = { fields = { metadata = 't3', spec = 't21', status = 't23' } },
  t25 = { fields = { metadata = 't3', status = 't23' } },
  t26 = { items = 't25' },
  t27 = { fields = { template = 't20', volumeClaimTemplates = 't26' } },
  t28 = { fields = { metadata = 't3', spec = 't27', status = 't23' } },
  t29 = { fields = { metadata = 't3', spec = 't21' } },
  t30 = { fields = { jobTemplate = 't29' } },
  t31 = { fields = { metadata = 't3', spec = 't30' } },
  t32 = { fields = { conditions = 't22', metadata = 't3' } },
  t33 = { fields = { podCIDRs = 't1' } },
  t34 = { fields = { addresses = 't22', conditions = 't22' } },
  t35 = { fields = { metadata = 't3', spec = 't33', status = 't34' } },
  t36 = { fields = { conditions = 't22', podIPs = 't14' } },
  t37 = { fields = { metadata = 't3', spec = 't19', status = 't36' } },
  t38 = { fields = { metadata = 't3', template = 't20' } },
  t39 = { keys = { 'port', 'protocol' } },
  t40 = { fields = { ports = 't39' } },
  t41 = { fields = { metadata = 't3', spec = 't40', status = 't23' } },
  t42 = { fields = { metadata = 't3', secrets = 't4' } },
  t43 = { fields = { drivers = 't4' } },
  t44 = { fields = { metadata = 't3', spec = 't43' } },
},
objects = {
  ['admissionregistration.k8s.io/v1'] = {
    MutatingWebhookConfiguration = 't5',
    ValidatingWebhookConfiguration = 't5',
  },
  ['admissionregistration.k8s.io/v1beta1'] = {
    MutatingWebhookConfiguration = 't5',
    ValidatingWebhookConfiguration = 't5',
  },
  ['apps/v1'] = {
    ControllerRevision = 't6',
    DaemonSet = 't24',
    Deployment = 't24',
    ReplicaSet = 't24',
    StatefulSet = 't28',
  },
  ['authentication.k8s.io/v1'] = {
    TokenRequest = 't6',
    TokenReview = 't6',
  },
  ['authentication.k8s.io/v1beta1'] = {
    TokenReview = 't6',
  },
  ['authorization.k8s.io/v1'] = {
    LocalSubjectAccessReview = 't6',
    SelfSubjectAccessReview = 't6',
    SelfSubjectRulesReview = 't6',
    SubjectAccessReview = 't6',
  },
  ['authorization.k8s.io/v1beta1'] = {
    LocalSubjectAccessReview = 't6',
    SelfSubjectAccessReview = 't6',
    SelfSubjectRulesReview = 't6',
    SubjectAccessReview = 't6',
  },
  ['autoscaling/v1'] = {
    HorizontalPodAutoscaler = 't6',
    Scale = 't6',
  },
  ['autoscaling/v2beta1'] = {
    HorizontalPodAutoscaler = 't6',
  },
  ['autoscaling/v2beta2'] = {
    HorizontalPodAutoscaler = 't6',
  },
  ['batch/v1'] = {
    CronJob = 't31',
    Job = 't24',
  },
  ['batch/v1beta1'] = {
    CronJob = 't31',
  },
  ['certificates.k8s.io/v1'] = {
    CertificateSigningRequest = 't6',
  },
  ['certificates.k8s.io/v1beta1'] = {
    CertificateSigningRequest = 't6',
  },
  ['coordination.k8s.io/v1'] = {
    Lease = 't6',
  },
  ['coordination.k8s.io/v1beta1'] = {
    Lease = 't6',
  },
  v1 = {
    Binding = 't6',
    ComponentStatus = 't32',
    ConfigMap = 't6',
    Endpoints = 't6',
    Event = 't6',
    LimitRange = 't6',
    Namespace = 't25',
    Node = 't35',
    PersistentVolume = 't6',
    PersistentVolumeClaim = 't25',
    Pod = 't37',
    PodTemplate = 't38',
    ReplicationController = 't24',
    ResourceQuota = 't6',
    Secret = 't6',
    Service = 't41',
    ServiceAccount = 't42',
  },
  ['discovery.k8s.io/v1'] = {
    EndpointSlice = 't6',
  },
  ['discovery.k8s.io/v1beta1'] = {
    EndpointSlice = 't6',
  },
  ['events.k8s.io/v1'] = {
    Event = 't6',
  },
  ['events.k8s.io/v1beta1'] = {
    Event = 't6',
  },
  ['extensions/v1beta1'] = {
    Ingress = 't6',
  },
  ['flowcontrol.apiserver.k8s.io/v1beta1'] = {
    FlowSchema = 't6',
    PriorityLevelConfiguration = 't6',
  },
  ['networking.k8s.io/v1'] = {
    Ingress = 't6',
    IngressClass = 't6',
    NetworkPolicy = 't6',
  },
  ['networking.k8s.io/v1beta1'] = {
    Ingress = 't6',
    IngressClass = 't6',
  },
  ['node.k8s.io/v1'] = {
    RuntimeClass = 't6',
  },
  ['node.k8s.io/v1beta1'] = {
    RuntimeClass = 't6',
  },
  ['policy/v1'] = {
    PodDisruptionBudget = 't25',
  },
  ['policy/v1beta1'] = {
    Eviction = 't6',
    PodDisruptionBudget = 't25',
    PodSecurityPolicy = 't6',
  },
  ['rbac.authorization.k8s.io/v1'] = {
    ClusterRole = 't6',
    ClusterRoleBinding = 't6',
    Role = 't6',
    RoleBinding = 't6',
  },
  ['rbac.authorization.k8s.io/v1beta1'] = {
    ClusterRole = 't6',
    ClusterRoleBinding = 't6',
    Role = 't6',
    RoleBinding = 't6',
  },
  ['scheduling.k8s.io/v1'] = {
    PriorityClass = 't6',
  },
  ['scheduling.k8s.io/v1beta1'] = {
    PriorityClass = 't6',
  },
  ['storage.k8s.io/v1'] = {
    CSIDriver = 't6',
    CSINode = 't44',
    StorageClass = 't6',
    VolumeAttachment = 't6',
  },
  ['storage.k8s.io/v1beta1'] = {
    CSIDriver = 't6',
    CSINode = 't44',
    CSIStorageCapacity = 't6',
    StorageClass = 't6',
    VolumeAttachment = 't6',
  },
  ['apiextensions.k8s.io/v1'] = {
    CustomResourceDefinition = 't6',
  },
  ['apiextensions.k8s.io/v1beta1'] = {
    CustomResourceDefinition = 't6',
  },
  ['apiregistration.k8s.io/v1'] = {
    APIService = 't25',
  },
  ['apiregistration.k8s.io/v1beta1'] = {
    APIService = 't25',
  },
},
}
