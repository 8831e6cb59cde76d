-- chart.lua: the charts that a chart is made of. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local lock = require './lock'
local place = require './place'
local shape = require 'ifx.repo.shape'

local M = {}

M.kinds = {
  ['helm.dependency'] = 'the folder of a chart that this one depends on',
  ['helm.locked_dependency'] = 'the same, in the lock file',
  ['helm.vendored_dependency'] = 'a chart that lies in the folder charts of this one',
  ['helm.lock_digest'] = 'the digest of the dependencies, which a lock file must have for Helm to build them',
}

M.files = { '**/Chart.yaml', '**/Chart.lock', '**/requirements.yaml', '**/requirements.lock' }

local LOCKS = { ['Chart.lock'] = 'Chart.yaml', ['requirements.lock'] = 'requirements.yaml' }

-- A dependency without a repository is a chart, or an archive, of that name in the folder charts.
local function vendored(ctx, dir, name)
  local folder = path.join(dir, 'charts')
  for _, entry in ipairs(ctx.tree:list(folder)) do
    local rest = entry.path:sub(#folder + 2)
    if rest:find('^[^/]+/Chart%.yaml$') then
      local document = ctx.file(entry).yaml()
      if document and #document > 0 and document:get({ 'name' }, 1) == name then
        return path.dirname(entry.path), 'dir'
      end
    elseif rest:sub(1, #name + 1) == name .. '-' and rest:find('^[^/]+%.tgz$') then
      return entry.path, 'file'
    end
  end
end

local function add_vendored(c, dir, match)
  local found, kind = vendored(c.ctx, dir, match.value)
  local ignored = not found and c:ignored(dir, 'charts/' .. match.value)
  local ref = c:add(match, {
    kind = 'helm.vendored_dependency', target_kind = kind or 'path', resolved = found ~= nil, found = found,
    why = not found and 'no chart of this name in the folder charts' or nil,
  })
  if ignored then
    ref.resolved, ref.why = nil, ignored
  end
end

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
  local function name(match, way)
    local given = document:get({ way[1], way[2], 'repository' }, 1)
    if not locked and (given == nil or given == '') and c:text(match) then
      add_vendored(c, dir, match)
    end
  end
  shape.walk(document, 1, { keys = { dependencies = { items = { keys = {
    repository = { text = repository }, name = { text = name },
  } } } } })
  if locked then
    lock.find(c, document, path.join(dir, locked))
  end
  return c:result()
end

return M
