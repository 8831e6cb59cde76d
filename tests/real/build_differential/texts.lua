-- texts.lua: objects and patches by chance, in all the ways that YAML can be written. SPDX-License-Identifier: Apache-2.0
local C = part 'chance'

local one_of, chance, random = C.one_of, C.chance, math.random

-- ---- scalars ----

local SOUP = {
  'a', 'b', 'x', '1', '0', '.', '-', '_', ':', '#', ' ', '  ', '/', '\\', '?', '!', '&', '*', '%', '@', '`', '"', "'", ',', '[', ']',
  '{', '}', '|', '>', '<', '=', '~', '$', '(', ')', '+', 'e', 'é', '日', '🚀', '\u{85}', '\u{a0}', '\u{2028}', '\t', 'no', 'null',
}

local function soup(most, without)
  local out = {}
  for i = 1, random(most) do
    local piece = one_of(SOUP)
    out[i] = without and piece:find(without) and 'a' or piece
  end
  return table.concat(out)
end

local ESCAPED = {
  '\\n', '\\t', '\\"', '\\\\', '\\/', '\\x41', '\\u00e9', '\\U0001F600', '\\0', '\\a', '\\b', '\\e', '\\r', '\\N', '\\_', '\\L', '\\P', '\\ ', '\\v', '\\f',
  '\\u2028', '\\uFEFF', '\\x7f', '\\x1b', '\\u0085', '\\ud800', '\\uFFFE',
}

local LINES = { 'one', 'two words', 'a: b', '# no comment', '- a', '', '', '  more', '    much more', 'x ', 'tab\tin', '\tlead', "it's", 'é日🚀', '---', '...', '%x', '"q"',
  ' one', 'x\u{85}y', 'a\u{2028}b', '?', ': x', 'trailing\t' }

local Writer = {}
Writer.__index = Writer

function Writer:plain()
  local n = random(10)
  if n <= 4 then return one_of(C.SPELLINGS) end
  if n <= 7 then return one_of { 'x', 'web', 'two words', 'a.b/c', 'v1', '-a', 'http://x:80/y', 'a#b', 'a:b', '日本', '1.2.3', 'a-b', 'x=y' } end
  if n == 8 and not self.in_flow then return (chance(20) and '' or one_of { 'x', '1', 'é', '-x', '?x', ':x', '.' }) .. soup(4, chance(80) and '^[:#\t]' or nil) end
  return soup(3, '[%[%]{},?:#&*!|>"\'%%@`\t]')
end

-- In quotes, on one line or on several.
function Writer:quoted(indent)
  local single, out = chance(50), {}
  for i = 1, random(0, 4) do
    local n = random(10)
    if n <= 4 then
      out[i] = soup(2, single and "'" or '["\\]')
    elseif n <= 6 then
      out[i] = single and one_of { "''", '\u{feff}' } or one_of(ESCAPED)
    elseif n == 7 then
      out[i] = one_of { '\n', '\n\n', ' \n', '\n \n', single and '\n' or '\\\n' } .. (' '):rep(indent + random(0, 2))
    else
      out[i] = one_of { 'word ', 'yes', '1', ' ', 'é', 'some words here ', ('long '):rep(18) }
    end
  end
  local quote = single and "'" or '"'
  return quote .. table.concat(out) .. quote
end

local function several_lines(indent)
  local out = {}
  for i = 1, random(1, 3) do out[i] = one_of { 'one', 'two words', 'x', 'a:b', '1', 'é' } end
  return table.concat(out, one_of { '\n', '\n\n', ' \n' } .. (' '):rep(indent + random(0, 1)))
end

