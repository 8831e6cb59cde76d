-- artifact.lua: the files of an artifact: those of a source, as its controller packs them. SPDX-License-Identifier: Apache-2.0
local ignore = require './render/ignore'

local M = {}

-- A path in a source as its controller takes it: it cannot lead out.
---@param text string
---@return string
function M.inside(text)
  local out = {}
  for _, step in ipairs(path.split(text)) do
    if step == '..' then
      out[#out] = nil
    elseif step ~= '.' then
      out[#out + 1] = step
    end
  end
  return table.concat(out, '/')
end

-- Files by functions of a normalized path: what a renderer asks of files.
local function made(of)
  return {
    kind = function(_, p)
      local at = path.from_root(p)
      return at and of.kind(at)
    end,
    read = function(self, p)
      local at = path.from_root(p)
      if at and self:kind(at) == 'file' then return of.read(at) end
    end,
    real = function(self, p)
      local at = path.from_root(p)
      return at and self:kind(at) and at
    end,
    list = function(self, p)
      local at, out = path.from_root(p), {}
      for _, name in ipairs(at and of.list(at) or {}) do
        if self:kind(path.join(at, name)) then out[#out + 1] = name end
      end
      return out
    end,
    absolute = function(_, p)
      local at = path.from_root(p)
      return at and of.absolute and of.absolute(at)
    end,
    -- where the file stands in its repository, and the source of that when it is another
    origin = function(_, p)
      local at = path.from_root(p)
      if of.origin then return of.origin(at) end
      return at
    end,
    from_absolute = function() end,
    show = function(_, p) return p == '' and '.' or p end,
  }
end

-- A folder of other files in place of what is there.
local function mounted(files, mounts)
  if #mounts == 0 then return files end
  local function at_mount(p)
    for i = #mounts, 1, -1 do
      local mount = mounts[i]
      if path.within(p, mount.at) then return mount, path.join(mount.from, p:sub(#mount.at + 2)) end
    end
  end
  local function of(p)
    local mount, there = at_mount(p)
    if mount then return mount.files, there end
    return files, p
  end
  return made {
    kind = function(p)
      local of_files, there = of(p)
      local kind = of_files:kind(there)
      for _, mount in ipairs(mounts) do
        if path.within(mount.at, p) and mount.at ~= p then kind = 'dir' end
      end
      return kind
    end,
    read = function(p)
      local of_files, there = of(p)
      return of_files:read(there)
    end,
    list = function(p)
      local of_files, there = of(p)
      local names = list.set(of_files:list(there))
      for _, mount in ipairs(mounts) do
        if p == '' or path.within(mount.at, p) and mount.at ~= p then
          names[mount.at:sub(p == '' and 1 or #p + 2):match('^[^/]+')] = true
        end
      end
      return list.keys(names)
    end,
    origin = function(p)
      local mount, there = at_mount(p)
      if not mount then return p end
      local at, source = mount.files:origin(there)
      return at, source or mount.source
    end,
  }
end

-- Links are not packed.
local function without_links(files)
  return made {
    kind = function(p) return files:real(p) == p and files:kind(p) or nil end,
    read = function(p) return files:read(p) end,
    list = function(p) return files:list(p) end,
    absolute = function(p) return files.absolute and files:absolute(p) end,
  }
end

local function kept(files, ignored)
  local kinds = {}
  local function kind(p)
    local is = p == '' and 'dir' or files:kind(p)
    if is == 'file' then return not ignored(p, false) and is or nil end
    if is ~= 'dir' or p == '' or not ignored(p, true) then return is end
    for _, name in ipairs(files:list(p)) do -- a folder that is left out is made for what is taken in again
      if kind(path.join(p, name)) then return 'dir' end
    end
  end
  return made {
    kind = function(p)
      if kinds[p] == nil then kinds[p] = kind(p) or false end
      return kinds[p] or nil
    end,
    read = function(p) return files:read(p) end,
    list = function(p) return files:list(p) end,
    absolute = function(p) return files.absolute and files:absolute(p) end,
    origin = function(p)
      if files.origin then return files:origin(p) end
      return p
    end,
  }
end

---No files at all.
---@return ifx.render.Files
function M.none()
  return made {
    kind = function(p) return p == '' and 'dir' or nil end,
    read = function() end,
    list = function() return {} end,
  }
end

local known = setmetatable({}, { __mode = 'k' })

---The artifact of a source.
---@param files ifx.render.Files
---@param spec_ignore string|nil
---@param mounts { at: string, files: ifx.render.Files, from: string, source: ifx.gitops.Source }[]|nil  what it includes
---@return ifx.render.Files
function M.open(files, spec_ignore, mounts)
  local of_files = known[files] or {}
  known[files] = of_files
  local key = (spec_ignore or '\0')
  if of_files[key] and not mounts then return of_files[key] end
  local packed = mounted(without_links(files), mounts or {})
  packed = kept(packed, ignore.rules(packed, spec_ignore))
  if not mounts then of_files[key] = packed end
  return packed
end

return M
