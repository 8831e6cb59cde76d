-- choose.lua: the entry point that a person names. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local path = require 'ifx.path'
local suggest = require 'ifx.suggest'

local NEAREST, LISTED = 3, 10

local function kind_fits(entry, kind)
  local full = entry.group == '' and entry.kind or entry.kind .. '.' .. entry.group
  return kind == nil or kind:lower() == entry.kind:lower() or kind:lower() == full:lower()
end

-- '[CLUSTER:][KIND/][NAMESPACE/]NAME'
local function parse(word)
  local cluster, rest = word:match '^(.*):([^:]+)$'
  rest = rest or word
  local parts = path.split(rest)
  local name = table.remove(parts)
  local namespace = table.remove(parts)
  return { cluster = cluster, name = name, namespace = namespace, kind = table.remove(parts) }, #parts == 0 and name ~= nil
end

-- Of two words the first may be a namespace, or a kind.
local function place_fits(entry, wanted)
  local same = not wanted.namespace or entry.namespace == wanted.namespace
  return same and kind_fits(entry, wanted.kind) or not wanted.kind and kind_fits(entry, wanted.namespace)
end

local function fits(entry, wanted)
  return entry.name == wanted.name and place_fits(entry, wanted) and (not wanted.cluster or entry.home == wanted.cluster)
end

local function refuse(kind, word, message, hint)
  err.raise { kind = kind, op = 'build the entry point ' .. word, message = message, hint = hint }
end

-- The names that are most like the one that is none, the nearest first.
local function nearest(word, entries)
  local names, seen, out = {}, {}, {}
  for _, entry in ipairs(entries) do
    if not seen[entry.name] then names[#names + 1], seen[entry.name] = entry.name, true end
  end
  while #out < NEAREST do
    local best = suggest(word, names)
    if not best then break end
    out[#out + 1] = best
    for i = #names, 1, -1 do
      if names[i] == best then table.remove(names, i) end
    end
  end
  if #out > 0 then return ('did you mean %s?'):format(table.concat(out, ' or ')) end
  local more = #names > LISTED and ' …' or ''
  return 'there are: ' .. table.concat(names, ', ', 1, math.min(LISTED, #names)) .. more
end

---@param entries ifx.gitops.Entry[]
---@param word string  '[CLUSTER:][KIND/][NAMESPACE/]NAME'
---@return ifx.gitops.Entry
---Raises 'not_found' with the nearest names, 'argument' for a word that means several.
return function(entries, word)
  local wanted, good = parse(word)
  if not good then refuse('argument', word, 'it is no [CLUSTER:][KIND/][NAMESPACE/]NAME') end
  local found = {}
  for _, entry in ipairs(entries) do
    if fits(entry, wanted) then found[#found + 1] = entry end
  end
  if #found == 1 then return found[1] end
  if #entries == 0 then refuse('not_found', word, 'nothing here is an entry point') end
  if #found == 0 then refuse('not_found', word, 'there is no such entry point', nearest(wanted.name, entries)) end
  local ids = {}
  for i, entry in ipairs(found) do ids[i] = entry.id end
  refuse('argument', word, ('%d entry points are called so'):format(#found), 'name one: ' .. table.concat(ids, ', '))
end
