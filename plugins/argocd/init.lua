-- init.lua: finds what Argo CD's objects name, wherever they stand. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local objects = require 'ifx.k8s.objects'
local appset = require './appset'
local owner = require './owner'
local source = require './source'
local transform = require './transform'
local values = require './values'
local watch = require './watch'

local below = objects.below

local kinds = {
  ['argocd.path'] = 'The folder of a source, from the root of its repository',
  ['argocd.repo_url'] = 'The address of the repository of a source',
  ['argocd.value_files'] = 'A values file of a Helm source',
  ['argocd.file_parameters'] = 'A file whose content is a Helm parameter',
  ['argocd.kustomize_components'] = 'A component that a kustomize source adds',
  ['argocd.kustomize_patches'] = 'A patch file that a kustomize source adds',
  ['argocd.chart'] = 'A chart of a repository',
  ['argocd.manifest_paths'] = 'A path whose changes concern an Application',
  ['argocd.directory'] = 'A glob of the files that a directory source takes or leaves out',
  ['argocd.jsonnet_libs'] = 'A folder of Jsonnet libraries, from the root of the repository',
  ['argocd.generator_directories'] = 'A glob of folders that a git generator makes Applications from',
  ['argocd.generator_files'] = 'A glob of files that a git generator makes Applications from',
  ['argocd.generator_elements'] = 'A path, or one segment of it, that a list generator gives to a template',
  ['argocd.project'] = 'The AppProject of an Application',
  ['argocd.destination'] = 'The cluster that an Application goes to, by name',
  ['argocd.source_repos'] = 'A repository that an AppProject allows',
}

-- Built into Argo CD: no file has to declare them.
local BUILT_IN = { AppProject = { default = true }, Cluster = { ['in-cluster'] = true } }

local function declares_cluster(index, name)
  for _, secret in ipairs(index:all('Secret', '')) do
    if index:get(secret, 'metadata', 'labels', 'argocd.argoproj.io/secret-type') == 'cluster' then
      if secret.name == name or index:get(secret, 'stringData', 'name') == name then
        return secret.file
      end
    end
  end
end

local function add_cluster(c, match)
  local name = match.value
  local file = declares_cluster(c.ctx.objects(), name)
  c:add(match, {
    kind = 'argocd.destination', target_kind = 'object', object = { kind = 'Cluster', name = name },
    resolved = file and true or nil, found = file or nil,
    why = not file and (BUILT_IN.Cluster[name] and 'built into Argo CD' or 'no file of this tree declares it') or nil,
  })
end

local function made_by_values(c, kind, name)
  return list.find(values.all(c.ctx), function(made)
    return made.object.kind == kind and made.object.name == name
  end)
end

local function find_spec(c, at, spec, annotations)
  local sources = source.find_all(c, at, spec)
  source.find_manifest_paths(c, at, annotations, sources)
  source.each(c, at, below(spec, 'project'), function(match)
    local ref = c:object(match, {
      kind = 'argocd.project',
      object = { kind = 'AppProject', namespace = at.object.namespace, name = match.value, group = owner.GROUP },
    })
    if not ref.resolved and made_by_values(c, 'AppProject', match.value) then
      ref.resolved, ref.why = true, nil
    end
    if BUILT_IN.AppProject[match.value] and not ref.resolved then
      ref.why = 'built into Argo CD'
    end
  end)
  source.each(c, at, below(spec, 'destination', 'name'), function(match)
    add_cluster(c, match)
  end)
end

local function find_project(c, at)
  source.each(c, at, below(owner.spec(at.object), 'sourceRepos', '*'), function(match)
    if not match.text:find('[*!]') then
      local own, note = owner.is_own(c.ctx, match.text)
      source.add_url(c, match, 'argocd.source_repos', own, note)
    end
  end)
  source.each(c, at, below(owner.spec(at.object), 'destinations', '*', 'name'), function(match)
    if not match.text:find('[*!]') then
      add_cluster(c, match)
    end
  end)
end

-- A repository registered by a Secret.
local function find_repository(c, at)
  local kind = at.document:get(below(at.object.path, 'metadata', 'labels', 'argocd.argoproj.io/secret-type'), at.n)
  if kind == 'repository' or kind == 'repo-creds' then
    source.each(c, at, below(at.object.path, 'stringData', 'url'), function(match)
      local own, note = owner.is_own(c.ctx, match.text)
      source.add_url(c, match, 'argocd.repo_url', own, note)
    end)
  end
end

local function find_object(c, document, object)
  local at = { document = document, n = object.doc, object = object }
  if object.kind == 'Secret' and object.group == '' then
    find_repository(c, at)
  elseif object.group ~= owner.GROUP then
    return
  elseif object.kind == 'Application' then
    find_spec(c, at, owner.spec(object), object.annotations or below(object.path, 'metadata', 'annotations'))
  elseif object.kind == 'ApplicationSet' then
    appset.find(c, document, object, find_spec)
  elseif object.kind == 'AppProject' then
    find_project(c, at)
  end
end

local function find(file, ctx)
  local c = finder.collect('argocd', file, ctx)
  if not file.text():find('argoproj.io', 1, true) then
    return c:result()
  end
  local manifest, chart = objects.is_manifest(file.path, ctx.exists)
  if not manifest then
    c:doubt(nil, file.path, ('a template of the chart %s'):format(chart))
    return c:result()
  end
  local document = c:document()
  for _, object in ipairs(document and objects.read(document) or {}) do
    find_object(c, document, object)
  end
  return c:result()
end

local function find_values(file, ctx)
  local c = finder.collect('argocd', file, ctx)
  local document = ctx.exists(path.join(path.dirname(file.path), 'Chart.yaml')) and c:document()
  for _, object in ipairs(document and values.objects(document, file.path, ctx.read) or {}) do
    find_object(c, document, object)
  end
  return c:result()
end

local rewrite = { segment = appset.rewrite_segment, directory = source.rewrite_directory }

return {
  references = {
    {
      kinds = kinds,
      files = { '**/*.yaml', '**/*.yml', '**/*.json' },
      needs = { 'argoproj.io' },
      find = find,
      rewrite = rewrite,
    },
    { kinds = kinds, files = { '**/*.yaml', '**/*.yml' }, needs = values.WORDS, find = find_values, rewrite = rewrite },
  },
  entrypoints = {
    application = require './render/application', applicationset = require './render/applicationset',
  },
  hazards = { ownership = require './hazards' },
  transform = { make_applications = transform.make_applications, watch = watch.watch },
}
