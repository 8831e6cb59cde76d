-- site.lua: the site that a document is part of, and the addresses of its pages. SPDX-License-Identifier: Apache-2.0

local M = {}

-- The files by which generators of sites know the root of one.
local CONFIGURATIONS = {
  '_config.yml', 'mkdocs.yml', 'mkdocs.yaml', 'hugo.toml', 'hugo.yaml', 'book.toml', 'docusaurus.config.js',
  'docusaurus.config.ts',
}

local sites = setmetatable({}, { __mode = 'k' }) -- what was found out, for each tree

local function known(ctx)
  sites[ctx] = sites[ctx] or { configs = {}, pages = {} }
  return sites[ctx]
end

local function find_config(ctx, folder)
  for _, name in ipairs(CONFIGURATIONS) do
    local config = path.join(folder, name)
    if ctx.exists(config) then
      return config
    end
  end
  return folder ~= '' and find_config(ctx, path.dirname(folder))
end

--- The configuration of the site that a document is part of, or nil.
---@param ctx table
---@param file string
---@return string|nil
function M.of(ctx, file)
  local configs, folder = known(ctx).configs, path.dirname(file)
  if configs[folder] == nil then
    configs[folder] = find_config(ctx, folder) or false
  end
  return configs[folder] or nil
end

--- Addresses of pages end in a slash, or in a word without an extension.
---@param decoded string
---@return boolean
function M.is_page_address(decoded)
  return decoded:find('/$') ~= nil or not decoded:match('[^/]*$'):find('%.%w')
end

local function plain(address)
  return (address:gsub('^/+', ''):gsub('/+$', ''))
end

-- Address to file, of all pages below a folder whose front matter says a permalink.
local function permalinks(ctx, folder)
  local pages = {}
  for _, entry in ipairs(ctx.tree:list(folder)) do
    if entry.path:find('%.md$') or entry.path:find('%.html?$') then
      local front = (ctx.tree:try_read(entry.path) or ''):match('^%-%-%-\r?\n(.-)\n%-%-%-')
      local address = front and ('\n' .. front):match('\npermalink:%s*["\']?([^%s"\']+)')
      if address then
        pages[plain(address)] = entry.path
      end
    end
  end
  return pages
end

--- The page that gives itself an address (`permalink:` in its front matter), or nil.
---@param ctx table
---@param config string of the site
---@param address string
---@return string|nil file
function M.page(ctx, config, address)
  local pages, folder = known(ctx).pages, path.dirname(config)
  pages[folder] = pages[folder] or permalinks(ctx, folder)
  return pages[folder][plain(address)]
end

return M
