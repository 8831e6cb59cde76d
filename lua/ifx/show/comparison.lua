-- comparison.lua: what changes between two trees, as people read it. SPDX-License-Identifier: Apache-2.0
local clean = require 'term'.clean
local compare = require 'ifx.gitops.compare'
local counted = require 'ifx.text'.counted
local json = require 'json'
local list = require 'ifx.list'
local owners = require 'ifx.show.owners'
local style = require 'ifx.term'.style

local M = {}

local LONGEST = 60 -- of a value; the document has all of it

local MARKS = { added = '+', removed = '-', changed = '~', reowned = '>', uncertain = '?' }
local STYLES = { ['+'] = 'green', ['-'] = 'red', ['~'] = 'yellow', ['>'] = 'cyan' }

---What happens to an object, in one word; an object that changes may also get another owner.
---@param change ifx.gitops.Change
---@return 'uncertain'|'added'|'removed'|'changed'|'reowned'
function M.sort(change)
  if change.uncertain then return 'uncertain' end
  if not change.before then return 'added' end
  if not change.after then return 'removed' end
  return #change.fields > 0 and 'changed' or 'reowned'
end

---How many of each sort, and how many of all get other owners.
---@param found ifx.gitops.Comparison
---@return table<string, integer>
function M.counts(found)
  local out = { same = found.same, added = 0, removed = 0, changed = 0, reowned = 0, uncertain = 0 }
  for _, change in ipairs(found.changes) do
    local sort = M.sort(change)
    if sort ~= 'reowned' then out[sort] = out[sort] + 1 end
    if change.owners then out.reowned = out.reowned + 1 end
  end
  return out
end

