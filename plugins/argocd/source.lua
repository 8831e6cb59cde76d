-- source.lua: the fields of one source of an Application. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local objects = require 'ifx.k8s.objects'
local url = require 'ifx.repo.url'
local glob = require './glob'
local owner = require './owner'

local M = {}

local below = objects.below

---@class argocd.Source
---@field map table path of the source in the document
---@field own boolean|nil is its repository this one?
---@field note string|nil evidence, or why it is not
---@field pinned string|nil why what it names is never edited
---@field base string|nil folder of the source in this tree, when that is known
---@field chart boolean it is a chart of a registry, not a path
---@field recurse boolean
---@field address table|nil where its repoURL stands, when the repository is this one

local function get(at, field)
  return at.document:get(field, at.n)
end

--- Calls add for every text that a pattern matches; templates come as well.
local function each(c, at, pattern, add)
  for _, match in ipairs(c:query(at.document, at.n, pattern)) do
    local text = match.kind == 'scalar' and type(match.value) == 'string' and match.value
    if text and finder.variable(text) and at.template then
      at.template(c, match, add)
    elseif c:text(match) then
      add(match)
    end
  end
end

M.each = each

local function want(kind)
  return function(_, found)
    if found ~= kind then
      return kind == 'dir' and 'a file where a folder is expected' or 'a folder where a file is expected'
    end
  end
end

--- Adds a path of a source's repository, taken from its root.
---@param c ifx.repo.Collector
---@param match yaml.Match
---@param source argocd.Source
---@param r table kind, from, check, optional
---@return table reference
function M.in_repository(c, match, source, r)
  if not source.own then
    return c:add(match, { kind = r.kind, from = r.from, target_kind = 'remote', why = source.note })
  end
  r.base, r.anchor, r.note, r.pinned, r.address = '', 'root', source.note, source.pinned, source.address
  return c:path(match, r)
end

