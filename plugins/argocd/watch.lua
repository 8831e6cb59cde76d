-- watch.lua: what live Applications would do when files move. SPDX-License-Identifier: Apache-2.0

local handover = require 'ifx.layout.handover'
local objects = require 'ifx.k8s.objects'
local made = require './made'
local owner = require './owner'
local projects = require './projects'
local values = require './values'

local M = {}

local below = objects.below

-- Where the spec of an Application stands below that of what makes it.
local TEMPLATE = { Application = {}, ApplicationSet = { 'template', 'spec' } }

-- One of the trees that the facts are about.
local function side(facts, after)
  local exists, read = after and facts.exists_after or facts.exists, after and facts.read_after or facts.read
  return {
    facts = facts, after = after, exists = exists, read = read,
    list = after and facts.list_after or facts.list, value = after and facts.value_after or facts.value,
    objects = after and facts.objects_after or facts.objects,
    references = after and facts.references_after or facts.references,
    find = function(file) return exists(file) == 'file' and read(file) or nil end,
  }
end

local function is_chart(tree, folder) return tree.exists(path.join(folder, 'Chart.yaml')) ~= nil end

-- A chart is applied by all of its files; anything else by its kustomization, or file by file.
local function applied(tree, folder, deep)
  if not is_chart(tree, folder) then
    return ifx.use 'kustomize'.transform.applied({ folder = folder, deep = deep, after = tree.after }, tree.facts).files
  end
  return list.set(tree.list(folder))
end

local function is_above(object, ref)
  for i, step in ipairs(object.path) do
    if ref.path[i] ~= step then return false end
  end
  return object.doc == ref.doc
end

-- The Application or ApplicationSet that a reference stands in, of a manifest or of the values of a chart.
local function maker_of(tree, ref)
  local function fits(object) return TEMPLATE[object.kind] ~= nil and is_above(object, ref) end
  local object = list.find(tree.objects(ref.file), fits)
  if not object and is_chart(tree, path.dirname(ref.file)) then
    object = list.find(values.objects(yaml.document(tree.read(ref.file)), ref.file, tree.find), fits)
  end
  if not object then return nil end
  local spec = owner.spec(object)
  local template = below(spec, table.unpack(TEMPLATE[object.kind]))
  return {
    id = ('%s %s/%s'):format(object.kind, object.namespace or '', object.name or ''), object = object, file = ref.file,
    spec = spec, template = template, policy = below(template, 'syncPolicy'),
    get = function(at) return tree.value(ref.file, object.doc, at) end,
  }
end

local function owner_by(tree, maker, folder, deep)
  return {
    id = maker.id, dir = folder, maker = maker, files = applied(tree, folder, deep), opaque = is_chart(tree, folder) or nil,
    prunes = maker.get(below(maker.policy, 'automated', 'prune')) == true,
  }
end

local function made_by(tree, one)
  local maker = one.maker
  local new = owner_by(tree, maker, one.folder, one.deep)
  new.id, new.name = ('%s: %s'):format(maker.id, one.name), one.name
  new.deletes = made.deletes(maker.get(below(maker.spec, 'syncPolicy')))
  return new
end

