-- edits.lua: replace spans of bytes in files. SPDX-License-Identifier: Apache-2.0
local err = require 'err'

local edits = {}

---@class ifx.repo.Edit
---@field file string        path after the moves
---@field old_file string    path before
---@field start integer      first byte, in the old content
---@field stop integer       last byte
---@field line integer?
---@field column integer?
---@field old string
---@field new string
---@field reference ifx.repo.Reference

local function clash(a, b)
  err.raise {
    kind = 'plugin', op = 'rewrite ' .. a.old_file, file = a.old_file, line = b.line, column = b.column,
    message = ("%s and %s want to change the same bytes differently: '%s' and '%s'"):format(
      a.reference.kind, b.reference.kind, a.new, b.new),
  }
end

---The edits of one file in order, equal ones once. Raises 'plugin' when two that differ touch the same bytes.
---@param list ifx.repo.Edit[]
---@return ifx.repo.Edit[]
function edits.ordered(list)
  local sorted = table.move(list, 1, #list, 1, {})
  table.sort(sorted, function(a, b)
    if a.start ~= b.start then return a.start < b.start end
    return a.stop < b.stop
  end)
  local out = {}
  for _, edit in ipairs(sorted) do
    local last = out[#out]
    if last and edit.start <= last.stop then
      if edit.start ~= last.start or edit.stop ~= last.stop or edit.new ~= last.new then clash(last, edit) end
    else
      out[#out + 1] = edit
    end
  end
  return out
end

---The content with all edits made.
---@param content string
---@param ordered ifx.repo.Edit[]
---@return string
function edits.apply(content, ordered)
  local parts, from = {}, 1
  for _, edit in ipairs(ordered) do
    if content:sub(edit.start, edit.stop) ~= edit.old then
      err.raise {
        kind = 'internal', op = 'rewrite ' .. edit.old_file, file = edit.old_file, line = edit.line,
        message = ("'%s' does not stand where its reference says"):format(edit.old),
      }
    end
    parts[#parts + 1] = content:sub(from, edit.start - 1)
    parts[#parts + 1] = edit.new
    from = edit.stop + 1
  end
  parts[#parts + 1] = content:sub(from)
  return table.concat(parts)
end

---Where a byte of the old content that no edit touches (or that begins one) stands afterwards.
---@param ordered ifx.repo.Edit[]
---@return fun(byte: integer): integer  asked in any order
function edits.shift(ordered)
  local starts, deltas, delta = {}, {}, 0
  for i, edit in ipairs(ordered) do
    delta = delta + #edit.new - #edit.old
    starts[i], deltas[i] = edit.stop, delta
  end
  return function(byte)
    local low, high = 1, #starts + 1
    while low < high do
      local middle = (low + high) // 2
      if starts[middle] < byte then low = middle + 1 else high = middle end
    end
    return byte + (deltas[low - 1] or 0)
  end
end

---The smallest single replacement that makes one text of another.
---@param old string
---@param new string
---@return ifx.repo.Replacement
function edits.between(old, new)
  local first, most = 1, math.min(#old, #new)
  while first <= most and old:byte(first) == new:byte(first) do first = first + 1 end
  local back = 0
  while back < most - first + 1 and old:byte(#old - back) == new:byte(#new - back) do back = back + 1 end
  return { start = first, stop = #old - back, old = old:sub(first, #old - back), new = new:sub(first, #new - back) }
end

return edits
