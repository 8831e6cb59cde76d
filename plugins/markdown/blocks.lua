-- blocks.lua: which bytes of a Markdown text are code or comments. SPDX-License-Identifier: Apache-2.0

local M = {}

-- Bytes that are no Markdown become blanks, so that every other byte keeps its place.
local function blank(content)
  return (content:gsub('[^\n]', ' '))
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

-- Fenced code, front matter, and code that is indented after an empty line outside of a list.
local function without_blocks(content)
  local front = front_matter(content)
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

-- The last byte of the code span that backticks at first..last open: as many close it, in one paragraph.
local function span_end(content, first, last)
  if #content:sub(math.max(1, first - 16), first - 1):match('\\*$') % 2 == 1 then
    return nil
  end
  local paragraph, from = content:find('\n%s*\n', last + 1) or #content + 1, last + 1
  while from do
    local open, close = content:find('`+', from)
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
  local first, last = content:find('`+')
  while first do
    local close = span_end(content, first, last)
    out[#out + 1] = content:sub(at, first - 1)
    out[#out + 1] = close and blank(content:sub(first, close)) or content:sub(first, last)
    at = (close or last) + 1
    first, last = content:find('`+', at)
  end
  return table.concat(out) .. content:sub(at)
end

--- The text with blanks for code, comments and front matter; no byte changes its place.
---@param content string
---@return string
function M.markdown_only(content)
  return (without_spans(without_blocks(content)):gsub('<!%-%-.-%-%->', blank))
end

return M
