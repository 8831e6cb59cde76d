-- configs.lua: which files of a tree are configurations and presets of Renovate. SPDX-License-Identifier: Apache-2.0

local settings = require 'ifx.settings'
local url = require 'ifx.repo.url'

local M = {}

-- Where Renovate looks, besides the key `renovate` of package.json.
local NAMES = { '.renovaterc' }
for _, extension in ipairs { 'json', 'json5', 'jsonc' } do
  for _, stem in ipairs { 'renovate', '.github/renovate', '.gitlab/renovate', '.renovaterc' } do
    NAMES[#NAMES + 1] = stem .. '.' .. extension
  end
end
local IS_NAME = list.set(NAMES)

local HOSTS = { github = 'github.com', gitlab = 'gitlab.com' }

---@class renovate.Preset
---@field platform string what stands before '>'
---@field repository string
---@field own boolean|nil is it in this repository?
---@field from integer first byte of its path in the text
---@field to integer
---@field file string the file that the path means
---@field revision string|nil
---@field in_root boolean it is written as a name, which stands in the root

local function parse(text)
  local platform, first = text:match('^(%a[%w-]*)>()')
  if not platform then
    return nil
  end
  local at = #text + 1
  for _, sign in ipairs { '//', ':', '#', '(' } do
    at = math.min(at, text:find(sign, first, true) or at)
  end
  local preset = {
    platform = platform, repository = text:sub(first, at - 1), revision = text:match('#([^#()]+)$'), in_root = false,
  }
  local from, to = text:match('^//()[^#(:]+()', at)
  if not from then
    from, to = text:match('^:()[^#(/]+()', at)
    preset.in_root = true
  end
  if from then
    preset.from, preset.to = from, to - 1
    local name = text:sub(from, to - 1)
    preset.file = name:find('%.json[5c]?$') and name or name .. '.json'
  end
  return preset
end

local evident = setmetatable({}, { __mode = 'k' })

-- The repository that presets name and that is this one by its files, where no remote says what this one is called: the
-- only one whose presets are all here, one of them in a folder.
local function repository_by_files(ctx)
  if evident[ctx] ~= nil then
    return evident[ctx]
  end
  local here, deep = {}, {}
  for _, name in ipairs(NAMES) do
    local text = ctx.tree:try_read(name)
    local read = text and settings.read('json5', text)
    for _, node in ipairs(read and read:query { '**', 'extends', '*' } or {}) do
      local preset = type(node.value) == 'string' and parse(node.value)
      if preset and preset.file then
        local key = preset.platform .. '>' .. preset.repository:lower()
        here[key] = here[key] ~= false and ctx.exists(preset.file) == 'file'
        deep[key] = deep[key] or preset.file:find('/', 1, true) ~= nil
      end
    end
  end
  local found = list.filter(list.keys(here), function(key) return here[key] and deep[key] end)
  evident[ctx] = #found == 1 and found[1]
  return evident[ctx]
end

local function is_own(ctx, platform, repository)
  if next(url.own_identities(ctx)) == nil then
    return repository_by_files(ctx) == platform .. '>' .. repository:lower()
  end
  for identity in pairs(url.own_identities(ctx)) do
    local host, name = identity:match('^([^/]+)/(.*)$')
    if name == repository:lower() and (platform == 'local' or HOSTS[platform] == host) then
      return true
    end
  end
  return false
end

--- Reads an entry of `extends`: nil for what Renovate brings itself.
---@param ctx table
---@param text string
---@return renovate.Preset|nil
function M.preset(ctx, text)
  local preset = parse(text)
  if preset then
    preset.own = is_own(ctx, preset.platform, preset.repository)
  end
  return preset
end

local known = setmetatable({}, { __mode = 'k' })

-- Reads what a file extends, and what that extends.
local function follow(ctx, file, found)
  local text = not found[file] and ctx.tree:try_read(file)
  if not text then
    return
  end
  found[file] = true
  local read = settings.read('json5', text)
  for _, node in ipairs(read and read:query { '**', 'extends', '*' } or {}) do
    local preset = type(node.value) == 'string' and M.preset(ctx, node.value)
    if preset and preset.own and preset.file then
      follow(ctx, preset.file, found)
    end
  end
end

--- Is this a configuration, or a preset that one of this repository extends, or a file that says so itself?
---@param ctx table
---@param file table
---@return boolean
function M.is(ctx, file)
  if IS_NAME[file.path] or file.text():find('renovate-schema.json', 1, true) then
    return true
  end
  if not known[ctx] then
    known[ctx] = {}
    for _, name in ipairs(NAMES) do
      follow(ctx, name, known[ctx])
    end
  end
  return known[ctx][file.path] == true
end

return M
