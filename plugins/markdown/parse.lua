-- parse.lua: the destinations of links in a Markdown text, with their places. SPDX-License-Identifier: Apache-2.0

local blocks = require './blocks'

local M = {}

---@class markdown.Link
---@field kind string
---@field start integer first byte of the destination, without angle brackets
---@field stop integer
---@field angle boolean|nil it stands in angle brackets
---@field html boolean|nil it is the value of an attribute

-- A destination that begins at a byte: its first and last byte, the byte behind it, in angle brackets?
local function destination_at(content, at)
  local start, stop, after = content:match('^<()[^<>\n]*()>()', at)
  if start then
    return start, stop - 1, after, true
  end
  local depth, last = 0, at - 1
  while last < #content do
    last = content:match('^[^()\\%s%c]*()', last + 1) - 1
    local char = content:sub(last + 1, last + 1)
    depth = depth + (char == '(' and 1 or char == ')' and -1 or 0)
    if depth < 0 or char == '' or char:find('[%s%c]') then
      break
    end
    last = last + (char == '\\' and content:find('^%p', last + 2) and 2 or 1)
  end
  return at, last, last + 1, false
end

local TITLES = { '^%s*%)', '^%s+"[^"]*"%s*%)', "^%s+'[^']*'%s*%)", '^%s+%([^()]*%)%s*%)' }

local function closed(content, at)
  for _, pattern in ipairs(TITLES) do
    if content:find(pattern, at) then
      return true
    end
  end
  return false
end

local BACKSLASH, OPENS, CLOSES, NEWLINE = 92, 91, 93, 10

local function is_escaped(content, at)
  return content:byte(at - 1) == BACKSLASH and #content:sub(math.max(1, at - 16), at - 1):match('\\*$') % 2 == 1
end

-- How far back the label of a link is looked for.
local LONGEST_LABEL = 2000

-- The bracket that the one at `close` closes, in the same paragraph; brackets in a label come in pairs.
local function opening(content, close)
  local depth = 0
  for at = close - 1, math.max(1, close - LONGEST_LABEL), -1 do
    local char = content:byte(at)
    local bracket = (char == CLOSES or char == OPENS) and not is_escaped(content, at)
    if bracket and char == OPENS and depth == 0 then
      return at
    elseif bracket then
      depth = depth + (char == CLOSES and 1 or -1)
    elseif char == NEWLINE and content:find('^\n[ \t\r]*\n', at) then
      return nil
    end
  end
end

local function inline(content, found)
  local close = content:find('](', 1, true)
  while close do
    local at = content:match('^%s*()', close + 2)
    local open = not is_escaped(content, close) and opening(content, close)
    local start, stop, after, angle = destination_at(content, at)
    if open and stop >= start and closed(content, after) then
      local image = open > 1 and content:sub(open - 1, open - 1) == '!' and not is_escaped(content, open - 1)
      found[#found + 1] = {
        kind = image and 'markdown.image' or 'markdown.link', start = start, stop = stop, angle = angle,
      }
    end
    close = content:find('](', at, true)
  end
end

-- `[label]: destination "title"`, but no footnote.
local function definitions(content, found)
  for line, first in text.lines(content) do
    local at = line:match('^[%s>]*%[[^%]^][^%]]*%]:%s*()%S')
    if at then
      local start, stop, after, angle = destination_at(content, first + at - 1)
      local rest = content:sub(after, first + #line - 1)
      if stop >= start and (rest:find('^%s*$') or rest:find('^%s+["\'(].*["\')]%s*$')) then
        found[#found + 1] = { kind = 'markdown.definition', start = start, stop = stop, angle = angle }
      end
    end
  end
end

local function autolinks(content, found)
  for start, stop in content:gmatch('<()https?://[^%s<>]+()>') do
    found[#found + 1] = { kind = 'markdown.autolink', start = start, stop = stop - 1, angle = true }
  end
end

local ATTRIBUTES = {
  '%f[%w]href%s*=%s*"()([^"]*)"', "%f[%w]href%s*=%s*'()([^']*)'",
  '%f[%w]src%s*=%s*"()([^"]*)"', "%f[%w]src%s*=%s*'()([^']*)'", '%f[%w]srcset%s*=%s*"()([^"%s,]+)"',
}

local function html(content, found)
  for first, element in content:gmatch('()(<%a[^<>]*>)') do
    for _, pattern in ipairs(ATTRIBUTES) do
      for at, value in element:gmatch(pattern) do
        if value ~= '' then
          found[#found + 1] = {
            kind = 'markdown.html', start = first + at - 1, stop = first + at + #value - 2, html = true,
          }
        end
      end
    end
  end
end

--- The destinations of all links, in the order of their bytes.
---@param content string
---@return markdown.Link[]
function M.links(content)
  local found, out = {}, {}
  content = blocks.markdown_only(content)
  inline(content, found)
  if content:find(']:', 1, true) then
    definitions(content, found)
  end
  if content:find('<', 1, true) then
    autolinks(content, found)
    html(content, found)
  end
  table.sort(found, function(a, b) return a.start < b.start end)
  for _, link in ipairs(found) do
    if #out == 0 or link.start > out[#out].stop then
      out[#out + 1] = link
    end
  end
  return out
end

return M
