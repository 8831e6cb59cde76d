-- restructure.lua: move a repository into a target layout, without loss. SPDX-License-Identifier: Apache-2.0
--   ifx run restructure                                       which layouts fit
--   ifx run restructure --layout flux-minimal --apps a,b      the plan
--   ifx run restructure --layout flux-minimal --apps a,b --apply
local appliers = require './restructure/appliers'
local assign = require 'ifx.layout.assign'
local classes = require 'ifx.layout.classes'
local copies = require './restructure/copies'
local draft = require './restructure/draft'
local known_classes = require './restructure/classes'
local layouts = require 'ifx.layout'
local report = require './restructure/report'
local restructure = require 'ifx.layout.restructure'
local runbook = require './restructure/runbook'
local split = require './restructure/split'
local suggest = require 'ifx.suggest'
local survey = require './restructure/survey'
local warn = require './restructure/warn'

-- What each tool would make of the files that move; asked whatever the layout says.
local WATCHERS = {
  { use = 'flux.watch', with = {} }, { use = 'argocd.watch', with = {} }, { use = 'terraform.watch', with = {} },
  { use = 'kustomize.watch', with = {} },
}

-- What a hosting service, a pipeline or git looks for by its name; a name that ends in '/' is a folder.
local PINNED = {
  ['.github/'] = 'GitHub', ['.gitlab/'] = 'GitLab', ['.gitlab-ci.yml'] = 'GitLab', ['.gitea/'] = 'Gitea',
  ['.forgejo/'] = 'Forgejo', ['.gitmodules'] = 'git',
}

local function find_layout(ctx, word)
  local all = ctx:layouts()
  local found = list.find(all, function(layout) return layout.name == word end)
  if found then return found end
  local ok, text = true, nil
  if word:find '[./]' then ok, text = pcall(ctx.read, ctx, word) end
  if ok and text then return { name = word, path = word, text = text } end
  if not ok and text.kind ~= 'not_found' then error(text, 0) end
  local names = list.map(all, 'name')
  local close = suggest(word, names)
  ctx:refuse {
    kind = 'not_found', message = ("there is no layout '%s'"):format(word),
    hint = close and ("did you mean '%s'?"):format(close)
      or ('there are: %s; or give the path of a layout file, from %s'):format(table.concat(names, ', '), ctx.dir),
  }
end

local function read_layout(ctx, word)
  local found = find_layout(ctx, word)
  return layouts.read(found.text, found.path, function(name) return find_layout(ctx, name) end)
end

local function all_layouts(ctx)
  return list.map(ctx:layouts(), function(found)
    return layouts.read(found.text, found.path, function(name) return find_layout(ctx, name) end)
  end)
end

local function is_there(ctx, file)
  local ok, e = pcall(ctx.read, ctx, file)
  if not ok and e.kind ~= 'not_found' then error(e, 0) end
  return ok
end

local function begin_draft(ctx, tree, graph, p)
  local name = p.branch and path.basename(p.branch) or 'layout'
  if is_there(ctx, name .. '.yaml') then
    ctx:refuse {
      kind = 'conflict', message = ('%s.yaml is there already'):format(name),
      hint = ('edit it, and then: ifx run restructure --layout %s.yaml; or begin another: --draft --branch NAME writes NAME.yaml')
        :format(name),
    }
  end
  local text = draft.text(tree, graph, classes.open(known_classes, tree), name)
  ctx:section {
    title = ('%s.yaml: read and edit it, then: ifx run restructure --layout %s.yaml'):format(name, name), kind = 'text',
    text = text,
  }
  return {
    operations = { ctx:op('files.create', { path = name .. '.yaml', text = text }) },
    next = ('edit %s.yaml, then: ifx run restructure --layout %s.yaml'):format(name, name),
  }
end

local function refuse_missing(ctx, layout, values, missing, tree, graph)
  if #missing == 0 then return end
  local proposals = survey.propose(layout, values, missing, classes.open(known_classes, tree), tree, graph)
  local name = missing[1]
  local proposed = proposals[name] and '; folders that may be meant: ' .. table.concat(proposals[name], ', ') or ''
  ctx:refuse {
    kind = 'argument', message = ("the layout '%s' needs --%s: %s"):format(layout.name, name, layout.params[name].doc or ''),
    hint = ('--%s %s%s'):format(name, layout.params[name].type:find '%[%]$' and 'A,B' or 'VALUE', proposed),
  }
