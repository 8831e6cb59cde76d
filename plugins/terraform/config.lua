-- config.lua: the configuration of one root: its blocks, and what uses what. SPDX-License-Identifier: Apache-2.0

local M = {}

---@class terraform.Item
---@field file string          path before the moves
---@field type string
---@field labels string[]
---@field n integer            among the blocks of its type and labels in its file
---@field block hcl.Block
---@field start integer        with the comment lines directly above
---@field stop integer
---@field uses hcl.Traversal[]

---@class terraform.Config
---@field root string          folder
---@field files string[]
---@field documents table<string, hcl.Document>
---@field items terraform.Item[]   top-level blocks, by file and place
local Config = {}
Config.__index = Config

-- First byte of the comment lines that stand directly above what begins at a byte.
local function with_comments(text_of, start)
  local first = start - #text_of:sub(1, start - 1):match '[ \t]*$'
  while first > 1 do
    local before = text_of:sub(1, first - 1)
    local line = before:match '([^\n]*)\n$'
    if not line or not (line:find '^%s*#' or line:find '^%s*//') then
      return first
    end
    first = first - #line - 1
  end
  return first
end

local function key_of(kind, labels)
  return kind .. '\0' .. table.concat(labels, '\0')
end

local function add_file(self, file, document)
  local text_of, counts, owner = document:text(), {}, {}
  for _, block in ipairs(document:blocks()) do
    if block.parent then
      owner[block.id] = owner[block.parent]
    else
      local item = { file = file, type = block.type, labels = block.labels, block = block, uses = {} }
      item.start, item.stop = with_comments(text_of, block.start), block.stop
      owner[block.id] = item
      self.items[#self.items + 1] = item
    end
    local key = key_of(block.type, block.labels)
    counts[key] = (counts[key] or 0) + 1
    owner[block.id].n = owner[block.id].n or counts[key]
  end
  for _, traversal in ipairs(document:traversals()) do
    local item = traversal.block and owner[traversal.block]
    if item and not traversal.bound then
      table.insert(item.uses, traversal)
    end
  end
end

--- Reads the files of a root, which must parse: else the error says where not.
---@param root string
---@param files string[] paths before the moves
---@param read fun(file: string): string
---@return terraform.Config
function M.read(root, files, read)
  local self = setmetatable({ root = root, files = files, documents = {}, items = {} }, Config)
  for _, file in ipairs(files) do
    local document = hcl.document(read(file), { file = file })
    self.documents[file] = document
    add_file(self, file, document)
  end
  return self
end

--- The top-level blocks of a type.
---@param kind string
---@return terraform.Item[]
function Config:of(kind)
  return list.filter(self.items, function(item) return item.type == kind end)
end

--- The blocks of a type inside of top-level blocks of another: { item, block, n = its number in the file }.
---@param outer string
---@param inner string
---@return { item: terraform.Item, block: hcl.Block, n: integer }[]
function Config:inside(outer, inner)
  local out = {}
  for _, file in ipairs(self.files) do
    local counts = {}
    for _, block in ipairs(self.documents[file]:blocks(inner)) do
      local key = key_of(block.type, block.labels)
      counts[key] = (counts[key] or 0) + 1
      local item = list.find(self.items, function(one)
        return one.file == file and one.type == outer and one.block.id == block.parent
      end)
      if item then
        out[#out + 1] = { item = item, block = block, n = counts[key] }
      end
    end
  end
  return out
end

--- The top-level block that a byte of a file is in.
---@param file string
---@param byte integer
---@return terraform.Item|nil
function Config:item_at(file, byte)
  return list.find(self.items, function(item)
    return item.file == file and item.start <= byte and byte <= item.stop
  end)
end

--- Does a `terraform` block say only where state is kept?
---@param item terraform.Item
---@return boolean
function Config:only_state(item)
  local document = self.documents[item.file]
  if item.type ~= 'terraform' or #document:attributes(item.block) > 0 then
    return false
  end
  return not list.find(document:blocks(), function(block)
    return block.parent == item.block.id and block.type ~= 'backend' and block.type ~= 'cloud'
  end)
end

--- The text of a block with its comments.
---@param item terraform.Item
---@return string
function Config:text(item)
  return self.documents[item.file]:text():sub(item.start, item.stop)
end

--- The value of a constant attribute of a block.
---@param item terraform.Item
---@param name string
---@return any
function Config:value(item, name)
  local attribute = self.documents[item.file]:find(item.block, name)
  return attribute and self.documents[item.file]:value(attribute)
end

--- The names that blocks use of `var`, `local` …
---@param items terraform.Item[]
---@param root string
---@return table<string, true>
function M.used(items, root)
  local names = {}
  for _, item in ipairs(items) do
    for _, traversal in ipairs(item.uses) do
      if traversal.root == root and traversal.names[2] then
        names[traversal.names[2]] = true
      end
    end
  end
  return names
end

-- The locals by name: { file, attribute, uses }.
local function locals_of(self)
  local out = {}
  for _, item in ipairs(self:of 'locals') do
    for _, attribute in ipairs(self.documents[item.file]:attributes(item.block)) do
      out[attribute.name] = {
        file = item.file, attribute = attribute, start = with_comments(self.documents[item.file]:text(), attribute.start),
        stop = attribute.stop, uses = list.filter(item.uses, function(traversal)
          return traversal.attribute == attribute.name and traversal.start >= attribute.start and traversal.stop <= attribute.stop
        end),
      }
    end
  end
  return out
end

--- The locals that blocks need, those that they need in turn among them.
---@param items terraform.Item[]
---@return table[] { file, attribute, start, stop, uses }, by file and place
function Config:locals_for(items)
  local known, wanted, queue = locals_of(self), {}, list.keys(M.used(items, 'local'))
  while #queue > 0 do
    local name = table.remove(queue)
    local one = known[name]
    if one and not wanted[one] then
      wanted[one] = true
      list.append(queue, list.keys(M.used({ one }, 'local')))
    end
  end
  local out = {}
  for one in pairs(wanted) do
    out[#out + 1] = one
  end
  table.sort(out, function(a, b)
    if a.file ~= b.file then
      return a.file < b.file
    end
    return a.start < b.start
  end)
  return out
end

--- What blocks use that only a module has: a resource, data, another module.
---@param items terraform.Item[]
---@return string|nil
function Config:bound_to_module(items)
  local types = {}
  for _, item in ipairs(self.items) do
    if item.type == 'resource' or item.type == 'ephemeral' then
      types[item.labels[1]] = true
    end
  end
  for _, item in ipairs(items) do
    for _, traversal in ipairs(item.uses) do
      if traversal.root == 'data' or traversal.root == 'module' or types[traversal.root] then
        return traversal.text
      end
    end
  end
end

return M
