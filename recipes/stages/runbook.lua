-- runbook.lua: what a person does at each stage, sees, and how to go back. SPDX-License-Identifier: Apache-2.0
local counted = require 'ifx.text'.counted

local M = {}

-- As a shell takes it: a name from a tree may be anything.
local function quoted(word)
  return word:find '^[%w%._/:-]+$' and word or ("'%s'"):format((word:gsub("'", "'\\''")))
end

local function in_cluster(found, cluster)
  return #found.found.after.clusters > 1 and (' (in %s)'):format(cluster) or ''
end

local function files_of(stage) return table.concat(list.keys(stage.texts), ', ') end

-- Only the clusters know which branch they follow.
local function push(branch) return ('git push origin %s:BRANCH'):format(branch) end

local function protect(stage, found, branch)
  local out = { ('Protect (%s): %s'):format(files_of(stage), push(branch)),
    '  Wait until the controllers act on it. Each of these must print what stands behind it:' }
  for _, protection in ipairs(found.protections) do
    local check = protection.check
    local pair = found.found.entry[protection.entry]
    if check and pair and pair.before then
      out[#out + 1] = ('  %s   # %s%s'):format(check.command, check.expect, in_cluster(found, pair.before.home))
    end
  end
  out[#out + 1] = '  To go back: git revert that commit, and push. Nothing was moved yet.'
  return table.concat(out, '\n')
end

-- The labels and annotations by which the new owner knows an object: as a template of kubectl, and what it prints. All of
-- them: an owner of the same name in another namespace differs in one.
local function marks_of(entry)
  local fields, values = {}, {}
  for _, field in ipairs { 'labels', 'annotations' } do
    local marks = entry.marks and entry.marks[field] or {}
    for _, key in ipairs(list.keys(marks)) do
      fields[#fields + 1] = ('{.metadata.%s.%s}'):format(field, (key:gsub('%.', '\\.')))
      values[#values + 1] = marks[key]:gsub('%c', ' ')
    end
  end
  if #fields > 0 then return table.concat(fields, ' '), table.concat(values, ' ') end
end

-- Of those that apply it afterwards, one that did not before.
local function new_claim(change)
  local old = list.set(change.owners.before)
  return list.find(change.after.claims, function(claim) return not old[claim.entry.id] end)
end

local function moved_objects(found)
  local out = {}
  for _, change in ipairs(found.found.changes) do
    local claim = change.owners and change.after and new_claim(change)
    local template, value
    if claim then template, value = marks_of(claim.entry) end
    if template then
      local owned = change.after
      local of = owned.group == '' and owned.kind:lower() or ('%s.%s'):format(owned.kind:lower(), owned.group)
      out[#out + 1] = ("  kubectl %sget %s %s -o jsonpath='%s'   # %s%s"):format(
        owned.namespace ~= '' and ('-n %s '):format(quoted(owned.namespace)) or '', quoted(of), quoted(owned.name), template,
        value, in_cluster(found, owned.cluster))
    end
  end
  return out
end

local function move(found, branch)
  local out = { ('Move: %s'):format(push(branch)) }
  local moved = moved_objects(found)
  if #moved > 0 then
    out[#out + 1] = ('  Wait until %s the mark of the new owner. Each of these must print what stands behind it:'):format(
      counted(#moved, 'object bears', 'objects bear'))
    list.append(out, moved)
  end
  out[#out + 1] = '  To go back: git revert -m 2 that commit, and push. Nothing prunes what moved, in either direction.'
  return table.concat(out, '\n')
end

local function release(branch)
  return ('Release: %s\n  What protected the objects is as it was again. To go back: the commits backwards, one push for each, '
    .. 'with the waiting of the stage that is reached.'):format(push(branch))
end

-- What was removed while nothing pruned: some controllers forget it, others find it by its mark when they prune again.
local function left(found)
  local gone = {}
  for _, change in ipairs(found.found.changes) do
    if change.before and not change.after and not change.uncertain then
      for _, claim in ipairs(change.before.claims) do
        local kept = list.find(found.protections, function(one)
          local pair = found.found.entry[one.entry]
          return pair ~= nil and pair.before == claim.entry
        end)
        if kept then gone[#gone + 1] = ('  %s'):format(change.id) end
      end
    end
  end
  if #gone == 0 then return nil end
  return ('Point of no return. Rendered by nobody any more, and left in the cluster by what protected the others: Argo CD prunes '
    .. 'it at the release, where its Application is still there; of all else delete by hand what is not wanted, when the rest is '
    .. 'in order:\n%s'):format(table.concat(gone, '\n'))
end

---@param found ifx.gitops.Stages
---@param branches { protect: string, move: string, release: string }
---@return string
function M.text(found, branches)
  local is_protected = next(found.stages[2].texts) ~= nil
  local steps = { ('Look at the stages: git log --stat %s. BRANCH stands for the branch that the controllers follow.'):format(
    branches.release) }
  if is_protected then steps[2] = protect(found.stages[2], found, branches.protect) end
  list.append(steps, { move(found, branches.move), release(branches.release) })
  steps[#steps + 1] = left(found)
  for i, text in ipairs(steps) do steps[i] = ('%d. %s'):format(i, text) end
  return table.concat(steps, '\n')
end

return M
