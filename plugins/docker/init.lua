-- init.lua: finds what Dockerfiles and compose files name. SPDX-License-Identifier: Apache-2.0

local compose = require './compose'
local copy = require './copy'
local finder = require 'ifx.repo.finder'
local objects = require 'ifx.k8s.objects'
local variables = require './variables'

local function find_named(file, ctx)
  local c = finder.collect('docker', file, ctx)
  compose.find(c)
  return c:result()
end

-- Any other file may be one, too, but for the templates of a chart, which are no YAML yet.
local function find_by_content(file, ctx)
  if not compose.is_named(file.path) and objects.is_manifest(file.path, ctx.exists) then
    return find_named(file, ctx)
  end
end

return {
  references = {
    { kinds = copy.kinds, files = copy.files, find = copy.find, rewrite = { source = copy.rewrite_source } },
    { kinds = compose.kinds, files = compose.files, find = find_named, rewrite = { bind = compose.rewrite_bind } },
    { kinds = variables.kinds, files = variables.files, find = variables.find, rewrite = { bind = compose.rewrite_bind } },
    {
      kinds = compose.kinds, files = { '**/*.yaml', '**/*.yml' }, needs = { 'services:' },
      find = find_by_content, rewrite = { bind = compose.rewrite_bind },
    },
  },
}
