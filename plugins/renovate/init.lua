-- init.lua: finds what configurations of Renovate name: presets, and patterns of files. SPDX-License-Identifier: Apache-2.0

local configs = require './configs'
local excerpt = require 'ifx.repo.excerpt'
local expressions = require 'ifx.repo.expressions'
local finder = require 'ifx.repo.finder'
local settings = require 'ifx.settings'
local written = require 'ifx.repo.written'

local KINDS = {
  ['renovate.preset'] = 'a configuration that another one extends',
  ['renovate.files'] = 'a pattern or an expression that says which files are looked at',
}

local function expression(c, match, from, to, flags)
  expressions.add(c, match, {
    kind = 'renovate.files', base = '', anchor = 'root', from = from, to = to, flags = flags,
  })
end

-- A pattern in the language of minimatch, which counts from the root.
local function glob(c, match, from)
  local text = match.text:sub(from)
  if text:find('[%^$\\]') or text:find('[@+!?*]%(') then
    return c:doubt(match, match.text, 'a pattern with signs that are not understood')
  elseif not text:find('^%*+$') then
    written.add(excerpt.scalar(c, match), from, #match.text, {
      kind = 'renovate.files', base = '', optional = 'no file is looked at through it now',
    })
  end
end

local ADD = {}

function ADD.expression(c, match)
  expression(c, match)
end

-- `/…/` and `/…/i` are expressions, anything else a pattern; `!` before it means all others.
function ADD.mixed(c, match)
  local from, to, flags = match.text:match('^!?/().*()/(i?)$')
  if from then
    expression(c, match, from, to - 1, flags == 'i' and '(?i)' or '')
  else
    glob(c, match, match.text:match('^!?()'))
  end
end

function ADD.glob(c, match)
  glob(c, match, 1)
end

-- A pattern, or a text that any path may hold.
function ADD.part(c, match)
  if match.text:find('[*?{%[]') then
    glob(c, match, 1)
  else
    written.add(excerpt.scalar(c, match), 1, #match.text, { kind = 'renovate.files', base = '', found_only = true })
  end
end

local FIELDS = {
  fileMatch = 'expression', managerFilePatterns = 'mixed', matchFileNames = 'mixed', includePaths = 'glob', fileFilters = 'glob',
  ignorePaths = 'part', matchPaths = 'part',
}

local function preset(c, match)
  local found = configs.preset(c.ctx, match.text)
  if not found then
    return
  elseif not found.own or not found.file then
    c:add(match, {
      kind = 'renovate.preset', target_kind = found.own and 'repository' or 'remote', resolved = found.own or nil,
      why = not found.own and 'on the network' or nil,
    })
    return
  end
  local pinned = found.revision and ('pinned to the revision %s of this repository'):format(found.revision)
  local kind, why = finder.locate(c.ctx, found.file)
  if kind and kind ~= 'file' then
    kind, why = nil, 'a folder where a file is expected'
  end
  local resolved
  if not pinned then
    resolved = kind ~= nil
  end
  c:add(match, {
    kind = 'renovate.preset', from = found.from, to = found.to, base = '', anchor = 'root', target = found.file,
    target_kind = kind or 'path', rewrite = found.in_root and 'root_preset' or 'preset', resolved = resolved,
    why = pinned or why, locked = pinned,
  })
end

-- Calls f for each text at a key, or in the list that stands there.
local function each(read, prefix, key, f)
  for _, tail in ipairs { { '**', key }, { '**', key, '*' } } do
    for _, node in ipairs(read:query(list.append(table.move(prefix, 1, #prefix, 1, {}), tail))) do
      if node.kind == 'scalar' and type(node.value) == 'string' and node.value ~= '' then
        f(node)
      end
    end
  end
end

local function find(file, ctx)
  local c = finder.collect('renovate', file, ctx)
  local is_package = file.path == 'package.json'
  if not is_package and not configs.is(ctx, file) then
    return c:result()
  end
  local read, why = settings.read('json5', file.text())
  if not read then
    c:doubt(why, file.path, 'does not parse as JSON5: ' .. why.message)
    return c:result()
  end
  local prefix = is_package and { 'renovate' } or {}
  each(read, prefix, 'extends', function(node) preset(c, node) end)
  for _, field in ipairs(list.keys(FIELDS)) do
    each(read, prefix, field, function(node) ADD[FIELDS[field]](c, node) end)
  end
  each(read, prefix, 'paths', function(node) -- what matchPaths was called once; others of that name say something else
    if node.path[#prefix + 1] == 'packageRules' then
      ADD.part(c, node)
    end
  end)
  return c:result()
end

local function without_extension(ref, new)
  return ref.text:find('%.json[5c]?$') and new or new:match('^(.*)%.json$')
end

local function rewrite_preset(ref, move)
  local text = without_extension(ref, move.new_target)
  return text, not text and 'only a preset that ends in .json may be named without its extension' or nil
end

local function rewrite_root_preset(ref, move)
  if move.new_target:find('/', 1, true) then
    return nil, 'a preset behind a colon stands in the root: write the path behind // instead'
  end
  return rewrite_preset(ref, move)
end

return {
  references = {
    {
      kinds = KINDS, files = { '**/*.json', '**/*.json5', '**/*.jsonc', '.renovaterc' }, find = find,
      needs = list.append(list.keys(FIELDS), { 'packageRules', '"extends"', "'extends'", 'extends:' }),
      rewrite = { expression = expressions.rewrite, preset = rewrite_preset, root_preset = rewrite_root_preset },
    },
  },
}
