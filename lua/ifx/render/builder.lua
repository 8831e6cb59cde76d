-- builder.lua: a worker that builds roots into files. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local ifx = require 'ifx'
local json = require 'json'
local render = require 'ifx.render'
local texts = require 'ifx.render.texts'

local function as_json(result)
  local objects = ifx.list {}
  for i, object in ipairs(result.objects) do objects[i] = object:value() end
  return json.encode(objects)
end

local function build(setup, registry, files, item)
  local result = render.folder(registry, files, item.folder, setup.options)
  fs.mkdir(fs.dirname(item.file))
  fs.write(item.file, setup.json and as_json(result) or table.concat(texts(result.objects)), { sync = false })
  return { objects = #result.objects, warnings = result.warnings }
end

---What `worker.map` calls: with the repository, the description of the files and the options of all builds. An item is a folder
---and the file to write; what comes back is how many objects it has and the warnings, or the error.
---@param setup { repository: string, module: string, files: table, options: ifx.render.Options, json: boolean }
return function(setup)
  local registry = require('ifx.plugin').registry { dir = setup.repository, bringing = 'render' }
  local files, tree = require(setup.module).reopen(setup.files)
  setup.options.kept = {}
  return function(item)
    local ok, result = pcall(build, setup, registry, files, item)
    if ok then return result end
    if err.is(result, 'cancelled') then error(result, 0) end
    return { error = err.is(result) and result or err.new { kind = 'internal', message = tostring(result) } }
  end, tree
end
