-- progress.lua: how far work has come, on standard error. SPDX-License-Identifier: Apache-2.0
local host = require 'host'
local table_of = require 'ifx.term.table'
local term = require 'term'

local M = {}

---@class ifx.term.Progress
local Progress = {}
Progress.__index = Progress

local function amount(p)
  return p.total and ('%d/%d'):format(p.count, p.total) or tostring(p.count)
end

local function cut(text, width)
  if table_of.columns(text) <= width then return text end
  local chars = {}
  for char in text:gmatch(utf8.charpattern) do chars[#chars + 1] = char end
  while #chars > 0 and table_of.columns(table.concat(chars)) > width - 1 do chars[#chars] = nil end
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

---Progress that starts now.
---@param label string
---@param total? integer
---@return ifx.term.Progress
function M.start(label, total)
  local now = host.clock()
  return setmetatable({
    label = term.clean(label), total = total, count = 0, quarter = 0, started = now, drawn = 0,
    live = term.isatty 'stderr', closed = false,
  }, Progress)
end

return M
