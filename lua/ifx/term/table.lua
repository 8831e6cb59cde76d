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

local function pad(text, free, align)
  if free == 0 then return text end
  local left = align == 'r' and free or align == 'c' and free // 2 or 0
  return (' '):rep(left) .. text .. (' '):rep(free - left)
end

local function cells_of(row, count, widths, safe)
  local cells, own = {}, {}
  for i = 1, count do
    local cell = row[i] == nil and '' or safe(tostring(row[i]))
    cells[i], own[i] = cell, M.columns(cell)
    widths[i] = math.max(widths[i] or 0, own[i])
  end
  return { cells = cells, widths = own }
end

---Rows in aligned columns. `term` is the module ifx.term, whose styles and cleaning are used.
---@param rows any[][]
---@param opts { header?: string[], align?: string, plain?: boolean }
---@param term table
---@return string
function M.draw(rows, opts, term)
  local header, align = opts.header, opts.align or ''
  local count, widths, lines, safe = header and #header or 0, {}, {}, opts.plain and clean or term.safe
  for _, row in ipairs(rows) do count = math.max(count, #row) end
  local all = {}
  if header then all[1] = cells_of(header, count, widths, term.safe) end
  for _, row in ipairs(rows) do all[#all + 1] = cells_of(row, count, widths, safe) end
  for n, row in ipairs(all) do
    local cells = row.cells
    for i, cell in ipairs(cells) do cells[i] = pad(cell, widths[i] - row.widths[i], align:sub(i, i)) end
    local line = table.concat(cells, '  '):match '^.*[^ ]' or ''
    lines[n] = (header and n == 1 and term.style(line, 'bold') or line) .. '\n'
  end
  return table.concat(lines)
end

return M
