-- links.lua: symbolic links as references: the whole content of a link names a path. SPDX-License-Identifier: Apache-2.0
local path = require 'ifx.path'

local links = {}

local function find(file, ctx)
  local text = file.text()
  local base = path.dirname(file.path)
  local ref = {
    kind = 'symlink', exact = true, start = 1, stop = #text, text = text, base = base, target_kind = 'path', editable = true,
    line = 1, column = 1,
  }
  if text:sub(1, 1) == '/' then
    ref.base, ref.why, ref.editable, ref.locked = nil, 'an absolute path of some machine', false, 'an absolute link'
    return { ref }
  end
  ref.target = ctx.resolve(base, text)
  local real = ref.target and ctx.tree:follow(file.path)
  ref.resolved = real ~= nil
  if not ref.target then
    ref.why = 'leads outside of the repository'
  elseif not real then
    ref.why = 'does not exist'
  end
  return { ref }
end

local function choose(ctx)
  local found = {}
  for _, entry in ipairs(ctx.tree._links and ctx.tree:files() or {}) do
    if entry.mode == '120000' then found[#found + 1] = entry.path end
  end
  return found
end

links.finder = {
  plugin = 'link', kinds = { symlink = 'where a symbolic link points' }, find = find,
  choose = choose,
}

return links
