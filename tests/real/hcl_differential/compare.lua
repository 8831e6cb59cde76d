-- compare.lua: the facts of main.go in the files of FACTS against those of the module hcl. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local hcl = require 'hcl'
local ifx = require 'ifx'
local json = require 'json'

local function span(start, stop) return { start - 1, stop } end

-- Both sides in one order: by place.
local function sorted(items)
  table.sort(items, function(a, b)
    if a.span[1] ~= b.span[1] then return a.span[1] < b.span[1] end
    return a.span[2] > b.span[2]
  end)
  return items
end

local function spans(list)
  local out = {}
  for i, s in ipairs(list) do out[i] = span(s.start, s.stop) end
  return out
end

local function read_blocks(doc, facts, starts)
  for _, b in ipairs(doc:blocks()) do
    starts[b.id] = b.start - 1
    table.insert(facts.blocks, { type = b.type, labels = b.labels, spans = spans(b.label_spans), line = b.line,
      span = span(b.start, b.stop), body = span(b.body_start, b.body_stop), depth = b.depth })
  end
end

local function read_attributes(doc, facts, starts, block)
  for _, a in ipairs(doc:attributes(block)) do
    local value, why = doc:value(a)
    table.insert(facts.attributes, { name = a.name, block = a.block and starts[a.block] or ifx.null, line = a.line,
      span = span(a.start, a.stop), expr = span(a.expr_start, a.expr_stop), value = value, why = why })
  end
end

-- What the module says, in the form of main.go.
local function facts_of(text)
  local ok, doc = pcall(hcl.document, text)
  if not ok then return { error = tostring(doc) } end
  local facts, starts = { blocks = {}, attributes = {}, strings = {}, traversals = {}, calls = {} }, {}
  read_blocks(doc, facts, starts)
  read_attributes(doc, facts, starts)
  for _, b in ipairs(doc:blocks()) do read_attributes(doc, facts, starts, b) end
  for _, s in ipairs(doc:strings()) do
    table.insert(facts.strings, { style = s.style, span = span(s.start, s.stop), value = s.value or ifx.null })
  end
  for _, t in ipairs(doc:traversals()) do
    table.insert(facts.traversals, { span = span(t.start, t.stop), names = t.names })
  end
  for _, c in ipairs(doc:calls()) do
    table.insert(facts.calls, { name = c.name, span = span(c.start, c.stop), args = spans(c.args) })
  end
  doc:close()
  return facts
end

local function equal(a, b)
  if type(a) ~= 'table' or type(b) ~= 'table' then return a == b end
  for k, v in pairs(a) do if not equal(v, b[k]) then return false end end
  for k in pairs(b) do if a[k] == nil then return false end end
  return true
end

local counts = { files = 0, refused = 0, facts = 0, different = 0 }

local function differ(file, what, theirs, ours)
  counts.different = counts.different + 1
  print(('DIFFERENT %s: %s\n  theirs %s\n  ours   %s'):format(file, what, theirs and json.encode(theirs) or 'nothing',
    ours and json.encode(ours) or 'nothing'))
end

local function compare_lists(file, kind, theirs, ours)
  sorted(theirs)
  sorted(ours)
  for i = 1, math.max(#theirs, #ours) do
    counts.facts = counts.facts + 1
    local mine = ours[i]
    -- A number of more than 64 bits has no value here.
    if mine and mine.why and mine.why:find('64 bits', 1, true) then mine.value = theirs[i] and theirs[i].value end
    if mine and kind == 'attributes' and mine.value == nil then mine.value = ifx.null end
    if mine then mine.why = nil end
    if not (theirs[i] and mine and equal(theirs[i], mine)) then return differ(file, kind, theirs[i], mine) end
  end
end

local function compare(theirs)
  local ours = facts_of(fs.read(theirs.file))
  counts.files = counts.files + 1
  if theirs.error or ours.error then
    counts.refused = counts.refused + 1
    if not (theirs.error and ours.error) then
      differ(theirs.file, 'refused', { error = theirs.error }, { error = ours.error })
    end
    return
  end
  for _, kind in ipairs { 'blocks', 'attributes', 'strings', 'traversals', 'calls' } do
    compare_lists(theirs.file, kind, theirs[kind], ours[kind])
  end
end

for _, part in ipairs(fs.list(FACTS)) do
  for line in fs.read(fs.join(FACTS, part.name)):gmatch '[^\n]+' do compare(json.decode(line)) end
end
print(('%d files (%d refused), %d facts, %d differences'):format(counts.files, counts.refused, counts.facts,
  counts.different))
if counts.different > 0 then error('the readers differ', 0) end
