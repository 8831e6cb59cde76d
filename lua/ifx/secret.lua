-- secret.lua: references to secrets, resolved when used and never shown. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'

local secret = {}

---A secret of a configuration. `tostring` tells where it is kept; `s:reveal()` returns the value.
---@class ifx.Secret
---@field reveal fun(self: ifx.Secret): string

local function nothing_there(reference, why)
  err.raise { kind = 'not_found', op = 'read the secret ' .. reference, message = why }
end

local function without_newline(text)
  return (text:gsub('\r?\n$', ''))
end

-- sops takes the place of a value as a path of quoted keys: a.b[0] is ["a"]["b"][0].
local function sops_path(key)
  local out = ''
  for step in key:gmatch('[^.]+') do
    local name, indexes = step:match('^([^%[%]"\\]+)([%[%]%d]*)$')
    if not name then
      err.raise { kind = 'config', op = 'read a secret', message = ("sops.key: '%s' is not a path such as a.b[0]"):format(key) }
    end
    out = out .. '["' .. name .. '"]' .. indexes
  end
  return out
end

-- What a program prints is the secret: neither its output nor its messages may reach an error that is shown.
local function output_of(argv, base, reference)
  local result = require 'proc'.run(argv, { cwd = base, timeout = 60, check = false })
  if result.status ~= 0 then
    err.raise { kind = 'process', op = 'read the secret ' .. reference, status = result.status,
      message = ('%s ended with status %s'):format(argv[1], result.status or 'signal ' .. tostring(result.signal)),
      hint = 'run it by hand to see why' }
  end
  return without_newline(result.stdout)
end

local resolve = {
  env = function(name, _, reference)
    return fs.env(name) or nothing_there(reference, ('the environment variable %s is not set'):format(name))
  end,
  file = function(path, base, reference)
    local bytes = fs.try_read(fs.join(base, path), { max = 1024 * 1024 })
    return without_newline(bytes or nothing_there(reference, ('there is no file %s'):format(path)))
  end,
  command = output_of,
  sops = function(target, base, reference)
    return output_of({ 'sops', '--decrypt', '--extract', sops_path(target.key), target.file }, base, reference)
  end,
}

local function describe(kind, target)
  if kind == 'command' then return 'of the program ' .. target[1] end
  if kind == 'sops' then return ('%s in %s'):format(target.key, target.file) end
  return (kind == 'env' and '$' or '') .. target
end

---A secret that stands where `reference` says; paths in it are taken from the folder `base`.
---@param reference table  { env = NAME } | { file = PATH } | { command = {…} } | { sops = { file = PATH, key = a.b } }
---@param base string
---@return ifx.Secret
function secret.new(reference, base)
  local kind, target = next(reference)
  local shown = describe(kind, target)
  local methods = { reveal = function() return resolve[kind](target, base, shown) end }
  return setmetatable({}, {
    __index = methods,
    __newindex = function() err.raise { kind = 'argument', message = 'a secret cannot be changed' } end,
    __tostring = function() return '<secret ' .. shown .. '>' end,
    __name = 'secret',
    __metatable = false,
  })
end

return secret
