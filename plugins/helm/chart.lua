-- chart.lua: the charts that a chart is made of. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local lock = require './lock'
local place = require './place'
local shape = require 'ifx.repo.shape'

local M = {}

M.kinds = {
  ['helm.dependency'] = 'the folder of a chart that this one depends on',
  ['helm.locked_dependency'] = 'the same, in the lock file',
  ['helm.lock_digest'] = 'the digest of the dependencies, which a lock file must have for Helm to build them',
}

M.files = { '**/Chart.yaml', '**/Chart.lock', '**/requirements.yaml', '**/requirements.lock' }

local LOCKS = { ['Chart.lock'] = 'Chart.yaml', ['requirements.lock'] = 'requirements.yaml' }

--- Finds the folders in `dependencies`.
---@param file table
---@param ctx table
---@return table[] references, table[] unknown
function M.find(file, ctx)
  local c, dir = finder.collect('helm', file, ctx), path.dirname(file.path)
  local locked = LOCKS[path.basename(file.path)]
  local document = ctx.exists(path.join(dir, 'Chart.yaml')) and c:document()
  if not document or #document == 0 then
    return c:result()
  end
  local function repository(match)
    if match.text:find('^file:///') then
      return c:doubt(match, match.text, 'an absolute path')
    elseif match.text:find('^file://.') and c:text(match) then
      c:path(match, {
        kind = locked and 'helm.locked_dependency' or 'helm.dependency', base = dir, from = #'file://' + 1,
        check = place.want_chart(ctx),
      })
    end
  end
  shape.walk(document, 1, { keys = { dependencies = { items = { keys = { repository = { text = repository } } } } } })
  if locked then
    lock.find(c, document, path.join(dir, locked))
  end
  return c:result()
end

return M
