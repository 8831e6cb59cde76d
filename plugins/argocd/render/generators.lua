-- generators.lua: the parameter sets that the generators of an ApplicationSet give. SPDX-License-Identifier: Apache-2.0
local clusters = require './render/clusters'
local git = require './render/git'
local origin = require './render/origin'
local selector = require './render/selector'
local shape = require './render/shape'
local strings = require './gotemplate/strings'
local template = require './render/template'
local values = require './gotemplate/values'

local M = {}

-- In the order in which Argo CD looks for them.
M.KINDS = { 'list', 'clusters', 'git', 'scmProvider', 'clusterDecisionResource', 'pullRequest', 'matrix', 'merge', 'plugin' }

local ASKED = {
  scmProvider = 'a host of repositories', pullRequest = 'a host of repositories',
  clusterDecisionResource = 'a resource of the cluster', plugin = 'a service',
}

local function refuse(message) err.raise { kind = 'config', message = message } end

---@class argocd.Generation
---@field world ifx.gitops.World
---@field style argocd.Style
---@field warnings table<string, true>

local OF = {}

-- ---- lists ----

local function plain_element(element)
  local out = {}
  for key, value in pairs(element) do
    if key == 'values' and values.is_map(value) then
      for name, text in pairs(value) do
        if type(text) ~= 'string' then refuse('error parsing value as string: values.' .. name) end
        out['values.' .. name] = text
      end
    elseif type(value) == 'string' then
      out[key] = value
    else
      refuse('error parsing value as string: ' .. key)
    end
  end
  return out
end

