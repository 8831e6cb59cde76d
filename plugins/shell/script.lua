-- script.lua: follows a script from command to command: folders, variables, functions. SPDX-License-Identifier: Apache-2.0

local commands = require './commands'
local split = require './split'
local tools = require './tools'
local written = require 'ifx.repo.written'

local M = {}

---@class shell.Options
---@field kind string of the references
---@field add fun(view: ifx.repo.Excerpt, from: integer, to: integer, r: table)|nil adds a path: ifx.repo.written's by default
---@field syntax shell.Syntax|nil
---@field programs table<string, string>|nil variables that hold the name of a program
---@field used fun(name: string)|nil told of variables that begin a path which is there
---@field terse boolean|nil words that are nothing but a variable are not listed

---@class shell.Start
---@field own boolean|nil the folder that it starts in is that of the file, and follows it
---@field folders table<string, string>|nil variables and expressions that stand for a path of the tree
---@field relative table<string, any>|nil those of them that are written relative to the folder it starts in
---@field script string|nil path of the file, when it is run as a script
---@field source string|nil path of the file, when BASH_SOURCE names it
---@field top string|nil what git says is the top of the work tree

local Walk = {}
Walk.__index = Walk

local function copy(state)
  local out = {}
  for key, value in pairs(state) do
    out[key] = value
  end
  out.pushed = table.move(state.pushed, 1, #state.pushed, 1, {})
  out.folders = setmetatable({}, { __index = state.folders })
  return out
end

-- A block ends whose commands may not all have run: what they changed is not known any more.
local function close(state, block)
  if not block then
    return
  end
  if block.changed or block.base ~= state.base then
    state.base, state.own = nil, nil
  end
  for name in pairs(block.assigned) do
    state.folders[name] = false
  end
end

function Walk:open_block(state)
  table.insert(self.blocks, { base = state.base, own = state.own, guessed = state.guessed, assigned = {} })
end

-- The other branch begins where the first one did.
function Walk:other_branch(state)
  local block = self.blocks[#self.blocks]
  if block then
    block.changed = block.changed or block.base ~= state.base
    state.base, state.own, state.guessed = block.base, block.own, block.guessed
  end
end

-- The words that structure a script.
local STRUCTURE = {
  ['if'] = Walk.open_block, ['while'] = Walk.open_block, ['until'] = Walk.open_block, ['for'] = Walk.open_block,
  ['case'] = Walk.open_block, ['select'] = Walk.open_block,
  ['else'] = Walk.other_branch, ['elif'] = Walk.other_branch,
}
for _, word in ipairs { 'fi', 'done', 'esac' } do
  STRUCTURE[word] = function(self, state) close(state, table.remove(self.blocks)) end
end

function Walk:assign(state, name, place)
  state.folders[name] = place or false
  local block = self.blocks[#self.blocks]
  if block then
    block.assigned[name] = true
  end
end

-- Words before a command: structure, and assignments for it alone. Returns where the command begins.
function Walk:lead(state, words)
  local at, assigned = 1, {}
  while words[at] do
    local text_of = split.text(words[at]) or ''
    local structure = STRUCTURE[text_of]
    if structure then
      structure(self, state)
    end
    if not tools.prefixes[text_of] then
      local name, place = commands.assignment(self.job, state, words[at])
      if not name then
        break
      end
      assigned[name] = place or false
    end
    at = at + 1
  end
  if not words[at] then
    for name, place in pairs(assigned) do
      self:assign(state, name, place)
    end
  end
  return at
end

-- local X=…, read X, for X in …
function Walk:declare(state, words, name)
  for i = 2, name == 'for' and math.min(2, #words) or #words do
    local found, place = commands.assignment(self.job, state, words[i])
    found = found or (split.text(words[i]) or ''):match('^[%a_][%w_]*$')
    if found then
      self:assign(state, found, place)
    end
  end
end

-- A list such as `[ -d x ] && cd x`: whether it went there is not known behind it.
function Walk:list(state, operator)
  local chain = self.chain
  if operator then
    return
  elseif chain.tested and chain.base ~= state.base then
    state.base, state.own = nil, nil
  end
  self.chain = {}
end

function Walk:call(state, name)
  local body = self.functions[name]
  local known = self.calls[name]
  if known ~= false then
    local same = not known or known.base == state.base
    self.calls[name] = same and { base = state.base, own = state.own, guessed = state.guessed }
  end
  if body.enters then
    state.base, state.own = nil, nil
  end
end

function Walk:command(state, item)
  self:list(state, item.operator)
  local at = self:lead(state, item.words)
  local words = { table.unpack(item.words, at) }
  local name = words[1] and split.text(words[1]) or ''
  if not words[1] then
    return
  elseif tools.enters[name] then
    commands.enter(self.job, state, words)
    self.moved = true
    if item.operator == '||' then
      state.base, state.own = nil, nil
    end
    return
  elseif tools.declares[name] then
    self:declare(state, words, name)
  elseif tools.tests[name] then
    self.chain = { tested = true, base = state.base }
  end
  commands.run(self.job, state, words)
  if self.functions[name] then
    self:call(state, name)
  end
end

-- How many braces the words before a command open, less those that they close.
local function braces(words)
  local count = 0
  for _, word in ipairs(words) do
    local text_of = split.text(word) or ''
    if not tools.prefixes[text_of] then
      break
    end
    count = count + (text_of == '{' and 1 or text_of == '}' and -1 or 0)
  end
  return count
end

-- Does a command change the folder of the function that it stands in?
local function enters(item)
  for _, word in ipairs(item.words or {}) do
    local text_of = split.text(word) or ''
    if not tools.prefixes[text_of] then
      return tools.enters[text_of] ~= nil
    end
  end
  return false
end

-- The body of a function, which begins with an item.
function Walk:body(from)
  local depth, shells, out = 0, 0, { from = from, to = #self.items }
  for i = from, #self.items do
    local item = self.items[i]
    if item.open ~= nil then
      shells = shells + (item.open and 1 or -1)
    elseif item.words and shells == 0 then
      depth = depth + braces(item.words)
      out.enters = out.enters or enters(item)
    end
    if depth <= 0 and shells <= 0 and (item.words or item.open == false) then
      out.to = i
      break
    end
  end
  return out
end

-- Notes a function; its body runs when the script has been followed, from where it is called.
function Walk:define(name, from)
  local body = self:body(from)
  body.name = name
  self.functions[name] = body
  self.bodies[#self.bodies + 1] = body
  return body.to
end

-- `function name {` stands as the words of a command.
function Walk:function_keyword(i)
  local words = self.items[i].words
  if not words or not words[3] or split.text(words[1]) ~= 'function' then
    return nil
  end
  self.items[i] = { words = { table.unpack(words, 3) } }
  return self:define(split.text(words[2]) or '', i)
end

-- Follows the items from one to another.
function Walk:follow(state, from, to)
  local around, i = {}, from
  while i <= to do
    local item = self.items[i]
    if item.define then
      i = self:define(item.define, i + 1)
    elseif item.open then
      around[#around + 1] = { state, #self.blocks, self.chain }
      state, self.chain = copy(state), {}
    elseif item.open == false and around[1] then
      local outer = table.remove(around)
      state, self.chain = outer[1], outer[3]
      self.blocks = table.move(self.blocks, 1, outer[2], 1, {})
    elseif item.branch then
      self:other_branch(state)
    elseif item.words then
      local stop = self:function_keyword(i)
      if stop then
        i = stop
      else
        self:command(state, item)
      end
    end
    i = i + 1
  end
  self:list(state, nil)
  return state
end

-- The folder that a function runs in: that of its calls, where they agree.
function Walk:base_of(body, start, moved)
  local call = self.calls[body.name]
  if call ~= nil then
    return call or {}
  end
  local common
  for _, one in pairs(self.calls) do
    if not one or common and common.base ~= one.base then
      return {}
    end
    common = one
  end
  for _, other in ipairs(self.bodies) do
    if other.enters then
      return {}
    end
  end
  return common or not moved and start or {}
end

function Walk:functions_of(state, start)
  local moved, i = self.moved, 1
  while self.bodies[i] do
    local body = self.bodies[i]
    local base, own = self:base_of(body, start, moved), copy(state)
    own.base, own.own, own.guessed = base.base, base.own, base.guessed
    self.blocks, self.chain = {}, {}
    self:follow(own, body.from, body.to)
    i = i + 1
  end
end

--- The state at the beginning of a script.
---@param base string|nil folder that it starts in; nil: it is not known
---@param more shell.Start|nil
---@return shell.State
function M.start(base, more)
  more = more or {}
  local folders, relative = {}, more.relative or {}
  for name, folder in pairs(more.folders or {}) do
    folders[name] = { path = folder, own = more.own and folder == base or nil, from = relative[name] and base or nil }
  end
  return {
    base = base, own = more.own, pushed = {}, folders = folders, script = more.script, source = more.source, top = more.top,
  }
end

--- Adds the paths of a script.
---@param view ifx.repo.Excerpt
---@param state shell.State where it starts
---@param options shell.Options
---@return shell.State where it ends
function M.find(view, state, options)
  local walk = setmetatable({
    items = split.parse(view.text, options.syntax), blocks = {}, chain = {}, functions = {}, bodies = {}, calls = {},
    job = {
      view = view, kind = options.kind, add = options.add or written.add, tested = {}, used = options.used,
      programs = options.programs or {}, terse = options.terse,
    },
  }, Walk)
  local start = { base = state.base, own = state.own }
  local final = walk:follow(copy(state), 1, #walk.items)
  walk:functions_of(final, start)
  local folders = {}
  for _, level in ipairs { state.folders, final.folders } do
    for name, folder in pairs(level) do
      folders[name] = folder
    end
  end
  final.folders = folders
  return final
end

return M
