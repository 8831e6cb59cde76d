-- check: what is wrong in a repository: references that lead nowhere first. SPDX-License-Identifier: Apache-2.0
local builds = require 'ifx.repo.builds'
local list = require 'ifx.list'
local survey = require 'ifx.repo.survey'
local term = require 'term'

-- So many places of one reason are shown; --all shows every one.
local SHOWN = 5

local function sort_out(graph)
  local broken, counts = {}, { references = #graph.references, exact = 0, text = 0, broken = 0, not_known = 0 }
  for _, ref in ipairs(graph.references) do
    local sort = ref.exact and 'exact' or 'text'
    counts[sort] = counts[sort] + 1
    if ref.resolved == false then
      broken[#broken + 1] = ref
      counts.broken = counts.broken + 1
    elseif ref.resolved == nil then
      counts.not_known = counts.not_known + 1
    end
  end
  return broken, counts
end

-- Broken references apart by the tool that reads them.
local function show_broken(out, broken)
  if #broken == 0 then return end
  out[#out + 1] = ('broken references (%d):'):format(#broken)
  local groups = {}
  for _, ref in ipairs(broken) do
    groups[ref.plugin] = groups[ref.plugin] or {}
    table.insert(groups[ref.plugin], ref)
  end
  for _, plugin in ipairs(list.keys(groups)) do
    out[#out + 1] = ('  %s (%d)'):format(plugin, #groups[plugin])
    for _, ref in ipairs(groups[plugin]) do
      out[#out + 1] = ('    %s  %s  %s: %s'):format(survey.place(ref), ref.kind, ref.text, ref.why or 'does not exist')
    end
  end
end

local function show_unbuildable(out, roots)
  if #roots == 0 then return end
  out[#out + 1] = ('cannot be built (%d):'):format(#roots)
  for _, root in ipairs(roots) do
    local folder = root.folder == '' and 'the top folder' or root.folder
    local missing = #root.missing == 1 and '1 path that it names is missing: %s'
      or ('%d paths that it names are missing: %%s …'):format(#root.missing)
    local why = #root.missing > 0 and missing:format(root.missing[1].text) or 'it needs ' .. root.through
    local by = #root.entries > 0 and ('; applied by %s'):format(survey.place(root.entries[1])) or ''
    out[#out + 1] = ('  %s: %s%s'):format(folder, why, by)
  end
end

local function show_unknown(out, unknown, all)
  if #unknown == 0 then return end
  local groups, order = {}, {}
  for _, item in ipairs(unknown) do
    local why = (item.plugin and item.plugin .. ': ' or '') .. item.why
    if not groups[why] then
      groups[why] = {}
      order[#order + 1] = why
    end
    table.insert(groups[why], item)
  end
  out[#out + 1] = ('not understood (%d):'):format(#unknown)
  for _, why in ipairs(order) do
    local group = groups[why]
    out[#out + 1] = ('  %s (%d)'):format(why, #group)
    for i, item in ipairs(group) do
      if i > SHOWN and not all then
        out[#out + 1] = ('    … and %d more (--all)'):format(#group - SHOWN)
        break
      end
      out[#out + 1] = ('    %s%s'):format(survey.place(item), item.text and '  ' .. item.text:sub(1, 100) or '')
    end
  end
end

local function show(found, broken, counts, all)
  local out = {}
  show_broken(out, broken)
  show_unbuildable(out, builds.broken(found.graph.references))
  show_unknown(out, found.graph.unknown, all)
  for _, line in ipairs(survey.gaps(found)) do out[#out + 1] = line end
  out[#out + 1] = ('%d references (%d exact, %d text): %d broken, %d that cannot be known here'):format(
    counts.references, counts.exact, counts.text, counts.broken, counts.not_known)
  for i, line in ipairs(out) do out[i] = term.clean(line) end
  term.write(table.concat(out, '\n') .. '\n')
end

return {
  summary = 'Find what is broken: references that lead nowhere, and what is not understood',
  usage = 'check [PATH|REV] [--json] [--all] [-C DIR]',
  doc = [[
Broken references come first, by the tool that reads them, then what cannot be built for them, then what no plugin
understands, then files that do not parse. Nothing of the repository runs.
The exit status is 1 when a reference that a tool reads does not resolve, and when the answer is incomplete: a file cannot
be read or does not parse, or a plugin failed; else 0.]],
  options = {
    { 'json', doc = 'one document of the format ifx.check/1' },
    { 'all', doc = 'every place of what is not understood' },
    { 'C', value = 'DIR', doc = 'look from this folder' },
  },
  args = { 0, 1 },
  run = function(opts, args)
    local found = survey.run(args[1], { dir = opts.C and require('fs').realpath(opts.C) or opts.C })
    local broken, counts = sort_out(found.graph)
    if opts.json then
      local doc = require('ifx.repo.document').check(found, broken, counts, builds.broken(found.graph.references))
      term.write(require('json').encode(doc, { pretty = true }) .. '\n')
    else
      show(found, broken, counts, opts.all)
    end
    if #found.graph.errors > 0 then return 1 end
    for _, ref in ipairs(broken) do
      if ref.exact then return 1 end
    end
    return 0
  end,
}
