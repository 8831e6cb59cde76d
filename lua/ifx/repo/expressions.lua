-- expressions.lua: regular expressions over paths as references: what they match, and how they follow it.
-- SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local list = require 'ifx.list'
local path = require 'ifx.path'
local regex = require 'regex'
local yaml = require 'yaml'

local M = {}

---@class ifx.repo.Expression
---@field text string|nil the expression; nil: matches everything
---@field dialect string|nil
---@field search (fun(path: string): boolean)|nil
---@field why string|nil the expression is not understood: there is no search

--- A rule of its expression.
---@param text string|nil
---@param dialect? string as for regex.compile
---@return ifx.repo.Expression
function M.rule(text, dialect)
  if not text then
    return { search = function() return true end }
  end
  local ok, expression = pcall(regex.compile, text, dialect)
  if not ok then
    return { text = text, why = expression.message, dialect = dialect }
  end
  return { text = text, search = function(candidate) return expression:match(candidate) end, dialect = dialect }
end

--- The path that a rule is held against: from the folder of its file; nil outside of it.
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
---@param rules ifx.repo.Expression[]
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

-- The folders that differ between an old and a new path, from the folder of the configuration. Where one is only put
-- before the other, or taken away, the next one that both have belongs to both.
local function changed_folders(old, new)
  local a, b, shared = path.split(old), path.split(new), nil
  while #a > 0 and #b > 0 and a[#a] == b[#b] do
    shared = a[#a]
    a[#a], b[#b] = nil, nil
  end
  if shared and (#a == 0) ~= (#b == 0) then
    a[#a + 1], b[#b + 1] = shared, shared
  end
  return table.concat(a, '/'), table.concat(b, '/')
end

-- The old and the new name of every folder whose files moved, each once.
local function renamed_folders(moves, base, new_base)
  local pairs_of, seen = {}, {}
  for _, old in ipairs(list.keys(moves)) do
    local from, to = M.relative(old, base), M.relative(moves[old], new_base)
    if from and to then
      local old_folder, new_folder = changed_folders(from, to)
      local key = old_folder .. '\0' .. new_folder
      if old_folder ~= '' and not seen[key] then
        seen[key] = true
        pairs_of[#pairs_of + 1] = { old_folder, new_folder }
      end
    end
  end
  return pairs_of
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
  changed[index] = M.rule(text, rules[index].dialect)
  return same(M.decide(changed, paths, base)[index] or {}, wanted)
end

local follow_one

-- The rules before one as they will read: what they take is decided before it is asked.
local function followed(rules, index, ...)
  local out = table.move(rules, 1, #rules, 1, {})
  for i = 1, index - 1 do
    local text = out[i].text and follow_one(rules, out, i, ...)
    if text then out[i] = M.rule(text, out[i].dialect) end
  end
  return out
end

--- How a rule must read so that it decides the same files after moves.
---@param rules ifx.repo.Expression[]
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
  for _, old in ipairs(decided) do
    if not M.relative(moves[old] or old, new_base) then
      return nil, ('%s leaves the folder of the configuration'):format(old)
    end
  end
  local all = text
  for _, pair in ipairs(renamed_folders(moves, base, new_base)) do
    local proposed = replace_literal(text, pair[1], pair[2])
    if proposed and decides(after_rules, index, proposed, wanted, after, new_base) then
      return proposed
    end
    all = replace_literal(all, pair[1], pair[2]) or all
  end
  if all ~= text and decides(after_rules, index, all, wanted, after, new_base) then
    return all
  end
  return nil, 'after the move the rule would decide other files than now'
end

-- A text in double quotes, with escapes, as one in single quotes that knows the same escapes.
local function requote(text)
  local inner = text:sub(2, -2):gsub('\\?.', { ['\\"'] = '"', ["'"] = "\\'" })
  return "'" .. inner .. "'"
end

--- The bytes of an expression in the style that its scalar has.
---@param ref ifx.repo.Reference
---@param text string
---@return string|nil bytes
---@return string|nil why
function M.spell(ref, text)
  if ref.style == 'single' then
    return (text:gsub("'", "''"))
  elseif ref.style == 'double' and ref.stop - ref.start + 1 ~= #ref.text then
    local bytes = yaml.scalar(text, 'double')
    return ref.quote == "'" and requote(bytes) or bytes
  elseif ref.style == 'double' and text:find('[\\"]') or ref.style == 'plain' and text:find('^[%s\'"%[{&*!|>%%@`#-]') then
    return nil, 'the new expression would need other quotes: ' .. text
  end
  return text
end

local known = setmetatable({}, { __mode = 'k' }) -- the paths of each tree: every expression is held against them

local function all_paths(ctx)
  known[ctx] = known[ctx] or list.map(ctx.tree:files(), 'path')
  return known[ctx]
end

--- Adds one expression over all paths of the tree. `from` and `to` are its bytes in the text of the match; a reference
--- covers the whole text. Its finder names `M.rewrite` as `expression`.
---@param c ifx.repo.Collector
---@param match table
---@param r table kind, base, dialect, from, to, flags (put before the expression when it is compiled), why
function M.add(c, match, r)
  local from, to, flags = r.from or 1, r.to or #match.text, r.flags or ''
  local rule = M.rule(flags .. match.text:sub(from, to), r.dialect)
  if rule.why then
    return c:doubt(match, match.text, 'a regular expression that is not understood: ' .. rule.why)
  end
  local paths = all_paths(c.ctx)
  local ok, decided = pcall(M.decide, { rule }, paths, r.base)
  if not ok then
    if not err.is(decided, 'limit') then
      error(decided, 0)
    end
    return c:doubt(match, match.text, 'a regular expression that takes too long: ' .. decided.message)
  end
  local matched = decided[1]
  c:add(match, {
    kind = r.kind, base = r.base, anchor = r.anchor, target_kind = 'regex', rewrite = 'expression',
    matches = matched, quote = match.quote,
    resolved = #matched > 0 or nil, why = #matched == 0 and (r.why or 'matches no tracked file now') or nil,
    expression = { from = from, to = to, flags = flags, dialect = r.dialect, paths = paths },
  })
end

--- Says an expression anew so that it matches the same files after moves.
---@param ref ifx.repo.Reference
---@param move ifx.repo.Movement
---@return string|nil text
---@return string|nil why
function M.rewrite(ref, move)
  local e = ref.expression
  local rule = M.rule(e.flags .. ref.text:sub(e.from, e.to), e.dialect)
  local text, why = M.follow({ rule }, 1, move.moves, e.paths, move.base, move.new_base)
  if not text or text == rule.text then
    return text and ref.text, why
  end
  return M.spell(ref, ref.text:sub(1, e.from - 1) .. text:sub(#e.flags + 1) .. ref.text:sub(e.to + 1))
end

return M
