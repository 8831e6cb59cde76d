-- generators.lua: what a kustomization's own fields generate. SPDX-License-Identifier: Apache-2.0
local generate = require './build/generate'
local metadata = require './build/metadata'

local function union(wide, narrow)
  local out = {}
  for key, value in pairs(wide or {}) do out[key] = value end
  for key, value in pairs(narrow or {}) do out[key] = value end
  return out
end

-- The options of one generator with those for all.
local function with_options(args, all)
  if not all then return args end
  local own, out = args.options or {}, {}
  for key, value in pairs(args) do out[key] = value end
  out.options = {
    labels = union(all.labels, own.labels), annotations = union(all.annotations, own.annotations),
    disableNameSuffixHash = all.disableNameSuffixHash or own.disableNameSuffixHash,
    immutable = all.immutable or own.immutable,
  }
  return out
end

-- The resources of each entry of a field, absorbed before those of the next are made.
local function each(set, env, field, kind, make)
  local k = env.kustomization
  for i, args in ipairs(k[field] or {}) do
    local ok, e = pcall(function()
      local made = make(args)
      metadata.generated(made, metadata.of_field(env, kind))
      for _, resource in ipairs(made) do
        local file, line = k.where(field, i)
        resource.origin = resource.origin or { file = file, line = line or 1 }
        set:absorb(resource)
      end
    end)
    if not ok then
      if err.is(e) and not e.file then e.file, e.line, e.column = k.where(field, i) end
      error(e, 0)
    end
  end
end

---@param set kustomize.Set
---@param k kustomize.Kustomization
---@param env kustomize.Env
return function(set, k, env)
  each(set, env, 'configMapGenerator', 'ConfigMapGenerator', function(args)
    return { generate.config_map(with_options(args, k.generatorOptions), env) }
  end)
  each(set, env, 'secretGenerator', 'SecretGenerator', function(args)
    return { generate.secret(with_options(args, k.generatorOptions), env) }
  end)
  each(set, env, 'helmCharts', 'HelmChartInflationGenerator', function(chart)
    return require './build/helm'(union(k.helmGlobals, chart), env)
  end)
end
