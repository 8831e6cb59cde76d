-- restructure.lua: from a layout and a tree to the tree it becomes, and what that takes. SPDX-License-Identifier: Apache-2.0
local changes = require 'ifx.layout.changes'
local editing = require 'ifx.repo.edits'
local err = require 'err'
local facts = require 'ifx.layout.facts'
local graphs = require 'ifx.repo.graph'
local judging = require 'ifx.layout.judging'
local list = require 'ifx.list'
local moving = require 'ifx.repo.moves'
local overlay = require 'ifx.repo.overlay'
local rewrite = require 'ifx.repo.rewrite'
local sides = require 'ifx.repo.sides'
local trees = require 'ifx.repo.tree'

local M = {}

---@class ifx.layout.Outcome
---@field moves table<string, string>
---@field directories table<string, string>  folders that follow their files
---@field edits ifx.repo.Edit[]              references written anew
---@field changed table<string, { old: string, new: string }>  path after the moves to its text before and after
---@field created table<string, string>      path to text
---@field removed table<string, string>      path to what takes its place
---@field listed table[]                     references left for a person: { reference =, why =, target = }
---@field left table[]                       old names that still stand somewhere
---@field nowhere table[]                    words that name what is not there today, in folders whose files move
---@field unsearched string[]                files too large to be searched
---@field notes string[]
---@field hazards table[]
---@field blocked table[]
---@field needs string[]                     what must be there for files that another repository has now
---@field cut table[]                        those of `listed` that a tool reads and that will not resolve any more
---@field gone table<string, true>           files that are not in it
---@field tree ifx.repo.Tree                 the tree afterwards
---@field repositories ifx.layout.Outcome[]  of the repository itself: what the others become, with `repository`
---@field repository? ifx.layout.Repository

-- ---------------------------------------------------------------- transforms

