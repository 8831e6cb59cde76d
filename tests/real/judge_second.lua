-- judge_second.lua: nothing that resolved is broken, and the same is applied. SPDX-License-Identifier: Apache-2.0
local graphs = require 'ifx.repo.graph'
local trees = require 'ifx.repo.tree'

local plugins = require('ifx.plugin').registry({ dir = REPO }):contributions 'references'
local moved = {}
for _, line in ipairs(lines(run('diff', '--name-status', '-M100', '--diff-filter=R', BASE, TIP .. '~1'))) do
  local old, new = line:match '^R%d+\t(.-)\t(.*)$'
  moved[old] = new
end
equal('files moved', fs.env 'MOVED', tostring(count(moved)))
equal('the first commit only renames', '', run('diff', '--name-only', '-M100', '--diff-filter=r', BASE, TIP .. '~1'))
for old, new in pairs(moved) do
  equal('blob of ' .. new, oid(BASE, old), oid(TIP .. '~1', new))
  ok('history of ' .. new, commits_of(TIP, new) > commits_of(BASE, old))
end

-- The exact references that are broken, by file, kind and text.
local function broken(rev, at)
  local tree <close> = trees.revision(REPO, rev)
  local graph, out, resolved = graphs.build(tree, { plugins = plugins }), {}, 0
  for _, ref in ipairs(graph.references) do
    if ref.exact and ref.resolved == false then out[table.concat({ at(ref.file), ref.kind, ref.text }, ' ')] = ref end
    if ref.exact and ref.resolved then resolved = resolved + 1 end
  end
  return out, resolved
end
local before, resolved_before = broken(BASE, function(file) return moved[file] or file end)
local after, resolved_after = broken(TIP, function(file) return file end)
for what, ref in pairs(after) do ok('was broken before: ' .. what, before[what] ~= nil, ref.why) end
ok('nothing that resolved has gone', resolved_after >= resolved_before, ('%d before, %d after'):format(resolved_before, resolved_after))

-- Blob ids of the manifests that a root loads, or that lie in a folder without a root.
local function add_applied(into, rev, folder)
  local root = oid(rev, folder .. '/kustomization.yaml')
  if root then
    for _, entry in ipairs(yaml.decode(run('show', rev .. ':' .. folder .. '/kustomization.yaml')).resources or {}) do
      local path = fs.normalize(fs.join(folder, entry))
      if run('cat-file', '-t', rev .. ':' .. path) == 'tree' then
        add_applied(into, rev, path)
      else
        into[oid(rev, path)] = (into[oid(rev, path)] or 0) + 1
      end
    end
    return into
  end
  for _, name in ipairs(lines(run('ls-tree', '--name-only', rev .. ':' .. folder))) do
    local path = folder .. '/' .. name
    if run('cat-file', '-t', rev .. ':' .. path) == 'tree' then
      add_applied(into, rev, path)
    elseif name:find '%.ya?ml$' then
      into[oid(rev, path)] = (into[oid(rev, path)] or 0) + 1
    end
  end
  return into
end
local applied_before, applied_after = {}, {}
for folder in fs.env('BEFORE'):gmatch '%S+' do add_applied(applied_before, BASE, folder) end
for folder in fs.env('AFTER'):gmatch '%S+' do add_applied(applied_after, TIP, folder) end
ok('something is applied', count(applied_before) > 5, count(applied_before))
for blob, n in pairs(applied_before) do equal('still applied as often: ' .. blob, n, applied_after[blob]) end
for blob in pairs(applied_after) do ok('was applied before: ' .. blob, applied_before[blob] ~= nil) end
done()
