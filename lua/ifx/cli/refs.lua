-- refs: every reference of a repository. SPDX-License-Identifier: Apache-2.0
local survey = require 'ifx.repo.survey'
local term = require 'term'

local function meaning(ref)
  if ref.resolved == false then return '  BROKEN: ' .. (ref.why or 'does not exist') end
  if ref.target then return '  -> ' .. (ref.target == '' and '.' or ref.target) end
  if ref.why then return '  (' .. ref.why .. ')' end
  return ''
end

local function show_line(ref)
  return ('%s  %s  %s%s'):format(survey.place(ref), ref.kind, ref.text, meaning(ref))
end

local function wanted(ref, opts)
  if opts.broken and ref.resolved ~= false then return false end
  if opts.exact and not ref.exact then return false end
  return true
end

local function show(found, list)
  local lines = {}
  for i, ref in ipairs(list) do lines[i] = term.clean(show_line(ref)) end
  lines[#lines + 1] = ''
  term.write(table.concat(lines, '\n'))
  for _, line in ipairs(survey.gaps(found)) do term.error(term.clean(line) .. '\n') end
end

return {
  summary = 'List every reference: which bytes of which file name what else',
  usage = 'refs [PATH|REV] [--json] [--kind KIND]… [--broken] [--exact] [-C DIR]',
  doc = [[
PATH is a folder (a work tree's tracked files, or a plain folder without what its ignore files leave out), REV a revision,
read without a checkout; default: the current folder. Nothing of the repository runs: no hook, no filter, and no plugin of
its own that is not trusted. The exit status is 0 whatever is found; what is missing from the answer is said on standard
error, and `ifx check` judges.]],
  options = {
    { 'json', doc = 'one document of the format ifx.refs/1' },
    { 'kind', value = 'KIND', many = true, doc = 'only this kind of reference, such as kustomize.resources or text' },
    { 'broken', doc = 'only references that do not resolve' },
    { 'exact', doc = "only references that a tool reads, not paths in prose" },
    { 'C', value = 'DIR', doc = 'look from this folder' },
  },
  args = { 0, 1 },
  run = function(opts, args)
    local found = survey.run(args[1], { dir = opts.C and require('fs').realpath(opts.C) or opts.C,
      kinds = opts.kind, text = not opts.exact })
    local list = {}
    for _, ref in ipairs(found.graph.references) do
      if wanted(ref, opts) then list[#list + 1] = ref end
    end
    if opts.json then
      term.write(require('json').encode(require('ifx.repo.document').refs(found, list), { pretty = true }) .. '\n')
    else
      show(found, list)
    end
    return 0
  end,
}
