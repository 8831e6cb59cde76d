-- fetch.lua: repositories by the program git, single files by the program curl. SPDX-License-Identifier: Apache-2.0
local base = require 'ifx.repo.base'
local err = require 'err'
local fs = require 'fs'
local git = require 'ifx.repo.git'
local path = require 'ifx.path'
local proc = require 'proc'
local trees = require 'ifx.repo.tree'

---@class ifx.vendor.Source  what a plugin says of a remote reference
---@field reference string       as it is written
---@field file string            that holds it, as errors call it
---@field line integer|nil
---@field column integer|nil
---@field repository string|nil  what git is given
---@field path string|nil        in the repository
---@field ref string|nil
---@field timeout number|nil     seconds
---@field submodules boolean|nil
---@field address string|nil     of a single file

local fetch = {}

-- One fetch may take so long, in seconds, unless the reference allows more.
local SECONDS = 120
-- What one reference may bring.
fetch.MAX_BYTES = 64 * 1024 * 1024
local MAX_MODULES = 100

local ANY_PROTOCOL = 'https:http:ssh'

-- No prompt, no helper that stores or asks for passwords, no protocol but these: GIT_ALLOW_PROTOCOL of the caller names others.
local function options(source)
  return {
    timeout = math.max(source.timeout or 0, SECONDS),
    config = { 'credential.helper=', 'core.askPass=', 'fetch.recurseSubmodules=false', 'protocol.version=2',
      'fetch.fsckObjects=true', 'http.lowSpeedLimit=1', 'http.lowSpeedTime=30' },
    env = { GIT_ALLOW_PROTOCOL = fs.env 'GIT_ALLOW_PROTOCOL' or ANY_PROTOCOL, GIT_ASKPASS = '',
      GIT_SSH_COMMAND = 'ssh -oBatchMode=yes -oConnectTimeout=30' },
  }
end

local function refuse(source, kind, message, hint, cause)
  err.raise { kind = kind, file = source.file, line = source.line, column = source.column, cause = cause,
    message = ('%s: %s'):format(source.reference, message), hint = hint }
end

local function remedy(e)
  local text = e.message or ''
  if text:find('remote ref', 1, true) or text:find('not our ref', 1, true) then
    return 'name a tag or a full commit id that the repository has'
  elseif text:find('not allowed', 1, true) then
    return 'https, http and ssh are; GIT_ALLOW_PROTOCOL names others'
  elseif text:find('terminal prompts disabled', 1, true) or text:find('Permission denied', 1, true) then
    return 'nothing is asked and no credential helper runs: use ssh with an agent'
  end
  return 'git fetch --depth=1 with that address, by hand, says more'
end

