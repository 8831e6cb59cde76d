-- init.lua: finds what justfiles name. SPDX-License-Identifier: Apache-2.0

local excerpt = require 'ifx.repo.excerpt'
local expression = require './expression'
local finder = require 'ifx.repo.finder'
local parse = require './parse'
local recipes = require './recipes'
local sources = require './sources'
local written = require 'ifx.repo.written'

local shell = ifx.use 'shell'.library
local makejinja = ifx.use 'makejinja'.library

local KINDS = {
  ['just.import'] = 'a file whose items are read as if they stood here',
  ['just.module'] = 'a file or folder of a module',
  ['just.recipe'] = 'a path in a line of a recipe',
  ['just.variable'] = 'a path in an expression',
  ['just.directory'] = 'the folder that recipes run in',
  ['just.dotenv'] = 'a file of environment variables',
}

---@class just.Job
---@field c ifx.repo.Collector
---@field whole ifx.repo.Excerpt the file
---@field folder string of the file
---@field place just.Place
---@field scope just.Scope
---@field settings table<string, just.Item>
---@field exported table<string, string> variables of the environment that stand for a folder
---@field constants table<string, { target: string, text: just.Text }> variables whose value is literal, and a path of the tree
---@field used table<string, boolean> those of them that a path begins with

local function anchor(job, base)
  return base == job.folder and 'file' or nil
end

