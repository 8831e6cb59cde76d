-- parameters.lua: the parameters of a recipe out of the words of `ifx run`. SPDX-License-Identifier: Apache-2.0
local err = require 'err'

local M = {}

local function usage(message, hint)
  err.raise { kind = 'argument', usage = true, message = message, hint = hint }
end

local function is_boolean(loaded, name)
  local field = loaded.params[name:gsub('-', '_')] or loaded.params[name]
  return field and field.type == 'boolean'
end

-- What may stand after --: options of `ifx run`, parameters of the recipe.
local function nearest(loaded, name)
  local known = {}
  for _, option in ipairs(require('ifx.cli.run').options) do
    if #option[1] > 1 then known[#known + 1] = option[1] end
  end
  for parameter, field in pairs(loaded.params) do
    local spelled = parameter:gsub('_', '-')
    known[#known + 1] = spelled
    if field.type == 'boolean' then known[#known + 1] = 'no-' .. spelled end
  end
  return require 'ifx.suggest'(name:gsub('_', '-'), known)
end

local function refuse_unknown(loaded, word, name)
  local close = nearest(loaded, name)
  usage(("neither `ifx run` nor the recipe %s has an option '--%s'%s"):format(loaded.name, name,
    loaded.more and ('; %s come with a value'):format(loaded.more) or ''),
    close and ('did you mean --%s?'):format(close) or ('ifx run %s --help shows its parameters'):format(word))
end

local function add(values, loaded, name, text)
  local key = name:gsub('-', '_')
  local field = loaded.params[key]
  if values[key] and field and field.type:find('%[%]$') then
    text = values[key] .. ',' .. text
  elseif values[key] then
    usage(("the parameter '%s' is given twice"):format(name))
  end
  values[key] = text
end

-- Words that are values of parameters leave the list of words.
local function given_values(loaded, opts, words)
  local values, used = {}, {}
  local given = opts.given or {}
  for i, option in ipairs(given) do
    local negated = option.name:match('^no%-(.+)$')
    local text, key = option.value, option.name:gsub('-', '_')
    local following = given[i + 1] -- a word belongs to the option that it stands behind
    local word = not (following and following.after == option.after) and words[option.after + 1] or nil
    if not text and is_boolean(loaded, option.name) then
      text = 'true'
    elseif not text and negated and not loaded.params[key] and is_boolean(loaded, negated) then
      option.name, text = negated, 'false'
    elseif not text and not loaded.params[key] and not (loaded.more and word) then
      refuse_unknown(loaded, words[1], option.name)
    elseif not text then
      used[option.after + 1] = true
      text = word or usage(('--%s wants a value'):format(option.name))
    end
    add(values, loaded, option.name, text)
  end
  for i = 2, #words do
    if not used[i] then
      usage(("'%s' is one word too many"):format(words[i]), 'words for the recipe itself come after --')
    end
  end
  return values
end

-- --set NAME=VALUE; `accept` belongs to every recipe.
local function set_values(loaded, opts, values)
  local accepted = {}
  for _, setting in ipairs(opts.set or {}) do
    local name, text = setting:match('^([%w_-]+)=(.*)$')
    if not name then
      usage(("--set wants NAME=VALUE, not '%s'"):format(setting))
    elseif name == 'accept' then
      for id in text:gmatch('[^,]+') do
        accepted[#accepted + 1] = id
      end
    else
      add(values, loaded, name, text)
    end
  end
  table.sort(accepted)
  return accepted
end

---What the command line gives a recipe. Raises a usage error.
---@param loaded ifx.Recipe
---@param opts table   of the command line: `given` (options that are none of the command's) and `set`
---@param words string[]  the recipe, and values of `given`
---@return table<string, string> values
---@return string[] accepted  hazards, by name
function M.read(loaded, opts, words)
  local values = given_values(loaded, opts, words)
  return values, set_values(loaded, opts, values)
end

return M
