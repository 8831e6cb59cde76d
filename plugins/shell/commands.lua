-- commands.lua: the paths among the words of a shell script. SPDX-License-Identifier: Apache-2.0

local globs = require 'ifx.repo.globs'
local split = require './split'
local tools = require './tools'
local written = require 'ifx.repo.written'

local M = {}

---@class shell.State what a script goes through
---@field base string|nil folder that it is in; nil: it is not known any more
---@field previous string|nil folder that it was in before
---@field pushed string[]
---@field folders table<string, string> variables and expressions that stand for a folder

---@class shell.Options
---@field kind string of the references
---@field add fun(view: ifx.repo.Excerpt, from: integer, to: integer, r: table)|nil adds a path: ifx.repo.written's by default

-- The piece of a word that a path stands in: the last one, when all before it fill in a folder.
local function span(word, skip)
  local first, last = word.pieces[1], word.pieces[#word.pieces]
  if not first or not last.text and not first.text then
    return nil
  end
  local text_of = split.text(word)
  if text_of and #word.pieces == 1 then
    return first.from + (skip or 0), first.from + #text_of - 1, text_of:sub((skip or 0) + 1)
  elseif text_of and skip and #word.pieces == 2 and #first.text == skip then
    return last.from, last.from + #last.text - 1, last.text -- --flag="path"
  end
end

-- A word that is a variable of a folder and a path in it.
local function behind_folder(state, word)
  local first, second = word.pieces[1], word.pieces[2]
  local folder = first and first.name and state.folders[first.name]
  if not folder or #word.pieces ~= 2 or not second.text or not second.text:find('^/') then
    return nil
  end
  local lead = #second.text:match('^/+')
  return second.from + lead, second.from + #second.text - 1, folder
end

-- Adds a word that is a path where it is there. `strong`: it is one even where nothing is.
local function add(job, state, word, r)
  local view = job.view
  local from, to, base = behind_folder(state, word)
  if from then
    return to >= from and job.add(view, from, to, {
      kind = job.kind, base = base, found_only = not r.strong, guess = r.optional, rewrite = 'word',
    })
  end
  local text_of
  from, to, text_of = span(word, r.skip)
  if not from or to < from or not state.base or written.is_elsewhere(text_of) or text_of == '-' or text_of:find('[{}|<>]') then
    if r.strong and not split.text(word) then
      view.c:doubt(view.match, split.show(word), 'a variable or an expression fills it in')
    end
    return nil
  end
  return job.add(view, from, to, {
    kind = job.kind, base = state.base, found_only = not r.strong, guess = r.optional, rewrite = 'word', check = r.check,
  })
end

local MADE = 'an earlier command may make it'

-- cd, pushd, popd
local function enter(job, state, words, name)
  local word = words[2]
  local text_of = word and split.text(word)
  if name == 'popd' then
    state.base = table.remove(state.pushed) or state.base
  elseif not word then
    state.base = nil
  elseif text_of == '-' then
    state.base, state.previous = state.previous, state.base
  else
    if name == 'pushd' then
      table.insert(state.pushed, state.base or '')
    end
    add(job, state, word, { strong = true, optional = MADE, check = written.want_folder })
    local from, to, base = behind_folder(state, word)
    local place = from and path.normalize(path.join(base, job.view.text:sub(from, to)))
      or text_of and state.base and not written.is_elsewhere(text_of) and path.normalize(path.join(state.base, text_of)) or nil
    state.previous, state.base = state.base, place == '.' and '' or place
  end
end

-- Does a text read like a path even where the tool may mean something else by it?
local function reads_like_path(text_of)
  return text_of:find('/', 1, true) ~= nil or text_of:find('%.[%w]+$') ~= nil
end

-- One argument of a command.
local function argument(job, state, word, tool, before)
  local text_of = split.text(word)
  local flag = (text_of or ''):match('^(%-%-?[%w][%w_-]*)=')
  local after = flag and #flag + 1
  if word.redirect then
    return add(job, state, word, {})
  elseif flag then
    local value = text_of:sub(after + 1)
    if tool.folders[flag] or tool.files[flag] then
      return add(job, state, word, { skip = after, strong = tool.must[flag], optional = MADE })
    end
    return not tool.skips[flag] and reads_like_path(value) and add(job, state, word, { skip = after })
  elseif before and (tool.folders[before] or tool.files[before]) then
    return add(job, state, word, { strong = tool.must[before], optional = MADE })
  elseif before and tool.skips[before] then
    return nil
  elseif text_of and text_of:find('^[-+@=%%]') then
    return nil
  elseif not text_of then
    return behind_folder(state, word) and add(job, state, word, {})
  end
  if tool.operands or tool.flags_only ~= true and reads_like_path(text_of) then
    return add(job, state, word, {})
  end
end

local function is_flag(word)
  local text_of = word and split.text(word)
  return text_of and text_of:find('^%-') and text_of or nil
end

-- `-chdir=prod`, `-C dir`: where the other arguments count from.
local function entered(words, from, tool, state)
  for i = from, #words do
    local text_of = split.text(words[i]) or ''
    local flag, value = text_of:match('^(%-[%w-]+)=(.*)$')
    if tool.enters[text_of] then
      flag, value = text_of, words[i + 1] and split.text(words[i + 1])
    end
    if flag and tool.enters[flag] then
      local place = state.base and value and not written.is_elsewhere(value) and path.normalize(path.join(state.base, value))
      return { base = place == '.' and '' or place or nil }
    end
  end
  return state
end

local function arguments(job, start, words, from, tool)
  local operands, inside = 0, entered(words, from, tool, start)
  for i = from, #words do
    local before = is_flag(words[i - 1])
    local flag = is_flag(words[i])
    local value = before and (tool.files[before] or tool.folders[before] or tool.skips[before])
    if not flag and not words[i].redirect and not value then
      operands = operands + 1
    end
    local enters = tool.enters[before or ''] or tool.enters[(flag or ''):match('^[^=]*')]
    local state = (enters or words[i].redirect) and start or inside
    if flag or value or words[i].redirect or operands > (tool.after or 0) then
      argument(job, state, words[i], tool, i > from and before or nil)
    end
  end
end

-- The command itself, when it is named by a path.
local function program(job, state, word, text_of)
  if text_of and text_of:find('/', 1, true) or not text_of then
    add(job, state, word, { strong = text_of and text_of:find('^%.%.?/') ~= nil, optional = MADE })
  end
end

-- The script that an interpreter runs: its first operand.
local function interpreted(job, state, words, at)
  for i = at + 1, #words do
    local text_of = split.text(words[i])
    if text_of == '-c' or text_of == '-e' or text_of == '-m' or text_of == '-s' then
      return #words + 1
    elseif not (text_of and text_of:find('^[-+]')) then
      add(job, state, words[i], { strong = text_of and text_of:find('/', 1, true) ~= nil, optional = MADE })
      return i + 1
    end
  end
  return #words + 1
end

-- NAME=value before or instead of a command; its use is elsewhere, so it is no more than a text.
local function assignment(job, state, word)
  local first = word.pieces[1]
  local name = first and first.text and first.text:match('^[%a_][%w_]*%+?=')
  if not name then
    return false
  end
  local from, to, value = span(word, #name)
  if from and to >= from and state.base and value:find('/', 1, true) and not written.is_elsewhere(value)
    and not globs.is_glob(value) then
    job.add(job.view, from, to, { kind = job.kind, base = state.base, found_only = true, exact = false, rewrite = 'word' })
  end
  return true
end

local function command(job, state, words)
  local at = 1
  while words[at] and (tools.prefixes[split.text(words[at]) or ''] or assignment(job, state, words[at])) do
    at = at + 1
  end
  local word = words[at]
  if not word then
    return
  elseif word.redirect then
    return arguments(job, state, words, at, tools.default)
  end
  local name = split.text(word)
  if tools.enters[name or ''] then
    return enter(job, state, { word, words[at + 1] }, name)
  end
  program(job, state, word, name)
  local tool = tools.of(name and name:match('[^/]*$') or '', words[at + 1] and split.text(words[at + 1]))
  local from = tool.interpreter and interpreted(job, state, words, at) or at + 1
  arguments(job, state, words, from, tool)
end

local function copy(state)
  return {
    base = state.base, previous = state.previous, pushed = table.move(state.pushed, 1, #state.pushed, 1, {}),
    folders = state.folders,
  }
end

--- The state at the beginning of a script.
---@param base string|nil folder that it starts in; nil: it is not known
---@param folders table<string, string>|nil
---@return shell.State
function M.start(base, folders)
  return { base = base, pushed = {}, folders = folders or {} }
end

--- Adds the paths of a script.
---@param view ifx.repo.Excerpt
---@param state shell.State where it starts
---@param options shell.Options
---@return shell.State where it ends
function M.find(view, state, options)
  local job, around = { view = view, kind = options.kind, add = options.add or written.add }, {}
  for _, item in ipairs(split.parse(view.text)) do
    if item.words then
      command(job, state, item.words)
    elseif item.open then
      around[#around + 1] = state
      state = copy(state)
    else
      state = table.remove(around) or state
    end
  end
  return state
end

--- Writes a word of a script anew; one that would need quotes is left to a person.
---@param _ table
---@param move table
---@return string|nil text
---@return string|nil why
function M.rewrite(_, move)
  if move.text:find('[^%w_./@+:,=%%*?-]') or not move.text:find('^[%w_./]') then
    return nil, 'the new path would need quotes in the shell'
  end
  return move.text
end

return M
