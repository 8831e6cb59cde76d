-- show.lua: plans and runs as people read them. SPDX-License-Identifier: Apache-2.0
local style = require('ifx.term.style').style
local term = require 'term'

local clean = term.clean

local show = {}

local Page = {}
Page.__index = Page

local function page()
  return setmetatable({ lines = {} }, Page)
end

function Page:line(text)
  self.lines[#self.lines + 1] = text:find('%s', -1) and text:gsub('%s+$', '') or text
end

-- Several lines of text, each indented.
function Page:block(text, indent)
  self.lines[#self.lines + 1] = term.indent(text, indent or '')
end

-- The same for text of others: control characters are shown, never sent.
function Page:plain(text, indent)
  self:block(clean(text, true), indent)
end

function Page:title(text, how)
  self:line('')
  self:line(style(clean(text), how or 'bold'))
end

function Page:text()
  self:line('') -- ends the last one
  return table.concat(self.lines, '\n')
end

local function add_operations(to, p)
  to:title(#p.operations == 0 and 'Operations: none' or 'Operations')
  local returned = true
  for _, op in ipairs(p.operations) do
    if op.irreversible and returned then
      returned = false
      to:line(style('  --- point of no return: what follows cannot be undone ---', 'bold red'))
    end
    to:line(('  %2d  %-12s %s'):format(op.id, clean(op.type), clean(op.summary)))
    if op.irreversible then
      to:line('      no way back: ' .. clean(op.irreversible))
    end
  end
end

local function add_head(to, p)
  to:line(style(clean(p.recipe.summary or p.recipe.name), 'bold'))
  to:line(('  recipe %s, in %s, planned %s'):format(clean(p.recipe.name), clean(p.dir), clean(p.created)))
  for _, source in ipairs(p.from) do
    to:line(('  from %s %s'):format(clean(source.what), clean(source.id)))
  end
end

--- A plan as text: what is blocked and dangerous first, then the report, then the operations.
---@param p ifx.Plan
---@return string
function show.plan(p)
  local to = page()
  add_head(to, p)
  if #p.blocked + #p.hazards + #p.report > 0 then
    require('ifx.show.report')(to, p)
  end
  add_operations(to, p)
  return to:text()
end

--- A run as text: its state, and where each operation stands.
---@param record ifx.run.Record
---@return string
function show.run(record)
  return require('ifx.show.runs').one(page(), record)
end

--- Runs as a table.
---@param runs table[] of `run.list`
---@return string
function show.runs(runs)
  return require('ifx.show.runs').list(runs)
end

return show
