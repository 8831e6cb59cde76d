-- plugin: the registry of plugins, which looks for them when it is asked. SPDX-License-Identifier: Apache-2.0
local dirs = require 'ifx.dirs'
local fs = require 'fs'
local host = require 'host'

local M = {}

---@class ifx.Registry
---@field dir string|nil
---@field base string     what relative grants are taken from
---@field config ifx.Config
---@field log { info: fun(text: string), warn: fun(text: string) }
---@field entries ifx.plugin.Entry[]
---@field by_name table<string, ifx.plugin.Entry>
---@field ordered ifx.plugin.Entry[]
local Registry = {}
local methods

local found = { entries = true, by_name = true, ordered = true }

-- Manifests and configuration are read when something is first asked of them.
function Registry:__index(name)
  if name == 'config' then
    self.config = require 'ifx.config'.load(self.dir)
  elseif found[name] then
    self.entries, self.by_name, self.ordered = require 'ifx.plugin.search'.run(self.dir, rawget(self, 'bringing'))
  else
    methods = methods or require 'ifx.plugin.registry'
    return methods[name]
  end
  return rawget(self, name)
end

-- What the user says about memory holds from the start, for all that runs.
local function cap_memory(self)
  if not rawget(self, 'config') and not fs.stat(fs.join(dirs.config(), 'config.yaml')) then return end
  if self.config.limits.memory then host.memory_limit(self.config.limits.memory << 20) end
end

local function default_log()
  local term = require 'term'
  return {
    info = function(text) term.error(term.clean(tostring(text)) .. '\n') end,
    warn = function(text) term.error('warning: ' .. term.clean(tostring(text)) .. '\n') end,
  }
end

---The plugins of this program, of the user and of a repository. Their manifests are read, and nothing is run, when
---something is first asked of it.
---@param options { dir: string|nil, config: ifx.Config|nil, log: table|nil, bringing: string|nil }|nil  dir: the repository,
---absolute; bringing: a contribution, for a registry of the plugins alone that may bring it, and what they require
---@return ifx.Registry
---Raises kind 'config' for a user's configuration that is wrong; asking it, for a repository's, and for a duplicate name.
function M.registry(options)
  options = options or {}
  local self = setmetatable({
    dir = options.dir, base = options.dir or fs.cwd(), log = options.log or default_log(), config = options.config,
    instances = {}, own_config = options.config ~= nil, bringing = options.bringing,
  }, Registry)
  cap_memory(self)
  return self
end

return M
