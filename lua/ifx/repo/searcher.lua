-- searcher.lua: a worker that searches its share of a tree. SPDX-License-Identifier: Apache-2.0
local graph = require 'ifx.repo.graph'
local search = require 'ifx.repo.search'
local trees = require 'ifx.repo.tree'

---What `worker.map` calls: with the description of a tree, which plugins' finders to load, and the options of the search. An item
---is {first, last} of `graph.entries`.
return function(setup)
  local tree = trees.reopen(setup.tree)
  local options = setup.options
  options.plugins = require('ifx.plugin.reload').load(setup.reload)
  local entries, one = graph.entries(tree, setup.part), search.new(tree, options)
  return function(piece) return one:run(entries, piece[1], piece[2]) end, tree
end
