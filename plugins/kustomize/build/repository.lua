-- repository.lua: an address taken apart into a repository and a folder of it. SPDX-License-Identifier: Apache-2.0

---@class kustomize.Repository
---@field repository string  what git is given
---@field path string        of the folder that is meant, '' for the top one
---@field ref string|nil     branch, tag or commit
---@field timeout number|nil seconds that git may take
---@field submodules boolean|nil  as it is written; nil: nothing is said

local M = {}

local SCHEMES = { 'ssh://', 'https://', 'http://', 'file://' }

-- A scheme that is known, and what stands behind it.
local function scheme_of(address)
  local lower = address:lower()
  for _, scheme in ipairs(SCHEMES) do
    if lower:sub(1, #scheme) == scheme then return scheme, address:sub(#scheme + 1) end
  end
  return nil, address
end

-- ---- the query ----

local function decoded(text)
  return (text:gsub('+', ' '):gsub('%%(%x%x)', function(digits) return string.char(tonumber(digits, 16)) end))
end

---What a query says, of each key the first time.
---@param text string
---@return table<string, string>
function M.query(text)
  local out = {}
  for key, value in text:gmatch '([^&=]+)=?([^&]*)' do
    key = decoded(key)
    if out[key] == nil then out[key] = decoded(value) end
  end
  return out
end

local SECONDS = { h = 3600, m = 60, s = 1, ms = 0.001 }

-- '61', or '1m1s'; nil for anything else, and for no time at all.
local function seconds(text)
  local sum = tonumber(text:match '^%d+$')
  if not sum then
    sum = 0
    for number, unit in text:gmatch '([%d.]+)(%a+)' do
      sum = sum + (tonumber(number) or 0) * (SECONDS[unit] or 0)
    end
  end
  return sum > 0 and sum or nil
end

local BOOLEANS = { ['1'] = true, t = true, T = true, TRUE = true, ['true'] = true, True = true,
  ['0'] = false, f = false, F = false, FALSE = false, ['false'] = false, False = false }

local function filled(text) return text ~= '' and text or nil end

-- ---- the address ----

local function separator(rest, may_be_scp)
  local slash, colon = rest:find('/', 1, true), may_be_scp and rest:find(':', 1, true)
  return colon and (not slash or colon > 1 and colon < slash) and colon or slash
end

-- What git is given up to the path of the repository, and that path with all behind it.
local function host_of(address)
  local scheme, rest = scheme_of((address:gsub('^[Gg][Ii][Tt]::', '')))
  local user = rest:match '^%a[%w-]*@' or ''
  rest = rest:sub(#user + 1)
  if scheme == 'file://' then return scheme, user .. rest end
  local github = rest:lower():find '^github%.com[/:]'
  if not (scheme or user ~= '' or github) then return nil end
  local stop = separator(rest, not scheme)
  local host = rest:sub(1, stop or #rest)
  if host == '' then return nil end
  if github and (scheme == 'ssh://' or user ~= '') then
    scheme, host = '', 'github.com:'
  elseif github then
    scheme, user, host = 'https://', '', 'github.com/'
  end
  return (scheme or '') .. user .. host, stop and rest:sub(stop + 1) or ''
end

-- The repository of a path, and the folder in it: the first mark counts, then owner and name.
local function split(inside, is_file)
  local before, after = inside:match '^(.-_git/[^/]*)/?(.*)$'
  if before then return before, after end
  before, after = inside:match '^(.-)//(.*)$'
  if before then return before, after end
  before, after = inside:match '^(.-%.git)(.*)$'
  if before then return before, after end
  if is_file then return inside, '' end
  before, after = inside:match '^([^/]*/[^/]*)/?(.*)$'
  return before, after
end

---The repository of an address; nil when it names none.
---@param named string
---@return kustomize.Repository|nil
function M.of(named)
  local address, query = named:match '^([^?]*)%??(.*)$'
  local host, inside = host_of(address)
  if not host then return nil end
  local repository, folder = split(inside, host == 'file://')
  if not repository or repository == '' then return nil end
  folder = path.normalize((folder:gsub('^/', '')))
  if not folder or folder:sub(1, 1) == '/' then return nil end
  local said = M.query(query)
  return { repository = host .. repository, path = folder == '.' and '' or folder,
    ref = filled(said.ref or '') or filled(said.version or ''), timeout = seconds(said.timeout or ''),
    submodules = BOOLEANS[said.submodules or ''] }
end

return M
