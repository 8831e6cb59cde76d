-- url.lua: which repository, and which of its paths, a URL names. SPDX-License-Identifier: Apache-2.0

local M = {}

local SCHEMES = { http = true, https = true, ssh = true, git = true, file = true, ['git+ssh'] = true }

--- Splits a Git URL into host and path: scheme://[user@]host[:port]/path, [user@]host:path,
--- host.tld/path; a leading git:: or a following ?query is no part of either.
---@param text string
---@return string|nil host lower case, '' for file URLs
---@return string|nil path without leading slash
function M.split(text)
  local rest = text:gsub('^git::', ''):gsub('[?#].*$', '')
  local scheme, after = rest:match('^([%a][%w+]*)://(.*)$')
  if scheme then
    if not SCHEMES[scheme:lower()] then
      return nil
    end
    local authority, path = after:match('^([^/]*)/?(.*)$')
    return authority:gsub('^.*@', ''):gsub(':%d+$', ''):lower(), path
  end
  local host, path = rest:match('^[^/@:]+@([^/:]+):/?(.*)$')
  if not host then
    host, path = rest:match('^gh:/?()(.*)$')
    host = host and 'github.com'
  end
  if not host then
    host, path = rest:match('^([%w][%w-]*%.[%w.-]+)[:/]/?(.*)$')
  end
  if host then
    return host:lower(), path
  end
end

local ALIASES = {
  ['ssh.github.com'] = 'github.com', ['www.github.com'] = 'github.com', ['altssh.gitlab.com'] = 'gitlab.com',
}

--- One spelling for every URL of a repository: 'github.com/owner/name', lower case, without .git.
---@param text string
---@return string|nil identity nil when this is no URL of a repository
function M.identity(text)
  local host, path = M.split(text)
  if not host then
    return nil
  end
  path = path:gsub('/+$', ''):gsub('%.git$', ''):gsub('//+', '/'):lower()
  if path == '' then
    return nil
  end
  return (ALIASES[host] or host) .. '/' .. path
end

local own_sets = setmetatable({}, { __mode = 'k' })

--- The identities of the repository's own remotes.
---@param ctx table context of a finder
---@return table<string, boolean>
function M.own_identities(ctx)
  local set = own_sets[ctx]
  if not set then
    set = {}
    for key, value in pairs(ctx.repo_urls or {}) do
      local identity = M.identity(type(key) == 'string' and key or value)
      if identity then
        set[identity] = true
      end
    end
    own_sets[ctx] = set
  end
  return set
end

--- Does this URL name the repository that the tree belongs to, by its remotes?
---@param ctx table context of a finder
---@param text string
---@return boolean
function M.is_own(ctx, text)
  local identity = M.identity(text)
  return identity ~= nil and M.own_identities(ctx)[identity] == true
end

--- Like is_own, with evidence where the remotes do not say so (a clone without remotes, a fork, an
--- old name): the folders that the manifests take from that URL are here. More than half of them
--- must exist; where remotes are known, the repository must also have the name of one of them, or
--- two of the folders must exist that are at least two levels deep.
---@param ctx table context of a finder
---@param text string|nil the URL, nil when nobody declares it
---@param paths string[] folders taken from it, as written
---@return boolean own
---@return string|nil note the evidence
function M.is_own_by_paths(ctx, text, paths)
  if text and M.is_own(ctx, text) then
    return true
  end
  local here, deep, named = 0, 0, 0
  for _, path in ipairs(paths) do
    local target = ctx.resolve('', (path:gsub('^/+', '')))
    if target and target ~= '' then
      named = named + 1
      if ctx.exists(target) == 'dir' then
        here = here + 1
        deep = deep + (target:find('/', 1, true) and 1 or 0)
      end
    end
  end
  if here == 0 or here * 2 <= named then
    return false
  end
  local known, same_name = next(M.own_identities(ctx)) ~= nil, false
  local name = text and (M.identity(text) or ''):match('[^/]*$')
  for identity in pairs(M.own_identities(ctx)) do
    same_name = same_name or identity:match('[^/]*$') == name
  end
  if known and not same_name and deep < 2 then
    return false
  end
  return true, ('taken for this repository: %d of the %d folders named exist here'):format(here, named)
end

--- The pages of a repository on the web: 'https://github.com/Owner/name'; nil for an address without a host.
---@param text string
---@return string|nil
function M.web(text)
  local host, path = M.split(text)
  if not host or host == '' then
    return nil
  end
  return ('https://%s/%s'):format(ALIASES[host] or host, (path:gsub('/+$', ''):gsub('%.git$', '')))
end

--- The page of a file or folder of a repository.
---@param text string address of the repository
---@param branch string
---@param path string
---@param is_dir boolean
---@return string|nil
function M.page(text, branch, path, is_dir)
  local web = M.web(text)
  if not web or path == '' then
    return web
  end
  local between = web:find('^https://[^/]*gitlab') and '/-/' or '/'
  return ('%s%s%s/%s/%s'):format(web, between, is_dir and 'tree' or 'blob', branch, path)
