-- build.lua: what a folder of files in memory renders to. SPDX-License-Identifier: Apache-2.0
local list = require 'ifx.list'
local node = require 'node'
local path = require 'ifx.path'

local Files = {}
Files.__index = Files

function Files:read(at) return self.texts[at] end

function Files:kind(at)
  if self.texts[at] then return 'file' end
  for name in pairs(self.texts) do
    if at == '' or at == '.' or path.within(name, at) then return 'dir' end
  end
end

function Files:real(at)
  at = path.normalize(at)
  return self:kind(at) and at
end

function Files:list(at)
  local names = {}
  for name in pairs(self.texts) do
    local below = (at == '' or at == '.') and name or path.within(name, at) and name:sub(#at + 2)
    if below then names[below:match '^[^/]+'] = true end
  end
  return list.keys(names)
end

function Files:from_absolute() end -- luacheck: ignore 212/self

function Files:show(at) return at end -- luacheck: ignore 212/self

---@param texts table<string, string> by path
---@param folder? string default: the root
---@param options? table
---@return string text
---@return string[] warnings
return function(texts, folder, options)
  local registry = require('ifx.plugin').registry {}
  local given = { load_restrictor = 'root', reorder = 'none', enable_helm = false }
  for name, value in pairs(options or {}) do given[name] = value end
  local result = require('ifx.render').folder(registry, setmetatable({ texts = texts }, Files), folder or '', given)
  return node.print(result.objects), result.warnings
end
