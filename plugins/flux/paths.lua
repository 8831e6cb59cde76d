-- paths.lua: the fields of Flux objects that name folders, files and URLs. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local objects = require 'ifx.k8s.objects'
local url = require 'ifx.repo.url'
local artifacts = require './artifacts'
local generators = require './generators'
local patched = require './patched'
local source = require './source'

local M = {}

local below = objects.below

local function get(at, field)
  return at.document:get(below(at.object.path, table.unpack(field)), at.object.doc)
end

local function each(c, at, pattern, add)
  for _, match in ipairs(c:query(at.document, at.object.doc, below(at.object.path, table.unpack(pattern)))) do
    if c:text(match) then
      add(match)
    end
  end
end

local function want(kind)
  return function(_, found)
    if found ~= kind then
      return kind == 'dir' and 'a file where a folder is expected' or 'a folder where a file is expected'
    end
  end
end

-- The source that a map {kind, name, namespace} names; nil when it names none.
local function source_of(at, default_kind, field)
  local ref = get(at, field)
  if type(ref) ~= 'table' or type(ref.name) ~= 'string' then
    return nil
  end
  local namespace = type(ref.namespace) == 'string' and ref.namespace or at.object.namespace
  return { kind = ref.kind or default_kind, name = ref.name, namespace = namespace }
end

-- The source of an object that has none in its own file: a patch or an overlay of an object that is
-- declared elsewhere in this tree.
local function source_elsewhere(c, at)
  local index, object = c.ctx.objects(), at.object
  for _, other in ipairs(object.name and index:find(object.kind, object.namespace, object.name, object.group) or {}) do
    local ref = index:get(other, 'spec', 'sourceRef')
    if type(ref) == 'table' and type(ref.name) == 'string' then
      return { kind = ref.kind, name = ref.name, namespace = ref.namespace or other.namespace }
    end
  end
end

-- A path inside an artifact that is a copy of a folder of this tree. The rule that copies is what follows a move.
local function in_artifact(c, match, ref, r)
  local folder, why = artifacts.folder(c.ctx, ref, match.text, c.file.path)
  local check = r.check
  r.check, r.optional, r.artifact = nil, nil, ref.name
  if not folder then
    r.target_kind, r.why = 'remote', why
    return c:add(match, r)
  end
  local kind, missing = finder.locate(c.ctx, folder)
  r.base, r.anchor, r.target, r.target_kind = '', 'root', folder, kind or 'path'
  r.why = kind and check and check(folder, kind) or missing
  r.resolved, r.locked = r.why == nil, 'a path inside an artifact: the rule that copies the folder follows it'
  return c:add(match, r)
end

-- A path inside a source: rooted there, a leading slash means nothing.
local function in_source(c, match, ref, r, why)
  if ref and ref.kind == 'ExternalArtifact' then
    return in_artifact(c, match, ref, r)
  end
  local own, note, pinned = nil, why or 'nothing in this tree says which source it is in', nil
  if ref then
    own, note, pinned = source.is_own(c.ctx, ref, ref.file or c.file.path)
  end
  local lead = match.text:match('^/*')
  if own and #lead < #match.text then
    r.base, r.anchor, r.from, r.note, r.pinned = '', 'root', #lead + 1, note, pinned
    return c:path(match, r)
  end
  r.check, r.optional = nil, nil
  local added = c:add(match, r)
  if own then
    added.base, added.target, added.target_kind, added.resolved = '', '', 'dir', true
  else
    added.target_kind, added.why = 'remote', note
  end
  return added
end

-- The source of a Kustomization that says none itself: what patches set works on what is declared elsewhere too.
local function source_from_outside(c, at)
  local object = at.object
  if object.group ~= 'kustomize.toolkit.fluxcd.io' or not object.name then
    return nil
  end
  local declared = source_elsewhere(c, at)
  if declared then
    return declared
  end
  local function map(...)
    local value = get(at, { ... })
    return type(value) == 'table' and value or {}
  end
  return patched.source(c.ctx, {
    kind = object.kind, group = object.group, version = object.version, name = object.name, namespace = object.namespace,
    labels = map('metadata', 'labels'), annotations = map('metadata', 'annotations'), file = c.file.path,
  })