---One owner for each Application: several sources add up.
---@param facts ifx.layout.Facts
---@param after? boolean
---@return ifx.layout.Owner[]
function M.owners(facts, after)
  local tree, found, by_id = side(facts, after), {}, {}
  local function add(one)
    local known = by_id[one.id]
    for file in pairs(known and one.files or {}) do known.files[file] = true end
    if not known then by_id[one.id], found[#found + 1] = one, one end
  end
  for _, ref in ipairs(tree.references) do
    local is_source = ref.kind == 'argocd.path' and ref.target and ref.resolved and ref.target_kind ~= 'glob'
    local maker = is_source and maker_of(tree, ref)
    if maker then add(owner_by(tree, maker, ref.target, ref.entry == 'deep')) end
  end
  for _, one in ipairs(made.applications(tree, maker_of)) do
    add(made_by(tree, one))
  end
  return found
end

local function place(maker)
  local object = maker.object
  local namespace = object.namespace or 'argocd'
  return namespace, ('%s %s/%s'):format(object.kind, namespace, object.name or '?')
end

local function prune_hazard(loss)
  local by = loss.owner
  local maker = by.maker
  local namespace, object = place(maker)
  local one = by.name or maker.object.kind == 'Application' and maker.object.name
  local field = table.concat(below(maker.policy, 'automated', 'prune'), '.')
  return {
    id = 'prune', severity = 'high', object = by.name and ('Application %s/%s'):format(namespace, by.name) or object,
    files = #loss.files,
    reason = ('prunes: it deletes what it no longer applies, and %s leave %s'):format(
      handover.words(loss), by.dir == '' and 'the root of the repository' or by.dir),
    remedy = ('set %s: false in %s (or the annotation argocd.argoproj.io/sync-options: Prune=false on each object that moves)')
      :format(field, maker.file),
    patch = ('%s: %s: true becomes false'):format(maker.file, field),
    check = ('kubectl -n %s get applications.argoproj.io%s -o '
      .. "jsonpath='{.spec.syncPolicy.automated.prune} {.status.sync.status}'"):format(namespace, one and ' ' .. one or ''),
    expect = 'false Synced',
    undo = ('set %s: true in %s again'):format(field, maker.file),
  }
end

local function merged(losses)
  local all = { files = {}, objects = 0, data = {} }
  for _, loss in ipairs(losses) do
    list.append(all.files, loss.files)
    list.append(all.data, loss.data)
    all.objects = all.objects + loss.objects
  end
  return all
end

-- An ApplicationSet deletes the Applications that it no longer makes, whether they prune or not.
local function delete_hazard(losses)
  local maker, all = losses[1].owner.maker, merged(losses)
  local namespace, object = place(maker)
  local names = list.map(losses, function(loss) return loss.owner.name end)
  local field = table.concat(below(maker.spec, 'syncPolicy', 'preserveResourcesOnDeletion'), '.')
  return {
    id = 'prune', severity = 'high', object = object, files = #all.files,
    reason = ('no longer makes the Application%s %s: it deletes %s with everything applied, %s'):format(#names == 1 and '' or 's',
      table.concat(names, ', '), #names == 1 and 'it' or 'them', handover.words(all)),
    remedy = ('set %s: true in %s: the Applications lose the finalizer that deletes what they applied'):format(field, maker.file),
    patch = ('%s: %s: true'):format(maker.file, field),
    check = ('kubectl -n %s get applications.argoproj.io %s -o custom-columns=NAME:.metadata.name,'
      .. 'FINALIZERS:.metadata.finalizers'):format(namespace, table.concat(names, ' ')),
    expect = '<none> in the second column of each line',
    undo = ('take %s out of %s again'):format(field, maker.file),
  }
end

-- One hazard for all Applications that a set no longer makes; one for each that goes on and prunes.
local function hazards_of(losses, after)
  local kept, hazards, gone, sets = list.set(list.map(after, 'id')), {}, {}, {}
  for _, loss in ipairs(losses) do
    local by = loss.owner
    if not by.name or kept[by.id] then
      if by.prunes then hazards[#hazards + 1] = prune_hazard(loss) end
    elseif by.deletes then
      local set = by.maker.id
      if not gone[set] then gone[set], sets[#sets + 1] = {}, set end
      table.insert(gone[set], loss)
    end
  end
  return list.append(hazards, list.map(sets, function(set) return delete_hazard(gone[set]) end))
end

-- A kustomization that an Application builds, and that names files outside of its folder afterwards: Argo CD fails to
-- render it, and the Application goes on with what it applied last.
local function restricted(facts, after)
  local kustomize, out = ifx.use 'kustomize'.library, {}
  for _, one in ipairs(kustomize.outside(facts)) do
    local by = list.find(after, function(owner_after) return owner_after.files[one.file] end)
    if by then
      local _, object = place(by.maker)
      out[#out + 1] = { id = 'restrict', accept = 'restrict',
        why = ('%s builds %s, which would name files outside of its folder, and Argo CD refuses that: %s. With '
          .. 'kustomize.buildOptions: --load-restrictor LoadRestrictionsNone in argocd-cm it does not')
          :format(by.name and ('%s (%s)'):format(object, by.name) or object, one.file, kustomize.outside_words(one)) }
    end
  end
  return out
end

---watch(): what Applications do when they see the finished tree. Those that prune by themselves what they no longer apply
---are hazards 'prune', with the earlier commit that makes it safe; what nobody applied until now blocks the plan.
---@param _ table
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.watch(_, facts)
  local before, after = M.owners(facts), M.owners(facts, true)
  local hazards, blocked = hazards_of(handover.losses(facts, before, after), after), restricted(facts, after)
  local gain = handover.gains(facts, before, after)
  if gain then
    local files = table.concat(gain.files, ', ', 1, math.min(5, #gain.files))
    blocked[#blocked + 1] = { id = 'activate', accept = 'activate',
      why = ('%s that no Application applies today would be applied: %s'):format(handover.words(gain), files) }
  end
  local needs = projects.needs(side(facts), side(facts, true), facts.made or {}, maker_of)
  return { hazards = hazards, blocked = blocked, needs = needs }
end

return M
