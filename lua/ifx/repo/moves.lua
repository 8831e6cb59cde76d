-- moves.lua: what speaks against moves of files. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local git = require 'ifx.repo.git'
local list = require 'ifx.list'
local path = require 'ifx.path'

local moves = {}

---@class ifx.repo.Problem
---@field kind 'outside'|'double'|'exists'|'clash'|'case'|'ignored'|'submodule'|'link'
---@field path string           the target concerned
---@field from? string
---@field message string

local function check_place(found, tree, old, new)
  if new:sub(1, 1) == '/' or not path.normalize(new) or new == '.' or new == '' then
    found[#found + 1] = { kind = 'outside', path = new, from = old, message = 'the target is outside of the repository' }
    return false
  end
  if ('/' .. new:lower() .. '/'):find('/.git/', 1, true) then
    found[#found + 1] = { kind = 'outside', path = new, from = old, message = "the target is inside '.git'" }
    return false
  end
  if tree:entry(old) and tree:entry(old).mode == '160000' then
    local message = 'it is a submodule: its path is in .gitmodules and in the configuration of every clone'
    found[#found + 1] = { kind = 'submodule', path = new, from = old, message = message }
    return false
  end
  return true
end

-- Final path -> who is there, for all files; doubles become problems.
local function occupy(found, tree, map, write, gone)
  local final = {}
  for _, entry in ipairs(tree:files()) do
    if not map[entry.path] and not gone[entry.path] then final[entry.path] = entry.path end
  end
  for _, old in ipairs(list.keys(map)) do
    local new = map[old]
    if check_place(found, tree, old, new) then
      local there = final[new]
      if there and map[there] then
        local message = ('%s and %s would both become this file'):format(there, old)
        found[#found + 1] = { kind = 'double', path = new, from = old, message = message }
      elseif there then
        found[#found + 1] = { kind = 'exists', path = new, from = old, message = 'a file that stays is already there' }
      else
        final[new] = old
      end
    end
  end
  for _, new in ipairs(write or {}) do
    if final[new] and map[final[new]] then
      local message = 'this file would be generated, and a file would move here'
      found[#found + 1] = { kind = 'double', path = new, from = final[new], message = message }
    end
    final[new] = final[new] or new
  end
  return final
end

-- Is a part of the path a file, a link, or written with other capitals somewhere else? `sound`: directories of which it is
-- known that neither they nor those above are.
local function check_parents(found, tree, final, folded, map, new, sound)
  local old, part = final[new], new
  while part ~= '' and not sound[part] do
    local other = folded[part:lower()]
    if other ~= part then
      local message = ("differs only in case from '%s': one file on systems that ignore case"):format(other)
      found[#found + 1] = { kind = 'case', path = part, from = old, message = message }
      return
    end
    local above = path.dirname(part)
    if above ~= '' and final[above] then
      local what = tree:exists(final[above]) == 'link' and 'symbolic link' or 'file'
      local message = ("'%s' %s a %s, not a directory"):format(above, map[final[above]] and 'would be' or 'is', what)
      found[#found + 1] = { kind = 'clash', path = new, from = old, message = message }
      return
    end
    part = above
  end
  sound[path.dirname(new)] = true
end

local function fold(final, map)
  local folded, paths = {}, list.keys(final)
  for pass = 1, 2 do -- what stays comes first: a clash is the fault of what moves
    for _, new in ipairs(paths) do
      if (map[final[new]] == nil) == (pass == 1) then
        local part, lower = new, new:lower()
        while part ~= '' and not folded[lower] do
          folded[lower] = part
          part = path.dirname(part)
          lower = part:lower()
        end
      end
    end
  end
  return folded, paths
end

-- Target -> the rule that ignores it, by git's own answer; from the tree's ignore files where there is no work tree.
local function ignored_by_git(root, targets)
  local rules = {}
  local result = git.run(root, { 'check-ignore', '--no-index', '--verbose', '-z', '--stdin' },
    { stdin = table.concat(targets, '\0') .. '\0', check = false })
  if result.status > 1 then return nil end
  for source, line, pattern, target in result.stdout:gmatch('([^%z]*)%z([^%z]*)%z([^%z]*)%z([^%z]*)%z') do
    if pattern:sub(1, 1) ~= '!' then rules[target] = ("%s:%s '%s'"):format(source, line, pattern) end
  end
  return rules
end

local function ignored_by_tree(tree, targets)
  local sources, rules = {}, {}
  for _, entry in ipairs(tree:files()) do
    if path.basename(entry.path) == '.gitignore' and entry.mode ~= '120000' then
      sources[#sources + 1] = { dir = path.dirname(entry.path), text = tree:read(entry.path) }
    end
  end
  local matcher = fs.ignore(sources)
  for _, target in ipairs(#sources > 0 and targets or {}) do
    local ignored, rule = matcher:ignored(target, false)
    if ignored then
      rules[target] = rule and ("%s:%d '%s'"):format(path.join(rule.dir, '.gitignore'), rule.line, rule.pattern) or '.gitignore'
    end
  end
  return rules
end

local function check_ignored(found, tree, map, final, elsewhere)
  local targets = {}
  for new, old in pairs(final) do
    if map[old] == new then targets[#targets + 1] = new end
  end
  if #targets == 0 then return end
  table.sort(targets)
  local root = not elsewhere and tree.repository and tree.repository.root
  local rules = root and ignored_by_git(root, targets) or ignored_by_tree(elsewhere and elsewhere() or tree, targets)
  for _, target in ipairs(targets) do
    if rules[target] then
      local message = ('the target is ignored by %s'):format(rules[target])
      found[#found + 1] = { kind = 'ignored', path = target, from = final[target], message = message }
    end
  end
end

---What speaks against moves: two files with one target, a target over a file that stays, a file where a directory is
---needed, names that differ only in case, targets outside or ignored, submodules.
---@param tree ifx.repo.Tree
---@param map table<string, string>
---@param opts? { write: string[]?, gone: table<string, true>?, elsewhere: (fun(): ifx.repo.Tree)? } gone: files that are
---not there afterwards; elsewhere: the tree afterwards, when it is another repository's: its ignore files count
---@return ifx.repo.Problem[]
function moves.problems(tree, map, opts)
  local found = {}
  local write, gone = opts and opts.write or {}, opts and opts.gone or {}
  local final = occupy(found, tree, map, write, gone)
  local folded, paths = fold(final, map)
  local sound = {}
  for _, new in ipairs(paths) do
    if map[final[new]] or not tree:entry(new) then check_parents(found, tree, final, folded, map, new, sound) end
  end
  for _, new in ipairs(paths) do -- a file that stays, where a moved one needs a directory
    if map[final[new]] and tree:is_dir(new) then
      for _, entry in ipairs(tree:list(new)) do
        if not map[entry.path] and not gone[entry.path] then
          local message = ("'%s' stays below it: it is a directory"):format(entry.path)
          found[#found + 1] = { kind = 'clash', path = new, from = final[new], message = message }
          break
        end
      end
    end
  end
  local elsewhere = opts and opts.elsewhere
  if not (elsewhere and #found > 0) then check_ignored(found, tree, map, final, elsewhere) end
  return found
end

---Raise 'conflict' with all problems, when there are any.
---@param problems ifx.repo.Problem[]
function moves.refuse(problems)
  if #problems == 0 then return end
  local lines = {}
  for i, problem in ipairs(problems) do
    if i > 20 then
      lines[#lines + 1] = ('… and %d more'):format(#problems - 20)
      break
    end
    local arrow = problem.from and problem.from ~= problem.path and problem.from .. ' -> ' or ''
    lines[#lines + 1] = ('%s%s: %s'):format(arrow, problem.path, problem.message)
  end
  err.raise {
    kind = 'conflict', op = 'move files', message = table.concat(lines, '\n'),
    hint = 'change the rows of the layout that name these files',
  }
end

return moves
