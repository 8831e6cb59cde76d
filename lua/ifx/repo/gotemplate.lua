-- gotemplate.lua: the actions of a Go template, and its text without them. SPDX-License-Identifier: Apache-2.0
local gotemplate = {}

---@class ifx.repo.TemplateToken
---@field type 'string'|'word'|'sign'  a literal; a name, a field, a variable, a number; brackets, pipes and other signs
---@field text string   of a string its value as far as it is written without escapes
---@field start integer first byte; of a string behind the quote
---@field stop integer
---@field escaped boolean|nil a string whose bytes are not its value

---@class ifx.repo.TemplateAction
---@field start integer first byte of the opening brackets
---@field stop integer  last byte of the closing ones
---@field tokens ifx.repo.TemplateToken[] none of a comment

local function quoted(s, at)
  local stop = at + 1
  while stop <= #s and s:sub(stop, stop) ~= '"' do
    if s:sub(stop, stop) == '\n' then return nil end
    stop = stop + (s:sub(stop, stop) == '\\' and 2 or 1)
  end
  if stop > #s then return nil end
  local value = s:sub(at + 1, stop - 1)
  return { type = 'string', text = value, start = at + 1, stop = stop - 1, escaped = value:find('\\', 1, true) and true or nil },
    stop + 1
end

local function raw(s, at)
  local stop = s:find('`', at + 1, true)
  if not stop then return nil end
  return { type = 'string', text = s:sub(at + 1, stop - 1), start = at + 1, stop = stop - 1 }, stop + 1
end

local function token(s, at)
  local sign = s:sub(at, at)
  if sign == '"' then return quoted(s, at) end
  if sign == '`' then return raw(s, at) end
  local after = s:match("^'\\?[^\n][^'\n]*'()", at)
  if after then return { type = 'word', text = s:sub(at, after - 1), start = at, stop = after - 1 }, after end
  after = s:match('^[%w_.$\128-\255]+()', at) or s:match('^:=()', at) or at + 1
  local kind = s:find('^[%w_.$\128-\255]', at) and 'word' or 'sign'
  return { type = kind, text = s:sub(at, after - 1), start = at, stop = after - 1 }, after
end

-- The action that opens at a byte; nil when it never ends.
local function action(s, start)
  local comment = s:match('^{{%-?%s*/%*()', start)
  if comment then
    local stop = s:match('%*/%s*%-?}}()', comment)
    return stop and { start = start, stop = stop - 1, tokens = {} }
  end
  local tokens, at = {}, start + 2
  at = s:match('^%-%f[%s]()', at) or at
  while true do
    at = s:match('^%s*()', at)
    local stop = s:match('^%-?}}()', at)
    if stop then return { start = start, stop = stop - 1, tokens = tokens } end
    if at > #s then return nil end
    tokens[#tokens + 1], at = token(s, at)
    if not at then return nil end
  end
end

---The actions of a text, in their order. One that never ends is none, and neither is what follows it.
---@param s string
---@return ifx.repo.TemplateAction[]
function gotemplate.actions(s)
  local found, at = {}, 1
  while true do
    local start = s:find('{{', at, true)
    local one = start and action(s, start)
    if not one then return found end
    found[#found + 1], at = one, one.stop + 1
  end
end

---What a function or field is called with: one token, or all between a pair of brackets.
---@param one ifx.repo.TemplateAction
---@param i integer index of its first token
---@return ifx.repo.TemplateToken|nil first nil where no operand stands
---@return ifx.repo.TemplateToken|nil last
---@return ifx.repo.TemplateToken[]|nil formats the texts inside that hold a '%'
function gotemplate.operand(one, i)
  local first, depth, formats = one.tokens[i], 0, {}
  if not first or first.type == 'sign' and first.text ~= '(' then return nil end
  for at = i, #one.tokens do
    local item = one.tokens[at]
    local sign = item.type == 'sign' and item.text
    depth = depth + (sign == '(' and 1 or sign == ')' and -1 or 0)
    if item.type == 'string' and item.text:find('%', 1, true) and not item.escaped then formats[#formats + 1] = item end
    if depth == 0 then return first, item, formats end
  end
  return first, one.tokens[#one.tokens], formats
end

-- Asks in rising order: is there nothing else in the lines from one byte to another?
local function alone(s)
  local line = 1
  return function(first, last)
    local newline = s:find('\n', line, true)
    while newline and newline < first do
      line = newline + 1
      newline = s:find('\n', line, true)
    end
    local after = s:match('^[ \t\r]*()', last + 1)
    return s:match('^[ \t]*()', line) == first and (after > #s or s:sub(after, after) == '\n')
  end
end

-- Letters of the same number; two actions of the same length read differently, so that no key is there twice.
local function filler(i, bytes)
  local mark = ('t%d'):format(i)
  mark = #mark > #bytes and mark:sub(-#bytes) or mark .. ('_'):rep(#bytes - #mark)
  local at = 0
  return (bytes:gsub('[^\n]', function(byte)
    at = at + 1
    return byte:byte() >= 128 and byte or mark:sub(at, at)
  end))
end

local OPENS = { ['if'] = true, range = true, with = true, define = true, block = true }

-- The actions of first branches: an `else` is one action with all up to its `end`.
local function first_branches(actions)
  local kept, others, depth, skipping = {}, {}, 0, nil
  for _, one in ipairs(actions) do
    local word = one.tokens[1] and one.tokens[1].text
    depth = depth + (OPENS[word] and 1 or 0)
    if word == 'else' and not skipping and depth > 0 then
      skipping = depth
      kept[#kept + 1] = { start = one.start, stop = one.stop, tokens = one.tokens }
      others[#others + 1] = one
    elseif word == 'end' and skipping == depth then
      kept[#kept].stop, skipping = one.stop, nil
    elseif not skipping then
      kept[#kept + 1] = one
    end
    depth = depth - (word == 'end' and 1 or 0)
  end
  return kept, others
end

---The text with a filling of the same length for each action, so that it can be read as the format that the template makes,
---with every byte at its place: blanks where an action has its lines for itself, letters within a line.
---@param s string
---@param branches? 'first' of a condition only the first branch stays, too
---@return string
---@return ifx.repo.TemplateAction[] others the actions `else` of the branches that are left out
function gotemplate.masked(s, branches)
  local actions, others, is_alone = gotemplate.actions(s), {}, alone(s)
  if branches == 'first' then actions, others = first_branches(actions) end
  local parts, at, i = {}, 1, 1
  while i <= #actions do
    local first, last = actions[i], actions[i]
    while actions[i + 1] and s:sub(last.stop + 1, actions[i + 1].start - 1):find('^[ \t]*$') do
      i = i + 1
      last = actions[i]
    end
    local bytes = s:sub(first.start, last.stop)
    parts[#parts + 1] = s:sub(at, first.start - 1)
    parts[#parts + 1] = is_alone(first.start, last.stop) and bytes:gsub('[^\n]', ' ') or filler(i, bytes)
    at, i = last.stop + 1, i + 1
  end
  parts[#parts + 1] = s:sub(at)
  return table.concat(parts), others
end

return gotemplate
