-- rewrite.lua: what must be written anew when files move, and the proof of it. SPDX-License-Identifier: Apache-2.0
local border = require 'ifx.repo.border'
local edits = require 'ifx.repo.edits'
local err = require 'err'
local globs = require 'ifx.repo.globs'
local graphs = require 'ifx.repo.graph'
local overlay = require 'ifx.repo.overlay'
local path = require 'ifx.path'
local sides = require 'ifx.repo.sides'
local spelling = require 'ifx.repo.spelling'
local verify = require 'ifx.repo.verify'

local rewrite = {}

local A_TEXT = 'a text, not a reference that a tool reads'

---@class ifx.repo.RewritePlan
---@field moves table<string, string>
---@field directories table<string, string>  directories that follow their files
---@field edits ifx.repo.Edit[]              by file and place
---@field files table<string, string>        new path -> new content, for every file that is edited or generated
---@field listed { reference: ifx.repo.Reference, why: string, target: string?, proposal: string?, with_text: true? }[]  left
---for a person; `with_text`: it may be written anew with `opts.text`
---@field cut { reference: ifx.repo.Reference, why: string, target: string? }[]  those of them that a tool reads and that will
---not resolve any more: what they name is in another repository, or in several
---@field splits { directory: string, destinations: string, references: ifx.repo.Reference[] }[]  directories that lost files
---@field problems { reference: ifx.repo.Reference, file: string, message: string }[]  not empty: the plan must not be applied
---@field tree ifx.repo.Tree                 the tree afterwards
---@field graph ifx.repo.Graph               its references; those of texts only in files that hold one written anew

