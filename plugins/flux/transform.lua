-- transform.lua: a Kustomization for a new root, and what live Kustomizations would do. SPDX-License-Identifier: Apache-2.0

local handover = require 'ifx.layout.handover'
local border = require './border'

local M = {}

-- What decides how objects are rendered and applied: a new Kustomization beside the old takes it over.
local INHERITED = {
  'interval', 'retryInterval', 'timeout', 'wait', 'force', 'suspend', 'serviceAccountName', 'kubeConfig', 'sourceRef',
  'decryption', 'targetNamespace', 'namePrefix', 'nameSuffix', 'commonMetadata', 'images', 'patches', 'postBuild',
}

-- The folder that a path means when its source is this repository; nil when it is none of this tree.
local function folder_of(facts, ref, after)
  if ref.kind ~= 'flux.path' or ref.resolved == false then return nil end
  local folder = ref.target or path.normalize((ref.text:gsub('^/+', '')))
  return folder and (after and facts.exists_after or facts.exists)(folder) == 'dir' and folder or nil
end

-- The Kustomization that a reference of kind flux.path belongs to.
local function owner_of(facts, ref, folder, after, applied)
  local object = list.find((after and facts.objects_after or facts.objects)(ref.file), function(o)
    return o.doc == ref.doc and o.kind == 'Kustomization'
  end)
  if not object then return nil end
  local value = after and facts.value_after or facts.value
  local function get(...) return value(ref.file, object.doc, facts.below(object.path, ...)) end
  local result = applied({ folder = folder, deep = true, after = after }, facts)
  local doubt = not ref.resolved and (ref.why or 'its source is not known') or ref.artifact and 'its path is one of an artifact'
    or get('spec', 'sourceRef') == nil and 'patches give it its source' or nil
  return {
    dir = folder, file = ref.file, doc = ref.doc, object = object, get = get, files = result.files,
    generated = result.generated, doubt = doubt,
  }
end