-- A path that is written as one text.
local function path_of(job, item_text, r)
  if not item_text.raw then
    return job.c:doubt(job.whole:part(item_text.from, item_text.from), item_text.text, 'a text with escapes')
  end
  local target = job.c.ctx.resolve(r.base, item_text.text)
  local from = not r.optional and target and makejinja.rendered_from(job.c.ctx, target)
  r.anchor, r.optional = anchor(job, r.base), from and 'it is rendered from ' .. from or r.optional
  written.add(job.whole, item_text.from, item_text.from + #item_text.text - 1, r)
end

local function import(job, item)
  path_of(job, item.text, {
    kind = 'just.import', base = job.folder, check = written.want_file,
    optional = item.optional and 'it is imported only where it is there' or nil,
  })
end

local function is_module(ctx, folder, item)
  return function() return not sources.module_file(ctx, folder, item) and 'a folder without a justfile' or nil end
end

-- A module without a path is found by its name.
local function module(job, item)
  local ctx = job.c.ctx
  local optional = item.optional and 'the module is optional' or nil
  if item.text then
    return path_of(job, item.text, {
      kind = 'just.module', base = job.folder, optional = optional, check = is_module(ctx, job.folder, item),
    })
  end
  local found = sources.module_file(ctx, job.folder, item)
  local ref = job.c:add(job.whole:part(item.name_at, item.name_at + #item.name - 1), {
    kind = 'just.module', base = job.folder, anchor = 'file', target = found, rewrite = 'module', target_kind = 'file',
  })
  ref.resolved = found ~= nil or (optional == nil and false or nil)
  if not found then
    ref.why = optional or ('there is no %s.just, and no folder %s with a justfile'):format(item.name, item.name)
  end
end

local function setting(job, item)
  if item.name == 'working-directory' and item.text then
    path_of(job, item.text, { kind = 'just.directory', base = job.folder, check = written.want_folder })
  elseif item.name == 'dotenv-path' and item.text and job.place.base then
    path_of(job, item.text, { kind = 'just.dotenv', base = job.place.base, guess = 'it is read only where it is there' })
  end
end

local function variable(job, item)
  local value = expression.value(job.scope, item.value, item.value_at - 1)
  job.scope.values[item.name] = value
  if value.place and (item.exported or job.settings.export) then
    job.exported[item.name] = value.place
  end
  local literal, base = value.text, job.place.base
  local target = literal and literal.raw and base and literal.text:find('^[%w_.][%w_./-]*$')
    and job.c.ctx.resolve(base, literal.text)
  if target and target ~= '' and job.c.ctx.exists(target) then
    job.constants[item.name] = { target = target, text = literal }
  end
end

-- A literal value is a path when a path that is there begins with it.
local function constants(job)
  for name, constant in pairs(job.constants) do
    if job.used[name] then
      job.scope.add(constant.text.from, constant.text.from + #constant.text.text - 1, job.place.base)
    end
  end
end

-- Folders that the expressions of a script stand for, and which of them are relative to the folder it runs in.
local function folders_of(job, view, base)
  local out, relative = {}, {}
  for name, folder in pairs(job.exported) do
    out[name] = folder
  end
  for _, at in ipairs(shell.templates(view.text)) do
    local source = view.text:sub(at[1], at[2])
    local part = view:part(at[1], at[2])
    local constant = base == job.place.base and job.constants[source]
    if constant then
      out[source], relative[source] = constant.target, true
    elseif part.inner_start then
      out[source] = expression.value(job.scope, source, part.inner_start - 1).place
    end
  end
  return out, relative
end

local function is_shell(program)
  return program:find('%f[%w][bdkz]?a?sh%f[%W]') ~= nil
end

-- The folder that a recipe runs in, nil when that is not known.
local function base_of(job, item)
  local given = item.attributes['working-directory']
  if item.attributes['no-cd'] or job.settings['no-cd'] then
    return nil
  elseif given == nil then
    return job.place.base
  elseif given == true or not given.raw or not job.place.base then
    return nil
  end
  path_of(job, given, { kind = 'just.directory', base = job.place.base, check = written.want_folder })
  local found = path.normalize(path.join(job.place.base, given.text))
  return found == '.' and '' or found
end

local function recipe(job, item)
  local shebang, script = recipes.shebang(job.c.file.text(), item), item.attributes.script
  local base = base_of(job, item)
  local whole = shebang ~= nil or script ~= nil or job.settings['default-script'] ~= nil
  local program = shebang or type(script) == 'table' and script.text
    or whole and (job.settings['script-interpreter'] or {}).value or not whole and (job.settings.shell or {}).value or 'sh'
  if #item.lines == 0 then
    return
  elseif not is_shell(program) then
    return job.c:doubt(job.whole:part(item.at, item.at), item.name, 'a recipe in another language than the shell')
  end
  for _, view in ipairs(recipes.scripts(job.c, item, whole)) do
    local folders, relative = folders_of(job, view, base)
    local start = shell.start(base, { own = base == job.folder, folders = folders, relative = relative, top = '' })
    shell.find(view, start, {
      kind = 'just.recipe', terse = true, syntax = { templates = true },
      used = function(source) job.used[source] = true end,
    })
  end
end

local READ = { import = import, module = module, setting = setting, recipe = recipe }

local function new_job(file, ctx)
  local c = finder.collect('just', file, ctx)
  local folder, place = path.dirname(file.path), sources.place(ctx, file.path)
  local job = { c = c, whole = excerpt.file(c), folder = folder, place = place, exported = {}, constants = {}, used = {} }
  local added = {} -- a text may be joined more than once
  job.scope = {
    source = folder, base = place.base, root = place.root, values = {},
    add = function(from, to, base)
      if added[from] then
        return
      end
      added[from] = true
      written.add(job.whole, from, to, {
        kind = 'just.variable', base = base, anchor = anchor(job, base), found_only = true, rewrite = 'word', climbs = true,
      })
    end,
    output = function(command)
      return shell.place(command, shell.start(place.base, { top = '' }))
    end,
  }
  return job
end

local function find(file, ctx)
  if not sources.is_justfile(file.path) then
    return {}, {}
  end
  local job = new_job(file, ctx)
  local items = parse.items(file.text())
  job.settings = parse.settings(items)
  for _, item in ipairs(items) do
    if item.type == 'variable' then
      variable(job, item)
    end
  end
  for _, item in ipairs(items) do
    if READ[item.type] then
      READ[item.type](job, item)
    end
  end
  constants(job)
  return job.c:result()
end

-- A module that its name does not find any more gets a path.
local function rewrite_module(ref, move)
  local name, folder = ref.text, path.dirname(move.new_file)
  local place = path.join(folder, name)
  local own = path.dirname(move.new_target) == place and path.basename(move.new_target):lower()
  if move.new_target == place .. '.just' or own and (own == 'mod.just' or own == 'justfile' or own == '.justfile') then
    return name
  end
  return ("%s '%s'"):format(name, path.relative(move.new_target, folder))
end

return {
  references = {
    {
      kinds = KINDS, files = { '**/*.just', '**/{,.}[jJ]ustfile', '**/{,.}JUSTFILE' }, find = find,
      rewrite = { word = shell.rewrite, module = rewrite_module },
    },
  },
}
