-- fingerprint.lua: one hash for all files of a tree. SPDX-License-Identifier: Apache-2.0
local git = require 'ifx.repo.git'
local hash = require 'hash'

-- As Git names content: a revision knows the names without reading anything.
local function name_of(tree, entry)
  if tree.kind == 'revision' or entry.mode == '160000' then return entry.oid or '' end
  local bytes = tree:try_read(entry.path)
  if not bytes then return '' end
  return git.blob_id(tree.repository, bytes)
end

---The same for a revision and for a work tree with the same files: hex of SHA-256 over mode, Git's name of the content and
---path of each file.
---@param tree ifx.repo.Tree
---@return string hex 64 digits
return function(tree)
  local lines = {}
  for i, entry in ipairs(tree:files()) do lines[i] = ('%s %s %s\0'):format(entry.mode, name_of(tree, entry), entry.path) end
  return hash.sha256(table.concat(lines))
end
