-- split.lua: splits a shell script into commands and words, with the place of every byte. SPDX-License-Identifier: Apache-2.0

local M = {}

---@class shell.Piece of a word: literal bytes, or something that is filled in
---@field text string|nil literal text, byte for byte what the script holds
---@field from integer|nil its first byte in the script
---@field name string|nil name of the variable, or the expression, that is filled in and nothing else done to it
---@field source string|nil what is filled in, or an escaped sign, as the script writes it
---@field items shell.Item[]|nil the commands whose output is filled in, once somebody has asked

---@class shell.Word
---@field pieces shell.Piece[]
---@field from integer its first byte in the script
---@field redirect boolean|nil the target of a redirection

---@class shell.Item a command, or what stands between commands
---@field words shell.Word[]|nil a command
---@field operator string|nil what stands before the command: && or ||
---@field open boolean|nil a subshell opens, or closes
---@field define string|nil a function of this name begins
---@field branch boolean|nil the next branch of a case begins

---@class shell.Syntax what fills in beside the shell
---@field templates boolean|nil {{ x }} does
---@field make boolean|nil make does: $(X) is its own, $$ the shell's dollar sign

local Parser = {}
Parser.__index = Parser

-- How deep substitutions may stand in each other; deeper ones are no script that a person wrote.
local MAX_DEPTH = 100

