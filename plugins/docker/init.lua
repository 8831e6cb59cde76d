-- init.lua: finds what Dockerfiles and compose files name. SPDX-License-Identifier: Apache-2.0

local compose = require './compose'
local copy = require './copy'
local finder = require 'ifx.repo.finder'

local function find_named(file, ctx)
  local c = finder.collect('docker', file, ctx)
  compose.find(c)
  return c:result()
end

-- Any other file may be one, too.
local function find_by_content(file, ctx)
  if not compose.is_named(file.path) then
    return find_named(file, ctx)
  end
end

return {
  references = {
    { kinds = copy.kinds, files = copy.files, find = copy.find, rewrite = { source = copy.rewrite_source } },
    { kinds = compose.kinds, files = compose.files, find = find_named, rewrite = { bind = compose.rewrite_bind } },
    {
      kinds = compose.kinds, files = { '**/*.yaml', '**/*.yml' }, needs = { 'services:' },
      find = find_by_content, rewrite = { bind = compose.rewrite_bind },
    },
  },
}