function OF.list(generator, all)
  local out = {}
  for i, element in ipairs(generator.elements or {}) do
    if not values.is_map(element) then refuse 'error unmarshling list element: it is no map' end
    out[i] = all.style.go and values.of(element) or plain_element(element)
  end
  local text = shape.word(generator.elementsYaml)
  local more = text and yaml.decode(text) or {}
  for _, element in ipairs(more) do
    if not values.is_map(element) then refuse 'error unmarshling decoded ElementsYaml: an element is no map' end
    out[#out + 1] = values.of(element)
  end
  return out
end

-- ---- clusters ----

local HIDDEN_ANNOTATIONS = list.set {
  'argocd.argoproj.io/refresh', 'argocd.argoproj.io/hydrate', 'argocd.argoproj.io/tracking-id',
  'argocd.argoproj.io/installation-id', 'kubectl.kubernetes.io/last-applied-configuration',
}

local function cluster_parameters(cluster, style)
  local out = { name = cluster.name, nameNormalized = strings.normalize[2](cluster.name), server = cluster.server,
    project = cluster.project or '' }
  local annotations = {}
  for key, value in pairs(cluster.annotations) do
    if not HIDDEN_ANNOTATIONS[key] then annotations[key] = value end
  end
  if style.go then
    out.metadata = { labels = values.texts(cluster.labels),
      annotations = next(cluster.annotations) ~= nil and values.texts(annotations) or nil }
    return out
  end
  for key, value in pairs(annotations) do out['metadata.annotations.' .. key] = value end
  for key, value in pairs(cluster.labels) do out['metadata.labels.' .. key] = value end
  return out
end

local UNKNOWN = 'no file of the tree declares the Secret of a cluster: clusters may be there that are not known here'

function OF.clusters(generator, all)
  local out, here_known, known = {}, false, clusters.all(all.world)
  local function add(parameters)
    template.add_values(parameters, generator.values, all.style)
    out[#out + 1] = parameters
  end
  if #known == 0 then all.warnings[UNKNOWN] = true end
  for _, cluster in ipairs(known) do
    if selector.matches(generator.selector, cluster.labels) then
      if cluster.hidden then
        err.raise { kind = 'unsupported', message = ('the Secret %s of a cluster is encrypted'):format(cluster.secret or '') }
      end
      here_known = here_known or cluster.server == clusters.HERE.server
      add(cluster_parameters(cluster, all.style))
    end
  end
  if not selector.says(generator.selector) and not here_known then
    add { name = clusters.HERE.name, nameNormalized = clusters.HERE.name, server = clusters.HERE.server, project = '' }
  end
  if generator.flatList == true then return { { clusters = ifx.list(out) } } end
  return out
end

-- ---- files of repositories ----

function OF.git(generator, all)
  local place, why = origin.locate({ repoURL = generator.repoURL, targetRevision = generator.revision }, all.world)
  local files
  if not why then files, why = all.world.files(place) end
  if not files then err.raise { kind = 'unsupported', message = why } end
  local found = git.parameters(generator, files, all.style)
  if #found == 0 then all.warnings['a git generator finds nothing: ' .. git.show(generator)] = true end
  return found
end

-- ---- of two generators ----

-- What is empty overrides nothing.
local function override(into, from)
  local out = into
  for key, value in pairs(from) do
    if values.is_map(out[key]) and values.is_map(value) and values.is_texts(out[key]) == values.is_texts(value) then
      local copy = {}
      for name, item in pairs(out[key]) do copy[name] = item end
      if values.is_texts(value) then values.texts(copy) end
      out[key] = override(copy, value)
    elseif out[key] == nil or values.is_true(value) then
      out[key] = value
    end
  end
  return out
end

local function combined(a, b, style)
  if style.go then return override(override({}, b), a) end
  local out = {}
  for key, value in pairs(a) do out[key] = values.text(value) end
  for key, value in pairs(b) do
    local text = values.text(value)
    if out[key] and out[key] ~= text then
      refuse(('found duplicate key %s with different value, a: %s ,b: %s'):format(key, out[key], text))
    end
    out[key] = text
  end
  return out
end

-- The generators of which one is made; exactly one kind in each.
local function only_set(generator, all, parameters)
  local sets = M.sets(generator, all, parameters)
  if #sets == 0 then refuse 'child generator generated no parameters' end
  if #sets > 1 then refuse 'found more than one generator, Merge and Matrix support only one' end
  return sets[1].parameters
end

function OF.matrix(generator, all)
  local two, out = generator.generators or {}, {}
  if #two ~= 2 then refuse(('found %s than two generators, Matrix support only two'):format(#two < 2 and 'less' or 'more')) end
  for _, a in ipairs(only_set(two[1], all)) do
    for _, b in ipairs(only_set(two[2], all, a)) do out[#out + 1] = combined(a, b, all.style) end
  end
  return out
end

local function merge_key(keys, parameters)
  local out = {}
  for _, key in ipairs(list.sorted(keys)) do
    local value = parameters[key]
    out[#out + 1] = values.type_of(value) .. ':' .. values.text(value)
  end
  return table.concat(out, '\0')
end

local function by_key(keys, sets)
  local out, order = {}, {}
  for _, parameters in ipairs(sets) do
    local key = merge_key(keys, parameters)
    if out[key] then
      refuse(('the parameters from a generator were not unique by the given mergeKeys, '
        .. 'Merge requires all param sets to be unique. Duplicate key was %s'):format((key:gsub('%z', ', '))))
    end
    out[key], order[#order + 1] = parameters, key
  end
  return out, order
end

function OF.merge(generator, all)
  local several, keys = generator.generators or {}, generator.mergeKeys or {}
  if #several < 2 then refuse 'found less than two generators, Merge requires two or more' end
  if #keys == 0 then refuse 'no merge keys were specified, Merge requires at least one' end
  local sets = list.map(several, function(one) return only_set(one, all) end)
  local base, order = by_key(keys, sets[1])
  for i = 2, #sets do
    for key, parameters in pairs((by_key(keys, sets[i]))) do
      if base[key] and all.style.go then
        base[key] = override(override({}, base[key]), parameters)
      elseif base[key] then
        for name, value in pairs(parameters) do base[key][name] = value end
      end
    end
  end
  return list.map(order, function(key) return base[key] end)
end

-- ---- all ----

-- The second of a matrix speaks of the parameters of the first. What its `values` cannot know yet, they know later.
local function interpolated(generator, parameters, style)
  local out = {}
  for key, value in pairs(generator) do
    local inner = type(value) == 'table' and not ifx.is_list(value) and value.values
    if inner then
      local rest, kept = {}, {}
      for name, item in pairs(value) do rest[name] = item end
      rest.values = nil
      local strict = { go = style.go, options = ifx.list { 'missingkey=error' } }
      for name, text in pairs(inner) do
        local ok, filled = pcall(template.text, tostring(text), parameters, strict)
        if not ok and (not err.is(filled) or filled.kind ~= 'config') then error(filled, 0) end
        kept[name] = ok and filled or text
      end
      out[key] = template.deep(rest, parameters, style)
      out[key].values = kept
    else
      out[key] = template.deep(value, parameters, style)
    end
  end
  return out
end

---The parameter sets of a generator, by the kinds that it says, each with the template of its own.
---@param generator table
---@param all argocd.Generation
---@param parameters table|nil  of the generator before it in a matrix
---@return { parameters: table[], template: table|nil }[]
function M.sets(generator, all, parameters)
  local out, whole = {}, generator
  if parameters and next(parameters) ~= nil then whole = interpolated(generator, parameters, all.style) end
  for _, kind in ipairs(M.KINDS) do
    if type(whole[kind]) == 'table' then
      if ASKED[kind] then
        err.raise { kind = 'unsupported',
          message = ('the generator %s asks %s, and nothing is asked here'):format(kind, ASKED[kind]) }
      end
      local kept = list.filter(OF[kind](whole[kind], all), function(one)
        return generator.selector == nil or selector.matches(generator.selector, template.flat(one))
      end)
      out[#out + 1] = { parameters = kept, template = generator[kind].template }
    end
  end
  return out
end

return M