function Writer:block_scalar(indent)
  local lines, digit = {}, ''
  for i = 1, random(0, 4) do lines[i] = one_of(LINES) end
  local step = random(1, 4)
  if chance(20) then digit = tostring(step) end
  local out = { one_of { '|', '>' } .. one_of { digit .. one_of { '', '-', '+' }, one_of { '', '-', '+' } .. digit } .. one_of { '', '', '', ' # why', ' ' } }
  for _, line in ipairs(lines) do
    out[#out + 1] = line == '' and (' '):rep(chance(20) and random(0, 6) or 0) or (' '):rep(math.max(indent, 0) + step) .. line
  end
  for _ = 1, chance(20) and random(2) or 0 do out[#out + 1] = '' end
  return table.concat(out, '\n')
end

local TAGS = { '!!str', '!!int', '!!float', '!!null', '!!binary', '!!timestamp', '!own', '!', '!<tag:yaml.org,2002:str>', '!!merge', '!e!x', '!!set' }

-- `indent`: columns that what follows in further lines must have at least.
function Writer:scalar(indent)
  local n, text = random(20), nil
  if n <= 9 then
    text = self:plain()
  elseif n <= 15 then
    text = self:quoted(indent)
  elseif n == 16 then
    text = several_lines(indent)
  elseif n <= 18 and not self.in_flow then
    text = self:block_scalar(indent - 1)
  else
    text = one_of { self.in_flow and chance(90) and 'y' or '', '~', 'null', '""', "''", 'x' }
  end
  if chance(3) then text = one_of(TAGS) .. ' ' .. text end
  return text
end

-- An anchor, whose aliases may come when its value is complete.
function Writer:properties()
  if not chance(5) then return '' end
  self.pending[#self.pending + 1] = one_of { 'a', 'b', 'x1', 'long-name', '_' }
  return '&' .. self.pending[#self.pending] .. ' '
end

function Writer:complete()
  table.move(self.pending, 1, #self.pending, #self.anchors + 1, self.anchors)
  self.pending = {}
end

function Writer:alias()
  return #self.anchors > 0 and chance(15) and '*' .. one_of(self.anchors) or nil
end

-- ---- keys ----

local KEYS = { 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l' }
local ODD_KEYS = { '1', '1.5', 'true', 'yes', 'null', '~', '"1"', '"<<"', '2020-01-01', '0x1F', '"a b"', "'x'", 'two words', 'é', 'a:b', 'a#b', '""', '"\\n"', '!!str 1',
  '&k k', '-a', '?a', ':a', '=', '"a\\tb"', 'a.b/c', '<<x', '日本', '-1', '1e3', '.5', ('k'):rep(130), '"' .. ('k '):rep(70) .. '"', '"~"', 'a\tb', 'x ', '[a]', '{a: b}' }

function Writer:key(number)
  return chance(self.odd) and one_of(ODD_KEYS) or KEYS[(number - 1) % #KEYS + 1]
end

-- ---- flow style ----

function Writer:gap(indent)
  if not chance(6) then return one_of { '', ' ', '', ' ' } end
  return one_of { '\n', ' # note\n', '\n\n', '  \n', '\n# all\n', '\t\n' } .. (' '):rep(indent + random(0, 2)) .. one_of { '', '', '\t' }
end

function Writer:flow_item(depth, indent)
  if chance(3) then return self:key(1) .. ': ' .. self:flow(depth + 1, indent) end
  return self:flow(depth + 1, indent)
end

function Writer:flow_pair(depth, indent, number)
  local key, n = self:key(number), random(20)
  if n == 1 then return key end
  if n == 2 then return key .. ':' end
  if n == 3 then return '? ' .. key .. ' : ' .. self:flow(depth + 1, indent) end
  if n == 4 then return '"' .. KEYS[number] .. '":' .. self:flow(depth + 1, indent) end
  return key .. self:gap(indent):gsub('^%s*$', '') .. ': ' .. self:flow(depth + 1, indent)
end

function Writer:flow(depth, indent)
  local n = depth > 3 and 1 or random(10)
  if n <= 5 then return self:alias() or self:properties() .. self:scalar(indent) end
  local parts, list = {}, n <= 8
  for i = 1, random(0, 4) do
    parts[i] = self:gap(indent) .. (list and self:flow_item(depth, indent) or self:flow_pair(depth, indent, i)) .. self:gap(indent)
  end
  local text = table.concat(parts, ',') .. (#parts > 0 and chance(6) and ',' or '') .. self:gap(indent)
  return self:properties() .. (list and '[' .. text .. ']' or '{' .. text .. '}')
end

function Writer:in_brackets(depth, indent)
  local before = self.in_flow
  self.in_flow = true
  local text = self:flow(depth, indent)
  self.in_flow = before
  return text
end

-- ---- block style ----

function Writer:line(text) self.out[#self.out + 1] = text end

function Writer:blank(indent)
  if chance(self.comments) then
    self:line(one_of { '', (' '):rep(indent) .. '# note', '# left', (' '):rep(indent + 2) .. '# right', '  ', (' '):rep(indent) .. '# two\n' .. (' '):rep(indent) .. '# lines', '',
      '#', chance(5) and '\t' or ' ', (' '):rep(indent) .. '#no blank' })
  end
end

function Writer:behind()
  return chance(self.comments) and one_of { ' # why', '  # a: b', ' #', '\t# tab', ' ', '\t' } or ''
end

-- Behind `head` ('a:', '-', '?') or below it.
function Writer:value(head, depth, indent, in_map)
  local n = depth > 4 and 1 or random(20)
  local properties = self:properties()
  local function put(text) self:line(head .. (text == '' and '' or (head:find ': $' and '' or one_of { ' ', ' ', ' ', ' ', '  ', head:find ':$' and '\t' or ' ' }) .. text)) end
  if n <= 9 then
    local text = self:alias() or properties .. self:scalar(indent + 1)
    put(text .. (text:find '^[^|>]' and not text:find '\n' and self:behind() or ''))
  elseif n <= 12 then
    put(properties .. self:in_brackets(depth, indent + 1) .. self:behind())
  else
    put(properties:gsub(' $', '') .. self:behind())
    local step = n >= 18 and (in_map and random(0, 2) or random(1, 2)) or random(1, 4)
    if n >= 18 then self:items(depth + 1, indent + step) else self:fields(depth + 1, indent + step) end
  end
end

function Writer:items(depth, indent)
  for _ = 1, random(3) do
    self:blank(indent)
    if chance(25) and depth < 4 then -- what it holds begins in its line
      local at = #self.out + 1
      local step = one_of { 2, 2, 3, 4 }
      if chance(60) then self:fields(depth + 1, indent + step, true) else self:items(depth + 1, indent + step) end
      if self.out[at]:sub(1, indent + step):find '^ *$' then
        self.out[at] = (' '):rep(indent) .. '-' .. (' '):rep(step - 1) .. self.out[at]:sub(indent + step + 1)
      end
    else
      self:value((' '):rep(indent) .. '-', depth, indent)
    end
  end
end

function Writer:fields(depth, indent, first)
  local pad = (' '):rep(indent)
  for i = 1, random(3) do
    if i > 1 or not first then self:blank(indent) end
    if chance(2) then
      self:value(pad .. '?', 5, indent)
      if chance(80) then self:value(pad .. ': ', depth, indent, true) end
    elseif chance(4) and #self.anchors > 0 then
      self:line(pad .. '<<: ' .. one_of { '*', '[*', '*' } .. one_of(self.anchors))
      if self.out[#self.out]:find '%[' then self.out[#self.out] = self.out[#self.out] .. ']' end
    else
      self:value(pad .. self:key(i) .. one_of { ':', ':', ':', ' :' }, depth, indent, true)
    end
  end
end

-- ---- texts ----

local function break_lines(text)
  local n = random(40)
  if n == 1 then return (text:gsub('\n', '\r\n')) end
  if n == 2 then return '\u{feff}' .. text end
  if n == 3 then return (text:gsub('\n', function() return chance(10) and '\u{85}' or '\n' end)) end
  if n == 4 then return (text:gsub('\n$', '')) end
  if n == 5 then return (text:gsub('\n', function() return chance(10) and '\r' or '\n' end)) end
  return text
end

local function mutated(text)
  for _ = 1, random(2) do
    local at, n = random(#text), random(4)
    if n == 1 then
      text = text:sub(1, at - 1) .. text:sub(at + random(3))
    elseif n == 2 then
      text = text:sub(1, at) .. one_of(SOUP) .. text:sub(at + 1)
    elseif n == 3 then
      text = text:sub(1, at - 1) .. one_of(SOUP) .. text:sub(at + 1)
    else
      local from = random(#text)
      text = text:sub(1, at) .. text:sub(from, from + random(12)) .. text:sub(at + 1)
    end
  end
  return text
end

local function writer()
  return setmetatable({ out = {}, anchors = {}, pending = {}, comments = one_of { 0, 3, 15 }, odd = one_of { 0, 3, 10 } }, Writer)
end

local function object(name)
  local w = writer()
  w:line(one_of { 'apiVersion: example.org/v1', '"apiVersion": example.org/v1', 'apiVersion: "example.org/v1"', 'apiVersion:\n  example.org/v1' })
  w:blank(0)
  w:line(one_of { 'kind: Own', 'kind: "Own"', 'kind:   Own # kind', '? kind\n: Own' })
  w:blank(0)
  w:line(one_of { 'metadata: {name: %s}', 'metadata:\n  name: %s', 'metadata:\n    name: "%s" # name', "metadata: {'name': %s, annotations: {a: b}}" }:format(name))
  if chance(15) then w:line('data:') w:fields(2, 2) end
  w:complete()
  w:value('value:', 0, 0, true)
  w:complete()
  if chance(40) then w:value(chance(90) and 'other:' or w:key(1) .. ':', 0, 0, true) end
  return table.concat(w.out, '\n') .. '\n'
end

-- Small, in flow style, and often wrong.
local TOKENS = { '[', ']', '{', '}', ',', ':', '?', ' ', ' ', 'a', 'b', '1', '"x"', "'y'", '- ', ': ', '? ', ', ', '\n ', '#', ' #', '&a ', '*a', '!t ', '!!str ', '!!null ', '|', '>', '~', 'null', '.', '-', '\t', '%', '@',
  '<<', '<<: ', '"', "'", '//', 'é' }

local function tokens()
  local out = {}
  for i = 1, random(7) do out[i] = one_of(TOKENS) end
  local n, text = random(10), table.concat(out)
  if n <= 4 then text = '[' .. text .. ']' elseif n <= 8 then text = '{' .. text .. '}' end
  return 'value: ' .. text .. '\n'
end

local HEAD = 'apiVersion: example.org/v1\nkind: Own\nmetadata: {name: %s}\n'

local SEPARATORS = { '---\n', '---\n', '--- # next\n', '...\n---\n', '---\n---\n', '---  \n', '--- \t\n', '--- x\n', '%YAML 1.1\n---\n', '...\n', '---\n# alone\n---\n', '---\r\n' }

local function resources(name)
  if chance(20) then return HEAD:format(name) .. tokens() end
  local text = object(name)
  if chance(10) then text = text .. one_of(SEPARATORS) .. object(name .. '-2') end
  if chance(8) then text = one_of { '---\n', '# head\n', '%YAML 1.1\n---\n', '%YAML 1.2\n---\n', '\n', '--- # x\n', '%TAG !e! tag:x,1:\n---\n', '...\n', ' \n', '\t\n' } .. text end
  if chance(6) then text = text .. one_of { '---\n', '...\n', '--- \n', '---', '...', '# end', '\n\n', '---\nnull\n', '--- ~\n' } end
  if chance(12) then text = mutated(text) end
  return break_lines(text)
end

---One text of manifests, at times with a patch, as a kustomization.
---@param tag string  names end in it
---@return table<string, string> files
return function(tag)
  local name = 'o' .. tag
  local files = { ['top/object.yaml'] = resources(name) }
  local kustomization = 'resources: [object.yaml]\n'
  if chance(25) then
    files['top/patch.yaml'] = chance(30) and HEAD:format(name) .. tokens() or break_lines(object(name))
    kustomization = kustomization .. 'patches:\n- path: patch.yaml\n'
  elseif chance(15) then
    kustomization = kustomization .. one_of { 'commonAnnotations: {n: x}\n', 'namePrefix: p-\n', 'commonLabels: {app: "1"}\n',
      'patches:\n- target: {kind: Own}\n  patch: "- {op: add, path: /more, value: 1}"\n' }
  end
  files['top/kustomization.yaml'] = kustomization
  return files
end
