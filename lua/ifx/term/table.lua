-- table.lua: how many columns text takes, and rows in aligned columns. SPDX-License-Identifier: Apache-2.0
local clean = require('term').clean

local M = {}

-- Ranges of code points that take no column, and that take two.
local NONE = { 0x300, 0x36F, 0x483, 0x489, 0x591, 0x5BD, 0x200B, 0x200F, 0x20D0, 0x20FF, 0xFE00, 0xFE0F, 0xFE20, 0xFE2F }
local WIDE = {
  0x1100, 0x115F, 0x2E80, 0x303E, 0x3041, 0x4DBF, 0x4E00, 0xA4CF, 0xA960, 0xA97F, 0xAC00, 0xD7A3, 0xF900, 0xFAFF,
  0xFE30, 0xFE6F, 0xFF00, 0xFF60, 0xFFE0, 0xFFE6, 0x1F300, 0x1F64F, 0x1F680, 0x1F6FF, 0x1F900, 0x1F9FF, 0x20000, 0x3FFFD,
}

local function within(ranges, c)
  for i = 1, #ranges, 2 do
    if c < ranges[i] then return false end
    if c <= ranges[i + 1] then return true end
  end
  return false
end

---How many columns the text takes on a terminal, styles not counted. Text that is not UTF-8 counts its bytes.
---@param text string
---@return integer
function M.columns(text)
  if text:find('\27', 1, true) then text = text:gsub('\27%[[%d;]*m', '') end
  local length, n = utf8.len(text), 0
  if not length or length == #text then return #text end
  for _, c in utf8.codes(text) do
    n = n + (c < 0x300 and 1 or within(NONE, c) and 0 or within(WIDE, c) and 2 or 1)
  end
  return n
end

local blanks = setmetatable({}, { __index = function(self, n)
  self[n] = (' '):rep(n)
  return self[n]
end })

-- The cells of a row, from `at` on in the lists of all cells and of their widths.
local function add_cells(all, at, row, safe)
  for i = 1, #all.widest do
    local cell = row[i] == nil and '' or safe(tostring(row[i]))
    local width = M.columns(cell)
    all.cells[at + i], all.widths[at + i] = cell, width
    if width > all.widest[i] then all.widest[i] = width end
  end
end

-- How many cells of a row are not blank.
local function filled(all, at)
  for i = #all.widest, 1, -1 do
    if all.cells[at + i]:find '[^ ]' then return i end
  end
  return 0
end

-- A row as pieces of text, without blanks at its end.
local function add_line(out, all, at, align)
  local last, n = filled(all, at), #out
  for i = 1, last do
    local cell, free, how = all.cells[at + i], all.widest[i] - all.widths[at + i], align:sub(i, i)
    local left = how == 'r' and free or how == 'c' and free // 2 or 0
    if i == last then cell, free = cell:byte(-1) == 32 and cell:match '^.*[^ ]' or cell, left end
    out[n + 1], out[n + 2], out[n + 3] = blanks[left], cell, blanks[i < last and free - left + 2 or 0]
    n = n + 3
  end
end

---Rows in aligned columns. `term` is the module ifx.term, whose styles and cleaning are used.
---@param rows any[][]
---@param opts { header?: string[], align?: string, plain?: boolean }
---@param term table
---@return string
function M.draw(rows, opts, term)
  local header, align, count = opts.header, opts.align or '', opts.header and #opts.header or 0
  for _, row in ipairs(rows) do count = math.max(count, #row) end
  local all, out = { cells = {}, widths = {}, widest = {} }, {}
  for i = 1, count do all.widest[i] = 0 end
  if header then add_cells(all, 0, header, term.safe) end
  local first = header and count or 0
  for n, row in ipairs(rows) do add_cells(all, first + (n - 1) * count, row, opts.plain and clean or term.safe) end
  if header then
    add_line(out, all, 0, align)
    out = { term.style(table.concat(out), 'bold'), '\n' }
  end
  for n = 1, #rows do
    add_line(out, all, first + (n - 1) * count, align)
    out[#out + 1] = '\n'
  end
  return table.concat(out)
end

return M
