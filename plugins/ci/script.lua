-- script.lua: the paths among the words of a shell script. SPDX-License-Identifier: Apache-2.0

local globs = require 'ifx.repo.globs'
local paths = require './paths'
local shell = require './shell'
local tools = require './tools'

local M = {}

---@class ci.Shell the state that a script goes through
---@field base string|nil folder of the workspace; nil: it is not known any more
---@field stack table[] states of the subshells around

local KIND = 'ci.run'

-- The piece of a word that a path stands in: the last one, when all before it fill in a folder.
local function span(word, skip)
  local first, last = word.pieces[1], word.pieces[#word.pieces]
  if not first or not last.text and not first.text then
    return nil
  end
  local text_of = shell.text(word)
  if text_of and #word.pieces == 1 then
    return first.from + (skip or 0), first.from + #text_of - 1, text_of:sub((skip or 0) + 1)
  elseif text_of and skip and #word.pieces == 2 and #first.text == skip then
    return last.from, last.from + #last.text - 1, last.text -- --flag="path"
  end
end

-- Variables and expressions that stand for a folder which is known, before a slash.
local FOLDERS = {
  ['github.workspace'] = 'root', GITHUB_WORKSPACE = 'root', CI_PROJECT_DIR = 'root',
  ['github.action_path'] = 'own', GITHUB_ACTION_PATH = 'own',
}

local function behind_folder(job, word)
  local first, second = word.pieces[1], word.pieces[2]
  local kind = first and first.name and FOLDERS[first.name]
  if not kind or #word.pieces ~= 2 or not second.text or not second.text:find('^/') or kind == 'own' and not job.own_folder then
    return nil
  end
  local lead = #second.text:match('^/+')
  return second.from + lead, second.from + #second.text - 1, kind == 'own' and job.own_folder or ''
end

-- Adds a word that is a path where it is there. `strong`: it is one even where nothing is.
local function add(job, view, state, word, r)
  local from, to, base = behind_folder(job, word)
  if from then
    return to >= from and paths.literal(job, view, from, to, {
      kind = KIND, base = base, found_only = not r.strong, guess = r.optional, rewrite = 'word',
    })
  end
  local text_of
  from, to, text_of = span(word, r.skip)
  if not from or to < from or not state.base or paths.is_elsewhere(text_of) or text_of == '-' or text_of:find('[{}|<>]') then
    if r.strong and not shell.text(word) then
      job.c:doubt(view.match, shell.show(word), 'a variable or an expression fills it in')
    end
    return nil
  end
  return paths.literal(job, view, from, to, {
    kind = KIND, base = state.base, found_only = not r.strong, guess = r.optional, rewrite = 'word', check = r.check,
  })
end

local MADE = 'an earlier command may make it'

-- cd, pushd, popd
local function enter(job, view, state, words, name)
  local word = words[2]
  local text_of = word and shell.text(word)
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
    add(job, view, state, word, { strong = true, optional = MADE, check = paths.want_folder })
    local from, to, base = behind_folder(job, word)
    local place = from and path.normalize(path.join(base, view.text:sub(from, to)))
      or text_of and state.base and not paths.is_elsewhere(text_of) and path.normalize(path.join(state.base, text_of)) or nil
    state.previous, state.base = state.base, place == '.' and '' or place
  end
end

-- Does a text read like a path even where the tool may mean something else by it?
local function reads_like_path(text_of)
  return text_of:find('/', 1, true) ~= nil or text_of:find('%.[%w]+$') ~= nil
end

-- One argument of a command.
local function argument(job, view, state, word, tool, before)
  local text_of = shell.text(word)
  local flag = (text_of or ''):match('^(%-%-?[%w][%w_-]*)=')
  local after = flag and #flag + 1
  if word.redirect then
    return add(job, view, state, word, {})
  elseif flag then
    local value = text_of:sub(after + 1)
    if tool.folders[flag] or tool.files[flag] then
      return add(job, view, state, word, { skip = after, strong = tool.must[flag], optional = MADE })
    end
    return not tool.skips[flag] and reads_like_path(value) and add(job, view, state, word, { skip = after })
  elseif before and (tool.folders[before] or tool.files[before]) then
    return add(job, view, state, word, { strong = tool.must[before], optional = MADE })
  elseif before and tool.skips[before] then
    return nil
  elseif text_of and text_of:find('^[-+@=%%]') then
    return nil
  elseif not text_of then
    return behind_folder(job, word) and add(job, view, state, word, {})
  end
  if tool.operands or tool.flags_only ~= true and reads_like_path(text_of) then
    return add(job, view, state, word, {})
  end
end

local function is_flag(word)
  local text_of = word and shell.text(word)
  return text_of and text_of:find('^%-') and text_of or nil
end

-- `-chdir=prod`, `-C dir`: where the other arguments count from.
local function entered(words, from, tool, state)
  for i = from, #words do
    local text_of = shell.text(words[i]) or ''
    local flag, value = text_of:match('^(%-[%w-]+)=(.*)$')
    if tool.enters[text_of] then
      flag, value = text_of, words[i + 1] and shell.text(words[i + 1])
    end
    if flag and tool.enters[flag] then
      local place = state.base and value and not paths.is_elsewhere(value) and path.normalize(path.join(state.base, value))
      return { base = place == '.' and '' or place or nil }
    end
  end
  return state
end

local function arguments(job, view, start, words, from, tool)
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
      argument(job, view, state, words[i], tool, i > from and before or nil)
    end
  end
end

-- The command itself, when it is named by a path.
local function program(job, view, state, word, text_of)
  if text_of and text_of:find('/', 1, true) or not text_of then
    add(job, view, state, word, { strong = text_of and text_of:find('^%.%.?/') ~= nil, optional = MADE })
  end
end

-- The script that an interpreter runs: its first operand.
local function interpreted(job, view, state, words, at)
  for i = at + 1, #words do
    local text_of = shell.text(words[i])
    if text_of == '-c' or text_of == '-e' or text_of == '-m' or text_of == '-s' then
      return #words + 1
    elseif not (text_of and text_of:find('^[-+]')) then
      add(job, view, state, words[i], { strong = text_of and text_of:find('/', 1, true) ~= nil, optional = MADE })
      return i + 1
    end
  end
  return #words + 1
end

-- NAME=value before or instead of a command; its use is elsewhere, so it is no more than a text.
local function assignment(job, view, state, word)
  local first = word.pieces[1]
  local name = first and first.text and first.text:match('^[%a_][%w_]*%+?=')
  if not name then
    return false
  end
  local from, to, value = span(word, #name)
  if from and to >= from and state.base and value:find('/', 1, true) and not paths.is_elsewhere(value)
    and not globs.is_glob(value) then
    paths.literal(job, view, from, to, { kind = 'ci.run', base = state.base, found_only = true, exact = false, rewrite = 'word' })
  end
  return true
end

local function command(job, view, state, words)
  local at = 1
  while words[at] and (tools.prefixes[shell.text(words[at]) or ''] or assignment(job, view, state, words[at])) do
    at = at + 1
  end
  local word = words[at]
  if not word then
    return
  elseif word.redirect then
    return arguments(job, view, state, words, at, tools.default)
  end
  local name = shell.text(word)
  if tools.enters[name or ''] then
    return enter(job, view, state, { word, words[at + 1] }, name)
  end
  program(job, view, state, word, name)
  local tool = tools.of(name and name:match('[^/]*$') or '', words[at + 1] and shell.text(words[at + 1]))
  local from = tool.interpreter and interpreted(job, view, state, words, at) or at + 1
  arguments(job, view, state, words, from, tool)
end

local function copy(state)
  return { base = state.base, previous = state.previous, pushed = table.move(state.pushed, 1, #state.pushed, 1, {}) }
end

--- The state at the beginning of a script.
---@param base string|nil folder of the workspace that it starts in; nil: it is not known
---@return ci.Shell
function M.start(base)
  return { base = base, pushed = {} }
end

--- Adds the paths of a script.
---@param job ci.Job
---@param view ci.View
---@param state ci.Shell where it starts; the state it ends in is returned
---@return ci.Shell
function M.find(job, view, state)
  local around = {}
  for _, item in ipairs(shell.parse(view.text)) do
    if item.words then
      command(job, view, state, item.words)
    elseif item.open then
      around[#around + 1] = state
      state = copy(state)
    else
      state = table.remove(around) or state
    end
  end
  return state
end

return M
