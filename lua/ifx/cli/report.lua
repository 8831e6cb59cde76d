-- report: an error as a person reads it: what, where, why, what to do next. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local term = require 'term'

local M = {}

local function style(text, how)
  return require('ifx.term').style(text, how, 'stderr')
end

local function place(e)
  if not e.file then return e.line and ('line %d'):format(e.line) .. (e.column and (', column %d'):format(e.column) or '') end
  local parts = { e.file, e.line, e.line and e.column }
  return table.concat(parts, ':')
end

-- The line of the file that the error names, with a caret; nothing where it cannot be read.
local function excerpt(e)
  if not (e.file and e.line) then return nil end
  local source = e.source
  if not source then
    local ok, bytes = pcall(require('fs').try_read, e.file)
    source = ok and bytes or nil
  end
  if not source then return nil end
  local number = 0
  for line in (source .. '\n'):gmatch '(.-)\r?\n' do
    number = number + 1
    if number == e.line then
      local gutter = ('%5d | '):format(number)
      local shown = term.clean(line:sub(1, 160))
      local out = gutter .. shown .. '\n'
      if e.column and e.column <= 161 then
        out = out .. (' '):rep(5) .. ' | ' .. (' '):rep(e.column - 1) .. style('^', 'bold red') .. '\n'
      end
      return out
    end
  end
end

-- A message may list several things: one line each. Every other control character is shown, not obeyed.
local function clean(text)
  local lines = {}
  for line in (text .. '\n'):gmatch '(.-)\n' do lines[#lines + 1] = term.clean(line) end
  return table.concat(lines, '\n  ')
end

local function headline(e)
  local text = e.message or (e.op and 'failed') or e.kind
  if e.op and e.message then text = e.op .. ': ' .. e.message elseif e.op then text = e.op end
  local where = place(e)
  return (where and where .. ': ' or '') .. text
end

local function deepest(e)
  while err.is(e.cause) do e = e.cause end
  return e
end

---The whole text of an error.
---@param e any
---@return string
function M.text(e)
  if not err.is(e) then return style('error: ', 'bold red') .. term.clean(tostring(e)) .. '\n' end
  local out = { style('error: ', 'bold red'), clean(headline(e)), '\n', excerpt(e) or '' }
  local cause, hint = e.cause, e.hint
  while cause ~= nil do
    local structured = err.is(cause)
    out[#out + 1] = '  because: ' .. clean(structured and headline(cause) or tostring(cause)) .. '\n'
    if structured then
      out[#out + 1] = excerpt(cause) or ''
      hint = cause.hint or hint
    end
    cause = structured and cause.cause or nil
  end
  if hint then out[#out + 1] = style('  hint: ', 'bold') .. clean(hint) .. '\n' end
  local root = deepest(e)
  if root.kind == 'internal' and root.traceback then
    out[#out + 1] = 'This is a defect of ifx; please report it with these lines:\n' .. root.traceback .. '\n'
  end
  return table.concat(out)
end

---An error in one line: what is behind it all, at the nearest place that is known.
---@param e any
---@return string
function M.brief(e)
  if not err.is(e) then return term.clean(tostring(e)) end
  local root, near = deepest(e), nil
  local at = e
  while err.is(at) do
    if at.file then near = at end
    at = at.cause
  end
  local message = root.message or root.kind
  return clean(near and ('%s: %s'):format(place(near), message) or message)
end

---An error as data: the message behind it all, at the nearest place that is known.
---@param e any
---@return { message: string, kind: string?, hint: string?, file: string?, line: integer?, column: integer? }
function M.data(e)
  local out = {}
  if not err.is(e) then return { message = tostring(e) } end
  local at = e
  while err.is(at) do
    if at.file then out.file, out.line, out.column = at.file, at.line, at.column end
    out.message, out.kind, out.hint = at.message or at.op or at.kind, at.kind, at.hint or out.hint
    at = at.cause
  end
  return out
end

---Print warnings to standard error, each once.
---@param warnings string[]
function M.warn(warnings)
  local seen = {}
  for _, text in ipairs(warnings) do
    if not seen[text] then term.error('warning: ' .. clean(text) .. '\n') end
    seen[text] = true
  end
end

---Print an error to standard error.
---@param e any
function M.show(e)
  term.error(M.text(e))
end

return M
