-- modules.lua: which folders call which as modules, through which links a file is read. SPDX-License-Identifier: Apache-2.0

local M = {}

---@class terraform.Folder
---@field dir string
---@field via string|nil  the link through which the file is read there
---@field root boolean|nil it is another folder, which Terraform runs in

---@class terraform.Modules
local Modules = {}
Modules.__index = Modules

local indexes = setmetatable({}, { __mode = 'k' })

--- Is this the name of a file that Terraform or OpenTofu reads as HCL?
---@param p string
---@return boolean
function M.is_source(p)
  return p:find '%.tf$' ~= nil or p:find '%.tofu$' ~= nil
end

--- The modules of a tree, found when they are asked for.
---@param ctx table the context as a finder gets it
---@return terraform.Modules
function M.of(ctx)
  local index = indexes[ctx]
  if not index then
    index = setmetatable({ ctx = ctx, known = {} }, Modules)
    indexes[ctx] = index
  end
  return index
end

local function read_links(self)
  self.links = {}
  for _, entry in ipairs(self.ctx.tree:files()) do
    local real = entry.mode == '120000' and M.is_source(entry.path) and self.ctx.tree:follow(entry.path)
    if real then
      self.links[real] = self.links[real] or {}
      table.insert(self.links[real], entry.path)
    end
  end
end

--- The folders that have a file among theirs: its own, and those of the links that lead to it.
---@param file string
---@return terraform.Folder[]
function Modules:folders(file)
  if not self.links then
    read_links(self)
  end
  local out = { { dir = path.dirname(file) } }
  for _, link in ipairs(self.links[file] or {}) do
    out[#out + 1] = { dir = path.dirname(link), via = link }
  end
  return out
end

local function add_calls(self, dir, document)
  for _, block in ipairs(document:blocks 'module') do
    local attribute = document:find(block, 'source')
    local source = attribute and document:value(attribute)
    local target = type(source) == 'string' and source:find '^%.%.?/' and self.ctx.resolve(dir, source)
    if target then
      target = self.ctx.tree:follow(target) or target
      self.callers[target] = self.callers[target] or {}
      self.callers[target][dir] = true
    end
  end
  if document:blocks 'backend' [1] or document:blocks 'cloud' [1] then
    self.proven[dir] = true
  end
end

-- Only files that call a local module, or say where state is kept, are worth parsing.
local function says_something(text_of)
  return text_of:find('"%.%.?/') and text_of:find('module', 1, true) or text_of:find('backend', 1, true)
    or text_of:find('cloud', 1, true)
end

local function read_calls(self)
  self.callers, self.proven = {}, {}
  for _, entry in ipairs(self.ctx.tree:files()) do
    local text_of = M.is_source(entry.path) and not entry.missing and self.ctx.read(entry.path)
    if text_of and says_something(text_of) then
      local ok, document = pcall(hcl.document, text_of, { file = entry.path })
      if ok then -- one that does not parse is reported when it is searched itself
        add_calls(self, path.dirname(entry.path), document)
      end
    end
  end
end

local function climb(self, dir, seen, out)
  if seen[dir] then
    return
  end
  seen[dir] = true
  local callers = self.callers[dir]
  if not callers or self.proven[dir] then
    out[#out + 1] = dir
  end
  for caller in pairs(callers or {}) do
    climb(self, caller, seen, out)
  end
end

--- The folders that Terraform can run in when it reads the module `dir`: those that no module calls, or that say where
--- their state is kept, from which calls lead to it.
---@param dir string
---@return string[] sorted
function Modules:roots(dir)
  if not self.callers then
    read_calls(self)
  end
  local known = self.known[dir]
  if not known then
    local out = {}
    climb(self, dir, {}, out)
    table.sort(out)
    known = #out > 0 and out or { dir }
    self.known[dir] = known
  end
  return known
end

return M
