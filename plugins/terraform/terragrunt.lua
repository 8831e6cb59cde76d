-- terragrunt.lua: what the files of Terragrunt name. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local reader = require './reader'
local units = require './units'
local url = require 'ifx.repo.url'

local M = {}

-- What a file is read for: every unit, with the folders that functions give there.
local function open(c)
  local index = units.of(c.ctx)
  local dirs, included = index:of_file(c.file.path)
  local own = path.dirname(c.file.path)
  local function places(_, expression)
    local out = {}
    for _, dir in ipairs(dirs) do
      local found = index:eval(expression, dir, included and own or nil)
      if not found then
        return nil, 'a variable'
      end
      if not list.find(out, function(one) return one.dir == found end) then
        out[#out + 1] = { dir = found, root = included or nil }
      end
    end
    return out
  end
  local r = reader.open(c, places)
  if r then
    r.units, r.index = dirs, index
    r.here = list.map(dirs, function(dir) return { dir = dir, root = included or nil } end)
  end
  return r
end

-- A file above the unit, found by its name: where the units find different ones, it has no single target.
local function add_parent(r, call)
  local argument = call.args[1]
  local str = argument and r:string_at(argument.start, argument.stop)
  if argument and not (str and str.value) then
    return r:doubt(call.start, call.stop, call, 'a variable')
  end
  local targets, missing = {}, nil
  for _, dir in ipairs(r.units) do
    local file = r.index:above(dir, str and str.value)
    if file then
      targets[file] = true
    else
      missing = dir
    end
  end
  local found = list.keys(targets)
  local match = str and str.value ~= '' and r:match(str)
    or { start = call.start, stop = call.stop, inner_start = call.start, inner_stop = call.stop, line = call.line,
      column = call.column, text = r:bytes(call.start, call.stop) }
  local ref = r.c:add(match, { kind = 'terraform.parent_folder', target_kind = 'file', rewrite = 'parent' })
  if missing then
    ref.why = ('no folder above %s has it'):format(missing)
    if call.args[2] then
      ref.why = ref.why .. '; a second argument stands in'
    else
      ref.resolved = false
    end
    return
  end
  ref.resolved = true
  if #found == 1 then
    ref.target, ref.base = found[1], path.dirname(found[1])
  else
    ref.note = 'one for each unit: ' .. table.concat(found, ', ')
  end
end

local function is_folder_with_config(r)
  return function(target, kind)
    if kind == 'dir' and not r.c.ctx.exists(path.join(target, 'terragrunt.hcl')) then
      return 'a folder without terragrunt.hcl'
    end
  end
end

-- The kinds of calls that read a file, from which folder, and whether it may be missing.
local function find_calls(r)
  local own = { { dir = path.dirname(r.c.file.path) } }
  for _, call in ipairs(r.document:calls()) do
    local argument = call.args[1]
    local str = argument and r:string_at(argument.start, argument.stop)
    if call.name == 'find_in_parent_folders' then
      add_parent(r, call)
    elseif str and call.name == 'read_terragrunt_config' then
      r:path(str, r.here, { kind = 'terraform.read_config', optional = call.args[2] and 'a second argument stands in' or nil })
    elseif str and call.name == 'sops_decrypt_file' then
      r:path(str, r.here, { kind = 'terraform.file', check = reader.want 'file' })
    elseif str and (call.name == 'file' or call.name == 'templatefile' or call.name == 'fileexists') then
      r:path(str, own, { kind = 'terraform.file', check = reader.want 'file',
        optional = call.name == 'fileexists' and 'fileexists asks whether it is there' or nil })
    end
  end
end

-- The source of a unit's module: a folder, also without ./, or an address. What stands behind // is taken out of what
-- stands before it.
local function add_source(r, str)
  local source = str.value
  local known = source and finder.locate(r.c.ctx, r.c.ctx.resolve(r.here[1].dir, source) or '..')
  if source and not source:find '^%.' and not known then
    local match = r:match(str)
    if source == '' then
      return
    elseif source:find('::', 1, true) or url.is_remote(source) and not source:find '^tfr:' then
      r.c:remote(match, { kind = 'terraform.unit_source' })
    else
      r.c:add(match, { kind = 'terraform.unit_source', target_kind = 'remote', why = 'on the network' })
    end
    return
  end
  r:path(str, r.here, { kind = 'terraform.unit_source', check = reader.want 'dir', rewrite = 'unit_source' })
end

local function each_string(r, attribute, f)
  for _, str in ipairs(attribute and r.document:strings() or {}) do
    if attribute.expr_start <= str.start and str.stop <= attribute.expr_stop and not str.call then
      f(str)
    end
  end
end

local BLOCKS = {
  include = function(r, block)
    local attribute = r.document:find(block, 'path')
    local str = attribute and r:string_at(attribute.expr_start, attribute.expr_stop)
    if str then
      r:path(str, r.here, { kind = 'terraform.include', check = reader.want 'file' })
    end
  end,
  terraform = function(r, block)
    local attribute = r.document:find(block, 'source')
    r:with(attribute, function(str) add_source(r, str) end)
  end,
  dependency = function(r, block)
    r:with(r.document:find(block, 'config_path'), function(str)
      r:path(str, r.here, { kind = 'terraform.dependency', check = is_folder_with_config(r) })
    end)
  end,
  dependencies = function(r, block)
    each_string(r, r.document:find(block, 'paths'), function(str)
      r:path(str, r.here, { kind = 'terraform.dependency', check = is_folder_with_config(r) })
    end)
  end,
  extra_arguments = function(r, block)
    for name, optional in pairs { required_var_files = false, optional_var_files = 'it is optional' } do
      each_string(r, r.document:find(block, name), function(str)
        r:path(str, r.here, { kind = 'terraform.var_file', check = reader.want 'file', optional = optional or nil })
      end)
    end
    each_string(r, r.document:find(block, 'arguments'), function(str)
      local first = str.parts[1]
      local from = first and first.raw and first.raw:match '^%-var%-file=()'
      if from then
        local parts = table.move(str.parts, 2, #str.parts, 2, {
          { text = first.raw:sub(from), raw = first.raw:sub(from), start = first.start + from - 1, stop = first.stop },
        })
        if parts[1].text == '' then
          table.remove(parts, 1)
        end
        r:path(setmetatable({ parts = parts }, { __index = str }), r.here,
          { kind = 'terraform.var_file', check = reader.want 'file' })
      end
    end)
  end,
}
-- A key that is made of the place of a unit is another one when the unit moves.
function BLOCKS.remote_state(r, block)
  each_string(r, r.document:find(block, 'config'), function(str)
    local relative = list.find(str.parts, function(part)
      return (part.expr or ''):find('path_relative_to_include', 1, true) ~= nil
    end)
    if relative then
      r.c:add(r:match(str), { kind = 'terraform.state_key', target_kind = 'remote',
        why = 'made of the path of each unit: one that moves has another key' })
    end
  end)
