-- rewrite.lua: what must be written anew when files move, and the proof of it. SPDX-License-Identifier: Apache-2.0
local directories = require 'ifx.repo.directories'
local edits = require 'ifx.repo.edits'
local err = require 'err'
local globs = require 'ifx.repo.globs'
local graphs = require 'ifx.repo.graph'
local left = require 'ifx.repo.left'
local overlay = require 'ifx.repo.overlay'
local path = require 'ifx.path'
local spelling = require 'ifx.repo.spelling'
local verify = require 'ifx.repo.verify'

local rewrite = {}

---@class ifx.repo.RewritePlan
---@field moves table<string, string>
---@field directories table<string, string>  directories that follow their files
---@field edits ifx.repo.Edit[]              by file and place
---@field files table<string, string>        new path -> new content, for every file that is edited or generated
---@field listed { reference: ifx.repo.Reference, why: string, target: string? }[]  left for a person
---@field splits { directory: string, destinations: string, references: ifx.repo.Reference[] }[]  directories that lost files
---@field left ifx.repo.Left[]               old names that still stand somewhere
---@field unsearched string[]                files too large to be searched for old names
---@field problems { reference: ifx.repo.Reference, file: string, message: string }[]  not empty: the plan must not be applied
---@field tree ifx.repo.Tree                 the tree afterwards
---@field graph ifx.repo.Graph               its references

---@class ifx.repo.RewriteOptions : ifx.repo.GraphOptions
---@field text? boolean                  write text references anew too (default: they are listed)
---@field write? table<string, string>   generated files: path after the moves -> content

local function new_file(job, p) return job.moves[p] or p end

-- The directory that a reference is resolved from, afterwards.
local function new_base(job, ref)
  local dir = path.dirname(ref.file)
  local follows = ref.anchor == 'file' or (ref.anchor ~= 'root' and ref.base == dir)
  if follows and ref.base == dir then return path.dirname(new_file(job, ref.file)) end
  if ref.base == '' then return '' end
  return (job.directories:place(ref.base)) or ref.base
end

