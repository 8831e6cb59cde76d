-- entries.lua: the laws that every type of entry point must keep. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local find = require 'ifx.gitops.find'
local node = require 'node'

-- What a field may hold in the wild.
local HOSTILE = { 'null', '42', 'true', 'text', '[]', '[1, null, {}]', '{}', '{a: {b: [c]}}', '{kind: {}, name: []}', '""' }

local function types_of(plugin)
  local types = plugin.value.entrypoints
  if not types then contract.fail('%s contributes no entrypoints', plugin.name) end
  return types
end

-- As much of a registry as the walk asks for: this plugin alone.
local function registry_of(plugin)
  local items = require 'ifx.contract.entrypoints'.items(types_of(plugin))
  for _, item in ipairs(items) do item.plugin = plugin.name end
  return { contributions = function() return items end }
end

local function walk(plugin, dir, options)
  local tree = require 'ifx.repo.tree'.folder(dir)
  local _ <close> = tree
  return require 'ifx.gitops'.walk(tree, { registry = registry_of(plugin), repositories = options.repositories,
    helm = options.helm })
end

---An object as one word: 'ConfigMap/web/settings'.
---@param object ifx.gitops.Object
---@return string
local function word(object)
  local at = find.text_at
  return ('%s/%s/%s'):format(at(object.node, 'kind') or '', at(object.node, 'metadata', 'namespace') or '',
    at(object.node, 'metadata', 'name') or '')
end

local function words(entry)
  local out = {}
  for i, object in ipairs(entry.objects) do out[i] = word(object) end
  return out
end

-- All of a result as data.
local function summary(result)
  local out = {}
  for i, entry in ipairs(result.entries) do
    local texts = {}
    for n, object in ipairs(entry.objects) do
      texts[n] = { text = node.print(object.node), file = object.file, line = object.line, opaque = object.opaque,
        repository = object.repository }
    end
    out[i] = { id = entry.id, cluster = entry.cluster, source = entry.source, parameters = entry.parameters,
      depends = entry.depends, suspended = entry.suspended, marks = entry.marks, why = entry.why, parents = entry.parents,
      problems = entry.problems, warnings = entry.warnings, opaque = entry.opaque, objects = texts }
  end
  return out
end

local function check_entry(entry, files)
  if entry.failed and entry.failed.kind == 'plugin' then contract.fail('%s: %s', entry.id, tostring(entry.failed)) end
  if entry.opaque and #entry.objects > 0 then contract.fail('%s has objects, and they are not known', entry.id) end
  for _, object in ipairs(entry.objects) do
    local inside = object.file and not object.repository
    if inside and not files[object.file] then contract.fail('%s comes from %s, which is not there', word(object), object.file) end
  end
  for _, problem in ipairs(entry.problems) do
    local good = problem.kind and problem.message and (problem.severity == 'error' or problem.severity == 'warning')
    if not good then contract.fail('%s: a problem has kind, message and severity', entry.id) end
  end
end

local function kinds_of(items)
  local out = {}
  for i, item in ipairs(items) do out[i] = item.kind end
  return out
end

local COMPARED = { 'cluster', 'why', 'suspended', 'opaque' }

local function check_expected(entry, want)
  for _, field in ipairs(COMPARED) do
    if want[field] ~= nil and entry[field] ~= want[field] then
      contract.fail('%s: %s is %s, expected %s', entry.id, field, tostring(entry[field]), tostring(want[field]))
    end
  end
  if want.objects and not contract.equal(words(entry), want.objects) then
    contract.fail('%s renders\n%s\nexpected\n%s\nproblems\n%s', entry.id, contract.show(words(entry)),
      contract.show(want.objects), contract.show(entry.problems))
  end
  local problems = kinds_of(entry.problems)
  if not contract.equal(problems, want.problems or {}) then
    contract.fail('%s has the problems\n%s', entry.id, contract.show(entry.problems))
  end
end

local function check_all(result, case)
  if #result.entries ~= #case.expect then
    local ids = {}
    for i, entry in ipairs(result.entries) do ids[i] = { entry.id, entry.problems } end
    contract.fail('%d entry points were expected and %d found:\n%s', #case.expect, #ids, contract.show(ids))
  end
  for i, want in ipairs(case.expect) do
    local entry = result.entries[i]
    if entry.id ~= want.id then contract.fail('entry point %d is %s, expected %s', i, entry.id, want.id) end
    check_entry(entry, case.files)
    check_expected(entry, want)
  end
end

local function hostile_file(kind, spec)
  local short, group = kind:match '^([^.]*)%.?(.*)$'
  return ('apiVersion: %sv1\nkind: %s\nmetadata: { name: hostile, namespace: x }\nspec: %s\n'):format(
    group == '' and '' or group .. '/', short, spec)
end

-- Every field of spec that a definition of the case has, with values that no API would take.
local function hostile_specs(files, kind)
  local out = {}
  for _, value in ipairs(HOSTILE) do out[#out + 1] = value end
  for path, text in pairs(files) do
    for _, object in ipairs(find.objects(text, path)) do
      local spec = find.kind_of(object.node) == kind and object.node:get 'spec'
      for _, field in ipairs(type(spec) == 'userdata' and spec:kind() == 'map' and spec:keys() or {}) do
        for _, value in ipairs(HOSTILE) do
          local changed = spec:with(node.document(value), field)
          out[#out + 1] = '\n  ' .. node.print(changed):gsub('\n', '\n  ')
        end
      end
    end
  end
  return out
end

local function check_hostile(plugin, case)
  for _, entry_type in pairs(types_of(plugin)) do
    for kind in pairs(entry_type.kinds) do
      local files = {}
      for path, text in pairs(case.files) do files[path] = text end
      for i, spec in ipairs(hostile_specs(case.files, kind)) do
        files[('hostile/%d/x.yaml'):format(i)] = hostile_file(kind, spec)
      end
      contract.with_files(files, function(dir)
        for _, entry in ipairs(walk(plugin, dir, case).entries) do check_entry(entry, files) end
      end)
    end
  end
end

---@class ifx.contract.EntriesCase
---@field files table<string, string>
---@field repositories string[]|nil  URL=DIR[@REV]
---@field helm boolean|nil
---@field expect ifx.contract.ExpectedEntry[]  in the order of the result

---@class ifx.contract.ExpectedEntry
---@field id string
---@field objects string[]|nil   'KIND/NAMESPACE/NAME'
---@field problems string[]|nil  their kinds; default: none
---@field cluster string|nil
---@field why string|nil
---@field suspended boolean|nil
---@field opaque string|nil

---Checks the entry points of a plugin on these files: those that are found and what they render is what is expected; it is
---data, the same at a second look; objects come from files that are there; nothing is written; and no definition, whatever
---its fields hold, makes the plugin fail.
---@param plugin ifx.contract.Plugin
---@param case ifx.contract.EntriesCase
---@return ifx.gitops.Result
---Raises kind 'plugin' with what is broken.
return function(plugin, case)
  local result = contract.with_files(case.files, function(dir)
    local first = walk(plugin, dir, case)
    check_all(first, case)
    local ok, shown = pcall(contract.show, summary(first))
    if not ok then contract.fail('an entry point holds something that is not data: %s', tostring(shown)) end
    if contract.show(summary(walk(plugin, dir, case))) ~= shown then
      contract.fail('a second look at the same files finds something else')
    end
    if not contract.equal(contract.files_of(dir), case.files) then contract.fail('a file was changed') end
    return first
  end)
  check_hostile(plugin, case)
  return result
end
