-- all.lua: every root below a folder, built on all processors. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local render = require 'ifx.render'
local term = require 'ifx.term'
local worker = require 'ifx.worker'

---@class ifx.render.Root
---@field folder string    from the folder that was asked for; '.' is that folder itself
---@field file string      where its text is
---@field objects integer|nil    how many it has
---@field warnings string[]|nil
---@field error any        why it could not be built
---@field left boolean|nil  it could not, and its file holds what an earlier build made

---@class ifx.render.Place
---@field files ifx.render.Files
---@field module string      of the library, which opens such files again
---@field folder string      from the root of the files
---@field repository string

local all = {}

-- No two folders have the same name, whatever they are called.
local NAME = { yaml = 'objects.yaml', json = 'objects.json' }

local function items_of(place, registry, into, name)
  local files, below = place.files, fs.normalize(place.folder)
  local items, roots = {}, {}
  for i, folder in ipairs(render.roots(registry, files, files:below(below))) do
    local shown = fs.relative(folder, below)
    roots[i] = { folder = shown, file = fs.join(into, shown == '.' and '' or shown, name) }
    items[i] = { folder = folder, file = roots[i].file }
  end
  return items, roots
end

---Builds every root below a folder. What one root cannot be built for is told with it; nothing of it is written, and what is
---there stays.
---@param place ifx.render.Place
---@param options ifx.render.Options
---@param into string        the text of each root is written below this folder
---@param how { json: boolean }
---@return ifx.render.Root[]
---Raises 'not_found' when there is none.
function all.build(place, options, into, how)
  local registry = require('ifx.plugin').registry { dir = place.repository, bringing = 'render' }
  local items, roots = items_of(place, registry, into, how.json and NAME.json or NAME.yaml)
  if #items == 0 then
    err.raise { kind = 'not_found', op = 'build --all',
      message = 'there is nothing to build below ' .. place.files:show(place.folder) }
  end
  local setup = { repository = place.repository, module = place.module, files = place.files:describe(), options = options,
    json = how.json }
  local progress <close> = term.progress('build', #items)
  local results = worker.map('ifx.render.builder', setup, items, function(n) progress:step(n) end)
  progress:done()
  require('node').let_go()
  for i, result in ipairs(results) do
    roots[i].objects, roots[i].warnings, roots[i].error = result.objects, result.warnings, result.error
    roots[i].left = result.error ~= nil and fs.stat(roots[i].file) ~= nil
  end
  return roots
end

return all
