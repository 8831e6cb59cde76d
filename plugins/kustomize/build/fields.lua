-- fields.lua: the fields of a kustomization and of what its fields hold, with their types. SPDX-License-Identifier: Apache-2.0

---A type: the name of a scalar's, 'any', { list = TYPE }, { map = TYPE }, or { name = NAME, fields = { NAME = TYPE } }.
---@alias kustomize.Type string|table

local function list(of) return { list = of } end
local function map(of) return { map = of } end
local function struct(name, fields) return { name = name, fields = fields } end

local function with(...)
  local out = {}
  for _, fields in ipairs { ... } do
    for name, type_of in pairs(fields) do out[name] = type_of end
  end
  return out
end

local GVK = { group = 'string', version = 'string', kind = 'string' }
local ID = with(GVK, { name = 'string', namespace = 'string' })
local SELECTOR = struct('Selector', with(ID, { annotationSelector = 'string', labelSelector = 'string' }))
local FIELD_SPEC = struct('FieldSpec', with(GVK, { path = 'string', create = 'bool' }))
local PATCH = struct('Patch', { path = 'string', patch = 'string', target = SELECTOR, options = map 'bool' })
local IMAGE = struct('Image', { name = 'string', newName = 'string', tagSuffix = 'string', newTag = 'string', digest = 'string' })
local OPTIONS = struct('FieldOptions', { delimiter = 'string', index = 'int', encoding = 'string', create = 'bool' })
local REPLACEMENT = struct('ReplacementField', {
  path = 'string', source = struct('SourceSelector', with(ID, { fieldPath = 'string', options = OPTIONS })),
  targets = list(struct('TargetSelector', {
    select = SELECTOR, reject = list(SELECTOR), fieldPaths = list 'string', options = OPTIONS })),
})
local GENERATOR_OPTIONS = struct('GeneratorOptions', {
  labels = map 'string', annotations = map 'string', disableNameSuffixHash = 'bool', immutable = 'bool' })
local GENERATOR = {
  namespace = 'string', name = 'string', behavior = 'string', literals = list 'string', files = list 'string',
  envs = list 'string', env = 'string', options = GENERATOR_OPTIONS,
}
local HELM_GLOBALS = { chartHome = 'string', configHome = 'string' }
local HELM_CHART = {
  name = 'string', version = 'string', repo = 'string', releaseName = 'string', namespace = 'string',
  additionalValuesFiles = list 'string', valuesFile = 'string', valuesInline = map 'any', valuesMerge = 'string',
  includeCRDs = 'bool', skipHooks = 'bool', apiVersions = list 'string', kubeVersion = 'string', nameTemplate = 'string',
  skipTests = 'bool', debug = 'bool',
}

return struct('Kustomization', {
  apiVersion = 'string', kind = 'string',
  metadata = struct('ObjectMeta', {
    name = 'string', namespace = 'string', labels = map 'string', annotations = map 'string' }),
  openapi = map 'string',
  namePrefix = 'string', nameSuffix = 'string', namespace = 'string',
  commonLabels = map 'string', commonAnnotations = map 'string',
  labels = list(struct('Label', {
    pairs = map 'string', includeSelectors = 'bool', includeTemplates = 'bool', fields = list(FIELD_SPEC) })),
  patchesStrategicMerge = list 'string', patchesJson6902 = list(PATCH), patches = list(PATCH),
  images = list(IMAGE), imageTags = list(IMAGE),
  replacements = list(REPLACEMENT), replicas = list(struct('Replica', { name = 'string', count = 'int' })),
  vars = list(struct('Var', {
    name = 'string', fieldref = struct('FieldSelector', { fieldPath = 'string' }),
    objref = struct('Target', with(ID, { apiVersion = 'string' })),
  })),
  sortOptions = struct('SortOptions', {
    order = 'string',
    legacySortOptions = struct('LegacySortOptions', { orderFirst = list 'string', orderLast = list 'string' }),
  }),
  resources = list 'string', components = list 'string', crds = list 'string', bases = list 'string',
  configMapGenerator = list(struct('ConfigMapArgs', GENERATOR)),
  secretGenerator = list(struct('SecretArgs', with(GENERATOR, { type = 'string' }))),
  generatorOptions = GENERATOR_OPTIONS,
  helmGlobals = struct('HelmGlobals', HELM_GLOBALS), helmCharts = list(struct('HelmChart', HELM_CHART)),
  helmChartInflationGenerator = list(struct('HelmChartArgs', {
    chartName = 'string', chartVersion = 'string', chartRepoUrl = 'string', chartHome = 'string', chartRepoName = 'string',
    helmBin = 'string', helmHome = 'string', values = 'string', valuesLocal = map 'any', valuesMerge = 'string',
    releaseName = 'string', releaseNamespace = 'string', extraArgs = list 'string',
  })),
  configurations = list 'string', generators = list 'string', transformers = list 'string', validators = list 'string',
  buildMetadata = list 'string',
})
