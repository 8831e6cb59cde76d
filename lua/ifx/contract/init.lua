-- contract: what the tests of a plugin check, whatever the plugin does. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'

local contract = {}

---@class ifx.contract.Plugin
---@field name string
---@field registry ifx.Registry
---@field value table  what it contributes

-- plugins/NAME/tests/NAME_spec.lua: the plugin that a spec stands in.
local function folder_of_spec()
  local spec = require 'ifx.specs'.current
  local dir = spec and fs.realpath(fs.join(fs.cwd(), fs.dirname(spec), '..'))
  if dir and fs.stat(fs.join(dir, 'plugin.yaml')) then return dir end
  err.raise { kind = 'argument', op = 'contract.plugin', message = 'this spec does not stand in the tests/ of a plugin',
    hint = 'name the plugin: contract.plugin(NAME)' }
end

---The plugin under test: the one whose `tests/` the running spec stands in, or the one named.
---@param name string|nil
---@param instance string|nil
---@return ifx.contract.Plugin
---Raises what loading it raises: 'trust', 'config', 'plugin' …
function contract.plugin(name, instance)
  local repository
  if not name then
    local dir = folder_of_spec()
    name, repository = fs.basename(dir), fs.dirname(fs.dirname(dir))
  end
  local registry = require 'ifx.plugin'.registry { dir = repository or fs.cwd() }
  return { name = name, registry = registry, value = registry:load(name, instance) }
end

local function fail(message, ...)
  err.raise { kind = 'plugin', op = 'contract', message = message:format(...) }
end
contract.fail = fail

---A folder with these files, removed when `f` returns or raises.
---@param files table<string, string>  path to bytes
---@param f fun(dir: string): any
---@return any
function contract.with_files(files, f)
  local dir = fs.tempdir('ifx-contract-')
  local _ <close> = setmetatable({}, { __close = function() fs.remove_tree(dir) end })
  for path, bytes in pairs(files) do
    fs.mkdir(fs.join(dir, fs.dirname(path)))
    fs.write(fs.join(dir, path), bytes, { sync = false })
  end
  return f(dir)
end

---Every file below a folder: path to bytes, links to 'link TARGET'.
---@param dir string
---@return table<string, string>
function contract.files_of(dir)
  local files = {}
  for _, entry in ipairs(fs.walk(dir)) do
    local path = fs.join(dir, entry.path)
    if entry.type == 'file' then files[entry.path] = fs.read(path) end
    if entry.type == 'link' then files[entry.path] = 'link ' .. fs.readlink(path) end
  end
  return files
end

---Are two values the same, tables by what they hold?
---@param a any
---@param b any
---@return boolean
function contract.equal(a, b)
  if type(a) ~= 'table' or type(b) ~= 'table' then return a == b end
  for key, value in pairs(a) do
    if not contract.equal(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

---A value as sorted text.
---@param value any
---@return string
function contract.show(value)
  return require 'json'.encode(value, { pretty = true })
end

---The laws of finders, on these files: see ifx.contract.finder.
function contract.references(...) return require 'ifx.contract.finder'(...) end

---The laws of transforms: see ifx.contract.transformer.
function contract.transform(...) return require 'ifx.contract.transformer'(...) end

---The laws of operation types: see ifx.contract.operation.
function contract.operation(...) return require 'ifx.contract.operation'(...) end

---The laws of entry points: see ifx.contract.entries.
function contract.entrypoints(...) return require 'ifx.contract.entries'(...) end

---The laws of hazards: see ifx.contract.hazardous.
function contract.hazards(...) return require 'ifx.contract.hazardous'(...) end

return contract
