-- runbook.lua: what a person does with the branch, in order. SPDX-License-Identifier: Apache-2.0

local M = {}

local function earlier_commits(hazards)
  local steps = {}
  for _, hazard in ipairs(hazards) do
    if hazard.id == 'prune' then
      steps[#steps + 1] = ('FIRST, IN A COMMIT OF ITS OWN, before anything of this branch is pushed: %s.\n%s\n'
        .. 'Why: %s. A controller that sees the move before it has seen this change deletes what moved, volumes included.\n'
        .. 'Go on only when the cluster has observed it: %s\n  must print: %s'):format(
        hazard.remedy, hazard.patch or '', hazard.reason, hazard.check, hazard.expect)
    end
  end
  return steps
end

local function release(hazards, outcome)
  local steps = {}
  for _, hazard in ipairs(hazards) do
    if hazard.id == 'prune' then
      steps[#steps + 1] = ('Last, in a later commit: undo the first one (%s). Before that every object that moved must carry the '
        .. 'label or tracking id of its new owner; until then going back is `git revert`.'):format(hazard.object)
    end
  end
  for file, text in pairs(outcome.created) do
    if text:find('\n  prune: false\n', 1, true) then
      steps[#steps + 1] = ('With it: spec.prune: true in %s.'):format(file)
    end
  end
  return steps
end

---@param branch string
---@param base string name of the branch, or id of the commit, that the work stands on
function M.add(ctx, outcome, branch, base)
  local steps = earlier_commits(outcome.hazards)
  local function step(text) steps[#steps + 1] = text end
  step(('Look at the result: git log --stat %s..%s; git diff -M %s %s'):format(base, branch, base, branch))
  step(('Put both commits on the branch that the controllers follow by fast-forward or merge, and push them together: '
    .. 'git switch %s; git merge --ff-only %s; git push. Never squash them: the first holds pure renames, and with the second in '
    .. 'the same commit git no longer follows the files. Never push the first alone: in it, lists name files that have moved '
    .. 'away, and a folder that is applied without a kustomization.yaml would be pruned.'):format(base, branch))
  if next(outcome.created) then
    step('Wait until every controller has reported the pushed commit as applied, and look at what it says of the new entry points.')
  end
  table.move(release(outcome.hazards, outcome), 1, #release(outcome.hazards, outcome), #steps + 1, steps)
  step('To go back before pushing: ifx runs rollback last. After pushing: git revert both commits, the second one first, and push '
    .. 'them together; while nothing prunes, that changes no object.')
  local numbered = {}
  for i, text in ipairs(steps) do numbered[i] = ('%d. %s'):format(i, text) end
  ctx:section { title = 'Run-book', kind = 'text', text = table.concat(numbered, '\n') }
end

return M
