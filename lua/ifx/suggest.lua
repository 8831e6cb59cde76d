-- suggest.lua: the word nearest to a misspelt one. SPDX-License-Identifier: Apache-2.0

-- Edits between two words: insert, delete, replace, swap two neighbours.
local function distance(a, b)
  local before, row = {}, {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local older = before
    before, row = row, { [0] = i }
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      row[j] = math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + cost)
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        row[j] = math.min(row[j], older[j - 2] + 1)
      end
    end
  end
  return row[#b]
end

-- The only candidate that begins with the word.
local function completed(name, candidates)
  local found
  for _, candidate in ipairs(candidates) do
    if #name > 2 and candidate:lower():sub(1, #name) == name then
      if found then return nil end
      found = candidate
    end
  end
  return found
end

---The candidate that `name` is most likely a misspelling or the beginning of, or nil.
---@param name string
---@param candidates string[]
---@return string|nil
return function(name, candidates)
  if #name > 64 then return nil end
  local best, nearest = nil, math.max(1, #name // 3) + 1
  for _, candidate in ipairs(candidates) do
    local d = distance(name:lower(), candidate:lower())
    if d < nearest or (d == nearest and best and candidate < best) then best, nearest = candidate, d end
  end
  return best or completed(name:lower(), candidates)
end
