-- made.lua: the Applications that ApplicationSets make, one for each folder of a glob. SPDX-License-Identifier: Apache-2.0

local objects = require 'ifx.k8s.objects'
local glob = require './glob'

local M = {}

local below = objects.below

-- A path that is the folder of the generator, and nothing else.
local function is_folder(text)
  local field = type(text) == 'string' and text:match('^{{%-?%s*([%w.]+)%s*%-?}}$')
  return field == 'path' or field == '.path.path'
end

-- What the template of a set says: does it apply the folder itself, and under which name?
local function template_of(maker)
  local function get(...)
    return maker.get(below(maker.spec, 'template', ...))
  end
  local source = get('spec', 'source')
  local name = get('metadata', 'name')
  if type(source) ~= 'table' or not is_folder(source.path) or type(name) ~= 'string' then
    return nil
  end
  local directory = source.directory
  return { name = name, deep = type(directory) == 'table' and directory.recurse == true }
end

-- What other generators fill in is the same for every folder, and left as it is written.
local function name_of(template, folder)
  local basename = path.basename(folder)
  return (template:gsub('{{%-?%s*(.-)%s*%-?}}', function(field)
    local of_path = field:match('^%.?path%.(%a+)$')
    if of_path == 'basename' or of_path == 'basenameNormalized' then
      return basename
    elseif field == 'path' or field:find('path', 1, true) then
      return ('%s of %s'):format(field, folder)
    end
  end))
end

-- Argo CD looks into no folder whose name begins with a dot.
local function folders_of(files)
  local found, seen = {}, {}
  for _, file in ipairs(files) do
    local folder = path.dirname(file)
    while folder ~= '' and not seen[folder] do
      seen[folder] = true
      if not ('/' .. folder):find('/.', 1, true) then
        found[#found + 1] = folder
      end
      folder = path.dirname(folder)
    end
  end
  return found
end

-- The references of one generator stand below the same list.
local function by_generator(references)
  local keys, groups = {}, {}
  for _, ref in ipairs(references) do
    if ref.kind == 'argocd.generator_directories' and ref.target then
      local key = ('%s %d %s'):format(ref.file, ref.doc, table.concat(ref.path, '\0', 1, #ref.path - 2))
      if not groups[key] then
        groups[key], keys[#keys + 1] = {}, key
      end
      table.insert(groups[key], ref)
    end
  end
  return list.map(keys, function(key) return groups[key] end)
end

local function taken(group, folders)
  local include, exclude = {}, {}
  for _, ref in ipairs(group) do
    table.insert(ref.exclude and exclude or include, glob.matcher(ref.target, false))
  end
  local function any(matchers, folder)
    return list.find(matchers, function(matches) return matches(folder) end) ~= nil
  end
  return list.filter(folders, function(folder) return any(include, folder) and not any(exclude, folder) end)
end

--- The Applications that generators of a tree make from its folders.
---@param tree table references, list(folder)
---@param maker_of fun(tree: table, ref: table): table|nil the ApplicationSet of a reference: spec (its path), get(path)
---@return table[] made { maker, folder, deep, name }
function M.applications(tree, maker_of)
  local found, folders = {}, nil
  for _, group in ipairs(by_generator(tree.references)) do
    local maker = maker_of(tree, group[1])
    local template = maker and template_of(maker)
    if template then
      folders = folders or folders_of(tree.list(''))
      for _, folder in ipairs(taken(group, folders)) do
        found[#found + 1] = { maker = maker, folder = folder, deep = template.deep, name = name_of(template.name, folder) }
      end
    end
  end
  return found
end

--- Does a set delete what its Applications applied, when it no longer makes them?
---@param policy any its syncPolicy as decoded
---@return boolean
function M.deletes(policy)
  policy = type(policy) == 'table' and policy or {}
  local keeps = policy.applicationsSync == 'create-only' or policy.applicationsSync == 'create-update'
  return not keeps and policy.preserveResourcesOnDeletion ~= true
end

return M
