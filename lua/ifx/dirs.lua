-- dirs.lua: the folders of the user, by the XDG base directory rules. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'

local dirs = {}

local function folder(variable, below_home)
  local base = fs.env(variable)
  if base and base:find('^/') then return fs.join(base, 'ifx') end -- a relative one is to be ignored
  local home = fs.env('HOME')
  if not home or not home:find('^/') then
    err.raise { kind = 'config', op = 'find the folder for ' .. variable, message = 'HOME is not set',
      hint = ('set HOME or %s'):format(variable) }
  end
  return fs.join(home, below_home, 'ifx')
end

---What the user configures: `$XDG_CONFIG_HOME/ifx`.
---@return string
function dirs.config() return folder('XDG_CONFIG_HOME', '.config') end

---What ifx remembers between runs: `$XDG_STATE_HOME/ifx`.
---@return string
function dirs.state() return folder('XDG_STATE_HOME', '.local/state') end

return dirs
