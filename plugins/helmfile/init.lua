-- init.lua: finds what helmfiles, and the templates of their values, name. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local objects = require 'ifx.k8s.objects'
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

-- Any other file with releases; any other template, whose paths count from its own folder.
local function find_other(file, ctx)
  local c = finder.collect('helmfile', file, ctx)
  local is_template = file.path:find('%.gotmpl$') ~= nil
  if states.all(ctx).files[file.path] or not is_template and not objects.is_manifest(file.path, ctx.exists) then
    return c:result()
  elseif file.text():find('releases:', 1, true) and state.looks_like(file) then
    state.find(c, { path.dirname(file.path) })
  elseif is_template then
    template.find(c, { path.dirname(file.path) })
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
      kinds = state.kinds, rewrite = REWRITE, find = find_other, files = { '**/*.yaml', '**/*.yml', '**/*.gotmpl' },
      needs = { 'releases:', 'readFile', 'readDir', 'isFile', 'isDir', 'exec' },
    },
  },
}
