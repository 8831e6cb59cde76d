-- warn.lua: what must be right before a plan, and accepted before it is applied. SPDX-License-Identifier: Apache-2.0

local M = {}

---Refuse a work tree with changes of tracked files: they would not be in the commits.
function M.refuse_dirty(ctx, repository)
  if #repository.dirty == 0 then return end
  local files = #repository.dirty == 1 and 'a tracked file has' or #repository.dirty .. ' tracked files have'
  ctx:refuse {
    message = ('%s changes that are not committed: %s'):format(files,
      table.concat(repository.dirty, ', ', 1, math.min(5, #repository.dirty))),
    hint = 'commit or stash them first',
  }
end

---The new branch must be new: the plan says so, not its last operation.
function M.refuse_branch(ctx, branch)
  local commit = ctx:find_branch(branch)
  if not commit then return end
  ctx:refuse {
    kind = 'conflict',
    message = ("the branch '%s' exists, at %s: most likely from an earlier run"):format(branch, commit:sub(1, 12)),
    hint = ('--branch NAME takes another name; ifx runs list shows what made it, ifx runs rollback takes that back; '
      .. 'git branch -D %s deletes the branch alone'):format(branch),
  }
end

-- References of tools that will name nothing any more.
local function block_cut(ctx, cut)
  if #cut == 0 then return end
  local ref = cut[1].reference
  ctx:block { id = 'border', accept = 'border',
    why = ('%s what is in another repository afterwards, or in several, and cannot follow: %s:%d %s%s; a person takes '
      .. 'it out or writes it anew on the branch, before it is pushed'):format(
      #cut == 1 and 'a reference names' or #cut .. ' references name', ref.file, ref.line, ref.text, #cut > 1 and ' …' or '') }
end

local function say_one(ctx, outcome)
  for _, hazard in ipairs(outcome.hazards) do
    ctx:hazard {
      id = hazard.id, severity = hazard.severity, object = hazard.object, reason = hazard.reason,
      remedy = hazard.remedy
        .. (hazard.id == 'prune' and ', in an earlier commit, and wait until the cluster has observed it' or ''),
    }
    if hazard.id == 'prune' then
      ctx:block { id = 'prune', accept = 'prune', why = ('%s %s'):format(hazard.object, hazard.reason) }
    end
  end
  for _, entry in ipairs(outcome.blocked) do ctx:block(entry) end
  block_cut(ctx, outcome.cut)
end

---Whoever prunes what moves is said first, and must be accepted by name; so must what is lost, in every repository.
function M.say(ctx, outcome)
  say_one(ctx, outcome)
  for _, other in ipairs(outcome.repositories) do say_one(ctx, other) end
end

return M
