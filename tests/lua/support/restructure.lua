-- restructure.lua: a restructure of files in memory, planned by the real plugins. SPDX-License-Identifier: Apache-2.0
local base = require 'ifx.repo.base'
local graphs = require 'ifx.repo.graph'
local registry = require('ifx.plugin').registry {}
local restructure = require 'ifx.layout.restructure'

local SEARCH = { plugins = registry:contributions 'references', repo_urls = { 'https://git.example.org/o/r.git' } }

---@param files table<string, string>
---@param moves table<string, string>
---@param actions? table[]
---@param more? table  fields of the job; links: paths that are symbolic links
---@return ifx.layout.Outcome
local function plan(files, moves, actions, more)
  local entries, links = {}, more and more.links or {}
  for file in pairs(files) do
    entries[#entries + 1] = { path = file, mode = links[file] and '120000' or '100644', oid = ('0'):rep(40) }
  end
  local tree = base.new({ kind = 'folder' }, entries, function(_, entry) return files[entry.path] end)
  local job = {
    tree = tree, graph = graphs.build(tree, SEARCH), moves = moves, actions = actions or {}, generate = {}, text = false,
    search = SEARCH, watchers = {
      { use = 'flux.watch', with = {} }, { use = 'argocd.watch', with = {} }, { use = 'terraform.watch', with = {} },
      { use = 'kustomize.watch', with = {} },
    },
    call = function(name, args, facts) return registry:transform(name)(args, facts) end,
  }
  for key, value in pairs(more or {}) do job[key] = value end
  return restructure.plan(job)
end

return plan
