-- rules.lua: which files each rule of a .sops.yaml decides, and how it follows them. SPDX-License-Identifier: Apache-2.0

local regex = require './regex'

local M = {}

---@class sops.Rule
---@field text string|nil the expression; nil: matches everything
---@field search fun(path: string): boolean
---@field why string|nil the expression is not understood

--- A rule of its expression.
---@param text string|nil
---@return sops.Rule
function M.rule(text)
  if not text then
    return { search = function() return true end }
  end
  local search, why = regex.compile(text)
  return { text = text, search = search, why = why }
end

--- The path that a rule is held against: below the folder of the configuration; nil outside of it.
---@param target string
---@param base string
---@return string|nil
function M.relative(target, base)
  if base == '' then
    return target
  end
  return path.within(target, base) and target ~= base and target:sub(#base + 2) or nil
end

--- The files that each rule decides: the first that matches. A rule that is not understood ends it,
--- since whether it matches decides about all that follow.
---@param rules sops.Rule[]
---@param paths string[] paths from the root
---@param base string folder of the configuration
---@return string[][] decided per rule; nil for a rule that is not understood and those after it
function M.decide(rules, paths, base)
  local decided = {}
  for i, rule in ipairs(rules) do
    if rule.why then
      break
    end
    decided[i] = {}
  end
  for _, candidate in ipairs(paths) do
    local relative = M.relative(candidate, base)
    for i = 1, relative and #decided or 0 do
      if rules[i].search(relative) then
        table.insert(decided[i], candidate)
        break
      end
    end
  end
  return decided
end

local function same(a, b)
  local left = list.sorted(a)
  local right = list.sorted(b)
  return table.concat(left, '\0') == table.concat(right, '\0')
end

-- The folders that differ between an old and a new path, from the folder of the configuration.
local function changed_folders(old, new)
  local a, b = path.split(old), path.split(new)
  while #a > 0 and #b > 0 and a[#a] == b[#b] do
    a[#a], b[#b] = nil, nil
  end
  return table.concat(a, '/'), table.concat(b, '/')
end

local function replace_literal(text, old, new)
  for _, spelling in ipairs { regex.quote(old), old } do
    local from, to = text:find(spelling, 1, true)
    if from and not text:find(spelling, to + 1, true) then
      return text:sub(1, from - 1) .. regex.quote(new) .. text:sub(to + 1)
    end
  end
end

local function decides(rules, index, text, wanted, paths, base)
  local changed = table.move(rules, 1, #rules, 1, {})
  changed[index] = M.rule(text)
  return same(M.decide(changed, paths, base)[index] or {}, wanted)
end

local follow_one

-- The rules before one as they will read: what they take is decided before it is asked.
local function followed(rules, index, ...)
  local out = table.move(rules, 1, #rules, 1, {})
  for i = 1, index - 1 do
    local text = out[i].text and follow_one(rules, out, i, ...)
    if text then out[i] = M.rule(text) end
  end
  return out
end

--- How a rule must read so that it decides the same files after moves.
---@param rules sops.Rule[]
---@param index integer the rule
---@param moves table<string, string> old path to new path
---@param paths string[] all files before
---@param base string folder of the configuration before
---@param new_base string and after
---@return string|nil text
---@return string|nil why
function M.follow(rules, index, moves, paths, base, new_base)
  return follow_one(rules, followed(rules, index, moves, paths, base, new_base), index, moves, paths, base, new_base)
end

function follow_one(rules, after_rules, index, moves, paths, base, new_base)
  local decided = M.decide(rules, paths, base)[index]
  if not decided then
    return nil, 'the rule, or one before it, is not understood'
  end
  local wanted = list.map(decided, function(old) return moves[old] or old end)
  local after = list.map(paths, function(old) return moves[old] or old end)
  local text = rules[index].text
  if decides(after_rules, index, text, wanted, after, new_base) then
    return text
  end
  local tried = {}
  for i, old in ipairs(decided) do
    local from, to = M.relative(old, base), M.relative(wanted[i], new_base)
    if not to then
      return nil, ('%s leaves the folder of the configuration'):format(old)
    end
    local old_folder, new_folder = changed_folders(from, to)
    local proposed = old_folder ~= '' and replace_literal(text, old_folder, new_folder)
    if proposed and not tried[proposed] and decides(after_rules, index, proposed, wanted, after, new_base) then
      return proposed
    end
    tried[proposed or ''] = true
  end
  return nil, 'after the move the rule would decide other files than now'
end

return M