-- Directory sources are not recursive: say so where that makes a source render nothing.
local function note_empty(c, ref, recurse)
  if recurse or ref.target_kind ~= 'dir' then
    return
  end
  local deeper = false
  for _, entry in ipairs(c.ctx.tree:list(ref.target)) do
    local below_it = ref.target == '' and entry.path or entry.path:sub(#ref.target + 2)
    if below_it:find('%.ya?ml$') or below_it:find('%.jsonn?e?t?$') or below_it == 'Kustomization' then
      if not below_it:find('/', 1, true) then
        return
      end
      deeper = true
    end
  end
  if deeper then
    ref.note = (ref.note and ref.note .. '; ' or '')
      .. 'manifests stand only in folders below, and a directory source is not recursive: it renders nothing'
  end
end

local function add_path(c, at, source)
  each(c, at, below(source.map, 'path'), function(match)
    local lead = #match.text:match('^/*')
    if lead == #match.text then
      c:doubt(match, match.value, 'an absolute path')
      return
    end
    local ref = M.in_repository(c, match, source, {
      kind = 'argocd.path', from = lead + 1, check = want 'dir', entry = source.recurse and 'deep' or 'flat',
    })
    source.base = source.own and ref.target or nil
    if ref.resolved then
      note_empty(c, ref, source.recurse)
    end
  end)
end

-- `$name/path`: a file of the source whose ref is that name.
local function add_by_ref(c, match, source, r)
  local name, from = match.text:match('^%$([^/]+)/()')
  local other = name and source.refs[name]
  if other and from <= #match.text then
    r.from = from
    M.in_repository(c, match, other, r)
  else
    c:doubt(match, match.value, name and ('no source has the ref %s'):format(name) or 'a variable')
  end
end

local function add_glob(c, match, source, r)
  local ref = c:add(match, {
    kind = r.kind, base = source.base, anchor = 'root', target_kind = 'glob',
    target = c.ctx.resolve(source.base, match.text), note = source.note, locked = source.pinned, why = source.pinned,
    address = source.address,
  })
  if source.pinned then
    return
  end
  local matches = glob.matcher(ref.target or '', false)
  for _, entry in ipairs(ref.target and c.ctx.tree:files() or {}) do
    if matches(entry.path) then
      ref.resolved = true
      return
    end
  end
  ref.resolved, ref.why = not r.optional and false or nil, 'matches no file'
end

-- A file below the folder of the source; one of a chart's own when the source is a chart.
local function add_file(c, match, source, r)
  if url.is_remote(match.text) then
    c:add(match, { kind = r.kind, target_kind = 'remote', why = 'on the network' })
  elseif source.chart then
    c:add(match, { kind = r.kind, target_kind = 'remote', why = 'a file of the chart itself' })
  elseif not source.own then
    c:add(match, { kind = r.kind, target_kind = 'remote', why = source.note })
  elseif match.text:sub(1, 1) == '/' then
    r.from = #match.text:match('^/*') + 1
    M.in_repository(c, match, source, r)
  elseif not source.base then
    c:doubt(match, match.value, 'relative to a path that is not known')
  elseif glob.is_glob(match.text) then
    add_glob(c, match, source, r)
  else
    r.base, r.anchor, r.pinned, r.address = source.base, 'root', source.pinned, source.address
    c:path(match, r)
  end
end

local function add_helm(c, at, source)
  local helm = below(source.map, 'helm')
  local missing = get(at, below(helm, 'ignoreMissingValueFiles')) == true and 'ignoreMissingValueFiles is set' or nil
  each(c, at, below(helm, 'valueFiles', '*'), function(match)
    local r = { kind = 'argocd.value_files', check = want 'file', optional = missing }
    if match.text:sub(1, 1) == '$' then
      add_by_ref(c, match, source, r)
    else
      add_file(c, match, source, r)
    end
  end)
  each(c, at, below(helm, 'fileParameters', '*', 'path'), function(match)
    add_file(c, match, source, { kind = 'argocd.file_parameters', check = want 'file' })
  end)
end

local function add_kustomize(c, at, source)
  local kustomize = below(source.map, 'kustomize')
  local missing = get(at, below(kustomize, 'ignoreMissingComponents')) == true and 'ignoreMissingComponents is set' or nil
  each(c, at, below(kustomize, 'components', '*'), function(match)
    add_file(c, match, source, { kind = 'argocd.kustomize_components', check = want 'dir', optional = missing })
  end)
  each(c, at, below(kustomize, 'patches', '*', 'path'), function(match)
    add_file(c, match, source, { kind = 'argocd.kustomize_patches', check = want 'file' })
  end)
end

-- Globs over the files of a directory source, relative to its folder.
local function add_directory(c, at, source)
  for _, key in ipairs { 'include', 'exclude' } do
    each(c, at, below(source.map, 'directory', key), function(match)
      if not source.own or not source.base then
        c:add(match, { kind = 'argocd.directory', target_kind = 'remote', why = source.note or 'its path is not known' })
        return
      end
      local ref = c:add(match, {
        kind = 'argocd.directory', base = source.base, anchor = 'root', target_kind = 'glob', locked = source.pinned,
        target = path.join(source.base, match.text), why = source.pinned or 'matches no file', rewrite = 'directory',
        address = source.address,
      })
      if source.pinned then
        return
      end
      local matches, start = glob.matcher(match.text, true), source.base == '' and 1 or #source.base + 2
      for _, entry in ipairs(c.ctx.tree:list(source.base)) do
        local relative = entry.path:sub(start)
        if (source.recurse or not relative:find('/', 1, true)) and matches(relative) then
          ref.resolved, ref.why = true, nil
          return
        end
      end
    end)
  end
  each(c, at, below(source.map, 'directory', 'jsonnet', 'libs', '*'), function(match)
    M.in_repository(c, match, source, { kind = 'argocd.jsonnet_libs', check = want 'dir' })
  end)
end

--- The globs of a directory source say only what lies below its folder.
---@param _ table
---@param move ifx.repo.Movement
---@return string|nil text
---@return string|nil why
function M.rewrite_directory(_, move)
  if move.text:find('^%.%.') then
    return nil, 'a glob of files below the folder of the source, which they leave'
  end
  return move.text
end

--- Adds a repoURL.
---@param c ifx.repo.Collector
---@param match yaml.Match
---@param kind string
---@param own boolean|nil
---@param note string|nil
function M.add_url(c, match, kind, own, note)
  c:add(match, {
    kind = kind, target_kind = own and 'repository' or 'remote', resolved = own and true or nil,
    note = own and note or nil, why = not own and 'on the network' or nil,
  })
end

--- Where the repoURL of a map stands, without its quotes, when its bytes are its text.
---@param at table {document=, n=}
---@param map table path of the map
---@return table|nil
function M.address(at, map)
  local match = at.document:at(below(map, 'repoURL'), at.n)
  if not match or match.kind ~= 'scalar' or not match.inner_start then
    return nil
  end
  return { start = match.inner_start, stop = match.inner_stop, text = match.text, style = match.style }
end

--- What is known of a source before its fields are read.
---@param c ifx.repo.Collector
---@param at table {document=, n=}
---@param map table path of the source
---@return argocd.Source
function M.describe(c, at, map)
  local own, note = owner.is_own(c.ctx, get(at, below(map, 'repoURL')))
  local taken = get(at, below(map, 'path'))
  return {
    map = map, own = own, note = note, address = own and M.address(at, map) or nil,
    pinned = own and owner.pinned(get(at, below(map, 'targetRevision'))) or nil,
    chart = type(get(at, below(map, 'chart'))) == 'string', refs = {},
    recurse = get(at, below(map, 'directory', 'recurse')) == true,
    base = own and taken == nil and '' or nil,
  }
end

--- Adds the references of a source.
---@param c ifx.repo.Collector
---@param at table {document=, n=, template=}
---@param source argocd.Source
function M.find(c, at, source)
  each(c, at, below(source.map, 'repoURL'), function(match)
    M.add_url(c, match, 'argocd.repo_url', source.own and not source.chart, source.note)
  end)
  each(c, at, below(source.map, 'chart'), function(match)
    c:add(match, { kind = 'argocd.chart', target_kind = 'remote', why = 'a chart of a repository' })
  end)
  add_path(c, at, source)
  add_helm(c, at, source)
  add_kustomize(c, at, source)
  add_directory(c, at, source)
end

--- Adds the references of a spec with source, sources or sourceHydrator.
---@param c ifx.repo.Collector
---@param at table {document=, n=, template=}
---@param spec table path of the spec
---@return argocd.Source[]
function M.find_all(c, at, spec)
  local sources, refs = {}, {}
  local function describe(map)
    if type(get(at, map)) == 'table' then
      local source = M.describe(c, at, map)
      sources[#sources + 1], source.refs = source, refs
      local ref = get(at, below(map, 'ref'))
      if type(ref) == 'string' then
        refs[ref] = source
      end
    end
  end
  describe(below(spec, 'source'))
  describe(below(spec, 'sourceHydrator', 'drySource'))
  local several = get(at, below(spec, 'sources'))
  for i = 1, type(several) == 'table' and #several or 0 do
    describe(below(spec, 'sources', i))
  end
  for _, source in ipairs(sources) do
    M.find(c, at, source)
  end
  each(c, at, below(spec, 'sourceHydrator', 'syncSource', 'path'), function(match)
    c:add(match, { kind = 'argocd.path', target_kind = 'remote', why = 'on the branch of hydrated manifests' })
  end)
  return sources
end

--- Adds the paths of the annotation that says which changes concern an Application: separated by
--- semicolons, from the folder of its source or, after a slash, from the root.
---@param c ifx.repo.Collector
---@param at table {document=, n=, template=}
---@param annotations table path of the annotations
---@param sources argocd.Source[]
function M.find_manifest_paths(c, at, annotations, sources)
  each(c, at, below(annotations, 'argocd.argoproj.io/manifest-generate-paths'), function(match)
    local source = list.find(sources, function(one) return one.own and one.base end)
    for from, text in match.text:gmatch('()([^;]+)') do
      local r = { kind = 'argocd.manifest_paths', from = from, to = from + #text - 1 }
      if not source then
        r.target_kind, r.why = 'remote', 'its source is not in this tree'
        c:add(match, r)
      elseif glob.is_glob(text) then
        c:doubt(match, text, 'a pattern of paths whose changes concern the Application')
      elseif text:find('^/+[^/]') then
        r.from = from + #text:match('^/+')
        M.in_repository(c, match, source, r)
      else
        r.base, r.anchor, r.pinned, r.address = source.base, 'root', source.pinned, source.address
        local ref = c:path(match, r)
        if ref.resolved == false and ref.target then
          ref.why = ("%s: %s was tried, since without a leading '/' it is relative to the path of its source")
            :format(ref.why, ref.target)
        end
      end
    end
  end)
end

return M
