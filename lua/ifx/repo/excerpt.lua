-- excerpt.lua: a text out of a file, and the places that its parts have there. SPDX-License-Identifier: Apache-2.0
local position = require 'ifx.text'.position

local excerpt = {}

---@class ifx.repo.Excerpt
---@field c ifx.repo.Collector
---@field text string
---@field match table what doubts point at, and what references take their document, path and style from
local Excerpt = {}
Excerpt.__index = Excerpt

-- Where the bytes of a scalar begin in the file: behind the quote, or in the line below the header.
local function first_byte(content, match)
  if match.inner_start then return match.inner_start end
  if match.style == 'literal' or match.style == 'folded' then
    return (content:find('\n', match.start, true) or match.stop) + 1
  end
  return match.style == 'plain' and match.start or match.start + 1
end

-- The place in the file of every byte of the text that is no white space. Lines may be folded and
-- indented, which changes white space alone; where anything else differs, the rest has no place.
local function align(content, match)
  local places, at = {}, first_byte(content, match)
  for i = 1, #match.text do
    local char = match.text:sub(i, i)
    if not char:find('%s') then
      at = content:match('^%s*()', at)
      if content:sub(at, at) ~= char then break end
      places[i] = at
      at = at + 1
    end
  end
  return places
end

---The text of a YAML scalar.
---@param c ifx.repo.Collector
---@param match yaml.Match
---@return ifx.repo.Excerpt
function excerpt.scalar(c, match)
  return setmetatable({ c = c, match = match, text = match.text }, Excerpt)
end

---Some spans of bytes of the file, one after the other as one text.
---@param c ifx.repo.Collector
---@param spans integer[][] {first, last} in rising order
---@return ifx.repo.Excerpt
function excerpt.spans(c, spans)
  local content, parts, starts, size = c.file.text(), {}, {}, 0
  for i, span in ipairs(spans) do
    parts[i], starts[i] = content:sub(span[1], span[2]), size + 1
    size = size + #parts[i]
  end
  local first = spans[1] and spans[1][1] or 1
  local line, column = position(content, first)
  local match = { start = first, stop = spans[#spans] and spans[#spans][2] or 0, line = line, column = column, style = 'plain' }
  return setmetatable({ c = c, match = match, text = table.concat(parts), spans = spans, starts = starts }, Excerpt)
end

---The whole file.
---@param c ifx.repo.Collector
---@return ifx.repo.Excerpt
function excerpt.file(c) return excerpt.spans(c, { { 1, #c.file.text() } }) end

-- The index of the last of some rising numbers that is not above a limit.
local function last_below(numbers, limit)
  local low, high = 1, #numbers
  while low < high do
    local middle = (low + high + 1) // 2
    if numbers[middle] <= limit then low = middle else high = middle - 1 end
  end
  return low
end

-- The place in the file of a byte of the text; nil where that cannot be told.
local function place(self, content, at)
  if not self.spans then
    self.places = self.places or align(content, self.match)
    return self.places[at]
  end
  if #self.spans == 0 or at > #self.text then return nil end
  local i = last_below(self.starts, at)
  return self.spans[i][1] + at - self.starts[i]
end

---The match of a part of the text, by its first and last byte there; without an inner span where the file writes it
---otherwise.
---@param from integer|nil
---@param to integer|nil
---@return table match
function Excerpt:part(from, to)
  from, to = from or 1, to or #self.text
  local match, content = self.match, self.c.file.text()
  local start, stop = place(self, content, from), place(self, content, to)
  local part = {
    text = self.text:sub(from, to), doc = match.doc, path = match.path, start = match.start, stop = match.stop,
    line = match.line, column = match.column, style = 'folded',
  }
  if start and stop and content:sub(start, stop) == part.text then
    part.start, part.stop, part.inner_start, part.inner_stop = start, stop, start, stop
    part.line, part.column = position(content, start)
    part.style = match.style
  end
  return part
end

return excerpt
