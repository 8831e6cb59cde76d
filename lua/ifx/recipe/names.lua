-- names.lua: recipes by their names. SPDX-License-Identifier: Apache-2.0
local dirs = require 'ifx.dirs'
local err = require 'err'
local fs = require 'fs'
local ifx = require 'ifx'

local names = {}

local function folders(dir)
  return {
    { 'installed', fs.join(ifx.dir, 'recipes') },
    { 'user', fs.join(dirs.config(), 'recipes') },
    { 'repository', fs.join(dir, 'recipes') },
  }
end

--- Every recipe there is a name for, in the order in which names are searched.
---@param dir string the target directory
---@return ifx.recipe.Found[]
function names.list(dir)
  local out, seen = {}, {}
  for _, folder in ipairs(folders(dir)) do
    for _, entry in ipairs(fs.stat(folder[2]) and fs.list(folder[2]) or {}) do
      local name = entry.type == 'file' and entry.name:match('^([%w][%w_-]*)%.lua$')
      if name and not seen[name] then
        seen[name] = true
        out[#out + 1] = { name = name, path = fs.join(folder[2], entry.name), source = folder[1] }
      end
    end
  end
  return out
end

--- What to say where a name is wanted.
---@param dir string the target directory
---@return string
function names.hint(dir)
  local known = {}
  for i, found in ipairs(names.list(dir)) do
    known[i] = found.name
  end
  return #known > 0 and 'there are: ' .. table.concat(known, ', ') or 'give the path of a recipe file'
end

--- Raise that there is no such recipe, with the nearest name.
---@param word string as it was given
---@param name string
---@param dir string the target directory
function names.refuse(word, name, dir)
  local known = {}
  for i, found in ipairs(names.list(dir)) do
    known[i] = found.name
  end
  local close = require 'ifx.suggest'(name, known)
  err.raise {
    kind = 'not_found', op = 'find the recipe', message = ("there is no recipe '%s'"):format(word),
    hint = close and ("did you mean '%s'?"):format(close) or names.hint(dir),
  }
end

return names
