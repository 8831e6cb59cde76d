-- folder.lua: the files of a plain folder, without what its ignore files leave out. SPDX-License-Identifier: Apache-2.0
local base = require 'ifx.repo.base'
local err = require 'err'
local fs = require 'fs'

local folder = {}

local function entry_at(root, path, type)
  local stat = fs.lstat(fs.join(root, path))
  if not stat then return nil end -- removed while the folder was being read
  local mode = type == 'link' and '120000' or (stat.mode & 73 ~= 0 and '100755' or '100644') -- 73: octal 111
  return { path = path, mode = mode, size = stat.size }
end

-- One directory: its ignore file is in force for it and for all below.
local function visit(root, dir, rules, matcher, entries, todo)
  local names = fs.list(fs.join(root, dir))
  for _, item in ipairs(names) do
    if item.name == '.gitignore' and item.type == 'file' then
      rules = table.move(rules, 1, #rules, 1, {})
      rules[#rules + 1] = { dir = dir, text = fs.read(fs.join(root, dir, item.name)) }
      matcher = fs.ignore(rules)
    end
  end
  for _, item in ipairs(names) do
    local path = dir == '' and item.name or dir .. '/' .. item.name
    if item.name == '.git' or (matcher and matcher:ignored(path, item.type == 'dir')) then
      goto continue
    elseif item.type == 'dir' then
      todo[#todo + 1] = { path, rules, matcher }
    elseif item.type == 'file' or item.type == 'link' then
      entries[#entries + 1] = entry_at(root, path, item.type)
    end
    ::continue::
  end
end

local function read(tree, entry)
  local place = fs.join(tree.root, entry.path)
  if entry.mode == '120000' then return fs.readlink(place) end
  return fs.read(place, { max = math.max(entry.size, 64 * 1024 * 1024) })
end

---@param description { root: string, entries: ifx.repo.Entry[] }
---@return ifx.repo.Tree
function folder.reopen(description)
  local root = description.root
  return base.new({ kind = 'folder', root = root }, description.entries, read, function(entries)
    return { root = root, entries = entries }
  end)
end

---All files below `dir` that its ignore files do not leave out; `.git` is never entered, links are never followed.
---Raises 'not_found' when there is no such folder, 'permission' when a part of it cannot be read.
---@param dir string
---@return ifx.repo.Tree
function folder.open(dir)
  local root = fs.realpath(dir)
  local stat = root and fs.stat(root)
  if not stat or stat.type ~= 'dir' then
    local message = stat and 'it is not a folder' or 'no such folder'
    err.raise { kind = 'not_found', op = 'open folder ' .. dir, message = message, file = dir }
  end
  local entries, todo = {}, { { '', {}, nil } }
  while #todo > 0 do
    local next_dir = table.remove(todo)
    visit(root, next_dir[1], next_dir[2], next_dir[3], entries, todo)
  end
  return folder.reopen { root = root, entries = entries }
end

return folder
