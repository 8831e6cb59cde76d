-- repair.lua: find what broken references name, and write them anew. SPDX-License-Identifier: Apache-2.0
--   ifx run repair                what is found, and what would be written
--   ifx run repair --apply        a commit on the branch ifx/repair
--   ifx run repair --restore      what is nowhere any more comes back in its old place
local diff = require 'ifx.term.diff'
local differ = require './repair/differ'
local repair = require 'ifx.layout.repair'
local restructure = require 'ifx.layout.restructure'
local warn = require './restructure/warn'

local function place(ref)
  return ('%s:%d:%d'):format(ref.file, ref.line, ref.column)
end

-- The references of one path, as rows: where, what they name, and more.
local function rows(missing, paths, more)
  local out = {}
  for _, path_missing in ipairs(paths) do
    for _, ref in ipairs(missing[path_missing]) do
      out[#out + 1] = table.move({ more(path_missing) }, 1, 9, 4, { place(ref), ref.kind, ref.text })
    end
  end
  return out
end

local function add(ctx, title, header, found)
  if #found > 0 then
    ctx:section { title = ('%s (%d)'):format(title, #found), kind = 'table', rows = found, header = header }
  end
end

local function short(id) return id:sub(1, 12) end

local function report_found(ctx, missing, located, past, restore)
  local found = rows(missing, list.keys(located.how), function(old)
    local how = located.how[old]
    return how.new, how.why, short(past[old].commit)
  end)
  add(ctx, 'Found', { 'where', 'kind', 'text', 'now at', 'why', 'gone since' }, found)
  add(ctx, 'Found more than once: for a person', { 'where', 'kind', 'text', 'the same content' },
    rows(missing, list.keys(located.several), function(old) return table.concat(located.several[old], ', ') end))
  local title = restore and 'Restored in its old place' or 'Nowhere any more: --restore brings it back in its old place'
  local gone = rows(missing, list.keys(located.gone), function(old)
    return past[old].files and ('%d files'):format(#list.keys(past[old].files)) or short(past[old].oid), short(past[old].commit)
  end)
  add(ctx, title, { 'where', 'kind', 'text', 'last content', 'gone since' }, gone)
  add(ctx, 'Unknown to the history', { 'where', 'kind', 'text' }, rows(missing, located.never, function() end))
end

local function report_result(ctx, outcome, left, differs)
  add(ctx, 'References rewritten', { 'where', 'kind', 'old', 'new' }, list.map(outcome.edits, function(edit)
    return { place { file = edit.file, line = edit.line, column = edit.column }, edit.reference.kind, edit.old, edit.new }
  end))
  add(ctx, 'The next build against the last good one', { 'folder', 'object', 'what', 'file' }, differs.rows)
  if #differs.since > 0 then ctx:section { title = 'Compared with', kind = 'list', items = differs.since } end
  if #differs.unknown > 0 then
    ctx:section { title = 'When these could last be built is not known: look at what they render', kind = 'list',
      items = differs.unknown }
  end
  add(ctx, 'Still broken', { 'where', 'kind', 'text', 'why' }, list.map(left, function(ref)
    return { place(ref), ref.kind, ref.text, ref.why or 'does not exist' }
  end))
  local texts = list.map(list.keys(outcome.changed), function(file)
    return diff.unified(outcome.changed[file].old, outcome.changed[file].new, { file = file })
  end)
  if #texts > 0 then
    ctx:section { title = ('Changes of content (%d)'):format(#texts), kind = 'diff', text = table.concat(texts) }
  end
end

local function operations(ctx, p, repository, tree, outcome, branch)
  local work = restructure.operations(outcome, function(file) return tree:entry(file).oid end)
  for _, file in ipairs(work.create) do file.mode = outcome.modes[file.path] end
  local commit = ctx:op('git.commit', {
    parent = repository.head, clean = true, edits = work.edits, create = work.create, author = ctx:identity(),
    date = ('%d +0000'):format(ctx.created), message = (p.message or 'Repair broken references') .. '\n',
  })
  return { commit, ctx:op('git.branch', { name = branch, commit = ctx:result(commit, 'commit') }) }
end

local function restored(ctx, located, wanted)
  local out = {}
  for old, one in pairs(wanted and located.gone or {}) do
    local before = ctx:tree(one.parent)
    for _, file in ipairs(one.files and list.keys(one.files) or { old }) do
      out[file] = { bytes = before:read(file), mode = before:entry(file).mode }
    end
  end
  return out
end

return {
  summary = 'Find what broken references name, and write them anew',
  params = {
    restore = { type = 'boolean', default = false, doc = 'Bring back in its old place what is nowhere any more' },
    branch = { type = 'string', default = 'ifx/repair', doc = 'Name of the new branch' },
    message = { type = 'string', doc = 'Subject of the commit' },
  },
  plan = function(ctx, p)
    local repository = ctx:repository()
    warn.refuse_dirty(ctx, repository)
    local tree = ctx:tree()
    local graph = ctx:references(tree, { text = false })
    local missing = repair.missing(tree, graph)
    local paths = list.keys(missing)
    local past = ctx:past(repository.head, paths)
    local located = repair.locate(tree, paths, past, function(old) return ctx:renamed(past[old], old) end)
    local outcome, left = repair.plan {
      tree = tree, missing = missing, moves = located.moves, restore = restored(ctx, located, p.restore), search = ctx:search(),
    }
    report_found(ctx, missing, located, past, p.restore)
    local differs = differ.since(ctx, repository, ctx:unbuildable(graph), outcome, located.moves)
    report_result(ctx, outcome, left, differs)
    if not (next(outcome.changed) or next(outcome.created)) then
      local more = next(located.gone) and not p.restore and ' What the history has comes back with --restore' or ''
      ctx:section { title = 'Nothing to do', kind = 'text', text = 'No broken reference can be written anew.' .. more }
      return {}
    end
    warn.refuse_branch(ctx, p.branch)
    warn.say(ctx, differs)
    return operations(ctx, p, repository, tree, outcome, p.branch)
  end,
}
