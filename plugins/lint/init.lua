-- init.lua: finds the paths in configurations of linters and formatters. SPDX-License-Identifier: Apache-2.0

local excerpt = require 'ifx.repo.excerpt'
local expressions = require 'ifx.repo.expressions'
local finder = require 'ifx.repo.finder'
local globs = require 'ifx.repo.globs'
local patterns = require 'ifx.repo.patterns'
local rules = require './rules'
local settings = require 'ifx.settings'
local written = require 'ifx.repo.written'

local KINDS = {
  ['lint.ignore'] = 'a pattern in the language of .gitignore of what is left out',
  ['lint.files'] = 'a pattern of files that a setting is for, or that are left out',
  ['lint.expression'] = 'an expression over the paths of files',
  ['lint.path'] = 'a file or folder that a configuration names',
}

-- A configuration in a hidden folder (.github/linters, .config) is meant for the folder around that.
local function base_of(file)
  local base = path.dirname(file)
  local around = ('/' .. base):match('^(.-)/%.')
  return around and around:sub(2) or base
end

-- A path of keys, written with dots, as patterns for queries.
local function shapes_of(field)
  local body, is_list = field:match('^(.-)(%[?%]?)$')
  local steps = {}
  for step in (body .. '.'):gmatch('([^.]*)%.') do
    steps[#steps + 1] = step
  end
  if is_list == '' then
    return { steps }
  end
  return { steps, list.append(table.move(steps, 1, #steps, 1, {}), { '*' }) }
end

local ADD = {}

function ADD.ignore(c, match, base)
  patterns.add_scalar(c, match, { kind = 'lint.ignore', base = base })
end

-- Without a slash a pattern means names wherever they are, and says nothing about paths.
local function glob(c, view, from, to, base)
  if view.text:sub(from, from) == '!' or view.text:sub(from, from) == '#' then
    from = from + 1
  end
  from = view.text:match('^%./()', from) or view.text:match('^/()', from) or from
  local text = view.text:sub(from, to)
  if not text:find('/', 1, true) or text:find('^%*%*/[^/]*$') or text:sub(1, 1) == '~' then
    return
  elseif text:find('[@+!?*]%(') or text:find('[\\%%$]') then
    return c:doubt(view:part(from, to), text, 'a pattern with signs that are not understood')
  end
  written.add(view, from, to, {
    kind = 'lint.files', base = base, anchor = base == path.dirname(c.file.path) and 'file' or 'root',
    optional = not globs.is_glob(text) and 'nothing is left out or set by it now' or nil,
  })
end

function ADD.globs(c, match, base)
  glob(c, excerpt.scalar(c, match), 1, #match.text, base)
end

function ADD.regex(c, match)
  expressions.add(c, match, { kind = 'lint.expression', base = '', anchor = 'root' })
end

function ADD.python(c, match)
  expressions.add(c, match, { kind = 'lint.expression', base = '', anchor = 'root', dialect = 'python' })
end

local function add_path(c, view, from, to, base)
  local text = view.text:sub(from, to)
  if not written.is_elsewhere(text) and not text:find('^SCRIPTDIR') and not text:find('[$%%]') then
    written.add(view, from, to, {
      kind = 'lint.path', base = base, anchor = base == path.dirname(c.file.path) and 'file' or 'root',
      optional = 'it counts from the folder that the tool runs in',
    })
  end
end

function ADD.paths(c, match, base)
  add_path(c, excerpt.scalar(c, match), 1, #match.text, base)
end

-- A name without a slash is one that the tool knows, or that of a package.
function ADD.files_only(c, match, base)
  if match.text:find('^%.%.?/') or match.text:find('/', 1, true) and match.text:sub(1, 1) ~= '@' then
    add_path(c, excerpt.scalar(c, match), 1, #match.text, base)
  end
end

-- Several texts between commas.
local LISTED = { globs = glob, paths = add_path }

local function listed(c, match, base, add)
  local view = excerpt.scalar(c, match)
  for from, item in match.text:gmatch('()([^,]+)') do
    local lead, body = item:match('^(%s*)(.-)%s*$')
    if body ~= '' then
      add(c, view, from + #lead, from + #lead + #body - 1, base)
    end
  end
end

-- The headers of sections are patterns; one with a slash counts from the folder of the file.
local function sections(c, read, base)
  for _, node in ipairs(read:query { '*' }) do
    if node.kind == 'map' then
      ADD.globs(c, node, base)
    end
  end
end

local LANGUAGES = { 'ignore', 'globs', 'regex', 'python', 'paths', 'files_only' }

local function find_fields(c, query, rule, base)
  for _, language in ipairs(LANGUAGES) do
    for _, field in ipairs(rule[language] or {}) do
      for _, shape in ipairs(shapes_of(field)) do
        for _, match in ipairs(query(shape)) do
          local is_text = match.kind == 'scalar' and type(match.value) == 'string' and match.value ~= ''
          if is_text and rule.listed then
            listed(c, match, base, LISTED[language])
          elseif is_text then
            ADD[language](c, match, base)
          end
        end
      end
    end
  end
end

local function find_attributes(c, rule, base)
  local document = c.file.hcl()
  for _, found in ipairs(document and document:strings() or {}) do
    if rule.attributes[found.attribute or ''] and found.value and found.value ~= '' then
      found.text = found.value
      ADD.paths(c, found, base)
    end
  end
end

local function find(rule, file, ctx)
  local c = finder.collect('lint', file, ctx)
  local base = base_of(file.path)
  if rule.format == 'hcl' then
    find_attributes(c, rule, base)
    return c:result()
  elseif rule.format == 'yaml' then
    local document = c:document()
    if document and #document > 0 then
      find_fields(c, function(shape) return document:query(shape, 1) end, rule, base)
    end
    return c:result()
  end
  local read, why = settings.read(rule.format, file.text())
  if not read then
    c:doubt(why, file.path, ('does not parse as %s: %s'):format(rule.format:upper(), why.message))
  elseif rule.sections then
    sections(c, read, base)
  else
    find_fields(c, function(shape) return read:query(shape) end, rule, base)
  end
  return c:result()
end

local rewrite = { pattern = patterns.rewrite, expression = expressions.rewrite }

return {
  references = list.map(rules, function(rule)
    return {
      kinds = KINDS, rewrite = rewrite,
      files = list.append(list.map(rule.files, function(name) return '**/' .. name end), rule.also or {}),
      find = function(file, ctx) return find(rule, file, ctx) end,
    }
  end),
}
