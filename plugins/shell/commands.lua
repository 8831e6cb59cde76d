-- commands.lua: the paths among the words of one command. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local globs = require 'ifx.repo.globs'
local place = require './place'
local split = require './split'
local tools = require './tools'
local written = require 'ifx.repo.written'

local M = {}

---@class shell.Job
---@field view ifx.repo.Excerpt
---@field kind string of the references
---@field add fun(view: ifx.repo.Excerpt, from: integer, to: integer, r: table)
---@field tested table<string, boolean> words that the script asks about whether they exist
---@field programs table<string, string> variables that hold the name of a program
---@field used fun(name: string)|nil told of variables that begin a path which is there
---@field terse boolean|nil words that are nothing but a variable are not listed

local MADE = 'an earlier command may make it'

--- A word without its first bytes; nil when those are not literal.
---@param word shell.Word
---@param skip integer|nil
---@return shell.Word|nil
local function behind(word, skip)
  local first = word.pieces[1]
  if (skip or 0) == 0 then
    return word
  elseif not first or not first.text or #first.text < skip then
    return nil
  end
  local rest = { table.unpack(word.pieces, 2) }
  if #first.text > skip then
    table.insert(rest, 1, { text = first.text:sub(skip + 1), from = first.from + skip })
  end
  return { pieces = rest, from = word.from }
end

-- Where the literal path of a word stands, and the folder that it counts from: one that is filled in
-- before it, else that of the script.
local function located(state, word)
  word = place.without_slash(word)
  local first, last = word.pieces[1], word.pieces[2]
  if #word.pieces == 1 and first.text then
    return first.from, first.text, place.here(state)
  elseif #word.pieces == 2 and last.text and last.text:find('^/') then
    local lead = #last.text:match('^/+')
    return last.from + lead, last.text:sub(lead + 1), place.beginning(state, word, 1)
  end
end

local function is_script(text_of)
  return text_of:find('%.z?sh$') ~= nil or text_of:find('%.bash$') ~= nil
end

