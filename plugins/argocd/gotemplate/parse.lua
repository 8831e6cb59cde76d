-- parse.lua: a Go template as a tree. SPDX-License-Identifier: Apache-2.0
local gotemplate = require 'ifx.repo.gotemplate'

local M = {}

---@class argocd.template.Operand
---@field kind 'dot'|'field'|'variable'|'value'|'nil'|'function'|'pipe'
---@field name string|nil     of a variable or function
---@field names string[]|nil  fields that are taken from it
---@field value any

---@class argocd.template.Pipe
---@field declares string[]   variables that take its value
---@field sets boolean|nil    they are there already
---@field commands argocd.template.Operand[][]

local function wrong(message)
  err.raise { kind = 'parse', message = ('failed to parse template: %s'):format(message) }
end

local function refuse(what)
  err.raise { kind = 'unsupported', message = ('%s of a template is not followed here'):format(what) }
end

-- ---- tokens of one action ----

local function fields_of(text)
  local names = {}
  for name in text:gmatch '%.([^.]+)' do names[#names + 1] = name end
  return names
end

local ESCAPES = { n = '\n', t = '\t', r = '\r', a = '\a', b = '\b', f = '\f', v = '\v', ['\\'] = '\\', ['"'] = '"', ["'"] = "'" }

local function unescaped(text)
  return (text:gsub('\\(.)(%x?%x?%x?%x?)', function(sign, digits)
    if sign == 'u' and #digits == 4 then return utf8.char(tonumber(digits, 16)) end
    if sign == 'x' and #digits >= 2 then return string.char(tonumber(digits:sub(1, 2), 16)) .. digits:sub(3) end
    if not ESCAPES[sign] then refuse(('the escape \\%s'):format(sign)) end
    return ESCAPES[sign] .. digits
  end))
end

local function number(text)
  local plain = text:gsub('_', '')
  return plain:find '^%d' and tonumber(plain) or nil
end

local WORDS = { ['true'] = true, ['false'] = false }

local function word(text)
  if text == '.' then return { kind = 'dot' } end
  if text:sub(1, 1) == '.' then return { kind = 'field', names = fields_of(text) } end
  if text:sub(1, 1) == '$' then
    return { kind = 'variable', name = text:match '^%$[^.]*', names = fields_of(text) }
  end
  if text:sub(1, 1) == "'" then refuse(('the character %s'):format(text)) end
  if WORDS[text] ~= nil then return { kind = 'value', value = WORDS[text] } end
  if text == 'nil' then return { kind = 'nil' } end
  local value = number(text)
  if value then return { kind = 'value', value = value } end
  if text:find '%.' then wrong(('unexpected %q in operand'):format(text)) end
  return { kind = 'function', name = text }
end

local pipe

local function is_sign(token, sign) return token ~= nil and token.type == 'sign' and token.text == sign end

-- The operand at a token, and the index behind it; nil where none begins.
local function operand(tokens, at)
  local token = tokens[at]
  if not token then return nil end
  if token.type == 'string' then
    return { kind = 'value', value = token.escaped and unescaped(token.text) or token.text }, at + 1
  elseif token.type == 'word' then
    return word(token.text), at + 1
  elseif is_sign(token, '-') or is_sign(token, '+') then
    local after = tokens[at + 1]
    local value = after and after.start == token.stop + 1 and after.type == 'word' and number(after.text)
    if not value then wrong(('unexpected %q in command'):format(token.text)) end
    return { kind = 'value', value = token.text == '-' and -value or value }, at + 2
  elseif is_sign(token, '(') then
    local inner, after = pipe(tokens, at + 1)
    if not is_sign(tokens[after], ')') then wrong 'unclosed left paren' end
    local out, chain = { kind = 'pipe', value = inner, names = {} }, tokens[after + 1]
    if chain and chain.type == 'word' and chain.start == tokens[after].stop + 1 and chain.text:find '^%.[^.]' then
      out.names, after = fields_of(chain.text), after + 1
    end
    return out, after + 1
  end
end

local function command(tokens, at)
  local out = {}
  while true do
    local one, after = operand(tokens, at)
    if not one then break end
    out[#out + 1], at = one, after
  end
  if #out == 0 then wrong 'missing value for command' end
  if #out > 1 and (out[1].kind == 'value' or out[1].kind == 'dot') then wrong "can't give argument to non-function" end
  return out, at
end

-- `$x := `, `$i, $x := `, `$x = ` before a pipeline.
local function declaration(tokens, at)
  local names, to = {}, at
  while tokens[to] and tokens[to].type == 'word' and tokens[to].text:find '^%$[%w_]*$' do
    names[#names + 1] = tokens[to].text
    if not is_sign(tokens[to + 1], ',') then break end
    to = to + 2
  end
  local sign = #names > 0 and tokens[to + 1]
  if is_sign(sign or nil, ':=') or sign and sign.text == ':=' then return names, false, to + 2 end
  if is_sign(sign or nil, '=') then return names, true, to + 2 end
  return {}, nil, at
end

function pipe(tokens, at)
  local out = { commands = {} }
  out.declares, out.sets, at = declaration(tokens, at)
  repeat
    out.commands[#out.commands + 1], at = command(tokens, at)
    local more = is_sign(tokens[at], '|')
    if more then at = at + 1 end
  until not more
  return out, at
end

local function whole_pipe(tokens, at)
  local out, after = pipe(tokens, at)
  if tokens[after] then wrong(('unexpected %q in command'):format(tokens[after].text)) end
  return out
end

-- ---- the text between actions ----

local function pieces(source)
  local out, at, trims = {}, 1, false
  local function add_text(text, before_trim)
    if trims then text = text:gsub('^[ \t\r\n]+', '') end
    if before_trim then text = text:gsub('[ \t\r\n]+$', '') end
    if text ~= '' then out[#out + 1] = { text = text } end
  end
  for _, action in ipairs(gotemplate.actions(source)) do
    add_text(source:sub(at, action.start - 1), source:find('^{{%-[ \t\r\n]', action.start) ~= nil)
    out[#out + 1] = { tokens = action.tokens }
    trims = source:sub(action.stop - 3, action.stop):find '^[ \t\r\n]%-}}$' ~= nil
    at = action.stop + 1
  end
  local rest = source:sub(at)
  if rest:find('{{', 1, true) then wrong 'unclosed action' end
  add_text(rest, false)
  return out
end

-- ---- blocks ----

local BLOCKS = { ['if'] = true, range = true, with = true }
local REFUSED = { define = true, template = true, block = true, ['break'] = true, continue = true }

local function head(piece)
  local first = piece.tokens and piece.tokens[1]
  return first and first.type == 'word' and first.text or nil
end

local body

local function block(state, keyword, tokens, from)
  local out = { kind = keyword, pipe = whole_pipe(tokens, from) }
  local ended
  out.body, ended = body(state)
  if ended and head(ended) == 'else' then
    local next_one = ended.tokens[2]
    if next_one then
      if next_one.text ~= 'if' and next_one.text ~= 'with' then wrong(('unexpected %q in else'):format(next_one.text)) end
      out.other = { block(state, next_one.text, ended.tokens, 3) }
      return out
    end
    out.other, ended = body(state)
  end
  if not ended or head(ended) ~= 'end' then wrong 'unexpected EOF' end
  return out
end

-- Up to `else` or `end`, which is returned, or up to the end of the text.
function body(state)
  local out = {}
  while state.pieces[state.at] do
    local piece = state.pieces[state.at]
    state.at = state.at + 1
    local keyword = head(piece)
    if piece.text then
      out[#out + 1] = { kind = 'text', text = piece.text }
    elseif keyword == 'end' or keyword == 'else' then
      return out, piece
    elseif BLOCKS[keyword] then
      out[#out + 1] = block(state, keyword, piece.tokens, 2)
    elseif REFUSED[keyword] then
      refuse(('the action %s'):format(keyword))
    elseif #piece.tokens > 0 then
      out[#out + 1] = { kind = 'print', pipe = whole_pipe(piece.tokens, 1) }
    end
  end
  return out
end

---A template as a tree. Raises 'parse', and 'unsupported' for what is not followed.
---@param source string
---@return table[]
function M.parse(source)
  local state = { pieces = pieces(source), at = 1 }
  local out, ended = body(state)
  if ended then wrong(('unexpected {{%s}}'):format(head(ended))) end
  return out
end

return M
