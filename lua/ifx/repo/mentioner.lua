-- mentioner.lua: a worker that looks for strings in shares of a tree. SPDX-License-Identifier: Apache-2.0
local mentions = require 'ifx.repo.mentions'
local trees = require 'ifx.repo.tree'

---What `worker.map` calls, with the strings. An item describes a tree of some files: nobody needs to know the others.
return function(sought)
  local scanner = mentions.scanner(sought)
  return function(description)
    local tree <close> = trees.reopen(description)
    return scanner:run(tree)
  end, scanner
end
