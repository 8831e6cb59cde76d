-- helm.lua: a chart in the files of a source, rendered by the program helm. SPDX-License-Identifier: Apache-2.0
local glob = require './glob'
local shape = require './render/shape'

local M = {}

local function refuse(message, at) err.raise { kind = 'not_found', file = at, message = message } end

-- ---- values files ----

-- Every path below a folder, for globs.
local function paths_below(files, folder, out)
  for _, name in ipairs(list.sorted(files:list(folder))) do
    local at = path.join(folder, name)
    if files:kind(at) == 'dir' and files:real(at) == at then paths_below(files, at, out) else out[#out + 1] = at end
  end
  return out
end

---@class argocd.ValuesFile
---@field files ifx.render.Files
---@field path string

-- A file named by a source: from its folder, from the root of its repository, or from that of another source.
local function place(named, source, refs, environment)
  local ref, rest = named:match '^(%$[^/]*)(.*)$'
  local other = ref and refs[ref:sub(2)]
  if ref and not other and not named:find '^%${?ARGOCD_' and next(refs) then
    refuse(('source referenced "%s", which is not one of the available sources (%s)'):format(ref,
      '$' .. table.concat(list.keys(refs), ', $')))
  end
  if other then
    if not other.files then refuse(('%s is in a repository that is not known here: %s'):format(named, other.why)) end
    return other.files, environment:expand(rest):gsub('^/+', '')
  end
  local text = environment:expand(named)
  if text:find '^%a[%w+.-]*://' then
    err.raise { kind = 'unsupported',
      message = ('the values file %s is remote, and nothing is read from the network'):format(text) }
  end
  return source.files, text:sub(1, 1) == '/' and text:gsub('^/+', '') or path.join(source.folder, text)
end

local function normal(at, named)
  local p = path.normalize(at == '' and '.' or at)
  if not p or p == '.' then
    err.raise { kind = 'config', message = ("file '%s' resolved to outside repository root"):format(named) }
  end
  return p
end

local function globbed(files, at)
  local matches = glob.path_matcher(at)
  return list.filter(paths_below(files, glob.literal_folder(at), {}), matches)
end

-- The files in the order in which they count; each once, where it is named without a glob.
local function values_files(source, refs, environment)
  local helm, found, explicit = shape.map(source.spec.helm), {}, {}
  for _, named in ipairs(helm.valueFiles or {}) do
    local files, at = place(named, source, refs, environment)
    local p = normal(at, named)
    local globs = p:find '[*?%[]' ~= nil
    found[#found + 1] = { files = files, path = p, globs = globs, named = named }
    if not globs then explicit[p] = true end
  end
  local out, seen = {}, {}
  local function add(files, p)
    if not seen[p] then out[#out + 1], seen[p] = { files = files, path = p }, true end
  end
  for _, one in ipairs(found) do
    local missing = not one.globs and not one.files:real(one.path)
    local matched = one.globs and globbed(one.files, one.path) or {}
    if one.globs and #matched == 0 then missing = true end
    if missing and helm.ignoreMissingValueFiles ~= true then
      refuse(('values file %s: nothing is there'):format(one.named), one.path)
    end
    for _, p in ipairs(matched) do
      if not explicit[p] then add(one.files, p) end
    end
    if not one.globs and not missing then add(one.files, one.path) end
  end
  return out
end

-- ---- the program ----

-- A value as --set takes it: commas are its own, outside of a list in braces.
local function escaped(value)
  if value:find '^{.*}$' then return value end
  return (value:gsub('\\?,', function(comma) return #comma == 2 and comma or '\\,' end))
end

local function sets(source, refs, environment)
  local out, helm = {}, shape.map(source.spec.helm)
  for _, one in ipairs(helm.parameters or {}) do
    local flag = one.forceString == true and '--set-string' or '--set'
    list.append(out, { flag, ('%s=%s'):format(one.name or '', escaped(environment:expand(one.value or ''))) })
  end
  for _, one in ipairs(helm.fileParameters or {}) do
    local files, at = place(one.path or '', source, refs, environment)
    local there = files.absolute and files:absolute(normal(at, one.path or ''))
    if not there then refuse(('file parameter %s: nothing is there'):format(one.path or ''), at) end
    list.append(out, { '--set-file', ('%s=%s'):format(one.name or '', escaped(there)) })
  end
  return out
end

local function switches(helm)
  local out = {}
  if helm.skipCrds ~= true then out[#out + 1] = '--include-crds' end
  if helm.skipSchemaValidation == true then out[#out + 1] = '--skip-schema-validation' end
  if helm.skipTests == true then out[#out + 1] = '--skip-tests' end
  if shape.word(helm.kubeVersion) then list.append(out, { '--kube-version', helm.kubeVersion }) end
  for _, version in ipairs(helm.apiVersions or {}) do list.append(out, { '--api-versions', version }) end
  return out
end

-- What stands in the object itself counts after all files.
local function own_values(helm)
  if next(shape.map(helm.valuesObject)) ~= nil then return yaml.encode(helm.valuesObject) end
  return shape.word(helm.values)
end

---The objects of a chart; nil and why they cannot be known here. Raises what helm says.
---@param entry ifx.gitops.Entry
---@param source { spec: table, files: ifx.render.Files, folder: string, environment: argocd.Environment }
---@param refs table<string, { files: ifx.render.Files?, why: string? }>
---@param allowed boolean  may the program run?
---@return ifx.gitops.Object[]|nil
---@return string|nil why
function M.objects(entry, source, refs, allowed)
  local library, environment = ifx.use 'helm'.library, source.environment
  local folder, why = library.folder(source.files, source.folder, allowed, source.folder == '' and '.' or source.folder)
  if not folder then return nil, why end
  local helm, argv = shape.map(source.spec.helm), {}
  local namespace = shape.word(helm.namespace) or shape.map(entry.parameters.destination).namespace
  if shape.word(namespace) then list.append(argv, { '--namespace', namespace }) end
  list.append(argv, sets(source, refs, environment))
  for _, one in ipairs(values_files(source, refs, environment)) do
    local there = one.files.absolute and one.files:absolute(one.path)
    if not there then refuse('helm cannot read this values file where it lies: build from a checkout', one.path) end
    list.append(argv, { '--values', there })
  end
  list.append(argv, switches(helm))
  local out = {}
  local documents = library.documents { release = shape.word(helm.releaseName) or entry.name, chart = source.folder,
    folder = folder, arguments = argv, values = own_values(helm) }
  for _, document in ipairs(documents) do
    for _, object in ipairs(node.manifests(document.text, { file = 'what helm printed' })) do
      out[#out + 1] = { node = object, file = document.file }
    end
  end
  return out
end

return M
