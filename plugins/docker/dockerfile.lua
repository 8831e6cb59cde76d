-- dockerfile.lua: the instructions of a Dockerfile and the places of their words. SPDX-License-Identifier: Apache-2.0

local M = {}

---@class docker.Word
---@field text string         as it is written, quotes included
---@field start integer       its first byte in the file
---@field stop integer
---@field broken boolean|nil  written over two lines, or with escapes: its bytes are not its text

---@class docker.Instruction
---@field name string   upper case
---@field start integer
---@field flags docker.Word[]   --from=build
---@field words docker.Word[]   the others; of a JSON list its strings, without quotes

local Parser = {}
Parser.__index = Parser

-- Comments and empty lines, also between the lines of one instruction.
function Parser:skip_comments()
  while true do
    local after = self.s:match('^[ \t\r]*#[^\n]*\n?()', self.at) or self.s:match('^[ \t\r]*\n()', self.at)
    if not after or after == self.at then
      return
    end
    self.at = after
  end
end

-- The sign before a line break that goes on in the next line: its end, nil when none stands here.
function Parser:continued()
  return self.s:sub(self.at, self.at) == self.escape and self.s:match('^[ \t]*\r?\n()', self.at + 1) or nil
end

-- One word up to a blank; nil at the end of the instruction.
function Parser:word()
  local s = self.s
  while true do
    self.at = s:match('^[ \t\r]*()', self.at)
    local next_line = self:continued()
    if not next_line then
      break
    end
    self.at = next_line
    self:skip_comments()
  end
  if self.at > #s or s:sub(self.at, self.at) == '\n' then
    return nil
  end
  local word = { start = self.at }
  while self.at <= #s and not s:find('^[ \t\r\n]', self.at) do
    local next_line = self:continued()
    if next_line and s:find('^[ \t\r\n]', next_line) then
      break
    end
    word.broken = word.broken or next_line ~= nil
    self.at = next_line or self.at + 1
  end
  word.stop = self.at - 1
  word.text = s:sub(word.start, word.stop)
  return word
end

-- The strings of a JSON list that stands on one line; nil when this is none.
function Parser:json_list()
  local line, after = self.s:match('^[ \t]*(%[[^\n]*%])[ \t\r]*()', self.at)
  if not line or after <= #self.s and self.s:sub(after, after) ~= '\n' then
    return nil
  end
  local ok, items = pcall(json.decode, line)
  if not ok or not ifx.is_list(items) then
    return nil
  end
  local words, from = {}, self.s:find('[', self.at, true)
  for i, item in ipairs(items) do
    local first, last = self.s:match('"()[^"\\]*()"', from)
    if type(item) ~= 'string' or not first or self.s:sub(first, last - 1) ~= item then
      return nil
    end
    words[i], from = { text = item, start = first, stop = last - 1 }, last + 1
  end
  self.at = after
  return words
end

local HEREDOC = { RUN = true, COPY = true, ADD = true }

-- The lines of a heredoc, up to the line that is its name.
function Parser:skip_heredocs(instruction)
  for _, word in ipairs(HEREDOC[instruction.name] and instruction.words or {}) do
    local dash, name = word.text:match('^%d*<<(%-?)["\']?([%w_.]+)["\']?$')
    while name and self.at <= #self.s do
      local line, after = self.s:match('^([^\n]*)\n?()', self.at)
      self.at = after
      line = line:gsub('\r$', '')
      if (dash == '-' and line:gsub('^\t+', '') or line) == name then
        name = nil
      end
    end
  end
end

function Parser:instruction(name, start)
  local instruction = { name = name:upper(), start = start, flags = {}, words = {} }
  local words = self:json_list()
  while not words do
    local word = self:word()
    if not word then
      break
    elseif #instruction.words == 0 and word.text:find('^%-%-%a') then
      instruction.flags[#instruction.flags + 1] = word
      words = self:json_list()
    else
      table.insert(instruction.words, word)
    end
  end
  instruction.words = words or instruction.words
  self.at = self.s:match('^[^\n]*\n?()', self.at)
  self:skip_heredocs(instruction)
  return instruction
end

-- The sign that goes on in the next line: directives are the comments at the very top.
local function escape_sign(content, at)
  while true do
    local key, value, after = content:match('^[ \t]*#[ \t]*(%w+)[ \t]*=[ \t]*([^\n]-)[ \t\r]*\n()', at)
    if not key then
      return '\\'
    elseif key:lower() == 'escape' then
      return value == '`' and '`' or '\\'
    end
    at = after
  end
end

--- The instructions of a Dockerfile.
---@param content string
---@return docker.Instruction[]
function M.parse(content)
  local first = content:match('^\xef\xbb\xbf()') or 1
  local parser = setmetatable({ s = content, at = first, escape = escape_sign(content, first) }, Parser)
  local found = {}
  while true do
    parser:skip_comments()
    local start, name, after = content:match('^[ \t]*()(%a+)()', parser.at)
    if name then
      parser.at = after
      found[#found + 1] = parser:instruction(name, start)
    elseif parser.at > #content then
      return found
    else
      parser.at = content:match('^[^\n]*\n?()', parser.at)
    end
  end
end

return M
