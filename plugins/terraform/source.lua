-- source.lua: where modules come from: folders, registries, repositories. SPDX-License-Identifier: Apache-2.0

local reader = require './reader'
local url = require 'ifx.repo.url'

local M = {}

local function is_local(source)
  return source:find '^%.%.?/' ~= nil
end

-- [HOST/]NAMESPACE/NAME/PROVIDER[//SUBFOLDER]
local function is_registry(source)
  local address = source:gsub('//.*$', '')
  local _, slashes = address:gsub('/', '')
  return address:find '^[%w][%w._-]*/[%w_-]+/[%w_-]+' ~= nil and (slashes == 2 or slashes == 3)
end

--- Adds a source that is no folder of this configuration.
---@param c ifx.repo.Collector
---@param match table
---@param source string
function M.elsewhere(c, match, source)
  if source:find('::', 1, true) or url.is_remote(source) then
    c:remote(match, { kind = 'terraform.module' })
  elseif is_registry(source) then
    c:add(match, { kind = 'terraform.module', target_kind = 'remote', why = 'a module of a registry' })
  elseif source:find '^[/~]' or source:find '^%a:[/\\]' then
    c:add(match, { kind = 'terraform.module', target_kind = 'path', why = 'a path of the machine that runs it' })
  else
    c:add(match, { kind = 'terraform.module', target_kind = 'path', resolved = false,
      why = 'no address: a local module begins with ./ or ../' })
  end
end

local function add_source(r, str, folders)
  local source = str.value
  if source and not is_local(source) then
    if source ~= '' then
      M.elsewhere(r.c, r:match(str), source)
    end
    return
  end
  local piece, why = r:piece(str, folders)
  if piece and piece.open then
    piece, why = nil, 'a variable'
  end
  if piece then
    r:add(str, piece, {
      kind = 'terraform.module', check = reader.want 'dir', rewrite = str.parts[1].expr and 'path' or 'source',
    })
  elseif why then
    r.c:doubt(str, r:bytes(str.inner_start, str.inner_stop), why)
  end
end

--- Adds the sources of the modules that a file calls.
---@param r terraform.Reader
---@param folders terraform.Folder[] that read the file
function M.find(r, folders)
  for _, block in ipairs(r.document:blocks 'module') do
    if not block.parent then
      r:with(r.document:find(block, 'source'), function(str)
        add_source(r, str, folders)
      end)
    end
  end
end

--- The new text of a local source: without ./ or ../ Terraform would ask a registry.
---@param ref ifx.repo.Reference
---@param move ifx.repo.Movement
---@return string|nil text
---@return string|nil why
function M.rewrite(ref, move)
  local new, why = reader.rewrite(ref, move)
  if not new or is_local(new) then
    return new, why
  end
  return './' .. (new == '.' and '' or new)
end

--- The address of a module that lies in another repository now; Terraform fetches all of that one, so that what the
--- module calls in turn is there, too.
---@param ref ifx.repo.Reference
---@param move ifx.repo.Movement
---@return string|nil text
---@return string|nil why
function M.cross(ref, move)
  local to = move.border.to
  if not to.url then
    return nil, ('no address of %s is known'):format(to.name)
  end
  return reader.rewrite(ref, { text = ('git::%s//%s?ref=%s'):format(to.url, to.path, to.branch or 'main') })
end

return M
