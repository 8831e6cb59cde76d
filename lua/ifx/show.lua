-- show.lua: plans and runs as people read them. SPDX-License-Identifier: Apache-2.0
local term = require 'ifx.term'
local plan = require 'ifx.plan'

local clean = require('term').clean

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
  for line in (text:gsub('\n$', '') .. '\n'):gmatch('([^\n]*)\n') do
    self:line((indent or '') .. line)
  end
end

function Page:title(text, style)
  self:line('')
  self:line(term.style(clean(text), style or 'bold'))
end

function Page:text()
  return table.concat(self.lines, '\n') .. '\n'
end

-- Text of others, line by line: control characters are shown, never sent.
local function clean_lines(text)
  return (text:gsub('[^\n]+', clean))
end

local function clean_rows(rows)
  local out = {}
  for i, row in ipairs(rows) do
    out[i] = {}
    for j, cell in ipairs(row) do
      out[i][j] = clean(tostring(cell))
    end
  end
  return out
end

local sections = {}

function sections.text(to, section)
  to:block(clean_lines(section.text), '  ')
end

function sections.list(to, section)
  for _, item in ipairs(section.items) do
    to:block('- ' .. clean_lines(item), '  ')
  end
end

function sections.table(to, section)
  to:block(term.table(clean_rows(section.rows), { header = section.header }), '  ')
end

function sections.tree(to, section)
  local nodes = {}
  for i, item in ipairs(section.items) do
    local node = type(item) == 'table' and item or { path = item }
    nodes[i] = { path = clean(node.path), mark = node.mark and clean(node.mark), note = node.note and clean(node.note) }
  end
  to:block(term.tree(nodes), '  ')
end

function sections.diff(to, section)
  if section.text then
    to:block(term.show_diff(section.text:find('\n$') and section.text or section.text .. '\n'), '  ')
  end
  for _, file in ipairs(section.files or {}) do
    to:block(term.show_diff(term.diff(file.old, file.new, { file = file.file, new_file = file.new_file })), '  ')
  end
end

local function add_section(to, section)
  to:title(section.title or '')
  local add = sections[section.kind]
  if add then
    add(to, section)
  else
    to:line(('  (a section of kind %s, which this version cannot show)'):format(clean(tostring(section.kind))))
  end
end

local severity_style = { high = 'bold red', medium = 'yellow', low = 'dim' }

local SAME_BLOCKERS = 3 -- of those that one acceptance lifts; the others are counted

local function add_blockers(to, blockers)
  local of_accept, order = {}, {}
  for _, entry in ipairs(blockers) do
    local same = of_accept[entry.accept]
    if not same then
      same = {}
      of_accept[entry.accept], order[#order + 1] = same, entry.accept
    end
    same[#same + 1] = entry.why
  end
  for _, accept in ipairs(order) do
    local same = of_accept[accept]
    for i = 1, math.min(SAME_BLOCKERS, #same) do to:title('Blocked: ' .. same[i], 'bold red') end
    if #same > SAME_BLOCKERS then to:line(('  and %d more like these: --json has them all'):format(#same - SAME_BLOCKERS)) end
    to:line('  --apply refuses this plan; when it is what you want: --set accept=' .. clean(accept))
  end
end

local function add_hazards(to, p)
  add_blockers(to, plan.blockers(p))
  if #p.hazards > 0 then
    to:title('Hazards')
  end
  for _, hazard in ipairs(p.hazards) do
    local severity = clean(tostring(hazard.severity or 'unknown'))
    local object = hazard.object and clean(hazard.object) .. ': ' or ''
    to:line(('  %s  %s%s'):format(term.style(severity, severity_style[severity] or 'bold'), object, clean(hazard.reason or '')))
    if hazard.remedy then
      to:block(clean_lines(hazard.remedy), '      ')
    end
  end
end

local function add_operations(to, p)
  to:title(#p.operations == 0 and 'Operations: none' or 'Operations')
  local returned = true
  for _, op in ipairs(p.operations) do
    if op.irreversible and returned then
      returned = false
      to:line(term.style('  --- point of no return: what follows cannot be undone ---', 'bold red'))
    end
    to:line(('  %2d  %-12s %s'):format(op.id, clean(op.type), clean(op.summary)))
    if op.irreversible then
      to:line('      no way back: ' .. clean(op.irreversible))
    end
  end
end

local function add_head(to, p)
  to:line(term.style(clean(p.recipe.summary or p.recipe.name), 'bold'))
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
  add_hazards(to, p)
  for _, section in ipairs(p.report) do
    add_section(to, section)
  end
  add_operations(to, p)
  return to:text()
end

local state_style = { done = 'green', rolled_back = 'yellow', failed = 'bold red', interrupted = 'bold yellow', running = 'bold' }

--- A run as text: its state, and where each operation stands.
---@param record ifx.run.Record
---@return string
function show.run(record)
  local to = page()
  to:line(('run %s  %s'):format(record.id, term.style(record.state, state_style[record.state])))
  to:line(('  recipe %s, in %s'):format(clean(record.recipe), clean(record.dir)))
  to:line(('  started %s%s'):format(record.started, record.ended and ', ended ' .. record.ended or ''))
  to:title('Operations')
  for _, step in ipairs(record.operations) do
    to:line(('  %2d  %-10s %-12s %s'):format(step.id, step.state, clean(step.type), clean(step.summary)))
    for _, name in ipairs(require('ifx').keys(step.result or {})) do
      to:line(('        %s %s'):format(clean(name), clean(tostring(step.result[name]))))
    end
    if step.error then
      to:block(clean_lines(step.error), '        ')
    end
  end
  return to:text()
end

--- Runs as a table.
---@param runs table[] of `run.list`
---@return string
function show.runs(runs)
  local rows = {}
  for i, record in ipairs(runs) do
    rows[i] = { record.id, record.state, record.started, clean(record.recipe), clean(record.dir) }
  end
  return term.table(rows, { header = { 'run', 'state', 'started', 'recipe', 'directory' } })
end

return show
