-- declared.lua: the index of the objects that the files of a tree declare. SPDX-License-Identifier: Apache-2.0
local host = require 'host'
local manifests = require 'ifx.k8s.objects'

local declared = {}

-- Texts leave so much of the shelf to what is known of them.
local SHELF_BYTES = 64 * 1024 * 1024

local lists = setmetatable({}, { __mode = 'v' }) -- large trees have few different ones

local function list_of(words)
  local list = lists[words]
  if not list then
    list = {}
    for word in words:gmatch('%S+') do list[#list + 1] = word end
    lists[words] = list
  end
  return list
end

-- Which kinds a file mentions follows from its bytes: whoever reads them first leaves that for all threads, and for trees
-- that hold the same file elsewhere.
local function name_of(tree, p)
  local id = tree:object_id(p)
  return id and 'kinds ' .. id
end

local function known_kinds(tree, p)
  local name = name_of(tree, p)
  local words = name and host.shelved(name)
  return words and list_of(words)
end

local function kinds_in(tree, p, text)
  local name, kinds = name_of(tree, p), manifests.kinds_in(text)
  if name then host.shelve(name, table.concat(kinds, ' '), SHELF_BYTES) end
  return kinds
end

local function may_declare(entry, exists)
  return entry.mode:sub(1, 3) == '100' and not entry.missing and (manifests.is_manifest(entry.path, exists))
end

---@param ctx ifx.repo.Context
---@param each_read fun(entries: ifx.repo.Entry[], f: fun(entry: ifx.repo.Entry))  the entries when their bytes are at hand
---@param try_read fun(entry: ifx.repo.Entry): string?  nil for what is searched for nothing
---@return ifx.k8s.Index
function declared.index(ctx, each_read, try_read)
  local index, tree, kinds, entries, unread = manifests.index(), ctx.tree, {}, {}, {}
  for _, entry in ipairs(tree:files()) do
    if may_declare(entry, ctx.exists) then
      entries[#entries + 1] = entry
      kinds[entry.path] = known_kinds(tree, entry.path)
      if not kinds[entry.path] then unread[#unread + 1] = entry end
    end
  end
  each_read(unread, function(entry)
    local text = try_read(entry)
    kinds[entry.path] = text and kinds_in(tree, entry.path, text)
  end)
  for _, entry in ipairs(entries) do
    local of_file = kinds[entry.path]
    if of_file and #of_file > 0 then index:add_file(ctx.file(entry), of_file) end
  end
  return index
end

return declared
