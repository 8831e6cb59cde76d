-- blobs.lua: objects of a repository by `git cat-file --batch`, one that stays open. SPDX-License-Identifier: Apache-2.0
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
  local bytes = self.process:read(size + 1)
  if not bytes or #bytes ~= size + 1 then broken(self, oid) end
  return bytes:sub(1, size)
end

---Many objects at once, by a process of their own: one large answer is taken apart faster than many small ones are
---waited for. `f(i, bytes)` is called for those that are here.
---@param oids string[]
---@param f fun(i: integer, bytes: string)
function Blobs:each(oids, f)
  if #oids == 0 then return end
  local out = git.run(self.dir, { 'cat-file', '--batch' }, { stdin = table.concat(oids, '\n') .. '\n' }).stdout
  local from = 1
  for i in ipairs(oids) do
    local size, first = out:match('^%x+ %a+ (%d+)\n()', from)
    if size then
      f(i, out:sub(first, first + tonumber(size) - 1))
      from = first + tonumber(size) + 1
    else
      from = (out:find('\n', from, true) or #out) + 1 -- "… missing"
    end
  end
end

---The bytes of one object. Raises 'not_found' when it is not in this clone (nothing is fetched).
---@param oid string
---@return string
function Blobs:read(oid)
  self.process = self.process or git.spawn(self.dir, { 'cat-file', '--batch' }, { timeout = 86400 })
  self.process:write(oid .. '\n')
  local bytes, why = answer(self, oid)
  if not bytes then error(why, 0) end
  return bytes
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
