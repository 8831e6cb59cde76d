-- version: which program this is. SPDX-License-Identifier: Apache-2.0
local host = require 'host'

return {
  summary = 'Print the version',
  usage = 'version',
  run = function()
    require('term').write('ifx ' .. host.version .. '\n')
  end,
}
