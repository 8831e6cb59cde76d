-- help: what there is. SPDX-License-Identifier: Apache-2.0
local cli = require 'ifx.cli'

local function overview()
  local out = { 'ifx restructures GitOps repositories without loss.\n\nusage: ifx COMMAND …\n\n' }
  for _, name in ipairs(cli.command_names()) do
    out[#out + 1] = ('  %-10s %s\n'):format(name, cli.find_command(name).summary)
  end
  out[#out + 1] = '\n`ifx help COMMAND` says more.\n'
  return table.concat(out)
end

return {
  summary = 'List the commands, or explain one',
  usage = 'help [COMMAND]',
  args = { 0, 1 },
  run = function(_, args)
    local name = args[1]
    if not name then return require('term').write(overview()) end
    local command = cli.find_command(name)
    if not command then
      local options = require 'ifx.cli.options'
      require('err').raise { kind = 'argument', usage = true, message = ("there is no command '%s'"):format(name),
        hint = options.suggest(name, cli.command_names(), '`ifx help` lists the commands') }
    end
    require('term').write(require('ifx.cli.options').help(name, command))
  end,
}
