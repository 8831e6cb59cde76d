-- sources.lua: which justfile imports which, and the folder that its recipes run in. SPDX-License-Identifier: Apache-2.0

local parse = require './parse'

local M = {}

---@class just.Place
---@field base string|nil folder that recipes run in; nil: several files import it from different ones
---@field root string|nil folder of the justfile that it all begins with

--- Is this the name of a justfile?
---@param p string
---@return boolean
function M.is_justfile(p)
  local name = path.basename(p):lower()
  return name == 'justfile' or name == '.justfile' or name:find('%.just$') ~= nil
end

local function names_in(folder, ctx)
  for _, entry in ipairs(ctx.tree:list(folder)) do
    local name = path.basename(entry.path):lower()
    if path.dirname(entry.path) == folder and (name == 'justfile' or name == '.justfile' or name == 'mod.just') then
      return entry.path
    end
  end
end

--- The file of a module; where it would be, when there is none.
---@param ctx table
---@param folder string of the file that names it
---@param item just.Item
---@return string|nil
function M.module_file(ctx, folder, item)
  local given = item.text and item.text.text
  local target = ctx.resolve(folder, given or item.name)
  if not target then
    return nil
  elseif not given and ctx.exists(target .. '.just') == 'file' then
    return target .. '.just'
  elseif ctx.exists(target) == 'dir' then
    return names_in(target, ctx)
  end
  return given and ctx.exists(target) and target or nil
end

-- Every justfile with what it imports: {path, module?}.
local function read(ctx)
  local sources = {}
  for _, entry in ipairs(ctx.tree:files()) do
    if entry.mode:sub(1, 3) == '100' and M.is_justfile(entry.path) then
      local source = { path = entry.path, uses = {} }
      local folder = path.dirname(entry.path)
      local items = parse.items(ctx.read(entry.path) or '')
      source.settings = parse.settings(items)
      for _, item in ipairs(items) do
        local target = item.type == 'import' and ctx.resolve(folder, item.text.text)
          or item.type == 'module' and M.module_file(ctx, folder, item)
        if target then
          source.uses[#source.uses + 1] = { path = target, module = item.type == 'module' }
        end
      end
      sources[entry.path] = source
      sources[#sources + 1] = source
    end
  end
  return sources
end

-- The folder that the recipes of a justfile run in, of its own accord.
local function own_base(source)
  local set = source.settings['working-directory']
  local folder = path.dirname(source.path)
  if not set then
    return folder
  end
  local found = set.text and path.normalize(path.join(folder, set.text.text))
  return found == '.' and '' or found
end

local function visit(sources, source, place)
  local known = source.place
  if known then
    known.base = known.base == place.base and known.base or nil
    known.root = known.root == place.root and known.root or nil
    return
  end
  source.place = place
  for _, use in ipairs(source.uses) do
    local used = sources[use.path]
    if used then
      visit(sources, used, { base = use.module and own_base(used) or not use.module and place.base or nil, root = place.root })
    end
  end
end

local known = setmetatable({}, { __mode = 'k' })

--- Where the recipes of a justfile run.
---@param ctx table
---@param p string
---@return just.Place
function M.place(ctx, p)
  local sources = known[ctx.tree]
  if not sources then
    sources = read(ctx)
    known[ctx.tree] = sources
    local used = {}
    for _, source in ipairs(sources) do
      for _, use in ipairs(source.uses) do
        used[use.path] = true
      end
    end
    for _, source in ipairs(sources) do
      if not used[source.path] then
        visit(sources, source, { base = own_base(source), root = path.dirname(source.path) })
      end
    end
  end
  local source = sources[p]
  return source and source.place or { base = path.dirname(p), root = path.dirname(p) }
end

return M
