-- term.lua: what a person sees: styles, tables, trees, differences, progress. SPDX-License-Identifier: Apache-2.0
local style = require 'ifx.term.style'
local term = require 'term'

local M = { color = style.color, colored = style.colored, style = style.style }

-- Only what `style` writes counts as a style; any other escape is text.
local function own(codes)
  for code in codes:gmatch '[^;]*' do
    local known = code == '0'
    for _, number in pairs(style.CODES) do known = known or code == tostring(number) end
    if not known then return false end
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
---@param opts? { header?: string[], align?: string, plain?: boolean } align: one letter for each column: l, r or c; default
---all l; plain: no style is meant in the rows, every escape is text
---@return string
function M.table(rows, opts)
  return require('ifx.term.table').draw(rows, opts or {}, M)
end

---@class ifx.term.Node
---@field path string|nil  with '/' between its segments; a slash at its end marks an empty folder
---@field steps string[]|nil  in its place, names that are no folders and may hold a '/'
---@field mark? string shown before the name: '+' (green), '-' (red), '~' (yellow) or any other character
---@field note? string shown behind the name

---Paths drawn as a tree, each line ended. Folders that hold nothing but one folder share its line.
---@param items (string|ifx.term.Node)[]
---@param opts? { root?: string, plain?: boolean } root: first line, for example the folder's name; plain: no style is meant
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
  if not M.colored(stream) then return term.clean(diff, true) end
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
