-- regex.lua: regular expressions as Go and Python write them, matched without backtracking. SPDX-License-Identifier: Apache-2.0

local M = {}

-- A parsed expression is a tree: {type='set', test=function}, {type='seq'|'alt', ...},
-- {type='repeat', node, min=, max=}, {type='assert', test=function(place)}, {type='look', node, negated=}.

local Parser = {}
Parser.__index = Parser

local function refuse(why)
  error({ why = why }, 0)
end

local function range(from, to)
  return function(char)
    return char >= from and char <= to
  end
end

local function any_of(tests)
  return function(char)
    for _, test in ipairs(tests) do
      if test(char) then
        return true
      end
    end
    return false
  end
end

local function negate(test)
  return function(char)
    return not test(char)
  end
end

local function is(char)
  return range(char, char)
end

local digit = range('0', '9')
local word = any_of { digit, range('a', 'z'), range('A', 'Z'), is '_' }
local space = any_of { is ' ', is '\t', is '\n', is '\r', is '\f' }
local CLASSES = { d = digit, D = negate(digit), w = word, W = negate(word), s = space, S = negate(space) }
local CONTROL = { n = '\n', t = '\t', r = '\r', f = '\f', v = '\v', a = '\a' }
local POSIX = {
  digit = digit, alpha = any_of { range('a', 'z'), range('A', 'Z') }, lower = range('a', 'z'), upper = range('A', 'Z'),
  alnum = any_of { digit, range('a', 'z'), range('A', 'Z') }, space = space, word = word,
  xdigit = any_of { digit, range('a', 'f'), range('A', 'F') }, punct = function(char)
    return char:find('^%p') ~= nil
  end,
}

local function fold(test)
  return function(char)
    return test(char:lower()) or test(char:upper())
  end
end

