-- text.lua: a text's places (lines, columns) and words, and how it is shown. SPDX-License-Identifier: Apache-2.0
local text = {}

local function column(s, line_start, byte)
  return (utf8.len(s, line_start, byte - 1) or byte - line_start) + 1
end

---The same text as UTF-8, for JSON and for people: bytes of a text that is not UTF-8 (the name of a file, say) are shown
---as \xNN.
---@param s string
---@return string
function text.readable(s)
  if utf8.len(s) then return s end
  return (s:gsub('[\128-\255]', function(c) return ('\\x%02X'):format(c:byte()) end))
end

---So many of something: '1 file', '2 files'.
---@param n integer
---@param one string
---@param many string
---@return string
function text.counted(n, one, many) return ('%d %s'):format(n, n == 1 and one or many) end

---The line and column (both from 1, the column in characters; in bytes where the line is not UTF-8) of a byte.
---@param s string
---@param byte integer
---@return integer line, integer column
function text.position(s, byte)
  local line, start = 1, 1
  while true do
    local newline = s:find('\n', start, true)
    if not newline or newline >= byte then break end
    line, start = line + 1, newline + 1
  end
  return line, column(s, start, byte)
end

---The same for many bytes of one text, asked in rising order: each call goes on from the last one.
---@param s string
---@return fun(byte: integer): integer, integer
function text.positions(s)
  local line, start = 1, 1
  local newline = s:find('\n', 1, true)
  return function(byte)
    while newline and newline < byte do
      line, start = line + 1, newline + 1
      newline = s:find('\n', start, true)
    end
    return line, column(s, start, byte)
  end
end

---Iterate over the lines: each without its line end (LF or CRLF), its first and its last byte (the line end not counted).
---@param s string
---@return fun(): string?, integer?, integer?
function text.lines(s)
  local start, size = 1, #s
  return function()
    if start > size then return nil end
    local first, newline = start, s:find('\n', start, true)
    local last = (newline or size + 1) - 1
    start = newline and newline + 1 or size + 1
    if newline and last >= first and s:byte(last) == 13 then last = last - 1 end
    return s:sub(first, last), first, last
  end
end

---Does this look like a binary file? (A zero byte among the first 8,000: Git's rule.)
---@param s string
---@return boolean
function text.is_binary(s)
  local zero = s:find('\0', 1, true)
  return zero ~= nil and zero <= 8000
end

---A word from a file that becomes an argument of a program; which must not take it for an option of its own.
---@param word string
---@param what string     what it is, for the message
---@param program string
---@return string word
---Raises 'config' for one that begins with -.
function text.operand(word, what, program)
  if word:sub(1, 1) ~= '-' then return word end
  require('err').raise { kind = 'config', message = ('%s cannot begin with -: %s'):format(what, word),
    hint = program .. ' would take it for an option' }
end

return text
