-- cli: from the words of the command line to a command and an exit status. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local host = require 'host'

local M = {}

-- Exit status, as documented in docs/commands.md.
M.FAILED, M.CHANGES, M.USAGE, M.INTERRUPTED = 1, 2, 64, 130
M.PIPE = 141 -- as a program that SIGPIPE ends

local EPIPE = 32

local aliases = { ['--version'] = 'version', ['-V'] = 'version', ['--help'] = 'help', ['-h'] = 'help' }

---The command of that name, or nil. One command is one file of this folder.
---@param name string
---@return ifx.Command?
function M.find_command(name)
  if not name:match '^[a-z][a-z0-9]*$' then return nil end
  if not host.module_file('ifx.cli.' .. name) then return nil end
  local command = require('ifx.cli.' .. name)
  return command.summary and command or nil
end

---@return string[]
function M.command_names()
  local names = {}
  for _, entry in ipairs(require('fs').list(host.dir .. '/lua/ifx/cli')) do
    local name = entry.name:match '^([a-z]+)%.lua$'
    if name and name ~= 'init' and M.find_command(name) then names[#names + 1] = name end
  end
  return names
end

local function dispatch(args)
  local name = aliases[args[1]] or args[1] or 'help'
  local command = M.find_command(name)
  if not command then
    err.raise {
      kind = 'argument', usage = true, message = ("there is no command '%s'"):format(name),
      hint = require('ifx.cli.options').suggest(name, M.command_names(), "`ifx help` lists the commands"),
    }
  end
  local options = require 'ifx.cli.options'
  local opts, rest = options.parse(command, args, 2)
  if opts.help and not command.own_help then
    require('term').write(options.help(name, command))
    return 0
  end
  return command.run(opts, rest) or 0
end

-- Whoever read our output has gone (`| head`): nobody is left to tell.
local function reader_gone(e)
  return err.is(e, 'io') and e.status == EPIPE and e.message:find('standard output', 1, true)
end

local function status_of(e)
  if not err.is(e) then return M.FAILED end
  if e.usage then return M.USAGE end
  if e.kind == 'cancelled' then return M.INTERRUPTED end
  return M.FAILED
end

---Run one command. Never raises.
---@param args string[]
---@return integer exit_status
function M.main(args)
  local ok, result = pcall(dispatch, args)
  if ok then return result end
  if reader_gone(result) then return M.PIPE end
  require('ifx.cli.report').show(result)
  return status_of(result)
end

return M
