-- place.lua: which path of the tree a word stands for. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local split = require './split'
local written = require 'ifx.repo.written'

local M = {}

---@class shell.Place
---@field path string of the tree; '' is its root
---@field own boolean|nil it is the folder of this script, by its own doing: it follows the script
---@field guessed boolean|nil it counts from a folder that the script was guessed to be in
---@field from string|nil it is written relative to this folder, and means something else in any other

---@class shell.State what a script goes through
---@field base string|nil folder that it is in; nil: it is not known any more
---@field own boolean|nil the base is the folder of this script, and follows it
---@field guessed boolean|nil the base was guessed from where the script went first
---@field moved boolean|nil it is not in the folder any more that it started in
---@field previous shell.Place|nil folder that it was in before
---@field pushed (shell.Place|false)[]
---@field folders table<string, shell.Place> what variables and expressions stand for
---@field script string|nil path of the script, where $0 is it
---@field source string|nil path of the file, where BASH_SOURCE is it
---@field top string|nil what git says is the top of the work tree

local function normal(joined)
  local found = path.normalize(joined == '' and '.' or joined)
  return found == '.' and '' or found
end

--- A path that counts from a folder; nil when it leads out, or is not known.
---@param base string|nil
---@param rest string
---@return string|nil
function M.join(base, rest)
  if not base or rest == '' or written.is_elsewhere(rest) then
    return nil
  end
  return normal(path.join(base, rest))
end

--- The folder that a script is in.
---@param state shell.State
---@return shell.Place|nil
function M.here(state)
  return state.base and { path = state.base, own = state.own, guessed = state.guessed or nil } or nil
end

local function parent(place, file)
  if place and place.path ~= '' then
    return { path = path.dirname(place.path), own = place.path == file or nil, guessed = place.guessed }
  end
end

-- What $0 or BASH_SOURCE names.
local function itself(state, name)
  local file = (name == '0' and state.script) or (name == 'BASH_SOURCE' and state.source) or nil
  return file and { path = file }
end

-- What a variable or an expression stands for.
local function of_name(state, name)
  local folder = state.folders[name]
  return folder and (not folder.from or folder.from == state.base) and folder or nil
end

