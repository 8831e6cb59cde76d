-- lock.lua: which copy stands for which remote reference. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local list = require 'ifx.list'
local yaml = require 'yaml'

---@class ifx.vendor.Entry
---@field reference string   as kustomizations write it
---@field repository string|nil  what git was given; nil: one file behind an address
---@field ref string|nil     branch, tag or commit as written; nil: none was
---@field commit string|nil  full id
---@field path string        in the copy: the folder or the file that is meant
---@field digest string      SHA-256 of the copy

local lock = {}

lock.FILE = 'ifx.lock'
lock.FOLDER = '.ifx/vendor'
lock.FORMAT = 'ifx.lock/1'

local KEYS = { 'format', 'remotes', 'reference', 'repository', 'ref', 'commit', 'path', 'digest' }
local HEAD = '# Copies of remote references, in .ifx/vendor. Written by `ifx vendor`; commit both.\n'

---The file with the copy of that digest, from the folder of the lock file.
---@param digest string
---@return string
function lock.copy(digest) return ('%s/%s.tar'):format(lock.FOLDER, digest) end

local function refuse(file, message)
  err.raise { kind = 'config', file = file, message = message,
    hint = 'restore it from the history, or remove it and run `ifx vendor`' }
end

local RULES = {
  reference = '.', path = '^[^/]', digest = '^' .. ('%x'):rep(64) .. '$',
  repository = '.', ref = '.', commit = '^' .. ('%x'):rep(40) .. '%x*$',
}
local OPTIONAL = { repository = true, ref = true, commit = true }

local function check(entry, i, file)
  if type(entry) ~= 'table' then refuse(file, ('item %d of remotes is no map'):format(i)) end
  for _, name in ipairs(list.keys(RULES)) do
    local value = entry[name]
    local fits = type(value) == 'string' and value:find(RULES[name])
    if not fits and not (value == nil and OPTIONAL[name]) then
      refuse(file, ("item %d of remotes: '%s' is not what it must be"):format(i, name))
    end
  end
end

---The entries by their references. Raises 'parse' and 'config' with the file.
---@param text string
---@param file string  as errors call it
---@return table<string, ifx.vendor.Entry>
function lock.parse(text, file)
  local value = yaml.decode(text, { file = file })
  if type(value) ~= 'table' or value.format ~= lock.FORMAT or type(value.remotes) ~= 'table' then
    refuse(file, ("this is no lock file of the format '%s'"):format(lock.FORMAT))
  end
  local entries = {}
  for i, entry in ipairs(value.remotes) do
    check(entry, i, file)
    if entries[entry.reference] then refuse(file, ('%s stands twice'):format(entry.reference)) end
    entries[entry.reference] = entry
  end
  return entries
end

---Sorted: the same entries give the same bytes.
---@param entries table<string, ifx.vendor.Entry>
---@return string
function lock.print(entries)
  local remotes = list.map(list.keys(entries), function(reference) return entries[reference] end)
  return HEAD .. yaml.encode({ format = lock.FORMAT, remotes = require 'ifx'.list(remotes) }, { keys = KEYS })
end

return lock
