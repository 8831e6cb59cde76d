-- document.lua: graphs as JSON documents. SPDX-License-Identifier: Apache-2.0
local ifx = require 'ifx'
local text = require 'ifx.text'

local document = {}

local function clean(value)
  return type(value) == 'string' and text.readable(value) or value
end

local fields = {
  'plugin', 'kind', 'file', 'line', 'column', 'start', 'stop', 'text', 'base', 'target', 'target_kind', 'via', 'why', 'locked',
}

local function reference(ref)
  local out = { exact = ref.exact, editable = ref.editable, resolved = ref.resolved }
  for _, field in ipairs(fields) do out[field] = clean(ref[field]) end
  if ref.resolved == nil then out.resolved = ifx.null end
  if ref.object then
    out.object = { kind = clean(ref.object.kind), namespace = clean(ref.object.namespace), name = clean(ref.object.name) }
  end
  return out
end

local function items(list, names)
  local out = {}
  for i, item in ipairs(list) do
    out[i] = {}
    for _, name in ipairs(names) do out[i][name] = clean(item[name]) end
  end
  return ifx.list(out)
end

local function references(list)
  local out = {}
  for i, ref in ipairs(list) do out[i] = reference(ref) end
  return ifx.list(out)
end

local function header(format, survey)
  local tree = survey.tree
  return {
    format = format,
    tree = {
      kind = tree.kind, root = clean(tree.root), id = tree.id, part = clean(survey.part), files = #tree:files(),
    },
    unknown = items(survey.graph.unknown, { 'plugin', 'file', 'line', 'column', 'text', 'why' }),
    errors = items(survey.graph.errors, { 'plugin', 'file', 'line', 'column', 'message', 'hint' }),
    untrusted = items(survey.untrusted, { 'name', 'dir', 'why' }),
  }
end

---The document of `ifx refs --json` (format `ifx.refs/1`): every reference in `references`, what no plugin understands in
---`unknown`, what does not parse in `errors`.
---@param survey ifx.repo.Survey
---@param list ifx.repo.Reference[]
---@return table
function document.refs(survey, list)
  local out = header('ifx.refs/1', survey)
  out.references = references(list)
  return out
end

---The document of `ifx check --json` (format `ifx.check/1`): as `ifx.refs/1`, with `broken` in place of `references`, and
---`counts` of all references, and the folders that cannot be built in `unbuildable`.
---@param survey ifx.repo.Survey
---@param broken ifx.repo.Reference[]
---@param counts table<string, integer>
---@param unbuildable ifx.repo.Unbuildable[]
---@return table
function document.check(survey, broken, counts, unbuildable)
  local out = header('ifx.check/1', survey)
  out.broken, out.counts, out.unbuildable = references(broken), counts, ifx.list {}
  for i, root in ipairs(unbuildable) do
    out.unbuildable[i] = {
      folder = clean(root.folder), missing = #root.missing, through = clean(root.through),
      applied_by = items(root.entries, { 'file', 'line', 'column' }),
    }
  end
  return out
end

return document
