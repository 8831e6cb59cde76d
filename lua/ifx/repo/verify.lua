-- verify.lua: the proof of a rewrite: what resolved before resolves afterwards, to where its target went.
-- SPDX-License-Identifier: Apache-2.0
local edits = require 'ifx.repo.edits'

local verify = {}

local function key_of(file, start, kind) return file .. '\0' .. start .. '\0' .. kind end

local function reader_of(file, ref) return file .. '\0' .. tostring(ref.plugin) end

local function index(graph)
  local map, readers = {}, {}
  for _, ref in ipairs(graph.references) do
    map[key_of(ref.file, ref.start, ref.kind)], readers[reader_of(ref.file, ref)] = ref, true
  end
  return map, readers
end

-- A file that its tool finds by its name or place, and that it no longer finds: nothing of it is read, whatever it says.
local function unread(case)
  return ("as '%s' its tool no longer finds this file: none of what it names counts any more"):format(case.file)
end

local function complaint(case, now)
  local wanted = case.target and ("'%s'"):format(case.target) or 'what it named'
  if not now then return ('it is no longer found; it should name %s'):format(wanted) end
  if now.resolved == false then
    return ("it would read '%s', which does not resolve: %s"):format(now.text, now.why or 'does not exist')
  end
  return ("it would name '%s', not %s"):format(tostring(now.target), wanted)
end

local function holds(case, now)
  if not now or now.resolved == false then return false end
  return case.target == nil or now.target == case.target
end

---@class ifx.repo.Case
---@field reference ifx.repo.Reference as it was
---@field file string      where its file is afterwards
---@field target? string   where its target is afterwards; nil: it only has to resolve still

---Hold every case against the graph of the changed tree. A file that is no longer read is one failure.
---@param cases ifx.repo.Case[]
---@param after ifx.repo.Graph
---@param ordered table<string, ifx.repo.Edit[]> edits by new path, in order
---@return { reference: ifx.repo.Reference, file: string, message: string }[] failures
function verify.failures(cases, after, ordered)
  local now, readers = index(after)
  local shifts, out, said = {}, {}, {}
  for _, case in ipairs(cases) do
    local ref, shift = case.reference, shifts[case.file]
    if not shift then
      shift = edits.shift(ordered[case.file] or {})
      shifts[case.file] = shift
    end
    local found = now[key_of(case.file, shift(ref.start), ref.kind)]
    local reader = reader_of(case.file, ref)
    if ref.exact and case.file ~= ref.file and not readers[reader] then
      if not said[reader] then out[#out + 1] = { reference = ref, file = case.file, message = unread(case) } end
      said[reader] = true
    elseif not holds(case, found) then
      out[#out + 1] = { reference = ref, file = case.file, message = complaint(case, found) }
    end
  end
  return out
end

return verify
