-- states.lua: which files of a tree are helmfiles, and from which folder their paths count. SPDX-License-Identifier: Apache-2.0

local globs = require 'ifx.repo.globs'
local gotemplate = require 'ifx.repo.gotemplate'
local objects = require 'ifx.k8s.objects'
local url = require 'ifx.repo.url'

local M = {}

---@class helmfile.State
---@field path string
---@field folders string[]  what its paths count from: its own folder; of a base those of the helmfiles that name it

local NAMES = { '^helmfile%.ya?ml$', '^helmfile%.ya?ml%.gotmpl$' }

local function is_named(p)
  if not p:find('helmfile', 1, true) then
    return false
  end
  local name = path.basename(p)
  if name:find(NAMES[1]) or name:find(NAMES[2]) then
    return true
  end
  local parent = path.basename(path.dirname(p))
  return parent == 'helmfile.d' and (name:find('%.ya?ml$') or name:find('%.ya?ml%.gotmpl$')) ~= nil
end

--- Is this surely not in the tree: an address, or a reference to a secret store?
---@param written string
---@return boolean
function M.is_remote(written)
  return written:find('^%a[%w+.-]*://') ~= nil or written:find('^git::') ~= nil or written:find('^ref%+') ~= nil
    or url.is_remote(written)
end

--- The document of a helmfile: of a template the text without its actions, which has every byte at its place. Where both
--- branches of a condition say the same keys, only the first of them is read.
---@param file ifx.repo.File
---@return yaml.Document|nil
---@return table|nil why it is none
---@return ifx.repo.TemplateAction[]|nil branches that are not read, by their actions
function M.document(file)
  local content = file.text()
  if not content:find('{{', 1, true) then
    return file.yaml()
  end
  local ok, document = pcall(yaml.document, gotemplate.masked(content), { file = file.path })
  if ok then
    return document
  end
  local first, others = gotemplate.masked(content, 'first')
  local also, of_first = pcall(yaml.document, first, { file = file.path })
  return also and of_first or nil, not also and document or nil, also and others or nil
end

