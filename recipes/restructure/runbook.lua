-- runbook.lua: what a person does with the branch, in order. SPDX-License-Identifier: Apache-2.0

local M = {}

local function pruning(hazards)
  return list.filter(hazards, function(hazard) return hazard.id == 'prune' end)
end

-- Nothing of the branch may be seen by a controller that would still delete what moves.
local function first(hazard)
  return ('First, in a commit of its own, before anything of this branch is pushed: %s.\n'
    .. '  %s\n  Why: %s %s. If it sees the move before it has seen this change, it deletes what moved, volumes included.\n'
    .. '  Go on only when the cluster has observed it:\n  %s\n  must print: %s'):format(
    hazard.remedy, hazard.patch, hazard.object, hazard.reason, hazard.check, hazard.expect)
end

local function last(hazards, created)
  local undo = list.map(hazards, 'undo')
  for _, file in ipairs(list.keys(created)) do
    if created[file]:find('\n  prune: false\n', 1, true) then undo[#undo + 1] = ('set spec.prune: true in %s'):format(file) end
  end
  if #undo == 0 then return nil end
  return ('Last, in a later commit, when every object that moved carries the label (or tracking id) of its new owner: %s. '
    .. 'Until then going back is safe.'):format(table.concat(undo, '; '))
end

-- What the branch holds beside the removal of what left.
local function parts(outcome)
  local edits = next(outcome.changed) or next(outcome.created) or next(outcome.removed)
  return next(outcome.moves) ~= nil, edits ~= nil
end

local PRUNED = ', and what a folder without a kustomization.yaml no longer holds would be pruned'

local function push(outcome, base, branch, controllers)
  local moved, edited = parts(outcome)
  local tip = next(outcome.gone) and branch .. '~1' or branch
  local merge = ('git switch %s; git merge --ff-only %s; git push.'):format(base or 'BRANCH', tip)
  local there = controllers and 'the branch that the controllers follow' or 'the branch that everybody uses'
  if not moved and not edited then return nil end
  if not (moved and edited) then return ('Put the commit on %s: %s'):format(there, merge) end
  return ('Put both commits on %s, and push them together: %s Never squash them: in one commit with the edits, git no longer '
    .. 'follows the renamed files. Never push the first alone: in it, lists name files that have moved away%s.'):format(
    there, merge, controllers and PRUNED or '')
end

-- What the plan lists and nobody else writes anew.
local function by_hand(outcome)
  local places, exact, with_text = {}, 0, 0
  for _, one in ipairs { outcome, table.unpack(outcome.repositories) } do
    local of = one.repository and one.repository.name .. ': ' or ''
    if #one.listed > 0 then places[#places + 1] = ('%sReferences left for a person (%d)'):format(of, #one.listed) end
    for _, item in ipairs(one.listed) do
      exact = exact + (item.reference.exact and 1 or 0)
      with_text = with_text + (item.with_text and 1 or 0)
    end
  end
  if #places == 0 then return nil end
  local text = with_text > 0 and (' Planned again with --text (after ifx runs rollback last), it writes up to %d of them itself.')
    :format(with_text) or ''
  return ('Go through what this plan lists under "%s": nothing writes that anew, and %s. Commit what you change, to be pushed '
    .. 'together with this branch.%s'):format(table.concat(places, '", "'),
    exact == 0 and 'no tool reads it' or ('a tool reads %d of it'):format(exact), text)
end

-- What must be there before anything is taken away here; what two repositories ask for, once.
local function needs(outcome)
  local out, said = {}, {}
  for _, one in ipairs { outcome, table.unpack(outcome.repositories) } do
    for _, text in ipairs(one.needs) do
      if not said[text] then said[text], out[#out + 1] = true, text end
    end
  end
  return out
end

-- What was made must be found by its address, and applied, before anything is taken away here.
local function publish(repository, controllers)
  local use = controllers and 'whatever applies its files access to it, and let it take over the objects from there (same names, '
    .. 'same namespaces), without pruning' or 'whoever uses its files access to it'
  return ('Publish %s first: look at it (git -C %s log --stat), make an empty repository at %s, then: '
    .. 'git -C %s remote add origin %s; git -C %s push -u origin main. Give %s.'):format(
    repository.name, repository.dir, repository.url, repository.dir, repository.url, repository.dir, use)
end

-- What a tool reads and nothing can write anew: it must be out before what it names is.
local function mend(before, cut)
  if #cut == 0 then return nil end
  local places = list.map(cut, function(item)
    return ('%s:%d %s'):format(item.reference.file, item.reference.line, item.reference.text)
  end)
  return ('%s, take out or write anew what would name nothing any more, and commit that: %s.'):format(before,
    table.concat(places, ', '))
end

local function remove(base, branch, names, controllers)
  local moment = controllers and 'every object of %s carries the label (or tracking id) of its new owner'
    or 'whoever uses the files of %s takes them from there'
  return ('Only when %s, remove here what is there now: git switch %s; git merge --ff-only %s; git push.'):format(
    moment:format(names), base or 'BRANCH', branch)
end

---@param ctx ifx.recipe.Context
---@param outcome ifx.layout.Outcome
---@param branch string        the new one
---@param base string|nil      the branch that the work stands on; nil when HEAD is detached
---@param appliers { controllers: boolean, first: string[], before: string[], steps: string[] }
function M.add(ctx, outcome, branch, base, appliers)
  local controllers = appliers.controllers
  local hazards = pruning(outcome.hazards)
  local steps = list.map(hazards, first)
  list.append(steps, appliers.first)
  if #steps > 0 then
    local again = 'ake this branch away (ifx runs rollback last) and plan again on top of it: then it says nothing of this any '
      .. 'more.'
    steps[#steps + 1] = #outcome.repositories > 0 and 'T' .. again
      or ('Bring that commit below this branch: git rebase %s %s. Or t'):format(base or 'BRANCH', branch) .. again
  end
  local from = base or 'HEAD'
  steps[#steps + 1] = ('Look at the result: git log --stat %s..%s; git diff -M %s %s'):format(from, branch, from, branch)
  for _, other in ipairs(outcome.repositories) do
    steps[#steps + 1] = mend(('In %s, before it is published'):format(other.repository.dir), other.cut)
    steps[#steps + 1] = publish(other.repository, controllers)
  end
  list.append(steps, needs(outcome))
  list.append(steps, appliers.before)
  steps[#steps + 1] = by_hand(outcome)
  steps[#steps + 1] = push(outcome, base, branch, controllers)
  if controllers and next(outcome.created) then
    steps[#steps + 1] = 'Wait until every controller reports the pushed commit as applied, the new entry points too.'
  end
  list.append(steps, appliers.steps)
  for _, hazard in ipairs(outcome.hazards) do steps[#steps + 1] = hazard.step end
  if next(outcome.gone) then
    local names = list.map(outcome.repositories, function(other) return other.repository.name end)
    steps[#steps + 1] = mend(('On top of %s (git switch %s)'):format(branch, branch), outcome.cut)
    steps[#steps + 1] = remove(base, branch, table.concat(names, ', '), controllers)
  end
  steps[#steps + 1] = last(hazards, outcome.created)
  steps[#steps + 1] = 'To go back before pushing: ifx runs rollback last. After pushing: git revert the commits, the last one '
    .. 'first, and push that at once' .. (controllers and '; while nothing prunes, no object is deleted.' or '.')
  for i, text in ipairs(steps) do steps[i] = ('%d. %s'):format(i, text) end
  ctx:section { title = 'Run-book', kind = 'text', text = table.concat(steps, '\n') }
end

return M