local function of_tree(facts, after)
  local found, applied, asked = {}, ifx.use 'kustomize'.transform.applied, {}
  for _, ref in ipairs(after and facts.references_after or facts.references) do
    local folder = folder_of(facts, ref, after)
    if folder then asked[#asked + 1] = { ref = ref, folder = folder } end
  end
  (after and facts.expect_after or facts.expect)(list.map(asked, function(one) return one.ref.file end))
  for _, one in ipairs(asked) do found[#found + 1] = owner_of(facts, one.ref, one.folder, after, applied) end
  table.sort(found, function(a, b)
    if #a.dir ~= #b.dir then return #a.dir > #b.dir end
    return ('%s %05d'):format(a.file, a.doc) < ('%s %05d'):format(b.file, b.doc)
  end)
  return found
end

-- What is applied today is the same for all transforms and repositories.
local today = setmetatable({}, { __mode = 'k' })

-- Clusters that share a repository may use one name twice: the folder of the file tells them apart.
local function with_id(owner, file)
  local object = owner.object
  local id = ('%s %s/%s'):format(path.dirname(file), object.namespace or '', object.name or '')
  return setmetatable({ id = id }, { __index = owner })
end

---Every Kustomization with the folder that it applies, deepest folder first. `doubt`: why it is not known to apply this tree.
local function owners(facts, after)
  if after then
    return list.map(of_tree(facts, true), function(owner) return with_id(owner, owner.file) end)
  end
  local found = today[facts.references] or of_tree(facts)
  today[facts.references] = found
  return list.map(found, function(owner) return with_id(owner, facts.moved(owner.file) or owner.file) end)
end

local function name_of(owner)
  return ('Kustomization %s/%s'):format(owner.object.namespace or 'default', owner.object.name)
end

-- One whose own file moves goes on applying what moves with it.
local function applies_moved(facts, owner, into)
  if facts.moved(owner.file) then return false end
  for old, new in facts.each_move() do
    if owner.files[old] and new:sub(1, #into + 1) == into .. '/' then return true end
  end
  return false
end

-- Components are named from the folder that is applied.
local function components(owner, root)
  local value = owner.get('spec', 'components')
  if type(value) ~= 'table' then return nil end
  return list.map(value, function(component)
    return path.relative(path.normalize(path.join(owner.dir, component)) or component, root)
  end)
end

-- A Kustomization like an old one, for a folder of this repository or, with `source`, of that one.
local function manifest(owner, args)
  local spec = { { 'dependsOn', ifx.list { { name = owner.object.name } } } }
  for _, field in ipairs(INHERITED) do
    local value = owner.get('spec', field)
    if field == 'sourceRef' and args.source then
      value = { kind = 'GitRepository', name = args.source, namespace = value.namespace }
    end
    if value ~= nil then spec[#spec + 1] = { field, value } end
  end
  local named = not args.source and components(owner, args.path)
  if named then spec[#spec + 1] = { 'components', ifx.list(named) } end
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

local function refuse_taken(what, args)
  err.raise {
    kind = 'conflict', op = 'make a Kustomization for ' .. args.path, message = what,
    hint = 'give it another name: --entry NAME',
  }
end

-- Health checks of the old one that wait for objects which the new one, that depends on it, applies: neither would begin.
local function waits_for_moved(facts, owner, into)
  local moving = {}
  for old, new in facts.each_move() do
    local leaves = owner.files[old] and new:sub(1, #into + 1) == into .. '/'
    for _, object in ipairs(leaves and facts.objects(old) or {}) do
      moving[('%s/%s'):format(object.kind, object.name)] = old
    end
  end
  local checks = owner.get('spec', 'healthChecks')
  for _, check in ipairs(type(checks) == 'table' and checks or {}) do
    local what = ('%s/%s'):format(check.kind, check.name)
    if moving[what] then return what end
  end
end

local function block(id, text, ...)
  return { id = id, accept = id, why = text:format(...) }
end

local function also(all, chosen, facts, into)
  return list.filter(all, function(owner) return owner ~= chosen and applies_moved(facts, owner, into) end)
end

local function doubts(facts, all, old, args)
  local blocked = {}
  local into = args.of or args.path
  local others = also(all, old, facts, into)
  if #others > 0 then
    blocked[1] = block('owners', '%s applies some of what moves to %s too, and only one Kustomization, like %s, is written for '
      .. 'it', table.concat(list.map(others, name_of), ', '), args.path, name_of(old))
  end
  local waits = waits_for_moved(facts, old, into)
  if waits then
    blocked[#blocked + 1] = block('health', '%s waits for the health of %s, which moves to %s, which depends on it: on a new '
      .. 'cluster neither would begin; take that health check away', name_of(old), waits, args.path)
  end
  return blocked
end

-- Components are named from the folder that is applied: those of F, from R.
local function rename_components(changes, facts, entry, args)
  for _, ref in ipairs(facts.references) do
    if ref.kind == 'flux.components' and ref.file == entry.file and ref.doc == entry.doc and ref.resolved and ref.target then
      local value = path.relative(facts.moved(ref.target) or ref.target, args.to)
      changes[#changes + 1] = { type = 'set', file = ref.file, doc = ref.doc, path = ref.path, value = value, reference = ref }
    end
  end
end

---set_path { from = F, to = R }: every Flux Kustomization that applies folder F applies R instead. Its name stays, so that
---what both render never changes hands.
---@param args { from: string, to: string }
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.set_path(args, facts)
  local changes, blocked = {}, {}
  for _, ref in ipairs(facts.references) do
    local applies = ref.resolved and folder_of(facts, ref) == args.from
    if applies and ref.artifact then
      blocked[#blocked + 1] = block('artifact', '%s:%d applies %s as a folder of the artifact %s: change the generator that '
        .. 'copies it', ref.file, ref.line, args.from, ref.artifact)
    elseif applies then
      local value = ref.text:match '^[./]*' .. args.to
      changes[#changes + 1] = { type = 'set', file = ref.file, doc = ref.doc, path = ref.path, value = value, reference = ref }
      rename_components(changes, facts, ref, args)
    end
  end
  local notes = #changes == 0 and { ('no Flux Kustomization applies %s: none was set to %s'):format(args.from, args.to) } or nil
  return { changes = changes, notes = notes, blocked = blocked }
end

---make_entry { path = R, of = B, name = N }: a Flux Kustomization for root R, beside the one that applies today what moves
---to B (default: R) and like it in everything that decides how objects are applied; without pruning, after the old one.
---@param args { path: string, of: string?, name: string }
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.make_entry(args, facts)
  local all = list.filter(owners(facts), function(owner) return not owner.doubt end)
  for _, owner in ipairs(all) do
    if owner.dir == args.path then return {} end
  end
  local base = args.of or args.path
  local old = list.find(all, function(owner) return applies_moved(facts, owner, base) end)
  if not old then
    return { notes = { ('no Flux Kustomization applies what moves to %s today: none was written for it'):format(base) } }
  end
  local folder = path.dirname(old.file)
  local file = path.join(folder, args.name .. '.yaml')
  if facts.exists_after(file) then refuse_taken(file .. ' is there already', args) end
  local namesake = list.find(all, function(owner)
    local object = owner.object
    return path.dirname(owner.file) == folder and object.name == args.name and object.namespace == old.object.namespace
  end)
  if namesake then refuse_taken(('%s is there already, in %s'):format(name_of(namesake), namesake.file), args) end
  local changes = { { type = 'create', file = file, text = manifest(old, args) } }
  local list_file = list.find({ 'kustomization.yaml', 'kustomization.yml', 'Kustomization' }, function(name)
    return facts.exists_after(path.join(folder, name)) ~= nil
  end)
  if list_file then
    changes[2] = {
      type = 'append', file = path.join(folder, list_file), path = { 'resources' }, value = path.basename(file), once = true,
    }
  end
  return { changes = changes, blocked = doubts(facts, all, old, args) }
end

local function prune_hazard(loss)
  local owner = loss.owner
  return {
    id = 'prune', severity = 'high', object = name_of(owner), files = #loss.files,
    reason = ('prunes: it deletes what it no longer applies, and %s leave %s%s'):format(
      handover.words(loss), owner.dir == '' and 'the root of the repository' or owner.dir,
      owner.doubt and (', if that is what it applies: %s'):format(owner.doubt) or ''),
    remedy = ('set spec.prune: false in %s'):format(owner.file),
    patch = ('%s, %s: prune: true becomes prune: false'):format(owner.file, name_of(owner)),
    check = ('kubectl -n %s get kustomizations.kustomize.toolkit.fluxcd.io %s -o jsonpath='
      .. "'{.spec.prune} {.metadata.generation} {.status.observedGeneration}'"):format(
      owner.object.namespace or 'default', owner.object.name),
    expect = 'false, and twice the same number',
    undo = ('set spec.prune: true in %s again'):format(owner.file),
  }
end

-- A list that Flux generates takes every YAML file for a manifest, and fails at one that is none.
local function no_objects(facts, after)
  local blocked = {}
  for _, owner in ipairs(after) do
    for _, file in ipairs(owner.generated) do
      local is_new = facts.origin(file) or not facts.exists(file)
      if is_new and #facts.objects_after(file) == 0 then
        blocked[#blocked + 1] = block('no-object', '%s holds no Kubernetes object, and %s, which applies every YAML file of %s, '
          .. 'would fail at it', file, name_of(owner), owner.dir == '' and 'the repository' or owner.dir)
      end
    end
  end
  return blocked
end

---watch(): what Kustomizations do when they see the finished tree. Those that prune what they no longer apply are hazards
---'prune', with the earlier commit that makes it safe; what nobody applied until now, and a file that a generated list
---cannot hold, block the plan. Of another repository: what must be there so that it goes on being applied.
---@param _ table
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.watch(_, facts)
  local before, after = owners(facts), owners(facts, true)
  local hazards = {}
  for _, loss in ipairs(handover.losses(facts, before, after)) do
    if loss.owner.get('spec', 'prune') == true then hazards[#hazards + 1] = prune_hazard(loss) end
  end
  local blocked = no_objects(facts, after)
  local gain = handover.gains(facts, before, after)
  if gain then
    blocked[#blocked + 1] = block('activate', '%s that no Kustomization applies today would be applied: %s', handover.words(gain),
      table.concat(gain.files, ', ', 1, math.min(5, #gain.files)))
  end
  local needs = facts.repository and border.needs(facts, before, manifest) or nil
  return { hazards = hazards, blocked = blocked, needs = needs }
end

return M
