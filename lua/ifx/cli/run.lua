-- run: plan what a recipe would do, and do it when told. SPDX-License-Identifier: Apache-2.0
local cli = require 'ifx.cli'
local err = require 'err'
local term = require 'term'

local function usage(message, hint)
  err.raise { kind = 'argument', usage = true, message = message, hint = hint }
end

local log = {
  info = function(text) term.error(term.clean(text) .. '\n') end,
  warn = function(text) term.error('warning: ' .. term.clean(text) .. '\n') end,
}

local function target(opts)
  local fs = require 'fs'
  if not opts.C then
    return fs.cwd()
  end
  local dir = fs.realpath(opts.C)
  if not dir or fs.stat(dir).type ~= 'dir' then
    usage(("there is no directory '%s'"):format(opts.C))
  end
  return dir
end

-- An option that is none of this command's is a parameter of the recipe; its type is known once the recipe is loaded, and with
-- it whether the word that follows is its value.
local function parameter(opts, name, value, words)
  if #words == 0 then
    return false -- the recipe comes first
  end
  opts.given = opts.given or {}
  table.insert(opts.given, { name = name, value = value, after = #words })
  return true
end

local function ask()
  if not (term.isatty('stdin') and term.isatty('stderr')) then
    return false
  end
  term.error('Apply this plan? [y/N] ')
  local answer = term.read_line()
  return answer ~= nil and answer:lower():find('^%s*y') ~= nil
end

local function blockers(p)
  return #p.blocked > 0 and require('ifx.plan').blockers(p) or {}
end

local function wants_apply(p, opts)
  if opts.plan or #p.operations == 0 or (opts.json and not opts.apply) then
    return false
  end
  return opts.apply or opts.yes or (#blockers(p) == 0 and ask())
end

local function next_step(p, opts)
  if opts.out then
    return ('\nNothing was changed. To apply exactly this: ifx apply %s\n'):format(term.clean(opts.out))
  end
  if #blockers(p) > 0 then
    return ('\nNothing was changed. To apply in spite of all that blocks it: the same command with --apply --set accept=%s\n')
      :format(require('ifx.plan').acceptance(p))
  end
  if #p.operations == 0 then return '\nThere is nothing to apply.\n' end
  return '\nNothing was changed. To apply: the same command with --apply\n'
end

local function present(p, text, opts)
  if opts.out then
    require('fs').write(opts.out, text)
  end
  if opts.json and not opts.apply then
    term.write(text)
  else
    (opts.json and term.error or term.write)(require('ifx.show').plan(p))
  end
end

-- An id that nothing asks for is a slip of the pen, or no longer needed: said, so that nobody believes it was heard.
local function warn_accepted(p)
  local asked = {}
  for _, entry in ipairs(p.blocked) do asked[#asked + 1] = entry.accept end
  for _, id in ipairs(p.accepted) do
    if not require('ifx.list').find(asked, function(known) return known == id end) then
      local close = require('ifx.suggest')(id, asked)
      log.warn(('nothing in this plan asks for accept=%s%s'):format(id, close and (': did you mean %s?'):format(close) or ''))
    end
  end
end

local function read_values(loaded, opts, words)
  if not (opts.given or opts.set or #words > 1) then return {}, {} end
  return require('ifx.cli.parameters').read(loaded, opts, words)
end

-- A recipe that explains further parameters is told what was given so far; no other's help looks at it.
local function help(loaded, opts, words, dir, registry)
  local recipe = require 'ifx.recipe'
  local values, accepted = {}, {}
  if loaded.explain then values, accepted = read_values(loaded, opts, words) end
  local params = loaded.explain and recipe.params(loaded, values) or {}
  return recipe.help(loaded, { dir = dir, params = params, args = opts.rest, accepted = accepted, registry = registry })
end

local function execute(opts, words)
  local recipe = require 'ifx.recipe'
  local dir = target(opts)
  local registry = require('ifx.plugin').registry { dir = dir }
  local loaded = recipe.load(recipe.find(words[1], dir), registry, log)
  if opts.help then
    term.write(help(loaded, opts, words, dir, registry))
    return 0
  end
  local values, accepted = read_values(loaded, opts, words)
  local params = recipe.params(loaded, values)
  local kept = opts.out ~= nil or opts.json ~= nil
  local p = recipe.plan(loaded, {
    dir = dir, params = params, args = opts.rest, accepted = accepted, registry = registry, log = log, kept = kept,
  })
  present(p, kept and require('ifx.plan').encode(p), opts)
  warn_accepted(p)
  if wants_apply(p, opts) then
    return require('ifx.cli.apply').apply(p, registry, opts)
  end
  if not opts.json then
    term.write(next_step(p, opts))
  end
  return opts['exit-code'] and #p.operations > 0 and cli.CHANGES or 0
end

return {
  summary = 'Plan what a recipe would do, and do it when told',
  usage = 'run RECIPE [--plan|--apply] [--set NAME=VALUE]… [-- ARGS]',
  doc = [[RECIPE is a file, or the name of a recipe of ifx, of yours, or of the repository.
`ifx run RECIPE --help` shows its parameters; each may be written --NAME VALUE, a boolean --NAME or --no-NAME.
With neither --plan nor --apply it plans, and on a terminal asks whether to apply.]],
  options = {
    { 'plan', doc = 'only plan, never ask' },
    { 'apply', doc = 'apply the plan without asking' },
    { 'yes', doc = 'answer yes to the question' },
    { 'set', value = 'NAME=VALUE', many = true, doc = 'a parameter; accept=ID accepts a hazard by its name' },
    { 'out', value = 'FILE', doc = 'write the plan there, for ifx apply' },
    { 'exit-code', doc = 'exit with 2 when there is something to do and it was not done' },
    { 'json', doc = 'the plan, or with --apply the run, as JSON' },
    { 'C', value = 'DIR', doc = 'the directory to work on' },
  },
  args = { 1, 1000 },
  missing = function(opts)
    return 'a recipe is missing: ifx run RECIPE', require('ifx.recipe.names').hint(target(opts))
  end,
  own_help = true,
  rest = true,
  unknown = parameter,
  run = function(opts, words)
    if opts.plan and (opts.apply or opts.yes) then
      usage('--plan and --apply exclude each other')
    elseif opts.help and #words == 0 then
      term.write(require('ifx.cli.options').help('run', require 'ifx.cli.run'))
      return 0
    end
    return execute(opts, words)
  end,
}