function Parser:peek(text)
  return self.source:sub(self.at, self.at + #text - 1) == text
end

function Parser:take(text)
  if self:peek(text) then
    self.at = self.at + #text
    return true
  end
end

function Parser:next()
  local char = self.source:sub(self.at, self.at)
  if char == '' then
    refuse 'ends too early'
  end
  if char:byte() >= 0x80 then
    char = self.source:match('^' .. utf8.charpattern, self.at)
  end
  self.at = self.at + #char
  return char
end

function Parser:set(test)
  return { type = 'set', test = self.flags.i and fold(test) or test }
end

-- What asserts ask of the place between two characters: is it the start, the finish; are the characters before and
-- after it those of words?
local function at_start(place)
  return place.start
end

local function at_end(place)
  return place.finish
end

local ASSERTS = {
  A = at_start,
  z = at_end,
  b = function(place)
    return place.before ~= place.after
  end,
  B = function(place)
    return place.before == place.after
  end,
}
local PYTHON_ASSERTS = { A = at_start, Z = at_end, b = ASSERTS.b, B = ASSERTS.B }

-- One character after a backslash, as a literal; nil when it is no literal.
function Parser:escaped_literal(char)
  if CONTROL[char] then
    return CONTROL[char]
  end
  if char == 'x' then
    local hex = self.source:match('^%x%x', self.at) or self.source:match('^{%x+}', self.at)
    if not hex then
      refuse 'a \\x without its digits'
    end
    self.at = self.at + #hex
    return utf8.char(tonumber(hex:match('%x+'), 16))
  end
  return char:find(self.python and '^[%p%s]' or '^%p') and char or nil
end

function Parser:escape()
  local char = self:next()
  if CLASSES[char] then
    return self:set(CLASSES[char])
  elseif self.asserts[char] then
    return { type = 'assert', test = self.asserts[char] }
  elseif char == 'Q' and not self.python then
    local stop = self.source:find('\\E', self.at, true) or #self.source + 1
    local quoted = self.source:sub(self.at, stop - 1)
    self.at = math.min(stop + 2, #self.source + 1)
    local sequence = { type = 'seq' }
    for literal in quoted:gmatch(utf8.charpattern) do
      sequence[#sequence + 1] = self:set(is(literal))
    end
    return sequence
  end
  local literal = self:escaped_literal(char)
  return literal and self:set(is(literal)) or refuse(('\\%s is not understood'):format(char))
end

function Parser:class_item()
  local name = self.source:match('^%[:(%^?%a+):%]', self.at)
  if name then
    self.at = self.at + #name + 4
    local test = POSIX[name:gsub('^%^', '')] or refuse(('[:%s:] is not understood'):format(name))
    return nil, name:sub(1, 1) == '^' and negate(test) or test
  end
  local char = self:next()
  if char ~= '\\' then
    return char
  end
  char = self:next()
  if CLASSES[char] then
    return nil, CLASSES[char]
  end
  return self:escaped_literal(char) or refuse(('\\%s is not understood'):format(char))
end

function Parser:class()
  local negated, tests, first = self:take '^', {}, true
  while first or not self:peek ']' do
    first = false
    local from, test = self:class_item()
    if from and self:peek '-' and not self:peek '-]' then
      self:take '-'
      local to = self:class_item()
      if not to or to < from then
        refuse 'a range that ends before it begins'
      end
      test = range(from, to)
    end
    tests[#tests + 1] = test or is(from)
  end
  self:take ']'
  local test = self.flags.i and fold(any_of(tests)) or any_of(tests)
  return { type = 'set', test = negated and negate(test) or test }
end

function Parser:read_flags(flags)
  local on = true
  for char in flags:gmatch '.' do
    if char == '-' then
      on = false
    elseif char == 'i' or char == 's' or char == 'x' and self.python then
      self.flags[char] = on
    elseif char ~= 'U' then
      refuse(('the flag %s is not understood'):format(char))
    end
  end
end

-- The flags as they are now: those that a group sets end with it.
function Parser:saved_flags()
  return { i = self.flags.i, s = self.flags.s, x = self.flags.x }
end

-- What follows must match here, or must not, and none of it is taken. Only Python has this.
function Parser:look(negated)
  local outer = self:saved_flags()
  local node = self:alternatives()
  if not self:take ')' then
    refuse 'a ( without its )'
  end
  self.flags = outer
  return { type = 'look', node = node, negated = negated }
end

function Parser:group()
  local outer = self:saved_flags()
  if self.python and (self:peek '?=' or self:peek '?!') then
    self.at = self.at + 2
    return self:look(self.source:sub(self.at - 1, self.at - 1) == '!')
  end
  if self:take '?' then
    local name, flags = self.source:match('^P?<%w+>()', self.at), self.source:match('^([%a-]*)[:)]', self.at)
    if name then
      self.at = name
    elseif flags then
      self:read_flags(flags)
      self.at = self.at + #flags
      if self:take ')' then
        return { type = 'seq' }
      end
      self:take ':'
    else
      refuse 'this kind of group is not understood'
    end
  end
  local node = self:alternatives()
  if not self:take ')' then
    refuse 'a ( without its )'
  end
  self.flags = outer
  return node
end

function Parser:atom()
  if self:take '(' then
    return self:group()
  elseif self:take '[' then
    return self:class()
  elseif self:take '\\' then
    return self:escape()
  elseif self:take '.' then
    local newline = not self.flags.s
    return { type = 'set', test = function(char)
      return not (newline and char == '\n')
    end }
  elseif self:take '^' then
    return { type = 'assert', test = at_start }
  elseif self:take '$' then
    return { type = 'assert', test = at_end }
  elseif self:peek '*' or self:peek '+' or self:peek '?' then
    refuse 'a repetition of nothing'
  end
  return self:set(is(self:next()))
end

function Parser:quantifier()
  if self:take '*' then
    return 0
  elseif self:take '+' then
    return 1
  elseif self:take '?' then
    return 0, 1
  end
  local min, comma, max, stop = self.source:match('^{(%d+)(,?)(%d*)}()', self.at)
  if min then
    self.at = stop
    min, max = tonumber(min), comma == '' and tonumber(min) or tonumber(max)
    if min > 1000 or (max or 0) > 1000 then
      refuse 'a repetition of more than 1000'
    end
    return min, max
  end
end

-- A verbose expression may hold white space and comments between its parts.
function Parser:skip_blank()
  while self.flags.x and self.source:find('^[%s#]', self.at) do
    self.at = self.source:match('^%s+()', self.at) or self.source:match('^#[^\n]*()', self.at)
  end
end

function Parser:sequence()
  local sequence = { type = 'seq' }
  self:skip_blank()
  while self.at <= #self.source and not self:peek '|' and not self:peek ')' do
    local node = self:atom()
    self:skip_blank()
    local min, max = self:quantifier()
    if min then
      self:take '?'
      self:skip_blank()
      node = { type = 'repeat', node = node, min = min, max = max }
    end
    sequence[#sequence + 1] = node
  end
  return sequence
end

function Parser:alternatives()
  local node = { type = 'alt', self:sequence() }
  while self:take '|' do
    node[#node + 1] = self:sequence()
  end
  return node
end

-- The program is a list of states: {test, next}, {assert, next}, {split, next, other}; the first accepts. `looks`: it
-- looks ahead.
local compile, run, new_machine

local function push(program, state)
  program[#program + 1] = state
  return #program
end

local function compile_repeat(program, node, next_state)
  local state = next_state
  if node.max then
    for _ = node.min + 1, node.max do
      state = push(program, { split = true, compile(program, node.node, state), next_state })
    end
  else
    state = push(program, { split = true, 0, next_state })
    program[state][1] = compile(program, node.node, state)
  end
  for _ = 1, node.min do
    state = compile(program, node.node, state)
  end
  return state
end

local function compile_look(program, node, next_state)
  local inner = { { accept = true } }
  local start, negated = compile(inner, node.node, 1), node.negated
  local machine = new_machine(inner, start, true)
  program.looks = true
  return push(program, { assert = function(place)
    return run(machine, place.text, place.at) ~= negated
  end, next_state })
end

function compile(program, node, next_state)
  if #program > 20000 then
    refuse 'too large'
  elseif node.type == 'seq' then
    for i = #node, 1, -1 do
      next_state = compile(program, node[i], next_state)
    end
    return next_state
  elseif node.type == 'alt' then
    local state = compile(program, node[#node], next_state)
    for i = #node - 1, 1, -1 do
      state = push(program, { split = true, compile(program, node[i], next_state), state })
    end
    return state
  elseif node.type == 'repeat' then
    return compile_repeat(program, node, next_state)
  elseif node.type == 'look' then
    return compile_look(program, node, next_state)
  end
  return push(program, { [node.type == 'set' and 'test' or 'assert'] = node.test, next_state })
end

-- The states that are reached from some without taking a character.
local function closure(program, from, place)
  local seen, pending = {}, table.move(from, 1, #from, 1, {})
  while #pending > 0 do
    local id = table.remove(pending)
    if not seen[id] then
      seen[id] = true
      local step = program[id]
      if step.split then
        pending[#pending + 1], pending[#pending + 2] = step[1], step[2]
      elseif step.assert and step.assert(place) then
        pending[#pending + 1] = step[1]
      end
    end
  end
  return seen
end

-- A machine walks sets of states. A set and the steps from it are worked out once: most paths of a tree begin alike.
local MAX_SETS = 2000

local function set_of(machine, ids, start, is_word)
  table.sort(ids)
  local key = table.concat(ids, ' ') .. (start and '^' or is_word and 'w' or '')
  local set = machine.sets[key]
  if not set then
    if machine.count >= MAX_SETS then
      machine.sets, machine.count = {}, 0
    end
    set = { ids = ids, start = start, before = is_word, steps = {} }
    machine.sets[key], machine.count = set, machine.count + 1
  end
  return set
end

function new_machine(program, start, anchored)
  return { program = program, first = start, anchored = anchored, sets = {}, count = 0 }
end

-- The set behind a character; true when it matched before that, false when it never will. No character: the end.
local function step_over(machine, set, char, text, at)
  local place = {
    start = set.start, finish = char == nil, before = set.before, after = char ~= nil and word(char), text = text, at = at,
  }
  local seen, reached, ids = closure(machine.program, set.ids, place), {}, {}
  if seen[1] then
    return true
  elseif not char then
    return false
  end
  if not machine.anchored then
    reached[machine.first] = true
  end
  for id in pairs(seen) do
    local state = machine.program[id]
    if state.test and state.test(char) then
      reached[state[1]] = true
    end
  end
  for id in pairs(reached) do
    ids[#ids + 1] = id
  end
  return #ids > 0 and set_of(machine, ids, false, word(char))
end

-- Does the machine match from a place on; an anchored one: just there, else there or at any later place?
function run(machine, text, at)
  local set = set_of(machine, { machine.first }, at == 1, at > 1 and word(text:sub(at - 1, at - 1)))
  local known = not machine.program.looks
  while true do
    local char = at <= #text and (text:match('^' .. utf8.charpattern, at) or text:sub(at, at)) or nil
    local following = known and set.steps[char or '']
    if not known or following == nil then
      following = step_over(machine, set, char, text, at)
      if known then
        set.steps[char or ''] = following
      end
    end
    if type(following) == 'boolean' then
      return following
    end
    set, at = following, at + #char
  end
end

--- Compiles an expression. Go's syntax is that of RE2 and, as far as it is understood here, that of Rust. What an
--- expression costs grows with the text alone, with its square where it looks ahead.
---@param source string
---@param dialect? 'go'|'python' default 'go'
---@return (fun(text: string): boolean)|nil search does it match anywhere in the text?
---@return string|nil why it is not understood
function M.compile(source, dialect)
  local python = dialect == 'python'
  local parser = setmetatable({
    source = source, at = 1, flags = {}, python = python, asserts = python and PYTHON_ASSERTS or ASSERTS,
  }, Parser)
  local program = { { accept = true } }
  local done, result = pcall(function()
    local node = parser:alternatives()
    if parser.at <= #source then
      refuse 'a ) without its ('
    end
    return compile(program, node, 1)
  end)
  if not done then
    if type(result) == 'table' and result.why then
      return nil, result.why
    end
    error(result, 0)
  end
  local machine = new_machine(program, result, false)
  return function(text)
    return run(machine, text, 1)
  end
end

--- A text as an expression that matches just that text.
---@param text string
---@return string
function M.quote(text)
  return (text:gsub('[\\.+*?()|%[%]{}^$]', '\\%0'))
end

return M