local function add_all(to, from)
  for _, item in ipairs(from or {}) do to[#to + 1] = item end
end

-- Where a file, or a folder with all that it holds, went.
local function follower(job)
  return function(old)
    if job.moves[old] then return job.moves[old] end
    if job.tree:exists(old) ~= 'dir' then return nil end
    local new, split = job.side.directories:place(old)
    return not split and new ~= old and new or nil
  end
end

-- Call the transforms in order; each sees what the earlier ones create.
local function transform(job, moved)
  local out = { changes = {}, notes = {}, hazards = {}, blocked = {}, needs = {} }
  local known, note = facts.new(job.tree, moved, job.moves, job.graph.references, job.follow)
  for _, action in ipairs(job.actions) do
    local result = job.call(action.use, action.with, known)
    for key in pairs(out) do add_all(out[key], result[key]) end
    for _, change in ipairs(result.changes or {}) do note(change) end
  end
  for _, file in ipairs(job.generate) do
    out.changes[#out.changes + 1] = { type = 'create', file = file.path, text = file.text }
  end
  return out
end

-- The graph without the references that a transform takes away, alone or with their file: unless other files are made of it.
local function without_claimed(graph, claims)
  local claimed, gone, references = {}, {}, {}
  for _, change in ipairs(claims) do
    if change.reference then claimed[change.reference] = true end
    if change.type == 'remove' then gone[change.file] = true end
  end
  for _, change in ipairs(claims) do
    for _, part in ipairs(change.parts or {}) do gone[part.file] = nil end
  end
  for _, ref in ipairs(graph.references) do
    if not claimed[ref] and not gone[ref.file] then references[#references + 1] = ref end
  end
  return setmetatable({ references = references }, { __index = graph })
end

-- Changes speak of files by their paths after the moves, or by those before them; what is new has no path before.
local function at_new_paths(wanted, moves)
  for _, change in ipairs(wanted) do
    if change.type ~= 'create' then change.file = moves[change.file] or change.file end
  end
  return wanted
end

-- ---------------------------------------------------------------- the result

local function text_before(job, new)
  local old = job.origins[new] or (not job.moves[new] and not job.gone[new] and new) or nil
  local kind = old and job.tree:exists(old)
  if kind == 'file' or kind == 'link' then return job.tree:read(old) end
end

-- The text of every file that is written anew, by transforms over what rewriting made of it; and what they remove.
local function final_texts(job, rewritten, wanted)
  local files, removed = {}, {}
  for new, text in pairs(rewritten) do files[new] = text end
  local function source(file) return rewritten[file] or text_before(job, file) end
  for new, of_file in pairs(wanted) do
    files[new] = changes.apply(new, files[new] or text_before(job, new), of_file, source)
    for _, change in ipairs(of_file) do
      if change.type == 'remove' then removed[new] = change.by end
    end
  end
  return files, removed
end

-- What transforms make, when that is new files alone: they stand there when references are written anew, and the tree that
-- proves it is the finished one. Changes of files that are there come after what they change was written anew.
local function new_texts(moved, wanted)
  local texts = {}
  for new, of_file in pairs(wanted) do
    if of_file.cut or moved:exists(new) then return nil end
    texts[new] = changes.apply(new, nil, of_file)
  end
  return texts
end

local function sort_out(job, files)
  local changed, created = {}, {}
  for new, text in pairs(files) do
    local old = text_before(job, new)
    if not old then
      created[new] = text
    elseif old ~= text then
      changed[new] = { old = old, new = text }
    end
  end
  return changed, created
end

local function key_of(ref, file)
  return table.concat({ ref.kind, file, ref.text }, '\0')
end

-- The promise: an exact reference that is broken afterwards was broken before.
local function newly_broken(job, after, cut)
  local before, found = {}, {}
  for _, item in ipairs(cut) do
    local ref = item.reference
    before[key_of(ref, job.moves[ref.file] or ref.file)] = true
  end
  for _, ref in ipairs(job.graph.references) do
    if ref.exact and ref.resolved == false then before[key_of(ref, job.moves[ref.file] or ref.file)] = true end
  end
  for _, ref in ipairs(after.references) do
    if ref.exact and ref.resolved == false and not before[key_of(ref, ref.file)] then found[#found + 1] = ref end
  end
  return found
end

local function refuse_broken(found)
  if #found == 0 then return end
  local lines = {}
  for i = 1, math.min(#found, 20) do
    local ref = found[i]
    lines[i] = ('%s:%d:%d: %s %s: %s'):format(ref.file, ref.line, ref.column, ref.kind, ref.text, ref.why or 'is not there')
  end
  if #found > 20 then lines[21] = ('… and %d more'):format(#found - 20) end
  err.raise {
    kind = 'conflict', op = 'restructure',
    message = 'these references would be broken afterwards:\n' .. table.concat(lines, '\n'),
    hint = 'nothing was changed; move what they name along, or leave these files where they are',
  }
end

local function invert(moves)
  local out = {}
  for old, new in pairs(moves) do out[new] = old end
  return out
end

---@class ifx.layout.Job
---@field tree ifx.repo.Tree
---@field graph ifx.repo.Graph                     of the tree, with text references
---@field moves table<string, string>
---@field gone? table<string, true>                files that leave the repository
---@field actions { use: string, with: table, repository: string? }[]
---@field watchers? { use: string, with: table }[]  transforms that only look, at the finished tree
---@field generate { path: string, text: string, repository: string? }[]
---@field text boolean                             write text references anew too
---@field call fun(name: string, args: table, facts: ifx.layout.Facts): ifx.layout.Result
---@field search table                             options for the graph of the changed tree: plugins, guard
---@field name? string                             how prose calls the repository; needed when there are others
---@field url? string
---@field branch? string
---@field repositories? { repository: ifx.layout.Repository, moves: table<string, string> }[]  the others
---@field redirects? table<string, { repository: string?, path: string }>
---@field searched? fun()                          called when the last search is done: a processor is idle from here on

-- Did the transforms leave everything as rewriting made it?
local function same_files(a, b)
  for file, text in pairs(a) do
    if b[file] ~= text then return false end
  end
  return true
end

-- The tree with the moves done, and nothing else.
local function move_all(job)
  local moved
  local function open()
    moved = moved or overlay.open(job.tree, { moves = job.moves, remove = list.keys(job.gone) })
    return moved
  end
  moving.refuse(moving.problems(job.tree, job.moves, { gone = job.gone, elsewhere = job.repository and open }))
  return open()
end

-- What the files of one repository become, proved by a search of them.
local function write_side(job)
  job.origins, job.follow = invert(job.moves), follower(job)
  local moved = move_all(job)
  local done = transform(job, moved)
  local unclaimed = without_claimed(job.graph, done.changes)
  local wanted = changes.by_file(at_new_paths(done.changes, job.moves))
  local rewritten = rewrite.plan(job.tree, job.moves, unclaimed, setmetatable({
    text = job.text, sides = job.sides, side = job.side, write = new_texts(moved, wanted),
  }, { __index = job.search }))
  rewrite.refuse(rewritten)
  local files, removed = final_texts(job, rewritten.files, wanted)
  local remove = list.keys(job.gone)
  for file in pairs(removed) do remove[#remove + 1] = job.origins[file] or file end
  local final, graph = rewritten.tree, rewritten.graph
  if not same_files(files, rewritten.files) or next(removed) then
    final = overlay.open(job.tree, { moves = job.moves, write = files, remove = remove })
    graph = graphs.build(final, setmetatable({ text = false }, { __index = job.search }))
  end
  refuse_broken(newly_broken(job, graph, rewritten.cut))
  rewritten.tree, rewritten.graph = nil, nil
  return { job = job, done = done, rewritten = rewritten, files = files, removed = removed, tree = final, graph = graph }
end

local function judge_side(written, asked)
  local outcome = judging.outcome(written, asked)
  outcome.changed, outcome.created = sort_out(written.job, written.files)
  return outcome
end

local function of_repository(rows, id)
  return list.filter(rows, function(row) return row.repository == id end)
end

-- The sides of a split: the repository itself, then the others, each with all of its files.
local function sides_of(job)
  local all = { { name = job.name or '', url = job.url, branch = job.branch, moves = job.moves, gone = job.gone } }
  local place = {}
  for i, other in ipairs(job.repositories or {}) do
    local gone = {}
    for _, entry in ipairs(job.tree:files()) do gone[entry.path] = not other.moves[entry.path] or nil end
    all[i + 1] = { name = other.repository.name, url = other.repository.url, branch = 'main', moves = other.moves, gone = gone }
    place[other.repository.id] = i + 1
  end
  local redirects = {}
  for from, to in pairs(job.redirects or {}) do
    local side = to.repository == nil and 1 or place[to.repository]
    if side then redirects[from] = { side = side, path = to.path } end
  end
  return sides.open(job.tree, all, redirects)
end

local function check_redirects(job, outcomes)
  for _, from in ipairs(list.keys(job.redirects or {})) do
    local to = job.redirects[from]
    local outcome = list.find(outcomes, function(one) return (one.repository and one.repository.id) == to.repository end)
    if outcome and to.path ~= '' and not outcome.tree:exists(to.path) then
      err.raise { kind = 'conflict', op = 'restructure', hint = 'change the row of `redirects`',
        message = ('references to %s would point to %s, which is not there afterwards'):format(from, to.path) }
    end
  end
end

-- A slip of the pen in `redirects` would leave references to be listed, and not say why.
local function idle_redirects(job)
  local idle = list.filter(list.keys(job.redirects or {}), function(from) return not job.tree:exists(from) end)
  return list.map(idle, function(from) return ('redirects: %s is not there, so nothing is redirected'):format(from) end)
end

---Work out what a restructure makes of a tree. Nothing is written. Raises 'conflict' when moves clash, or when a
---reference that resolves today would not resolve afterwards, but for those to other repositories that are `cut`.
---@param job ifx.layout.Job
---@return ifx.layout.Outcome
function M.plan(job)
  job.gone = job.gone or {}
  local all = sides_of(job)
  local written, outcomes = {}, {}
  for i, side in ipairs(all) do
    local other = i > 1 and job.repositories[i - 1]
    local id = other and other.repository.id or nil
    written[i] = write_side(setmetatable({
      sides = all, side = side, moves = side.moves, gone = side.gone, repository = other and other.repository or nil,
      actions = of_repository(job.actions, id), generate = of_repository(job.generate, id),
      search = other and setmetatable({ repo_urls = { other.repository.url } }, { __index = job.search }) or job.search,
    }, { __index = job }))
  end
  -- Searching takes most memory: what is worked out of it comes when the last search is done, and is let go of one by one.
  if job.searched then job.searched() end
  local asked = judging.look(written)
  for i = 1, #all do outcomes[i], written[i], asked[i] = judge_side(written[i], asked[i]), false, false end
  trees.let_go()
  check_redirects(job, outcomes)
  add_all(outcomes[1].notes, idle_redirects(job))
  outcomes[1].repositories = table.move(outcomes, 2, #outcomes, 1, {})
  return outcomes[1]
end

-- ---------------------------------------------------------------- as operations

-- Byte spans as they were found where nothing else changed the file, else one span.
local function replacements(of_file, texts)
  if #of_file == 0 or editing.apply(texts.old, of_file) ~= texts.new then
    return { editing.between(texts.old, texts.new) }
  end
  local spans = {}
  for i, edit in ipairs(of_file) do spans[i] = { start = edit.start, stop = edit.stop, old = edit.old, new = edit.new } end
  return spans
end

local function edits_by_file(outcome)
  local map = {}
  for _, edit in ipairs(outcome.edits) do
    map[edit.file] = map[edit.file] or {}
    table.insert(map[edit.file], edit)
  end
  return map
end

---What the two commits do: the pure renames, then the edits, new files and removals.
---@param outcome ifx.layout.Outcome
---@param blob fun(old: string): string  blob id of a file before
---@return { renames: string[][], edits: table[], create: table[], remove: string[] }
function M.operations(outcome, blob)
  local renames, edits, create = {}, {}, {}
  local origins, of_file = invert(outcome.moves), edits_by_file(outcome)
  for _, old in ipairs(outcome.repository and {} or list.keys(outcome.moves)) do
    renames[#renames + 1] = { old, outcome.moves[old] }
  end
  for _, new in ipairs(list.keys(outcome.changed)) do
    edits[#edits + 1] = {
      path = new, blob = blob(origins[new] or new), replacements = replacements(of_file[new] or {}, outcome.changed[new]),
    }
  end
  for _, new in ipairs(list.keys(outcome.created)) do
    create[#create + 1] = { path = new, mode = '100644', content = outcome.created[new] }
  end
  return { renames = renames, edits = edits, create = create, remove = list.keys(outcome.removed) }
end

return M