local function list(job, ref, why, target)
  job.listed[#job.listed + 1] = { reference = ref, why = why, target = target }
end

local function destinations(job, ref)
  local dir = ref.target_kind == 'glob' and globs.folder(ref.target) or ref.target
  return dir, table.concat(job.directories:destinations(dir), ', ')
end

-- A directory that stays, but lost files. What a tool reads there has changed; prose that names it is still true.
local function split_away(job, ref)
  local dir, places = destinations(job, ref)
  local item = job.splits[dir]
  if not item then
    item = { directory = dir, destinations = places, references = {} }
    job.splits[dir] = item
  end
  item.references[#item.references + 1] = ref
  if ref.exact and not ref.through then list(job, ref, 'it stays, but some of its files went to ' .. places, ref.target) end
end

-- A glob follows the directory before its first wildcard, when that follows its files; one that begins with a wildcard
-- names no directory, and stays.
local function follow_glob(job, ref)
  local dir = globs.folder(ref.target)
  if dir == '' then return ref.target, false end
  local to, split = job.directories:place(dir)
  if to == nil then return nil, false end
  return to == dir and ref.target or path.join(to, ref.target:sub(#dir + 2)), split
end

local function follow_target(job, ref)
  if ref.target_kind == 'glob' then return follow_glob(job, ref) end
  return job.directories:follow(ref.target)
end

local function own_rewrite(job, ref, move)
  local f = job.graph:rewriter(ref)
  if not f then return nil, ('plugin %s has no rewriting function %s'):format(ref.plugin, ref.rewrite) end
  local ok, text, why = pcall(job.guard, ref.plugin, f, ref, move)
  if not ok then
    if err.is(text, 'cancelled') then error(text, 0) end
    return nil, ('plugin %s failed: %s'):format(ref.plugin, tostring(text))
  end
  return text, why or (text == nil and 'its plugin does not write it anew' or nil)
end

local function new_bytes(job, ref, move, old)
  if not ref.rewrite then return spelling.bytes(ref, old, move.text) end
  local text, why = own_rewrite(job, ref, move)
  if not text then return nil, why end
  return text
end

local function add_edit(job, ref, move)
  local old = job.tree:read(ref.file):sub(ref.start, ref.stop)
  local bytes, why = new_bytes(job, ref, move, old)
  if not bytes then return list(job, ref, why, move.new_target) end
  if bytes == old then return end
  local by_file = job.by_file[ref.file] or {}
  job.by_file[ref.file] = by_file
  by_file[#by_file + 1] = {
    file = move.new_file, old_file = ref.file, start = ref.start, stop = ref.stop, line = ref.line, column = ref.column,
    old = old, new = bytes, reference = ref,
  }
end

local function why_not(job, ref)
  if not ref.editable then return ref.locked or 'it cannot be edited' end
  if not ref.exact and not job.text then return 'a text, not a reference that a tool reads' end
  if job.refused[ref] then return job.refused[ref] end
end

local function case(job, ref, target)
  if not ref.exact and not job.text then return end
  job.cases[#job.cases + 1] = { reference = ref, file = new_file(job, ref.file), target = target }
end

-- A reference that names no path: it must only be found again.
local function without_path(job, ref)
  if ref.rewrite and ref.target_kind == 'regex' then
    local file = new_file(job, ref.file)
    local move = {
      file = ref.file, new_file = file, moves = job.moves, base = ref.base, new_base = ref.base and new_base(job, ref),
    }
    local why = why_not(job, ref)
    local text, reason = own_rewrite(job, ref, move)
    if text == nil then
      if reason then list(job, ref, reason) end
    elseif text ~= ref.text and why then
      list(job, ref, why)
    elseif text ~= ref.text then
      add_edit(job, ref, move)
      return
    end
  end
  if ref.exact and ref.resolved then case(job, ref, nil) end
end

local function decide(job, ref)
  if not ref.target or not ref.base or ref.target_kind == 'object' or ref.target_kind == 'regex' then
    return without_path(job, ref)
  end
  local target, split = follow_target(job, ref)
  if ref.resolved ~= true then
    local moved = target ~= ref.target and ref.resolved == nil
    return moved and list(job, ref, ref.why or 'whether it resolves cannot be known', target) or nil
  end
  if not target then
    local _, places = destinations(job, ref)
    return list(job, ref, 'its files went to different places: ' .. places)
  end
  if split then split_away(job, ref) end
  local base = new_base(job, ref)
  if target == ref.target and base == ref.base then
    if ref.exact then case(job, ref, target) end
    return
  end
  local text = spelling.path(ref, base, target)
  local why = text ~= ref.text and why_not(job, ref)
  if why then return list(job, ref, why, target) end
  case(job, ref, target)
  if text == ref.text and not ref.rewrite then return end
  add_edit(job, ref, {
    file = ref.file, new_file = new_file(job, ref.file), base = ref.base, new_base = base, target = ref.target,
    new_target = target, text = text, moves = job.moves,
  })
end

-- All edits with the files they make.
local function collect(job)
  local plan = { edits = {}, files = {}, ordered = {} }
  for p, content in pairs(job.write) do plan.files[p] = content end
  local old_files = {}
  for file in pairs(job.by_file) do old_files[#old_files + 1] = file end
  table.sort(old_files, function(a, b) return new_file(job, a) < new_file(job, b) end)
  for _, file in ipairs(old_files) do
    local ordered = edits.ordered(job.by_file[file])
    local new = new_file(job, file)
    plan.ordered[new] = ordered
    plan.files[new] = edits.apply(job.tree:read(file), ordered)
    table.move(ordered, 1, #ordered, #plan.edits + 1, plan.edits)
  end
  return plan
end

local function attempt(job)
  job.by_file, job.listed, job.cases, job.splits = {}, {}, {}, {}
  for _, ref in ipairs(job.graph.references) do decide(job, ref) end
  local plan = collect(job)
  plan.tree = overlay.open(job.tree, { moves = job.moves, write = plan.files })
  plan.graph = graphs.build(plan.tree, job.opts)
  plan.failures = verify.failures(job.cases, plan.graph, plan.ordered)
  return plan
end

-- A text that would not read as meant is left for a person; anything else that is lost refuses the plan.
local function sort_failures(job, plan)
  local again = false
  local problems = {}
  for _, failure in ipairs(plan.failures) do
    local ref = failure.reference
    if not ref.exact and not job.refused[ref] then
      job.refused[ref], again = 'written anew it would not read as meant: ' .. failure.message, true
    elseif ref.exact then
      problems[#problems + 1] = failure
    end
  end
  return problems, again
end

local function add_unfollowed(job, problems)
  for _, item in ipairs(job.listed) do
    local ref = item.reference
    local lost = ref.exact and ref.resolved and ref.target and (item.target or ref.target) ~= ref.target
    if lost or (ref.exact and ref.resolved and ref.target and not item.target) then
      problems[#problems + 1] = { reference = ref, file = new_file(job, ref.file), message = item.why }
    end
  end
end

---Plan the rewriting of everything that names a moved file or directory. Nothing is written. What was broken before is
---left alone. Exact references that would be lost are `problems`; texts are written anew only with `opts.text`, and
---only where the result reads as meant; all else is `listed`. Raises 'conflict' when the moves themselves clash.
---@param tree ifx.repo.Tree
---@param moves table<string, string>
---@param graph ifx.repo.Graph the references of `tree`, with text
---@param opts? ifx.repo.RewriteOptions plugins and guard as for the graph: the changed tree is searched again
---@return ifx.repo.RewritePlan
function rewrite.plan(tree, moves, graph, opts)
  opts = opts or {}
  local job = {
    tree = tree, moves = moves, graph = graph, text = opts.text, write = opts.write or {}, refused = {},
    guard = opts.guard or function(_, f, ...) return f(...) end, directories = directories.new(tree, moves),
    opts = {
      plugins = opts.plugins, guard = opts.guard, only = opts.only, text = opts.text == true,
      repo_urls = opts.repo_urls or require('ifx.repo.tree').urls(tree),
    },
  }
  local plan, problems, again
  for _ = 1, 3 do
    plan = attempt(job)
    problems, again = sort_failures(job, plan)
    if not again then break end
  end
  add_unfollowed(job, problems)
  plan.failures, plan.ordered = nil, nil
  plan.moves, plan.directories, plan.listed, plan.problems = moves, job.directories:moved(), job.listed, problems
  plan.splits = {}
  for _, item in pairs(job.splits) do plan.splits[#plan.splits + 1] = item end
  table.sort(plan.splits, function(a, b) return a.directory < b.directory end)
  plan.left, plan.unsearched = left.find(tree, plan.tree, moves, plan.directories)
  return plan
end

---Raise 'conflict' when a plan has problems.
---@param plan ifx.repo.RewritePlan
function rewrite.refuse(plan)
  if #plan.problems == 0 then return end
  local lines = {}
  for i, problem in ipairs(plan.problems) do
    local ref = problem.reference
    if i <= 20 then
      lines[#lines + 1] = ('%s:%d:%d: %s %s: %s'):format(
        ref.file, ref.line, ref.column, ref.kind, ref.text, problem.message)
    end
  end
  if #plan.problems > 20 then lines[#lines + 1] = ('… and %d more'):format(#plan.problems - 20) end
  local first = plan.problems[1].reference
  err.raise {
    kind = 'conflict', op = 'rewrite references', message = table.concat(lines, '\n'), file = first.file, line = first.line,
    column = first.column, hint = 'leave these files where they are, move what they name along, or edit them by hand first',
  }
end

return rewrite