local function in_words(counts)
  local parts = {}
  for _, item in ipairs { { 'removed', '%s removed' }, { 'added', '%s added' }, { 'changed', '%s changed' },
    { 'reowned', '%s with another owner' }, { 'uncertain', '%s of which it is not known' } } do
    if counts[item[1]] > 0 then parts[#parts + 1] = item[2]:format(counts[item[1]]) end
  end
  return table.concat(parts, ', ')
end

---The verdict in one sentence.
---@param found ifx.gitops.Comparison
---@return string
function M.verdict(found)
  if #found.entries == 0 then
    return 'Nothing was compared: on neither side there is an entry point, which would say what is applied.'
  end
  local counts = M.counts(found)
  local open = #list.filter(found.unknown, function(unknown) return not unknown.same end)
  local both = #found.unknown - open
  local rest = ''
  if open > 0 then
    rest = ('; what %s is not known on one side'):format(counted(open, 'entry point applies', 'entry points apply'))
  end
  if both > 0 then
    rest = rest .. ('; what %s is not known on either side, for the same reason'):format(
      counted(both, 'entry point applies', 'entry points apply'))
  end
  if #found.changes == 0 then
    local same = counted(counts.same, 'object is', 'objects are')
    return ('Nothing changes: %s the same, with the same owners%s.'):format(same, rest)
  end
  return ('%s: %s; %s the same%s.'):format(counted(#found.changes, 'object differs', 'objects differ'), in_words(counts),
    counted(counts.same, 'is', 'are'), rest)
end

-- ---- one change ----

local function text_of(v)
  if v == nil then return '(none)' end
  if v == '' then return '""' end
  return clean(type(v) == 'string' and v or json.encode(v))
end

local function shortened(text)
  local last = utf8.len(text) and utf8.offset(text, LONGEST) or LONGEST
  return last and #text > last and text:sub(1, last - 1) .. '…' or text
end

-- Both values; of long ones that begin alike from shortly before where they differ.
local function values(before, after)
  local a, b = text_of(before), text_of(after)
  local same = 0
  while same < #a and a:byte(same + 1) == b:byte(same + 1) do same = same + 1 end
  local from = same - LONGEST // 4
  if from > 0 and math.max(#a, #b) > LONGEST then
    while from > 0 and (a:byte(from + 1) or 0) & 0xC0 == 0x80 do from = from - 1 end -- not within a character
    a, b = '…' .. a:sub(from + 1), '…' .. b:sub(from + 1)
  end
  return shortened(a), shortened(b)
end

local function field_line(field)
  local path = field.path == '' and 'all of it' or clean(field.path)
  if field.masked then return ('        %s: differs (secret)'):format(path) end
  return ('        %s: %s → %s'):format(path, values(field.before, field.after))
end

---The label of an object whose id this is.
---@param id string
---@return string
function M.short(id)
  local kind, namespace, name = id:match ':([^:/]*)/([^/]*)/([^/]*)$'
  return kind and owners.label { kind = kind:match '^[^.]*', namespace = namespace, name = name } or id
end

local short = M.short

local function names(ids) return #ids == 0 and 'nobody' or table.concat(list.map(ids, short), ' and ') end

local function add_change(out, change)
  local mark = MARKS[M.sort(change)]
  local text = ('    %s %s'):format(mark, clean(owners.label(change.after or change.before)))
  if STYLES[mark] then text = style(text, STYLES[mark]) end
  if change.uncertain then
    local side = change.before and 'after' or 'before'
    text = text .. ('  what %s applies is not known %s'):format(clean(short(change.uncertain)), side)
  elseif change.owners then
    text = text .. ('  from %s to %s'):format(clean(names(change.owners.before)), clean(names(change.owners.after)))
  end
  out[#out + 1] = text
  for _, field in ipairs(change.fields) do out[#out + 1] = field_line(field) end
end

-- ---- by cluster and owner ----

local function owner_of(change)
  local owned = change.after or change.before
  local claim = owned.claims[1]
  return owned.cluster, claim and owners.label(claim.entry) or 'applied by hand'
end

---The changes by cluster and owner, both in the order of their names.
---@param changes ifx.gitops.Change[]
---@return { cluster: string, owner: string, changes: ifx.gitops.Change[] }[]
function M.groups(changes)
  local out, known = {}, {}
  for _, change in ipairs(changes) do
    local cluster, owner = owner_of(change)
    local key = cluster .. '\0' .. owner
    if not known[key] then
      known[key] = { key = key, cluster = cluster, owner = owner, changes = {} }
      out[#out + 1] = known[key]
    end
    table.insert(known[key].changes, change)
  end
  return list.sorted(out, 'key')
end

local function add_unknown(out, found)
  for _, same in ipairs { false, true } do
    local items = list.filter(found.unknown, function(unknown) return unknown.same == same end)
    if #items > 0 then
      out[#out + 1] = style(same and '\nnot known on either side, for the same reason' or '\nnot known', 'bold')
      for _, unknown in ipairs(items) do
        local entry = unknown.after or unknown.before
        local side = same and '' or unknown.before and unknown.after and ' (for another reason than before)'
          or unknown.after and ' (after)' or ' (before)'
        out[#out + 1] = ('    %s%s: %s'):format(clean(owners.label(entry)), side, clean(compare.reason(entry)))
      end
    end
  end
end

---The hazards in their order; those of one reason are one, with the ids of their objects.
---@param found ifx.gitops.Comparison
---@return { hazard: ifx.gitops.Hazard, objects: string[] }[]
function M.hazards(found)
  local out, by_key = {}, {}
  for _, hazard in ipairs(found.hazards or {}) do
    local key = table.concat({ hazard.id, hazard.reason, hazard.remedy }, '\0')
    if not by_key[key] then
      by_key[key] = { hazard = hazard, objects = {} }
      out[#out + 1] = by_key[key]
    end
    if hazard.object then table.insert(by_key[key].objects, hazard.object) end
  end
  return out
end

local SEVERITIES = { high = 'bold red', medium = 'yellow', low = 'dim' }

local SHOWN = 5 -- objects of one hazard; the document has all of them

local function add_hazards(out, found)
  local groups = M.hazards(found)
  if #groups == 0 then return end
  out[#out + 1] = style('\nhazards', 'bold')
  for _, group in ipairs(groups) do
    local hazard, objects = group.hazard, group.objects
    out[#out + 1] = ('  %s  %s  %s'):format(style(hazard.severity, SEVERITIES[hazard.severity]), clean(hazard.id),
      clean(hazard.reason))
    for i = 1, math.min(#objects, SHOWN) do out[#out + 1] = '      ' .. clean(short(objects[i])) end
    if #objects > SHOWN then out[#out + 1] = ('      … and %d more (--json has them all)'):format(#objects - SHOWN) end
    out[#out + 1] = '      → ' .. clean(hazard.remedy)
  end
end

---@param found ifx.gitops.Comparison
---@return string
function M.text(found)
  local out, cluster = { style(M.verdict(found), 'bold') }, nil
  add_hazards(out, found)
  for _, group in ipairs(M.groups(found.changes)) do
    if group.cluster ~= cluster then
      cluster = group.cluster
      out[#out + 1] = '\n' .. style(clean(cluster), 'bold')
    end
    out[#out + 1] = '  ' .. clean(group.owner)
    for _, change in ipairs(group.changes) do add_change(out, change) end
  end
  add_unknown(out, found)
  return table.concat(out, '\n') .. '\n'
end

---@param found ifx.gitops.Comparison
---@return table  of the format ifx.diff/1
function M.document(found)
  local ifx = require 'ifx'
  local out = { format = 'ifx.diff/1', verdict = found.verdict, summary = M.verdict(found), counts = M.counts(found),
    changes = ifx.list {}, unknown = ifx.list {}, hazards = ifx.list(found.hazards or {}) }
  for i, change in ipairs(found.changes) do
    local owned = change.after or change.before
    local function side(one)
      local object = one and one.object
      return one and { file = object.file, line = object.line, repository = object.repository, opaque = object.opaque,
        owners = ifx.list(list.map(one.claims, function(claim) return claim.entry.id end)) }
    end
    out.changes[i] = { id = change.id, sort = M.sort(change), cluster = owned.cluster, group = owned.group, kind = owned.kind,
      namespace = owned.namespace, name = owned.name, reowned = change.owners ~= nil, uncertain = change.uncertain,
      before = side(change.before), after = side(change.after), fields = ifx.list(change.fields) }
  end
  for i, unknown in ipairs(found.unknown) do
    out.unknown[i] = { id = unknown.id, same = unknown.same, before = unknown.before and compare.reason(unknown.before),
      after = unknown.after and compare.reason(unknown.after) }
  end
  return out
end

return M