-- ${X%/*}, and zsh's ${0:A:h} and ${(%):-%x}.
local function modified(state, source)
  local name = source:match('^%${([%w_]+)%%/%*}$') or source:match('^%${(BASH_SOURCE)%[0%]%%/%*}$')
  if name then
    return parent(itself(state, name) or of_name(state, name), state.source)
  end
  local heads = source:match('^%${0:[aAP]?(:?h[:h]*)}$') or source:match('^%${%(%%%):%-%%[Nx]}:[aAP](:h[:h]*)$')
  local place = heads and itself(state, '0')
  for _ in (heads or ''):gmatch('h') do
    place = parent(place, state.source)
  end
  return place or (source:find('^%${%(%%%):%-%%[Nx]}$') and itself(state, 'BASH_SOURCE')) or nil
end

local evaluate

-- The words of a command without redirections and flags.
local function operands(words)
  local out = {}
  for _, word in ipairs(words) do
    local text_of = split.text(word)
    if not word.redirect and not (text_of and text_of:find('^%-%-?%a*$') and #out > 0) then
      out[#out + 1] = word
    end
  end
  return out
end

local function of_git(state, words)
  for _, word in ipairs(words) do
    if split.text(word) == '--show-toplevel' then
      return state.top and { path = state.top } or nil
    end
  end
end

-- What commands print, where it is a place.
local PRINTS = {
  pwd = M.here,
  dirname = function(state, words) return parent(evaluate(state, words[2]), state.source) end,
  realpath = function(state, words) return evaluate(state, words[2]) end,
  git = of_git,
}
PRINTS.readlink, PRINTS.greadlink, PRINTS.grealpath = PRINTS.realpath, PRINTS.realpath, PRINTS.realpath

--- Where the first `cd` of a script goes whose caller's folder is not known: callers are in the folder of the script, or
--- in the root. It is known where only one of them has that folder.
---@param ctx table context of the finder
---@param state shell.State
---@param word shell.Word|nil
---@return shell.Place|nil
function M.guess(ctx, state, word)
  local text_of = word and split.text(word)
  if state.base or state.moved or not state.source or not text_of then
    return nil
  end
  local found = {}
  for _, base in ipairs { path.dirname(state.source), '' } do
    local target = M.join(base, text_of)
    if target and target ~= '' and finder.locate(ctx, target) == 'dir' then
      found[target] = true
    end
  end
  local folders = list.keys(found)
  return #folders == 1 and { path = folders[1], guessed = true } or nil
end

--- Where `cd` goes; nil when that is not known.
---@param state shell.State
---@param words shell.Word[]
---@return shell.Place|nil
function M.of_cd(state, words)
  return evaluate(state, operands(words)[2])
end

-- The place that the output of commands names.
local function substituted(state, items)
  local own, depth, result = setmetatable({}, { __index = state }), 0, nil
  for _, item in ipairs(items) do
    if item.open ~= nil then
      depth = depth + (item.open and 1 or -1)
    elseif item.words and depth == 0 and not (item.operator == '||' and result) then
      local words = operands(item.words)
      local name = words[1] and split.text(words[1])
      if name == 'cd' then
        local place = M.of_cd(own, item.words)
        if not place then
          return nil
        end
        own.base, own.own, own.guessed = place.path, place.own, place.guessed or false
      elseif PRINTS[name] and not result then
        result = PRINTS[name](own, name == 'git' and item.words or words)
        if not result then
          return nil
        end
      else
        return nil
      end
    end
  end
  return result
end

-- The place that something filled in stands for.
local function of_piece(state, piece)
  local name, source = piece.name, piece.source
  local folder = name and of_name(state, name)
  if folder then
    return folder
  elseif name == 'PWD' then
    return M.here(state)
  elseif name then
    return itself(state, name)
  end
  local script = source:match('^%$?%$%((.*)%)$') or source:match('^`(.*)`$')
  if script then
    piece.items = piece.items or split.parse(script) -- what a word stands for is asked several times
    return substituted(state, piece.items)
  end
  return modified(state, source)
end

--- The place that the beginning of a word stands for, when something is filled in there.
---@param state shell.State
---@param word shell.Word
---@param first integer the piece that it begins with
---@return shell.Place|nil
function M.beginning(state, word, first)
  local piece = word.pieces[first]
  return piece and piece.source and of_piece(state, piece) or nil
end

--- A slash before a place that is filled in adds nothing: the place begins with one already.
---@param word shell.Word
---@return shell.Word
function M.without_slash(word)
  local first, second = word.pieces[1], word.pieces[2]
  if first and first.text == '/' and second and second.source then
    return { pieces = { table.unpack(word.pieces, 2) }, from = word.from }
  end
  return word
end

--- The place that a whole word stands for.
---@param state shell.State
---@param word shell.Word|nil
---@return shell.Place|nil
function evaluate(state, word)
  if not word then
    return nil
  end
  local text_of = split.text(word)
  if text_of then
    local found = M.join(state.base, text_of)
    return found and { path = found, own = state.own and found == state.base or nil, guessed = state.guessed or nil }
  end
  word = M.without_slash(word)
  local place, rest = M.beginning(state, word, 1), {}
  for i = 2, #word.pieces do
    rest[#rest + 1] = word.pieces[i].text or '$'
  end
  rest = table.concat(rest)
  if not place or rest == '' then
    return place
  end
  local lead, behind = rest:match('^(/+)([^$]*)$')
  if not lead then
    return nil
  end
  local found = behind == '' and place.path or M.join(place.path, behind)
  return found and { path = found, own = place.own and found == place.path or nil, guessed = place.guessed }
end
M.evaluate = evaluate

--- The path of the tree that a command prints, such as `git rev-parse --show-toplevel`.
---@param script string
---@param state shell.State
---@return string|nil
function M.of_output(script, state)
  local found = substituted(state, split.parse(script))
  return found and found.path
end

return M
