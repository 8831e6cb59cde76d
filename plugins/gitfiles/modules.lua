-- modules.lua: where .gitmodules puts submodules, and where they come from. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local spans = require 'ifx.repo.spans'
local url = require 'ifx.repo.url'

local M = {}

M.kinds = {
  ['gitmodules.path'] = 'the folder of a submodule',
  ['gitmodules.url'] = 'the repository of a submodule; a relative one counts from this repository\'s own address',
}
M.files = { '.gitmodules' }

local function add_path(c, match)
  c:path(match, {
    kind = 'gitmodules.path', base = '', anchor = 'root',
    check = function(target)
      return c.ctx.exists(target) ~= 'submodule' and 'no submodule is recorded there' or nil
    end,
  })
end

local function add_url(c, match)
  local own = url.is_own(c.ctx, match.text)
  local relative = match.text:find('^%.%.?/') ~= nil
  c:add(match, {
    kind = 'gitmodules.url', target_kind = own and 'repository' or 'remote', resolved = own and true or nil,
    why = not own and (relative and 'relative to the address of this repository' or 'on the network') or nil,
  })
end

local ADD = { path = add_path, url = add_url }

--- Finds what .gitmodules names.
---@param file table
---@param ctx table
---@return table[] references, table[] unknown
function M.find(file, ctx)
  local c, place = finder.collect('gitfiles', file, ctx), spans.of(file)
  for line, first in text.lines(file.text()) do
    local key, from, value = line:match('^%s*(%w+)%s*=%s*()(.-)%s*$')
    local add = key and ADD[key:lower()]
    if add and value ~= '' then
      local match = place(first + from - 1, first + from + #value - 2)
      if value:find('["\\]') or value:find('%s[#;]') then
        c:doubt(match, value, 'a value with quotes, escapes or a comment')
      else
        add(c, match)
      end
    end
  end
  return c:result()
end

return M
