-- walk.lua: how the fields of kustomize name files, folders and objects. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local objects = require 'ifx.k8s.objects'
local url = require 'ifx.repo.url'

local below = objects.below

---@class kustomize.Place where in a stream a set of fields stands, and what its paths are relative to
---@field document yaml.Document
---@field n integer
---@field prefix table path of the map that holds the fields
---@field base string folder of the kustomization that loads them
---@field chart_home any helmGlobals.chartHome as decoded

local M = {}

--- The names that kustomize looks for.
M.NAMES = { 'kustomization.yaml', 'kustomization.yml', 'Kustomization' }

--- Is this the name of a kustomization file?
---@param name string
---@return boolean
function M.is_name(name)
  return list.find(M.NAMES, function(known) return known == name end) ~= nil
end

--- The kustomization file of a folder.
---@param exists fun(path: string): string|nil
---@param folder string
---@return string|nil
function M.root_file(exists, folder)
  for _, name in ipairs(M.NAMES) do
    local file = path.join(folder, name)
    if exists(file) then
      return file
    end
  end
end

--- Has this folder a kustomization file?
---@param ctx table
---@param target string
---@return boolean
function M.is_root(ctx, target)
  for _, name in ipairs(M.NAMES) do
    if finder.locate(ctx, path.join(target, name)) == 'file' then
      return true
    end
  end
  return false
end

--- What a field expects at its path: each returns a check, why what is there does not do.
M.wants = {}

function M.wants.file()
  return function(_, kind)
    return kind == 'dir' and 'a folder where a file is expected' or nil
  end
end

function M.wants.file_or_root(ctx)
  return function(target, kind)
    if kind == 'dir' and not M.is_root(ctx, target) then
      return 'a folder without a kustomization file'
    end
  end
end

function M.wants.root(ctx)
  return function(target, kind)
    if kind == 'file' then
      return 'a file where a folder is expected'
    end
    return not M.is_root(ctx, target) and 'a folder without a kustomization file' or nil
  end
end

-- kustomize takes a text for a local path first, and for a URL only when nothing is there.
local function add_path(c, match, r)
  local target = c.ctx.resolve(r.base, match.text)
  if url.is_remote(match.text) and not (target and c.ctx.exists(target)) then
    c:remote(match, { kind = r.kind })
  else
    local ref = c:path(match, r)
    local chart = ref.target_kind == 'file' and ref.kind == 'kustomize.resources'
      and select(2, objects.is_manifest(ref.target, c.ctx.exists))
    if chart then
      c:doubt(match, match.text, ('a template of the chart %s: kustomize fills in nothing'):format(chart))
    end
  end
end

--- Calls add for every match of a pattern below a place.
---@param c ifx.repo.Collector
---@param at kustomize.Place
---@param pattern table
---@param add fun(match: yaml.Match)
function M.each(c, at, pattern, add)
  for _, match in ipairs(c:query(at.document, at.n, below(at.prefix, table.unpack(pattern)))) do
    add(match)
  end
end

--- Adds a reference for every text that matches.
---@param c ifx.repo.Collector
---@param at kustomize.Place
---@param kind string
---@param pattern table
---@param want function one of wants
function M.paths(c, at, kind, pattern, want)
  M.each(c, at, pattern, function(match)
    M.path(c, at, kind, match, want)
  end)
end

--- Adds a reference for one text.
---@param c ifx.repo.Collector
---@param at kustomize.Place
---@param kind string
---@param match yaml.Match
---@param want function one of wants
function M.path(c, at, kind, match, want)
  if c:text(match) then
    add_path(c, match, { kind = kind, base = at.base, check = want(c.ctx) })
  end
end

-- `key=path` or `path`.
local function sources(c, at, pattern)
  M.each(c, at, pattern, function(match)
    local text = c:text(match)
    local equals = text and text:find('=', 1, true)
    if equals and text:find('=', equals + 1, true) then
      c:doubt(match, text, 'more than one = in a file of a generator')
    elseif text and text:find('^https?://') then
      c:remote(match, { kind = 'kustomize.generator_files' })
    elseif equals and text:find('^https?://', equals + 1) then
      c:doubt(match, text, 'an address behind a key')
    elseif text then
      c:path(match, {
        kind = 'kustomize.generator_files', base = at.base, from = equals and equals + 1, check = M.wants.file(),
      })
    end
  end)