--- The texts of a document at some paths that no action fills in.
---@param file ifx.repo.File
---@param document yaml.Document
---@param patterns table[]
---@return string[]
function M.texts(file, document, patterns)
  local content, found = file.text(), {}
  for _, pattern in ipairs(patterns) do
    for _, match in ipairs(document:query(pattern)) do
      local is_text = match.kind == 'scalar' and type(match.value) == 'string'
      if is_text and not content:sub(match.start, match.stop):find('{{', 1, true) then
        found[#found + 1] = match.value
      end
    end
  end
  return found
end

local SUB = { { 'helmfiles', '*' }, { 'helmfiles', '*', 'path' } }

local visit

-- Every file that a text names: a file, those in a folder, those that a pattern matches.
local function each_file(ctx, folder, written, f)
  local target = not M.is_remote(written) and not written:find('^/') and ctx.resolve(folder, written)
  if not target then
    return
  elseif globs.is_glob(target) then
    for _, found in ipairs(globs.all(ctx.tree, target)) do
      f(found)
    end
  elseif ctx.exists(target) == 'dir' then
    for _, entry in ipairs(ctx.tree:list(target)) do
      local is_child = path.dirname(entry.path) == target
      if is_child and (entry.path:find('%.y[^/]*ml$') or entry.path:find('%.y[^/]*ml%.gotmpl$')) then
        f(entry.path)
      end
    end
  else
    f(target)
  end
end

-- What a helmfile reads into itself may be a template, too, whose paths count from the folder of the helmfile.
local function note_read(ctx, found, file, folder)
  for _, action in ipairs(gotemplate.actions(file.text())) do
    for i, token in ipairs(action.tokens) do
      local given = token.text == 'readFile' and action.tokens[i + 1]
      local target = given and given.type == 'string' and ctx.resolve(folder, given.text)
      if target then
        found.read[target] = folder
      end
    end
  end
end

local function follow(ctx, found, state)
  local file = ctx.file(ctx.tree:entry(state.path))
  local document = M.document(file)
  if not document then
    return
  end
  for _, name in ipairs(M.texts(file, document, { { 'repositories', '*', 'name' } })) do
    found.repositories[name] = true
  end
  local folder = state.folders[#state.folders]
  note_read(ctx, found, file, folder)
  for _, written in ipairs(M.texts(file, document, SUB)) do
    each_file(ctx, folder, written, function(p) visit(ctx, found, p, path.dirname(p)) end)
  end
  for _, written in ipairs(M.texts(file, document, { { 'bases', '*' } })) do
    each_file(ctx, folder, written, function(p) visit(ctx, found, p, folder) end)
  end
end

-- `guessed`: nothing but its releases says that it is one, and that its own folder counts.
function visit(ctx, found, p, folder, guessed)
  local entry = ctx.tree:entry(p)
  if not entry or entry.mode:sub(1, 3) ~= '100' or entry.missing then
    return
  end
  local state = found.files[p] or { path = p, folders = {} }
  found.files[p] = state
  if state.guessed then
    state.folders = {}
  end
  state.guessed = guessed
  for _, known in ipairs(state.folders) do
    if known == folder then
      return
    end
  end
  table.insert(state.folders, folder)
  follow(ctx, found, state)
end

-- What only a helmfile has beside its releases.
local MARKS = { 'bases', 'helmDefaults', 'helmfiles' }

-- Is this a helmfile by what stands in it: releases with a name, and a chart where nothing else marks it?
local function looks_like(file)
  local document = M.document(file)
  local readable, releases, marked = pcall(function()
    if not document or #document == 0 or document:get({ 'apiVersion' }, 1) ~= nil then
      return nil
    end
    local mark = list.find(MARKS, function(key) return type(document:get({ key }, 1)) == 'table' end)
    return document:get({ 'releases' }, 1), mark
  end)
  if not readable or type(releases) ~= 'table' or not ifx.is_list(releases) or #releases == 0 then
    return false
  end
  for _, item in ipairs(releases) do
    if type(item) ~= 'table' or type(item.name) ~= 'string' or not marked and type(item.chart) ~= 'string' then
      return false
    end
  end
  return true
end

-- A larger file is not written by hand, and is not searched for references either.
local MOST = 8 * 1024 * 1024

local function is_guessed(ctx, entry)
  local p = entry.path
  if entry.mode:sub(1, 3) ~= '100' or entry.missing or not (p:find('%.ya?ml$') or p:find('%.ya?ml%.gotmpl$')) then
    return false
  end
  if ctx.tree:size(p) > MOST then return false end
  local content = ctx.read(p) or ''
  local may_be = content:find('releases:', 1, true) and (content:find('chart:', 1, true) or content:find('bases:', 1, true)
    or content:find('helmDefaults:', 1, true) or content:find('helmfiles:', 1, true))
  return may_be and (p:find('%.gotmpl$') or objects.is_manifest(p, ctx.exists)) and looks_like(ctx.file(entry)) or false
end

-- Reading every file to see whether it is a helmfile is for repositories that use helmfile at all: a path says so.
local function uses_helmfile(tree)
  for _, p in ipairs(tree:paths()) do
    if p:sub(-7) == '.gotmpl' or p:lower():find('helmfile', 1, true) then
      return true
    end
  end
  return false
end

local known = setmetatable({}, { __mode = 'k' })

---@class helmfile.States
---@field files table<string, helmfile.State> by their paths
---@field repositories table<string, true> names that they give to repositories of charts
---@field read table<string, string> files that they read into themselves, and the folder of the helmfile that does

--- The helmfiles of a tree: by name, where a path speaks of helmfile also by their releases, and those that these name.
---@param ctx table
---@return helmfile.States
function M.all(ctx)
  local found = known[ctx.tree]
  if not found then
    found = { files = {}, repositories = {}, read = {} }
    known[ctx.tree] = found
    for _, p in ipairs(ctx.tree:paths()) do
      if is_named(p) then
        visit(ctx, found, p, path.dirname(p))
      end
    end
    for _, entry in ipairs(uses_helmfile(ctx.tree) and ctx.tree:files() or {}) do
      if not found.files[entry.path] and is_guessed(ctx, entry) then
        visit(ctx, found, entry.path, path.dirname(entry.path), true)
      end
    end
  end
  return found
end

return M
