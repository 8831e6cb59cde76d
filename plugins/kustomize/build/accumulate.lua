-- accumulate.lua: the objects of one kustomization, in the order of kustomize. SPDX-License-Identifier: Apache-2.0
local envs = require './build/env'
local keeping = require './build/keeping'
local kustomizations = require './build/kustomization'
local metadata = require './build/metadata'
local pipeline = require './build/pipeline'
local read = require './build/read'
local resources = require './build/resource'
local sets = require './build/set'

local M = {}

-- No tree of kustomizations that people write comes near; components that name components twice each would never end.
local MOST = 20000
local DEEPEST = 1000 -- inside each other

-- Bases that are named twice each on every level bring twice as many objects with each.
local MOST_OBJECTS = 1000000

local function count_objects(env, n)
  local build = env.build
  build.added = build.added + n
  if build.added > MOST_OBJECTS then
    err.raise { kind = 'limit', message = ('more than %d objects, each counted in every kustomization that gets it')
      :format(MOST_OBJECTS), hint = 'is a base named twice by bases that are named twice themselves?' }
  end
end

-- A kustomization is read and checked once for each build, however often it is named; what is in it is not changed.
local function load(build, loader, origin)
  build.entered = build.entered + 1
  if build.entered > MOST then
    err.raise { kind = 'limit', message = ('more than %d kustomizations, each counted as often as it is named'):format(MOST),
      hint = 'is one named twice by others that are named twice themselves?' }
  end
  if #build.trail > DEEPEST then
    err.raise { kind = 'limit', message = ('kustomizations inside each other, more than %d deep'):format(DEEPEST),
      hint = 'name what is far below directly' }
  end
  local known = build.kept.kustomizations[loader.folder]
  if not known then
    local text, file = kustomizations.find(loader)
    local warnings = {}
    known = { file, kustomizations.parse(text, build.files:show(file), warnings), warnings }
    build.kept.kustomizations[loader.folder] = known
  end
  keeping.warn(build, known[3])
  build.met[#build.met + 1] = { loader = loader, warnings = known[3] }
  local env = envs.new(build, loader, {
    file = known[1], shown = build.files:show(known[1]), kustomization = known[2], origin = origin,
  })
  if known[2].openapi then
    build.has_schema = true
    require('./build/openapi').note(env)
  end
  return env
end

-- The objects of a file, which bases share: nodes do not change.
local function objects_of(env, named)
  local text, at = env:read(named)
  local build = env.build
  local known = build.kept.objects[at]
  if not known then
    known = read.objects(text, env:show(at), build.options.kept ~= nil)
    build.kept.objects[at] = known
  end
  build.objects[at] = known
  build.met[#build.met + 1] = { file = at }
  return known, at
end

local function add_file(env, set, named)
  local objects, at = objects_of(env, named)
  count_objects(env, #objects)
  local shown, source = env:show(at), metadata.of_file(env, named)
  for _, object in ipairs(objects) do
    local resource = resources.new(object, { file = shown, line = object:line() })
    resource.source = source
    set:append(resource)
  end
end

local accumulate

-- What a base knows of field specs and variables is known above it too.
local function learn(env, below)
  local specs = rawget(below, 'specs')
  if specs then env.specs = require './build/configurations'.add(rawget(env, 'specs'), specs) end
  if below.vars then require('./build/vars').merge(env, below) end
end

local function check_kind(env, is_component)
  local kind, folder = env.kustomization.kind, env:show(env.folder)
  if is_component and kind ~= 'Component' then
    err.raise { kind = 'config', file = env.shown,
      message = ("expected kind 'Component' for path '%s' but got '%s'"):format(folder, kind),
      hint = 'name it under resources, or make it a component' }
  elseif not is_component and kind == 'Component' then
    err.raise { kind = 'config', file = env.shown, message = ("expected kind != 'Component' for path '%s'"):format(folder),
      hint = 'name it under components' }
  end
end

-- What a kustomization that is no component stands for. That of a base is kept where another build may ask for it.
local function accumulated(env, is_base)
  local build, set = env.build, sets.new()
  if keeping.take(build, env, set) then return set end
  local mark = #build.met
  accumulate(env, set)
  if is_base then keeping.put(build, env, set, mark) end
  return set
end

local function add_base(env, set, named)
  local below = load(env.build, env.loader:enter(named), metadata.below(env.origin, named))
  check_kind(below, false)
  local got = accumulated(below, true)
  count_objects(env, #got.list)
  set:append_all(got)
  learn(env, below)
end

local function add_resource(env, set, named)
  local at = env.loader:path(named)
  if env.build.files:kind(at) == 'dir' then
    add_base(env, set, named)
  else
    add_file(env, set, named)
  end
end

-- What is being worked on is remembered, not caught: an error says it all at the top, however deep bases lie.
local function each_named(env, field, op, add, set)
  local trail = env.build.trail
  for i, named in ipairs(env.kustomization[field] or {}) do
    trail[#trail + 1] = { env = env, field = field, i = i, op = ('%s: %s'):format(op, named) }
    add(env, set, named)
    trail[#trail] = nil
  end
end

-- Of many bases inside each other the two outermost and the three innermost are named.
local OUTER, INNER = 2, 3

local function explain(e, trail)
  local left_out = #trail - OUTER - INNER
  for n = #trail, 1, -1 do
    local at = trail[n]
    if n <= OUTER or n > #trail - INNER then
      local op = at.op
      if n == OUTER and left_out > 0 then op = ('%s, which leads through %d others'):format(op, left_out) end
      e = err.wrap(e, op)
      e.file, e.line, e.column = at.env.kustomization.where(at.field, at.i)
    end
  end
  return e
end

-- A component works on what is there so far.
local function add_component(env, set, named)
  local below = load(env.build, env.loader:enter(named), metadata.below(env.origin, named))
  check_kind(below, true)
  below.specs, below.vars = rawget(env, 'specs'), env.vars
  accumulate(below, set)
  set:check()
  env.specs, env.vars = rawget(below, 'specs'), below.vars
end

local GENERATED = { 'configMapGenerator', 'secretGenerator', 'helmCharts' }

local function generate(env, set)
  local k = env.kustomization
  for _, field in ipairs(GENERATED) do
    if k[field] then
      require './build/generators'(set, k, env)
      break
    end
  end
  if k.generators then require('./build/builtin').generators(set, k.generators, env) end
end

local function transform(env, set)
  local k = env.kustomization
  pipeline.run(set, env, function(kind) metadata.transformed(set, metadata.of_field(env, kind)) end)
  if k.transformers then require('./build/builtin').transformers(set, k.transformers, env) end
  if k.validators then require('./build/builtin').validators(set, k.validators, env) end
end

-- In the fixed order of kustomize.
function accumulate(env, set)
  local k = env.kustomization
  each_named(env, 'resources', 'accumulating resources', add_resource, set)
  if k.configurations or k.crds then
    env.specs = require './build/configurations'.extend(rawget(env, 'specs'), k, env)
  end
  generate(env, set)
  each_named(env, 'components', 'accumulating components', add_component, set)
  transform(env, set)
  if k.vars then require('./build/vars').register(set, k.vars, env) end
end

---Adds the objects of files and folders that entries of a field name.
---@param env kustomize.Env
---@param set kustomize.Set
---@param field string
---@param names string[]  some of its entries
function M.add(env, set, field, names)
  for _, named in ipairs(names) do
    local ok, e = pcall(add_resource, env, set, named)
    if not ok then
      e = err.wrap(e, ('%s: %s'):format(field, named))
      local _, i = list.find(env.kustomization[field] or {}, function(entry) return entry == named end)
      if err.is(e) and not e.file then e.file, e.line, e.column = env.kustomization.where(field, i or 1) end
      error(e, 0)
    end
  end
end

---The objects of the folder that a loader stands in, names not yet referred to.
---@param build kustomize.Build
---@param loader kustomize.Loader
---@return kustomize.Set
---@return kustomize.Env
function M.run(build, loader)
  local env = load(build, loader, metadata.HERE)
  build.tracks = #(env.kustomization.buildMetadata or {}) > 0
  local ok, set = pcall(accumulated, env)
  if not ok then error(explain(set, build.trail), 0) end
  return set, env
end

return M
