-- sides.lua: a tree with all that controllers make of it. SPDX-License-Identifier: Apache-2.0
local sides = {}

---Walks the tree that a person names. Everything that it kept open is closed.
---@param options { where: string?, dir: string, repositories: string[]?, helm: boolean }
---@return ifx.gitops.Side
---Raises 'not_found' and 'argument' for a tree or a repository that is none.
function sides.open(options)
  local tree <close> = require('ifx.repo.tree').open(options.where or '.', { dir = options.dir })
  local registry = require('ifx.plugin').registry { dir = tree.root or options.dir }
  local result = require('ifx.gitops').walk(tree, { registry = registry, repositories = options.repositories,
    helm = options.helm })
  local _ <close> = result.repositories
  return { result = result, ownership = require('ifx.gitops.owners').of(result) }
end

return sides
