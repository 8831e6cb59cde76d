-- destination.lua: what the destination of a link names. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local site = require './site'
local url = require 'ifx.repo.url'

local M = {}

local TEMPLATES = { '{{', '{%', '${', '<%', '%7B%7B' }

local function is_template(destination)
  for _, mark in ipairs(TEMPLATES) do
    if destination:find(mark, 1, true) then
      return true
    end
  end
  return false
end

local function decode(destination)
  if not destination:find('[\\%%]') then
    return destination
  end
  return (destination:gsub('\\(%p)', '%1'):gsub('%%(%x%x)', function(hex) return string.char(tonumber(hex, 16)) end))
end

-- What a generator of sites would serve under a path that is no file.
local SOURCES = { '.md', '.mdx', '/index.md', '/_index.md', '/README.md', '/index.mdx' }

local function served(ctx, target)
  local stem = target:gsub('%.html?$', '')
  for _, suffix in ipairs(SOURCES) do
    local source = stem == '' and suffix:gsub('^/', '') or stem .. suffix
    if ctx.exists(source) then
      return ('no such file; a generator of sites may make it of %s'):format(source)
    end
  end
end

-- What is filled in or copied before anybody follows its links.
local function is_template_file(p)
  return p:lower():find('template', 1, true) ~= nil
end

-- Links of the forge's own pages beside the files: issues/12, pull/3.
local function is_forge_page(decoded)
  return decoded:find('^[./]*issues/%d') or decoded:find('^[./]*pull/%d') or decoded:find('^[./]*merge_requests/%d')
end

-- Why it cannot be said that a path is broken, nil when it can, or when it is there.
local function doubt_of(c, target, there, decoded, rooted)
  if not target or is_forge_page(decoded) then
    return 'a page of the forge'
  elseif there then
    return nil
  elseif rooted and not c.ctx.exists(target:match('^[^/]*')) then
    return 'nothing of this name at the root of the repository; a site may have it'
  elseif is_template_file(c.file.path) then
    return 'does not exist here; its file is a template'
  end
  return served(c.ctx, target)
end

-- Adds what only the site of the document explains; true when it did.
local function add_site(c, r, decoded, place)
  local config = site.of(c.ctx, c.file.path)
  local rooted = config and r.anchor == 'root'
  local target = rooted and c.ctx.resolve(path.dirname(config), decoded)
  if target and finder.locate(c.ctx, target) then
    r.base = path.dirname(config)
    c:path(place, r)
    return true
  elseif not config or not site.is_page_address(decoded) then
    return false
  end
  local page = rooted and site.page(c.ctx, config, decoded)
  c:add(place, {
    kind = r.kind, start = r.start, stop = r.stop, style = r.style, target_kind = 'page', resolved = page and true or nil,
    found = page, editable = false, locked = 'an address of a page, which its file does not decide',
    why = not page and ('no such file; it may be a page of the site of %s'):format(config) or nil,
  })
  return true
end

local function add_path(c, link, place, start, stop)
  local content = c.file.text()
  local slash = content:match('^/+()', start)
  start = slash or start
  local bytes = content:sub(start, stop)
  local decoded = decode(bytes)
  if decoded == '' then
    return
  end
  local r = {
    kind = link.kind, base = slash and '' or path.dirname(c.file.path), anchor = slash and 'root' or nil,
    start = start, stop = stop, style = decoded ~= bytes and 'url' or nil,
    rewrite = 'link', angle = link.angle, html = link.html,
  }
  local target = c.ctx.resolve(r.base, decoded)
  local there = target and finder.locate(c.ctx, target)
  if not there and add_site(c, r, decoded, place(start, stop, decoded)) then
    return
  end
  local doubt = doubt_of(c, target, there, decoded, slash)
  local ref = c:path(place(start, stop, decoded), r)
  if doubt then
    ref.resolved, ref.why = nil, doubt
  end
end

-- Where the addresses of files and folders differ from those of issues, releases and the like.
local FILES = { '^https?://raw%.githubusercontent%.com/', '/blob/', '/tree/', '/raw/' }

local function is_file_address(destination)
  return list.find(FILES, function(mark) return destination:find(mark) ~= nil end) ~= nil
end

-- An address of this repository: its path. Others name nothing here.
local function add_address(c, link, place, destination)
  local remote = url.remote_path(destination)
  local own = remote and url.own_identities(c.ctx)[remote.repository] and remote.to >= remote.from
  if own and is_file_address(destination) and not destination:find('%', 1, true) then
    c:remote(place(link.start, link.stop), { kind = link.kind, rewrite = 'link', address = true })
  elseif url.is_own(c.ctx, destination) then
    c:add(place(link.start, link.stop), { kind = link.kind, target_kind = 'repository', resolved = true })
  end
end

--- Adds what a link names: a path of the tree, or an address of the repository itself. Anchors in
--- the document and other addresses name nothing of the tree.
---@param c ifx.repo.Collector
---@param link markdown.Link
---@param place fun(start: integer, stop: integer, meaning?: string): table
function M.add(c, link, place)
  local destination = c.file.text():sub(link.start, link.stop)
  if destination:find('^%a[%w+.-]+:') then
    if destination:find('^https?://') then
      add_address(c, link, place, destination)
    end
  elseif is_template(destination) then
    c:doubt(place(link.start, link.stop), destination, 'a template')
  elseif destination:find('://', 1, true) then
    c:doubt(place(link.start, link.stop), destination, 'neither an address nor a path')
  elseif destination:find('^[^#?]') and not destination:find('^//') then
    add_path(c, link, place, link.start, link.start + #destination:match('^[^#?]*') - 1)
  end
end

local function hex(char)
  return ('%%%02X'):format(char:byte())
end

--- Writes a path as a destination: what would end it, or mean something else, percent-encoded.
---@param ref table
---@param move table
---@return string|nil text
---@return string|nil why
function M.rewrite(ref, move)
  if ref.address and move.text:find('[^%w/._~@+-]') then
    return nil, 'the new path would need escapes in an address'
  elseif ref.html then
    return (move.text:gsub('[%%"\'<>#?&]', hex))
  end
  return (move.text:gsub(ref.angle and '[%%<>#?]' or '[%%()<>#? \\]', hex))
end

--- Writes the address of a page of another repository where a path stood.
---@param ref table
---@param move table
---@return string|nil text
---@return string|nil why
function M.cross(ref, move)
  local to = move.border.to
  local page = to.url and ref.anchor ~= 'root' and url.page(to.url, to.branch or 'main', to.path, move.is_dir)
  if not page then
    return nil, to.url and 'its path begins at the root of the repository' or ('no address of %s is known'):format(to.name)
  end
  return M.rewrite(ref, { text = page })
end

return M
