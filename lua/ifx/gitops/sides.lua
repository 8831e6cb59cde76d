-- sides.lua: a tree with all that controllers make of it. SPDX-License-Identifier: Apache-2.0
local sides = {}

---What a side was made of, so that others can make it again.
---@class ifx.gitops.Origin
---@field where string            as it was named; the id of the commit for a revision
---@field files string            fingerprint of the tree
---@field repositories { word: string, files: string, part: boolean? }[]  the checkouts that stood for others: URL=DIR[@REV]

local function origin_of(tree, result, options)
  local fingerprint = require 'ifx.repo.fingerprint'
  local where = tree.kind == 'revision' and tree.id or options.where or '.'
  local out = { where = where, files = fingerprint(tree), repositories = {} }
  local function add(words, part)
    for _, word in ipairs(words or {}) do
      table.insert(out.repositories, { word = word, files = fingerprint(result.repositories:of(word).tree), part = part })
    end
  end
  add(options.repositories)
  add(options.parts, true)
  return out
end

---Walks the tree that a person names. Everything that it kept open is closed.
---@param options { where: string?, dir: string, repositories: string[]?, parts: string[]?, helm: boolean, origin: boolean? }
---parts: repositories whose own entry points count, too; origin: the result says what it was made of
---@return ifx.gitops.Side
---Raises 'not_found' and 'argument' for a tree or a repository that is none.
function sides.open(options)
  local tree <close> = require('ifx.repo.tree').open(options.where or '.', { dir = options.dir })
  local registry = require('ifx.plugin').registry { dir = tree.root or options.dir }
  local result = require('ifx.gitops').walk(tree, { registry = registry, repositories = options.repositories,
    parts = options.parts, helm = options.helm })
  local _ <close> = result.repositories
  return { result = result, registry = registry, ownership = require('ifx.gitops.owners').of(result),
    origin = options.origin and origin_of(tree, result, options) or nil }
end

return sides
