-- term.lua: what a person sees: styles, tables, trees, differences, progress. SPDX-License-Identifier: Apache-2.0
local host = require 'host'
local err = require 'err'
local term = require 'term'

local M = {}

local CODES = {
  bold = 1, dim = 2, italic = 3, underline = 4, reverse = 7,
  red = 31, green = 32, yellow = 33, blue = 34, magenta = 35, cyan = 36, grey = 90,
}
local KNOWN = { ['0'] = true }
for _, code in pairs(CODES) do KNOWN[tostring(code)] = true end

local mode = 'auto'
local decided = {}

---Set when `style` colours: 'auto' (the default: on terminals, unless NO_COLOR is set or TERM is 'dumb'), 'always', 'never'.
---@param when 'auto'|'always'|'never'
function M.color(when)
  if when ~= 'auto' and when ~= 'always' and when ~= 'never' then
    err.raise { kind = 'argument', message = "term.color: 'auto', 'always' or 'never' expected, got " .. tostring(when) }
  end
  mode, decided = when, {}
end

---Is what goes to this stream coloured?
---@param stream? 'stdout'|'stderr' default stdout
---@return boolean
function M.colored(stream)
  stream = stream or 'stdout'
  if decided[stream] == nil then
    local env = require('fs').env
    local wanted = (env 'NO_COLOR' or '') == '' and env 'TERM' ~= 'dumb' and term.isatty(stream)
    decided[stream] = mode == 'always' or (mode == 'auto' and wanted)
  end
  return decided[stream]
end

