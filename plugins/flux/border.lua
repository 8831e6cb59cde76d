-- border.lua: what must be there for what Flux applies of another repository. SPDX-License-Identifier: Apache-2.0

local M = {}

-- References of a Kustomization to what it cannot work without.
local NEEDED = {
  ['flux.secret_ref'] = true, ['flux.substitute_from'] = true, ['flux.depends_on'] = true, ['flux.service_account'] = true,
}

local NAMES = { 'kustomization.yaml', 'kustomization.yml', 'Kustomization' }

local function name_of(owner)
  return ('%s/%s'):format(owner.object.namespace or 'default', owner.object.name)
end

local function of_owner(facts, owner, kinds)
  return list.filter(facts.references_in(owner.file), function(ref)
    if ref.doc ~= owner.doc or not kinds[ref.kind] then return false end
    for i, step in ipairs(owner.object.path) do
      if ref.path[i] ~= step then return false end
    end
    return true
  end)
end

-- Flux knows no scp-like addresses.
local function address(url)
  local user, host, rest = url:match '^([%w._-]+)@([^:/]+):(.+)$'
  return user and ('ssh://%s@%s/%s'):format(user, host, rest) or url
end

-- What a source of Git says of how it is fetched; nothing where no file of the tree declares it.
local function fetching(facts, owner)
  local ref = of_owner(facts, owner, { ['flux.source_ref'] = true })[1]
  local object = ref and ref.found and list.find(facts.objects(ref.found), function(one)
    return one.kind == 'GitRepository' and one.name == ref.object.name
  end)
  if not object then return {} end
  return {
    api_version = object.api_version,
    spec = facts.value(ref.found, object.doc, facts.below(object.path, 'spec')),
  }
end

-- A source for the other repository, fetched like the one of today.
local function source(facts, owner)
  local known, made = fetching(facts, owner), facts.repository
  local old = type(known.spec) == 'table' and known.spec or {}
  local spec = { { 'interval', old.interval or '5m' }, { 'url', address(made.url) }, { 'ref', { branch = 'main' } } }
  for _, field in ipairs { 'timeout', 'provider', 'secretRef', 'proxySecretRef' } do
    if old[field] ~= nil then spec[#spec + 1] = { field, old[field] } end
  end
  local name = made.name:lower():gsub('_', '-')
  local metadata = { { 'name', name } }
  local namespace = owner.get('spec', 'sourceRef', 'namespace') or owner.object.namespace
  if namespace then metadata[2] = { 'namespace', namespace } end
  return name, yaml.encode(ifx.ordered {
    { 'apiVersion', known.api_version or 'source.toolkit.fluxcd.io/v1' }, { 'kind', 'GitRepository' },
    { 'metadata', ifx.ordered(metadata) }, { 'spec', ifx.ordered(spec) },
  })
end

-- The files of an owner that are in the other repository, by their paths there, and how many are not.
local function files_of(facts, owner)
  local there, others = {}, 0
  for file in pairs(owner.files) do
    local new = facts.moved(file)
    if new then there[#there + 1] = new else others = others + 1 end
  end
  table.sort(there)
  return there, others
end

-- The folder to apply there: that of its kustomization, else the one that all files lie in.
local function folder_of(facts, owner, there)
  for _, name in ipairs(NAMES) do
    local new = facts.moved(path.join(owner.dir, name))
    if new then return path.dirname(new) end
  end
  local folder = path.dirname(there[1])
  for _, file in ipairs(there) do
    while folder ~= '' and file:sub(1, #folder + 1) ~= folder .. '/' do folder = path.dirname(folder) end
  end
  return folder
end

local function indented(text)
  return (text:gsub('\n$', ''):gsub('[^\n]+', '    %0'))
end

local function field_of(ref)
  return table.concat(list.filter(ref.path, function(step) return type(step) == 'string' end), '.', 1):gsub('%.name$', '')
end

-- Objects that it names, and that no file of the other repository declares.
local function missing(facts, owner)
  return list.map(list.filter(of_owner(facts, owner, NEEDED), function(ref)
    return ref.object and not (ref.found and facts.moved(ref.found))
  end), function(ref)
    local object = ref.object
    local where = ref.found and 'in ' .. ref.found or 'declared by no file'
    return ('%s %s/%s (%s, %s)'):format(object.kind, object.namespace or owner.object.namespace or 'default', object.name,
      field_of(ref), where)
  end)
end

local function needs_words(facts, owner)
  local names = missing(facts, owner)
  local components = owner.get('spec', 'components')
  for _, component in ipairs(type(components) == 'table' and components or {}) do
    local folder = path.normalize(path.join(owner.dir, component))
    if not (folder and facts.moved(folder)) then names[#names + 1] = ('the component %s'):format(folder or component) end
  end
  if #names == 0 then return '' end
  return ('\n  It needs what %s does not hold, and what a cluster has that applies this repository, too: %s.'):format(
    facts.repository.name, table.concat(names, ', '))
end

-- All that it applies is there: it stays who it is, and nothing changes hands.
local function whole(facts, owner, folder, name, text)
  local came, made = facts.moved(owner.file), facts.repository.name
  return ('Flux: all that Kustomization %s (%s) applies is in %s now. Add this source where it is applied:\n%s\n  '
    .. 'and let the Kustomization, under its own name, apply that: spec.sourceRef.name: %s, spec.path: ./%s. '
    .. 'Then nothing changes hands.'):format(name_of(owner), came and ('%s of %s'):format(came, made) or owner.file, made,
    indented(text), name, folder)
end

-- Only a part of it is there: somebody else applies that part.
local function part(facts, owner, there, folder, name, text, manifest)
  local made = facts.repository
  local new = manifest(owner, { path = folder, name = ('%s-%s'):format(owner.object.name, name), source = name })
  return ('Flux: %d of the files that Kustomization %s (%s) applies are in %s now. Add this where it is applied:\n%s\n    ---\n'
    .. '%s'):format(#there, name_of(owner), owner.file, made.name, indented(text), indented(new))
end

--- What a person adds, so that what Flux applies of another repository goes on being applied.
---@param facts ifx.layout.Facts of the other repository
---@param owners table[] those of today
---@param manifest fun(owner: table, args: table): string
---@return string[]
function M.needs(facts, owners, manifest)
  local out = {}
  for _, owner in ipairs(owners) do
    local there, others = files_of(facts, owner)
    if #there > 0 and not owner.doubt then
      local folder = folder_of(facts, owner, there)
      local name, text = source(facts, owner)
      local words = others == 0 and whole(facts, owner, folder, name, text)
        or part(facts, owner, there, folder, name, text, manifest)
      out[#out + 1] = words .. needs_words(facts, owner)
    end
  end
  return out
end

return M
