-- init.lua: finds what helmfiles, and the templates of their values, name. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local release = require './release'
local state = require './state'
local states = require './states'
local template = require './template'

local shell = ifx.use 'shell'.library

local REWRITE = {
  chart = release.rewrite_local, program = release.rewrite_local, quoted = template.rewrite_quoted, word = shell.rewrite,
}

local function find_known(file, ctx)
  local c, known = finder.collect('helmfile', file, ctx), states.all(ctx).files[file.path]
  if known then
    state.find(c, known.folders)
  end
  return c:result()
end

-- Any other template: its paths count from its own folder, or from that of the helmfile that reads it into itself.
local function find_template(file, ctx)
  local c, all = finder.collect('helmfile', file, ctx), states.all(ctx)
  if not all.files[file.path] then
    template.find(c, { path.dirname(file.path), all.read[file.path] })
  end
  return c:result()
end

return {
  references = {
    {
      kinds = state.kinds, rewrite = REWRITE, find = find_known,
      choose = function(ctx) return list.keys(states.all(ctx).files) end,
    },
    {
      kinds = state.kinds, rewrite = REWRITE, find = find_template, files = { '**/*.gotmpl' },
      needs = { 'readFile', 'readDir', 'isFile', 'isDir', 'exec' },
    },
  },
}
