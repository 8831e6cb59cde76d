-- split.lua: the repositories that a layout makes beside this one: which, and as operations. SPDX-License-Identifier: Apache-2.0
local restructure = require 'ifx.layout.restructure'

local M = {}

---The others that get files, each with what goes there. Refuses one whose folder is in the way.
---@param ctx ifx.recipe.Context
---@param repositories ifx.layout.Repository[]
---@param assignment ifx.layout.Assignment
---@return { repository: ifx.layout.Repository, moves: table<string, string> }[]
function M.others(ctx, repositories, assignment)
  local out = {}
  for _, repository in ipairs(repositories) do
    local moves = assignment.away[repository.id]
    if moves then
      local why = ctx:obstacle(repository.dir)
      if why then
        ctx:refuse { kind = 'exists', message = ('the repository %s cannot be made: %s'):format(repository.name, why),
          hint = 'give another folder in the layout (`dir`), or move that one away' }
      end
      out[#out + 1] = { repository = repository, moves = moves }
    end
  end
  return out
end

---Only what goes to a repository that is made now, or stays here.
---@param rows table[]
---@param others table[]
function M.carried_out(rows, others)
  return list.filter(rows, function(row)
    return row.repository == nil or list.find(others, function(other) return other.repository.id == row.repository end)
  end)
end

---Made before anything changes here: when that fails, nothing has happened.
---@param ctx ifx.recipe.Context
---@param outcome ifx.layout.Outcome
---@param tree ifx.repo.Tree
---@param base { head: string, subject: string, author: table, date: string }
---@return table[] operations
function M.operations(ctx, outcome, tree, base)
  return list.map(outcome.repositories, function(other)
    local work = restructure.operations(other, function(old) return tree:entry(old).oid end)
    local files = list.map(list.keys(other.moves), function(old) return { old, other.moves[old] } end)
    return ctx:op('git.export', {
      dir = other.repository.dir, branch = 'main', revision = base.head, files = files, edits = work.edits,
      create = work.create, remove = work.remove, author = base.author, date = base.date,
      message = base.subject .. '\n\nThe history before this commit was taken along with the files.\n',
    })
  end)
end

return M