---The text in a style where the stream is coloured, else the text itself.
---@param text string
---@param how string words: bold dim italic underline reverse red green yellow blue magenta cyan grey
---@param stream? 'stdout'|'stderr' default stdout
---@return string
function M.style(text, how, stream)
  local codes = {}
  for word in how:gmatch '%S+' do
    codes[#codes + 1] = CODES[word] or err.raise { kind = 'argument', message = "term.style: no style '" .. word .. "'" }
  end
  if #codes == 0 or not M.colored(stream) then return text end
  return '\27[' .. table.concat(codes, ';') .. 'm' .. text .. '\27[0m'
end

-- Only what `style` writes counts as a style; any other escape is text.
local function own(codes)
  for code in codes:gmatch '[^;]*' do
    if not KNOWN[code] then return false end
  end
  return true
end

---Untrusted text as it may be shown: like `term.clean`, but the sequences of `style` stay.
---@param text string
---@return string
function M.safe(text)
  local out, at = {}, 1
  for start, codes, stop in text:gmatch '()\27%[([%d;]*)m()' do
    if own(codes) then
      out[#out + 1] = term.clean(text:sub(at, start - 1))
      out[#out + 1] = text:sub(start, stop - 1)
      at = stop
    end
  end
  out[#out + 1] = term.clean(text:sub(at))
  return table.concat(out)
end

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
  text = text:gsub('\27%[[%d;]*m', '')
  if not text:find '[\x80-\xff]' then return #text end
  if not utf8.len(text) then return #text end
  local n = 0
  for _, c in utf8.codes(text) do
    n = n + (c < 0x300 and 1 or within(NONE, c) and 0 or within(WIDE, c) and 2 or 1)
  end
  return n
end

local function pad(text, width, align)
  local free = width - M.columns(text)
  local left = align == 'r' and free or align == 'c' and free // 2 or 0
  return (' '):rep(left) .. text .. (' '):rep(free - left)
end

local function cells_of(row, count, widths)
  local cells = {}
  for i = 1, count do
    local cell = row[i] == nil and '' or M.safe(tostring(row[i]))
    cells[i] = cell
    widths[i] = math.max(widths[i] or 0, M.columns(cell))
  end
  return cells
end

---Rows as text in aligned columns, two spaces between them, each line ended; '' without rows and header.
---@param rows any[][]
---@param opts? { header?: string[], align?: string } align: one letter for each column: l, r or c; default all l
---@return string
function M.table(rows, opts)
  local header, align = opts and opts.header, opts and opts.align or ''
  local count, widths, lines = header and #header or 0, {}, {}
  for _, row in ipairs(rows) do count = math.max(count, #row) end
  local all = {}
  if header then all[1] = cells_of(header, count, widths) end
  for _, row in ipairs(rows) do all[#all + 1] = cells_of(row, count, widths) end
  for n, cells in ipairs(all) do
    for i, cell in ipairs(cells) do cells[i] = pad(cell, widths[i], align:sub(i, i)) end
    local line = table.concat(cells, '  '):gsub(' +$', '')
    lines[n] = (header and n == 1 and M.style(line, 'bold') or line) .. '\n'
  end
  return table.concat(lines)
end

---@class ifx.term.Node
---@field path string  with '/' between its segments; a slash at its end marks an empty folder
---@field mark? string shown before the name: '+' (green), '-' (red), '~' (yellow) or any other character
---@field note? string shown behind the name

---Paths drawn as a tree, each line ended. Folders that hold nothing but one folder share its line.
---@param items (string|ifx.term.Node)[]
---@param opts? { root?: string } root: first line, for example the folder's name
---@return string
function M.tree(items, opts)
  return require('ifx.term.tree').draw(items, opts or {}, M)
end

---@class ifx.term.DiffOptions
---@field file? string      name in both headers, as a/NAME and b/NAME
---@field new_file? string  name in the second header, when it was renamed
---@field context? integer  unchanged lines around each change; default 3

---The difference of two texts as a unified diff that `patch` and `git apply` read; '' when they are equal.
---nil stands for a file that does not exist. Binary content is said to differ, and not shown.
---@param old string?
---@param new string?
---@param opts? ifx.term.DiffOptions
---@return string
function M.diff(old, new, opts)
  return require('ifx.term.diff').unified(old, new, opts or {})
end

local LINE_STYLES = { ['+'] = 'green', ['-'] = 'red', ['@'] = 'cyan', ['\\'] = 'dim' }

---A unified diff as a person reads it: coloured, and cleaned of control characters.
---@param diff string
---@param stream? 'stdout'|'stderr' default stdout
---@return string
function M.show_diff(diff, stream)
  return (diff:gsub('([^\n]*)\n', function(line)
    local head = line:find '^%-%-%- ' or line:find '^%+%+%+ '
    local how = head and 'bold' or LINE_STYLES[line:sub(1, 1)] or ''
    return M.style(term.clean(line), how, stream) .. '\n'
  end))
end

---@class ifx.term.Progress
local Progress = {}
Progress.__index = Progress

local function amount(p)
  return p.total and ('%d/%d'):format(p.count, p.total) or tostring(p.count)
end

local function cut(text, width)
  if M.columns(text) <= width then return text end
  local chars = {}
  for char in text:gmatch(utf8.charpattern) do chars[#chars + 1] = char end
  while #chars > 0 and M.columns(table.concat(chars)) > width - 1 do chars[#chars] = nil end
  return table.concat(chars) .. '…'
end

-- On a terminal one line is drawn again and again, at most ten times a second.
local function draw(p, now)
  if now - p.drawn < 0.1 and p.count ~= p.total then return end
  p.drawn = now
  local text = p.label .. '  ' .. amount(p) .. (p.note and '  ' .. p.note or '')
  term.error('\r\27[K' .. cut(text, term.width() - 1))
end

-- Elsewhere: after a second of work, one line for each quarter.
local function report(p, now)
  local quarter = p.total and p.total > 0 and p.count * 4 // p.total or 0
  if quarter <= p.quarter or quarter >= 4 or now - p.started < 1 then return end
  p.quarter = quarter
  term.error(('%s: %s\n'):format(p.label, amount(p)))
end

---Count n more.
---@param n? integer default 1
---@param note? string what is being worked on
function Progress:step(n, note)
  self.count = self.count + (n or 1)
  self.note = note and term.clean(note)
  if not self.closed then (self.live and draw or report)(self, host.clock()) end
end

---End it; says how many and, when it took a second or more, how long. Harmless when repeated.
function Progress:done()
  if self.closed then return end
  self.closed = true
  local took = host.clock() - self.started
  local text = ('%s: %d%s\n'):format(self.label, self.count, took >= 1 and (' in %.1f s'):format(took) or '')
  term.error((self.live and '\r\27[K' or '') .. text)
end

-- Abandoned by an error: only the live line goes away.
function Progress:__close()
  if self.closed then return end
  self.closed = true
  if self.live then term.error '\r\27[K' end
end

---Report progress on standard error: live on a terminal, at most four plain lines elsewhere.
---@param label string
---@param total? integer
---@return ifx.term.Progress
function M.progress(label, total)
  local now = host.clock()
  return setmetatable({
    label = term.clean(label), total = total, count = 0, quarter = 0, started = now, drawn = 0,
    live = term.isatty 'stderr', closed = false,
  }, Progress)
end

---Write the values to standard output, tabs between them and a line end behind them.
function M.print(...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  term.write(table.concat(parts, '\t') .. '\n')
end

return M
