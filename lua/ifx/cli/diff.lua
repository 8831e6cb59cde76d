-- diff: what controllers would apply, remove and hand over between two trees. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local term = require 'term'

local function clusters_of(words)
  local out = {}
  for _, word in ipairs(words or {}) do
    local old, new = word:match '^([^=]+)=([^=]+)$'
    if not old then
      err.raise { kind = 'argument', usage = true, message = ("--cluster %s: it is no BEFORE=AFTER"):format(word),
        hint = '`ifx owners` says the names of clusters' }
    end
    out[old] = new
  end
  return out
end

return {
  summary = 'Say which objects change, come, go or get another owner between two trees',
  usage = 'diff A [B] [--exit-code] [--json] [--html FILE] [--proof FILE] [--cluster BEFORE=AFTER]…\n'
    .. '          [--repo URL=DIR[@REV]]… [--repo-before …]… [--repo-after …]… [--enable-helm] [-C DIR]',
  doc = [[
A and B are folders or revisions; without B the current folder is held against A. What Flux and Argo CD would apply of each
is compared: per cluster and owner what is removed, added, changed (field by field, without the values of Secrets) and what
gets another owner. An object whose owner cannot be rendered on the other side is not counted as gone. Nothing is read from
the network, and nothing of the repository runs. The exit status is 0; with --exit-code 2 when something differs, or when it
is not known whether it does.]],
  options = {
    { 'exit-code', doc = 'end with 2 unless it is known that nothing changes' },
    { 'json', doc = 'one document of the format ifx.diff/1' },
    { 'html', value = 'FILE', doc = 'write it to this file as well, as one page for a browser' },
    { 'proof', value = 'FILE', doc = 'write hashes of both trees and of every object: `ifx verify` makes it again' },
    { 'cluster', value = 'BEFORE=AFTER', many = true, doc = 'this cluster has another name in B' },
    { 'repo', value = 'URL=DIR[@REV]', many = true, doc = 'this checkout stands for that repository, on both sides' },
    { 'repo-before', value = 'URL=DIR[@REV]', many = true, doc = 'A is this repository, too: its own entry points count' },
    { 'repo-after', value = 'URL=DIR[@REV]', many = true, doc = 'B is this repository, too' },
    { 'enable-helm', doc = 'charts may be rendered with the program helm' },
    { 'C', value = 'DIR', doc = 'look from this folder' },
  },
  args = { 1, 2 },
  run = function(opts, args)
    local sides, show = require 'ifx.gitops.sides', require 'ifx.show.comparison'
    local dir, helm, clusters = opts.C or fs.cwd(), opts['enable-helm'] == true, clusters_of(opts.cluster)
    local function side(where, own)
      return sides.open { where = where, dir = dir, helm = helm, origin = opts.proof ~= nil,
        repositories = opts.repo, parts = own }
    end
    local before, after = side(args[1], opts['repo-before']), side(args[2] or '.', opts['repo-after'])
    local found = require('ifx.gitops.compare').sides(before, after, clusters)
    found.hazards = require('ifx.gitops.hazards').of(after.registry, found)
    if opts.proof then
      local document = require('ifx.gitops.proof').make(found, before, after, { helm = helm, clusters = clusters })
      fs.write(opts.proof, require('json').encode(document, { pretty = true }) .. '\n')
    end
    if opts.html then
      fs.write(opts.html, require('ifx.show.page').comparison(found, { before = args[1], after = args[2] or '.' }))
    end
    term.write(opts.json and require('json').encode(show.document(found), { pretty = true }) .. '\n' or show.text(found))
    return opts['exit-code'] and found.verdict ~= 'equal' and require('ifx.cli').CHANGES or 0
  end,
}
