-- remotes.lua: what a kustomization names elsewhere, and what it needs of its own tree. SPDX-License-Identifier: Apache-2.0
local kustomizations = require './build/kustomization'
local remote = require './build/remote'

local M = {}

-- Fields whose texts are files or folders, and those whose texts are files.
local EITHER = { 'resources', 'bases', 'components', 'generators', 'transformers', 'validators' }
local FILES = {
  { 'configurations' }, { 'crds' }, { 'patchesStrategicMerge' }, { 'patches', 'path' }, { 'patchesJson6902', 'path' },
  { 'replacements', 'path' }, { 'configMapGenerator', 'files' }, { 'configMapGenerator', 'envs' },
  { 'secretGenerator', 'files' }, { 'secretGenerator', 'envs' }, { 'helmCharts', 'valuesFile' },
  { 'helmCharts', 'additionalValuesFiles' },
}

-- Calls `add(text, steps)` for the texts of a field: of a list, or of the field of the items of a list.
local function each(value, add, steps, inner)
  if type(value) == 'string' then
    add(value, steps)
  elseif type(value) == 'table' then
    for i, item in ipairs(value) do
      local at = table.move(steps, 1, #steps, 1, {})
      at[#at + 1] = i
      if inner and type(item) == 'table' then
        at[#at + 1] = inner
        each(item[inner], add, at)
      elseif not inner then
        each(item, add, at)
      end
    end
  end
end

local function places(text, file)
  local ok, document = pcall(yaml.document, text, { file = file })
  return function(steps)
    local at = ok and document:at(steps, 1)
    return at and at.line, at and at.column
  end
end

local function found_remotes(top, text, file)
  local out, where = ifx.list {}, nil
  local function add(reference, steps, source)
    where = where or places(text, file)
    local line, column = where(steps)
    source.reference, source.file, source.line, source.column = reference, file, line, column
    out[#out + 1] = source
  end
  for _, field in ipairs(EITHER) do
    each(top[field], function(named, steps)
      local repository = not remote.is_file(named) and not named:find '\n' and remote.repository(named)
      if repository then
        add(named, steps, repository)
      elseif remote.is_address(named) and not named:find '\n' then
        add(named, steps, { address = named })
      end
    end, { field })
  end
  for _, field in ipairs(FILES) do
    each(top[field[1]], function(named, steps)
      if remote.is_address(named) then add(named, steps, { address = named }) end
    end, { field[1] }, field[2])
  end
  return out
end

-- ---- what it needs of its own tree ----

local DEEPEST = 50

local needs_of

-- A text may be a path, 'key=path', or YAML that holds texts itself.
local function needs_of_text(text, add, depth)
  if text:find('\n', 1, true) then
    local ok, inner = pcall(yaml.decode_all, text)
    if ok and type(inner[1]) == 'table' then needs_of(inner, add, depth) end
    return
  end
  add(text)
  local behind = text:match '=(.*)$'
  if behind then add(behind) end
end

function needs_of(value, add, depth)
  if depth > DEEPEST then return end
  if type(value) == 'string' then
    needs_of_text(value, add, depth + 1)
  elseif type(value) == 'table' then
    for _, item in pairs(value) do needs_of(item, add, depth + 1) end
  end
end

-- Configurations of plugins are files that name files from the folder of the kustomization that names them.
local function needs_of_plugins(files, folder, top, add)
  for _, field in ipairs { 'generators', 'transformers', 'validators' } do
    each(top[field], function(named)
      local at = not named:find '\n' and path.normalize(path.join(folder, named))
      local text = at and files:kind(at) == 'file' and files:read(at)
      if text then needs_of_text(text .. '\n', add, 0) end
    end, { field })
  end
end

-- A list of the paths of one kind that texts are, each once.
local function collector(files, folder, kind)
  local seen, out = {}, ifx.list {}
  return out, function(text)
    local at = text ~= '' and #text < 4096 and not text:find '[%z\n]' and text:sub(1, 1) ~= '/'
      and path.normalize(path.join(folder, text))
    if at and not seen[at] and files:kind(at) == kind then
      seen[at] = true
      out[#out + 1] = at
    end
  end
end

-- Every text that is a file, which may be more than is read; folders where a field takes folders.
local function needs(files, folder, top)
  local read, add = collector(files, folder, 'file')
  needs_of(top, add, 0)
  needs_of_plugins(files, folder, top, add)
  local below, add_folder = collector(files, folder, 'dir')
  for _, field in ipairs(EITHER) do each(top[field], add_folder, { field }) end
  return read, below
end

---What the kustomization of a folder names.
---@param files kustomize.Files
---@param folder string  from the root of the files
---@return { remotes: table[], files: string[], folders: string[] }|nil  nil: the folder has none; files and folders of the
---tree that a build needs, the kustomization itself among them
---Raises 'parse' and 'config' for one that cannot be read.
function M.find(files, folder)
  for _, name in ipairs(kustomizations.NAMES) do
    local at = path.join(folder, name)
    if files:kind(at) == 'file' then
      local text, shown = files:read(at), files:show(at)
      local top = node.document(text, { file = shown, repeated_keys = true }):value()
      if type(top) ~= 'table' or ifx.is_list(top) then top = {} end
      local read, below = needs(files, folder, top)
      read[#read + 1] = at
      return { remotes = found_remotes(top, text, shown), files = read, folders = below }
    end
  end
end

return M
