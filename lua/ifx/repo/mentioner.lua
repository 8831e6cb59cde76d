-- mentioner.lua: a worker that looks for strings in its share of a tree. SPDX-License-Identifier: Apache-2.0
local mentions = require 'ifx.repo.mentions'
local trees = require 'ifx.repo.tree'

---What `worker.map` calls: with the description of a tree and the strings. An item is {first, last} of its files.
return function(setup)
  local tree = trees.reopen(setup.tree)
  local scanner = mentions.scanner(tree, setup.sought)
  return function(piece) return scanner:run(piece[1], piece[2]) end, tree
end
