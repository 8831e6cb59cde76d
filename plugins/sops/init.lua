-- init.lua: finds the rules of .sops.yaml files. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local rules = require './rules'

local function all_paths(tree)
  return list.map(tree:files(), 'path')
end

local function read_rules(document, field)
  local found = {}
  local value = document:get({ field }, 1)
  for i = 1, type(value) == 'table' and #value or 0 do
    local text = type(value[i]) == 'table' and value[i].path_regex
    found[i] = rules.rule(type(text) == 'string' and text ~= '' and text or nil)
  end
  return found
end

local function add_rule(c, match, rule, decided, field)
  if rule.why then
    c:doubt(match, match.text, 'a regular expression that is not understood: ' .. rule.why)
    return
  end
  local base = path.dirname(c.file.path)
  c:add(match, {
    kind = 'sops.path_regex', base = base, target_kind = 'regex', rewrite = 'path_regex',
    matches = decided, resolved = decided and #decided > 0 or nil,
    why = not decided and 'a rule before it is not understood' or #decided == 0 and 'decides no tracked file' or nil,
    field = field,
  })
end

local function find(file, ctx)
  local c = finder.collect('sops', file, ctx)
  if path.basename(file.path) ~= '.sops.yaml' then
    c:doubt(nil, file.path, 'sops reads .sops.yaml only, and warns about this name')
    return c:result()
  end
  local document = c:document()
  for _, field in ipairs(document and { 'creation_rules', 'destination_rules' } or {}) do
    local all = read_rules(document, field)
    local decided = rules.decide(all, all_paths(ctx.tree), path.dirname(file.path))
    for _, match in ipairs(c:query(document, 1, { field, '*', 'path_regex' })) do
      local index = match.path[2]
      if c:text(match) then
        add_rule(c, match, all[index], decided[index], field)
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
    },
  },
}
