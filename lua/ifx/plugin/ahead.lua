-- ahead.lua: manifests of the program's own plugins as Lua, made when it is built. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local host = require 'host'
local ifx = require 'ifx'
local list = require 'ifx.list'
local manifest = require 'ifx.plugin.manifest'

local M = {}

local literal

local function items(value)
  local out = {}
  for i, item in ipairs(value) do out[i] = literal(item) end
  return ('list{%s}'):format(table.concat(out, ','))
end

local function fields(value)
  local out = {}
  for i, key in ipairs(list.keys(value)) do out[i] = ('[%q]=%s'):format(key, literal(value[key])) end
  return ('{%s}'):format(table.concat(out, ','))
end

function literal(value)
  if value == host.null then return 'null' end
  if type(value) ~= 'table' then return ('%q'):format(value) end
  return ifx.is_list(value) and items(value) or fields(value)
end

-- The first line says of which text the rest was made: of this time, in whole seconds, and size. A manifest with a mistake
-- is of none, so that whoever reads it is told.
local function chunk_of(dir)
  local file = fs.join(dir, 'plugin.yaml')
  local stat, text = fs.stat(file), fs.read(file)
  local ok, checked = pcall(manifest.parse, text, { file = file, name = fs.basename(dir) })
  if not ok then return '-- 0 0\nreturn nil\n' end
  checked.file = nil
  return ('-- %d %d\nreturn %s\n'):format(math.floor(stat.mtime), #text, literal(checked))
end

---Writes what is made of each plugins/NAME/plugin.yaml into NAME of a folder, where scripts/compile_library.c finds it.
---@param folder string
function M.write(folder)
  local plugins = fs.join(host.dir, 'plugins')
  for _, item in ipairs(fs.list(plugins)) do
    local dir = fs.join(plugins, item.name)
    if fs.stat(fs.join(dir, 'plugin.yaml')) then
      fs.mkdir(fs.join(folder, 'plugins', item.name))
      fs.write(fs.join(folder, 'plugins', item.name, 'plugin.yaml.lua'), chunk_of(dir), { sync = false })
    end
  end
end

return M
