-- grants.lua: the fs and proc that a plugin gets: only what its manifest grants. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'

local grants = {}

---Who asks, and what was granted; `base` is the directory being worked on, relative grants are below it.
---@class ifx.plugin.Reach
---@field plugin string
---@field base string
---@field read string[]
---@field write string[]
---@field exec string[]

local function refuse(reach, grant, path, message)
  err.raise {
    kind = 'grant', op = ('plugin %s'):format(reach.plugin), message = message,
    hint = ('grants: { %s: [%s] } in its plugin.yaml would allow it'):format(grant, path),
  }
end

-- The real path of what exists of `path`, with the rest appended: links cannot lead out.
-- The last segment is not followed when `keep_last`: removing a link removes the link.
local function real(path, keep_last)
  local head, tail = path, ''
  if keep_last then head, tail = fs.dirname(path), '/' .. fs.basename(path) end
  while true do
    local found = fs.realpath(head)
    if found then return (found == '/' and '' or found) .. tail end
    if fs.lstat(head) then return nil end -- a link that leads nowhere
    head, tail = fs.dirname(head), '/' .. fs.basename(head) .. tail
  end
end

local function within(path, root)
  return path == root or root == '/' or path:sub(1, #root + 1) == root .. '/'
end

local function absolute(reach, path)
  if type(path) ~= 'string' then
    err.raise { kind = 'argument', message = 'a path must be text, not ' .. type(path) }
  end
  return fs.normalize(path:sub(1, 1) == '/' and path or fs.join(reach.base, path))
end

-- A grant to write a repository is no grant to put programs into its .git/hooks.
local function inside_git(path)
  return path:find('/.git/', 1, true) or path:find('/%.git$')
end

---The path to use for `path`, or raises kind 'grant'.
---@param reach ifx.plugin.Reach
---@param grant 'read'|'write'
---@param path string
---@param keep_last boolean|nil  do not follow a link at the end
---@return string
function grants.allow(reach, grant, path, keep_last)
  local target = real(absolute(reach, path), keep_last)
  for _, granted in ipairs(target and reach[grant] or {}) do
    local root = real(absolute(reach, granted))
    if root and within(target, root) and not (grant == 'write' and inside_git(target)) then return target end
  end
  refuse(reach, grant, path, ('%s is not granted for %s'):format(path, grant == 'read' and 'reading' or 'writing'))
end

local PURE = { 'glob', 'ignore', 'join', 'normalize', 'relative', 'dirname', 'basename' }
local READ = { 'read', 'try_read', 'stat', 'list', 'realpath' }
local READ_LINK = { 'lstat', 'readlink' }
local WRITE = { 'mkdir' }
local WRITE_LINK = { 'remove', 'remove_tree', 'chmod' }

local function reading(reach, out)
  for _, name in ipairs(READ) do
    out[name] = function(path, ...) return fs[name](grants.allow(reach, 'read', path), ...) end
  end
  for _, name in ipairs(READ_LINK) do
    out[name] = function(path) return fs[name](grants.allow(reach, 'read', path, true)) end
  end
  function out.walk(dir, options)
    options = options or {}
    return fs.walk(grants.allow(reach, 'read', dir), { ignore = options.ignore, hidden = options.hidden, follow = false })
  end
end

local function writing(reach, out)
  for _, name in ipairs(WRITE) do
    out[name] = function(path) return fs[name](grants.allow(reach, 'write', path)) end
  end
  for _, name in ipairs(WRITE_LINK) do
    out[name] = function(path, ...) return fs[name](grants.allow(reach, 'write', path, true), ...) end
  end
  function out.write(path, bytes, options)
    return fs.write(grants.allow(reach, 'write', path), bytes, options)
  end
  function out.write_all(files, options)
    local allowed = {}
    for i, file in ipairs(files) do
      allowed[i] = { path = grants.allow(reach, 'write', file.path), bytes = file.bytes, mode = file.mode }
    end
    return fs.write_all(allowed, options)
  end
  function out.rename(from, to)
    return fs.rename(grants.allow(reach, 'write', from, true), grants.allow(reach, 'write', to, true))
  end
end

---The `fs` of a plugin, or nil when it is granted no file at all.
---@param reach ifx.plugin.Reach
---@return table|nil
function grants.fs(reach)
  if #reach.read == 0 and #reach.write == 0 then return nil end
  local out = {}
  for _, name in ipairs(PURE) do out[name] = fs[name] end
  if #reach.read > 0 then reading(reach, out) end
  if #reach.write > 0 then writing(reach, out) end
  return out
end

---The `hash` of a plugin: `hash.files` takes only what it may read, and is absent when that is nothing.
---@param reach ifx.plugin.Reach
---@return table
function grants.hash(reach)
  local hash = require 'hash'
  local out = require 'ifx.plugin.copy'(hash)
  out.files = #reach.read > 0 and function(paths)
    local allowed = {}
    for i, path in ipairs(paths) do allowed[i] = grants.allow(reach, 'read', path) end
    return hash.files(allowed)
  end or nil
  return out
end

-- The absolute path of a granted program. PATH may name the working directory, whose files nobody trusted.
local function program(reach, argv)
  local name = type(argv) == 'table' and argv[1]
  if type(name) ~= 'string' then err.raise { kind = 'argument', message = 'argv must be a list that begins with a program' } end
  for _, granted in ipairs(reach.exec) do
    if granted == name then
      local path = name:sub(1, 1) == '/' and name or require 'proc'.find(name)
      if path and path:sub(1, 1) == '/' and not within(path, reach.base) then return path end
      err.raise { kind = 'not_found', op = 'plugin ' .. reach.plugin, message = 'no program ' .. name .. ' on PATH',
        hint = 'install it, or correct PATH' }
    end
  end
  refuse(reach, 'exec', name, ('running %s is not granted'):format(name))
end

---The `proc` of a plugin, or nil when it is granted no program.
---@param reach ifx.plugin.Reach
---@return table|nil
function grants.proc(reach)
  if #reach.exec == 0 then return nil end
  local proc = require 'proc'
  local function with_program(f)
    return function(argv, options)
      local path = program(reach, argv)
      local copy = table.move(argv, 1, #argv, 1, {})
      copy[1] = path
      return f(copy, options)
    end
  end
  return {
    run = with_program(proc.run),
    spawn = with_program(proc.spawn),
    find = function(name) return program(reach, { name }) end,
  }
end

return grants