local function is_commit(ref) return ref and ref:find('^%x+$') and (#ref == 40 or #ref == 64) end
fetch.is_commit = is_commit

local function checked_ref(source, ref)
  if ref:find '[%s%c:^~?*%[\\]' or ref:find '^[-+]' or ref:find('..', 1, true) then
    refuse(source, 'config', ("'%s' cannot be the name of a branch, a tag or a commit"):format(ref))
  end
  return ref
end

local function run(source, dir, args)
  local ok, result = pcall(git.run, dir, args, options(source))
  if ok then return result end
  if err.is(result, 'cancelled') then error(result, 0) end
  refuse(source, err.is(result) and result.kind or 'process', 'cannot be fetched', remedy(result), result)
end

-- What is wanted, into a new repository in `dir`; the id of the commit.
local function bring(source, dir, repository, wanted)
  git.run(dir, { 'init', '--quiet', '--bare', '--template=' })
  run(source, dir, { 'fetch', '--quiet', '--depth=1', '--no-tags', '--', repository, checked_ref(source, wanted) })
  local id = git.commit_id(dir, 'FETCH_HEAD')
  if not id then refuse(source, 'unsupported', ("'%s' is no commit"):format(wanted)) end
  return id
end

---Is what a reference names fixed by itself? A full commit id is, and a tag; a branch moves.
---@param source ifx.vendor.Source
---@param dir string  some folder
---@return boolean
function fetch.is_pinned(source, dir)
  local ref = source.ref
  if not ref then return false end
  if is_commit(ref) then return true end
  local said = run(source, dir, { 'ls-remote', '--quiet', '--refs', '--', source.repository, checked_ref(source, ref) }).stdout
  for name in said:gmatch '\t([^\n]+)' do
    if name == 'refs/tags/' .. ref or name == ref and ref:find '^refs/tags/' then return true end
  end
  return false
end

-- ---- submodules ----

-- '../other.git' is taken from the repository's own address.
local function absolute_url(repository, url)
  if not url:find '^%.%.?/' then return url end
  local at = repository:gsub('/+$', '')
  while true do
    local up, rest = url:match '^(%.%.?)/(.*)$'
    if not up then return at .. '/' .. url end
    if up == '..' then at = at:match '^(.*)[/:][^/:]*$' or at end
    url = rest
  end
end

local function declared_modules(dir, id)
  local urls, paths = {}, {}
  local args = { 'config', '-z', '--blob', id .. ':.gitmodules', '--get-regexp', [[^submodule\..*\.(path|url)$]] }
  for _, record in ipairs(git.records(dir, args, { check = false })) do
    local name, key, value = record:match '^submodule%.(.*)%.(%l+)\n(.*)$'
    if key == 'path' then paths[name] = value elseif key == 'url' then urls[name] = value end
  end
  local out = {}
  for name, at in pairs(paths) do out[at] = urls[name] end
  return out
end

local function merged(tree, parts)
  local entries = {}
  for _, entry in ipairs(tree:files()) do
    if not parts[entry.path] then
      entries[#entries + 1] = { path = entry.path, mode = entry.mode, size = entry.size, from = tree, inner = entry.path }
    end
  end
  for at, part in pairs(parts) do
    for _, entry in ipairs(part:files()) do
      entries[#entries + 1] = { path = path.join(at, entry.path), mode = entry.mode, size = entry.size, from = part,
        inner = entry.path }
    end
  end
  return base.new({ kind = 'modules', _close = function()
    tree:close()
    for _, part in pairs(parts) do part:close() end
  end }, entries, function(_, entry) return entry.from:read(entry.inner) end)
end

local open

local function with_modules(source, scratch, repository, tree, id, count)
  local urls, parts = declared_modules(tree.repository.git_dir, id), {}
  for _, entry in ipairs(tree:files()) do
    if entry.mode == '160000' then
      count.modules = count.modules + 1
      local url = urls[entry.path]
      if not url then refuse(source, 'config', ('its .gitmodules has no address for %s'):format(entry.path)) end
      if count.modules > MAX_MODULES then refuse(source, 'limit', ('more than %d submodules'):format(MAX_MODULES)) end
      parts[entry.path] = open(source, scratch, absolute_url(repository, url), entry.oid, count)
    end
  end
  return next(parts) and merged(tree, parts) or tree
end

function open(source, scratch, repository, wanted, count)
  local dir = fs.join(scratch, ('%d.git'):format(#fs.list(scratch)))
  fs.mkdir(dir)
  local id = bring(source, dir, repository, wanted)
  local tree = trees.revision(dir, id)
  if source.submodules then tree = with_modules(source, scratch, repository, tree, id, count) end
  return tree, id
end

---The files of a repository at a commit, or at what the reference names.
---@param source ifx.vendor.Source
---@param commit string|nil  the one that is wanted
---@param scratch string     an empty folder, which the tree needs as long as it is read
---@return ifx.repo.Tree  to be closed
---@return string commit
---Raises with the place of the reference: what git says, 'conflict' when the reference no longer leads to the commit.
function fetch.repository(source, commit, scratch)
  local count = { modules = 0 }
  local ok, tree, id = pcall(open, source, scratch, source.repository, commit or source.ref or 'HEAD', count)
  if ok then return tree, id end
  if not commit or err.is(tree, 'cancelled') or is_commit(source.ref) then error(tree, 0) end
  -- Not every server hands out a commit by its id.
  local found, by_name, now = pcall(open, source, scratch, source.repository, source.ref or 'HEAD', count)
  if not found then error(tree, 0) end
  if now == commit then return by_name, now end
  by_name:close()
  refuse(source, 'conflict', ('it was pinned at %s, and stands at %s now'):format(commit, now),
    'look at what has changed, then `ifx vendor --update`')
end

---The bytes of a single file.
---@param source ifx.vendor.Source
---@return string
---Raises with the place of the reference.
function fetch.file(source)
  if not proc.find 'curl' then
    refuse(source, 'unsupported', 'single files are fetched by the program curl, which is not here', 'install curl')
  end
  local protocols = source.address:lower():find '^https:' and '=https' or '=https,http'
  local argv = { 'curl', '--disable', '--silent', '--show-error', '--fail', '--location', '--max-redirs', '10', '--globoff',
    '--proto', protocols, '--proto-redir', protocols, '--connect-timeout', '30', '--max-time', tostring(SECONDS),
    '--max-filesize', tostring(fetch.MAX_BYTES), '--', source.address }
  local ok, result = pcall(proc.run, argv, { timeout = SECONDS + 10, max_output = fetch.MAX_BYTES })
  if ok then return result.stdout end
  if err.is(result, 'cancelled') then error(result, 0) end
  refuse(source, err.is(result) and result.kind or 'process', 'cannot be fetched', 'open the address in a browser', result)
end

return fetch
