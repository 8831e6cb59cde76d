-- watch.lua: state that stays behind when roots and units move. SPDX-License-Identifier: Apache-2.0

local modules = require './modules'

local M = {}

local MOST = 20 -- named in one hazard

-- The folders whose Terraform files move, each to one other folder: old -> new.
local function moved_folders(facts)
  local out = {}
  for old, new in facts.each_move() do
    if modules.is_source(old) then
      local from, to = path.dirname(old), path.dirname(new)
      out[from] = (out[from] == nil or out[from] == to) and to or false
    end
  end
  return out
end

local function called(references)
  local out = {}
  for _, ref in ipairs(references) do
    if ref.kind == 'terraform.module' and ref.target then
      out[ref.target] = true
    end
  end
  return out
end

-- What the files of a folder say of it: is it a root, and where is its state?
local function read(files, read_file)
  local found = { root = false, file = 'terraform.tfstate' }
  for _, file in ipairs(files) do
    local base = path.basename(file)
    local ok, document = pcall(hcl.document, modules.is_source(file) and read_file(file) or '', { file = file })
    if base == '.terraform.lock.hcl' or base:find '%.tfvars$' or ok and document:blocks 'provider' [1] then
      found.root = true
    end
    for _, block in ipairs(ok and document:blocks 'backend' or {}) do
      local attribute = document:find(block, 'path')
      local value = attribute and document:value(attribute)
      found.root, found.remote = true, block.labels[1] ~= 'local'
      found.file = type(value) == 'string' and value or found.file
    end
    if ok and document:blocks 'cloud' [1] then
      found.root, found.remote = true, true
    end
  end
  return found
end

local function directly_in(files, dir)
  return list.filter(files, function(file) return path.dirname(file) == dir end)
end

-- Local state of roots that move: { old file, new file }.
local function left_behind(facts)
  local out, before, after = {}, called(facts.references), called(facts.references_after)
  local folders = moved_folders(facts)
  for _, from in ipairs(list.keys(folders)) do
    local to = folders[from]
    local here = to and not before[from] and not after[to] and read(directly_in(facts.list(from), from), facts.read)
    if here and here.root and not here.remote then
      local there = read(directly_in(facts.list_after(to), to), facts.read_after)
      local old, new = path.join(from, here.file), path.join(to, there.file)
      if path.normalize(old) ~= path.normalize(new) and not facts.exists(old) then
        out[#out + 1] = { old, new }
      end
    end
  end
  return out
end

-- Files that say that the key of a state is made of the path of a unit.
local function keyed(facts)
  local out = {}
  for _, ref in ipairs(facts.references) do
    if ref.kind == 'terraform.state_key' and ref.text:find('path_relative_to_include', 1, true) then
      out[ref.file] = true
    end
  end
  return out
end

-- Units whose key changes: { old key, new key }.
local function other_keys(facts)
  local out, known, seen = {}, keyed(facts), {}
  for _, ref in ipairs(next(known) and facts.references or {}) do
    local above = (ref.kind == 'terraform.parent_folder' or ref.kind == 'terraform.include') and known[ref.target] and ref.target
    local unit = above and facts.moved(ref.file)
    if above and (unit or facts.moved(above)) and not seen[ref.file] then
      seen[ref.file] = true
      local old = path.relative(path.dirname(ref.file), path.dirname(above))
      local new = path.relative(path.dirname(unit or ref.file), path.dirname(facts.moved(above) or above))
      if old ~= new then
        out[#out + 1] = { old, new }
      end
    end
  end
  return out
end

local function pairs_of(changes)
  local shown = {}
  for i = 1, math.min(#changes, MOST) do
    shown[i] = ('%s -> %s'):format(changes[i][1], changes[i][2])
  end
  return table.concat(shown, '; ') .. (#changes > MOST and ('; and %d more'):format(#changes - MOST) or '')
end

local function hazard(object, reason, remedy, changes)
  return {
    id = 'state', severity = 'high', object = object, reason = reason, remedy = remedy,
    step = ('%s, before anybody plans there: %s. Then `init`, and a plan that must show no changes.'):format(
      remedy:sub(1, 1):upper() .. remedy:sub(2), pairs_of(changes)),
  }
end

---watch(): roots that keep their state in a file, which git does not move, and units whose key is made of their path.
---@param _ table
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.watch(_, facts)
  local hazards, files, keys = {}, left_behind(facts), other_keys(facts)
  if #files > 0 then
    hazards[1] = hazard(('%d Terraform root%s'):format(#files, #files == 1 and '' or 's'),
      'state in a file that git does not hold stays behind: everything would be made a second time',
      'move the state along', files)
  end
  if #keys > 0 then
    hazards[#hazards + 1] = hazard(('%d Terragrunt unit%s'):format(#keys, #keys == 1 and '' or 's'),
      'the key of the state is made of the path: under the new one there is none, and everything would be made a second time',
      'copy the state to the new key', keys)
  end
  return { hazards = hazards }
end

return M