end

BLOCKS.unit, BLOCKS.stack = BLOCKS.terraform, BLOCKS.terraform

--- Adds what a file of Terragrunt names.
---@param c ifx.repo.Collector
function M.find(c)
  local r = open(c)
  if not r then
    return
  end
  for _, block in ipairs(r.document:blocks()) do
    if BLOCKS[block.type] then
      BLOCKS[block.type](r, block)
    end
  end
  find_calls(r)
end

--- A file that is found by its name in a folder above keeps the name that it was found by.
---@param ref ifx.repo.Reference
---@param move ifx.repo.Movement
---@return string
function M.rewrite_parent(ref, move)
  local new = '/' .. move.new_target
  if ref.text:find '%(' or new:sub(-#ref.text - 1) == '/' .. ref.text then
    return ref.text
  end
  return path.basename(move.new_target)
end

--- The new text of a source: what stands behind // stays there.
---@param ref ifx.repo.Reference
---@param move ifx.repo.Movement
---@return string|nil text
---@return string|nil why
function M.rewrite_source(ref, move)
  local new, why = reader.rewrite(ref, move)
  local inside = ref.text:match '//(.*)$'
  if not new or not inside then
    return new, why
  end
  if new:sub(-#inside - 1) ~= '/' .. inside then
    return nil, ('the package and the folder %s inside of it went to different places'):format(inside)
  end
  return new:sub(1, -#inside - 2) .. '//' .. inside
end

return M
