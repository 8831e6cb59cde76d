-- clusters.lua: the clusters that Argo CD knows, from their Secrets. SPDX-License-Identifier: Apache-2.0
local objects = require 'ifx.k8s.objects'
local scopes = require 'ifx.gitops.scopes'
local shape = require './render/shape'

local M = {}

M.HERE = { name = 'in-cluster', server = 'https://kubernetes.default.svc' }

local GROUP = 'argoproj.io' -- whose kinds a cluster with Argo CD serves
local TYPE = 'argocd.argoproj.io/secret-type'

---@class argocd.Cluster
---@field name string
---@field server string
---@field project string|nil
---@field labels table<string, string>
---@field annotations table<string, string>
---@field hidden boolean|nil  its Secret is encrypted

local function text_of(secret, field)
  local data, plain = shape.map(secret.data), shape.map(secret.stringData)
  if type(plain[field]) == 'string' then return plain[field] end
  if type(data[field]) ~= 'string' then return nil end
  local ok, bytes = pcall(hash.unbase64, data[field])
  return ok and bytes or nil
end

local function texts(map)
  local out = {}
  for key, value in pairs(shape.map(map)) do out[key] = tostring(value) end
  return out
end

-- A Secret as a cluster; nil for one that is none.
local function cluster_of(secret)
  local metadata = shape.map(secret.metadata)
  local labels = texts(metadata.labels)
  if labels[TYPE] ~= 'cluster' then return nil end
  local server = text_of(secret, 'server') or ''
  return { name = text_of(secret, 'name') or '', server = (server:gsub('/+$', '')), project = text_of(secret, 'project'),
    labels = labels, annotations = texts(metadata.annotations), secret = metadata.name,
    hidden = secret.sops ~= nil or server:find('^ENC%[') ~= nil or nil }
end

local declared_of = setmetatable({}, { __mode = 'k' })

-- Those that files of the tree declare, whoever applies them.
local function declared(context)
  if declared_of[context] then return declared_of[context] end
  local out, index = {}, context.objects()
  declared_of[context] = out
  for _, secret in ipairs(index:all('Secret', '')) do
    if index:get(secret, 'metadata', 'labels', TYPE) == 'cluster' then
      out[#out + 1] = shape.plain { metadata = index:get(secret, 'metadata'), data = index:get(secret, 'data'),
        stringData = index:get(secret, 'stringData'), sops = index:get(secret, 'sops') }
    end
  end
  return out
end

---By name; of two Secrets for one cluster the last counts.
---@param world ifx.gitops.World
---@return argocd.Cluster[]
function M.all(world)
  local secrets, by_name, rendered = {}, {}, {}
  for _, object in ipairs(world.objects 'Secret') do
    if object.node:get('metadata', 'labels', TYPE) == 'cluster' then
      local secret = shape.plain(object.node:value())
      secrets[#secrets + 1], rendered[secret.metadata.name or ''] = secret, true
    end
  end
  for _, secret in ipairs(declared(world.context)) do
    if not rendered[secret.metadata.name or ''] then secrets[#secrets + 1] = secret end
  end
  for _, secret in ipairs(secrets) do
    local cluster = cluster_of(secret)
    if cluster then by_name[cluster.name] = cluster end
  end
  return list.map(list.keys(by_name), function(name) return by_name[name] end)
end

local function find(all, field, value)
  if M.HERE[field] == value then return M.HERE end
  return list.find(all, function(cluster) return cluster[field] == value end)
end

---@param name string
---@param world ifx.gitops.World
---@return boolean
function M.is_known(name, world) return find(M.all(world), 'name', name) ~= nil end

---Where an Application goes to: the cluster, as far as it is known. Raises 'config' for what Argo CD refuses.
---@param destination table
---@param world ifx.gitops.World
---@return { name: string?, server: string? }
function M.destination(destination, world)
  local name, server = shape.word(destination.name), shape.word(destination.server)
  if name and server then
    err.raise { kind = 'config', message = ("application destination can't have both name and server defined: %s %s"):format(
      name, server) }
  elseif not name and not server then
    err.raise { kind = 'config', message = 'Destination server missing from app spec' }
  end
  server = server and server:gsub('/+$', '')
  local all = M.all(world)
  return name and find(all, 'name', name) or server and find(all, 'server', server) or { name = name, server = server }
end

---In the words of entry points: nil for the cluster in which Argo CD runs.
---@param cluster { name: string?, server: string? }
---@return string|nil
function M.word(cluster)
  if cluster.server == M.HERE.server or cluster.name == M.HERE.name then return nil end
  return shape.word(cluster.name) or cluster.server
end

-- ---- which kinds have a namespace ----

---Tells of kinds whether they have a namespace: true, false, or nil for a kind that nothing here declares.
---@param world ifx.gitops.World
---@param rendered ifx.gitops.Object[]  their definitions count as well
---@return fun(api_version: string, kind: string): boolean|nil
function M.scopes(world, rendered)
  local namespaced = scopes(world.context, rendered)
  return function(api_version, kind)
    local group = objects.split(api_version)
    if group == GROUP then return true end
    return namespaced(group, kind)
  end
end

return M
