-- env.lua: what the work on one kustomization knows beside the objects. SPDX-License-Identifier: Apache-2.0

---What is the same for the whole build.
---@class kustomize.Build
---@field files kustomize.Files
---@field options kustomize.Options
---@field warnings string[]
---@field tracks boolean  does it remember where objects come from? For buildMetadata
---@field warned table<string, true>  those of kustomizations
---@field kept kustomize.Kept  what is the same for several builds
---@field met table[]      kustomizations, files and warnings so far, in order: what a base that is kept would meet again
---@field objects table<string, node.Node[]>      by file
---@field entered integer  kustomizations so far, each as often as it was named
---@field added integer    objects so far, each as often as a kustomization got it
---@field bytes integer    that were read so far
---@field trail table[]    what is being worked on, from the outside in

---@class kustomize.Options
---@field load_restrictor 'root'|'none'
---@field reorder 'legacy'|'none'
---@field enable_helm boolean

---One kustomization.
---@class kustomize.Env
---@field build kustomize.Build
---@field loader kustomize.Loader
---@field folder string   real path of its folder, from the root of the files
---@field file string     its path
---@field shown string    the same as errors name it
---@field kustomization kustomize.Kustomization
---@field specs table     field specs by their table: namePrefix, commonLabels, nameReference …; not to be changed in place
---@field vars table|nil  what the module of vars keeps
---@field origin kustomize.Origin  of the folder, as the kustomizations above it wrote it, for buildMetadata
local Env = {}

function Env:__index(name)
  if name == 'specs' then
    self.specs = require './build/specs'.defaults
    return self.specs
  end
  return Env[name]
end

local M = {}

---@param build kustomize.Build
---@param loader kustomize.Loader
---@param fields table
---@return kustomize.Env
function M.new(build, loader, fields)
  local env = { build = build, loader = loader, folder = loader.folder }
  for name, value in pairs(fields) do env[name] = value end
  return setmetatable(env, Env)
end

-- One file is bounded where it is read; this is for many, and for one that is named many times.
local MOST_BYTES = 512 << 20

local function read(self, named)
  local text, at = self.loader:read(named)
  local build = self.build
  build.bytes = build.bytes + #text
  if build.bytes > MOST_BYTES then
    err.raise { kind = 'limit',
      message = ('more than %d bytes of files, each counted as often as it is named'):format(MOST_BYTES),
      hint = 'is a large file named again and again?' }
  end
  return text, at
end

---The bytes of a file that the kustomization names. Raises 'not_found'; 'config' for one that it may not read; 'limit'.
---@param named string  from the kustomization's folder
---@param ... string|integer  where the kustomization names it; none: who calls says where that is
---@return string text
---@return string path  from the root of the files
function Env:read(named, ...)
  if select('#', ...) == 0 then return read(self, named) end
  local ok, text, at = pcall(read, self, named)
  if ok then return text, at end
  if err.is(text) and not text.file then text.file, text.line, text.column = self.kustomization.where(...) end
  error(text, 0)
end

---A path of the files as errors name it.
---@param at string
---@return string
function Env:show(at) return self.build.files:show(at) end

---Something that the person should know, said on standard error behind the build.
---@param text string
function Env:warn(text)
  local build = self.build
  build.warnings[#build.warnings + 1] = text
  build.met[#build.met + 1] = { warning = text }
end

return M
