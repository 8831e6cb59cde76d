-- init.lua: finds what configurations of pre-commit name. SPDX-License-Identifier: Apache-2.0

local excerpt = require 'ifx.repo.excerpt'
local expressions = require 'ifx.repo.expressions'
local finder = require 'ifx.repo.finder'
local url = require 'ifx.repo.url'
local written = require 'ifx.repo.written'

local shell = ifx.use 'shell'.library

local KINDS = {
  ['pre-commit.files'] = 'an expression that says which files a hook looks at, or leaves out',
  ['pre-commit.entry'] = 'a path in the command of a hook of this repository',
  ['pre-commit.argument'] = 'a file or folder that an argument of a hook names',
  ['pre-commit.repository'] = 'the repository of hooks',
}

-- These take every file, or none.
local EVERYTHING = { [''] = true, ['^$'] = true, ['.*'] = true, ['^'] = true }

local function below(prefix, ...)
  return list.append(table.move(prefix, 1, #prefix, 1, {}), { ... })
end

local function each(c, document, pattern, f)
  for _, match in ipairs(document:query(pattern, 1)) do
    if match.kind == 'scalar' and type(match.value) == 'string' then
      f(match)
    elseif match.kind == 'alias' then
      c:text(match)
    end
  end
end

-- Expressions are searched for in paths that count from the root, whatever the folder of the file.
local function expression(c, match)
  if not EVERYTHING[match.text] then
    expressions.add(c, match, { kind = 'pre-commit.files', base = '', anchor = 'root', dialect = 'python' })
  end
end

local function repository(c, match)
  if match.text == 'local' or match.text == 'meta' then
    return
  elseif url.is_remote(match.text) or match.text:find('://', 1, true) then
    c:remote(match, { kind = 'pre-commit.repository' })
  elseif match.text ~= '.' and match.text:sub(1, 1) ~= '/' then
    c:path(match, { kind = 'pre-commit.repository', base = '', anchor = 'root' })
  end
end

-- Hooks run in the root, the language `script` a file of the repository itself.
local function entry(c, match, language)
  if language == 'docker_image' then
    return -- begins with the name of an image, and runs inside of it
  end
  local view = excerpt.scalar(c, match)
  if language == 'script' then
    local from, to = match.text:match('^%s*()[^%s\'"]+()')
    if from then
      written.add(view, from, to - 1, {
        kind = 'pre-commit.entry', base = '', check = written.want_file, rewrite = 'word',
      })
    end
    return
  end
  shell.find(view, shell.start(''), { kind = 'pre-commit.entry' })
end

-- Where the path in an argument begins: behind `--flag=`, twice in `--args=--config=x`, and behind the
-- word that some hooks replace with the root.
local function path_in(text)
  local from = 1
  for _ = 1, 2 do
    local behind = text:match('^%-%-?[%w_-]+=()', from)
    from = behind or from
  end
  return text:match('^__GIT_WORKING_DIR__/()', from) or from
end

local function argument(c, match)
  local from = path_in(match.text)
  local value = match.text:sub(from)
  if value:find('^%-') or value:find('[%s$]') or not value:find('[/.]') or written.is_elsewhere(value) then
    return
  end
  written.add(excerpt.scalar(c, match), from, #match.text, { kind = 'pre-commit.argument', base = '', found_only = true })
end

local function find_hooks(c, document, prefix, is_local)
  for _, name in ipairs { 'files', 'exclude' } do
    each(c, document, below(prefix, name), function(match)
      expression(c, match)
    end)
  end
  each(c, document, below(prefix, 'args', '*'), function(match)
    argument(c, match)
  end)
  each(c, document, below(prefix, 'entry'), function(match)
    if is_local(match.path) then
      local hook = table.move(match.path, 1, #match.path - 1, 1, {})
      entry(c, match, document:get(below(hook, 'language'), 1))
    end
  end)
end

local function find_configuration(file, ctx)
  local c = finder.collect('pre-commit', file, ctx)
  local document = c:document()
  if document and #document > 0 then
    for _, name in ipairs { 'files', 'exclude' } do
      each(c, document, { name }, function(match) expression(c, match) end)
    end
    each(c, document, { 'repos', '*', 'repo' }, function(match) repository(c, match) end)
    find_hooks(c, document, { 'repos', '*', 'hooks', '*' }, function(at)
      return document:get({ 'repos', at[2], 'repo' }, 1) == 'local'
    end)
  end
  return c:result()
end

-- The hooks that this repository offers to others: their files are those of the others.
local function find_offered(file, ctx)
  local c = finder.collect('pre-commit', file, ctx)
  local document = c:document()
  for _, match in ipairs(document and #document > 0 and document:query({ '*', 'entry' }, 1) or {}) do
    if match.kind == 'scalar' and document:get({ match.path[1], 'language' }, 1) == 'script' then
      entry(c, match, 'script')
    end
  end
  return c:result()
end

local rewrite = { expression = expressions.rewrite, word = shell.rewrite }

return {
  references = {
    {
      kinds = KINDS, files = { '.pre-commit-config.yaml', '.pre-commit-config.yml' }, find = find_configuration,
      rewrite = rewrite,
    },
    { kinds = KINDS, files = { '.pre-commit-hooks.yaml' }, find = find_offered, rewrite = rewrite },
  },
}
