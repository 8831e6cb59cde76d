-- blobs.lua: objects of a repository through one `git cat-file --batch` that stays open. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local git = require 'ifx.repo.git'

---@class ifx.repo.Blobs
local Blobs = {}
Blobs.__index = Blobs

local blobs = {}

---@param dir string inside the repository
---@return ifx.repo.Blobs
function blobs.open(dir)
  return setmetatable({ dir = dir }, Blobs)
end

local function missing(oid)
  return err.new {
    kind = 'not_found', op = 'read object ' .. oid, message = 'the object is not in this clone (partial, or damaged)',
    hint = 'git fetch --refetch --no-filter brings what a partial clone left out; git fsck names damage',
  }
end

local function broken(self, oid)
  self:close()
  err.raise { kind = 'process', op = 'git cat-file --batch', message = 'it ended before it sent object ' .. oid, file = self.dir }
end

-- The answer to one question: bytes, or nil and why.
local function answer(self, oid)
  local header = self.process:line()
  if not header then broken(self, oid) end
  local kind, size = header:match('^%x+ (%a+) (%d+)$')
  if not kind then return nil, missing(oid) end
  size = tonumber(size)
  local bytes = size > 0 and self.process:read(size) or ''
  local newline = self.process:read(1)
  if not newline or #(bytes or '') ~= size then broken(self, oid) end
  return bytes
end

---Ask for many objects at once; `f(i, bytes, why)` is called in their order (bytes nil: missing, and why).
---The questions must fit into a pipe: at most 1,000.
---@param oids string[]
---@param f fun(i: integer, bytes: string?, why: table?)
function Blobs:each(oids, f)
  if #oids == 0 then return end
  self.process = self.process or git.spawn(self.dir, { 'cat-file', '--batch' }, { timeout = 86400 })
  self.process:write(table.concat(oids, '\n') .. '\n')
  for i, oid in ipairs(oids) do
    f(i, answer(self, oid))
  end
end

---The bytes of one object. Raises 'not_found' when it is not in this clone (nothing is fetched).
---@param oid string
---@return string
function Blobs:read(oid)
  local found
  self:each({ oid }, function(_, bytes, why)
    if not bytes then error(why, 0) end
    found = bytes
  end)
  return found
end

---End the process. Harmless when repeated; a later read starts a new one.
function Blobs:close()
  local process = self.process
  self.process = nil
  if process then
    process:close_input()
    process:wait()
  end
end

return blobs
