-- split.lua: splits a shell script into commands and words, with the place of every byte. SPDX-License-Identifier: Apache-2.0

local M = {}

---@class shell.Piece of a word: literal bytes, or something that the shell or the runner fills in
---@field text string|nil literal text, byte for byte what the script holds
---@field from integer|nil its first byte in the script
---@field name string|nil name of the variable, or the expression, that is filled in
---@field expression boolean|nil a ${{ }} of GitHub

---@class shell.Word
---@field pieces shell.Piece[]
---@field redirect boolean|nil the target of a redirection

---@class shell.Item
---@field words shell.Word[]|nil a command; nil: a subshell opens or closes
---@field open boolean|nil

local Parser = {}
Parser.__index = Parser

local function literal(word, piece_text, from)
  local last = word.pieces[#word.pieces]
  if last and last.text and last.from + #last.text == from then
    last.text = last.text .. piece_text
  elseif piece_text ~= '' then
    word.pieces[#word.pieces + 1] = { text = piece_text, from = from }
  end
end

local function filled(word, name, expression)
  word.pieces[#word.pieces + 1] = { name = name, expression = expression }
end

function Parser:emit(item)
  self.items[#self.items + 1] = item
end

function Parser:subshell()
  self:emit { open = true }
  self:commands(')')
  self:emit { open = false }
end

-- What begins with a dollar sign.
function Parser:expansion(word)
  local s, at = self.s, self.at
  local expression, after = s:match('^%${{%s*(.-)%s*}}()', at)
  if expression then
    filled(word, expression, true)
    self.at = after
  elseif s:find('^%$%(%(', at) then
    self.at = s:match('^.-%)%)()', at) or #s + 1
    filled(word, nil)
  elseif s:find('^%$%(', at) then
    self.at = at + 2
    self:subshell()
    filled(word, nil)
  else
    local name, stop = s:match('^%${([%w_]*)[^{}]*}()', at)
    if not name then
      name, stop = s:match('^%$([%a_][%w_]*)()', at)
    end
    name, stop = name or s:match('^%$([%d@*#?$!-])', at), stop or at + 2
    if name then
      filled(word, name)
      self.at = stop
    elseif s:find('^%${', at) then
      filled(word, nil)
      self.at = s:match('}()', at) or #s + 1
    else
      literal(word, '$', at)
      self.at = at + 1
    end
  end
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
      self:expansion(word)
    elseif char == '`' then
      filled(word, nil)
      self.at = s:match('^`[^`]*`()', self.at) or #s + 1
    elseif char == '\\' then
      filled(word, nil)
      self.at = self.at + 2
    else
      local run = s:match('^[^"$`\\]+', self.at)
      literal(word, run, self.at)
      self.at = self.at + #run
    end
  end
end

-- The parts of a word, by their first sign; any other is literal.
local PARTS = {
  ['"'] = Parser.quoted,
  ['$'] = Parser.expansion,
  ["'"] = function(self, word)
    local text_of, after = self.s:match("^'([^']*)'?()", self.at)
    literal(word, text_of, self.at + 1)
    self.at = after
  end,
  ['`'] = function(self, word)
    filled(word, nil)
    self.at = self.s:match('^`[^`]*`()', self.at) or #self.s + 1
  end,
  ['\\'] = function(self, word)
    if not self.s:find('^\\\r?\n', self.at) then
      filled(word, nil) -- an escaped sign: its bytes are not its text
    end
    self.at = self.s:match('^\\\r?\n()', self.at) or self.at + 2
  end,
}

function Parser:word()
  local word = { pieces = {} }
  while self.at <= #self.s do
    local char = self.s:sub(self.at, self.at)
    if char:find('[%s;&|<>()]') then
      break
    elseif PARTS[char] then
      PARTS[char](self, word)
    else
      local run = self.s:match('^[^%s;&|<>()"$`\'\\]+', self.at)
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
    out[i] = piece.text or piece.expression and ('${{ %s }}'):format(piece.name) or '$' .. (piece.name or '(…)')
  end
  return table.concat(out)
end

function Parser:skip_documents()
  for _, delimiter in ipairs(self.documents) do
    while self.at <= #self.s do
      local line, after = self.s:match('^([^\n]*)\n?()', self.at)
      self.at = after
      if line:gsub('^%s+', ''):gsub('%s+$', '') == delimiter then
        break
      end
    end
  end
  self.documents = {}
end

function Parser:flush(words)
  if #words > 0 then
    self:emit { words = words }
  end
  return {}
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
  local word = self:word()
  if sign:find('^<<%-?$') then
    self.documents[#self.documents + 1] = M.text(word)
  elseif sign ~= '<<<' and not sign:find('&') then
    word.redirect = true
    words[#words + 1] = word
  end
end

function Parser:bracket(words, closer)
  if #words == 0 then
    self.at = self.at + 1
    self:subshell()
  elseif self.s:find('^%(%s*%)', self.at) then
    self.at = self.s:match('^%(%s*%)()', self.at) -- a function's name
    return {}
  else
    self.at = self.s:match('^[^)]*%)()', self.at) or #self.s + 1 -- the items of an array
  end
  return words, closer
end

-- The commands up to a closing bracket, or the end.
function Parser:commands(closer)
  local words = {}
  while self.at <= #self.s do
    local s, char = self.s, self.s:sub(self.at, self.at)
    if s:find('^\\\r?\n', self.at) then
      self.at = s:match('^\\\r?\n()', self.at)
    elseif char == '\n' then
      words = self:flush(words)
      self.at = self.at + 1
      self:skip_documents()
    elseif char:find('%s') then
      self.at = self.at + 1
    elseif char == '#' then
      self.at = s:find('\n', self.at, true) or #s + 1
    elseif char == '>' or char == '<' or s:find('^&>', self.at) then
      self.at = char == '&' and self.at + 1 or self.at
      self:redirection(words)
    elseif char:find('[;&|]') then
      words = self:flush(words)
      self.at = self.at + 1
    elseif char == '(' then
      words = self:bracket(words)
    elseif char == ')' then
      self.at = self.at + 1
      words = closer and self:flush(words) or {} -- a lone one ends the pattern of a case
      if closer then
        return
      end
    else
      words[#words + 1] = self:word()
    end
  end
  self:flush(words)
end

--- The commands of a script in their order, with the subshells between them.
---@param script string
---@return shell.Item[]
function M.parse(script)
  local parser = setmetatable({ s = script, at = 1, items = {}, documents = {} }, Parser)
  parser:commands(nil)
  return parser.items
end

return M