-- A word that is nothing but a variable may be no path of the tree at all.
local function doubt(job, word)
  if job.terse and not split.show(word):find('/', 1, true) then
    return
  end
  local first, last = word.pieces[1], word.pieces[#word.pieces]
  local part = job.view:part(first.from, last.from + #(last.text or last.source) - 1)
  job.view.c:doubt(part, split.show(word), 'a variable or an expression fills it in')
end

-- Is everything from a piece on written out, and below what stands before it?
local function is_literal(word, first)
  for i = first, #word.pieces do
    local text_of = word.pieces[i].text
    if not text_of or text_of:find('..', 1, true) then
      return false
    end
  end
  return true
end

-- The literal folders that a word begins with, behind a folder that is known or in that of the script, before something
-- filled in, or a quote that ends: "$X/web"/*.yaml. Those before something filled in are a text, since it may lead out of
-- them.
local function add_beginning(job, state, word)
  local first = word.pieces[1] -- nil: an empty word, ""
  local at = first and first.source and 2 or 1
  local piece, after = word.pieces[at], word.pieces[at + 1]
  local lead = piece and piece.text and after and (at == 1 and after.text and '' or at == 2 and piece.text:match('^/+'))
  if not lead then
    return
  end
  local rest = piece.text:sub(#lead + 1)
  local folder = after.text and after.text:find('^/') and rest or rest:match('^(.*)/')
  local base = folder and folder ~= '' and (at == 2 and place.beginning(state, word, 1) or at == 1 and place.here(state))
  if base and not written.is_elsewhere(folder) then
    local from = piece.from + #lead
    job.add(job.view, from, from + #folder - 1, {
      kind = job.kind, base = base.path, anchor = base.own and 'file' or nil, found_only = true, rewrite = 'word',
      exact = is_literal(word, at + 1) and not base.guessed,
    })
  end
end

-- A word that is nothing but a variable, where a path is expected.
local function note_whole(job, state, word)
  local piece = word.pieces[1]
  if job.used and #word.pieces == 1 and piece.name and state.folders[piece.name] then
    job.used(piece.name)
  end
end

-- Why a script that is missing may be there when it is needed: one that was lost leaves its folder behind.
local function made_later(job, base, text_of)
  local ctx = job.view.c.ctx
  local target = ctx.resolve(base.path, text_of)
  local folder = target and path.dirname(target)
  return folder and not finder.locate(ctx, folder) and 'its folder is not there either: a build or an installation may make it'
    or nil
end

-- Adds a word that is a path where it is there. `strong`: it is one even where nothing is; `needed`: a
-- script that this one cannot do without; `sure`: the tool takes it for a path, whatever it says.
local function add(job, state, whole, r)
  local word = behind(whole, r.skip)
  local from, text_of, base
  if word then
    from, text_of, base = located(state, word)
  end
  local unusable = not from or not base or text_of == '' or text_of == '-' or text_of:find('[{}|<>]')
  if unusable or #word.pieces == 1 and written.is_elsewhere(text_of) then
    if word then
      add_beginning(job, state, word)
    end
    if word and r.sure then
      note_whole(job, state, word)
    end
    if r.strong and not split.text(whole) and not place.evaluate(state, whole) then
      doubt(job, whole)
    end
    return
  end
  local needed = r.needed and not base.guessed and state.source and #word.pieces == 2 and is_script(text_of)
    and not job.tested[split.show(word)]
  local there = job.add(job.view, from, from + #text_of - 1, {
    kind = job.kind, base = base.path, anchor = base.own and 'file' or nil, climbs = base.own or r.climbs,
    exact = not base.guessed, rewrite = 'word', found_only = base.guessed or not r.strong and not needed,
    guess = not needed and r.optional or nil, optional = needed and made_later(job, base, text_of) or nil, check = r.check,
  })
  local name = there and place.without_slash(word).pieces[1].name
  if name and job.used then
    job.used(name)
  end
end

--- cd, pushd, popd
---@param job shell.Job
---@param state shell.State
---@param words shell.Word[] from the command on
function M.enter(job, state, words)
  local name, word = split.text(words[1]), words[2]
  local before = place.here(state)
  local target
  if name == 'popd' then
    target = table.remove(state.pushed) or before
  elseif word and split.text(word) == '-' then
    target = state.previous
  elseif word then
    if name == 'pushd' then
      table.insert(state.pushed, before or false)
    end
    for i = 2, #words do
      local flag = (split.text(words[i]) or ''):find('^%-')
      if not flag and not words[i].redirect then
        add(job, state, words[i], {
          strong = true, optional = MADE, check = written.want_folder, climbs = true, sure = true,
        })
        break
      end
    end
    target = place.of_cd(state, words) or name == 'cd' and place.guess(job.view.c.ctx, state, words[2]) or nil
  end
  target = target or {}
  state.previous, state.base, state.own, state.guessed, state.moved = before, target.path, target.own, target.guessed, true
end

-- Does a text read like a path even where the tool may mean something else by it?
local function reads_like_path(text_of)
  return text_of:find('/', 1, true) ~= nil or text_of:find('.', 1, true) ~= nil and text_of:find('%.[%w]+$') ~= nil
end

-- `--flag=value`
local function flagged(job, state, word, tool, flag)
  local text_of, skip = split.text(word), #flag + 1
  if tool.folders[flag] or tool.files[flag] then
    return add(job, state, word, { skip = skip, strong = text_of and tool.must[flag], optional = MADE, sure = true })
  elseif not tool.skips[flag] and (not text_of or reads_like_path(text_of:sub(skip + 1))) then
    return add(job, state, word, { skip = skip })
  end
end

local DASH = 45

-- One argument of a command.
local function argument(job, state, word, tool, before)
  local text_of, first = split.text(word), word.pieces[1]
  local flag = first and first.text and first.text:byte() == DASH and first.text:match('^(%-%-?[%w][%w_-]*)=')
  if word.redirect then
    return add(job, state, word, { sure = true })
  elseif flag then
    return flagged(job, state, word, tool, flag)
  elseif before and (tool.folders[before] or tool.files[before]) then
    return add(job, state, word, { strong = tool.must[before], optional = MADE, sure = true })
  elseif before and tool.skips[before] or text_of and text_of:find('^[-+@=%%]') then
    return nil
  elseif not text_of or tool.operands or tool.flags_only ~= true and reads_like_path(text_of) then
    return add(job, state, word, { sure = tool.operands })
  end
end

local function is_flag(word)
  local text_of = word and split.text(word)
  return text_of and text_of:byte() == DASH and text_of or nil
end

-- `-chdir=prod`, `-C dir`: where the other arguments count from.
local function entered(words, from, tool, state)
  if not next(tool.enters) then
    return state
  end
  for i = from, #words do
    local first = words[i].pieces[1]
    local flag = first and first.text and first.text:match('^(%-[%w-]+)=')
    local value = flag and behind(words[i], #flag + 1)
    if tool.enters[split.text(words[i]) or ''] then
      flag, value = split.text(words[i]), words[i + 1]
    end
    if flag and tool.enters[flag] then
      local target = place.evaluate(state, value) or {}
      return setmetatable({
        base = target.path or false, own = target.own or false, guessed = target.guessed or false,
      }, { __index = state })
    end
  end
  return state
end

local function arguments(job, start, words, from, tool)
  local operands, inside, flag = 0, entered(words, from, tool, start), is_flag(words[from - 1])
  for i = from, #words do
    local before = flag
    flag = is_flag(words[i])
    local value = before and (tool.files[before] or tool.folders[before] or tool.skips[before])
    if not flag and not words[i].redirect and not value then
      operands = operands + 1
    end
    local enters = tool.enters[before or ''] or flag and tool.enters[flag:match('^[^=]*')]
    local state = (enters or words[i].redirect) and start or inside
    if flag or value or words[i].redirect or operands > (tool.after or 0) then
      argument(job, state, words[i], tool, i > from and before or nil)
    end
  end
end

-- The command itself, when it is named by a path.
local function program(job, state, word, text_of)
  if not text_of or text_of:find('/', 1, true) then
    add(job, state, word, {
      strong = text_of and text_of:find('^%.%.?/') ~= nil, needed = true, optional = MADE, sure = true,
    })
  end
end

local NO_FILE = { ['-c'] = true, ['-e'] = true, ['-m'] = true, ['-s'] = true }

-- The script that an interpreter runs: its first operand.
local function interpreted(job, state, words, at)
  for i = at + 1, #words do
    local text_of = split.text(words[i])
    if NO_FILE[text_of or ''] then
      return #words + 1
    elseif not (text_of and text_of:find('^[-+]')) then
      local strong = text_of and text_of:find('/', 1, true) ~= nil
      add(job, state, words[i], { strong = strong, needed = true, optional = MADE, sure = true })
      return i + 1
    end
  end
  return #words + 1
end

--- NAME=value: the name, and the place that the value stands for. Behind a place that is known, the
--- value is a path; else its use is elsewhere, and it is no more than a text.
---@param job shell.Job
---@param state shell.State
---@param word shell.Word
---@return string|nil name
---@return shell.Place|nil
function M.assignment(job, state, word)
  local first = word.pieces[1]
  if not first or not first.text or not first.text:find('=', 1, true) then
    return nil
  end
  local name, sign = first.text:match('^([%a_][%w_]*)(%+?=)')
  if not name then
    return nil
  end
  local skip = #name + #sign
  local value = behind(word, skip)
  local from, text_of, base = located(state, value)
  if from and #value.pieces == 2 then
    add(job, state, word, { skip = skip })
    return name, sign == '=' and place.evaluate(state, value) or nil
  elseif from and base and text_of:find('/', 1, true) and not written.is_elsewhere(text_of) and not globs.is_glob(text_of) then
    job.add(job.view, from, from + #text_of - 1, {
      kind = job.kind, base = base.path, anchor = base.own and 'file' or nil, found_only = true, exact = false,
      rewrite = 'word',
    })
  end
  local known = sign == '=' and #value.pieces == 1 and value.pieces[1].source
  return name, known and place.evaluate(state, value) or nil
end

local ASKS = { ['-f'] = true, ['-e'] = true, ['-r'] = true, ['-s'] = true, ['-x'] = true, ['-a'] = true }

-- test, [ and [[
local function test(job, words)
  for i = 2, #words do
    if ASKS[split.text(words[i - 1]) or ''] then
      job.tested[split.show(words[i])] = true
    end
  end
end

--- The paths of a command, from its name on.
---@param job shell.Job
---@param state shell.State
---@param words shell.Word[] not empty
function M.run(job, state, words)
  if words[1].redirect then
    return arguments(job, state, words, 1, tools.default)
  end
  local piece = words[1].pieces[1]
  local name = split.text(words[1]) or #words[1].pieces == 1 and job.programs[piece.name or ''] or nil
  if tools.tests[name or ''] then
    test(job, words)
  end
  program(job, state, words[1], name)
  local tool = tools.of(name and name:match('[^/]*$') or '', words[2] and split.text(words[2]))
  local from = tool.interpreter and interpreted(job, state, words, 1) or 2
  arguments(job, state, words, from, tool)
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
