-- init.lua: reads shell scripts and command lines. SPDX-License-Identifier: Apache-2.0

local commands = require './commands'
local split = require './split'

return {
  library = {
    find = commands.find, start = commands.start, rewrite = commands.rewrite,
    parse = split.parse, text = split.text, show = split.show,
  },
}
