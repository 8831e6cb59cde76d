-- owners: who applies each object. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local ifx = require 'ifx'
local term = require 'term'

local function place(object, out)
  out.file, out.line, out.repository, out.opaque = object.file, object.line, object.repository, object.opaque
  return out
end

local function owned_as_data(owned)
  local out = { id = owned.id, cluster = owned.cluster, group = owned.group, version = owned.version, kind = owned.kind,
    namespace = owned.namespace, name = owned.name, owners = ifx.list {} }
  for i, claim in ipairs(owned.claims) do out.owners[i] = place(claim.object, { id = claim.entry.id }) end
  return out
end

local function unowned_as_data(object)
  local at = require('ifx.gitops.find').text_at
  return place(object, { api_version = at(object.node, 'apiVersion'), kind = at(object.node, 'kind'),
    namespace = at(object.node, 'metadata', 'namespace'), name = at(object.node, 'metadata', 'name') })
end

local function as_json(result, ownership)
  local list = require 'ifx.list'
  local entries = list.map(result.entries, require('ifx.gitops.build').document)
  for _, entry in ipairs(entries) do entry.objects = nil end
  return require('json').encode({ format = 'ifx.owners/1', clusters = ifx.list(result.clusters), entries = ifx.list(entries),
    objects = ifx.list(list.map(ownership.owned, owned_as_data)),
    unowned = ifx.list(list.map(ownership.unowned, unowned_as_data)) }, { pretty = true }) .. '\n'
end

return {
  summary = 'Say which entry point applies each object, and what nobody applies',
  usage = 'owners [REV|DIR] [--tree] [--json] [--repo URL=DIR[@REV]]… [--enable-helm] [-C DIR]',
  doc = [[
Of a repository, as its files are, or of a revision of it: every object that a Flux or Argo CD entry point applies, with
its owner, the cluster, and the file and line it comes from; objects with two owners, entry points whose objects are not
known, with the reason, and objects in files that no entry point reads. Nothing is read from the network, and nothing of
the repository runs. The exit status is 0 whatever is found.]],
  options = {
    { 'tree', doc = 'clusters, in them entry points, in them what they apply' },
    { 'json', doc = 'one document of the format ifx.owners/1' },
    { 'repo', value = 'URL=DIR[@REV]', many = true, doc = 'this checkout stands for that repository' },
    { 'enable-helm', doc = 'charts may be rendered with the program helm' },
    { 'C', value = 'DIR', doc = 'look from this folder' },
  },
  args = { 0, 1 },
  run = function(opts, args)
    local side = require('ifx.gitops.sides').open { where = args[1], dir = opts.C or fs.cwd(), repositories = opts.repo,
      helm = opts['enable-helm'] == true }
    local result, ownership, show = side.result, side.ownership, require 'ifx.show.owners'
    term.write(opts.json and as_json(result, ownership) or opts.tree and show.tree(result, ownership)
      or show.table(result, ownership))
    return 0
  end,
}
