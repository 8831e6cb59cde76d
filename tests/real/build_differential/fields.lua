-- fields.lua: the fields of a kustomization by chance. SPDX-License-Identifier: Apache-2.0
local C = part 'chance'
local edits = part 'edits'
local objects = part 'objects'
local schemas = part 'schemas'

local one_of, chance, random = C.one_of, C.chance, math.random
local put = objects.put

local M = {}

local function lines(text)
  local out = {}
  for line in text:gmatch '([^\n]*)\n' do out[#out + 1] = line end
  return { block = one_of { '|', '|-', '|+' }, lines = out }
end

local function file(tree, dir, text, ext)
  local name = ('x%d.%s'):format(tree:next(), ext or 'yaml')
  tree:write(dir .. '/' .. name, text)
  return name
end

local function several(least, most, make, ...)
  local out = {}
  for i = 1, random(least, most) do out[i] = make(...) end
  return { list = out }
end

local function texts() return objects.added() end

-- One that is there, of one of these kinds or of any.
local function pick(scope, ...)
  local kinds, found = { ... }, {}
  for _, known in ipairs(scope) do
    for _, kind in ipairs(kinds) do
      if known.kind == kind and not known.gone then found[#found + 1] = known end
    end
    if #kinds == 0 and not known.gone then found[#found + 1] = known end
  end
  return #found > 0 and one_of(found) or nil
end

-- ---- generators ----

local LITERALS = {
  'a=b', 'b="quoted"', "c='single'", 'd=', 'e=x=y', 'f=two words', 'g=1', 'h=true', 'i=ünï', '"j=a: b"', '"k=two\\nlines"', 'l=0777',
}
local CONTENTS = { 'hello\n', 'no end', 'a\nb\n', '', '\255\0\1', 'key: value\n', ' lead\n', 'trail \nx\n', 'ü\n', 'a\r\nb\r\n', 'tab\tx\n',
  ('long line '):rep(30) .. '\n', ('\200'):rep(100) }
local ENVS = { 'FOO=bar\n# no\n\nLEAD= sp \n', 'A=1\nB=two words\n', 'X=y # z\nQ="q"\n', '  IN=dented\n' }

local function options(args, percent)
  put(args, 'options', percent, function()
    local out = {}
    put(out, 'disableNameSuffixHash', 50, one_of { 'true', 'true', 'false' })
    put(out, 'labels', 30, texts)
    put(out, 'annotations', 30, texts)
    put(out, 'immutable', 20, 'true')
    return out
  end)
end

local function sources(tree, dir, args)
  put(args, 'literals', 60, function()
    local out = {}
    for i = 1, #LITERALS do
      if chance(20) then out[#out + 1] = LITERALS[i] end
    end
    return { list = out }
  end)
  put(args, 'files', 40, function()
    return several(1, 2, function()
      local name = file(tree, dir, '', 'txt')
      tree.files[dir .. '/' .. name] = one_of(CONTENTS)
      return chance(30) and ('k%d=%s'):format(tree:next(), name) or name
    end)
  end)
  put(args, 'envs', 20, function()
    local name = file(tree, dir, '', 'env')
    tree.files[dir .. '/' .. name] = one_of(ENVS)
    return { list = { name } }
  end)
end

local function generator(tree, dir, scope, kind)
  local known, args = pick(scope, kind), nil
  if known and chance(35) then
    args = { { 'name', known.name }, { 'behavior', one_of { 'merge', 'merge', 'replace' } } }
    if known.namespace then args[3] = { 'namespace', known.namespace } end
  else
    known = { api = 'v1', kind = kind, name = tree:name() }
    args = { { 'name', known.name } }
    if chance(15) then
      known.namespace = tree:namespace()
      args[2] = { 'namespace', known.namespace }
    end
    put(args, 'behavior', 8, 'create')
    known.made = { { 'apiVersion', 'v1' }, { 'kind', kind }, { 'metadata', { { 'name', known.name } } } }
    scope[#scope + 1] = known
    tree:note(known)
  end
  sources(tree, dir, args)
  options(args, 30)
  if kind == 'Secret' then put(args, 'type', 20, 'kubernetes.io/tls') end
  return args
end

local function plugin(kind, name, more)
  local out = { { 'apiVersion', 'builtin' }, { 'kind', kind }, { 'metadata', { { 'name', name } } } }
  table.move(more, 1, #more, 4, out)
  return out
end

function M.generate(tree, dir, field, scope)
  if chance(22) then field('configMapGenerator', several(1, 2, generator, tree, dir, scope, 'ConfigMap')) end
  if chance(12) then field('secretGenerator', several(1, 1, generator, tree, dir, scope, 'Secret')) end
  if chance(8) then
    local wrapped = {}
    options(wrapped, 100)
    field('generatorOptions', wrapped[1][2])
  end
  if chance(3) then
    local name = tree:name()
    local args = { { 'literals', { list = { 'a=b' } } } }
    if chance(30) then args[2] = { 'options', { { 'disableNameSuffixHash', 'true' } } } end
    local kind = one_of { 'ConfigMapGenerator', 'ConfigMapGenerator', 'SecretGenerator', 'IAMPolicyGenerator' }
    if kind == 'IAMPolicyGenerator' then
      args = { { 'cloud', 'gke' }, { 'kubernetesService', { { 'name', name } } },
        { 'serviceAccount', { { 'name', 'gsa' }, { 'projectId', 'project' } } } }
    end
    local text = C.yaml(plugin(kind, name, args))
    field('generators', { list = { chance(60) and file(tree, dir, text) or lines(text) } })
  end
end

-- ---- transformers ----

-- `op` for a JSON patch, `text` for the field that holds it.
local function patch_text(known, op) return C.yaml(op and edits.operations(known) or edits.merge(known)) end

local function placed(tree, dir, out, text, inline)
  if chance(50) then
    out[#out + 1] = { 'path', file(tree, dir, text) }
  else
    out[#out + 1] = { inline or 'patch', lines(text) }
  end
end

local function patch(tree, dir, scope)
  local known, out = pick(scope), {}
  local op = chance(45)
  placed(tree, dir, out, patch_text(known, op))
  if op or chance(35) then
    table.insert(out, random(#out + 1), { 'target', op and chance(80) and edits.exact(known) or edits.target(known) })
    put(out, 'options', 6, { { one_of { 'allowNameChange', 'allowKindChange' }, 'true' } })
  end
  return out
end

local function patches(tree, dir, field, scope)
  if not pick(scope) then return end
  if chance(30) then field('patches', several(1, 2, patch, tree, dir, scope)) end
  if chance(6) then
    local text = patch_text(pick(scope)) .. (chance(20) and '---\n' .. patch_text(pick(scope)) or '')
    field('patchesStrategicMerge', { list = { chance(60) and file(tree, dir, text) or lines(text) } })
  end
  if chance(6) then
    local known = pick(scope)
    local target = { { 'version', known.api:match '[^/]*$' }, table.unpack(edits.exact(known)) }
    if known.api:find '/' then table.insert(target, 1, { 'group', known.api:match '^[^/]*' }) end
    local out = { { 'target', target } }
    placed(tree, dir, out, patch_text(known, true))
    field('patchesJson6902', { list = { out } })
  end
end

local function label()
  local out = { { 'pairs', texts() } }
  put(out, 'includeSelectors', 25, one_of { 'true', 'true', 'false' })
  put(out, 'includeTemplates', 20, 'true')
  put(out, 'fields', 12, { list = { { { 'path', one_of { 'spec/any/labels', 'spec/template/metadata/labels', 'new/labels' } },
    { 'create', one_of { 'true', 'false' } }, { 'kind', one_of { 'Own', 'Deployment' } } } } })
  return out
end

local function image()
  local out = { { 'name', one_of { 'nginx', 'busybox', 'reg.io:5000/a/b', 'app', "'a.b'", 'a_b', 'n.*x' } } }
  put(out, 'newName', 40, one_of { 'other', 'reg.io/new/nginx', 'localhost:5000/x' })
  put(out, 'newTag', 50, one_of { 'v2', '"1.2"', '"1"', '"007"', 'latest' })
  put(out, 'digest', 15, 'sha256:24a0c4b4a4c0eb97a1aabb8e29f18e917d05abfe1b7a7c07857230879ce7d3d3')
  put(out, 'tagSuffix', 12, '-x')
  return out
end

local function replacement(scope)
  local source, target = pick(scope), pick(scope)
  local from, to = edits.exact(source), { { 'select', chance(80) and edits.exact(target) or { { 'kind', target.kind } } } }
  if chance(80) then from[#from + 1] = { 'fieldPath', edits.quoted(edits.path_to_scalar(source)) } end
  put(from, 'options', 15, { { 'delimiter', one_of { "'-'", "'.'", "'/'" } }, { 'index', one_of { '0', '0', '0', '0', '1', '-1' } } })
  put(to, 'reject', 6, function() return { list = { edits.exact(pick(scope)) } } end)
  local creates = chance(30)
  put(to, 'fieldPaths', 92, function()
    return several(1, 2, function()
      local path = chance(75) and edits.path_to_scalar(target) or edits.path(target)
      return edits.quoted(chance(creates and 40 or 1) and 'spec.made.new' or path)
    end)
  end)
  put(to, 'options', creates and 100 or 20, function()
    local out = {}
    put(out, 'create', creates and 100 or 5, 'true')
    put(out, 'delimiter', 20, one_of { "'-'", "'.'", "':'" })
    put(out, 'index', 20, one_of { '0', '1', '-1', '9' })
    return out
  end)
  return { { 'source', from }, { 'targets', { list = { to } } } }
end

local function replacements(tree, dir, field, scope)
  if not pick(scope) or not chance(14) then return end
  local list = several(1, 2, replacement, scope)
  if chance(20) then list = { list = { { { 'path', file(tree, dir, C.yaml(list)) } } } } end
  field('replacements', list)
end

local function variable(tree, field, scope)
  local known = pick(scope)
  if not known or tree.has_variable or not chance(6) then return end
  tree.has_variable = true
  local out = { { 'name', 'A_' .. tree.tag }, { 'objref', { { 'apiVersion', known.api }, { 'kind', known.kind }, { 'name', known.name } } } }
  if chance(50) then out[3] = { 'fieldref', { { 'fieldpath', one_of { 'metadata.name', 'metadata.namespace', 'kind' } } } } end
  field('vars', { list = { out } })
end

local CONFIGURATION = {
  { 'nameReference', { list = { { { 'kind', 'ConfigMap' }, { 'version', 'v1' }, { 'fieldSpecs', { list = {
    { { 'path', 'spec/ref' }, { 'kind', 'Own' } }, { { 'path', 'spec/any/a' }, { 'kind', 'Own' } } } } } } } } },
  { 'varReference', { list = { { { 'path', 'spec/any' }, { 'kind', 'Own' } }, { { 'path', 'data' }, { 'kind', 'ConfigMap' } } } } },
  { 'images', { list = { { { 'path', 'spec/image' }, { 'kind', 'Own' } } } } },
  { 'commonLabels', { list = { { { 'path', 'spec/labels' }, { 'create', 'true' }, { 'kind', 'Own' } } } } },
  { 'commonAnnotations', { list = { { { 'path', 'spec/notes' }, { 'create', 'true' }, { 'kind', 'Own' } } } } },
  { 'namespace', { list = { { { 'path', 'spec/ns' }, { 'create', 'true' }, { 'kind', 'Own' } } } } },
  { 'namePrefix', { list = { { { 'path', 'spec/ref' }, { 'kind', 'Own' } } } } },
  { 'replicas', { list = { { { 'path', 'spec/replicas' }, { 'create', 'true' }, { 'kind', 'Own' } } } } },
}

local function configuration()
  local out = {}
  for _, entry in ipairs(CONFIGURATION) do
    if chance(30) then out[#out + 1] = entry end
  end
  return out
end

local function specs(...) return { 'fieldSpecs', { list = { ... } } } end
local METADATA_NAME = { { 'path', 'metadata/name' } }

local PLUGINS = {
  PrefixSuffixTransformer = function() return { { 'prefix', 'q-' }, { 'suffix', '-r' }, specs(METADATA_NAME) } end,
  PrefixTransformer = function() return { { 'prefix', 'q-' }, specs(METADATA_NAME) } end,
  LabelTransformer = function()
    return { { 'labels', texts() }, specs({ { 'path', 'metadata/labels' }, { 'create', 'true' } },
      { { 'path', 'spec/selector' }, { 'version', 'v1' }, { 'kind', 'Service' } }) }
  end,
  AnnotationsTransformer = function()
    return { { 'annotations', texts() }, specs { { 'path', one_of { 'metadata/annotations', 'spec/deep/notes' } }, { 'create', 'true' } } }
  end,
  NamespaceTransformer = function(tree)
    local out = { specs { { 'path', 'metadata/namespace' }, { 'create', 'true' } } }
    put(out, 'unsetOnly', 30, 'true')
    put(out, 'setRoleBindingSubjects', 50, one_of { 'none', 'allServiceAccounts', 'defaultOnly' })
    return out, { 'namespace', tree:namespace() }
  end,
  ImageTagTransformer = function() return { { 'imageTag', image() }, specs { { 'path', 'spec/image' } } } end,
  PatchTransformer = function(_, scope)
    local known = pick(scope)
    return { { 'patch', lines(patch_text(known, true)) }, { 'target', edits.exact(known) } }
  end,
  HashTransformer = function() return {} end,
  SuffixTransformer = function() return { { 'suffix', '-r' }, specs(METADATA_NAME) } end,
  PatchJson6902Transformer = function(_, scope)
    local known = pick(scope)
    return { { 'jsonOp', lines(patch_text(known, true)) }, { 'target', edits.exact(known) } }
  end,
  PatchStrategicMergeTransformer = function(tree, scope, dir)
    local text = patch_text(pick(scope))
    return { chance(50) and { 'patches', lines(text) } or { 'paths', { list = { file(tree, dir, text) } } } }
  end,
  ValueAddTransformer = function(_, scope)
    return { { 'value', 'added' }, { 'targets', { list = { { { 'selector', edits.exact(pick(scope)) },
      { 'fieldPath', one_of { 'spec/value', 'metadata/labels/app', 'spec/any/a' } } } } } } }
  end,
  ReplicaCountTransformer = function(_, scope)
    local known = pick(scope, 'Deployment', 'StatefulSet') or pick(scope)
    return { { 'replica', { { 'name', known.name }, { 'count', '5' } } },
      specs { { 'path', 'spec/replicas' }, { 'create', 'true' }, { 'kind', known.kind } } }
  end,
  ReplacementTransformer = function(_, scope) return { { 'replacements', { list = { replacement(scope) } } } } end,
}
local PLUGIN_NAMES = {}
for name in pairs(PLUGINS) do PLUGIN_NAMES[#PLUGIN_NAMES + 1] = name end
table.sort(PLUGIN_NAMES)

local function transformer(tree, dir, scope)
  local kind = one_of(PLUGIN_NAMES)
  local more, in_metadata = PLUGINS[kind](tree, scope, dir)
  local made = plugin(kind, 'plugin', more)
  if in_metadata then table.insert(made[3][2], in_metadata) end
  return C.yaml(made)
end

-- One that adds only the label that a validator may add; a transformer that changes nothing is one as well. To an object with
-- labels it does nothing that counts as a change only where kustomize made them all, in the order of their names and behind
-- all else of its metadata, which nodes do not know: where something made labels none is added.
local function validator(tree, dir, scope)
  if chance(10) then return transformer(tree, dir, scope) end
  local labels = chance(80) and not objects.has_added and { { 'validated-by', 'chance' } } or {}
  return C.yaml(plugin('LabelTransformer', 'plugin', { { 'labels', labels },
    specs { { 'path', 'metadata/labels' }, { 'create', 'true' } } }))
end

local function plugins(tree, dir, field, scope)
  if not pick(scope) then return end
  local function entry(text) return { list = { chance(60) and file(tree, dir, text) or lines(text) } } end
  if chance(8) then field('transformers', entry(transformer(tree, dir, scope))) end
  if chance(3) then field('validators', entry(validator(tree, dir, scope))) end
end

-- Schemas of own kinds. One of them stands for all that are known.
local function definitions(tree, dir, field)
  if chance(4) then field('crds', { list = { file(tree, dir, C.yaml(schemas.crds())) } }) end
  if chance(3) then
    field('openapi', chance(85) and { { 'path', file(tree, dir, C.yaml(schemas.openapi())) } } or { { 'version', 'v1.21.2' } })
  end
end

function M.transform(tree, dir, field, scope)
  patches(tree, dir, field, scope)
  if chance(22) then field('namespace', tree:namespace()) end
  if chance(22) then field('namePrefix', one_of { 'p-', 'dev-', '"1-"', 'x.' }) end
  if chance(14) then field('nameSuffix', one_of { '-s', '-v1', '".2"' }) end
  if chance(10) then field('commonLabels', texts()) end
  if chance(16) then field('labels', several(1, 2, label)) end
  if chance(16) then field('commonAnnotations', texts()) end
  if chance(18) then field('images', several(1, 2, image)) end
  local scaled = pick(scope, 'Deployment', 'StatefulSet')
  if scaled and chance(12) then
    field('replicas', { list = { { { 'name', scaled.name }, { 'count', one_of { '4', '0', '10' } } } } })
  end
  replacements(tree, dir, field, scope)
  variable(tree, field, scope)
  if chance(8) then
    field('configurations', several(1, 2, function() return file(tree, dir, C.yaml(configuration())) end))
  end
  definitions(tree, dir, field)
  plugins(tree, dir, field, scope)
  if chance(2) then field('sortOptions', { { 'order', one_of { 'fifo', 'legacy' } } }) end
  if chance(3) then
    field('buildMetadata', { list = { one_of { 'managedByLabel', 'originAnnotations', 'transformerAnnotations' } } })
  end
end

return M
