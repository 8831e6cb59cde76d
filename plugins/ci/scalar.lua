-- scalar.lua: parts of a YAML scalar with the places they have in the file. SPDX-License-Identifier: Apache-2.0

local M = {}

---@class ci.View
---@field c ifx.repo.Collector
---@field text string
---@field match yaml.Match
local View = {}
View.__index = View

-- Where the bytes of a scalar begin in the file: behind the quote, or in the line below the header.
local function first_byte(content, match)
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
      if content:sub(at, at) ~= char then
        break
      end
      places[i] = at
      at = at + 1
    end
  end
  return places
end

--- A view of a scalar.
---@param c ifx.repo.Collector
---@param match yaml.Match
---@return ci.View
function M.view(c, match)
  return setmetatable({ c = c, match = match, text = match.text }, View)
end

--- The match of a part of the text, by its first and last byte there; without an inner span where
--- the file writes it otherwise.
---@param from integer|nil
---@param to integer|nil
---@return table match
function View:part(from, to)
  from, to = from or 1, to or #self.text
  local match, content = self.match, self.c.file.text()
  self.places = self.places or align(content, match)
  local start, stop = self.places[from], self.places[to]
  local part = {
    text = self.text:sub(from, to), doc = match.doc, path = match.path, start = match.start, stop = match.stop,
    line = match.line, column = match.column, style = 'folded',
  }
  if start and stop and content:sub(start, stop) == part.text then
    part.start, part.stop, part.inner_start, part.inner_stop = start, stop, start, stop
    part.line, part.column = text.position(content, start)
    part.style = match.style
  end
  return part
end

return M
