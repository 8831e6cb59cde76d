-- build_kit.lua: folders that are built for a test. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local fs = require 'fs'
local node = require 'node'
local render = require 'ifx.render'

local kit = {}

local registry

---What comes out of a folder, as text, and the warnings.
---@param files table<string, string>  path to bytes
---@param folder? string   default '.'
---@param options? table   of the renderer
---@param prepare? fun(dir: string)  called before it is built
---@return string text
---@return string[] warnings
function kit.build(files, folder, options, prepare)
  registry = registry or require('ifx.plugin').registry { dir = fs.cwd() }
  return contract.with_files(files, function(dir)
    if prepare then prepare(dir) end
    local at = fs.realpath(fs.join(dir, folder or '.')):sub(2)
    local result = render.folder(registry, require('ifx.render.disk').open(), at, options or {})
    return { node.print(result.objects), result.warnings }
  end)
end

---The text alone.
function kit.text(...) return kit.build(...)[1] end

---The error, as it is shown and as a table; fails the test when there is none.
---@return string
function kit.refused(...)
  local ok, e = pcall(kit.build, ...)
  assert(not ok, 'it builds')
  return tostring(e), e
end

---A manifest of a config map.
---@param name string
---@param rest? string  further fields of its metadata, in flow style
---@return string
function kit.map(name, rest)
  return ('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s%s}\n'):format(name, rest and ', ' .. rest or '')
end

return kit
