-- repositories.lua: the repositories that a layout makes beside the one it is for. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local list = require 'ifx.list'
local suggest = require 'ifx.suggest'
local url = require 'ifx.repo.url'

local M = {}

---@class ifx.layout.Repository
---@field id string    its key in the layout
---@field name string  how prose calls it
---@field url string
---@field dir string   absolute: where it is made

---@class ifx.layout.Redirect
---@field from string
---@field to string
---@field repository? string

---The fields of one entry.
M.fields = { type = 'map', fields = {
  name = { type = 'string', required = true, min = 1, doc = 'how prose calls it' },
  url = { type = 'string', required = true, min = 1, doc = 'address under which it will be published' },
  dir = { type = 'string', min = 1, doc = 'where it is made: a folder that is not there, or empty; default: ../NAME' },
} }

---Every repository that the first `count` rows of a list name is one of the layout's.
---@param layout ifx.Layout
---@param key string
---@param count integer
---@param refuse fun(path: table, message: string, hint: string?)
function M.check(layout, key, count, refuse)
  local function known(id, path)
    if id == nil or layout.repositories[id] then return end
    local names = list.keys(layout.repositories)
    local close = suggest(id, names)
    refuse(path, ("there is no repository '%s'"):format(id), close and ("did you mean '%s'?"):format(close)
      or #names > 0 and 'there are: ' .. table.concat(names, ', ') or 'name it under `repositories`')
  end
  for i = 1, count do
    local row = layout[key][i]
    known(row.repository, { key, i, 'repository' })
    for j, place in ipairs(row.also or {}) do known(place.repository, { key, i, 'also', j, 'repository' }) end
  end
end

local function refuse(layout, id, message, hint)
  err.raise { kind = 'argument', op = 'layout ' .. layout.name, message = ('repository %s: %s'):format(id, message), hint = hint }
end

local function check_one(layout, one, root)
  if not one.name:find '^[%w_][%w_.-]*$' then
    refuse(layout, one.id, ("'%s' cannot be its name"):format(one.name), 'letters, digits, dots, - and _')
  elseif not url.identity(one.url) then
    refuse(layout, one.id, ("'%s' is no address of a repository"):format(one.url),
      'https://HOST/OWNER/NAME, git@HOST:OWNER/NAME …')
  elseif one.dir == root or root:sub(1, #one.dir + 1) == one.dir .. '/' or one.dir:sub(1, #root + 1) == root .. '/' then
    refuse(layout, one.id, ('it cannot be made in %s: this repository is there'):format(one.dir), 'give a folder beside it')
  end
end

-- Links on the way count: what seems to lie beside the repository may lie in it.
local function absolute(root, dir)
  dir = fs.join(root, dir)
  dir = fs.normalize(dir) or dir
  local above = fs.realpath(fs.dirname(dir))
  return above and fs.join(above, fs.basename(dir)) or dir
end

---@param layout ifx.Layout
---@param root string
---@param fill fun(template: string): string
---@return ifx.layout.Repository[]
function M.resolve(layout, root, fill)
  local out, places = {}, {}
  for _, id in ipairs(list.keys(layout.repositories)) do
    local spec = layout.repositories[id]
    local name = fill(spec.name)
    local dir = absolute(root, spec.dir and fill(spec.dir) or fs.join('..', name))
    local one = { id = id, name = name, url = fill(spec.url), dir = dir }
    check_one(layout, one, root)
    for _, place in ipairs { one.dir, name } do
      if places[place] then refuse(layout, id, ('%s is said of the repository %s, too'):format(place, places[place])) end
      places[place] = id
    end
    out[#out + 1] = one
  end
  return out
end

return M
