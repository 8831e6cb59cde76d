-- init.lua: finds what Taskfiles and the configuration of mise name. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local mise = require './mise'
local sources = require './sources'
local taskfile = require './taskfile'

local shell = ifx.use 'shell'.library

local KINDS = {
  ['task.include'] = 'a file of tasks, or the script of one',
  ['task.command'] = 'a path in a command',
  ['task.directory'] = 'the folder that a task runs in',
  ['task.files'] = 'files that a task reads or makes',
  ['task.variable'] = 'a path that a variable holds',
  ['task.dotenv'] = 'a file of environment variables',
}

local MISE = {
  '**/{,.}mise.toml', '**/{,.}mise.*.toml', '**/.config/mise/**/*.toml', '**/{,.}mise/config.toml', '**/{,.}mise/config.*.toml',
}

return {
  references = {
    {
      kinds = KINDS, choose = sources.paths, rewrite = { word = shell.rewrite },
      find = function(file, ctx)
        local c = finder.collect('task', file, ctx)
        taskfile.find(c, sources.all(ctx)[file.path])
        return c:result()
      end,
    },
    {
      kinds = KINDS, files = MISE, rewrite = { word = shell.rewrite },
      find = function(file, ctx)
        local c = finder.collect('task', file, ctx)
        mise.find(c)
        return c:result()
      end,
    },
  },
}
