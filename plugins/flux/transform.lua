-- transform.lua: a Kustomization for a new root, and what pruning would do to what moves. SPDX-License-Identifier: Apache-2.0

local M = {}

-- What decides how objects are rendered and applied: a new Kustomization beside the old takes it over.
local INHERITED = {
  'interval', 'retryInterval', 'timeout', 'wait', 'force', 'serviceAccountName', 'kubeConfig', 'sourceRef', 'decryption',
  'targetNamespace', 'namePrefix', 'nameSuffix', 'commonMetadata', 'images', 'patches', 'postBuild', 'components',
}

local function below(file, dir)
  return dir == '' or file:sub(1, #dir + 1) == dir .. '/'
end

-- The Kustomization that a reference of kind flux.path belongs to.
local function owner_of(facts, ref)
  local document = yaml.document(facts.read(ref.file))
  local object = list.find(facts.objects(ref.file), function(o)
    return o.doc == ref.doc and o.kind == 'Kustomization'
  end)
  if not object then return nil end
  local function get(...)
    return document:get(facts.below(object.path, ...), object.doc)
  end
  return { ref = ref, dir = ref.target, file = ref.file, doc = ref.doc, object = object, get = get }
end

---Every Kustomization of the tree with the folder that it applies, deepest folder first.
local function owners(facts)
  local found = {}
  for _, ref in ipairs(facts.references) do
    if ref.kind == 'flux.path' and ref.target and ref.resolved then
      found[#found + 1] = owner_of(facts, ref)
    end
  end
  table.sort(found, function(a, b)
    if #a.dir ~= #b.dir then return #a.dir > #b.dir end
    return a.file .. a.doc < b.file .. b.doc
  end)
  return found
end

local function name_of(owner)
  return ('Kustomization %s/%s'):format(owner.object.namespace or 'default', owner.object.name)
end

local function applies_moved(facts, owner)
  for old in facts.each_move() do
    if below(old, owner.dir) then return true end
  end
  return false
end

local function manifest(owner, args)
  local spec = { { 'dependsOn', ifx.list { { name = owner.object.name } } } }
  for _, field in ipairs(INHERITED) do
    local value = owner.get('spec', field)
    if value ~= nil then spec[#spec + 1] = { field, value } end
  end
  spec[#spec + 1] = { 'path', './' .. args.path }
  spec[#spec + 1] = { 'prune', false }
  local metadata = { { 'name', args.name } }
  if owner.object.namespace then metadata[2] = { 'namespace', owner.object.namespace } end
  local text = yaml.encode(ifx.ordered {
    { 'apiVersion', owner.object.api_version }, { 'kind', 'Kustomization' },
    { 'metadata', ifx.ordered(metadata) }, { 'spec', ifx.ordered(spec) },
  })
  return '# prune is false until every object carries the label of this Kustomization: see the run-book.\n' .. text
end

---make_entry { path = R, name = N }: a Flux Kustomization for root R, beside the one that applies today what moves to R
---and like it in everything that decides how objects are applied; without pruning, after the old one.
---@param args { path: string, name: string }
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.make_entry(args, facts)
  local all = owners(facts)
  for _, owner in ipairs(all) do
    if owner.dir == args.path then return {} end
  end
  local old = list.find(all, function(owner) return applies_moved(facts, owner) end)
  if not old then
    return { notes = { ('no Flux Kustomization applies what moves to %s today: none was written for it'):format(args.path) } }
  end
  local folder = path.dirname(old.file)
  local file = path.join(folder, args.name .. '.yaml')
  if facts.exists_after(file) then
    return { blocked = { { id = 'entry', accept = 'entry',
      why = ('%s is there already, so no Kustomization for %s was written'):format(file, args.path) } } }
  end
  local changes = { { type = 'create', file = file, text = manifest(old, args) } }
  local list_file = path.join(folder, 'kustomization.yaml')
  if facts.exists_after(list_file) then
    changes[2] = { type = 'append', file = list_file, path = { 'resources' }, value = path.basename(file), once = true }
  end
  return { changes = changes }
end

---pruned(): for every moved file that a pruning Kustomization applies today and will not apply afterwards: what would be
---deleted, and the earlier commit that makes the move safe.
---@param _ table
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.pruned(_, facts)
  local found, hazards = {}, {}
  local all = owners(facts)
  for old, new in facts.each_move() do
    for _, owner in ipairs(all) do
      if below(old, owner.dir) and not below(new, facts.moved(owner.dir) or owner.dir) then
        if owner.get('spec', 'prune') == true then found[owner] = (found[owner] or 0) + 1 end
        break
      end
    end
  end
  for _, owner in ipairs(all) do
    if found[owner] then
      hazards[#hazards + 1] = {
        id = 'prune', severity = 'high', object = name_of(owner), files = found[owner],
        reason = ('prunes: it deletes what it no longer applies, and %d files leave %s'):format(
          found[owner], owner.dir == '' and 'the root of the repository' or owner.dir),
        remedy = ('an earlier commit sets spec.prune: false in %s, and the cluster has observed it'):format(owner.file),
        patch = ('  %s: in %s, prune: true becomes prune: false'):format(owner.file, name_of(owner)),
        check = ('kubectl -n %s get kustomizations.kustomize.toolkit.fluxcd.io %s -o jsonpath='
          .. "'{.spec.prune} {.metadata.generation} {.status.observedGeneration}'"):format(
          owner.object.namespace or 'default', owner.object.name),
        expect = 'false, and both generations equal',
      }
    end
  end
  return { hazards = hazards }
end

return M