end

--- The files of ConfigMap and Secret generators.
---@param c ifx.repo.Collector
---@param at kustomize.Place
---@param pattern table path of the generators below the place
function M.generators(c, at, pattern)
  sources(c, at, below(pattern, 'files', '*'))
  M.paths(c, at, 'kustomize.generator_envs', below(pattern, 'envs', '*'), M.wants.file)
  M.paths(c, at, 'kustomize.generator_envs', below(pattern, 'env'), M.wants.file)
end

--- A selector {kind, name, namespace} that names one object of the build.
---@param c ifx.repo.Collector
---@param at kustomize.Place
---@param kind string
---@param match yaml.Match the map
function M.object(c, at, kind, match)
  local name = at.document:at(below(match.path, 'name'), at.n)
  local object_kind = at.document:get(below(match.path, 'kind'), at.n)
  if name and type(object_kind) == 'string' and c:text(name) then
    local namespace = at.document:get(below(match.path, 'namespace'), at.n)
    c:object(name, {
      kind = kind,
      object = { kind = object_kind, name = name.value, namespace = type(namespace) == 'string' and namespace or nil },
      why = 'no file of this tree declares it under that name: the build may generate or rename it',
    })
  end
end

--- The files and sources of replacements.
---@param c ifx.repo.Collector
---@param at kustomize.Place
---@param key string the field as the file spells it
function M.replacements(c, at, key)
  M.paths(c, at, 'kustomize.replacements', { key, '*', 'path' }, M.wants.file)
  M.each(c, at, { key, '*', 'source' }, function(match)
    M.object(c, at, 'kustomize.replacement_source', match)
  end)
end

--- The folders of helm.
---@param c ifx.repo.Collector
---@param at kustomize.Place
---@param pattern table path of the map below the place
function M.helm_homes(c, at, pattern)
  for _, key in ipairs { 'chartHome', 'configHome' } do
    M.each(c, at, below(pattern, key), function(match)
      if c:text(match) then
        c:path(match, { kind = 'kustomize.helm_home', base = at.base, optional = 'helm makes it when it needs it' })
      end
    end)
  end
end

-- A chart without a repository must stand in the chart home under its name.
local function add_chart(c, at, map, names)
  local name = at.document:at(below(map, names.name), at.n)
  local repository = at.document:at(below(map, names.repository), at.n)
  local home = at.document:get(below(map, 'chartHome'), at.n) or at.chart_home or 'charts'
  if repository and c:text(repository) then
    c:add(repository, { kind = 'kustomize.helm_repository', target_kind = 'remote', why = 'on the network' })
    if name and c:text(name) then
      c:add(name, { kind = 'kustomize.helm_chart', target_kind = 'remote', why = 'a chart of a repository' })
    end
  elseif name and type(home) == 'string' and c:text(name) then
    local base = not finder.variable(home) and c.ctx.resolve(at.base, home)
    if base then
      c:path(name, { kind = 'kustomize.helm_chart', base = base, anchor = 'root', rewrite = 'helm_chart' })
    else
      c:doubt(name, name.value, ('a chart in the chart home %s, which is outside'):format(home))
    end
  end
end

--- The files of charts to inflate.
---@param c ifx.repo.Collector
---@param at kustomize.Place
---@param pattern table path of the charts below the place
---@param names table the keys {values=, name=, repository=} of a chart
function M.helm_charts(c, at, pattern, names)
  M.paths(c, at, 'kustomize.helm_values', below(pattern, names.values), M.wants.file)
  M.paths(c, at, 'kustomize.helm_values', below(pattern, 'additionalValuesFiles', '*'), M.wants.file)
  if #pattern == 0 then
    add_chart(c, at, at.prefix, names)
    return
  end
  M.each(c, at, pattern, function(match)
    add_chart(c, at, match.path, names)
  end)
end

--- A chart is named by its folder's name inside the chart home, so it can be renamed, not moved out.
---@param move ifx.repo.Movement
---@return string|nil text
---@return string|nil why
function M.rewrite_helm_chart(_, move)
  if path.dirname(move.new_target) == move.new_base then
    return path.basename(move.new_target)
  end
  return nil, 'a chart is found by its name in the chart home: move the chart home, or name the chart\'s repository'
end

return M