local function literal(word, piece_text, from)
  local last = word.pieces[#word.pieces]
  if last and last.text and last.from + #last.text == from then
    last.text = last.text .. piece_text
  elseif piece_text ~= '' then
    word.pieces[#word.pieces + 1] = { text = piece_text, from = from }
  end
end

-- Something filled in, which ends before byte `after`.
function Parser:filled(word, after, name)
  word.pieces[#word.pieces + 1] = { name = name, source = self.s:sub(self.at, after - 1), from = self.at }
  self.at = after
end

-- What stands in {{ }} whose first brace is at a byte: its first and last byte, and the byte behind it all.
-- Patterns that trim take a time that grows with the square of the white space.
local function braces(s, at)
  local close = s:find('}}', at + 2, true)
  local from = close and s:find('%S', at + 2)
  if not from or from >= close then
    return nil, nil, close and close + 2 or #s + 1
  end
  return from, from + #s:sub(from, close - 1):match('^.*%S') - 1, close + 2
end

--- The places of what stands in {{ }}.
---@param s string
---@return integer[][] {first, last}
function M.templates(s)
  local out, at = {}, s:find('{{', 1, true)
  while at do
    local from, to, after = braces(s, at)
    if from then
      out[#out + 1] = { from, to }
    end
    at = s:find('{{', after, true)
  end
  return out
end

function Parser:emit(item)
  self.items[#self.items + 1] = item
end

function Parser:subshell()
  self:emit { open = true }
  self.depth = self.depth + 1
  if self.depth > MAX_DEPTH then
    self.at = #self.s + 1
  end
  self:commands(')')
  self.depth = self.depth - 1
  self:emit { open = false }
end

-- The byte behind a bracket's end; behind the text when it never ends.
function Parser:behind(pattern, at)
  return self.s:match('^' .. pattern .. '()', at) or #self.s + 1
end

-- ${…}, where `at` is the opening brace
function Parser:braced(word, at)
  local name, after = self.s:match('^{([%w_]+)}()', at)
  if not name then
    name, after = self.s:match('^{(BASH_SOURCE)%[0%]}()', at)
  end
  self:filled(word, after or self:behind('%b{}', at), name)
end

-- What begins with a dollar sign of the shell, which stands at byte `at`.
function Parser:expansion(word, at)
  local s, next_char = self.s, self.s:sub(at + 1, at + 1)
  if s:find('^{{', at + 1) then
    local from, to, after = braces(s, at + 1)
    self:filled(word, after, from and s:sub(from, to))
  elseif s:find('^%(%(', at + 1) then
    self:filled(word, self:behind('%b()', at + 1))
  elseif next_char == '(' then
    local from = self.at
    self.at = at + 2
    self:subshell()
    local after = self.at
    self.at = from
    self:filled(word, after)
  elseif next_char == '{' then
    self:braced(word, at + 1)
  else
    local name, after = s:match('^([%a_][%w_]*)()', at + 1)
    name, after = name or s:match('^[%d@*#?$!-]', at + 1), after or at + 2
    if name then
      self:filled(word, after, name)
    else
      literal(word, '$', at)
      self.at = at + 1
    end
  end
end

-- A dollar sign in a recipe of make.
function Parser:of_make(word)
  local s, at = self.s, self.at
  if s:find('^%$%$', at) then
    return self:expansion(word, at + 1)
  end
  local inner, after = s:match('^%$(%b())()', at)
  if not inner then
    inner, after = s:match('^%$(%b{})()', at)
  end
  if not after then
    after = s:find('^%$[({]', at) and #s + 1 or math.min(at + 2, #s + 1)
  end
  self:filled(word, after, inner and inner:match('^.([%w_.-]+).$') or not inner and s:match('^%$([%w@<^])', at) or nil)
end

function Parser:dollar(word)
  if self.syntax.make then
    self:of_make(word)
  else
    self:expansion(word, self.at)
  end
end

function Parser:escaped(word)
  self:filled(word, math.min(self.at + 2, #self.s + 1))
end

function Parser:backticks(word)
  self:filled(word, self:behind('`[^`]*`', self.at))
end

function Parser:template(word)
  local from, to, after = braces(self.s, self.at)
  self:filled(word, after, from and self.s:sub(from, to))
end

function Parser:is_template(at)
  return self.syntax.templates and self.s:find('^{{', at)
end

function Parser:quoted(word)
  local s = self.s
  self.at = self.at + 1
  while self.at <= #s do
    local char = s:sub(self.at, self.at)
    if char == '"' then
      self.at = self.at + 1
      return
    elseif char == '$' then
      self:dollar(word)
    elseif char == '`' then
      self:backticks(word)
    elseif char == '\\' then
      self:escaped(word)
    elseif self:is_template(self.at) then
      self:template(word)
    else
      local run = s:match(self.syntax.templates and '^.[^"$`\\{]*' or '^[^"$`\\]+', self.at)
      literal(word, run, self.at)
      self.at = self.at + #run
    end
  end
end

-- Between single quotes all is literal, but for what fills in before the shell reads it.
function Parser:single(word)
  local close = self.s:find("'", self.at + 1, true) or #self.s + 1
  self.at = self.at + 1
  while self.at < close do
    local stop = self.syntax.templates and self.s:find('{{', self.at, true)
      or self.syntax.make and self.s:find('$', self.at, true) or close
    if stop > self.at then
      stop = math.min(stop, close)
      literal(word, self.s:sub(self.at, stop - 1), self.at)
      self.at = stop
    elseif self.syntax.templates then
      self:template(word)
    else
      self:of_make(word)
    end
  end
  self.at = math.max(self.at, close + 1)
end

-- The parts of a word, by their first sign; any other is literal.
local PARTS = {
  ['"'] = Parser.quoted,
  ['`'] = Parser.backticks,
  ["'"] = Parser.single,
  ['$'] = function(self, word)
    if self.s:find("^%$'", self.at) then -- escapes as in C
      self:filled(word, self.s:match("^%$'[^'\\]*'()", self.at) or self.s:match("^%$'.-[^\\]'()", self.at) or #self.s + 1)
    else
      self:dollar(word)
    end
  end,
  ['\\'] = function(self, word)
    local after = self.s:match('^\\\r?\n()', self.at)
    if after then
      self.at = after
    else
      self:escaped(word) -- its bytes are not its text
    end
  end,
  ['{'] = function(self, word)
    if self:is_template(self.at) then
      self:template(word)
    else
      literal(word, '{', self.at)
      self.at = self.at + 1
    end
  end,
}

-- What ends a word.
local ENDS = {}
for char in (' \t\n\v\f\r;&|<>()'):gmatch('.') do
  ENDS[char] = true
end

function Parser:word()
  local plain, after = self.s:match('^([%w/._-]+)()', self.at)
  if plain and (after > #self.s or ENDS[self.s:sub(after, after)]) then
    local from = self.at
    self.at = after
    return { pieces = { { text = plain, from = from } }, from = from }
  end
  local word = { pieces = {}, from = self.at }
  while self.at <= #self.s do
    local char = self.s:sub(self.at, self.at)
    if ENDS[char] then
      break
    elseif PARTS[char] then
      PARTS[char](self, word)
    else -- most of a word is of signs that a short pattern knows
      local run = self.s:match('^[%w/._-]+', self.at) or self.s:match('^[^%s;&|<>()"$`\'\\{]+', self.at)
      literal(word, run, self.at)
      self.at = self.at + #run
    end
  end
  return word
end

--- The text of a word that nothing fills in, nil for any other.
---@param word shell.Word
---@return string|nil
function M.text(word)
  local first = word.pieces[1]
  if not first or not word.pieces[2] then
    return first and first.text or not first and '' or nil
  end
  local out = {}
  for i, piece in ipairs(word.pieces) do
    if not piece.text then
      return nil
    end
    out[i] = piece.text
  end
  return table.concat(out)
end

--- A word as a person reads it.
---@param word shell.Word
---@return string
function M.show(word)
  local out = {}
  for i, piece in ipairs(word.pieces) do
    out[i] = piece.text or piece.source
  end
  return table.concat(out)
end

-- The texts below the commands that read them.
function Parser:skip_documents()
  for _, document in ipairs(self.documents) do
    while self.at <= #self.s do
      local line, after = self.s:match('^([^\n]*)\n?()', self.at)
      self.at = after
      line = line:gsub('\r$', '')
      if (document.indented and line:gsub('^%s+', '') or line) == document.delimiter then
        break
      end
    end
  end
  self.documents = {}
end

function Parser:flush(words)
  if #words > 0 then
    self:emit { words = words, operator = self.operator }
    self.operator = nil
  end
  return {}
end

-- The word that ends a text: quotes and backslashes are taken off, nothing is filled in.
function Parser:delimiter()
  local run = self.s:match('^[^%s;&|<>()]+', self.at) or ''
  self.at = self.at + #run
  return (run:gsub('["\'\\]', ''))
end

function Parser:redirection(words)
  local s, last = self.s, words[#words]
  local piece = last and last.pieces[1]
  if piece and #last.pieces == 1 and piece.text and piece.text:find('^%d$') and piece.from + 1 == self.at then
    words[#words] = nil
  end
  if s:find('^[<>]%(', self.at) then
    self.at = self.at + 2
    self:subshell()
    return
  end
  local sign, after = s:match('^([<>]+[&|-]?)[ \t]*()', self.at)
  self.at = after
  if sign:find('^<<%-?$') then
    self.documents[#self.documents + 1] = { delimiter = self:delimiter(), indented = sign == '<<-' }
    return
  end
  local word = self:word()
  if sign ~= '<<<' and not sign:find('&') then
    word.redirect = true
    words[#words + 1] = word
  end
end

function Parser:bracket(words)
  if #words == 0 and self.s:find('^%(%(', self.at) then
    self.at = self:behind('%b()', self.at) -- arithmetic
  elseif #words == 0 then
    self.at = self.at + 1
    self:subshell()
  elseif self.s:find('^%(%s*%)', self.at) then
    self.at = self.s:match('^%(%s*%)()', self.at)
    self:emit { define = M.text(words[#words]) or '' }
    return {}
  else
    self.at = self.s:match('^[^)]*%)()', self.at) or #self.s + 1 -- the items of an array
  end
  return words
end

-- ; & | and their pairs; ;; ends the branch of a case.
function Parser:separator(words)
  words = self:flush(words)
  local sign = self.s:match('^[;&|]+', self.at)
  if sign:find('^;[;&]') then
    self:emit { branch = true }
  end
  self.operator = (sign == '&&' or sign == '||') and sign or nil
  self.at = self.at + #sign
  return words
end

-- A lone closing bracket ends the pattern of a case.
function Parser:pattern_end(words)
  if words[1] and M.text(words[1]) == 'case' then
    self:emit { words = { words[1], words[2] } }
  end
  return {}
end

local BLANKS = { [' '] = true, ['\t'] = true, ['\v'] = true, ['\f'] = true, ['\r'] = true }
local GREATER = 62

-- One step among the words of a command; returns the words so far.
function Parser:step(words, char)
  local s = self.s
  if char == '\\' and s:find('^\r?\n', self.at + 1) then
    self.at = s:find('\n', self.at, true) + 1
  elseif char == '\n' then
    words = self:flush(words)
    self.at = self.at + 1
    self:skip_documents()
  elseif BLANKS[char] then
    self.at = s:match('^[ \t\v\f\r]+()', self.at)
  elseif char == '#' then
    self.at = s:find('\n', self.at, true) or #s + 1
  elseif char == '>' or char == '<' or char == '&' and s:byte(self.at + 1) == GREATER then
    self.at = char == '&' and self.at + 1 or self.at
    self:redirection(words)
  elseif char == ';' or char == '&' or char == '|' then
    words = self:separator(words)
  elseif char == '(' then
    words = self:bracket(words)
  else
    words[#words + 1] = self:word()
  end
  return words
end

-- The commands up to a closing bracket, or the end.
function Parser:commands(closer)
  local words, around = {}, self.operator
  self.operator = nil
  while self.at <= #self.s do
    local char = self.s:sub(self.at, self.at)
    if char ~= ')' then
      words = self:step(words, char)
    elseif closer then
      self.at = self.at + 1
      break
    else
      self.at = self.at + 1
      words = self:pattern_end(words)
    end
  end
  self:flush(words)
  self.operator = around
end

--- The commands of a script in their order, with what stands between them.
---@param script string
---@param syntax shell.Syntax|nil
---@return shell.Item[]
function M.parse(script, syntax)
  local parser = setmetatable({ s = script, at = 1, items = {}, documents = {}, syntax = syntax or {}, depth = 0 }, Parser)
  parser:commands(nil)
  return parser.items
end

return M
