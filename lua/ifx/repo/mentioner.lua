-- mentioner.lua: a worker that looks for strings in shares of a tree. SPDX-License-Identifier: Apache-2.0
local mentions = require 'ifx.repo.mentions'
local trees = require 'ifx.repo.tree'

local Current = {}
Current.__index = Current

-- The shares of one tree follow each other: one scanner is kept, since those of large moves take much memory.
function Current:scanner(which)
  if which ~= self.which then
    self:__close()
    self.which, self.made = which, mentions.scanner(self.sought[which])
  end
  return self.made
end

function Current:__close()
  if self.made then self.made:close() end
end

---What `worker.map` calls, with what is looked for in each of several trees. An item is a share of one of them: it describes a
---tree of some files; nobody needs to know the others.
return function(sought)
  local current = setmetatable({ sought = sought }, Current)
  return function(share)
    local tree <close> = trees.reopen(share.tree)
    return current:scanner(share.which):run(tree)
  end, current
end
