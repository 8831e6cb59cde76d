-- loader.lua: which files and folders a kustomization may name, and reading them. SPDX-License-Identifier: Apache-2.0
local remote = require './build/remote'

---@class kustomize.Files: ifx.render.Files
---@field remote fun(self, reference: string, folder: string): string, string, table  its copy: root, path, lock entry

---@class kustomize.Loader
---@field files kustomize.Files
---@field folder string  real path
---@field restricted boolean
---@field referrer kustomize.Loader|nil  of the kustomization that named this one
---@field root string|nil     of the copy of a repository that the folder lies in
---@field named string|nil    what was looked for last and is not remote
---@field at string|nil       where it is
---@field entered string|nil  the remote reference that led into this very folder
local Loader = {}
Loader.__index = Loader

local M = {}

---@param files kustomize.Files
---@param folder string  real path
---@param options { restricted: boolean, referrer: kustomize.Loader|nil, root: string|nil, entered: string|nil }  root: of a copy
---@return kustomize.Loader
function M.new(files, folder, options)
  return setmetatable({ files = files, folder = folder, restricted = options.restricted, referrer = options.referrer,
    root = options.root, entered = options.entered }, Loader)
end

-- Where the entry stands that names a file or folder is known to who reads the entry: errors about it have no place yet.
local function missing(self, named, at)
  err.raise { kind = 'not_found', missing = self.files:show(at), message = ("'%s' doesn't exist"):format(named),
    hint = require 'ifx.render.near'(self.files, self.folder, named)
    or 'it is looked for from the folder of the file that names it; a link that leads nowhere counts as nothing' }
end

-- What a repository brings stays in it.
local function check_copy(self, named, at)
  if not self.root or path.within(at, self.root) then return end
  err.raise { kind = 'config', file = self.files:show(self.folder),
    message = ('security; bases in kustomizations found in cloned git repos must be within the repo, '
      .. "but base '%s' is outside '%s'"):format(named, self.files:show(self.root)) }
end

---The path of the tree that is meant, links not yet followed; of what is remote, in its copy. Raises what the files raise for
---what is remote and has no copy, 'config' for a path that leaves the tree.
---@param named string
---@return string path
---@return string|nil root  of the copy, when it is remote
function Loader:path(named)
  if named == self.named then return self.at end -- who looks what it is reads it then
  if named:find('\0', 1, true) then err.raise { kind = 'config', message = 'a path cannot hold a NUL byte' } end
  if remote.is_remote(named) then
    local root, copied = self.files:remote(named, self.folder)
    return copied, root
  end
  local inside = named:sub(1, 1) == '/' and self.files:from_absolute(named) or path.join(self.folder, named)
  local at = path.normalize(inside:sub(1, 1) == '/' and '..' or inside)
  if not at then
    err.raise { kind = 'config', message = ("'%s' leads out of the files that are built from"):format(named) }
  end
  check_copy(self, named, at)
  self.named, self.at = named, at
  return at
end

local function check_inside(self, named, real)
  if not self.restricted or path.within(real, self.folder) then return end
  err.raise { kind = 'config',
    message = ("security; file '%s' is not in or below '%s'"):format(self.files:show(real), self.files:show(self.folder)),
    hint = self.root and 'a copied repository may not read beside the folder of its kustomization'
      or ('move %s below the folder of the kustomization that names it, or build with --load-restrictor '
        .. 'LoadRestrictionsNone'):format(named) }
end

---The bytes of a file, as the kustomization in this folder names it. Raises 'not_found'; 'config' for a file outside of
---the folder unless the build allows that.
---@param named string
---@return string text
---@return string path  of the tree
function Loader:read(named)
  local at, copied = self:path(named)
  local real = self.files:real(at)
  if not real then missing(self, named, at) end
  if self.files:kind(real) == 'dir' then
    err.raise { kind = 'config', message = ("'%s' must resolve to a file"):format(named) }
  end
  if not copied then check_inside(self, named, real) end
  local text = self.files:read(real)
  if not text then missing(self, named, at) end
  return text, at
end

local function check_cycle(self, folder)
  local visited = self
  while visited do
    if path.within(visited.folder, folder) then
      local within = visited == self and self.folder ~= folder
      err.raise { kind = 'conflict', message = ("cycle detected: candidate root '%s' contains visited root '%s'")
          :format(self.files:show(folder), self.files:show(visited.folder)),
        hint = within and 'a kustomization may not name a folder that it lies in'
          or 'it leads back to where it came from: leave one of the entries away' }
    end
    visited = visited.referrer
  end
end

-- A repository that leads back to itself, by the texts that name it, as kustomize compares them.
local function check_remote_cycle(self, named)
  local visited = self
  while visited do
    if visited.entered and visited.entered:sub(1, #named) == named then
      err.raise { kind = 'conflict', message = ("cycle detected: URI '%s' referenced by previous URI '%s'")
        :format(named, visited.entered), hint = 'a repository may not take itself for a base' }
    end
    visited = visited.referrer
  end
end

---The loader of another folder that the kustomization in this one names.
---@param named string
---@return kustomize.Loader
function Loader:enter(named)
  if named == '' then err.raise { kind = 'config', message = 'new root cannot be empty' } end
  if named:sub(1, 1) == '/' then
    err.raise { kind = 'config', message = ("new root '%s' cannot be absolute"):format(named),
      hint = 'name the folder from the one of the kustomization: ../base' }
  end
  if remote.is_remote(named) then check_remote_cycle(self, named) end
  local at, copied = self:path(named)
  local real = self.files:real(at)
  if not real then missing(self, named, at) end
  if self.files:kind(real) ~= 'dir' then
    err.raise { kind = 'config', message = ("must build at directory: '%s' is a file"):format(named) }
  end
  check_cycle(self, real)
  return M.new(self.files, real, { restricted = self.restricted or copied ~= nil, referrer = self,
    root = copied or self.root, entered = copied and named })
end

return M
