-- trust.lua: which code of repositories a person has agreed to run. SPDX-License-Identifier: Apache-2.0
local dirs = require 'ifx.dirs'
local err = require 'err'
local fs = require 'fs'
local hash = require 'hash'
local json = require 'json'
local list = require 'ifx.list'

local trust = {}

local FORMAT = 'ifx.trust/1'

---A thing that is trusted as a whole: the folder of a plugin, or one file (a recipe, ifx.yaml).
---@class ifx.trust.Snapshot
---@field path string                  its real path
---@field hash string                  SHA-256 over every path and the hash of its bytes
---@field files table<string, string>  path inside ('' for a single file) to 'sha256 HEX' or 'link TARGET'
---@field bytes table<string, string>  what was hashed: code runs from here, so it cannot change in between

local function refuse(message, hint)
  err.raise { kind = 'trust', op = 'trust', message = message, hint = hint }
end

-- A link may only lead to a place inside the folder, however it gets there.
local function link_inside(root, path)
  local target = fs.realpath(fs.join(root, path))
  if not target or target:sub(1, #root + 1) ~= root .. '/' then
    refuse(('%s is a symbolic link that leads outside of %s'):format(path, root),
      'replace the link by the file it points to')
  end
  return 'link ' .. fs.readlink(fs.join(root, path))
end

local function add_folder(snap)
  for _, entry in ipairs(fs.walk(snap.path)) do
    if entry.type == 'link' then
      snap.files[entry.path] = link_inside(snap.path, entry.path)
    elseif entry.type == 'file' then
      snap.bytes[entry.path] = fs.read(fs.join(snap.path, entry.path))
      snap.files[entry.path] = 'sha256 ' .. hash.sha256(snap.bytes[entry.path])
    elseif entry.type ~= 'dir' then
      refuse(('%s in %s is neither a file nor a folder'):format(entry.path, snap.path))
    end
  end
end

local function digest(files)
  local lines = {}
  for _, path in ipairs(list.keys(files)) do
    lines[#lines + 1] = ('%d:%s %d:%s'):format(#path, path, #files[path], files[path]) -- names and links may hold line breaks
  end
  return hash.sha256(table.concat(lines, '\n'))
end

---Reads a folder or a file as it is now.
---@param path string
---@return ifx.trust.Snapshot
---Raises 'not_found'; 'trust' for a link that leads outside.
function trust.snapshot(path)
  local real = fs.realpath(path)
  if not real then
    err.raise { kind = 'not_found', op = 'trust', message = 'no such file or folder: ' .. path }
  end
  local snap = { path = real, files = {}, bytes = {} }
  if fs.stat(real).type == 'dir' then
    add_folder(snap)
  else
    snap.bytes[''] = fs.read(real)
    snap.files[''] = 'sha256 ' .. hash.sha256(snap.bytes[''])
  end
  snap.hash = digest(snap.files)
  return snap
end

---The file that remembers.
---@return string
function trust.file() return fs.join(dirs.config(), 'trust.json') end

local function read_entries()
  local file = trust.file()
  local text = fs.try_read(file)
  if not text then return {} end
  local data = json.decode(text, { file = file })
  if type(data) ~= 'table' or data.format ~= FORMAT or type(data.entries) ~= 'table' then
    err.raise { kind = 'config', op = 'read trust', message = 'not a file of the format ' .. FORMAT, file = file,
      hint = 'remove it and trust again what you need' }
  end
  return data.entries
end

-- Changes the entries under a lock, so that two `ifx trust` at once lose nothing.
local function update(change)
  local file = trust.file()
  fs.mkdir(fs.dirname(file))
  local _ <close> = fs.lock(file .. '.lock', { timeout = 10 })
  local entries = read_entries()
  change(entries)
  fs.write(file, json.encode({ format = FORMAT, entries = entries }, { pretty = true }) .. '\n', { mode = 384 }) -- 0600
end

local function first_difference(known, now)
  for _, path in ipairs(list.keys(now)) do
    local name = path == '' and 'the file' or path
    if not known[path] then return name .. ' is new' end
    if known[path] ~= now[path] then return name .. ' has changed' end
  end
  for _, path in ipairs(list.keys(known)) do
    if not now[path] then return path .. ' is gone' end
  end
end

---Whether a snapshot is what somebody trusted.
---@param snap ifx.trust.Snapshot
---@return boolean
---@return string|nil why it is not
function trust.check(snap)
  local entry = read_entries()[snap.path]
  if not entry then return false, 'nobody has trusted it yet' end
  if entry.hash == snap.hash then return true end
  return false, (first_difference(entry.files, snap.files) or 'it has changed') .. ' since it was trusted'
end

---Records snapshots as trusted.
---@param items { snapshot: ifx.trust.Snapshot, kind: string, name: string, grants: string[] }[]
function trust.record(items)
  local now = require 'host'.time()
  update(function(entries)
    for _, item in ipairs(items) do
      entries[item.snapshot.path] = {
        kind = item.kind, name = item.name, grants = require 'ifx'.list(item.grants), at = math.floor(now),
        hash = item.snapshot.hash, files = item.snapshot.files,
      }
    end
  end)
end

---Forgets what is trusted at `path` and below it.
---@param path string
---@return string[] paths forgotten
function trust.revoke(path)
  local real = fs.realpath(path) or fs.normalize(path)
  local gone = {}
  update(function(entries)
    for _, known in ipairs(list.keys(entries)) do
      if known == real or known:sub(1, #real + 1) == real .. '/' then
        entries[known] = nil
        gone[#gone + 1] = known
      end
    end
  end)
  return gone
end

---Everything that is trusted, by path.
---@return { path: string, kind: string, name: string, grants: string[], at: integer, hash: string }[]
function trust.list()
  local entries, out = read_entries(), {}
  for _, path in ipairs(list.keys(entries)) do
    local entry = entries[path]
    out[#out + 1] = { path = path, kind = entry.kind, name = entry.name, grants = entry.grants, at = entry.at, hash = entry.hash }
  end
  return out
end

---The bytes of a single file that must be trusted: a recipe of a repository, an ifx.yaml that is used.
---@param path string
---@return string
---Raises kind 'trust' with the reason and the command to type.
function trust.read(path)
  local snap = trust.snapshot(path)
  local good, why = trust.check(snap)
  if not good then
    err.raise { kind = 'trust', op = 'read ' .. path, message = ('%s is not trusted: %s'):format(path, why), file = path,
      hint = ('look at it, then: ifx trust %s'):format(path) }
  end
  return snap.bytes['']
end

return trust
