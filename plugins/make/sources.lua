-- sources.lua: which Makefile includes which, and the folder that make runs in. SPDX-License-Identifier: Apache-2.0

local globs = require 'ifx.repo.globs'
local parse = require './parse'
local variables = require './variables'

local M = {}

local NAMES = { Makefile = true, makefile = true, GNUmakefile = true }

local function is_makefile(p)
  return NAMES[path.basename(p)] or p:find('%.mk$') ~= nil or p:find('%.mak$') ~= nil
end

--- The path of the tree that a word names, which may begin with a variable.
---@param word string
---@param base string|nil
---@param folders table<string, string>
---@return string|nil base
---@return integer|nil at where the literal path begins in the word
function M.locate(word, base, folders)
  local name, at = word:match('^%$[({]([%w_]+)[)}]/+()')
  if name then
    base = folders[name]
  end
  at = at or 1
  if not base or at > #word or word:find('[$%%~]', at) or word:sub(at, at) == '/' then
    return nil
  end
  return base, at
end

local function read(ctx)
  local out = {}
  for _, entry in ipairs(ctx.tree:files()) do
    if entry.mode:sub(1, 3) == '100' and is_makefile(entry.path) then
      local source = { path = entry.path, items = parse.items(ctx.read(entry.path) or ''), bases = {}, included = false }
      out[entry.path] = source
      out[#out + 1] = source
    end
  end
  return out
end

-- The files that a file includes when make runs in a folder.
local function included(sources, source, base, ctx)
  local out = {}
  local known = variables.read(source.items, path.dirname(source.path), base, ctx)
  for _, item in ipairs(source.items) do
    for _, word in ipairs(item.type == 'include' and item.words or {}) do
      local from, at = M.locate(word.text, base, known.folders)
      local target = from and ctx.resolve(from, word.text:sub(at))
      for _, one in ipairs(target and globs.is_glob(target) and globs.all(ctx.tree, target) or { target }) do
        out[#out + 1] = sources[one]
      end
    end
  end
  return out
end

local function visit(sources, source, base, ctx)
  if source.bases[base] then
    return
  end
  source.bases[base] = true
  for _, used in ipairs(included(sources, source, base, ctx)) do
    visit(sources, used, base, ctx)
  end
end

local known = setmetatable({}, { __mode = 'k' })

--- The folder that make runs in when it reads a file; nil when that is not known: make is told another file by its name,
--- or several include it.
---@param ctx table
---@param p string
---@return string|nil
function M.base(ctx, p)
  local sources = known[ctx.tree]
  if not sources then
    sources = read(ctx)
    known[ctx.tree] = sources
    for _, source in ipairs(sources) do
      if NAMES[path.basename(source.path)] then
        visit(sources, source, path.dirname(source.path), ctx)
      end
    end
  end
  local bases = sources[p] and sources[p].bases or {}
  local only = next(bases)
  return only and next(bases, only) == nil and only or nil
end

return M
