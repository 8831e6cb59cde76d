-- report.lua: what a plan says before its operations: what blocks it, hazards, the report. SPDX-License-Identifier: Apache-2.0
local plan = require 'ifx.plan'
local term = require 'ifx.term'

local clean = require('term').clean

local sections = {}

function sections.text(to, section)
  to:plain(section.text, '  ')
end

function sections.list(to, section)
  for _, item in ipairs(section.items) do
    to:plain('- ' .. item, '  ')
  end
end

function sections.table(to, section)
  to:block(term.table(section.rows, { header = section.header, plain = true }), '  ')
end

function sections.tree(to, section)
  to:block(term.tree(section.items, { plain = true }), '  ')
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
      to:plain(hazard.remedy, '      ')
    end
  end
end

--- Add it to the page of a plan.
---@param to table the page
---@param p ifx.Plan
return function(to, p)
  add_hazards(to, p)
  for _, section in ipairs(p.report) do
    add_section(to, section)
  end
end
