-- rendered.lua: what the program makes of the entry points of $TREE, one file $OUT/KIND/NAME.yaml for each; NAME.why where it has
-- nothing to show or something to say. A folder is there for each kind that it knows. $REPOSITORIES: 'URL=DIR' words, a line each. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local node = require 'node'

local env = fs.environ()
local words = {}
for word in (env.REPOSITORIES or ''):gmatch '[^\n]+' do words[#words + 1] = word end
local tree <close> = require('ifx.repo.tree').open(env.TREE)
local registry = require('ifx.plugin').registry { dir = env.TREE }
local result = require('ifx.gitops').walk(tree, { registry = registry, repositories = words, helm = true })
local _ <close> = result.repositories

local function said(entry)
  local out = {}
  for _, field in ipairs { 'why', 'opaque', 'failed' } do out[#out + 1] = entry[field] and tostring(entry[field]) end
  for _, problem in ipairs(entry.problems) do out[#out + 1] = ('%s: %s: %s'):format(problem.severity, problem.kind, problem.message) end
  for _, warning in ipairs(entry.warnings) do out[#out + 1] = 'warning: ' .. warning end
  return table.concat(out, '\n')
end

for _, item in ipairs(registry:contributions 'entrypoints') do
  for kind in pairs(item.value.kinds) do fs.mkdir(fs.join(env.OUT, kind)) end
end
for _, entry in ipairs(result.entries) do
  local at = fs.join(env.OUT, entry.kind .. '.' .. entry.group, entry.name)
  local nodes, text = {}, said(entry)
  for i, object in ipairs(entry.objects) do nodes[i] = object.node end
  if not (entry.why or entry.opaque or entry.failed) then fs.write(at .. '.yaml', #nodes > 0 and node.print(nodes) or '') end
  if text ~= '' then fs.write(at .. '.why', text .. '\n') end
end
