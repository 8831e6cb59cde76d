-- directory.lua: the objects of a folder of manifests, as the repo server reads it. SPDX-License-Identifier: Apache-2.0
local glob = require './glob'

local M = {}

local SKIPPED = '+argocd:skip-file-rendering'

-- Folders and files in the order of their names; links to files are read, links to folders are not followed.
local function walk(files, folder, below, options, found)
  for _, name in ipairs(list.sorted(files:list(folder))) do
    local at, relative = path.join(folder, name), below == '' and name or below .. '/' .. name
    local kind = files:kind(at)
    if kind == 'dir' then
      if options.recurse == true and files:real(at) == at then walk(files, at, relative, options, found) end
    elseif kind == 'file' and (name:find '%.ya?ml$' or name:find '%.json$' or name:find '%.jsonnet$') then
      found[#found + 1] = { path = at, relative = relative }
    end
  end
  return found
end

local function wanted(options)
  local include = (options.include or '') ~= '' and glob.matcher(options.include, true)
  local exclude = (options.exclude or '') ~= '' and glob.matcher(options.exclude, true)
  return function(relative)
    return not (exclude and exclude(relative)) and (not include or include(relative))
  end
end

local function refuse(at, message, e)
  err.raise { kind = 'parse', file = at, line = e and e.line, column = e and e.column, message = message,
    hint = 'Argo CD renders nothing of an Application with such a file: leave it out with spec.source.directory.exclude, or '
      .. 'with a comment +argocd:skip-file-rendering in it' }
end

-- Text that looks like objects is an error when it is none; other YAML is passed over.
local function looks_like_objects(text)
  return text:find('apiVersion:', 1, true) and text:find('kind:', 1, true) and text:find('metadata:', 1, true)
end

local function first_broken(objects)
  for i, object in ipairs(objects) do
    local kind = object:kind() == 'map' and object:get 'kind'
    if type(kind) ~= 'string' or kind == '' then return i end
  end
end

local function of_yaml(text, at)
  local ok, objects = pcall(node.manifests, text, { file = at })
  if not ok and (not err.is(objects) or objects.kind == 'cancelled') then error(objects, 0) end
  if not ok then
    if looks_like_objects(text) then
      refuse(at, ('Failed to unmarshal %q: %s'):format(path.basename(at), objects.message or ''), objects)
    end
    return {}
  end
  local broken = first_broken(objects)
  if broken and (broken > 1 or looks_like_objects(text)) then
    refuse(at, ("Failed to unmarshal %q: Object 'Kind' is missing"):format(path.basename(at)), { line = objects[broken]:line() })
  end
  return broken and {} or objects
end

local function of_json(text, at)
  local ok, objects = pcall(node.manifests, text, { file = at })
  if not ok and (not err.is(objects) or objects.kind == 'cancelled') then error(objects, 0) end
  if not ok or first_broken(objects) or #objects ~= 1 then
    refuse(at, ('Failed to unmarshal %q: %s'):format(path.basename(at), not ok and objects.message
      or #objects > 1 and 'Found multiple objects' or "Object 'Kind' is missing"), not ok and objects or nil)
  end
  return objects
end

---The objects of a folder. Raises 'parse' for a file that stops Argo CD, 'unsupported' for Jsonnet.
---@param files ifx.render.Files
---@param folder string
---@param options table  spec.source.directory
---@return ifx.gitops.Object[]
function M.objects(files, folder, options)
  local out, takes = {}, wanted(options)
  for _, file in ipairs(walk(files, folder, '', options, {})) do
    local text = takes(file.relative) and files:read(file.path)
    if text and not text:find(SKIPPED, 1, true) then
      if file.path:find '%.jsonnet$' then
        err.raise { kind = 'unsupported', file = file.path, message = 'it is Jsonnet, which is not evaluated here',
          hint = 'leave it out with spec.source.directory.exclude, or keep what it makes in the tree' }
      end
      local read = file.path:find '%.json$' and of_json or of_yaml
      for _, object in ipairs(read(text, file.path)) do
        out[#out + 1] = { node = object, file = file.path, line = object:line() }
      end
    end
  end
  return out
end

return M
