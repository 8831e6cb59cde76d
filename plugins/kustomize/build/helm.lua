-- helm.lua: objects of Helm charts, which the program helm renders. SPDX-License-Identifier: Apache-2.0
local read = require './build/read'
local resources = require './build/resource'
local is_set = require './build/shape'.is_set
local text = require 'ifx.text'

local MERGES = { merge = true, override = true, replace = true }

local function refuse(kind, message, hint) err.raise { kind = kind, message = message, hint = hint } end

local function check(chart, env)
  if not env.build.options.enable_helm then
    refuse('unsupported', ('must specify --enable-helm: the chart %s is rendered by the program helm'):format(chart.name or '?'),
      'ifx build --enable-helm, where helm is installed')
  elseif not is_set(chart.name) then
    refuse('config', 'chart name cannot be empty')
  elseif is_set(chart.valuesMerge) and not MERGES[chart.valuesMerge] then
    refuse('config', 'valuesMerge must be one of [merge override replace]')
  elseif is_set(chart.releaseName) then
    text.operand(chart.releaseName, 'the name of a release', 'helm')
  end
end

-- ---- the chart ----

-- From the folder of the kustomization: a chart of a repository lies in a folder with its version.
local function home_of(chart)
  local home = is_set(chart.chartHome) and chart.chartHome or 'charts'
  if not is_set(chart.version) or not is_set(chart.repo) then return home end
  return path.join(home, ('%s-%s'):format(chart.name, chart.version))
end

local function pull_command(chart, home)
  local oci = is_set(chart.repo) and chart.repo:sub(1, 6) == 'oci://'
  local from = oci and chart.repo:gsub('/$', '') .. '/' .. chart.name
    or (is_set(chart.repo) and '--repo ' .. chart.repo .. ' ' or '') .. chart.name
  local version = is_set(chart.version) and ' --version ' .. chart.version or ''
  return ('helm pull --untar --untardir %s %s%s'):format(home, from, version)
end

-- Helm reads files of this machine. What a revision holds is not there.
local function on_disk(env, at)
  local files = env.build.files
  local absolute = files.absolute and files:absolute(at)
  if not absolute then
    refuse('unsupported', ('helm cannot read %s where it lies'):format(env:show(at)),
      'build from a folder of this machine: a checkout of that revision')
  end
  return absolute
end

local function chart_of(chart, env)
  local home = home_of(chart)
  local at = env.loader:path(path.join(home, chart.name))
  if env.build.files:kind(at) == 'dir' then return on_disk(env, at), home end
  if not is_set(chart.repo) then
    refuse('not_found', ("no repo specified for pull, no chart found at '%s'"):format(env:show(at)))
  end
  refuse('not_found',
    ("the chart %s is not at '%s', and a build reads nothing from the network"):format(chart.name, env:show(at)),
    ('in %s: %s'):format(env:show(env.folder), pull_command(chart, home)))
end

-- ---- its values ----

local function values_of(chart, env, home)
  local named = is_set(chart.valuesFile) and chart.valuesFile or path.join(home, chart.name, 'values.yaml')
  local inline = chart.valuesInline and next(chart.valuesInline) ~= nil and node.of(chart.valuesInline)
  if inline and chart.valuesMerge == 'replace' then return node.print(inline) end
  local values, at = env:read(named)
  if not inline then return values end
  local own = node.document(values, { file = env:show(at), schema = 'kyaml' })
  if own:kind() == 'null' then own = node.of {} end
  local merged
  if chart.valuesMerge == 'merge' then
    merged = inline:merge(own)
  else
    merged = own:merge(inline)
  end
  return node.print(merged or node.of {})
end

-- ---- the program ----

local function run(argv, chart, values)
  -- Not the person's own: plugins and settings of helm would change what comes out.
  local config = is_set(chart.configHome) and chart.configHome or '/nonexistent/helm'
  return proc.run(argv, { stdin = values, env = {
    HELM_CONFIG_HOME = config, HELM_CACHE_HOME = config .. '/.cache', HELM_DATA_HOME = config .. '/.data' } }).stdout
end

local function check_version(chart)
  local said = run({ 'helm', 'version', '-c', '--short' }, chart)
  local version = said:match 'v?(%d+%.[%d.]*%d)'
  if not version then refuse('process', 'cannot find version string in ' .. said) end
  if version:match '^%d+' ~= '3' then
    refuse('unsupported', ('this plugin requires helm V3 but got v%s'):format(version), 'put a helm of version 3 on PATH')
  end
end

local FLAGS = { { 'includeCRDs', '--include-crds' }, { 'skipTests', '--skip-tests' }, { 'skipHooks', '--no-hooks' },
  { 'debug', '--debug' } }

local function arguments(chart, folder, env)
  local argv = { 'helm', 'template', is_set(chart.releaseName) and chart.releaseName or '--generate-name', folder }
  local function add(option, value)
    if is_set(value) then
      argv[#argv + 1] = option
      argv[#argv + 1] = value
    end
  end
  add('--namespace', chart.namespace)
  add('--name-template', chart.nameTemplate)
  add('-f', '-')
  for _, named in ipairs(chart.additionalValuesFiles or {}) do
    local _, at = env:read(named)
    add('-f', on_disk(env, at))
  end
  for _, version in ipairs(chart.apiVersions or {}) do add('--api-versions', version) end
  add('--kube-version', chart.kubeVersion)
  for _, flag in ipairs(FLAGS) do
    if chart[flag[1]] then argv[#argv + 1] = flag[2] end
  end
  return argv
end

-- Helm may say something before the first document.
local function objects_of(output, shown)
  local ok, objects = pcall(read.objects, output, shown)
  if ok then return objects end
  local first = output:find '\n%-%-%-[ \t\r]*\n'
  if not first then error(objects, 0) end
  return read.objects(output:sub(first + 1), shown)
end

---@param chart table  an entry of helmCharts, with helmGlobals
---@param env kustomize.Env
---@return kustomize.Resource[]
return function(chart, env)
  check(chart, env)
  local folder, home = chart_of(chart, env)
  local argv, values = arguments(chart, folder, env), values_of(chart, env, home)
  check_version(chart)
  local out, shown = {}, ('output of helm for the chart %s'):format(chart.name)
  for i, object in ipairs(objects_of(run(argv, chart, values), shown)) do
    out[i] = resources.new(object, { file = shown, line = object:line() })
  end
  return out
end
