-- compare.lua: what the Kustomizations of the repository DIR render, against what THEIRS makes of its files in FILES.
-- SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local hash = require 'hash'
local ifx = require 'ifx'
local json = require 'json'
local node = require 'node'
local proc = require 'proc'

local tree <close> = require 'ifx.repo.tree'.revision(DIR, 'HEAD')
local result = require 'ifx.gitops'.walk(tree, { registry = require 'ifx.plugin'.registry {} })

local function find(cluster, kind, namespace, name)
  for _, entry in ipairs(result.entries) do
    for _, object in ipairs(entry.cluster == cluster and entry.objects or {}) do
      local is = object.node:get 'kind' == kind and object.node:get('metadata', 'name') == name
      if is and (object.node:get('metadata', 'namespace') or 'default') == namespace then return object end
    end
  end
end

-- A ConfigMap or Secret with what this program takes for its values.
local function variables(object)
  local value, data = object.node:value(), {}
  for _, field in ipairs { 'data', 'stringData' } do
    for key, text in pairs(value[field] or {}) do
      if value.sops then text = 'masked-' .. key:lower():gsub('_', '-') end
      local coded = value.kind == 'Secret' and (value.sops or field == 'stringData')
      data[key] = coded and hash.base64(text) or text
    end
  end
  return { apiVersion = 'v1', kind = value.kind, data = data,
    metadata = { name = value.metadata.name, namespace = value.metadata.namespace } }
end

-- nil where something is not in the repository.
local function question(entry)
  local vars = ifx.list {}
  for _, ref in ipairs((entry.parameters.postBuild or {}).substituteFrom or {}) do
    local object = find(entry.home, ref.kind, entry.namespace, ref.name)
    if not object and not ref.optional then return nil end
    if object then vars[#vars + 1] = variables(object) end
  end
  return json.encode { root = FILES, path = entry.source.path, object = entry.object.node:value(), vars = vars }
end

local function failure(entry)
  for _, problem in ipairs(entry.problems) do
    if problem.kind == 'failed' then return problem.message end
  end
end

local function with_metadata(object, common)
  for _, field in ipairs { 'labels', 'annotations' } do
    for name, value in pairs(common[field] or {}) do object = object:with(value, 'metadata', field, name) end
  end
  return object
end

-- What the controller does to a build before it applies it.
local function applied(text, entry)
  local out = {}
  for _, object in ipairs(node.manifests(text)) do
    local own = object:get 'kind' == 'Kustomization' and object:get 'apiVersion':find '^kustomize%.config%.k8s%.io/'
    if not own then out[#out + 1] = with_metadata(object, entry.parameters.commonMetadata or {}) end
  end
  return node.print(out)
end

local function printed(entry)
  local out = {}
  for i, object in ipairs(entry.objects) do out[i] = object.node end
  return node.print(out)
end

local cases, lines, passed_over = {}, {}, 0
for _, entry in ipairs(result.entries) do
  if entry.kind == 'Kustomization' and entry.source and entry.source.tree and not entry.why then
    local line = question(entry)
    if line then
      cases[#cases + 1], lines[#lines + 1] = entry, line
    else
      passed_over = passed_over + 1
    end
  end
end

if #cases == 0 then
  print(('%s: no Kustomization of its own files'):format(NAME))
  return
end

local counts = { same = 0, refused = 0, different = 0 }
local function compare(entry, theirs)
  local failed = failure(entry)
  if failed and theirs.error then return 'refused' end
  if not failed and not theirs.error and applied(theirs.text, entry) == printed(entry) then return 'same' end
  print(('DIFFERENT %s\n  theirs: %s\n  ours:   %s'):format(entry.id, theirs.error or #theirs.text .. ' bytes',
    failed or #printed(entry) .. ' bytes'))
  return 'different'
end

local done = proc.run({ THEIRS }, { stdin = table.concat(lines, '\n') .. '\n', max_output = 1 << 30, timeout = 900 })
local i = 0
for line in done.stdout:gmatch '[^\n]+' do
  i = i + 1
  local verdict = compare(cases[i], json.decode(line))
  counts[verdict] = counts[verdict] + 1
end
print(('%s: %d Kustomizations rendered as Flux builds them, %d refused by both, %d different; %d need what is not here'):format(
  NAME, counts.same, counts.refused, counts.different, passed_over))
if counts.different > 0 or i ~= #cases then
  err.raise { kind = 'conflict', message = ('%d of %d differ'):format(counts.different + #cases - i, #cases) }
end
