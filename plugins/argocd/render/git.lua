-- git.lua: the parameters that a git generator finds in folders and files. SPDX-License-Identifier: Apache-2.0
local glob = require './glob'
local strings = require './gotemplate/strings'
local template = require './render/template'
local values = require './gotemplate/values'

local M = {}

local normalize = strings.normalize[2]

local function base(text) return path.basename(text) end

local function dir(text)
  local found = path.dirname(text)
  return found == '' and '.' or found
end

local function segments(text)
  local out = ifx.list {}
  for segment in (text .. '/'):gmatch '([^/]*)/' do out[#out + 1] = segment end
  return out
end

-- What templates know of a path, as one map or as names with dots.
local function path_parameters(into, folder, file, prefix, style)
  local known = { path = folder, basename = base(folder), basenameNormalized = normalize(base(folder)) }
  if file then known.filename, known.filenameNormalized = base(file), normalize(base(file)) end
  if style.go then
    known.segments = segments(folder)
    if prefix then into[prefix] = { path = known } else into.path = known end
    return
  end
  local name = prefix and prefix .. '.path' or 'path'
  for key, value in pairs(known) do into[key == 'path' and name or name .. '.' .. key] = value end
  for i, segment in ipairs(segments(folder)) do
    if segment ~= '' then into[('%s[%d]'):format(name, i - 1)] = segment end
  end
end

-- ---- folders ----

-- Argo CD looks into no folder whose name begins with a dot.
local function folders_below(files, folder, out)
  for _, name in ipairs(list.sorted(files:list(folder))) do
    local at = path.join(folder, name)
    if name:sub(1, 1) ~= '.' and files:kind(at) == 'dir' and files:real(at) == at then
      out[#out + 1] = at
      folders_below(files, at, out)
    end
  end
  return out
end

local function any(matchers, text)
  for _, matches in ipairs(matchers) do
    if matches(text) then return true end
  end
  return false
end

-- The globs that take, and those that leave out.
local function sorted_out(items, compile)
  local takes, leaves = {}, {}
  for _, item in ipairs(items) do
    if type(item.path) == 'string' then table.insert(item.exclude == true and leaves or takes, compile(item.path)) end
  end
  return takes, leaves
end

local function of_folders(git, files, style)
  local takes, leaves = sorted_out(git.directories, glob.path_matcher)
  local out = {}
  for _, folder in ipairs(folders_below(files, '', {})) do
    if any(takes, folder) and not any(leaves, folder) then
      local parameters = {}
      path_parameters(parameters, folder, nil, git.pathParamPrefix, style)
      template.add_values(parameters, git.values, style)
      out[#out + 1] = parameters
    end
  end
  return out
end

-- ---- files ----

local function files_below(files, folder, out)
  for _, name in ipairs(list.sorted(files:list(folder))) do
    local at = path.join(folder, name)
    local kind = files:kind(at)
    if kind == 'dir' and files:real(at) == at then files_below(files, at, out) elseif kind == 'file' then out[#out + 1] = at end
  end
  return out
end

-- A file holds one set of parameters, or a list of them.
local function sets_in(text, at)
  local value = node.document(text, { file = at }):value()
  if value == ifx.null then return { {} } end
  if values.is_map(value) then return { value } end
  for _, item in ipairs(values.is_list(value) and value or { false }) do
    if not values.is_map(item) then
      err.raise { kind = 'parse', file = at,
        message = ("unable to process file '%s': it holds no map and no list of maps"):format(at) }
    end
  end
  return value
end

local function of_files(git, files, style)
  local takes, leaves = sorted_out(git.files, glob.pathspec_matcher)
  local out = {}
  for _, at in ipairs(list.sorted(files_below(files, '', {}))) do
    if any(takes, at) and not any(leaves, at) then
      for _, set in ipairs(sets_in(files:read(at) or '', at)) do
        local parameters = values.of(set)
        if not style.go then parameters = template.flat(parameters) end
        path_parameters(parameters, dir(at), at, git.pathParamPrefix, style)
        template.add_values(parameters, git.values, style)
        out[#out + 1] = parameters
      end
    end
  end
  return out
end

---What a generator looks for, for a person.
---@param git table
---@return string
function M.show(git)
  local items = #(git.directories or {}) > 0 and git.directories or git.files or {}
  return table.concat(list.map(items, function(item)
    return (item.exclude == true and 'not ' or '') .. tostring(item.path)
  end), ', ')
end

---@param git table  the generator
---@param files ifx.render.Files
---@param style argocd.Style
---@return table[]
function M.parameters(git, files, style)
  git.pathParamPrefix = git.pathParamPrefix ~= '' and git.pathParamPrefix or nil
  if #(git.directories or {}) > 0 then return of_folders(git, files, style) end
  if #(git.files or {}) > 0 then return of_files(git, files, style) end
  err.raise { kind = 'config', message = 'ApplicationSet is empty: a git generator says neither directories nor files' }
end

return M
