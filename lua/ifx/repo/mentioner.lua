-- mentioner.lua: a worker that looks for strings in shares of a tree. SPDX-License-Identifier: Apache-2.0
local mentions = require 'ifx.repo.mentions'
local trees = require 'ifx.repo.tree'

local Scanners = {}
Scanners.__index = Scanners

function Scanners:of(which)
  self.made[which] = self.made[which] or mentions.scanner(self.sought[which])
  return self.made[which]
end

function Scanners:__close()
  for _, scanner in pairs(self.made) do scanner:close() end
end

---What `worker.map` calls, with what is looked for in each of several trees. An item is a share of one of them: it describes a
---tree of some files; nobody needs to know the others.
return function(sought)
  local scanners = setmetatable({ sought = sought, made = {} }, Scanners)
  return function(share)
    local tree <close> = trees.reopen(share.tree)
    return scanners:of(share.which):run(tree)
  end, scanners
end
