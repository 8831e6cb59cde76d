-- init.lua: finds the rules of .sops.yaml files. SPDX-License-Identifier: Apache-2.0

local expressions = require 'ifx.repo.expressions'
local finder = require 'ifx.repo.finder'

local function all_paths(tree)
  return tree:paths()
end

local function read_rules(document, field)
  local found = {}
  local value = document:get({ field }, 1)
  for i = 1, type(value) == 'table' and #value or 0 do
    local text = type(value[i]) == 'table' and value[i].path_regex
    found[i] = expressions.rule(type(text) == 'string' and text ~= '' and text or nil)
  end
  return found
end

-- `rules`, `index` and `paths` are what rewriting needs: all expressions of the list (false: none).
local function add_rule(c, match, all, decided, paths)
  local index = match.path[2]
  local rule, files = all[index], decided[index]
  if rule.why then
    c:doubt(match, match.text, 'a regular expression that is not understood: ' .. rule.why)
    return
  end
  c:add(match, {
    kind = 'sops.path_regex', base = path.dirname(c.file.path), target_kind = 'regex', rewrite = 'path_regex',
    matches = files, resolved = files and #files > 0 or nil,
    why = not files and 'a rule before it is not understood' or #files == 0 and 'decides no tracked file' or nil,
    rules = list.map(all, function(one) return one.text or false end), index = index, paths = paths,
  })
end

local function rewrite_path_regex(ref, move)
  local all = list.map(ref.rules, function(text)
    return expressions.rule(text or nil)
  end)
  local text, why = expressions.follow(all, ref.index, move.moves, ref.paths, move.base, move.new_base)
  if not text or text == ref.text then
    return text, why
  end
  return expressions.spell(ref, text)
end

local function find(file, ctx)
  local c = finder.collect('sops', file, ctx)
  if path.basename(file.path) ~= '.sops.yaml' then
    c:doubt(nil, file.path, 'sops reads .sops.yaml only, and warns about this name')
    return c:result()
  end
  local document = c:document()
  for _, field in ipairs(document and { 'creation_rules', 'destination_rules' } or {}) do
    local all, paths = read_rules(document, field), all_paths(ctx.tree)
    local decided = expressions.decide(all, paths, path.dirname(file.path))
    for _, match in ipairs(c:query(document, 1, { field, '*', 'path_regex' })) do
      if c:text(match) then
        add_rule(c, match, all, decided, paths)
      end
    end
  end
  return c:result()
end

return {
  references = {
    {
      kinds = { ['sops.path_regex'] = 'An expression that decides how files are encrypted, from the folder of the rules' },
      files = { '**/.sops.yaml', '**/.sops.yml' },
      find = find,
      rewrite = { path_regex = rewrite_path_regex },
    },
  },
}
