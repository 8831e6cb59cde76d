-- transform.lua: making a root for a folder, moving entries from one root to another. SPDX-License-Identifier: Apache-2.0

local k8s = require 'ifx.k8s.objects'
local walk = require './walk'

local M = {}

local INDENT = '  ' -- of a list that has no model
local HEAD = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n'

-- Fields that change, or add to, what their root lists: an object that leaves the root loses their effect.
local CONTEXT = {
  'namespace', 'namePrefix', 'nameSuffix', 'commonLabels', 'labels', 'commonAnnotations', 'images', 'replicas', 'patches',
  'patchesStrategicMerge', 'patchesJson6902', 'transformers', 'replacements', 'components', 'configurations', 'vars',
}

local LISTING = { ['kustomize.resources'] = true, ['kustomize.bases'] = true }

local function root_text(entries, indent)
  local lines = list.map(entries, function(entry) return ('%s- %s\n'):format(indent, yaml.scalar(entry, 'plain', false)) end)
  return HEAD .. (#lines == 0 and 'resources: []\n' or 'resources:\n' .. table.concat(lines))
end

-- The kustomization file of a folder after the moves, or nil.
local function find_root(facts, folder)
  for _, name in ipairs(walk.NAMES) do
    local file = path.join(folder, name)
    if facts.exists_after(file) then return file end
  end
end

-- Does a controller apply everything in this file today, without a kustomization that lists it?
local function find_generating_entry(facts, old)
  local folder = path.dirname(old)
  while true do
    for _, name in ipairs(walk.NAMES) do
      if facts.exists(path.join(folder, name)) then return nil end
    end
    for _, entry in ipairs(facts.entries) do
      if entry.dir == folder and (entry.deep or folder == path.dirname(old)) then return entry end
    end
    if folder == '' then return nil end
    folder = path.dirname(folder)
  end
end

local indexes = setmetatable({}, { __mode = 'k' })

-- The references that list a file or folder of the tree before the moves.
local function listings(facts, old)
  local index = indexes[facts]
  if not index then
    index = {}
    for _, ref in ipairs(facts.references) do
      if LISTING[ref.kind] and ref.resolved and ref.target then
        index[ref.target] = index[ref.target] or {}
        table.insert(index[ref.target], ref)
      end
    end
    indexes[facts] = index
  end
  return index[old] or {}
end

local function inside(file, folder) return file:sub(1, #folder + 1) == folder .. '/' end

local function is_applied(facts, old, entry)
  local outside = list.find(listings(facts, old), function(ref)
    return not inside(facts.moved(ref.file) or ref.file, entry)
  end)
  return outside ~= nil or find_generating_entry(facts, old) ~= nil
end

-- Is this file, or anything in this folder, applied today from outside of it?
local function is_rendered(facts, entry)
  if is_applied(facts, facts.origin(entry) or entry, entry) then return true end
  return facts.exists_after(entry) == 'dir' and list.find(facts.list_after(entry), function(file)
    return facts.exists(facts.origin(file) or file) and is_applied(facts, facts.origin(file) or file, entry)
  end) ~= nil
end

local function has_objects(facts, file)
  for _, object in ipairs(facts.objects_after(file)) do
    if object.name and object.group ~= 'kustomize.config.k8s.io' then return true end
  end
  return false
end

-- Is this a folder that an entry point applies by itself? A root that listed it would apply it twice.
local function has_own_entry(facts, entry)
  local old = facts.origin(entry) or entry
  return list.find(facts.entries, function(known) return known.dir == old end) ~= nil
end

-- What a root of this folder can list: manifests, and the nearest folders below that have a root of their own.
local function candidates(facts, folder)
  local found, roots = {}, {}
  for _, file in ipairs(facts.list_after(folder)) do
    if walk.is_name(path.basename(file)) then roots[path.dirname(file)] = true end
  end
  local seen = {}
  for _, file in ipairs(facts.list_after(folder)) do
    local below, top = path.dirname(file), nil
    while below ~= folder do
      if roots[below] then top = below end
      below = path.dirname(below)
    end
    local entry = top or file
    if not seen[entry] and (top or has_objects(facts, file)) and not (top and has_own_entry(facts, top)) then
      seen[entry] = true
      found[#found + 1] = entry
    end
  end
  return found
end

-- What a root lists to have everything of a base: the base itself where it has a root, else what lies in it.
local function entries_of(facts, folder, base)
  if base ~= folder and find_root(facts, base) then return { base } end
  return candidates(facts, base)
end

local function root_change(folder, entries)
  local text = root_text(list.map(entries, function(entry) return path.relative(entry, folder) end), INDENT)
  return { type = 'create', file = path.join(folder, 'kustomization.yaml'), text = text }
end

-- Files that declare an object which a file before them declares: kustomize refuses a root that lists both.
local function without_duplicates(facts, entries, notes)
  local holder = {}
  return list.filter(entries, function(entry)
    local same
    local objects = facts.exists_after(entry) == 'file' and facts.objects_after(entry) or {}
    for _, object in ipairs(objects) do same = same or object.name and holder[k8s.id(object)] end
    for _, object in ipairs(not same and objects or {}) do
      if object.name then holder[k8s.id(object)] = entry end
    end
    if same then
      notes[#notes + 1] = ('%s declares objects that %s declares, too: its root lists only one of them; take the other away')
        :format(entry, same)
    end
    return not same
  end)
end

---make_root { folder = F, of = B, entries = PATHS }: a kustomization for F that lists what of B (default: F itself) is
---applied today; when nothing of it is applied today, everything. With `entries` it lists those. A folder that has one keeps
---it.
---@param args { folder: string, of: string?, entries: string[]? }
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.make_root(args, facts)
  local folder, base = args.folder, args.of or args.folder
  if args.entries then return find_root(facts, folder) and {} or { changes = { root_change(folder, args.entries) } } end
  if find_root(facts, folder) or #facts.list_after(base) == 0 then return {} end
  local entries = entries_of(facts, folder, base)
  local rendered = list.filter(entries, function(entry) return is_rendered(facts, entry) end)
  local notes = {}
  local chosen = without_duplicates(facts, #rendered > 0 and rendered or entries, notes)
  local set = {}
  for _, entry in ipairs(#rendered > 0 and rendered or entries) do set[entry] = true end
  for _, entry in ipairs(entries) do
    if not set[entry] then
      notes[#notes + 1] = ('%s is not applied today and stays so: %s/kustomization.yaml does not list it')
        :format(entry, folder)
    end
  end
  if #rendered == 0 and #entries > 0 then
    notes[#notes + 1] = ('nothing in %s is applied today: its root lists everything, and no other root lists it'):format(base)
  end
  return { changes = { root_change(folder, chosen) }, notes = notes }
end

-- Fields of the root that an entry leaves whose effect it would lose.
local function lost_context(facts, file)
  local ok, document = pcall(yaml.document, facts.read(file))
  if not ok then return {} end
  return list.filter(CONTEXT, function(field)
    local value = document:get({ field }, 1)
    return value ~= nil and value ~= ifx.null and (type(value) ~= 'table' or next(value) ~= nil)
  end)
end

-- The entry of the new root through which a moved thing is listed: the base when it has a root of its own, else the
-- folder, or the file, just below it.
local function entry_for(facts, root, base, new)
  if root ~= base and find_root(facts, base) then return path.relative(base, root) end
  return path.relative(path.join(base, path.relative(new, base):match '^[^/]+'), root)
end

local function add_entry(out, entry)
  if out.entries[entry] then return end
  out.entries[entry] = true
  out.order[#out.order + 1] = entry
end

-- How far the list that holds a reference is indented.
local function indent_of(facts, ref)
  local text = facts.read(ref.file)
  local line = text:sub(1, ref.start - 1):match '[^\n]*$'
  return line:match '^( *)%-%s'
end

-- Did this file or folder go to another repository, or stay in one?
local function is_elsewhere(facts, old)
  return not facts.moved(old) and facts.exists_after(old) == nil
end

local function refuse_border(out, ref)
  err.raise {
    kind = 'config', op = ('kustomize.move_entries to %s'):format(out.root),
    message = ('%s lists %s, and they are in two repositories afterwards'):format(ref.file, ref.text),
    hint = 'entries move within one repository: kustomize.make_root, with the repository, lists what went there, and the '
      .. 'run-book names the entries here that a person takes out',
  }
end

local function take_listed(out, facts, ref)
  local new = facts.moved(ref.target)
  local file = facts.moved(ref.file) or ref.file
  local leaves = out.empty and not is_elsewhere(facts, ref.file) and is_elsewhere(facts, ref.target)
  if leaves or new and inside(new, out.base) and is_elsewhere(facts, ref.file) then refuse_border(out, ref) end
  if not new or not inside(new, out.base) or inside(file, out.base) or inside(file, out.root) then return end
  out.changes[#out.changes + 1] = { type = 'delete', file = ref.file, doc = ref.doc, path = ref.path, reference = ref }
  for _, field in ipairs(lost_context(facts, ref.file)) do out.lost[ref.file .. ': ' .. field] = true end
  out.indent = out.indent or indent_of(facts, ref)
  add_entry(out, entry_for(facts, out.root, out.base, new))
end

local function take_generated(out, facts)
  for old, new in facts.each_move() do
    if inside(new, out.base) and find_generating_entry(facts, old) and has_objects(facts, new) then
      add_entry(out, entry_for(facts, out.root, out.base, new))
    end
  end
end

---move_entries { to = R, of = B }: whatever roots outside of R and B list of what now lies below B (default: R) is taken
---out of them and listed in R's own root, which is made when it is not there. What a controller applied without a list is
---listed too.
---@param args { to: string, of: string? }
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.move_entries(args, facts)
  local root = args.to
  local base = args.of or root
  local out = { root = root, base = base, changes = {}, entries = {}, order = {}, lost = {} }
  out.empty = #facts.list_after(base) == 0
  for _, ref in ipairs(facts.references) do
    if LISTING[ref.kind] and ref.resolved and ref.target and not facts.taken(ref) then take_listed(out, facts, ref) end
  end
  take_generated(out, facts)
  if #out.order == 0 then return {} end
  local file = find_root(facts, root)
  if not file then
    local text = root_text(out.order, out.indent or INDENT)
    out.changes[#out.changes + 1] = { type = 'create', file = path.join(root, 'kustomization.yaml'), text = text }
  end
  for _, entry in ipairs(file and out.order or {}) do
    out.changes[#out.changes + 1] = { type = 'append', file = file, path = { 'resources' }, value = entry, once = true }
  end
  local blocked = list.map(list.keys(out.lost), function(what)
    return { id = 'context', accept = 'context',
      why = ('%s applies to what leaves that root: the new root must say it too, or objects change'):format(what) }
  end)
  return { changes = out.changes, blocked = blocked }
end

---list_beside { file = F, also = FILES, instead = boolean }: every root that lists F lists FILES too, or instead.
---@param args { file: string, also: string[], instead: boolean? }
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.list_beside(args, facts)
  local changes = {}
  for _, ref in ipairs(listings(facts, facts.origin(args.file) or args.file)) do
    if not facts.taken(ref) then
      local file = facts.moved(ref.file) or ref.file
      for _, other in ipairs(args.also) do
        local value = path.relative(other, path.dirname(file))
        local at = { ref.path[1] }
        changes[#changes + 1] = { type = 'append', file = file, doc = ref.doc, path = at, value = value, once = true }
      end
      if args.instead then
        changes[#changes + 1] = { type = 'delete', file = ref.file, doc = ref.doc, path = ref.path, reference = ref }
      end
    end
  end
  return { changes = changes }
end

-- Fields of a root that say nothing by themselves.
local FORMAL = { apiVersion = true, kind = true, metadata = true, resources = true, bases = true }

-- What a root still does when its entries have gone; nil when nothing.
local function remains(facts, file)
  for _, ref in ipairs(facts.references) do
    if ref.file == file and ref.exact and not facts.taken(ref) then return 'it lists ' .. ref.text end
  end
  local ok, document = pcall(yaml.document, facts.read(file))
  if not ok or #document ~= 1 then return 'it cannot be read' end
  for _, key in ipairs(list.keys(document:value(1) or {})) do
    if not FORMAL[key] then return ('it says %s'):format(key) end
  end
end

---remove_root { folder = F, by = R }: the kustomization of F goes when earlier actions have taken all that it listed; R
---takes its place. One that still does something stays.
---@param args { folder: string, by: string }
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.remove_root(args, facts)
  local file = find_root(facts, args.folder)
  if not file or not facts.exists(file) then return {} end
  local why = remains(facts, file)
  if why then return { notes = { ('%s stays: %s'):format(file, why) } } end
  local notes = { ('%s lists nothing any more: it goes'):format(file) }
  for _, ref in ipairs(facts.references) do
    if ref.file == file and not ref.exact then
      notes[#notes + 1] = ('with it goes what its line %d says in a comment: %s'):format(ref.line, ref.text)
    end
  end
  local by = find_root(facts, args.by) or args.by
  return { changes = { { type = 'remove', file = file, by = by } }, notes = notes }
end

return M
