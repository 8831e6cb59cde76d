-- choose.lua: the entry point that a person names. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local find = require 'ifx.gitops.find'
local list = require 'ifx.list'
local path = require 'ifx.path'
local suggest = require 'ifx.suggest'

local NEAREST = 3

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

-- The names that are most like the one that is none, the nearest first, then all.
local function nearest(word, entries)
  local names, seen, out = {}, {}, {}
  for _, entry in ipairs(entries) do
    if not seen[entry.name] then names[#names + 1], seen[entry.name] = entry.name, true end
  end
  local rest = list.append({}, names)
  while #out < NEAREST do
    local best = suggest(word, rest)
    if not best then break end
    out[#out + 1] = best
    for i = #rest, 1, -1 do
      if rest[i] == best then table.remove(rest, i) end
    end
  end
  local all = 'there are: ' .. table.concat(list.sorted(names), ', ')
  return #out > 0 and ('did you mean %s? %s'):format(table.concat(out, ' or '), all) or all
end

-- Why something may be missing: what cannot be rendered itself renders nothing.
local function unrendered(entries)
  local out = {}
  for _, entry in ipairs(entries) do
    local problem = (entry.failed or entry.why) and entry.problems[#entry.problems]
    local because = problem and problem.message or entry.opaque
    if because then
      local at = problem and problem.file and (' (%s:%d)'):format(problem.file, problem.line or 1) or ''
      out[#out + 1] = ('%s cannot be rendered because %s%s'):format(entry.id, because, at)
    end
  end
  return out
end

-- An object of a file that is no entry point by itself, and what would have made one of it.
local function refuse_missing(entries, word, wanted, declared)
  local failed = unrendered(entries)
  for _, object in ipairs(declared) do
    if find.text_at(object.node, 'metadata', 'name') == wanted.name then
      refuse('not_found', word, ('it is declared at %s:%d, but it is an entry point only as its parent renders it'):format(
        object.file, object.line), failed[1] and table.concat(failed, '; ') or nil)
    end
  end
  local hint = nearest(wanted.name, entries)
  if #failed > 0 then hint = ('%s; what others render is not known: %s'):format(hint, table.concat(failed, '; ')) end
  refuse('not_found', word, 'there is no such entry point', hint)
end

---@param entries ifx.gitops.Entry[]
---@param word string  '[CLUSTER:][KIND/][NAMESPACE/]NAME'
---@param declared ifx.gitops.Object[]  of files that are no entry points as they stand there
---@return ifx.gitops.Entry
---Raises 'not_found' with the nearest names, 'argument' for a word that means several.
return function(entries, word, declared)
  local wanted, good = parse(word)
  if not good then refuse('argument', word, 'it is no [CLUSTER:][KIND/][NAMESPACE/]NAME') end
  local found = {}
  for _, entry in ipairs(entries) do
    if fits(entry, wanted) then found[#found + 1] = entry end
  end
  if #found == 1 then return found[1] end
  if #found == 0 and #entries + #declared == 0 then refuse('not_found', word, 'nothing here is an entry point') end
  if #found == 0 then refuse_missing(entries, word, wanted, declared) end
  local ids = {}
  for i, entry in ipairs(found) do ids[i] = entry.id end
  refuse('argument', word, ('%d entry points are called so'):format(#found), 'name one: ' .. table.concat(ids, ', '))
end
