-- appset.lua: ApplicationSets: generators, and templates with what can be said of them. SPDX-License-Identifier: Apache-2.0

local objects = require 'ifx.k8s.objects'
local glob = require './glob'
local owner = require './owner'
local source = require './source'

local M = {}

local below = objects.below

local folders_of = setmetatable({}, { __mode = 'k' })

local function folders(ctx)
  local found = folders_of[ctx]
  if not found then
    found = {}
    local seen = {}
    for _, entry in ipairs(ctx.tree:files()) do
      local folder = path.dirname(entry.path)
      while folder ~= '' and not seen[folder] do
        seen[folder], found[#found + 1] = true, folder
        folder = path.dirname(folder)
      end
    end
    folders_of[ctx] = found
  end
  return found
end

local function files(ctx)
  return ctx.tree:paths()
end

local function count(candidates, matches)
  local n = 0
  for _, candidate in ipairs(candidates) do
    n = n + (matches(candidate) and 1 or 0)
  end
  return n
end

local function sibling(field, name)
  return below(table.move(field, 1, #field - 1, 1, {}), name)
end

-- Globs over folders (a star stays within its level) or files (a star crosses slashes, as in git).
local function git_globs(c, at, git, field, own, note)
  local kind, written = 'argocd.generator_' .. field, own and source.address(at, git) or nil
  source.each(c, at, below(git, field, '*', 'path'), function(match)
    local exclude = at.document:get(sibling(match.path, 'exclude'), at.n) == true or nil
    if not own then
      c:add(match, { kind = kind, target_kind = 'remote', why = note })
    elseif not glob.is_glob(match.text) then
      c:path(match, { kind = kind, base = '', anchor = 'root', note = note, address = written, exclude = exclude })
    else
      local directories = field == 'directories'
      local candidates = directories and folders(c.ctx) or files(c.ctx)
      local found = count(candidates, glob.matcher(match.text, not directories))
      c:add(match, {
        kind = kind, base = '', anchor = 'root', target = c.ctx.resolve('', match.text), target_kind = 'glob',
        resolved = found > 0, why = found == 0 and 'matches nothing' or nil, note = note, matches = found, address = written,
        exclude = exclude,
      })
    end
  end)
end

-- What a template is made from, in words: the globs and lists of its generators.
local function describe_git(at, git, said)
  for _, field in ipairs { 'directories', 'files' } do
    for _, match in ipairs(at.document:query(below(git, field, '*', 'path'), at.n)) do
      if at.document:get(sibling(match.path, 'exclude'), at.n) ~= true then
        said[#said + 1] = match.text
      end
    end
  end
end

local find_generators

local function find_generator(c, at, generator, facts)
  local git = below(generator, 'git')
  if at.document:get(git, at.n) ~= nil then
    local address = at.document:get(below(git, 'repoURL'), at.n)
    local own, note = owner.is_own(c.ctx, address)
    source.each(c, at, below(git, 'repoURL'), function(match)
      source.add_url(c, match, 'argocd.repo_url', own, note)
    end)
    git_globs(c, at, git, 'directories', own, note)
    git_globs(c, at, git, 'files', own, note)
    describe_git(at, git, facts.said)
  end
  for _, match in ipairs(at.document:query(below(generator, 'list', 'elements', '*'), at.n)) do
    facts.elements[#facts.elements + 1] = match.path
  end
  for _, nested in ipairs { 'matrix', 'merge' } do
    find_generators(c, at, below(generator, nested, 'generators'), facts)
  end
  facts.templates[#facts.templates + 1] = below(generator, 'template', 'spec')
end

function find_generators(c, at, map, facts)
  local generators = at.document:get(map, at.n)
  for i = 1, type(generators) == 'table' and #generators or 0 do
    find_generator(c, at, below(map, i), facts)
  end
end

-- `apps/{{name}}/x`: the text before a parameter that is one whole segment, and its name.
local function segment(text)
  local before, name, after = text:match('^([^{]*){{%-?%s*%.?([%w_]+)%s*%-?}}([^{]*)$')
  if name and (before == '' or before:sub(-1) == '/') and (after == '' or after:sub(1, 1) == '/') then
    return before, name
  end
end

-- The elements of a list generator that give a path its missing segment.
local function find_elements(c, at, match, facts, written)
  local before, name = segment(match.text)
  local given = false
  for _, element in ipairs(name and facts.elements or {}) do
    local value = at.document:at(below(element, name), at.n)
    if value and c:text(value) then
      given = true
      c:path(value, {
        kind = 'argocd.generator_elements', base = before:gsub('/$', ''), anchor = 'root',
        rewrite = before ~= '' and 'segment' or nil, address = written,
      })
    end
  end
  return given
end

local function is_source_path(field)
  return field[#field] == 'path' and (field[#field - 1] == 'source' or field[#field - 2] == 'sources')
end

-- The folders that a template begins with stand there whatever fills the rest.
local function add_prefix(c, match, written)
  local prefix = match.text:match('^([^{]+)/')
  if prefix and c.ctx.exists(c.ctx.resolve('', prefix) or '') == 'dir' then
    c:path(match, {
      kind = 'argocd.path', base = '', anchor = 'root', to = #prefix, note = 'what a template begins with', address = written,
    })
    return true
  end
end

-- A template without such folders, as the glob of what it can become.
local function add_glob(c, match, written)
  local pattern = match.text:gsub('{{.-}}', '*')
  local found = pattern:find('[^*/]') and count(folders(c.ctx), glob.matcher(pattern, false)) or 0
  if found > 0 then
    c:add(match, {
      kind = 'argocd.path', base = '', anchor = 'root', target = c.ctx.resolve('', pattern), target_kind = 'glob',
      resolved = true, locked = 'a template', matches = found, address = written,
    })
    return true
  end
end

local function template(at, facts)
  return function(c, match)
    local own = is_source_path(match.path) and owner.is_own(c.ctx, at.document:get(sibling(match.path, 'repoURL'), at.n))
    if own then
      local map = table.move(match.path, 1, #match.path - 1, 1, {})
      local written = source.address(at, map)
      local given = find_elements(c, at, match, facts, written)
      if add_prefix(c, match, written) or given or add_glob(c, match, written) then
        return
      end
    end
    local said = #facts.said > 0 and ', filled by a generator from ' .. table.concat(facts.said, ', ') or ''
    c:doubt(match, match.text, 'a template' .. said)
  end
end

--- A list element gives one segment of a path, so its folder can be renamed, not moved elsewhere.
---@param ref table
---@param move ifx.repo.Movement
---@return string|nil text
---@return string|nil why
function M.rewrite_segment(ref, move)
  if path.dirname(move.new_target) == move.new_base then
    return path.basename(move.new_target)
  end
  return nil, ('one segment of a path below %s, which the template says'):format(ref.base)
end

--- Adds the references of an ApplicationSet.
---@param c ifx.repo.Collector
---@param document yaml.Document
---@param object ifx.k8s.Object
---@param find_spec fun(c: ifx.repo.Collector, at: table, spec: table, annotations: table) for an Application's spec
function M.find(c, document, object, find_spec)
  local at, fields = { document = document, n = object.doc, object = object }, owner.spec(object)
  local facts = { said = {}, elements = {}, templates = { below(fields, 'template', 'spec') } }
  at.template = template(at, facts)
  find_generators(c, at, below(fields, 'generators'), facts)
  for _, spec in ipairs(facts.templates) do
    if document:get(spec, object.doc) ~= nil then
      find_spec(c, at, spec, below(sibling(spec, 'metadata'), 'annotations'))
    end
  end
  local patch = document:at(below(fields, 'templatePatch'), object.doc)
  if patch and patch.text:find('[pP]ath') then
    c:doubt(patch, patch.text:match('^[^\n]*'), 'a template of a patch that may set paths')
  end
end

return M
