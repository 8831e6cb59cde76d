-- depends.lua: what entry points wait for, and who waits for each other. SPDX-License-Identifier: Apache-2.0
local depends = {}

local function id_of(entry, wanted)
  return ('%s:%s/%s/%s'):format(entry.home, wanted.kind or (entry.group == '' and entry.kind or entry.kind .. '.' .. entry.group),
    wanted.namespace or entry.namespace, wanted.name)
end

local function tell(entry, kind, message, wanted)
  table.insert(entry.problems, { kind = kind, message = message, severity = 'error', file = entry.object.file,
    line = entry.object.line, object = { kind = wanted.kind or entry.kind, namespace = wanted.namespace or entry.namespace,
      name = wanted.name } })
end

local function members(ring, first)
  local names, begun = {}, false
  for _, entry in ipairs(ring) do
    begun = begun or entry == first
    if begun then names[#names + 1] = entry.name end
  end
  names[#names + 1] = first.name
  return table.concat(names, ' -> ')
end

local function follow(entry, by_id, state, ring)
  state[entry] = 'open'
  ring[#ring + 1] = entry
  for _, wanted in ipairs(entry.depends or {}) do
    local other = by_id[id_of(entry, wanted)]
    if other and state[other] == 'open' then
      tell(entry, 'dependency-cycle', ('it waits for itself: %s'):format(members(ring, other)), wanted)
    elseif other and not state[other] then
      follow(other, by_id, state, ring)
    end
  end
  ring[#ring] = nil
  state[entry] = 'done'
end

---Adds a problem to each entry point that waits for one that is not there, and to one of each ring of waiting.
---@param entries ifx.gitops.Entry[]
---@param by_id table<string, ifx.gitops.Entry>
function depends.check(entries, by_id)
  for _, entry in ipairs(entries) do
    for _, wanted in ipairs(entry.depends or {}) do
      if not by_id[id_of(entry, wanted)] then
        tell(entry, 'missing-dependency', ('it waits for %s/%s, which is not in its cluster'):format(
          wanted.namespace or entry.namespace, wanted.name), wanted)
      end
    end
  end
  local state = {}
  for _, entry in ipairs(entries) do
    if not state[entry] then follow(entry, by_id, state, {}) end
  end
end

return depends
