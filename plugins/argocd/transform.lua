-- transform.lua: what live Applications would do when files move. SPDX-License-Identifier: Apache-2.0

local handover = require 'ifx.layout.handover'

local M = {}

-- Where the sync policy stands in what makes Applications.
local POLICY = {
  Application = { 'spec', 'syncPolicy' },
  ApplicationSet = { 'spec', 'template', 'spec', 'syncPolicy' },
}

-- A chart is applied by all of its files; anything else by its kustomization, or file by file.
local function applied(ref, facts, after)
  local folder = ref.target
  if not (after and facts.exists_after or facts.exists)(path.join(folder, 'Chart.yaml')) then
    return ifx.use 'kustomize'.transform.applied({ folder = folder, deep = ref.entry == 'deep', after = after }, facts).files
  end
  local files = {}
  for _, file in ipairs((after and facts.list_after or facts.list)(folder)) do files[file] = true end
  return files
end

local function owner_of(facts, ref, after)
  local document = yaml.document((after and facts.read_after or facts.read)(ref.file))
  local object = list.find((after and facts.objects_after or facts.objects)(ref.file), function(o)
    return o.doc == ref.doc and POLICY[o.kind] ~= nil
  end)
  if not object then return nil end
  local place = table.move(POLICY[object.kind], 1, 4, 1, {})
  table.move({ 'automated', 'prune' }, 1, 2, #place + 1, place)
  return {
    id = ('%s %s/%s'):format(object.kind, object.namespace or '', object.name or ''), dir = ref.target, file = ref.file,
    object = object, files = applied(ref, facts, after),
    prunes = document:get(facts.below(object.path, table.unpack(place)), object.doc) == true,
  }
end

-- One owner for each Application: several sources add up.
local function owners(facts, after)
  local found, by_id = {}, {}
  for _, ref in ipairs(after and facts.references_after or facts.references) do
    local is_source = ref.kind == 'argocd.path' and ref.target and ref.resolved and ref.target_kind ~= 'glob'
    local owner = is_source and owner_of(facts, ref, after)
    local known = owner and by_id[owner.id]
    if known then
      for file in pairs(owner.files) do known.files[file] = true end
    elseif owner then
      by_id[owner.id] = owner
      found[#found + 1] = owner
    end
  end
  return found
end

local function hazard(loss)
  local owner = loss.owner
  local namespace, name = owner.object.namespace or 'argocd', owner.object.name or '?'
  local one = owner.object.kind == 'Application'
  local field = table.concat(POLICY[owner.object.kind], '.') .. '.automated.prune'
  return {
    id = 'prune', severity = 'high', object = ('%s %s/%s'):format(owner.object.kind, namespace, name), files = #loss.files,
    reason = ('prunes: it deletes what it no longer applies, and %s leave %s'):format(
      handover.words(loss), owner.dir == '' and 'the root of the repository' or owner.dir),
    remedy = ('set %s: false in %s (or the annotation argocd.argoproj.io/sync-options: Prune=false on each object that moves)')
      :format(field, owner.file),
    patch = ('%s: %s: true becomes false'):format(owner.file, field),
    check = ('kubectl -n %s get applications.argoproj.io%s -o '
      .. "jsonpath='{.spec.syncPolicy.automated.prune} {.status.sync.status}'"):format(namespace, one and ' ' .. name or ''),
    expect = 'false Synced',
    undo = ('set %s: true in %s again'):format(field, owner.file),
  }
end

---watch(): what Applications do when they see the finished tree. Those that prune by themselves what they no longer apply
---are hazards 'prune', with the earlier commit that makes it safe; what nobody applied until now blocks the plan.
---@param _ table
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.watch(_, facts)
  local before, after = owners(facts), owners(facts, true)
  local hazards, blocked = {}, {}
  for _, loss in ipairs(handover.losses(facts, before, after)) do
    if loss.owner.prunes then hazards[#hazards + 1] = hazard(loss) end
  end
  local gain = handover.gains(facts, before, after)
  if gain then
    local files = table.concat(gain.files, ', ', 1, math.min(5, #gain.files))
    blocked[1] = { id = 'activate', accept = 'activate',
      why = ('%s that no Application applies today would be applied: %s'):format(handover.words(gain), files) }
  end
  return { hazards = hazards, blocked = blocked }
end

-- The folders below these that hold Applications, and the files that hold nothing else.
local function folders_of(facts, below)
  local files, seen = {}, {}
  for _, top in ipairs(below) do
    for _, file in ipairs(facts.list_after(top)) do
      local objects = seen[file] and {} or facts.objects_after(file)
      seen[file] = true
      local other = list.find(objects, function(object) return object.group ~= 'argoproj.io' or object.kind ~= 'Application' end)
      if #objects > 0 and not other then
        local folder = path.dirname(file)
        files[folder] = files[folder] or {}
        table.insert(files[folder], file)
      end
    end
  end
  return files
end

-- What no Application renders today is switched on by whoever is pointed to a root that lists it.
local function idle_applications(facts, files, folder)
  local rendered, idle = {}, {}
  for _, owner in ipairs(owners(facts)) do
    for file in pairs(owner.files) do rendered[file] = true end
  end
  for _, of_folder in pairs(files) do
    for _, file in ipairs(of_folder) do
      if not rendered[facts.origin(file) or file] then idle[#idle + 1] = file end
    end
  end
  if #idle == 0 then return {} end
  table.sort(idle)
  return { { id = 'activate', accept = 'activate', why = ('%d files of Applications that no Application renders today would be '
    .. 'rendered from %s: %s'):format(#idle, folder, table.concat(idle, ', ', 1, math.min(5, #idle))) } }
end

---make_applications { folder = F, below = FOLDERS }: a kustomization beside the Applications of every folder below FOLDERS,
---which lists them and nothing else, and one for F that lists these folders. Folders, since Argo CD's kustomize reads no
---files outside of the one that it is pointed at. What an Application of today renders is no concern of it.
---@param args { folder: string, below: string[] }
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.make_applications(args, facts)
  local make_root = ifx.use 'kustomize'.transform.make_root
  local files, changes = folders_of(facts, args.below), {}
  local entries, blocked = files[args.folder] or {}, idle_applications(facts, files, args.folder)
  files[args.folder] = nil
  local folders = list.keys(files)
  for _, folder in ipairs(folders) do
    local made = make_root({ folder = folder, entries = files[folder] }, facts)
    table.move(made.changes or {}, 1, #(made.changes or {}), #changes + 1, changes)
  end
  table.move(folders, 1, #folders, #entries + 1, entries)
  if #entries == 0 then return { notes = { 'no Application lies below ' .. table.concat(args.below, ', ') } } end
  local root = make_root({ folder = args.folder, entries = entries }, facts)
  table.move(root.changes or {}, 1, #(root.changes or {}), #changes + 1, changes)
  return { changes = changes, blocked = #changes > 0 and blocked or {} }
end

return M
