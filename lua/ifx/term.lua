-- term.lua: what a person sees: styles, tables, trees, differences, progress. SPDX-License-Identifier: Apache-2.0
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
  if not text:find('\27', 1, true) then return term.clean(text) end
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

---How many columns the text takes on a terminal, styles not counted. Text that is not UTF-8 counts its bytes.
---@param text string
---@return integer
function M.columns(text)
  return require('ifx.term.table').columns(text)
end

---Rows as text in aligned columns, two spaces between them, each line ended; '' without rows and header.
---@param rows any[][]
---@param opts? { header?: string[], align?: string } align: one letter for each column: l, r or c; default all l
---@return string
function M.table(rows, opts)
  return require('ifx.term.table').draw(rows, opts or {}, M)
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

---Report progress on standard error: live on a terminal, at most four plain lines elsewhere.
---@param label string
---@param total? integer
---@return ifx.term.Progress
function M.progress(label, total)
  return require('ifx.term.progress').start(label, total)
end

---Write the values to standard output, tabs between them and a line end behind them.
function M.print(...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  term.write(table.concat(parts, '\t') .. '\n')
end

return M
