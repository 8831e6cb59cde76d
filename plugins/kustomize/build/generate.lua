-- generate.lua: the objects that the builtin generators make. SPDX-License-Identifier: Apache-2.0
local key_values = require './build/pairs'
local resources = require './build/resource'

local M = {}

local function refuse(message, hint) err.raise { kind = 'config', message = message, hint = hint } end

local function base(kind, args)
  if (args.name or '') == '' then refuse 'a configmap must have a name' end
  return { apiVersion = 'v1', kind = kind,
    metadata = { name = args.name, namespace = args.namespace ~= '' and args.namespace or nil } }
end

local function put(object, field, key, value)
  object[field] = object[field] or {}
  object[field][key] = value
end

local function filled(values) return values and next(values) ~= nil and values or nil end

local function take_options(object, options)
  object.metadata.labels = filled(options.labels)
  object.metadata.annotations = filled(options.annotations)
  if options.immutable then object.immutable = true end
end

local LINE = 70 -- characters of one line of base64; more are broken into such lines

local function base64(value)
  local out = hash.base64(value)
  return #out < LINE and out or (out:gsub(('.'):rep(LINE), '%0\n') .. (#out % LINE > 0 and '\n' or ''))
end

-- `take` is told each key and value once.
local function with_pairs(args, env, take)
  local seen = {}
  for _, pair in ipairs(key_values.of(args, env)) do
    if seen[pair.key] then
      refuse(('configmap %s illegally repeats the key `%s`'):format(args.name, pair.key), 'a key can come from one source only')
    end
    seen[pair.key] = true
    take(pair.key, pair.value)
  end
end

local function made(object, args)
  local resource, options = resources.new(resources.with_texts(node.of(object))), args.options or {}
  resource.behavior = args.behavior
  resource.wants_hash = not options.disableNameSuffixHash
  return resource
end

---@param args table  an entry of configMapGenerator
---@param env kustomize.Env
---@return kustomize.Resource
function M.config_map(args, env)
  local object = base('ConfigMap', args)
  with_pairs(args, env, function(key, value)
    if utf8.len(value) then
      put(object, 'data', key, value)
    else
      put(object, 'binaryData', key, base64(value))
    end
  end)
  take_options(object, args.options or {})
  return made(object, args)
end

---@param args table  an entry of secretGenerator
---@param env kustomize.Env
---@return kustomize.Resource
function M.secret(args, env)
  local object = base('Secret', args)
  object.type = (args.type or '') ~= '' and args.type or 'Opaque'
  object.data = {}
  with_pairs(args, env, function(key, value) object.data[key] = base64(value) end)
  take_options(object, args.options or {})
  return made(object, args)
end

---The account of a cluster that stands for one of Google's.
---@param args { cloud: string, kubernetesService: table, serviceAccount: table }
---@return kustomize.Resource
function M.iam_policy(args)
  if args.cloud ~= 'gke' then refuse(('cloud provider %s not supported yet'):format(args.cloud or '')) end
  local service, account = args.kubernetesService or {}, args.serviceAccount or {}
  return resources.new(node.of {
    apiVersion = 'v1', kind = 'ServiceAccount',
    metadata = {
      name = service.name or '', namespace = (service.namespace or '') ~= '' and service.namespace or nil,
      annotations = { ['iam.gke.io/gcp-service-account'] =
        ('%s@%s.iam.gserviceaccount.com'):format(account.name or '', account.projectId or '') },
    },
  })
end

return M
