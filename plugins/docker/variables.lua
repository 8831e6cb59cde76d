-- variables.lua: the paths that the file .env of a compose project holds. SPDX-License-Identifier: Apache-2.0

local compose = require './compose'
local env = require './env'
local finder = require 'ifx.repo.finder'
local paths = require './paths'
local spans = require 'ifx.repo.spans'

local M = {}

M.kinds = { ['compose.variable'] = 'a path that the file .env gives to a variable of a compose file' }
M.files = { '**/.env' }

local function is_compose(ctx, entry, folder)
  return path.dirname(entry.path) == folder and entry.path:find('%.ya?ml$') and entry.mode:sub(1, 3) == '100'
    and not entry.missing and compose.is_compose(ctx.file(entry))
end

-- For each variable that stands for a whole path in a compose file of this folder, how that path is read there.
local function uses(ctx, folder)
  local found = {}
  for _, entry in ipairs(ctx.tree:list(folder)) do
    if is_compose(ctx, entry, folder) then
      local c = finder.collect('docker', ctx.file(entry), ctx)
      function c.on_variable(name, r)
        found[name] = found[name] or r
      end
      compose.find(c)
    end
  end
  return found
end

local function add(c, match, r)
  if r.kind ~= 'compose.volume' or match.text:find('^[.$]') then
    paths.add(c, match, {
      kind = 'compose.variable', base = r.base, anchor = r.anchor, check = r.check, optional = r.optional, rewrite = r.rewrite,
    })
  end
end

--- Finds the paths in an .env file.
---@param file table
---@param ctx table
---@return table[] references, table[] unknown
function M.find(file, ctx)
  local c, used, place = finder.collect('docker', file, ctx), uses(ctx, path.dirname(file.path)), spans.of(file)
  for _, variable in ipairs(env.read(file.text())) do
    local r = used[variable.name]
    if r and variable.value ~= '' and not paths.is_remote(variable.value) then
      local match = place(variable.from, variable.from + #variable.value - 1)
      match.value = match.text
      add(c, match, r)
    end
  end
  return c:result()
end

return M