end

local function kustomization(c, at)
  local ref, why = source_of(at, nil, { 'spec', 'sourceRef' }), nil
  if not ref then
    ref, why = source_from_outside(c, at)
  end
  local base = get(at, { 'spec', 'path' }) == nil and ref and source.is_own(c.ctx, ref, ref.file or c.file.path) and '' or nil
  each(c, at, { 'spec', 'path' }, function(match)
    base = in_source(c, match, ref, { kind = 'flux.path', check = want 'dir', entry = 'deep' }, why).target
  end)
  local away = 'relative to a spec.path that is not in this tree'
  if ref and ref.kind == 'ExternalArtifact' then
    base, away = nil, 'relative to a folder of an artifact: what lies beside it need not lie beside what was copied'
  end
  local optional = get(at, { 'spec', 'ignoreMissingComponents' }) == true and 'ignoreMissingComponents is set' or nil
  each(c, at, { 'spec', 'components', '*' }, function(match)
    if base and not url.is_remote(match.text) then
      c:path(match, { kind = 'flux.components', base = base, anchor = 'root', check = want 'dir', optional = optional })
    elseif base then
      c:remote(match, { kind = 'flux.components' })
    else
      c:doubt(match, match.value, away)
    end
  end)
  for _, match in ipairs(c:query(at.document, at.object.doc, below(at.object.path, 'spec', 'patches', '*', 'patch'))) do
    if type(match.value) == 'string' and match.value:find('path: *["\']?/spec/[%w/]*[pP]ath') then
      c:doubt(match, match.value:match('^[^\n]*'), 'a patch in place that sets the path of another object')
    end
  end
end

-- A chart is a path in a GitRepository or a Bucket, and a name in a HelmRepository; its values files
-- are paths in the same source, in a HelmRepository those of the chart itself.
local function chart(c, at, spec)
  local ref = source_of(at, nil, below(spec, 'sourceRef'))
  local optional = get(at, below(spec, 'ignoreMissingValuesFiles')) == true and 'ignoreMissingValuesFiles is set' or nil
  local in_files = ref and (ref.kind == 'GitRepository' or ref.kind == 'Bucket')
  each(c, at, below(spec, 'chart'), function(match)
    if in_files then
      in_source(c, match, ref, { kind = 'flux.chart', check = want 'dir' })
    else
      c:add(match, { kind = 'flux.chart', target_kind = 'remote', why = 'a chart of a repository' })
    end
  end)
  local function values(match)
    if in_files then
      in_source(c, match, ref, { kind = 'flux.values_files', check = want 'file', optional = optional })
    else
      c:add(match, { kind = 'flux.values_files', target_kind = 'remote', why = 'a file of the chart itself' })
    end
  end
  each(c, at, below(spec, 'valuesFiles', '*'), values)
  each(c, at, below(spec, 'valuesFile'), values)
end

local function address(c, at, field)
  each(c, at, field, function(match)
    local own, note = url.is_own(c.ctx, match.text), nil
    if not own and at.object.kind == 'GitRepository' and at.object.name then
      own, note = source.is_own(c.ctx, at.object, c.file.path)
    end
    c:add(match, {
      kind = 'flux.url', target_kind = own and 'repository' or 'remote', resolved = own and true or nil,
      note = own and note or nil, why = not own and 'on the network' or nil,
    })
  end)
end

local function git_repository(c, at)
  address(c, at, { 'spec', 'url' })
  each(c, at, { 'spec', 'sparseCheckout', '*' }, function(match)
    in_source(c, match, at.object, { kind = 'flux.sparse_checkout', check = want 'dir' })
  end)
  for i, included in ipairs(get(at, { 'spec', 'include' }) or {}) do
    local repository = type(included) == 'table' and included.repository
    each(c, at, { 'spec', 'include', i, 'fromPath' }, function(match)
      in_source(c, match, type(repository) == 'table' and {
        kind = 'GitRepository', name = repository.name, namespace = at.object.namespace,
      }, { kind = 'flux.include', check = want 'dir' })
    end)
  end
  each(c, at, { 'spec', 'ignore' }, function(match)
    local line = match.style == 'literal' and match.line or match.line - 1
    for pattern in (match.value .. '\n'):gmatch('([^\n]*)\n') do
      line = line + 1
      if pattern:find('^%s*[^%s#]') then
        c:doubt({ line = line, column = match.column }, pattern, 'a pattern of files that the source leaves out')
      end
    end
  end)
