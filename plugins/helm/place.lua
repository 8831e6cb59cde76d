-- place.lua: which chart a file belongs to. SPDX-License-Identifier: Apache-2.0

local M = {}

--- The folder of the chart whose template this is: that of the nearest Chart.yaml beside a folder `templates` above.
---@param ctx table
---@param p string
---@return string|nil
function M.chart_of_template(ctx, p)
  local dir = path.dirname(p)
  while dir ~= '' do
    local above = path.dirname(dir)
    if path.basename(dir) == 'templates' and ctx.exists(path.join(above, 'Chart.yaml')) then
      return above
    end
    dir = above
  end
end

--- The folder of the nearest chart around a path.
---@param ctx table
---@param p string
---@return string|nil
function M.chart_around(ctx, p)
  local dir = p
  repeat
    dir = path.dirname(dir)
    if ctx.exists(path.join(dir, 'Chart.yaml')) then
      return dir
    end
  until dir == ''
end

--- A check: the path must be the folder of a chart.
---@param ctx table
---@return fun(target: string, kind: string): string|nil
function M.want_chart(ctx)
  return function(target, kind)
    if kind ~= 'dir' then
      return 'a file where the folder of a chart is expected'
    end
    return not ctx.exists(path.join(target, 'Chart.yaml')) and 'a folder without Chart.yaml' or nil
  end
end

-- The folder that a reference counts from, afterwards: a chart is where its Chart.yaml is, wherever its other files went.
local function base_of(ref, move)
  local chart_file = path.join(ref.chart, 'Chart.yaml')
  local chart = path.dirname(move.moves[chart_file] or chart_file)
  return path.normalize(path.join(chart, path.relative(move.base, ref.chart)))
end

--- What lies in a chart cannot be named from outside of it, nor with a dot at its beginning.
---@param ref table
---@param move ifx.repo.Movement
---@return string|nil text
---@return string|nil why
function M.rewrite_member(ref, move)
  local base = base_of(ref, move)
  if not path.within(move.new_target, base) then
    return nil, 'it would leave its chart'
  end
  local new = path.relative(move.new_target, base)
  if new:find('["\\`\n]') then
    return nil, 'the new path would need escapes in the template'
  end
  return ref.text:sub(-1) == '/' and new .. '/' or new
end

return M
