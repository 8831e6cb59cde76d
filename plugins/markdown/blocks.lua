-- blocks.lua: which bytes of a Markdown text are code or comments. SPDX-License-Identifier: Apache-2.0

local M = {}

-- Bytes that are no Markdown become blanks, so that every other byte keeps its place.
local function blank(content)
  return (content:gsub('[^\n]+', function(line) return (' '):rep(#line) end))
end

local FENCES = { '^(```+)[^`]*$', '^(~~~+)', '^[-*+] +(```+)[^`]*$', '^%d+[.)] +(```+)[^`]*$' }

local function fence_of(line)
  if not line:find('```', 1, true) and not line:find('~~~', 1, true) then
    return nil
  end
  local rest = line:gsub('^[%s>]*', '')
  for _, pattern in ipairs(FENCES) do
    local marks = rest:match(pattern)
    if marks then
      return marks, rest
    end
  end
end

local function closes(fence, marks, rest)
  return marks and marks:sub(1, 1) == fence:sub(1, 1) and #marks >= #fence and rest:find('^[`~]+%s*$') ~= nil
end

local function begins_item(line)
  return line:find('^%s*[-*+] ') or line:find('^%s*%d+[.)] ')
end

local function front_matter(content)
  return content:find('^%-%-%-\r?\n%s*[%w_-]+:') and content:match('^%-%-%-\r?\n.-\n%-%-%-%s*\n()') or 1
end

-- Can there be a block of code? Most texts have no fence and no line that is indented.
local function may_hold_block(content)
  return content:find('```', 1, true) or content:find('~~~', 1, true) or content:find('\n    ', 1, true)
    or content:find('\t', 1, true) or content:sub(1, 4) == '    '
end

-- Fenced code, front matter, and code that is indented after an empty line outside of a list.
local function without_blocks(content)
  local front = front_matter(content)
  if front == 1 and not may_hold_block(content) then
    return content
  end
  local out, fence, after_empty, in_list = { blank(content:sub(1, front - 1)) }, nil, true, false
  for line, newline in content:sub(front):gmatch('([^\n]*)(\n?)') do
    local marks, rest = fence_of(line)
    local empty, code = line:find('^%s*$') ~= nil, fence ~= nil
    if fence then
      fence = not closes(fence, marks, rest) and fence or nil
    elseif marks then
      fence, code = marks, true
    elseif begins_item(line) then
      in_list = true
    elseif line:find('^%S') then
      in_list = false
    elseif after_empty and not empty and not in_list and (line:find('^    ') or line:find('^ ? ? ?\t')) then
      code = true
    end
    after_empty = empty or code and after_empty
    out[#out + 1] = (code and blank(line) or line) .. newline
  end
  return table.concat(out)
end

local BACKSLASH = 92

-- The first and the last of the next backticks.
local function ticks(content, from)
  local first = content:find('`', from, true)
  if first then
    return content:find('^`+', first)
  end
end

-- The last byte of the code span that backticks at first..last open: as many close it, in one paragraph.
local function span_end(content, first, last)
  if first > 1 and content:byte(first - 1) == BACKSLASH
      and #content:sub(math.max(1, first - 16), first - 1):match('\\*$') % 2 == 1 then
    return nil
  end
  local paragraph, from = content:find('\n%s*\n', last + 1) or #content + 1, last + 1
  while from do
    local open, close = ticks(content, from)
    if not open or open > paragraph then
      return nil
    elseif close - open == last - first then
      return close
    end
    from = close + 1
  end
end

local function without_spans(content)
  local out, at = {}, 1
  local first, last = ticks(content, 1)
  while first do
    local close = span_end(content, first, last)
    out[#out + 1] = content:sub(at, first - 1)
    out[#out + 1] = close and blank(content:sub(first, close)) or content:sub(first, last)
    at = (close or last) + 1
    first, last = ticks(content, at)
  end
  return table.concat(out) .. content:sub(at)
end

--- The text with blanks for code, comments and front matter; no byte changes its place.
---@param content string
---@return string
function M.markdown_only(content)
  content = without_spans(without_blocks(content))
  return content:find('<!--', 1, true) and content:gsub('<!%-%-.-%-%->', blank) or content
end

return M
