-- vendor: copies of remote references, pinned in a lock file. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local term = require 'term'

-- The repository and the folder of it that are meant.
local function place(where, dir)
  local real = fs.realpath(fs.join(dir, where))
  local stat = real and fs.stat(real)
  if not stat or stat.type ~= 'dir' then
    err.raise { kind = 'not_found', op = 'vendor ' .. where, file = where,
      message = stat and 'it is no folder' or 'no such folder' }
  end
  local repo = require('ifx.repo.git').find(real)
  local root = repo and repo.root or real
  return root, real == root and '' or real:sub(#root + 2)
end

local function write(...) term.write(term.clean((...):format(select(2, ...))) .. '\n') end

local function show(result)
  for _, entry in ipairs(result.pinned) do
    write('pinned %s%s', entry.reference, entry.commit and ' at ' .. entry.commit or '')
  end
  for _, file in ipairs(result.written) do write('wrote %s', file) end
  for _, file in ipairs(result.removed) do write('removed %s', file) end
  if #result.problems == 0 and #result.written + #result.removed == 0 then
    write('%d remote references, all pinned, their copies as they were', result.kept)
  end
end

local function as_json(result)
  local ifx = require 'ifx'
  return require('json').encode({ format = 'ifx.vendor/1', pinned = ifx.list(result.pinned), kept = result.kept,
    written = ifx.list(result.written), removed = ifx.list(result.removed), problems = ifx.list(result.problems),
    warnings = ifx.list(result.warnings) }, { pretty = true }) .. '\n'
end

return {
  summary = 'Copy what kustomizations name elsewhere, and pin it in a lock file',
  usage = 'vendor [PATH] [--update] [--check] [--json] [-C DIR]',
  doc = [[
Remote references of the kustomizations below PATH (default: the current folder), and of the copies themselves, are fetched
with git and curl; `ifx build` reads the copies in .ifx/vendor that ifx.lock names, and nothing from the network. What is
pinned is not fetched again. A branch, or no revision at all, is refused with its place, unless the lock pins it (--update).
Nothing is written when anything fails.]],
  options = {
    { 'update', doc = 'fetch everything anew, and pin branches where they stand now' },
    { 'check', doc = 'fetch and write nothing; the exit status is 1 when lock, copies and references do not agree' },
    { 'json', doc = 'one document of the format ifx.vendor/1' },
    { 'C', value = 'DIR', doc = 'look from this folder' },
  },
  args = { 0, 1 },
  run = function(opts, args)
    if opts.check and opts.update then
      err.raise { kind = 'argument', usage = true, message = '--check writes nothing: leave --update away' }
    end
    local root, part = place(args[1] or '.', opts.C or fs.cwd())
    local registry = require('ifx.plugin').registry { dir = root, bringing = 'remotes' }
    local result = require('ifx.vendor').run(root, part, { registry = registry, update = opts.update, check = opts.check })
    local report = require 'ifx.cli.report'
    for _, e in ipairs(result.warnings) do term.error('warning: not looked at: ' .. report.text(e)) end
    for _, e in ipairs(result.problems) do report.show(e) end
    if opts.json then term.write(as_json(result)) else show(result) end
    return #result.problems > 0 and 1 or 0
  end,
}
