-- files.lua: files for a renderer, with the copies that a lock file names among them. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local path = require 'ifx.path'

---An archive is a folder to whoever builds: '.ifx/vendor/DIGEST.tar/config/kustomization.yaml'.
---@class ifx.vendor.Files: ifx.render.Files
---@field files ifx.render.Files
---@field archives table<string, ifx.render.Files>|nil  by path, those that were asked for
---@field locks table<string, { dir: string, entries: table<string, ifx.vendor.Entry> }|false>  by folder
local Files = {}
Files.__index = Files

local M = {}

---@param files ifx.render.Files
---@return ifx.vendor.Files
function M.open(files) return setmetatable({ files = files, locks = {} }, Files) end

local INSIDE = '^(.-%.ifx/vendor/%x+%.tar)/?(.*)$'

-- The archive that a path leads into, its own path, and what is left of the path.
local function inside(self, p)
  if not self.archives then return nil end
  local at, rest = p:match(INSIDE)
  return self.archives[at], at, rest
end

function Files:read(p)
  local files, _, rest = inside(self, p)
  if files then return files:read(rest) end
  return self.files:read(p)
end

function Files:kind(p)
  local files, _, rest = inside(self, p)
  if files then return files:kind(rest) end
  return self.files:kind(p)
end

function Files:real(p)
  local files, at, rest = inside(self, p)
  if not files then return self.files:real(p) end
  local real = files:real(rest)
  return real and path.join(at, real)
end

function Files:list(p)
  local files, _, rest = inside(self, p)
  if files then return files:list(rest) end
  return self.files:list(p)
end

function Files:show(p) return self.files:show(p) end
function Files:from_absolute(p) return self.files:from_absolute(p) end

---A file of an archive has no path for programs of this machine.
function Files:absolute(p)
  return not inside(self, p) and self.files.absolute and self.files:absolute(p) or nil
end

local function read_lock(self, dir)
  local lock = require 'ifx.vendor.lock'
  local at = path.join(dir, lock.FILE)
  if self.files:kind(at) ~= 'file' then return nil end
  return { dir = dir, entries = lock.parse(self.files:read(at), self.files:show(at)) }
end

-- The lock of the repository that a folder lies in: in the folder or above it, never above a repository's own.
local function lock_of(self, folder)
  local known = self.locks[folder]
  if known == nil then
    known = read_lock(self, folder)
    if not known and folder ~= '' and not self.files:kind(path.join(folder, '.git')) then
      known = lock_of(self, path.dirname(folder))
    end
    self.locks[folder] = known or false
  end
  return known or nil
end

local function refuse(kind, reference, message, file)
  err.raise { kind = kind, file = file, message = ('%s is remote, and %s'):format(reference, message),
    hint = '`ifx vendor` fetches it once, and pins it in ' .. require 'ifx.vendor.lock'.FILE }
end

-- Few builds come here: only they load what it takes.
local function open_archive(self, dir, entry)
  local archive, lock = require 'ifx.vendor.archive', require 'ifx.vendor.lock'
  local at = path.join(dir, lock.copy(entry.digest))
  self.archives = self.archives or {}
  if self.archives[at] then return at end
  local bytes, shown = self.files:kind(at) == 'file' and self.files:read(at), self.files:show(at)
  if not bytes then refuse('not_found', entry.reference, 'its copy is missing', shown) end
  if require 'hash'.sha256(bytes) ~= entry.digest then
    refuse('conflict', entry.reference, 'its copy is not what it was when it was pinned', shown)
  end
  self.archives[at] = require 'ifx.render.view'.open(archive.tree(archive.unpack(bytes, shown)))
  return at
end

---The copy that stands for a remote reference: the archive, and the path of what is meant in it. Raises 'unsupported' for a
---reference that is not pinned, 'not_found' for a copy that is missing, 'conflict' for one that was changed.
---@param reference string
---@param folder string  of the file that holds the reference
---@return string root
---@return string path
---@return ifx.vendor.Entry
function Files:remote(reference, folder)
  local _, at = inside(self, folder)
  local pinned = lock_of(self, at and path.dirname(at) or folder)
  local entry = pinned and pinned.entries[reference]
  if not entry then
    refuse('unsupported', reference, 'a build reads nothing from the network: it is not pinned in a lock file')
  end
  local root = open_archive(self, pinned.dir, entry)
  return root, path.normalize(path.join(root, entry.path)), entry
end

return M