---@class ifx.repo.RewriteOptions : ifx.repo.GraphOptions
---@field text? boolean                  write text references anew too (default: they are listed)
---@field write? table<string, string>   generated files: path after the moves -> content
---@field sides? ifx.repo.Sides          the repositories that the tree becomes (default: one, by the moves)
---@field side? ifx.repo.Side            the one that is planned; `moves` are its own

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
  job.listed[#job.listed + 1] = { reference = ref, why = why, target = target, with_text = why == A_TEXT or nil }
  return job.listed[#job.listed]
end

local function destinations(job, ref)
  local dir = ref.target_kind == 'glob' and globs.folder(ref.target) or ref.target
  return dir, job.sides:destinations(job.side, dir)
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

local function call_finder(job, f, ref, move)
  local ok, text, why = pcall(job.guard, ref.plugin, f, ref, move)
  if not ok then
    if err.is(text, 'cancelled') then error(text, 0) end
    return nil, ('plugin %s failed: %s'):format(ref.plugin, tostring(text))
  end
  return text, why or (text == nil and 'its plugin does not write it anew' or nil)
end

local function own_rewrite(job, ref, move)
  local f = job.graph:rewriter(ref)
  if not f then return nil, ('plugin %s has no rewriting function %s'):format(ref.plugin, ref.rewrite) end
  return call_finder(job, f, ref, move)
end

local function new_bytes(job, ref, move, old)
  if not ref.rewrite then return spelling.bytes(ref, old, move.text) end
  local text, why = own_rewrite(job, ref, move)
  if not text then return nil, why end
  return text
end

local function replace(job, ref, start, stop, old, bytes)
  local by_file = job.by_file[ref.file] or {}
  job.by_file[ref.file] = by_file
  by_file[#by_file + 1] = {
    file = new_file(job, ref.file), old_file = ref.file, start = start, stop = stop, line = ref.line, column = ref.column,
    old = old, new = bytes, reference = ref,
  }
end

-- Remarks behind a name that is drawn keep their column where there is room.
local function aligned(content, ref, old, bytes)
  local grow = (utf8.len(bytes) or #bytes) - (utf8.len(old) or #old)
  local room = content:match('^ *', ref.stop + 1)
  if room == '' or content:find('^[\r\n]', ref.stop + #room + 1) then return ref.stop, old, bytes end
  if grow < 0 then return ref.stop, old, bytes .. (' '):rep(-grow) end
  local take = math.min(grow, #room - 1)
  return ref.stop + take, old .. room:sub(1, take), bytes
end

local function add_edit(job, ref, move)
  local content = job.tree:read(ref.file)
  local stop, old = ref.stop, content:sub(ref.start, ref.stop)
  local bytes, why = new_bytes(job, ref, move, old)
  if not bytes then return list(job, ref, why, move.new_target) end
  if bytes == old then return end
  if ref.via == 'drawing' then stop, old, bytes = aligned(content, ref, old, bytes) end
  replace(job, ref, ref.start, stop, old, bytes)
end

-- `text`: what it would become; nil for what crosses to another repository.
local function why_not(job, ref, text)
  -- What is drawn stays below what it is drawn below.
  if ref.via == 'drawing' and (not text or text:find '^%.%.') then return 'a tree drawing' end
  if not ref.editable then return ref.locked or 'it cannot be edited' end
  if not ref.exact and not job.text then return A_TEXT end
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

-- What is left for a person, with what it might read instead.
local function cut(job, ref, why, to)
  local item = list(job, ref, why, to and sides.words(to, to.path))
  item.proposal = to and border.proposal(ref, to) or nil
  if ref.exact then job.cut[#job.cut + 1] = item end
end

-- Several paths share one address: it can only change when all that they name goes to the same repository.
local function agreed(job, ref, side)
  local at = type(ref.address) == 'table' and job.addresses[ref.file] and job.addresses[ref.file][ref.address.start]
  return at == nil or at == false or at == side
end

local function note_address(job, ref)
  if type(ref.address) ~= 'table' or not ref.target or ref.resolved ~= true then return end
  local of_file = job.addresses[ref.file] or {}
  job.addresses[ref.file] = of_file
  local side, known = job.sides:locate(job.side, ref) or 'nowhere', of_file[ref.address.start]
  of_file[ref.address.start] = (known == nil or known == side) and side or 'several'
end

-- The folder that a path at an address is resolved from, afterwards; nil when it is not in that repository.
local function base_at(job, ref, side)
  if not ref.address or ref.base == '' then return '' end
  local there, base = job.sides:locate(job.side, { target = ref.base, address = ref.address })
  return there == side and base or nil
end

-- What it names is in another repository than the one that it names it in.
local function cross(job, ref, side, target)
  local crossing = border.of(job.side, job.sides[1], side, target)
  local to, why = crossing.to, why_not(job, ref)
  if not agreed(job, ref, side) then why = 'other paths at the same address are not in that repository' end
  local base = base_at(job, ref, side)
  if not base then why = 'it is resolved from a folder that is not in that repository' end
  if why then return cut(job, ref, why, to) end
  local f = job.graph:crosser(ref)
  local content = job.tree:read(ref.file)
  local spans, reason = border.edits(ref, content, to, base, f and function()
    return call_finder(job, f, ref, { file = ref.file, new_file = new_file(job, ref.file), text = sides.words(to, target),
      target = ref.target, border = crossing, is_dir = ref.target_kind == 'dir' })
  end)
  if not spans then return cut(job, ref, reason, to) end
  for _, span in ipairs(spans) do
    local old = content:sub(span.start, span.stop)
    if old ~= span.new then replace(job, ref, span.start, span.stop, old, span.new) end
  end
  if ref.address and side == job.side then case(job, ref, target) end
end

-- A path at the address of this repository, in a file that leaves it: the address stays right.
local function from_afar(job, ref, target)
  local base = base_at(job, ref, job.sides[1])
  if not base then return cut(job, ref, 'it is resolved from a folder that is in another repository') end
  local text = spelling.path(ref, base, target)
  local why = text ~= ref.text and why_not(job, ref)
  if why then return list(job, ref, why, target) end
  if text == ref.text then return end
  add_edit(job, ref, {
    file = ref.file, new_file = new_file(job, ref.file), base = ref.base, new_base = base, target = ref.target,
    new_target = target, text = text, moves = job.sides[1].moves,
  })
end

local function decide(job, ref)
  if not ref.target or not ref.base or ref.target_kind == 'object' or ref.target_kind == 'regex' then
    return without_path(job, ref)
  end
  local side, target, split = job.sides:locate(job.side, ref)
  if ref.resolved ~= true then
    local moved = (target ~= ref.target or side ~= job.side) and ref.resolved == nil
    local now = side and side ~= job.side and sides.words(side, target) or target
    return moved and list(job, ref, ref.why or 'whether it resolves cannot be known', now) or nil
  end
  if not side then
    local _, places = destinations(job, ref)
    local why = 'its files went to different places: ' .. places
    if #job.sides == 1 then return list(job, ref, why) end
    return cut(job, ref, why)
  end
  if side ~= (ref.address and job.sides[1] or job.side) then return cross(job, ref, side, target) end
  if side ~= job.side then return from_afar(job, ref, target) end
  if split then split_away(job, ref) end
  local base = new_base(job, ref)
  if target == ref.target and base == ref.base then
    if ref.exact then case(job, ref, target) end
    return
  end
  local text = spelling.path(ref, base, target)
  local why = text ~= ref.text and why_not(job, ref, text)
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

-- Prose is read again only where a text must prove that it still says what it said.
local function files_of_texts(job)
  local files = {}
  for _, one in ipairs(job.cases) do
    if not one.reference.exact then files[one.file] = true end
  end
  return files
end

local function attempt(job)
  job.by_file, job.listed, job.cut, job.cases, job.splits, job.addresses = {}, {}, {}, {}, {}, {}
  for _, ref in ipairs(job.references) do note_address(job, ref) end
  for _, ref in ipairs(job.references) do decide(job, ref) end
  local plan = collect(job)
  plan.tree = overlay.open(job.tree, { moves = job.moves, write = plan.files, remove = job.remove })
  plan.graph = graphs.build(plan.tree, setmetatable({ text_in = files_of_texts(job) }, { __index = job.opts }))
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
  local is_cut = {}
  for _, item in ipairs(job.cut) do is_cut[item] = true end
  for _, item in ipairs(job.listed) do
    local ref = item.reference
    local lost = ref.exact and ref.resolved and ref.target and (item.target or ref.target) ~= ref.target
    if not is_cut[item] and (lost or (ref.exact and ref.resolved and ref.target and not item.target)) then
      problems[#problems + 1] = { reference = ref, file = new_file(job, ref.file), message = item.why }
    end
  end
end

local function still_here(graph, gone)
  local out = {}
  for _, ref in ipairs(graph.references) do
    if not gone[ref.file] then out[#out + 1] = ref end
  end
  return out
end

local function keys(set)
  local out = {}
  for key in pairs(set) do out[#out + 1] = key end
  return out
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
  local all = opts.sides or sides.open(tree, { { name = '', moves = moves, gone = {} } })
  local side = opts.side or all[1]
  local job = {
    tree = tree, moves = moves, graph = graph, text = opts.text, write = opts.write or {}, refused = {},
    guard = opts.guard or function(_, f, ...) return f(...) end, directories = side.directories, sides = all, side = side,
    references = still_here(graph, side.gone), remove = keys(side.gone),
    opts = {
      plugins = opts.plugins, reload = opts.reload, guard = opts.guard, only = opts.only, text = opts.text == true,
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
  plan.cut = job.cut
  plan.splits = {}
  for _, item in pairs(job.splits) do plan.splits[#plan.splits + 1] = item end
  table.sort(plan.splits, function(a, b) return a.directory < b.directory end)
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
