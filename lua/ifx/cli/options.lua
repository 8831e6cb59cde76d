-- options: one parser and one help text for all commands. SPDX-License-Identifier: Apache-2.0
local err = require 'err'

local M = {}

---@class ifx.Option
---@field [1] string       its name: '--NAME', or '-N' for a single letter
---@field long? string     another name of it
---@field value? string    takes a value, called so in the help text; absent: a flag
---@field many? boolean    may be given more than once: opts[name] is a list
---@field doc string

---@class ifx.Command
---@field summary string
---@field usage? string     what follows the command's name
---@field doc? string       more lines for its help text
---@field options? ifx.Option[]
---@field args? integer[]   least and most number of words; default {0, 0}
---@field missing? fun(opts: table): string, string?  what to say, and a hint, when there are too few words
---@field own_help? boolean the command answers --help itself
---@field rest? boolean     what stands behind '--' is opts.rest; else it is words, whatever it looks like
---@field unknown? fun(opts: table, name: string, value: string?, words: string[]): boolean  an option not listed; `words` so far
---@field run fun(opts: table, args: string[]): integer?

---"did you mean 'x'?" when one of the names is near, else the fallback.
---@param word string
---@param names string[]
---@param fallback? string
---@return string?
function M.suggest(word, names, fallback)
  local best = require 'ifx.suggest'(word, names)
  return best and ("did you mean '%s'?"):format(best) or fallback
end

local function usage_error(message, hint)
  err.raise { kind = 'argument', usage = true, message = message, hint = hint }
end

local function spelled(name)
  return (#name == 1 and '-' or '--') .. name
end

local HELP = { 'help' }

local function known(command)
  local by_name, names = { help = HELP, h = HELP }, {}
  for _, option in ipairs(command.options or {}) do
    for _, name in ipairs { option[1], option.long } do
      by_name[name] = option
      names[#names + 1] = name
    end
  end
  return by_name, names
end

-- Of letters each is near to any other: only the same one, written large or small, is a likely slip.
local function refuse_option(command, name, names)
  local near = {}
  for _, other in ipairs(names) do
    if (#name > 1 and #other > 1) or name:lower() == other:lower() then near[#near + 1] = other end
  end
  local best = require 'ifx.suggest'(name, near)
  usage_error(("there is no option '%s'"):format(spelled(name)), best and ("did you mean '%s'?"):format(spelled(best))
    or ('see `ifx help %s`'):format((command.usage or ''):match '^%S*'))
end

local function rest_of(command, args, first, opts, words)
  if command.rest then
    opts.rest = table.move(args, first, #args, 1, {})
  else
    table.move(args, first, #args, #words + 1, words)
  end
end

local function store(opts, option, value)
  local name = option[1]
  if option.many then
    opts[name] = opts[name] or {}
    table.insert(opts[name], value)
  elseif opts[name] ~= nil then
    usage_error(('%s is given twice'):format(spelled(name)))
  else
    opts[name] = value
  end
end

local function refuse_few(command, opts)
  local usage = 'usage: ifx ' .. (command.usage or '')
  if not command.missing then usage_error('something is missing', usage) end
  local message, hint = command.missing(opts)
  usage_error(message, hint or usage)
end

local function check_count(command, opts, words)
  local least, most = table.unpack(command.args or { 0, 0 })
  if #words < least then refuse_few(command, opts) end
  if #words > most then
    usage_error(("'%s' is one word too many"):format(words[most + 1]), 'usage: ifx ' .. (command.usage or ''))
  end
end

---Take the words from index `first` apart. Raises a usage error (exit status 64).
---@param command ifx.Command
---@param args string[]
---@param first integer
---@return table opts, string[] words
function M.parse(command, args, first)
  local by_name, names = known(command)
  local opts, words, i = {}, {}, first
  local function take()
    i = i + 1
    return args[i]
  end
  while args[i] do
    local word = args[i]
    local name, value = word:match '^%-%-([%w][%w_-]*)=(.*)$'
    name = name or word:match '^%-%-([%w][%w_-]*)$' or word:match '^%-(%a)$'
    if word == '--' then
      rest_of(command, args, i + 1, opts, words)
      break
    elseif not name then
      if word:find '^%-%-?%w' then usage_error(("'%s' is not an option"):format(word)) end
      words[#words + 1] = word
    elseif by_name[name] then
      local option = by_name[name]
      if not option.value then
        if value then usage_error(('%s takes no value'):format(spelled(name))) end
        value = true
      elseif value == nil then
        value = take() or usage_error(('%s wants a value: %s'):format(spelled(name), option.value))
      end
      store(opts, option, value)
    elseif not (command.unknown and command.unknown(opts, name, value, words)) then
      refuse_option(command, name, names)
    end
    i = i + 1
  end
  if not opts.help then check_count(command, opts, words) end
  return opts, words
end

---@param name string
---@param command ifx.Command
---@return string
function M.help(name, command)
  local out = { ('%s\n\nusage: ifx %s\n'):format(command.summary, command.usage or name) }
  if command.doc then out[#out + 1] = '\n' .. command.doc .. '\n' end
  if #(command.options or {}) > 0 then out[#out + 1] = '\noptions:\n' end
  for _, option in ipairs(command.options or {}) do
    local left = spelled(option[1]) .. (option.long and ', ' .. spelled(option.long) or '')
    left = left .. (option.value and ' ' .. option.value or '')
    out[#out + 1] = ('  %-22s %s\n'):format(left, option.doc)
  end
  return table.concat(out)
end

return M
