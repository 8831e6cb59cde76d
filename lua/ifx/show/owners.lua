-- owners.lua: who owns which objects, as people read it. SPDX-License-Identifier: Apache-2.0
local compare = require 'ifx.gitops.compare'
local counted = require 'ifx.text'.counted
local list = require 'ifx.list'
local term = require 'ifx.term'

local M = {}

---'FILE:LINE', the repository before it where it is another.
---@param object { file: string?, line: integer?, repository: string? }
---@return string
function M.where(object)
  if not object.file then return '' end
  local file = object.repository and ('%s:%s'):format(object.repository, object.file) or object.file
  return object.line and ('%s:%d'):format(file, object.line) or file
end

local where = M.where

---A kind and a name: 'ConfigMap default/settings'.
---@param thing { kind: string, namespace: string, name: string }
---@return string
function M.label(thing)
  local name = thing.namespace ~= '' and thing.namespace .. '/' .. thing.name or thing.name
  return ('%s %s'):format(thing.kind, name)
end

local label = M.label

local function others(owned, entry)
  local out = {}
  for _, claim in ipairs(owned.claims) do
    if claim.entry ~= entry then out[#out + 1] = label(claim.entry) end
  end
  return #out > 0 and 'also ' .. table.concat(out, ', ') or ''
end

-- What each entry point claims: { owned, claim } in its order.
local function claims_of(ownership)
  local out = {}
  for _, owned in ipairs(ownership.owned) do
    for _, claim in ipairs(owned.claims) do
      out[claim.entry] = out[claim.entry] or {}
      table.insert(out[claim.entry], { owned = owned, object = claim.object })
    end
  end
  return out
end

---The entry points whose objects are not known.
---@param entries ifx.gitops.Entry[]
---@return ifx.gitops.Entry[]
function M.unknown(entries) return list.filter(entries, compare.is_unknown) end

local function section(out, title, rows, note)
  if #rows == 0 then return end
  out[#out + 1] = ('\n%s\n'):format(term.style(('%s (%d)'):format(title, #rows), 'bold'))
  out[#out + 1] = term.table(rows, { plain = true }) .. (note or '')
end

local function unknown_rows(entries)
  return list.map(M.unknown(entries), function(entry) return { label(entry), where(entry.object), compare.reason(entry) } end)
end

local function unowned_rows(ownership)
  return list.map(ownership.unowned, function(object)
    local at = require('ifx.gitops.find').text_at
    return { label { kind = at(object.node, 'kind'), namespace = at(object.node, 'metadata', 'namespace') or '',
      name = at(object.node, 'metadata', 'name') }, where(object) }
  end)
end

local function summary(result, ownership)
  local shared = #list.filter(ownership.owned, function(owned) return #owned.claims > 1 end)
  local parts = { ('%s of %s in %s'):format(counted(#ownership.owned, 'object', 'objects'),
    counted(#result.entries, 'entry point', 'entry points'), counted(#result.clusters, 'cluster', 'clusters')) }
  local function add(n, one, many)
    if n > 0 then parts[#parts + 1] = counted(n, one, many) end
  end
  add(shared, 'has more than one owner', 'have more than one owner')
  add(#ownership.unowned, 'in a file that no entry point reads', 'in files that no entry point reads')
  local unknown = #M.unknown(result.entries)
  if unknown > 0 then
    parts[#parts + 1] = ('what %s is not known'):format(counted(unknown, 'entry point applies', 'entry points apply'))
  end
  return table.concat(parts, '; ') .. '\n'
end

local function rest(out, result, ownership)
  local unknown = unknown_rows(result.entries)
  section(out, 'what these apply is not known', unknown)
  section(out, 'in files that no entry point reads', unowned_rows(ownership),
    #unknown > 0 and 'Those whose objects are not known may read some of them.\n' or nil)
  if #out > 0 then out[#out + 1] = '\n' end
  out[#out + 1] = summary(result, ownership)
  return table.concat(out)
end

---One line for each object and owner.
---@param result ifx.gitops.Result
---@param ownership ifx.gitops.Ownership
---@return string
function M.table(result, ownership)
  local rows, claims, out = {}, claims_of(ownership), {}
  for _, entry in ipairs(result.entries) do
    for _, claim in ipairs(claims[entry] or {}) do
      rows[#rows + 1] = { entry.cluster, label(entry), label(claim.owned), where(claim.object), others(claim.owned, entry) }
    end
  end
  if #rows > 0 then out[1] = term.table(rows, { header = { 'cluster', 'owner', 'object', 'from', '' }, plain = true }) end
  return rest(out, result, ownership)
end

-- An entry point stands below the first that renders it, unless that leads back to itself.
local function steps_of(entry, by_id, known)
  if known[entry] then return known[entry] end
  known[entry] = { entry.home, label(entry) } -- until the answer is there: for a ring
  local parent
  for _, id in ipairs(entry.parents) do
    if id ~= entry.id and not parent then parent = by_id[id] end
  end
  if parent then
    local steps = list.append({}, steps_of(parent, by_id, known))
    steps[#steps + 1] = label(entry)
    known[entry] = steps
  end
  return known[entry]
end

---Clusters, in them entry points, in them what they apply.
---@param result ifx.gitops.Result
---@param ownership ifx.gitops.Ownership
---@return string
function M.tree(result, ownership)
  local items, known, claims = {}, {}, claims_of(ownership)
  for _, entry in ipairs(result.entries) do
    local steps = steps_of(entry, result.by_id, known)
    local note = compare.is_unknown(entry) and compare.reason(entry) or where(entry.object)
    local away = entry.cluster ~= entry.home and 'into ' .. entry.cluster .. ', ' or ''
    items[#items + 1] = { steps = steps, note = away .. note, mark = compare.is_unknown(entry) and '!' or nil }
    for _, claim in ipairs(claims[entry] or {}) do
      local also = others(claim.owned, entry)
      items[#items + 1] = { steps = list.append(list.append({}, steps), { label(claim.owned) }),
        note = also ~= '' and ('%s, %s'):format(where(claim.object), also) or where(claim.object) }
    end
  end
  return rest(#items > 0 and { term.tree(items, { plain = true }) } or {}, result, ownership)
end

return M