end

-- What stands before a path in an address, cut into: what stays, the repository, what stays.
local BEFORE_PATH = {
  { '^(https?://raw%.githubusercontent%.com/)([^/]+/[^/]+)(/.*)$', 'github.com' },
  { '^(https?://[^/]+/)(.-)(/%-/%a+/[^/]+/)$' },
  { '^(https?://[^/]+/)([^/]+/[^/]+)(/%a+/.*)$' },
}

--- The beginning of an address, up to a path in a repository, with another repository in it; nil when that one is on
--- another server, or the address is of a kind that is not known.
---@param head string 'https://raw.githubusercontent.com/owner/name/main/'
---@param text string address of the other repository
---@return string|nil
function M.with_repository(head, text)
  local host, path = M.split(text)
  path = path and path:gsub('/+$', ''):gsub('%.git$', '')
  local before = head:match('^(.*[^/])//$')
  if before and M.identity(before) and not before:find('^git::') then
    return text .. '//'
  end
  for _, form in ipairs(BEFORE_PATH) do
    local first, _, last = head:match(form[1])
    if first then
      local server = form[2] or M.split(first)
      return server == (ALIASES[host] or host) and first .. path .. last or nil
    end
  end
end

---@class ifx.repo.RemotePath
---@field repository string identity of the repository
---@field from integer first byte of the path inside the text
---@field to integer last byte of the path inside the text; from - 1 when it names the root
---@field revision string|nil branch, tag or commit that it is pinned to

local function ref_of(text)
  return text:match('[?&]ref=([^&#]*)') or text:match('[?&]version=([^&#]*)')
end

-- Raw file addresses: {pattern of the part before the path, captures: repository, revision}.
local RAW = {
  '^https?://raw%.githubusercontent%.com/([^/]+/[^/]+)/refs/heads/([^/]+)/()',
  '^https?://raw%.githubusercontent%.com/([^/]+/[^/]+)/([^/]+)/()',
  '^https?://github%.com/([^/]+/[^/]+)/raw/refs/heads/([^/]+)/()',
  '^https?://github%.com/([^/]+/[^/]+)/raw/([^/]+)/()',
  '^https?://github%.com/([^/]+/[^/]+)/blob/([^/]+)/()',
  '^https?://github%.com/([^/]+/[^/]+)/tree/([^/]+)/()',
}

local function raw_path(text)
  for _, pattern in ipairs(RAW) do
    local repository, revision, from = text:match(pattern)
    if repository then
      return { repository = 'github.com/' .. repository:lower(), from = from, revision = revision }
    end
  end
  local host, repository, revision, from = text:match('^https?://([^/]+)/(.-)/%-/%a+/([^/]+)/()')
  if host then
    return { repository = host:lower() .. '/' .. repository:lower(), from = from, revision = revision }
  end
end

local function repository_end(text)
  local scheme_end = text:match('^git::%a[%w+]*://()') or text:match('^%a[%w+]*://()') or 1
  local _, separator = text:find('//', scheme_end, true)
  if separator then
    return separator - 2, separator + 1
  end
  local before_git, after_git = text:match('()%.git/()', scheme_end)
  if before_git then
    return before_git + 3, after_git
  end
  local _, last = text:find('^[^/]*[/:][^/]+/[^/?]+', scheme_end)
  local after = last and text:match('^/()', last + 1)
  return last or #text, after
end

--- Reads a remote text as kustomize and people write it: a Git URL with a path after '//', after
--- '.git/' or after owner/name, with ?ref=; or the address of one file of a repository on the web.
---@param text string
---@return ifx.repo.RemotePath|nil remote nil when this does not name a path of a repository
function M.remote_path(text)
  local last = (text:find('[?#]') or #text + 1) - 1
  local remote = raw_path(text)
  if not remote then
    local stop, from = repository_end(text:sub(1, last))
    local identity = M.identity(text:sub(1, math.min(stop, last)))
    if not identity then
      return nil
    end
    from = from or last + 1
    if text:find('^https?://') and text:find('^releases/', from) or text:find('^archive/', from) then
      return nil
    end
    remote = { repository = identity, from = from, revision = ref_of(text) }
  end
  remote.to = math.max(last, remote.from - 1)
  return remote
end

--- Would kustomize look for this text on the network when no such file exists?
---@param text string
---@return boolean
function M.is_remote(text)
  local colon = text:find(':', 1, true)
  if colon and (text:find('^%a[%w+]*://') or text:find('^git::') or text:find('^gh:') or text:find('^[%w_.-]+@[%w.-]+:')) then
    return true
  end
  if text:find('ref=', 1, true) and text:find('[?&]ref=') then
    return true
  end
  local host = (colon or text:find('/', 1, true)) and text:match('^([%w.-]+)[/:]')
  return host == 'github.com' or host == 'gitlab.com' or host == 'bitbucket.org'
end

return M
