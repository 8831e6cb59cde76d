-- init.lua: finds what Flux objects name, wherever they stand. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local objects = require 'ifx.k8s.objects'
local names = require './names'
local paths = require './paths'
local transform = require './transform'

local kinds = {
  ['flux.path'] = 'The folder of a Kustomization, from the root of its source',
  ['flux.components'] = 'A component that a Kustomization adds, from its path',
  ['flux.source_ref'] = 'The source that an object takes its files or chart from',
  ['flux.depends_on'] = 'An object that must be ready before',
  ['flux.health_checks'] = 'An object whose health a Kustomization waits for',
  ['flux.substitute_from'] = 'A ConfigMap or Secret with variables for a Kustomization',
  ['flux.values_from'] = 'A ConfigMap or Secret with values for a HelmRelease',
  ['flux.secret_ref'] = 'A Secret or ConfigMap with keys, certificates or a kubeconfig',
  ['flux.service_account'] = 'The ServiceAccount that Flux acts as',
  ['flux.url'] = 'The address of a repository, registry or bucket',
  ['flux.include'] = 'A GitRepository included into another, and the folder taken from it',
  ['flux.sparse_checkout'] = 'A folder that a GitRepository checks out',
  ['flux.chart'] = 'The folder of a chart, from the root of its source, or a chart of a repository',
  ['flux.values_files'] = 'A values file, from the root of the source of its chart',
  ['flux.update_path'] = 'The folder that image updates are written to',
  ['flux.image_repository'] = 'The ImageRepository of an ImagePolicy',
  ['flux.provider'] = 'The Provider of an Alert',
  ['flux.event_sources'] = 'An object whose events an Alert forwards',
  ['flux.receiver_resources'] = 'An object that a Receiver notifies',
  ['flux.artifact'] = 'Files that an ArtifactGenerator copies from a source',
}

local GROUPS = { 'toolkit.fluxcd.io', 'fluxcd.controlplane.io', 'helm.fluxcd.io', 'source.extensions.fluxcd.io' }

local function is_flux(object)
  local group = object.group
  return group:sub(-#GROUPS[1] - 1) == '.' .. GROUPS[1] or group == GROUPS[2] or group == GROUPS[3] or group == GROUPS[4]
end

local function find_object(c, at)
  if is_flux(at.object) then
    names.find(c, at)
    paths.find(c, at)
    for _, held in ipairs(objects.held(at.document, at.object)) do
      find_object(c, { document = at.document, object = held })
    end
  end
end

local function find(file, ctx)
  local c = finder.collect('flux', file, ctx)
  local text = file.text()
  if not text:find('fluxcd', 1, true) or not text:find('fluxcd[%w.]*/v%d') then
    return c:result()
  end
  local manifest, chart = objects.is_manifest(file.path, ctx.exists)
  if not manifest then
    c:doubt(nil, file.path, ('a template of the chart %s'):format(chart))
    return c:result()
  end
  local document = c:document()
  for _, object in ipairs(document and objects.read(document) or {}) do
    find_object(c, { document = document, object = object })
  end
  return c:result()
end

return {
  references = {
    { kinds = kinds, files = { '**/*.yaml', '**/*.yml', '**/*.json' }, needs = { 'fluxcd' }, find = find },
  },
  entrypoints = {
    kustomization = require './render/kustomization', helm_release = require './render/helm',
  },
  hazards = { ownership = require './hazards' },
  transform = { make_entry = transform.make_entry, set_path = transform.set_path, watch = transform.watch },
}
