-- loader.lua: which files and folders a kustomization may name, and reading them. SPDX-License-Identifier: Apache-2.0

---Files of a work tree or of a revision. Paths are relative to their root, '/' between the segments.
---@class kustomize.Files
---@field read fun(self, path: string): string|nil
---@field kind fun(self, path: string): 'file'|'dir'|nil  links followed
---@field real fun(self, path: string): string|nil        links resolved; nil: nothing is there, or it leads out of the root
---@field show fun(self, path: string): string            as a person would name it

---@class kustomize.Loader
---@field files kustomize.Files
---@field folder string  real path
---@field restricted boolean
---@field referrer kustomize.Loader|nil  of the kustomization that named this one
local Loader = {}
Loader.__index = Loader

local M = {}

---@param files kustomize.Files
---@param folder string  real path
---@param options { restricted: boolean, referrer: kustomize.Loader|nil }
---@return kustomize.Loader
function M.new(files, folder, options)
  return setmetatable({ files = files, folder = folder, restricted = options.restricted, referrer = options.referrer }, Loader)
end

local SCHEMES = { 'ssh://', 'https://', 'http://', 'file://' }

-- A scheme that is known, and what stands behind it.
local function scheme_of(named)
  local lower = named:lower()
  for _, scheme in ipairs(SCHEMES) do
    if lower:sub(1, #scheme) == scheme then return scheme, named:sub(#scheme + 1) end
  end
  return nil, named
end

-- Is there a repository in the path behind a host? One that is marked, or its owner and its name.
local function names_repository(inside)
  return inside:find('_git/', 1, true) or inside:find('//', 1, true) or inside:find('.git', 1, true) or inside:find('/', 1, true)
end

-- What kustomize would hand to git: it needs a scheme, a user or GitHub's host.
local function is_repository(named)
  local scheme, rest = scheme_of(named:match('^[^?]*'):gsub('^[Gg][Ii][Tt]::', ''))
  local user = rest:match('^%a[%w-]*@')
  rest = user and rest:sub(#user + 1) or rest
  local github = rest:lower():find('^github%.com[/:]') ~= nil
  if scheme == 'file://' then return true end
  if not (scheme or user or github) then return false end
  local host, inside = rest:match(scheme and '^([^/]+)/(.+)$' or '^([^/:]+)[/:](.+)$')
  return host ~= nil and names_repository(inside) ~= nil
end

---Does this name something that is not in the tree? A repository, or a file behind a URL.
---@param named string
---@return boolean
function M.is_remote(named)
  if named:sub(1, 1) == '/' then return false end
  return named:lower():find('^https?://') ~= nil or is_repository(named)
end

local function refuse_remote(named)
  err.raise { kind = 'unsupported', message = ('%s is remote, and a build reads nothing from the network'):format(named),
    hint = 'keep a copy of it in the tree and name that instead' }
end

local function missing(self, named, at)
  err.raise { kind = 'not_found', file = self.files:show(at), message = ("'%s' doesn't exist"):format(named) }
end

---The path of the tree that is meant, links not yet followed. Raises 'unsupported' for what is remote, 'config' for a
---path that leaves the tree.
---@param named string
---@return string
function Loader:path(named)
  if M.is_remote(named) then refuse_remote(named) end
  local inside = named:sub(1, 1) == '/' and self.files:from_absolute(named) or path.join(self.folder, named)
  local at = path.normalize(inside:sub(1, 1) == '/' and '..' or inside)
  if not at then
    err.raise { kind = 'config', message = ("'%s' leads out of the files that are built from"):format(named) }
  end
  return at
end

local function check_inside(self, named, real)
  if not self.restricted or path.within(real, self.folder) then return end
  err.raise { kind = 'config', file = self.files:show(real),
    message = ("security; file '%s' is not in or below '%s'"):format(self.files:show(real), self.files:show(self.folder)),
    hint = ('move %s below the folder of the kustomization that names it, or build with --load-restrictor '
      .. 'LoadRestrictionsNone'):format(named) }
end

---The bytes of a file, as the kustomization in this folder names it. Raises 'not_found'; 'config' for a file outside of
---the folder unless the build allows that.
---@param named string
---@return string text
---@return string path  of the tree
function Loader:read(named)
  local at = self:path(named)
  local real = self.files:real(at)
  if not real then missing(self, named, at) end
  if self.files:kind(real) == 'dir' then
    err.raise { kind = 'config', file = self.files:show(at), message = ("'%s' must resolve to a file"):format(named) }
  end
  check_inside(self, named, real)
  local text = self.files:read(real)
  if not text then missing(self, named, at) end
  return text, at
end

local function check_cycle(self, folder)
  local visited = self
  while visited do
    if path.within(visited.folder, folder) then
      err.raise { kind = 'conflict', file = self.files:show(folder),
        message = ("cycle detected: candidate root '%s' contains visited root '%s'")
          :format(self.files:show(folder), self.files:show(visited.folder)),
        hint = 'a kustomization may name folders beside or below its own, never one that it lies in' }
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
    err.raise { kind = 'config', message = ("new root '%s' cannot be absolute"):format(named) }
  end
  local at = self:path(named)
  local real = self.files:real(at)
  if not real then missing(self, named, at) end
  if self.files:kind(real) ~= 'dir' then
    err.raise { kind = 'config', file = self.files:show(at), message = ("must build at directory: '%s' is a file"):format(named) }
  end
  check_cycle(self, real)
  return M.new(self.files, real, { restricted = self.restricted, referrer = self })
end

return M
