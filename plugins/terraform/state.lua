-- state.lua: where state is kept: local files, and keys that are no paths. SPDX-License-Identifier: Apache-2.0

local M = {}

-- Attributes of backends that read like paths and are names inside of a store.
local KEYS = { 'key', 'prefix', 'path', 'workspace_key_prefix', 'secret_suffix', 'schema_name' }

local function add_key(r, str, backend)
  r.taken[str.start] = true
  if str.inner_stop >= str.inner_start then
    r.c:add(r:match(str), {
      kind = 'terraform.state_key', target_kind = 'remote', why = ('a key of the backend %s, no path of a tree'):format(backend),
    })
  end
end

local function add_file(r, str, cwd)
  r:path(str, cwd, { kind = 'terraform.state', writes = true })
end

local function find_backend(r, block, cwd)
  local backend = block.labels[1]
  for _, name in ipairs(backend == 'local' and { 'path', 'workspace_dir' } or KEYS) do
    local attribute = r.document:find(block, name)
    local str = attribute and r:string_at(attribute.expr_start, attribute.expr_stop)
    if str and backend == 'local' then
      add_file(r, str, cwd())
    elseif str then
      add_key(r, str, backend)
    end
  end
end

local function find_remote_state(r, block, cwd)
  local attribute = r.document:find(block, 'backend')
  local backend = attribute and r.document:value(attribute)
  if type(backend) ~= 'string' then
    return
  end
  for _, str in ipairs(r.document:strings()) do
    if str.block == block.id and str.attribute == 'config' and not r.taken[str.start] then
      if backend == 'local' and str.key == 'path' then
        add_file(r, str, cwd())
      elseif backend ~= 'local' and list.find(KEYS, function(name) return name == str.key end) then
        add_key(r, str, backend)
      end
    end
  end
end

--- Adds state files and keys.
---@param r terraform.Reader
---@param cwd fun(): terraform.Folder[]
function M.find(r, cwd)
  for _, block in ipairs(r.document:blocks 'backend') do
    find_backend(r, block, cwd)
  end
  for _, block in ipairs(r.document:blocks 'data') do
    if block.labels[1] == 'terraform_remote_state' then
      find_remote_state(r, block, cwd)
    end
  end
end

return M
