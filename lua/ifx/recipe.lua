-- recipe.lua: finding, loading and planning recipes, which only read. SPDX-License-Identifier: Apache-2.0
local dirs = require 'ifx.dirs'
local env = require 'ifx.plugin.env'
local err = require 'err'
local fs = require 'fs'
local host = require 'host'
local ifx = require 'ifx'

local recipe = {}

local PLAN_SECONDS = 600 -- running time of one planning, waits not counted

---@class ifx.recipe.Found
---@field name string
---@field path string     absolute
---@field source 'installed'|'user'|'repository'|'file'

---@class ifx.Recipe : ifx.recipe.Found
---@field text string
---@field summary string
---@field params table<string, ifx.Field>
---@field more? string    it takes further parameters, as text in `more`; what they are
---@field explain? fun(ctx: ifx.recipe.Context, params: table): string?, table<string, ifx.Field>?  whose the further ones are,
---and what; nothing while that is not known
---@field plan fun(ctx: ifx.recipe.Context, params: table): table

-- ---------------------------------------------------------------- finding

local function is_file(path)
  local stat = fs.stat(path)
  return stat and stat.type == 'file'
end

local function within(path, folder)
  local root = fs.realpath(folder)
  return root ~= nil and path:sub(1, #root + 1) == root .. '/'
end

local function in_repository(path)
  local above = fs.dirname(path)
  repeat
    if fs.lstat(fs.join(above, '.git')) then
      return true
    end
    local last = above
    above = fs.dirname(above)
  until above == last
  return false
end

-- Where a file that was named by its path comes from; links do not lend it another origin. In a repository it is the
-- repository's, unless that is where the program or the user keeps recipes.
local function source_of(path)
  local real = fs.realpath(path)
  if not in_repository(real) then
    return 'file'
  elseif within(real, fs.join(ifx.dir, 'recipes')) then
    return 'installed'
  end
  return within(real, fs.join(dirs.config(), 'recipes')) and 'user' or 'repository'
end

--- The recipe that a word of the command line means: a file where there is one, else the recipe of that name. A bare NAME
--- and recipes/NAME.lua, where no such file is, mean the installed one.
---@param word string
---@param dir string the target directory
---@return ifx.recipe.Found
--- Raises `not_found`, with the nearest name.
function recipe.find(word, dir)
  local is_path = word:find('/', 1, true) or word:find('%.lua$')
  if is_path then
    for _, base in ipairs { fs.cwd(), dir } do
      local path = fs.normalize(fs.join(base, word))
      if is_file(path) then
        return { name = fs.basename(path):gsub('%.lua$', ''), path = path, source = source_of(path) }
      end
    end
  end
  local name = word:match('^recipes/([%w_-]+)%.lua$') or (not is_path and word) or nil
  local names = require 'ifx.recipe.names'
  for _, found in ipairs(name and names.list(dir) or {}) do
    if found.name == name then
      return found
    end
  end
  names.refuse(word, name or fs.basename(word):gsub('%.lua$', ''), dir)
end

-- ---------------------------------------------------------------- loading

local function refuse(found, message)
  err.raise { kind = 'config', op = 'load the recipe', file = found.path, message = message }
end

local function check_returned(found, value)
  if type(value) ~= 'table' then
    refuse(found, 'it must return a table { summary =, params =, plan = }')
  elseif type(value.summary) ~= 'string' or value.summary == '' then
    refuse(found, 'summary is missing: what it does, in one line')
  elseif type(value.plan) ~= 'function' then
    refuse(found, 'plan is missing: function(ctx, params), which returns operations')
  end
  for key in pairs(value) do
    if key ~= 'summary' and key ~= 'params' and key ~= 'more' and key ~= 'explain' and key ~= 'plan' then
      refuse(found, ("unknown field '%s': a recipe has summary, params, more, explain and plan"):format(tostring(key)))
    end
  end
  return value.params and require('ifx.recipe.params').check(found, value.params) or {}
end

-- The text that runs is the text that was trusted.
local function read_text(found)
  if found.source == 'repository' then
    return require('ifx.plugin.trust').read(found.path)
  end
  return fs.read(found.path)
end

-- Files beside the recipe. One that was trusted is trusted alone: nobody looked at its neighbours.
local function neighbour(found)
  return function(path)
    return found.source ~= 'repository' and fs.try_read(fs.join(fs.dirname(found.path), path)) or nil
  end
end

--- Load a recipe: its code sees the library and the plugins it uses, and no file, process or network of its own.
---@param found ifx.recipe.Found
---@param registry table of plugins
---@param log { info: function, warn: function }
---@return ifx.Recipe
--- Raises `trust` for the code of a repository that nobody trusted, `parse`, `config`.
function recipe.load(found, registry, log)
  local text = read_text(found)
  local sandbox = env.build {
    plugin = found.name, chunk = env.text(neighbour(found), fs.dirname(found.path) .. '/'), config = {},
    reach = { plugin = found.name, base = fs.dirname(found.path), read = {}, write = {}, exec = {} },
    recipe = true, log = log,
    use = function(name, instance) return require('ifx.plugin.share')(registry:load(name, instance)) end,
  }
  local value = host.guard(PLAN_SECONDS, 'recipe ' .. found.name, host.chunk(text, found.path, sandbox))
  local params = check_returned(found, value)
  return {
    name = found.name, path = found.path, source = found.source, text = text,
    summary = value.summary, params = params, more = value.more, explain = value.explain, plan = value.plan,
  }
end

-- ---------------------------------------------------------------- parameters

--- The parameters of a recipe out of the words given for them: read by type, defaults filled in, unknown ones refused.
---@param loaded ifx.Recipe
---@param given table<string, string> text by name ('true' for a flag); - in a name means _
---@return table values; with `more`, those that the recipe takes beyond its own, as text
--- Raises `argument`.
function recipe.params(loaded, given)
  if next(loaded.params) == nil and next(given) == nil then
    return { more = loaded.more and {} or nil }
  end
  return require('ifx.recipe.params').read(loaded, given)
end

--- The lines that `ifx run RECIPE --help` prints; with what the parameters given so far bring along.
---@param loaded ifx.Recipe
---@param opts { dir: string, params: table, args: string[]?, accepted: string[], registry: table }
---@return string
function recipe.help(loaded, opts)
  local whose, fields
  if loaded.explain then
    local ctx <close> = require('ifx.recipe.context').open(opts)
    whose, fields = host.guard(PLAN_SECONDS, 'recipe ' .. loaded.name, loaded.explain, ctx, opts.params)
  end
  return require('ifx.recipe.params').help(loaded, whose, fields)
end

-- ---------------------------------------------------------------- planning

--- Call the recipe's `plan`, which only reads, and turn what it returns into a plan. One that has nothing to do and is
--- not `kept` (written, or shown as JSON) does not say which text it came from.
---@param loaded ifx.Recipe
---@param opts { dir: string, params: table, args: string[]?, accepted: string[], registry: table, log: table, kept: boolean? }
---@return ifx.Plan
function recipe.plan(loaded, opts)
  local context = require 'ifx.recipe.context'
  local ctx <close> = context.open(opts)
  local returned = host.guard(PLAN_SECONDS, 'recipe ' .. loaded.name, loaded.plan, ctx, opts.params)
  local fields = context.collect(ctx, returned)
  fields.recipe = { name = loaded.name, path = loaded.path, summary = loaded.summary }
  if opts.kept or #fields.operations > 0 then
    fields.recipe.sha256 = require('hash').sha256(loaded.text)
  end
  fields.params, fields.dir, fields.accepted = opts.params, opts.dir, opts.accepted
  return require('ifx.plan.make').plan(fields, #fields.operations > 0 and require('ifx.operations').open(opts.registry) or nil)
end

return recipe
