-- regex.lua: Go's regular expressions, matched in linear time. SPDX-License-Identifier: Apache-2.0

local M = {}

-- A parsed expression is a tree: {type='set', test=function}, {type='seq'|'alt', ...},
-- {type='repeat', node, min=, max=}, {type='assert', test=function(text, at)}.

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

local function before(text, at)
  return at > 1 and word(text:sub(at - 1, at - 1)) or false
end

local function after(text, at)
  return at <= #text and word(text:sub(at, at)) or false
end

local ASSERTS = {
  A = function(_, at)
    return at == 1
  end,
  z = function(text, at)
    return at == #text + 1
  end,
  b = function(text, at)
    return before(text, at) ~= after(text, at)
  end,
  B = function(text, at)
    return before(text, at) == after(text, at)
  end,
}

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
  return char:find('^[%p]') and char or nil
end

function Parser:escape()
  local char = self:next()
  if CLASSES[char] then
    return self:set(CLASSES[char])
  elseif ASSERTS[char] then
    return { type = 'assert', test = ASSERTS[char] }
  elseif char == 'Q' then
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
    elseif char == 'i' or char == 's' then
      self.flags[char] = on
    elseif char ~= 'U' then
      refuse(('the flag %s is not understood'):format(char))
    end
  end
end

function Parser:group()
  local outer = { i = self.flags.i, s = self.flags.s }
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
    return { type = 'assert', test = ASSERTS.A }
  elseif self:take '$' then
    return { type = 'assert', test = ASSERTS.z }
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

function Parser:sequence()
  local sequence = { type = 'seq' }
  while self.at <= #self.source and not self:peek '|' and not self:peek ')' do
    local node = self:atom()
    local min, max = self:quantifier()
    if min then
      self:take '?'
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

-- The program is a list of states: {test, next}, {assert, next}, {split, next, other}; the first accepts.
local compile

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
  end
  return push(program, { [node.type == 'set' and 'test' or 'assert'] = node.test, next_state })
end

local function add_state(program, states, state, text, at)
  local pending = { state }
  while #pending > 0 do
    local id = table.remove(pending)
    if not states[id] then
      states[id] = true
      local step = program[id]
      if step.split then
        pending[#pending + 1], pending[#pending + 2] = step[1], step[2]
      elseif step.assert and step.assert(text, at) then
        pending[#pending + 1] = step[1]
      end
    end
  end
end

local function search(program, start, text)
  local states, at = {}, 1
  while true do
    add_state(program, states, start, text, at)
    if states[1] then
      return true
    elseif at > #text then
      return false
    end
    local char = text:match('^' .. utf8.charpattern, at) or text:sub(at, at)
    at = at + #char
    local reached = {}
    for id in pairs(states) do
      local step = program[id]
      if step.test and step.test(char) then
        add_state(program, reached, step[1], text, at)
      end
    end
    states = reached
  end
end

--- Compiles an expression in Go's syntax.
---@param source string
---@return (fun(text: string): boolean)|nil search does it match anywhere in the text?
---@return string|nil why it is not understood
function M.compile(source)
  local parser = setmetatable({ source = source, at = 1, flags = {} }, Parser)
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
  return function(text)
    return search(program, result, text)
  end
end

--- A text as an expression that matches just that text.
---@param text string
---@return string
function M.quote(text)
  return (text:gsub('[\\.+*?()|%[%]{}^$]', '\\%0'))
end

return M
