-- transform.lua: one file of objects into several, several into one. SPDX-License-Identifier: Apache-2.0

local manifest = require './manifest'
local objects = require 'ifx.k8s.objects'

local M = {}

local function refuse(op, message, hint)
  err.raise { kind = 'conflict', op = op, message = message, hint = hint }
end

-- A name that a file can have.
local function slug(text)
  return (text:lower():gsub('[^%w.-]+', '-'))
end

-- How a document is called by what it is split by; several objects in one document go by the first.
local BY = {
  kind = function(object) return slug(object.kind) end,
  namespace = function(object) return object.namespace and slug(object.namespace) or 'cluster' end,
  name = function(object) return object.name and slug(object.kind) .. '-' .. slug(object.name) end,
}

-- Documents by where `place` sends them, in the order of the file: places, place to documents, and those with no place. One
-- without an object goes with the one above it, at the top with the one below: its comments speak of them.
local function gather(documents, place)
  local order, out, lost, waiting, above = {}, {}, {}, {}, nil
  for _, document in ipairs(documents) do
    local to = place(document) or document.empty and above
    if to then
      if not out[to] then order[#order + 1], out[to] = to, {} end
      list.append(list.append(out[to], waiting), { document })
      waiting, above = {}, to
    else
      table.insert(document.empty and waiting or lost, document)
    end
  end
  return order, out, lost
end

-- Where each document goes when the file is split by a property: paths, and path to documents.
local function destinations_by(args, documents, op)
  local key = BY[args.by]
  if not key then
    err.raise { kind = 'config', op = op, message = ("'%s' is nothing to split by"):format(tostring(args.by)),
      hint = 'kind, namespace or name; or `keep` and `into` with selections' }
  end
  local folder = args.folder or path.dirname(args.file)
  local order, out, lost = gather(documents, function(document)
    local name = document.objects[1] and key(document.objects[1])
    return name and path.join(folder, name .. '.yaml')
  end)
  if lost[1] then refuse(op, lost[1].name .. ' has nothing to go by', 'name it in `into`') end
  return order, out
end

local ELSEWHERE = '' -- stands for what a copy in another repository keeps

local function destination(args, document)
  if args.keep and manifest.selects(args.keep, document) then return args.file end
  for _, part in ipairs(args.into or {}) do
    if manifest.selects({ kinds = part.kinds, names = part.names, namespaces = part.namespaces, documents = part.documents },
      document) then
      return part.to
    end
  end
  return args.elsewhere and manifest.selects(args.elsewhere, document) and ELSEWHERE or nil
end

-- Where each document goes by selections. Nothing is lost silently: what nothing selects is refused.
local function destinations(args, documents, op)
  for _, selections in ipairs { args.keep or false, args.elsewhere or false, args.into or false } do
    if selections then manifest.check(selections, op) end
  end
  local order, out, lost = gather(documents, function(document) return destination(args, document) end)
  if #lost > 0 then
    refuse(op, 'selected by nothing, so it would be lost: ' .. table.concat(list.map(lost, 'name'), '; '),
      'select it in `keep`, `into` or `elsewhere`')
  end
  return order, out
end

local function numbers(documents)
  return list.map(documents, 'n')
end

local function add_ids(ids, documents, file)
  for _, document in ipairs(documents) do
    for _, object in ipairs(document.objects) do
      if object.name then ids[objects.id(object)] = file end
    end
  end
end

-- The file with what it keeps, or its removal.
local function rest(args, order, kept)
  if #kept == 0 then
    return { type = 'remove', file = args.file, by = order[1] or path.dirname(args.file) }
  end
  return { type = 'documents', file = args.file, parts = { { file = args.file, documents = numbers(kept), head = true } } }
end

local function check_target(facts, to, op)
  if not path.can_be_tracked(to) then
    err.raise { kind = 'config', op = op, message = ("'%s' is no path inside the repository"):format(to) }
  elseif facts.exists_after(to) then
    refuse(op, to .. ' is there already', 'give another name, or join it afterwards with kubernetes.join')
  end
end

---split { file = F, keep = SELECTION, into = { { to = G, … SELECTION } }, elsewhere = SELECTION }, or
---split { file = F, by = 'kind'|'namespace'|'name', folder = D }: the documents of F, byte for byte with their comments, go
---to the files that are named; the first selection that means a document decides, and what nothing selects is refused.
---`elsewhere` names what a copy of F in another repository keeps. Kustomizations that list F list its parts too.
---@param args { file: string, keep: table?, into: table[]?, elsewhere: table?, by: string?, folder: string? }
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.split(args, facts)
  local op = 'split ' .. args.file
  if facts.exists_after(args.file) ~= 'file' then return { notes = { args.file .. ' is not there: nothing was split' } } end
  local documents = manifest.read(facts, args.file, op)
  local order, out = (args.by and destinations_by or destinations)(args, documents, op)
  local kept = out[args.file] or {}
  if #order == 0 or #kept == #documents then return {} end
  local parts = list.filter(order, function(to) return to ~= args.file and to ~= ELSEWHERE end)
  local changes, ids, folders, mine = {}, {}, { [path.dirname(args.file)] = true }, { [args.file] = true }
  add_ids(ids, kept, args.file)
  for i, to in ipairs(parts) do
    check_target(facts, to, op)
    local head = #kept == 0 and i == 1 or nil
    local part = { file = args.file, documents = numbers(out[to]), head = head }
    changes[#changes + 1] = { type = 'documents', file = to, parts = { part } }
    add_ids(ids, out[to], to)
    folders[path.dirname(to)], mine[to] = true, true
  end
  changes[#changes + 1] = rest(args, parts, kept)
  list.append(changes, ifx.use 'kustomize'.transform.list_beside({
    file = args.file, also = parts, instead = #kept == 0,
  }, facts).changes)
  return { changes = changes, notes = manifest.duplicates(facts, folders, ids, mine) }
end

-- All documents of the files to be joined; an object that two of them declare is refused.
local function read_all(args, facts, op)
  local parts, ids = {}, {}
  for _, file in ipairs(args.files) do
    if facts.exists_after(file) ~= 'file' then refuse(op, file .. ' is not there') end
    local documents = manifest.read(facts, file, op)
    for _, document in ipairs(documents) do
      for _, object in ipairs(document.objects) do
        local id = object.name and objects.id(object)
        if id and ids[id] then
          refuse(op, ('%s and %s both declare %s'):format(ids[id], file, id),
            'decide which of them is meant, and take the other away')
        elseif id then
          ids[id] = file
        end
      end
    end
    parts[#parts + 1] = { file = file, documents = numbers(documents), head = true }
  end
  return parts, ids
end

---join { files = FILES, to = G }: the documents of FILES, byte for byte, in one file; the others go, and kustomizations that
---list them list G instead. Objects that two of them declare are refused.
---@param args { files: string[], to: string }
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.join(args, facts)
  local op = 'join ' .. args.to
  local there = list.filter(args.files, function(file) return facts.exists_after(file) == 'file' end)
  local done = facts.exists_after(args.to) and (#there == 0 or #there == 1 and there[1] == args.to)
  if done then return {} end
  local mine = { [args.to] = true }
  for _, file in ipairs(args.files) do mine[file] = true end
  if facts.exists_after(args.to) and not list.find(args.files, function(file) return file == args.to end) then
    refuse(op, args.to .. ' is there already', 'name it among `files` to keep what it holds')
  end
  local parts, ids = read_all(args, facts, op)
  local changes = { { type = 'documents', file = args.to, parts = parts } }
  for _, file in ipairs(args.files) do
    if file ~= args.to then
      changes[#changes + 1] = { type = 'remove', file = file, by = args.to }
      local listed = ifx.use 'kustomize'.transform.list_beside({ file = file, also = { args.to }, instead = true }, facts)
      list.append(changes, listed.changes)
    end
  end
  return { changes = changes, notes = manifest.duplicates(facts, { [path.dirname(args.to)] = true }, ids, mine) }
end

return M