end

-- What may be meant by a value that no row of the layout found anything for.
local function meant(value, layout, tree)
  local names, seen = {}, {}
  for _, entry in ipairs(tree:files()) do
    local folder = path.dirname(entry.path)
    while folder ~= '' and not seen[folder] do
      local name = path.basename(folder)
      if folder == value or name == value then
        return ('%s is there, but the rows of the layout leave it out: look at their `except` and `holds` in %s')
          :format(folder, layout.file)
      end
      seen[folder], names[#names + 1], folder = true, name, path.dirname(folder)
    end
  end
  local close = suggest(value, names)
  return close and ("did you mean '%s'?"):format(close) or 'give the name or the path of a folder that the layout moves'
end

local function refuse_unmatched(ctx, assignment, layout, tree)
  local first = assignment.unmatched[1]
  if not first then return end
  ctx:refuse {
    kind = 'not_found', message = 'no folder fits ' .. table.concat(assignment.unmatched, ', '),
    hint = meant(first:match '=([^ ]*)', layout, tree),
  }
end

-- Without a layout there is nobody who could take further parameters.
local function refuse_more(ctx, p)
  local name = next(p.more)
  if not name then return end
  local close = suggest(name, { 'layout', 'draft', 'text', 'branch', 'message' })
  ctx:refuse {
    kind = 'argument', message = ("there is no parameter '%s'"):format(name),
    hint = close and ('did you mean --%s?'):format(close) or 'parameters of a layout come with --layout NAME',
  }
end

local function refuse_pinned(ctx, moves)
  for _, old in ipairs(list.keys(moves)) do
    for name, who in pairs(PINNED) do
      if old == name or (name:sub(-1) == '/' and old:sub(1, #name) == name) then
        ctx:refuse {
          message = ('%s -> %s: %s finds this file by its name, and would no longer see it'):format(old, moves[old], who),
          hint = 'leave it out of the row that moves it, with `except`',
        }
      end
    end
  end
end

-- A plugin that failed would have named references that now stay behind.
local function refuse_gaps(ctx, graph)
  local failed = list.find(graph.errors, function(item) return item.plugin ~= nil end)
  if not failed then return end
  ctx:block { id = 'incomplete', accept = 'incomplete',
    why = ('plugin %s failed: the references that it finds would not follow (%s)'):format(failed.plugin, failed.file) }
end

local RENAMES = '\n\nPure renames, so that git follows every file. The next commit completes it:\npush both together, and do not '
  .. 'squash them.\n'
local REMOVAL = '\n\nThese files are in %s now. Push this commit when that is published, and when what\napplies them takes them '
  .. 'from there.\n'

-- The commits of the new branch: what they hold, their subject's end, what else their message says. Empty ones are left out.
local function commits_of(outcome, tree)
  local work = restructure.operations(outcome, function(old) return tree:entry(old).oid end)
  local names = table.concat(list.map(outcome.repositories, function(other) return other.repository.name end), ', ')
  local out = {}
  if #work.renames > 0 then out[1] = { { renames = work.renames }, 'renames only', RENAMES } end
  if #work.edits + #work.create + #work.remove > 0 then
    out[#out + 1] = { { edits = work.edits, create = work.create, remove = work.remove }, 'references and new files', '\n' }
  end
  if next(outcome.gone) then
    out[#out + 1] = { { remove = list.keys(outcome.gone) }, 'what is in ' .. names .. ' now', REMOVAL:format(names) }
  end
  return out
end

-- The other repositories; then on a new branch here pure renames, so that history follows the files, the edits, and the
-- removal of what left.
local function operations(ctx, p, layout, repository, tree, outcome, branch)
  local subject = p.message or ('Restructure: ' .. layout.name)
  local base = { head = repository.head, subject = subject, author = ctx:identity(), date = ('%d +0000'):format(ctx.created) }
  local out, tip = split.operations(ctx, outcome, tree, base), repository.head
  local commits = commits_of(outcome, tree)
  for i, commit in ipairs(commits) do
    local args, what, more = table.unpack(commit)
    args.parent, args.author, args.date, args.clean = tip, base.author, base.date, i == 1 or nil
    args.message = #commits > 1 and ('%s (%d of %d: %s)%s'):format(subject, i, #commits, what, more) or subject .. '\n'
    out[#out + 1] = ctx:op('git.commit', args)
    tip = ctx:result(out[#out], 'commit')
  end
  if #commits > 0 then out[#out + 1] = ctx:op('git.branch', { name = branch, commit = tip }) end
  return out
end

-- The history of files that leave is followed when the searches are done: what comes then leaves processors idle. `say` is called
-- meanwhile.
local function work_out(ctx, head, job, say)
  return task.scope(function(scope)
    function job.searched()
      if #job.repositories > 0 then scope:go(ctx.prepare_histories, ctx, head, list.map(job.repositories, 'moves')) end
    end
    local outcome = restructure.plan(job)
    say(outcome)
    return outcome
  end)
end

local function plan_layout(ctx, p)
  local repository = ctx:repository()
  warn.refuse_dirty(ctx, repository)
  local tree = ctx:tree()
  local layout = read_layout(ctx, p.layout)
  local values, missing = layouts.values(layout, p.more)
  local graph = ctx:references(tree)
  refuse_missing(ctx, layout, values, missing, tree, graph)
  local known = classes.open(known_classes, tree)
  local assignment = assign.assign(tree, layouts.rows(layout, values), known)
  refuse_unmatched(ctx, assignment, layout, tree)
  refuse_pinned(ctx, assignment.moves)
  local others = split.others(ctx, layouts.repositories(layout, values, repository.root), assignment)
  local unused = assign.explain_unused(assignment, tree, known)
  local branch = p.branch or 'ifx/' .. layout.name
  local something
  local outcome = work_out(ctx, repository.head, {
    tree = tree, graph = graph, moves = assignment.moves, gone = assignment.gone, watchers = WATCHERS, text = p.text,
    actions = split.carried_out(layouts.actions(layout, values), others),
    generate = split.carried_out(layouts.generated(layout, values), others), search = ctx:search(),
    name = repository.name, url = repository.url, branch = repository.branch or 'main', repositories = others,
    redirects = layouts.redirects(layout, values),
    call = function(name, args, facts) return ctx:transform(name, args, facts) end,
  }, function(outcome)
    something = next(outcome.moves) or next(outcome.changed) or next(outcome.created) or next(outcome.removed) or #others > 0
    if not something then return report.nothing(ctx, unused) end
    warn.refuse_branch(ctx, branch)
    warn.say(ctx, outcome)
    copies.block(ctx, tree, assignment)
    refuse_gaps(ctx, graph)
    for _, other in ipairs(outcome.repositories) do table.insert(other.needs, copies.missing_rules(other)) end
    report.summary(ctx, outcome, unused)
    runbook.add(ctx, outcome, branch, repository.branch,
      appliers.open(outcome, tree, graph, known))
    report.add(ctx, outcome, assignment, unused, tree, graph)
  end)
  if not something then return {} end
  report.add_others(ctx, outcome, tree, repository.head)
  return operations(ctx, p, layout, repository, tree, outcome, branch)
end

return {
  summary = 'Move a repository into a target layout, without loss',
  params = {
    layout = { type = 'string', doc = 'Name or file of the layout; without it: which layouts fit' },
    draft = { type = 'boolean', default = false, doc = 'Begin a layout for this repository from what its files hold' },
    text = { type = 'boolean', default = false, doc = 'Rewrite references in prose and comments too' },
    branch = { type = 'string', doc = 'Name of the new branch (default: ifx/LAYOUT)' },
    message = { type = 'string', doc = 'Subject of the commits' },
  },
  more = 'parameters of the layout; --layout NAME --help shows them',
  explain = function(ctx, p)
    if not p.layout then return nil end
    local layout = read_layout(ctx, p.layout)
    return 'the layout ' .. layout.name, layout.params
  end,
  plan = function(ctx, p)
    if p.layout then return plan_layout(ctx, p) end
    refuse_more(ctx, p)
    local tree = ctx:tree()
    local graph = ctx:references(tree)
    if p.draft then return begin_draft(ctx, tree, graph, p) end
    report.gaps(ctx, graph)
    survey.report(ctx, tree, graph, classes.open(known_classes, tree), all_layouts(ctx))
  end,
}
