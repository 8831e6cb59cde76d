-- init.lua: finds what Makefiles name. SPDX-License-Identifier: Apache-2.0

local excerpt = require 'ifx.repo.excerpt'
local finder = require 'ifx.repo.finder'
local parse = require './parse'
local sources = require './sources'
local variables = require './variables'
local written = require 'ifx.repo.written'

local shell = ifx.use 'shell'.library

local KINDS = {
  ['make.include'] = 'a file that a Makefile includes',
  ['make.rule'] = 'a file that a rule makes or needs',
  ['make.recipe'] = 'a path in a line of a recipe',
  ['make.variable'] = 'a path that a variable holds',
}

---@class make.Job
---@field c ifx.repo.Collector
---@field whole ifx.repo.Excerpt the file
---@field folder string of the file
---@field base string|nil folder that make runs in
---@field known make.Variables
---@field items make.Item[]
---@field used table<string, boolean> variables that a path begins with

local function add(job, word, base, at, r)
  r.base, r.anchor, r.rewrite = base, base == job.folder and 'file' or nil, 'word'
  local name = word.text:match('^%$[({]([%w_]+)[)}]/')
  if written.add(job.whole, word.from + at - 1, word.from + #word.text - 1, r) and name then
    job.used[name] = true
  end
end

-- Does the target of a rule, in which % stands for anything, mean this file?
local function matches(rule_target, target)
  local before, behind = rule_target:match('^([^%%]*)%%([^%%]*)$')
  if not before then
    return rule_target == target
  end
  return #target > #before + #behind and target:sub(1, #before) == before and target:sub(-#behind - 1):sub(2) == behind
end

local function can_be_made(job, target)
  for _, item in ipairs(job.items) do
    for _, word in ipairs(item.type == 'rule' and item.words or {}) do
      if matches(word.text, target) then
        return true
      end
    end
  end
  return false
end

local function include(job, item)
  for _, word in ipairs(item.words) do
    local base, at = sources.locate(word.text, job.base, job.known.folders)
    if base then
      local makefile = word.text:find('%.mk$') or word.text:find('[mM]akefile[^/]*$')
      local optional = item.optional and 'it is included only where it is there'
        or (not makefile or can_be_made(job, word.text)) and 'make may make it' or nil
      add(job, word, base, at, { kind = 'make.include', optional = optional })
    else
      job.c:doubt(job.whole:part(word.from, word.from + #word.text - 1), word.text,
        word.text:find('$', 1, true) and 'a variable fills it in' or 'it counts from the folder that make is run in')
    end
  end
end

-- A bare name is the name of a target, whatever file has the same one.
local function is_file_name(word)
  return word:find('/[^/]') or word:find('[^./]%.%w+$')
end

local function rule(job, item)
  if item.words[1] and item.words[1].text:find('^%.%u') then
    return -- .PHONY and its like
  end
  for _, list_of in ipairs { item.words, item.needs } do
    for _, word in ipairs(list_of) do
      local base, at = sources.locate(word.text, job.base, job.known.folders)
      if base and is_file_name(word.text) then
        add(job, word, base, at, { kind = 'make.rule', found_only = true })
      end
    end
  end
end

local function recipe(job, views)
  local start = shell.start(job.base, {
    own = job.base == job.folder, folders = job.known.folders, relative = job.known.constants,
    top = '',
  })
  for _, view in ipairs(views) do
    shell.find(view, start, {
      kind = 'make.recipe', terse = true, syntax = { make = true }, programs = job.known.programs,
      used = function(name) job.used[name] = true end,
    })
  end
end

-- Literal values of variables that a path somewhere begins with, and literal paths behind a folder.
local function variable(job, item)
  local constant = job.known.constants[item.name]
  if constant and job.used[item.name] then
    return add(job, constant, job.base, 1, { kind = 'make.variable', found_only = true })
  elseif constant or not item.value or item.value.several then
    return
  end
  local base, at = sources.locate(item.value.text, nil, job.known.folders)
  if base then
    add(job, item.value, base, at, { kind = 'make.variable', found_only = true })
  end
end

-- With .ONESHELL the lines of a recipe are one script.
local function scripts(job, item, one)
  if one then
    return { excerpt.spans(job.c, item.lines) }
  end
  local out = {}
  for i, line in ipairs(item.lines) do
    out[i] = excerpt.spans(job.c, { line })
  end
  return out
end

local function is_oneshell(items)
  for _, item in ipairs(items) do
    if item.type == 'rule' and item.words[1] and item.words[1].text == '.ONESHELL' then
      return true
    end
  end
  return false
end

local function find(file, ctx)
  local c, items = finder.collect('make', file, ctx), parse.items(file.text())
  local folder, base = path.dirname(file.path), sources.base(ctx, file.path)
  local job = {
    c = c, whole = excerpt.file(c), folder = folder, base = base, items = items, used = {},
    known = variables.read(items, folder, base, ctx),
  }
  local one = is_oneshell(items)
  for _, item in ipairs(items) do
    if item.type == 'include' then
      include(job, item)
    elseif item.type == 'rule' then
      rule(job, item)
      recipe(job, scripts(job, item, one))
    end
  end
  for _, item in ipairs(items) do
    if item.type == 'variable' then
      variable(job, item)
    end
  end
  return c:result()
end

return {
  references = {
    {
      kinds = KINDS, files = { '**/Makefile', '**/makefile', '**/GNUmakefile', '**/*.mk', '**/*.mak' }, find = find,
      rewrite = { word = shell.rewrite },
    },
  },
}
