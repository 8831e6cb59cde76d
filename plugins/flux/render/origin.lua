-- origin.lua: the source of a Kustomization or HelmRelease, as entry points name it. SPDX-License-Identifier: Apache-2.0
local artifact = require './render/artifact'
local artifacts = require './artifacts'
local own_source = require './source'
local suggest = require 'ifx.suggest'

local M = {}

local GROUP = own_source.GROUP

local function text(value) return type(value) == 'string' and value ~= '' and value or nil end

local function spec_of(object)
  local spec = object and object.node:get 'spec'
  local value = type(spec) == 'userdata' and spec ~= ifx.null and spec:value()
  return type(value) == 'table' and value or {}
end

M.spec_of = spec_of

-- The revision that a source never leaves; nil: it follows a branch.
local function pinned(spec)
  local ref = type(spec.ref) == 'table' and spec.ref or {}
  if text(ref.commit) then return ref.commit end
  if text(ref.name) then return not ref.name:find('^refs/heads/') and ref.name or nil end
  if text(ref.semver) then return nil, ('it takes the newest tag of %s'):format(ref.semver) end
  return text(ref.tag)
end

local ADDRESS = {
  GitRepository = function(spec) return text(spec.url) end,
  OCIRepository = function(spec) return text(spec.url) end,
  HelmRepository = function(spec) return text(spec.url) end,
  Bucket = function(spec)
    return text(spec.endpoint) and text(spec.bucketName) and ('%s/%s'):format(spec.endpoint, spec.bucketName)
  end,
}

-- What a person may have meant by a source that no file declares.
local function meant(ref, world)
  local names = {}
  for _, found in ipairs(world.context.objects():all('GitRepository', GROUP)) do
    if found.name == ref.name then
      return ('; %s declares it in the namespace %s'):format(found.file, found.namespace or 'default')
    end
    names[#names + 1] = found.name
  end
  local near = suggest(ref.name, names)
  return near and ('; did you mean %s?'):format(near) or ''
end

-- One that no file declares is the tree only where something speaks for it.
local function of_undeclared(source, ref, file, world)
  local because = own_source.assumed(world.context, ref.name)
  local own, note = own_source.is_own(world.context, ref, file or '')
  if not because then
    return ('no file of this tree declares the GitRepository %s/%s: Flux would apply nothing%s'):format(ref.namespace,
      ref.name, meant(ref, world))
  end
  source.tree = own == true or nil
  source.taken = own and ('no file declares the GitRepository %s/%s: it is taken to be this tree, for %s'):format(
    ref.namespace, ref.name, because) or nil
  return not own and note or nil
end

-- The tree itself, where the address, the bootstrap or the folders say so.
local function of_git(source, object, ref, file, world)
  local spec = spec_of(object)
  local given = source.url and world.is_given(source.url)
  local why
  source.revision, why = pinned(spec)
  if why and not given then return why end
  if given then return nil end
  if not object then return of_undeclared(source, ref, file, world) end
  source.tree = own_source.is_own(world.context, ref, file or object.file or '') == true or nil
end

-- A folder that a generator copies from this tree.
local function of_artifact(source, ref, file, world)
  local folder, why = artifacts.folder(world.context, ref, source.path, file or '')
  if not folder then return why end
  source.tree, source.path = true, folder
end

---@param ref any                 sourceRef of the object
---@param namespace string        of the object
---@param text_path string|nil    path in the source
---@param file string|nil         where the object is declared
---@param world ifx.gitops.World
---@return ifx.gitops.Source|nil source
---@return string|nil why it is not known
function M.source(ref, namespace, text_path, file, world)
  if type(ref) ~= 'table' or not text(ref.kind) or not text(ref.name) then return nil, 'its sourceRef names no source' end
  local of = { kind = ref.kind, name = ref.name, namespace = text(ref.namespace) or namespace }
  local source = { kind = of.kind, name = of.name, path = artifact.inside(text_path or '') }
  if ref.kind == 'ExternalArtifact' then return source, of_artifact(source, of, file, world) end
  if not ADDRESS[ref.kind] then return source, ('there is no source of the kind %s'):format(ref.kind) end
  local object = world.object(('%s.%s'):format(ref.kind, GROUP), of.namespace, of.name)
  source.url = object and ADDRESS[ref.kind](spec_of(object))
  if ref.kind == 'GitRepository' then return source, of_git(source, object, of, file, world) end
  if not object then return source, ('the %s %s/%s is not in its cluster'):format(of.kind, of.namespace, of.name) end
  if source.url and not world.is_given(source.url) and (ref.kind == 'HelmRepository' or source.url:find '^oci://') then
    return source, ('the %s %s is at %s, which is not asked'):format(of.kind, of.name, source.url)
  end
  return source
end

local function includes(object, namespace, world)
  local mounts = {}
  local wanted = object and spec_of(object).include
  for _, include in ipairs(type(wanted) == 'table' and wanted or {}) do
    local name = type(include.repository) == 'table' and text(include.repository.name)
    local ref = { kind = 'GitRepository', name = name, namespace = namespace }
    local files, why, from = M.files(ref, namespace, nil, world)
    if not files then return nil, ('it includes %s: %s'):format(name or 'a repository without a name', why) end
    mounts[#mounts + 1] = { at = artifact.inside(text(include.toPath) or name), files = files, source = from,
      from = artifact.inside(text(include.fromPath) or '') }
  end
  return mounts
end

---The files of the artifact that a source is packed into.
---@param ref table
---@param namespace string
---@param file string|nil
---@param world ifx.gitops.World
---@param source ifx.gitops.Source|nil  where it is known already
---@return ifx.render.Files|nil
---@return string|nil why they are not known
---@return ifx.gitops.Source|nil source
function M.files(ref, namespace, file, world, source)
  local files, why
  if not source then source, why = M.source(ref, namespace, nil, file, world) end
  if source and not why then files, why = world.files(source) end
  if not files then return nil, why end
  local in_namespace = text(ref.namespace) or namespace
  local object = world.object(('%s.%s'):format(ref.kind, GROUP), in_namespace, ref.name)
  local mounts
  mounts, why = includes(object, in_namespace, world)
  if not mounts then return nil, why end
  return artifact.open(files, object and text(spec_of(object).ignore), #mounts > 0 and mounts or nil), nil, source
end

---Tells of a source that is only taken to be the tree.
---@param entry ifx.gitops.Entry
---@param world ifx.gitops.World
---@param problems ifx.gitops.Problem[]  gets it
function M.tell_taken(entry, world, problems)
  local message = entry.source and entry.source.taken
  if not message then return end
  problems[#problems + 1] = { kind = 'undeclared-source', severity = 'warning', message = message, file = entry.object.file,
    line = world.line(entry.object, 'spec', 'sourceRef', 'name') }
end

---Where an object was read: its file and line, and its repository when that is not the tree.
---@param object ifx.gitops.Object  gets these fields
---@param found { file: string, line: integer }|nil  in the artifact
---@param files ifx.render.Files  the artifact
---@param source ifx.gitops.Source
function M.place(object, found, files, source)
  if not found then return end
  local at, other = files:origin(found.file)
  other = other or source
  object.file, object.line = at, found.line
  object.repository = not other.tree and other.url or nil
end

return M
