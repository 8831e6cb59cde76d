-- limits.lua: what the AppProject of an Application does not allow. SPDX-License-Identifier: Apache-2.0
local glob = require './glob'
local objects = require 'ifx.k8s.objects'
local projects = require './projects'
local shape = require './render/shape'

local M = {}

local KIND = 'AppProject.argoproj.io'
local LISTED = 5

local function denies(pattern) return type(pattern) == 'string' and pattern:sub(1, 1) == '!' end

local function matches(pattern, text)
  if type(pattern) ~= 'string' then return text == '' end
  if denies(pattern) then return not glob.matcher(pattern:sub(2), true)(text) end
  return pattern == '*' or glob.matcher(pattern, true)(text)
end

local function allows_destination(destinations, cluster, namespace)
  local any = false
  for _, item in ipairs(shape.map(destinations)) do
    item = shape.map(item)
    local by_name = (cluster.name or '') ~= '' and matches(item.name, cluster.name)
    local by_server = (cluster.server or '') ~= '' and matches(item.server, cluster.server)
    local by_namespace = matches(item.namespace, namespace)
    if (by_server or by_name) and by_namespace then
      any = true
    elseif not by_name and denies(item.name) or not by_server and denies(item.server) and by_namespace
      or not by_namespace and denies(item.namespace) and by_server then
      return false
    end
  end
  return any
end

local function listed(items, group, kind, name)
  for _, item in ipairs(shape.map(items)) do
    item = shape.map(item)
    local named = not name or shape.word(item.name) == nil or glob.matcher(item.name, true)(name)
    if matches(item.group or '', group) and matches(item.kind or '', kind) and named then return true end
  end
  return false
end

local function allows_kind(spec, group, kind, name, namespaced)
  if namespaced then
    local white = spec.namespaceResourceWhitelist
    return (white == nil or listed(white, group, kind)) and not listed(spec.namespaceResourceBlacklist, group, kind)
  end
  return listed(spec.clusterResourceWhitelist, group, kind, name) and not listed(spec.clusterResourceBlacklist, group, kind, name)
end

local function tell(problems, entry, name, message, severity, kind)
  problems[#problems + 1] = { kind = kind or 'not-allowed', severity = severity or 'error', message = message,
    file = entry.object.file, line = entry.object.line, object = { kind = 'AppProject', name = name } }
end

-- Kinds that are not allowed, each told once.
local function check_objects(entry, spec, rendered, cluster, namespaced, name)
  local seen, out = {}, {}
  for _, object in ipairs(rendered) do
    local api_version, kind = object.node:get 'apiVersion', object.node:get 'kind'
    local group, namespace = objects.split(tostring(api_version)), object.node:get('metadata', 'namespace')
    local its_name = object.node:get('metadata', 'name')
    local here = namespaced(tostring(api_version), tostring(kind)) ~= false
    local message
    if not allows_kind(spec, group, tostring(kind), type(its_name) == 'string' and its_name or '', here) then
      message = ("resource %s:%s is not permitted in project '%s'"):format(group, tostring(kind), name)
    elseif here and not allows_destination(spec.destinations, cluster, type(namespace) == 'string' and namespace or '') then
      message = ("namespace %s is not permitted in project '%s'"):format(type(namespace) == 'string' and namespace or '', name)
    end
    if message and not seen[message] then
      seen[message] = true
      tell(out, entry, name, message)
      out[#out].file, out[#out].line = object.file or entry.object.file, object.file and object.line or entry.object.line
    end
  end
  return out
end

---Adds a problem for each source, destination and kind of object that the project does not allow.
---@param entry ifx.gitops.Entry
---@param sources table[]     of the Application
---@param rendered ifx.gitops.Object[]
---@param cluster { name: string?, server: string? }
---@param namespaced fun(api_version: string, kind: string): boolean|nil
---@param world ifx.gitops.World
---@param problems ifx.gitops.Problem[]
function M.check(entry, sources, rendered, cluster, namespaced, world, problems)
  local name = shape.word(entry.parameters.project) or 'default'
  local project = world.object(KIND, entry.namespace, name)
  local spec = project and shape.field(project, 'spec') or projects.made_by_values(world.context, name)
  if not spec then
    if name ~= 'default' then
      tell(problems, entry, name, ('no file declares the AppProject %s: what it allows is not known'):format(name), 'warning',
        'missing-object')
    end
    return
  end
  for _, source in ipairs(sources) do
    local url = source.repoURL or ''
    if not projects.allows(shape.map(spec.sourceRepos), url) then
      tell(problems, entry, name, ("application repo %s is not permitted in project '%s'"):format(url, name))
    end
  end
  local namespace = shape.map(entry.parameters.destination).namespace or ''
  if not allows_destination(spec.destinations, cluster, namespace) then
    tell(problems, entry, name, ("application destination server '%s' and namespace '%s' do not match any of the allowed "
      .. "destinations in project '%s'"):format(cluster.server or cluster.name or '', namespace, name))
    return
  end
  local found = check_objects(entry, spec, rendered, cluster, namespaced, name)
  table.move(found, 1, math.min(#found, LISTED), #problems + 1, problems)
  if #found > LISTED then tell(problems, entry, name, ("%d more kinds are not permitted in project '%s'"):format(#found - LISTED,
    name)) end
end

return M