end

local GIT_PROVIDERS = {
  github = true, gitlab = true, gitea = true, bitbucket = true, bitbucketserver = true, azuredevops = true,
  githubdispatch = true,
}

-- Providers that write the state of a commit name its repository.
local function provider(c, at)
  if GIT_PROVIDERS[get(at, { 'spec', 'type' })] then
    address(c, at, { 'spec', 'address' })
  end
end

local function any_url(c, at)
  address(c, at, { 'spec', 'url' })
  address(c, at, { 'spec', 'endpoint' })
end

-- The source that a FluxInstance makes: its url and path, under spec.sync or in the chart's values.
local function instance(c, at, field)
  local sync = get(at, field)
  if type(sync) ~= 'table' then
    return
  end
  address(c, at, below(field, 'url'))
  each(c, at, below(field, 'path'), function(match)
    local ref = { kind = sync.kind or 'GitRepository', name = sync.name or 'flux-system', namespace = at.object.namespace }
    in_source(c, match, ref, { kind = 'flux.path', check = want 'dir' })
  end)
end

-- `@alias/folder/**`: files of the source that the alias names.
local function artifact(c, at)
  local aliases = generators.aliases(get(at, { 'spec', 'sources' }), at.object.namespace)
  each(c, at, { 'spec', 'artifacts', '*', 'copy', '*', 'from' }, function(match)
    local alias, from, folder = match.text:match('^@([^/]+)/()([^*?%[{]*)')
    local ref = aliases[alias]
    local own = ref and source.is_own(c.ctx, ref, c.file.path)
    folder = folder and folder:gsub('[^/]*$', #folder + from - 1 == #match.text and '%0' or ''):gsub('/$', '')
    if own and folder ~= '' then
      c:path(match, { kind = 'flux.artifact', base = '', anchor = 'root', from = from, to = from + #folder - 1 })
    else
      c:doubt(match, match.value, own and 'the whole source' or 'files of a source that is not this tree')
    end
  end)
end

-- The Helm operator's object of the first Flux: the chart in a repository of its own.
local function old_release(c, at)
  address(c, at, { 'spec', 'chart', 'git' })
  each(c, at, { 'spec', 'chart', 'path' }, function(match)
    if url.is_own(c.ctx, tostring(get(at, { 'spec', 'chart', 'git' }))) then
      c:path(match, { kind = 'flux.chart', base = '', anchor = 'root', check = want 'dir' })
    else
      c:add(match, { kind = 'flux.chart', target_kind = 'remote', why = 'in another repository' })
    end
  end)
end

local function release(c, at)
  if at.object.group == 'helm.fluxcd.io' then
    return old_release(c, at)
  end
  chart(c, at, { 'spec', 'chart', 'spec' })
  instance(c, at, { 'spec', 'values', 'instance', 'sync' })
end

local function automation(c, at)
  local ref = source_of(at, 'GitRepository', { 'spec', 'sourceRef' })
    or source_of(at, 'GitRepository', { 'spec', 'checkout', 'gitRepositoryRef' })
  each(c, at, { 'spec', 'update', 'path' }, function(match)
    in_source(c, match, ref, { kind = 'flux.update_path' })
  end)
end

local KINDS = {
  Kustomization = kustomization,
  HelmRelease = release,
  HelmChart = function(c, at)
    chart(c, at, { 'spec' })
  end,
  GitRepository = git_repository,
  OCIRepository = any_url, HelmRepository = any_url, Bucket = any_url,
  ImageUpdateAutomation = automation,
  FluxInstance = function(c, at)
    instance(c, at, { 'spec', 'sync' })
  end,
  ArtifactGenerator = artifact,
  Provider = provider,
}

--- Adds the references of an object to paths and URLs.
---@param c ifx.repo.Collector
---@param at table {document=, object=}
function M.find(c, at)
  local find = KINDS[at.object.kind]
  if find then
    find(c, at)
  end
end

return M
