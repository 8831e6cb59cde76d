-- lock.lua: the digest that binds a lock file to the dependencies of its chart. SPDX-License-Identifier: Apache-2.0

local M = {}

-- The order in which Helm writes the fields of a dependency, and those that it writes even when they are empty.
local FIELDS = { 'name', 'version', 'repository', 'condition', 'tags', 'enabled', 'import-values', 'alias' }
local ALWAYS = { name = true, repository = true }
local TEXTS = { name = true, version = true, repository = true, condition = true, alias = true }

-- JSON as Go writes it, signs of HTML escaped.
local function go_json(value)
  local signs = { ['<'] = '\\u003c', ['>'] = '\\u003e', ['&'] = '\\u0026' }
  return (json.encode(value):gsub('[<>&]', signs))
end

local function is_empty(value)
  return value == nil or value == '' or value == false or value == ifx.null
    or type(value) == 'table' and next(value) == nil
end

-- One dependency; nil when a field has a type that Helm refuses.
local function encode(dependency)
  local parts = {}
  for _, field in ipairs(FIELDS) do
    local value = dependency[field]
    if TEXTS[field] and value ~= nil and type(value) ~= 'string' then
      return nil
    elseif ALWAYS[field] or not is_empty(value) then
      parts[#parts + 1] = ('%s:%s'):format(go_json(field), go_json(value or ''))
    end
  end
  return '{' .. table.concat(parts, ',') .. '}'
end

local function encode_all(dependencies)
  local parts = {}
  for i, dependency in ipairs(dependencies) do
    parts[i] = type(dependency) == 'table' and encode(dependency)
    if not parts[i] then
      return nil
    end
  end
  return '[' .. table.concat(parts, ',') .. ']'
end

local function digest(wanted, locked)
  local first, second = encode_all(wanted), encode_all(locked)
  return first and second and 'sha256:' .. hash.sha256(('[%s,%s]'):format(first, second))
end

local function dependencies_of(document)
  local found = document and #document > 0 and document:get({ 'dependencies' }, 1)
  return type(found) == 'table' and ifx.is_list(found) and found or nil
end

local function names_folder(dependencies)
  return list.find(dependencies, function(one)
    return type(one) == 'table' and type(one.repository) == 'string' and one.repository:find('^file://[^/]') ~= nil
  end)
end

--- Adds the digest of a lock file, where it depends on where charts lie.
---@param c ifx.repo.Collector
---@param document yaml.Document
---@param chart_file string the file with the dependencies as they are wanted
function M.find(c, document, chart_file)
  local match, entry = document:at({ 'digest' }, 1), c.ctx.tree:entry(chart_file)
  local wanted = entry and dependencies_of(c.ctx.file(entry).yaml())
  local locked = dependencies_of(document)
  if not match or not wanted or not locked or not names_folder(wanted) or type(match.value) ~= 'string' then
    return
  end
  local fits = digest(wanted, locked) == match.value
  c:add(match, {
    kind = 'helm.lock_digest', target_kind = 'regex', base = path.dirname(c.file.path), rewrite = 'digest',
    resolved = fits or nil, why = not fits and 'not the digest of these dependencies: `helm dependency build` refuses it' or nil,
    dependencies = { wanted = wanted, locked = locked },
  })
end

-- How a repository reads after a move; one whose ends both stay is not touched, however it is written.
local function moved(repository, move)
  local lead, written = repository:match('^(file://)([^/].*)$')
  local target = written and path.normalize(path.join(move.base, written))
  if not target then
    return repository
  end
  local new_file, new_base = move.moves[path.join(target, 'Chart.yaml')], path.dirname(move.new_file)
  if not new_file and new_base == move.base then
    return repository
  end
  local new = path.relative(new_file and path.dirname(new_file) or target, new_base)
  new = written:find('^%./') and not new:find('^%.%.?/') and './' .. new or new
  return lead .. new .. (written:sub(-1) == '/' and '/' or '')
end

local function all_moved(dependencies, move)
  return list.map(dependencies, function(one)
    local copy = {}
    for key, value in pairs(one) do
      copy[key] = value
    end
    copy.repository = type(one.repository) == 'string' and moved(one.repository, move) or one.repository
    return copy
  end)
end

--- The digest of the dependencies as they read after a move.
---@param ref table
---@param move table
---@return string|nil text
---@return string|nil why
function M.rewrite_digest(ref, move)
  if not ref.resolved then
    return ref.text
  end
  return digest(all_moved(ref.dependencies.wanted, move), all_moved(ref.dependencies.locked, move))
end

return M
