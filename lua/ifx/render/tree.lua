-- tree.lua: the files of a work tree, a revision or a folder for a renderer. SPDX-License-Identifier: Apache-2.0
local view = require 'ifx.render.view'

local Files = setmetatable({}, { __index = view.methods })
Files.__index = Files

local files = {}

---@param tree ifx.repo.Tree  stays open as long as the files are used
---@param name? string        put before paths in messages, for a tree that is not the one that a person works on
---@return ifx.render.TreeFiles
function files.open(tree, name)
  return setmetatable(view.open(tree, name), Files)
end

---@param description table  of `describe`
---@return ifx.render.Files
---@return ifx.repo.Tree  to be closed
function files.reopen(description)
  local tree = require('ifx.repo.tree').reopen(description.tree)
  return files.open(tree, description.name), tree
end

---What opens the same files in another thread; nil for a tree that no other can open.
---@return table?
function Files:describe()
  local tree = require('ifx.repo.tree').describe(self.tree)
  return tree and { tree = tree, name = self.name }
end

return files
