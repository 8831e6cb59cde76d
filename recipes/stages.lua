-- stages.lua: carry a change to a live cluster without a controller deleting what stays. SPDX-License-Identifier: Apache-2.0
--   ifx run stages --to BRANCH              the proof, what is dangerous, and the stages
--   ifx run stages --to BRANCH --apply      branches ifx/stages/1-protect, 2-move, 3-release
local runbook = require './stages/runbook'

local NAMES = { protect = '1-protect', move = '2-move', release = '3-release' }

-- Files of a stage as edits of a commit: `old` has the texts that stand there.
local function edits(ctx, old, new)
  local out = {}
  for _, file in ipairs(list.keys(new)) do
    if old[file] ~= new[file] then
      out[#out + 1] = { path = file, blob = ctx:blob_id(old[file]), replacements = { ctx:replacement(old[file], new[file]) } }
    end
  end
  return out
end

local function texts_of(tree, files)
  local out = {}
  for file in pairs(files) do out[file] = tree:read(file) end
  return out
end

-- What no stage makes safe.
local function dangers_of(found)
  return list.filter(found.found.hazards, function(hazard) return hazard.severity == 'high' and not hazard.protect end)
end

local function is_partly_unknown(found)
  return found.found.verdict == 'unknown' or list.find(found.found.unknown, function(one) return not one.same end) ~= nil
end

local function say(ctx, found)
  ctx:section { title = 'What changes', kind = 'text', text = ctx:comparison(found.found) }
  for _, one in ipairs(found.unprotected) do
    ctx:hazard { id = 'unprotected', severity = 'high', object = one.protection.entry,
      reason = ('%s cannot be set in this repository: %s'):format(table.concat(one.protection.path, '.'), one.why),
      remedy = 'set it where it is defined, wait until the controller acts on it, and plan again' }
  end
  for _, hazard in ipairs(list.append(dangers_of(found), found.open)) do
    ctx:block { id = hazard.id, accept = hazard.id, why = ('%s: %s'):format(hazard.object or hazard.entry, hazard.reason) }
  end
  if #found.stages > 2 and is_partly_unknown(found) then
    ctx:block { id = 'unknown', accept = 'unknown',
      why = 'what some entry points apply is not known: nobody can say what happens to it' }
  end
end

local function operations(ctx, p, found, before, after, head, target, branches)
  local who, date = ctx:identity(), ('%d +0000'):format(ctx.created)
  local subject = p.message or ('Stages of ' .. p.to)
  local function commit(fields, what)
    fields.author, fields.date, fields.message = who, date, ('%s: %s\n'):format(subject, what)
    return ctx:op('git.commit', fields)
  end
  local first, second = found.stages[2].texts, found.stages[3].texts
  local old, new = texts_of(before, first), texts_of(after, second)
  local out, tips, before_move = {}, {}, head
  if next(first) then
    tips.protect = commit({ parent = head, base = p.from, edits = edits(ctx, old, first) }, 'protect what moves')
    out[1], before_move = tips.protect, ctx:result(tips.protect, 'commit')
  end
  tips.move = commit({ parent = target, base = p.to, edits = edits(ctx, new, second), merges = { before_move } },
    'move, protected')
  out[#out + 1], tips.release = tips.move, tips.move
  if next(second) then
    tips.release = commit({ parent = ctx:result(tips.move, 'commit'), edits = edits(ctx, second, new) }, 'release')
    out[#out + 1] = tips.release
  end
  for _, name in ipairs { 'protect', 'move', 'release' } do
    local tip = tips[name]
    if tip then out[#out + 1] = ctx:op('git.branch', { name = branches[name], commit = ctx:result(tip, 'commit') }) end
  end
  return out
end

return {
  summary = 'Carry a change to a live cluster in stages, so that no controller deletes what stays',
  params = {
    to = { type = 'string', required = true, doc = 'Branch or commit with the change' },
    from = { type = 'string', default = 'HEAD', doc = 'Branch or commit that the controllers have applied' },
    branch = { type = 'string', default = 'ifx/stages', doc = 'Folder of the new branches' },
    repo = { type = 'string[]', default = {}, doc = 'URL=DIR[@REV]: this checkout stands for that repository' },
    message = { type = 'string', doc = 'Begin of the subjects of the commits' },
  },
  plan = function(ctx, p)
    local repository, target = ctx:repository(p.from), ctx:repository(p.to)
    local before, after = ctx:tree(p.from), ctx:tree(p.to)
    local found = ctx:stages(before, after, { repositories = p.repo })
    say(ctx, found)
    if not ctx:is_ancestor(repository.head, target.head) then
      ctx:block { id = 'diverged', accept = 'diverged',
        why = ('%s does not stand on %s: the stages would take back what only %s has; merge or rebase it first'):format(p.to,
          p.from, p.from) }
    end
    if #found.stages == 2 then
      ctx:section { title = 'Stages', kind = 'text',
        text = #dangers_of(found) > 0 and 'None would help: no waiting makes safe what blocks the plan.'
          or is_partly_unknown(found) and 'Nobody can say whether some are needed: what some entry points apply is not known.'
          or 'None are needed: nothing that stays is in danger when it is pushed as it is.' }
      return {}
    end
    local branches = {}
    for name, last in pairs(NAMES) do branches[name] = p.branch .. '/' .. last end
    ctx:section { title = 'Run-book', kind = 'text', text = runbook.text(found, branches) }
    return operations(ctx, p, found, before, after, repository.head, target.head, branches)
  end,
}
