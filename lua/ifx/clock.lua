-- clock.lua: moments as people read them: UTC, ISO 8601. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local host = require 'host'

local clock = {}

--- Now, in whole seconds since 1970; SOURCE_DATE_EPOCH where it is set, so that a plan can be made twice alike.
---@return integer
--- Raises `config` when SOURCE_DATE_EPOCH is no number of seconds.
function clock.now()
  local fixed = fs.env('SOURCE_DATE_EPOCH')
  if not fixed then
    return math.floor(host.time())
  elseif not fixed:find('^%d+$') or #fixed > 12 then
    err.raise {
      kind = 'config', op = 'read SOURCE_DATE_EPOCH', message = ("'%s' is no number of seconds since 1970"):format(fixed),
    }
  end
  return math.tointeger(tonumber(fixed))
end

--- 2026-11-21T11:03:39Z
---@param seconds number since 1970
---@return string
function clock.iso(seconds)
  return host.date('%Y-%m-%dT%H:%M:%SZ', math.floor(seconds))
end

--- 20261121-110339: a moment as a part of a name; sorts as time does.
---@param seconds number since 1970
---@return string
function clock.stamp(seconds)
  return host.date('%Y%m%d-%H%M%S', math.floor(seconds))
end

return clock
