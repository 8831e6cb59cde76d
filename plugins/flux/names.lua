-- names.lua: the fields of Flux objects that name other objects. SPDX-License-Identifier: Apache-2.0

local objects = require 'ifx.k8s.objects'
local artifacts = require './artifacts'
local source = require './source'

local M = {}

local below = objects.below

local SOURCES = {
  GitRepository = 'source.toolkit.fluxcd.io', OCIRepository = 'source.toolkit.fluxcd.io',
  HelmRepository = 'source.toolkit.fluxcd.io', HelmChart = 'source.toolkit.fluxcd.io',
  Bucket = 'source.toolkit.fluxcd.io', ExternalArtifact = 'source.toolkit.fluxcd.io',
  Kustomization = 'kustomize.toolkit.fluxcd.io', HelmRelease = 'helm.toolkit.fluxcd.io',
}

local function secret(...)
  return { 'flux.secret_ref', { 'spec', ... }, kind = 'Secret' }
end

local SERVICE_ACCOUNT = { 'flux.service_account', { 'spec', 'serviceAccountName' }, kind = 'ServiceAccount', scalar = true }
local KUBECONFIG = { 'flux.secret_ref', { 'spec', 'kubeConfig', 'configMapRef' }, kind = 'ConfigMap' }

local SOURCE = {
  secret 'secretRef', secret 'certSecretRef', secret 'proxySecretRef', secret('verify', 'secretRef'),
  secret('verify', 'trustedRootSecretRef'), secret('sts', 'secretRef'), secret('sts', 'certSecretRef'), SERVICE_ACCOUNT,
  { 'flux.include', { 'spec', 'include', '*', 'repository' }, kind = 'GitRepository' },
  { 'flux.source_ref', { 'spec', 'sourceRef' } },
}

-- Per kind: kind of reference, path of the map with the name, and the kind it means where the map does
-- not say one. Without a namespace the object's own is meant, but for kinds that may have none.
local KINDS = {
  Kustomization = {
    { 'flux.source_ref', { 'spec', 'sourceRef' } },
    { 'flux.depends_on', { 'spec', 'dependsOn', '*' }, kind = 'Kustomization' },
    { 'flux.health_checks', { 'spec', 'healthChecks', '*' }, any_namespace = true },
    { 'flux.substitute_from', { 'spec', 'postBuild', 'substituteFrom', '*' } },
    secret('decryption', 'secretRef'), secret('kubeConfig', 'secretRef'), KUBECONFIG, SERVICE_ACCOUNT,
  },
  HelmRelease = {
    { 'flux.source_ref', { 'spec', 'chart', 'spec', 'sourceRef' } },
    { 'flux.source_ref', { 'spec', 'chartRef' } },
    { 'flux.depends_on', { 'spec', 'dependsOn', '*' }, kind = 'HelmRelease' },
    { 'flux.values_from', { 'spec', 'valuesFrom', '*' } },
    secret('kubeConfig', 'secretRef'), KUBECONFIG, secret('chart', 'spec', 'verify', 'secretRef'), SERVICE_ACCOUNT,
  },
  GitRepository = SOURCE, OCIRepository = SOURCE, HelmRepository = SOURCE, HelmChart = SOURCE, Bucket = SOURCE,
  ExternalArtifact = SOURCE,
  ImageUpdateAutomation = {
    { 'flux.source_ref', { 'spec', 'sourceRef' }, kind = 'GitRepository' },
    { 'flux.source_ref', { 'spec', 'checkout', 'gitRepositoryRef' }, kind = 'GitRepository' },
    secret('git', 'commit', 'signingKey', 'secretRef'),
  },
  ImageRepository = { secret 'secretRef', secret 'certSecretRef', secret 'proxySecretRef', SERVICE_ACCOUNT },
  ImagePolicy = { { 'flux.image_repository', { 'spec', 'imageRepositoryRef' }, kind = 'ImageRepository' } },
  Alert = {
    { 'flux.provider', { 'spec', 'providerRef' }, kind = 'Provider' },
    { 'flux.event_sources', { 'spec', 'eventSources', '*' } },
  },
  Provider = { secret 'secretRef', secret 'certSecretRef', secret 'proxySecretRef', SERVICE_ACCOUNT },
  Receiver = { { 'flux.receiver_resources', { 'spec', 'resources', '*' } }, secret 'secretRef' },
  ArtifactGenerator = { { 'flux.source_ref', { 'spec', 'sources', '*' } } },
}

-- What makes a Secret under its own name.
local SECRET_MAKERS = { 'SealedSecret', 'ExternalSecret' }

-- The file of what makes an object, under its own name, that no file declares.
local function maker(ctx, object)
  if object.kind == 'ExternalArtifact' then
    return artifacts.maker(ctx, object)
  end
  for _, kind in ipairs(object.kind == 'Secret' and SECRET_MAKERS or {}) do
    local found = ctx.objects():find(kind, object.namespace, object.name)[1]
    if found then
      return found.file
    end
  end
end

local function add(c, name, kind, object, optional)
  local why = optional and 'no file of this tree declares it, and it is optional' or nil
  local ref = c:object(name, { kind = kind, object = object, why = why })
  local made_by = not ref.resolved and maker(c.ctx, object)
  local sync = not ref.resolved and SOURCES[object.kind] and list.find(source.instances(c.ctx, object.name), function(one)
    return object.kind == one.kind or object.kind == 'Kustomization'
  end)
  if made_by or sync and not sync.by_chart then
    ref.resolved, ref.why, ref.found = true, nil, made_by or sync.file
  elseif sync then
    ref.why = ('no file of this tree declares it; the chart of %s makes it'):format(sync.file)
  end
end

local function text_at(at, map, key)
  local value = at.document:get(below(map, key), at.object.doc)
  return type(value) == 'string' and value or nil
end

local function add_map(c, at, match, field)
  local map = match.path
  local name = at.document:at(below(map, 'name'), at.object.doc)
  local kind = text_at(at, map, 'kind') or field.kind
  if not name or name.value == '*' or not c:text(name) then
    return
  end
  if not kind then
    c:doubt(name, name.value, 'a name without a kind')
    return
  end
  local api_version = text_at(at, map, 'apiVersion')
  add(c, name, field[1], {
    kind = kind, name = name.value,
    namespace = text_at(at, map, 'namespace') or not field.any_namespace and at.object.namespace or nil,
    group = api_version and (objects.split(api_version)) or SOURCES[kind],
  }, at.document:get(below(map, 'optional'), at.object.doc) == true)
end

--- Adds the references of an object to other objects.
---@param c ifx.repo.Collector
---@param at table {document=, object=}
function M.find(c, at)
  for _, field in ipairs(KINDS[at.object.kind] or {}) do
    for _, match in ipairs(c:query(at.document, at.object.doc, below(at.object.path, table.unpack(field[2])))) do
      if field.scalar then
        if c:text(match) then
          add(c, match, field[1], { kind = field.kind, name = match.value, namespace = at.object.namespace })
        end
      elseif match.kind == 'map' then
        add_map(c, at, match, field)
      else
        c:text(match)
      end
    end
  end
end

return M
